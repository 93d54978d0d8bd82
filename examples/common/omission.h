/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a call that has not returned OSFT_OK gave everything except tasks that were left out,
 * because they are bad or too large. */
#ifndef OMISSION_H
#define OMISSION_H

#include "osft.h"

/* Whether a call for one response, or for one page of osft_pages.h, gave everything except tasks
 * that were left out. */
int is_only_omission(int error, const struct osft_reply *reply);
/* Whether a poll of osft_watch.h gave everything except tasks that were left out. The reply is that
 * of the poll's last page, and does not count a task that was left out of an earlier page.
 * has_large_task: whether on_omission got a task with the reason OSFT_E_SPACE in this poll. */
int is_only_omission_of_poll(int error, const struct osft_reply *reply, int has_large_task);

#endif

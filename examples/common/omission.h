/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a call that failed from a call that only left out tasks. The client leaves out a task that
 * is bad or too large. The call then returns an error, although it gave all other tasks. */
#ifndef OMISSION_H
#define OMISSION_H

#include "osft.h"

/* Whether the error of a call says only that tasks were left out. The call is one for one response,
 * or for one page of osft_pages.h. */
int is_only_omission(int error, const struct osft_reply *reply);
/* Whether the error of a poll of osft_watch.h says only that tasks were left out. reply: that of
 * the last page of the poll; its left_out does not count tasks of earlier pages. Therefore
 * has_large_task says whether on_omission got a task with the reason OSFT_E_SPACE in this poll. */
int is_only_omission_of_poll(int error, const struct osft_reply *reply, int has_large_task);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The whole list of tasks, page by page, in fixed memory.
 *
 *     struct osft_pages pages;
 *     osft_pages_init(&pages, &client, &query, 50);
 *     while (osft_pages_more(&pages)) {
 *         result = osft_pages_next(&pages, &page, 60000);
 *         if (result != OSFT_OK) break;              or call again: the walk goes on where it was
 *         ... page.count tasks, maybe none; or page.on_task was given them
 *     }
 */
#ifndef OSFT_PAGES_H
#define OSFT_PAGES_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The rest of this header is being written with pages.c. */

/* What identifies a run: a hash of run id and generation; where both are absent, of the start. */
uint64_t osft_task_id(const struct osft_task *task);

#ifdef __cplusplus
}
#endif
#endif

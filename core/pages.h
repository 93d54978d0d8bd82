/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: functions of pages.c that the watch also uses. */
#ifndef OSFT_PAGES_INTERNAL_H
#define OSFT_PAGES_INTERNAL_H

#include "client.h"
#include "osft_pages.h"

/* Start a page as osft_pages_start() does. on_result receives the result, and must call
 * osft_end_page(), which returns OSFT_OK also when tasks were left out: then pages->omission_error
 * is not OSFT_OK. */
int osft_start_page(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms,
                    osft_on_result *on_result, void *ctx);
int osft_end_page(struct osft_pages *pages, int result);

#endif

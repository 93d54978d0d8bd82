/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what pages.c and the watch share. */
#ifndef OSFT_PAGES_INTERNAL_H
#define OSFT_PAGES_INTERNAL_H

#include "client.h"
#include "osft_pages.h"

/* osft_pages_start() for a caller who is told the result itself, and then calls osft_end_page().
 * That returns OSFT_OK also when tasks were left out: then pages->omission_error is not OSFT_OK. */
int osft_start_page(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms,
                    osft_on_result *on_result, void *ctx);
int osft_end_page(struct osft_pages *pages, int result);

#endif

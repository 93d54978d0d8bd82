/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what pages.c and the watch share. */
#ifndef OSFT_PAGES_INTERNAL_H
#define OSFT_PAGES_INTERNAL_H

#include "client.h"
#include "osft_pages.h"

/* 64-bit FNV-1a over len bytes and a 0xff, which no UTF-8 text holds: begin with OSFT_HASH, go on
 * with what the last call returned. Bytes of one length that differ in one of them never have one
 * hash. OSFT_HASH is a byte that no UTF-8 text begins with, as FNV's own first value takes more
 * code. */
#define OSFT_HASH 0x80U
uint64_t osft_hash(uint64_t hash, const void *bytes, size_t len);

void osft_add_recent(struct osft_recent *recent, int64_t start_ms, uint64_t id);
int osft_is_recent(const struct osft_recent *recent, uint64_t id);

/* osft_pages_start() for a caller who is told the result itself, and then calls osft_end_page().
 * That returns OSFT_OK also when tasks were left out: then pages->omission_error is not OSFT_OK. */
int osft_start_page(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms,
                    osft_on_result *on_result, void *ctx);
int osft_end_page(struct osft_pages *pages, int result);

#endif

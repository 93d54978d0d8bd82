/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what identifies a run, and the runs that were met last. */
#ifndef OSFT_RECENT_H
#define OSFT_RECENT_H

#include "osft_pages.h"

/* 64-bit FNV-1a over len bytes and a 0xff, which no UTF-8 text holds: begin with OSFT_HASH, go on
 * with what the last call returned. Bytes of one length that differ in one of them never have one
 * hash. OSFT_HASH is a byte that no UTF-8 text begins with, as FNV's own first value takes more
 * code. */
#define OSFT_HASH 0x80U
uint64_t osft_hash(uint64_t hash, const void *bytes, size_t len);

void osft_add_recent(struct osft_recent *recent, int64_t start_ms, uint64_t id);
int osft_is_recent(const struct osft_recent *recent, uint64_t id);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: the ids of runs, and the runs that were read last. */
#ifndef OSFT_RECENT_H
#define OSFT_RECENT_H

#include "osft_pages.h"

/* Continue a hash: FNV-1a, 64 bits, over len bytes and a final 0xff, which separates names because
 * UTF-8 never contains it. The first hash is OSFT_HASH, every other one the last result. Two texts
 * of one length that differ in one byte never have the same hash. OSFT_HASH is not FNV's own start
 * value, because that value takes more code; OSFT_HASH is a byte that no UTF-8 text begins with. */
#define OSFT_HASH 0x80U
uint64_t osft_hash(uint64_t hash, const void *bytes, size_t len);

void osft_add_recent(struct osft_recent *recent, int64_t start_ms, uint64_t id);
int osft_is_recent(const struct osft_recent *recent, uint64_t id);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what the iterator and the watch share. */
#ifndef OSFT_PAGES_INTERNAL_H
#define OSFT_PAGES_INTERNAL_H

#include "osft_pages.h"

/* 64-bit FNV-1a over len bytes and a 0xff, which no UTF-8 text holds: begin with OSFT_HASH, go on with
 * what the last call returned. Bytes of one length that differ in one of them never have one hash. */
#define OSFT_HASH 0xcbf29ce484222325U
uint64_t osft_hash(uint64_t hash, const void *src, size_t len);

#endif

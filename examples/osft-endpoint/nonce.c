/* SPDX-License-Identifier: Apache-2.0 */
#include "gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sign.h"

/* Return the slot that holds the hash, or the free slot in which it would be stored. */
static struct ep_nonce *find_slot(const struct ep_nonces *n, const unsigned char hash[16])
{
    size_t at = 0, i;

    for (i = 0; i < sizeof(at); i++)
        at = at << 8 | hash[i];
    for (;; at++) {
        struct ep_nonce *slot = &n->slots[at & (n->size - 1)];

        if (slot->used_s == 0 || memcmp(slot->hash, hash, 16) == 0)
            return slot;
    }
}

/* Make room in the table: remove nonces that are too old. If that is not enough, double the
 * table. */
static void make_room(struct ep_nonces *n, int64_t now_s)
{
    struct ep_nonces old = *n;
    size_t i, kept = 0;

    for (i = 0; i < old.size; i++)
        kept += old.slots[i].used_s != 0 && now_s - old.slots[i].used_s <= EP_WINDOW_S;
    for (n->size = 1024; n->size / 4 <= kept; n->size *= 2)
        ;
    n->slots = calloc(n->size, sizeof(*n->slots));
    if (!n->slots) {
        fputs("osft-endpoint: out of memory\n", stderr);
        exit(1);
    }
    n->used = kept;
    for (i = 0; i < old.size; i++)
        if (old.slots[i].used_s != 0 && now_s - old.slots[i].used_s <= EP_WINDOW_S)
            *find_slot(n, old.slots[i].hash) = old.slots[i];
    free(old.slots);
}

int ep_nonce_use(struct ep_nonces *n, struct osft_span nonce, int64_t now_s)
{
    unsigned char digest[32];
    struct ep_nonce *slot;

    if (n->used >= n->size / 2)
        make_room(n, now_s);
    ep_sha256(nonce, digest);
    slot = find_slot(n, digest);
    if (slot->used_s != 0 && now_s - slot->used_s <= EP_WINDOW_S)
        return -1;
    n->used += slot->used_s == 0;
    memcpy(slot->hash, digest, sizeof(slot->hash));
    slot->used_s = now_s;
    return 0;
}

void ep_nonces_free(struct ep_nonces *n)
{
    free(n->slots);
    memset(n, 0, sizeof(*n));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets share: input taken apart, a hash that costs nothing, and checks that stop. */
#ifndef FUZZ_SUPPORT_H
#define FUZZ_SUPPORT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "osft.h"

#define FUZZ_CHECK(cond)                                                       \
    do {                                                                       \
        if (!(cond)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond); \
            abort();                                                           \
        }                                                                      \
    } while (0)

struct fuzz_in {
    const uint8_t *p;
    size_t left;
};

static inline unsigned fuzz_byte(struct fuzz_in *in)
{
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->p++;
}

/* A copy of len bytes, exactly as long as asked for, so that ASan sees a byte too many. */
static inline char *fuzz_copy(const void *src, size_t len)
{
    char *copy = malloc(len != 0 ? len : 1);
    FUZZ_CHECK(copy != NULL);
    if (len != 0) {
        memcpy(copy, src, len);
    }
    return copy;
}

/* Not SHA-256: it keeps what it hears, for a target to look at. */
struct fuzz_hash {
    char heard[65536];
    size_t len;
    struct osft_sha256 hash;
};

static inline int fuzz_start(void *ctx)
{
    ((struct fuzz_hash *)ctx)->len = 0;
    return 0;
}

static inline int fuzz_update(void *ctx, const void *src, size_t len)
{
    struct fuzz_hash *h = ctx;
    FUZZ_CHECK(len <= sizeof(h->heard) - h->len);
    memcpy(h->heard + h->len, src, len);
    h->len += len;
    return 0;
}

static inline int fuzz_finish(void *ctx, uint8_t digest[32])
{
    (void)ctx;
    memset(digest, 0xd1, 32);
    return 0;
}

static inline int fuzz_hmac(void *ctx, const void *key, size_t key_len, const void *src, size_t len,
                            uint8_t mac[32])
{
    (void)ctx, (void)key, (void)key_len;
    FUZZ_CHECK(len == 16 + 1 + 64 && memcmp(src, "ACS3-HMAC-SHA256\nd1d1", 21) == 0);
    memset(mac, 0xac, 32);
    return 0;
}

static inline const struct osft_sha256 *fuzz_hash_init(struct fuzz_hash *h)
{
    const struct osft_sha256 hash = { h, fuzz_start, fuzz_update, fuzz_finish, fuzz_hmac };
    h->len = 0;
    h->hash = hash;
    return &h->hash;
}

/* A text handed out: absent, or inside mem, with its NUL. */
static inline void fuzz_span(struct osft_span s, const char *mem, size_t size)
{
    if (s.ptr == NULL) {
        FUZZ_CHECK(s.len == 0);
        return;
    }
    FUZZ_CHECK(s.ptr >= mem && s.ptr < mem + size && s.len < (size_t)(mem + size - s.ptr));
    FUZZ_CHECK(s.ptr[s.len] == 0);
}

/* What must hold of every page, and of every span in it; none overlaps another. */
static inline void fuzz_page(const struct osft_page *page, const char *mem, size_t size)
{
    const struct osft_span *all[16 + 5 * 16];
    size_t n = 0, i, k;

    FUZZ_CHECK(page->count <= page->max && page->count <= page->seen);
    all[n++] = &page->date;
    all[n++] = &page->retry_after;
    all[n++] = &page->acs_retry_after;
    all[n++] = &page->connection;
    all[n++] = &page->status;
    all[n++] = &page->code;
    all[n++] = &page->message;
    all[n++] = &page->request_id;
    for (i = 0; i < page->count && i < 16; i++) {
        const struct osft_task *task = &page->tasks[i];
        FUZZ_CHECK(task->progress >= -1 && task->progress <= 100);
        FUZZ_CHECK(task->start_ms >= -1 && task->end_ms >= -1);
        all[n++] = &task->function;
        all[n++] = &task->status;
        all[n++] = &task->run_id;
        all[n++] = &task->generation;
        all[n++] = &task->extend_info;
    }
    for (i = 0; i < n; i++) {
        fuzz_span(*all[i], mem, size);
        for (k = 0; k < i && all[i]->ptr != NULL; k++) {
            FUZZ_CHECK(all[k]->ptr == NULL || all[k]->ptr + all[k]->len < all[i]->ptr ||
                       all[i]->ptr + all[i]->len < all[k]->ptr);
        }
    }
}

static inline void fuzz_same_span(struct osft_span a, struct osft_span b)
{
    FUZZ_CHECK((a.ptr == NULL) == (b.ptr == NULL) && a.len == b.len);
    FUZZ_CHECK(a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline void fuzz_same_task(const struct osft_task *x, const struct osft_task *y)
{
    FUZZ_CHECK(x->start_ms == y->start_ms && x->end_ms == y->end_ms);
    FUZZ_CHECK(x->progress == y->progress);
    fuzz_same_span(x->function, y->function);
    fuzz_same_span(x->status, y->status);
    fuzz_same_span(x->run_id, y->run_id);
    fuzz_same_span(x->generation, y->generation);
    fuzz_same_span(x->extend_info, y->extend_info);
}

/* Two pages say the same; need may differ, as it depends on what there was. */
static inline void fuzz_same_page(const struct osft_page *a, const struct osft_page *b)
{
    size_t i;

    FUZZ_CHECK(a->count == b->count && a->seen == b->seen && a->http_status == b->http_status);
    FUZZ_CHECK(a->expected == b->expected && a->offset == b->offset && a->member == b->member);
    FUZZ_CHECK(a->total == b->total && a->latency_ms == b->latency_ms);
    FUZZ_CHECK(a->http_code == b->http_code && a->port_code == b->port_code);
    fuzz_same_span(a->date, b->date);
    fuzz_same_span(a->retry_after, b->retry_after);
    fuzz_same_span(a->acs_retry_after, b->acs_retry_after);
    fuzz_same_span(a->connection, b->connection);
    fuzz_same_span(a->status, b->status);
    fuzz_same_span(a->code, b->code);
    fuzz_same_span(a->message, b->message);
    fuzz_same_span(a->request_id, b->request_id);
    for (i = 0; i < a->count; i++) {
        fuzz_same_task(&a->tasks[i], &b->tasks[i]);
    }
}

#endif

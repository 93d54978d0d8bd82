/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that the fuzz targets share: functions that take the input apart, checks that abort the
 * program, a hash that costs nothing, and the properties of every page. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "osft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(cond)                                                       \
    do {                                                                       \
        if (!(cond)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond); \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* The rest of the input, which is read from its front. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t left;
};

/* Take the next byte; 0 at the end. */
static inline unsigned fuzz_byte(struct fuzz_input *in)
{
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->bytes++;
}

/* Take the next byte as an option. In seeds it is a digit or a letter: 0 to 9 are 0 to 9, A to Z 10
 * to 35, a to z 36 to 61; other bytes count on from 62. */
static inline unsigned fuzz_option(struct fuzz_input *in)
{
    unsigned byte = fuzz_byte(in);

    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'A' && byte <= 'Z') {
        return byte - 'A' + 10;
    }
    return byte >= 'a' && byte <= 'z' ? byte - 'a' + 36 : byte + 62;
}

/* Take a line: the bytes up to the next line feed, which is dropped. */
static inline struct fuzz_input fuzz_line(struct fuzz_input *in)
{
    struct fuzz_input line = *in;
    const uint8_t *end = in->left != 0 ? memchr(in->bytes, '\n', in->left) : NULL;

    if (end != NULL) {
        line.left = (size_t)(end - in->bytes);
    }
    in->bytes += line.left;
    in->left -= line.left;
    (void)fuzz_byte(in);
    return line;
}

/* Copy len bytes into an allocation of exactly that size, so that ASan finds an access beyond it.
 */
static inline char *fuzz_copy(const void *bytes, size_t len)
{
    char *copy = malloc(len != 0 ? len : 1);

    FUZZ_CHECK(copy != NULL);
    if (len != 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

/* Free memory that a target has allocated and core has as a pointer to const. */
static inline void fuzz_free(const void *memory)
{
    free((void *)(uintptr_t)memory);
}

/* Return a pseudo-random number less than `below`; the same seed gives the same sequence. */
static inline uint32_t fuzz_random(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

/* In place of SHA-256: a hash that records its input, so that a target can look at it. */
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

static inline int fuzz_update(void *ctx, const void *bytes, size_t len)
{
    struct fuzz_hash *h = ctx;

    FUZZ_CHECK(len <= sizeof(h->heard) - h->len);
    if (len != 0) {
        memcpy(h->heard + h->len, bytes, len);
    }
    h->len += len;
    return 0;
}

static inline int fuzz_finish(void *ctx, uint8_t digest[32])
{
    (void)ctx;
    memset(digest, 0xd1, 32);
    return 0;
}

static inline int fuzz_hmac(void *ctx, const void *key, size_t key_len, const void *bytes,
                            size_t len, uint8_t mac[32])
{
    (void)ctx, (void)key, (void)key_len;
    FUZZ_CHECK(len == 16 + 1 + 64 && memcmp(bytes, "ACS3-HMAC-SHA256\nd1d1", 21) == 0);
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

/* Check a text that was delivered: it is absent, or lies in `memory` and is ended by a NUL. */
static inline void fuzz_check_span(struct osft_span span, const char *memory, size_t size)
{
    if (span.ptr == NULL) {
        FUZZ_CHECK(span.len == 0);
        return;
    }
    FUZZ_CHECK(span.ptr >= memory && span.ptr < memory + size);
    FUZZ_CHECK(span.len < (size_t)(memory + size - span.ptr));
    FUZZ_CHECK(span.ptr[span.len] == 0);
}

/* Check a page, its reply, and all of their texts, which must not overlap. */
static inline void fuzz_check_page(const struct osft_page *page, const struct osft_reply *reply,
                                   const char *memory, size_t size)
{
    const struct osft_span *all[8 + 5 * 16];
    size_t n = 0, i, k;

    FUZZ_CHECK(page->count + reply->left_out <= reply->tasks);
    all[n++] = &reply->status;
    all[n++] = &reply->code;
    all[n++] = &reply->message;
    all[n++] = &reply->request_id;
    if (reply->left_out != 0) {
        FUZZ_CHECK(reply->omission.member != NULL && reply->omission.task.index < reply->tasks);
        all[n++] = &reply->omission.task.run_id;
    }
    for (i = 0; page->on_task == NULL && i < page->count && i < 16; i++) {
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
        fuzz_check_span(*all[i], memory, size);
        for (k = 0; k < i && all[i]->ptr != NULL; k++) {
            FUZZ_CHECK(all[k]->ptr == NULL || all[k]->ptr + all[k]->len < all[i]->ptr ||
                       all[i]->ptr + all[i]->len < all[k]->ptr);
        }
    }
}

static inline int fuzz_is_same_span(struct osft_span a, struct osft_span b)
{
    return (a.ptr == NULL) == (b.ptr == NULL) && a.len == b.len &&
           (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline void fuzz_check_same_task(const struct osft_task *a, const struct osft_task *b)
{
    FUZZ_CHECK(a->start_ms == b->start_ms && a->end_ms == b->end_ms);
    FUZZ_CHECK(a->progress == b->progress && a->index == b->index);
    FUZZ_CHECK(fuzz_is_same_span(a->function, b->function));
    FUZZ_CHECK(fuzz_is_same_span(a->status, b->status));
    FUZZ_CHECK(fuzz_is_same_span(a->run_id, b->run_id));
    FUZZ_CHECK(fuzz_is_same_span(a->generation, b->generation));
    FUZZ_CHECK(fuzz_is_same_span(a->extend_info, b->extend_info));
}

/* Check that two replies are equal, except for `need`, which depends on the size of the buffer. */
static inline void fuzz_check_same_reply(const struct osft_reply *a, const struct osft_reply *b)
{
    FUZZ_CHECK(a->http_status == b->http_status && a->expected == b->expected);
    FUZZ_CHECK(a->offset == b->offset && a->member == b->member);
    FUZZ_CHECK(a->port_code == b->port_code);
    FUZZ_CHECK(a->retry_after_ms == b->retry_after_ms && a->date_s == b->date_s);
    FUZZ_CHECK(a->retry_at_s == b->retry_at_s);
    FUZZ_CHECK(fuzz_is_same_span(a->status, b->status) && fuzz_is_same_span(a->code, b->code));
    FUZZ_CHECK(fuzz_is_same_span(a->message, b->message));
    FUZZ_CHECK(fuzz_is_same_span(a->request_id, b->request_id));
    FUZZ_CHECK(a->total == b->total && a->latency_ms == b->latency_ms);
    FUZZ_CHECK(a->http_code == b->http_code && a->tasks == b->tasks);
    FUZZ_CHECK(a->left_out == b->left_out);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A walk through the whole history of a service, and what it delivered. */
#ifndef SUPPORT_WALK_H
#define SUPPORT_WALK_H

#include "service.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS      4096

struct walk {
    struct service *s;
    struct osft_pages pages;
    struct osft_page page;
    struct osft_stream stream;
    struct osft_task tasks[64];
    uint8_t times[IDS]; /* that each task came */
    uint32_t came, too_large, calls;
    uint32_t order[IDS]; /* in which they came */
};

/* max: of the array; 0: a stream. count tasks, the newest with the highest start. */
struct walk *walk_new(size_t room, size_t max, uint32_t page_size, uint32_t count);
void walk_free(struct walk *w);
/* One page. */
int next(struct walk *w);
/* To the end; errors are counted and gone past. Returns how many there were. */
unsigned walk(struct walk *w);
/* A task has come. */
void came(struct walk *w, const struct osft_task *task);
void assert_each_once(const struct walk *w, uint32_t from, uint32_t to);

/* Tasks that come and go between requests, by a generator. */
struct churn {
    uint32_t seed, arrive, vanish; /* tasks a request, at most */
    uint32_t burst;                /* one request in so many brings ten times as many; 0: none */
    uint32_t fail;                 /* one request in so many fails; 0: none */
    uint8_t gone[IDS];
};

void churn(struct service *s, void *ctx);

#endif

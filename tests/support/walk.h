/* SPDX-License-Identifier: Apache-2.0 */
/* A walk through the whole list of a service made of memory, and what it delivered. */
#ifndef SUPPORT_WALK_H
#define SUPPORT_WALK_H

#include "service.h"

#define IDS 4096

struct walk {
    struct service *s;
    struct osft_pages pages;
    struct osft_page page;
    struct osft_task tasks[64];
    uint8_t times[IDS]; /* how often each task was delivered */
    uint32_t delivered, omitted, calls;
    uint32_t order[IDS]; /* in which they were delivered */
};

/* max: of the array; 0: tasks go to a function. count tasks, the newest with the highest start. */
struct walk *walk_new(size_t room, size_t max, uint32_t page_size, uint32_t count);
void walk_free(struct walk *w);
/* One page. */
int next(struct walk *w);
/* To the end; errors are counted, and the walk goes on. Returns how many there were. */
unsigned walk(struct walk *w);
/* A task was delivered. */
void note_task(struct walk *w, const struct osft_task *task);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* A walk (struct osft_pages) through the whole list of a service in memory, and the tasks that it
 * delivered. */
#ifndef SUPPORT_WALK_H
#define SUPPORT_WALK_H

#include "service.h"

#define IDS 4096

struct walk {
    struct service *s;
    struct osft_pages pages;
    struct osft_page page;
    struct osft_task tasks[64];
    uint8_t times[IDS]; /* how often each task was delivered, by id */
    uint32_t delivered, omitted, calls;
    uint32_t order[IDS]; /* ids of the delivered tasks, in the order in which they came */
};

/* Make a walk over a service with `count` tasks, of which the newest has the highest start. room:
 * bytes of the work buffer. max: tasks that the array holds; 0: tasks go to a function. */
struct walk *walk_new(size_t room, size_t max, uint32_t page_size, uint32_t count);
void walk_free(struct walk *w);
/* Read the next page. Returns the osft_error. */
int read_page(struct walk *w);
/* Read pages until the walk ends, also after errors. Returns the number of errors. */
unsigned walk_to_end(struct walk *w);
/* Record a task that was delivered. */
void note_task(struct walk *w, const struct osft_task *task);
/* Assert that each task with an id of from to `to` was delivered exactly once. */
void assert_each_once(const struct walk *w, uint32_t from, uint32_t to);

/* The random changes of the list between requests. */
struct churn {
    uint32_t seed, arrive,
        vanish;        /* arrive, vanish: tasks that come or go before one request, at most */
    uint32_t burst;    /* one request in this many brings ten times as many tasks; 0: none */
    uint32_t fail;     /* one request in this many fails; 0: none */
    uint8_t gone[IDS]; /* 1: the task with this id has vanished */
};

/* Change the list as the struct churn at ctx says; for service.between. */
void churn(struct service *s, void *ctx);

#endif

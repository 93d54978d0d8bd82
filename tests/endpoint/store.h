/* SPDX-License-Identifier: Apache-2.0 */
/* All tasks, newest first: from a JSON Lines file, or made up. */
#ifndef EP_STORE_H
#define EP_STORE_H

#include "task.h"

#define EP_MOVING_MAX 3
#define EP_TASKS_MAX  100000

/* A made-up task; everything in it follows from its number and when the endpoint began. */
struct ep_made {
    uint64_t number;
    int64_t start_ms, end_ms; /* when it ends or will end */
    int fails;
};
/* As a JSON object, as it is at now_ms. */
void ep_made_write(const struct ep_made *m, int64_t now_ms, struct ep_text *out);

struct ep_store {
    struct ep_task *tasks;
    size_t count;
    struct ep_text text; /* what the tasks point into */
    int made_up;
    struct ep_made
        moving[EP_MOVING_MAX]; /* the first tasks: still running when the endpoint began */
    struct ep_text moving_text[EP_MOVING_MAX];
    size_t moving_count;
};

/* Both take a store of all zero and return 0, or -1 with the reason in *why (line number first). */
int ep_store_load(struct ep_store *s, struct osft_span jsonl, struct ep_text *why);
int ep_store_read(struct ep_store *s, const char *path, struct ep_text *why);

/* count tasks; the newest end within run_s seconds from now_ms. */
void ep_store_make(struct ep_store *s, size_t count, int64_t run_s, int64_t now_ms);
/* Let made-up tasks go on to now_ms. */
void ep_store_tick(struct ep_store *s, int64_t now_ms);

/* How many match; and the newest of that generation, or NULL. */
size_t ep_store_count(const struct ep_store *s, const struct ep_filter *f);
const struct ep_task *ep_store_get(const struct ep_store *s, struct osft_span generation);
void ep_store_free(struct ep_store *s);

#endif

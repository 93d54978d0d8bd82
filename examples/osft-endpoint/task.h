/* SPDX-License-Identifier: Apache-2.0 */
/* One task: its JSON object as read, and the values that filters and the order need. */
#ifndef EP_TASK_H
#define EP_TASK_H

#include "canon.h"
#include "gate.h"

enum ep_status { EP_ANY = 0, EP_SUCCESS, EP_FAILED, EP_RUNNING, EP_OTHER };

struct ep_run;

struct ep_task {
    struct osft_span json;       /* as read; points into memory of the store */
    struct osft_span generation; /* as written in json; len 0: absent */
    int64_t start_ms, end_ms;    /* 0: absent */
    enum ep_status status;
    size_t order;       /* position in the input; orders tasks with the same start */
    struct ep_run *run; /* how the task changes, owned by the store; NULL: it does not change */
};

/* Parse a task, with members in camelCase or PascalCase. Returns 0, or -1 with the reason in
 * *why. */
int ep_task_parse(struct osft_span line, struct ep_task *t, struct ep_text *why);

/* Put a task with members in camelCase, or in PascalCase; unknown members are not changed.
 * function: the value of functionName; NULL: as read. */
void ep_task_write(const struct ep_task *t, int pascal, const struct osft_span *function,
                   struct ep_text *out);

int ep_task_is(const struct ep_task *t, struct osft_span generation);

/* Put the name of a member in quotes, with its colon, in camelCase as given or in PascalCase. */
void ep_put_name(const char *camel, int pascal, struct ep_text *out);

/* The query of ListFunctionTasks. */
struct ep_filter {
    enum ep_status status;
    int has_start, has_end;
    int64_t start_ms, end_ms;
    int64_t page, size; /* 1 and 1 when not given */
};
/* Parse the query. An empty status is the same as none. Returns 0, or -1 with *why set. */
int ep_filter_parse(const struct ep_query *q, struct ep_filter *f, struct ep_refusal *why);
/* Whether every task matches. */
int ep_filter_any(const struct ep_filter *f);
/* Whether a task matches. A task that has not ended matches no end time. */
int ep_filter_match(const struct ep_filter *f, const struct ep_task *t);

#endif

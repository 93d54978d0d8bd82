/* SPDX-License-Identifier: Apache-2.0 */
/* One task: the JSON object it came as, and the few values that filters and order need. */
#ifndef EP_TASK_H
#define EP_TASK_H

#include "canon.h"
#include "gate.h"

enum ep_status { EP_ANY = 0, EP_SUCCESS, EP_FAILED, EP_RUNNING, EP_OTHER };

struct ep_run;

struct ep_task {
    struct osft_span json;       /* as it came; whoever holds the bytes keeps them */
    struct osft_span generation; /* as written in json; len 0: absent */
    int64_t start_ms, end_ms;    /* 0: absent */
    enum ep_status status;
    size_t order;       /* of two that start together, the one that came first stays first */
    struct ep_run *run; /* what moves it, owned by the store; NULL: nothing does */
};

/* Returns 0, or -1 with the reason in *why. Members may be in camelCase or PascalCase. */
int ep_task_parse(struct osft_span line, struct ep_task *t, struct ep_text *why);

/* The task in the spelling asked for; unknown members are written as they are. function: the value
 * of functionName; NULL: as it came. */
void ep_task_write(const struct ep_task *t, int pascal, const struct osft_span *function,
                   struct ep_text *out);

int ep_task_is(const struct ep_task *t, struct osft_span generation);

/* A member's name in quotes with its colon, spelled camelCase as given, or PascalCase. */
void ep_put_name(const char *camel, int pascal, struct ep_text *out);

/* The query of ListFunctionTasks. */
struct ep_filter {
    enum ep_status status;
    int has_start, has_end;
    int64_t start_ms, end_ms;
    int64_t page, size; /* 1 and 1 unless asked for */
};
/* Returns 0, or -1 with *why. An empty status is none. */
int ep_filter_parse(const struct ep_query *q, struct ep_filter *f, struct ep_refusal *why);
/* Whether every task matches. */
int ep_filter_any(const struct ep_filter *f);
/* A task that has not ended did not end earlier than anything. */
int ep_filter_match(const struct ep_filter *f, const struct ep_task *t);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Every fault against every way to ask. A row is what the endpoint does wrong, a column what the client
 * does, and a cell what must come out of that: everything, each task once and right in every member, or
 * a named error after a whole and right beginning of everything.
 */
#ifndef MATRIX_H
#define MATRIX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "live.h"
#include "osft_pages.h"
#include "osft_stream.h"
#include "osft_watch.h"

enum column { LIST, LIST_STREAM, PAGES, PAGES_STREAM, GET, WATCH, WATCH_FIRST, COLUMNS };
extern const char *const column_names[COLUMNS];

/* What must come out. attempts and last are those of the first request's call, as struct osft_link has
 * them; calls after it take one attempt. When err is 0, all is there. */
struct cell {
    int err;
    int attempts;
    int last;
    int or_attempts; /* as many are right, too; 0: no */
};

/* A row of the matrix. */
struct row {
    const char *faults; /* for --fault, with spaces between */
    struct cell cells[COLUMNS];
    uint32_t budget_ms;  /* for each call; 0: more than enough */
    uint32_t attempt_ms; /* settings.attempt_ms; 0: more than enough */
    uint32_t waits_ms;   /* at least so long lies between the first two requests */
    uint8_t secure;      /* over TLS as well */
};
extern const struct row rows[];
extern const size_t row_count;

/* A row of what a list says wrongly, where a page can be whole and yet not right. */
enum order { FORWARD, BACKWARD, ANY_ORDER };
struct lie {
    const char *faults;
    int list_count;   /* tasks that a list has */
    enum order list;  /* and how */
    int64_t total;    /* what the list's totalCount is; OSFT_UNKNOWN: none */
    int pages_count;  /* tasks that a walk has */
    enum order pages; /* and how */
    int changed;      /* osft_pages_change bits that the walk must have in the end */
    int may;          /* and that it may have */
    int watch;        /* of the second poll: 1: it saw everything, 0: it need not have */
    int pages_stream; /* tasks that a streamed walk has; 0: as many */
};
extern const struct lie lies[];
extern const size_t lie_count;

/* The tasks of the endpoint before and after they changed; newest first. */
struct truth {
    const char *json; /* a line of the endpoint's --tasks file */
    struct osft_task task;
};
extern const struct truth before[], after[];
#define BEFORE_COUNT 11
#define AFTER_COUNT  12
/* Which of the tasks this is, in every member; -1: none of them. */
int truth_index(const struct truth *list, int count, const struct osft_task *t);
/* A --tasks file of them. */
void truth_write(const struct truth *list, int count, const char *path);
int same_span(const struct osft_span *a, const struct osft_span *b);

/* What the client was handed. */
struct got {
    const struct truth *truth;
    int truth_count;
    int index[64];
    int count, wrong;
    int anywhere; /* what a stream says of a task's place in the history is not looked at */
};
void got_init(struct got *g, const struct truth *list, int count);
void got_task(struct got *g, const struct osft_task *t);
int got_on_task(void *got, const struct osft_task *t, uint32_t index, size_t need);

/* What became of the calls of a column. */
struct outcome {
    int err;
    uint16_t first_attempts, later_attempts; /* of the calls after it, the most */
    int first_last, later_last;
    uint32_t requests, reopened; /* of all calls: attempts; connections opened again */
    int64_t longest_ms;          /* of the calls */
    struct osft_page page;       /* of the last call; its texts lie in the client's work buffer */
    int64_t total;               /* what totalCount said in the last answer of a list */
    int changed;                 /* of a walk */
    uint32_t delivered;
};
void note_call(struct outcome *o, const struct osft_link *l, int64_t began_ms);

/* Each asks and says what came. They may fail as tests. */
void ask_list(struct live_client *c, uint32_t budget_ms, int stream, struct got *g,
              struct outcome *o);
void ask_pages(struct live_client *c, uint32_t budget_ms, int stream, struct got *g,
               struct outcome *o);
void ask_get(struct live_client *c, uint32_t budget_ms, struct got *g, struct outcome *o);

/* What a watch reported. */
struct heard {
    int count[BEFORE_COUNT + AFTER_COUNT + 8][OSFT_WATCH_DROPPED + 1]; /* by generation, by event */
    int wrong; /* reports of nothing known */
};
struct sight { /* a watch and what it holds */
    struct osft_watch watch;
    struct osft_run runs[16];
    struct heard heard;
};
void watch_init(struct sight *s, struct live_client *c);
void watch_poll(struct sight *s, uint32_t budget_ms, struct outcome *o);
/* Nothing but what is right, so far; when it is all of it: complete. */
void check_heard_before(const struct heard *h);
void check_heard_change(const struct heard *h, int complete);
void check_heard_after(const struct heard *h, int complete);

/* The endpoints: two that do nothing wrong, one with the tasks before, one with those after; and one
 * that does, with those after. */
struct stage {
    struct live_client client;
    struct live before, after, faulty;
    int secure;
    const char *faults; /* of the faulty one, when it serves the next test as well; else NULL */
    char log[LIVE_PATH_MAX];
    long log_at;
};
void stage_open(struct stage *s, int secure);
/* Returns how many endpoints did not end well. */
int stage_close(struct stage *s);
/* Have the faulty one run, and point the client, whose link and settings begin anew, at it.
 * faults: separated by spaces; what begins with -- is another option. seed 0: none. */
void stage_fault(struct stage *s, const char *faults, int seed);
/* End the faulty one. */
void stage_calm(struct stage *s);
/* What it has logged since stage_fault(), or since the last call. */
size_t stage_log(struct stage *s, struct live_line *lines, size_t max);
/* Point the client, whose link and settings stay, at another one. */
void stage_turn(struct stage *s, const struct live *to);

/* The tests of a cell. s is open. */
void test_cell(struct stage *s, const struct row *r, enum column column);
void test_lie(struct stage *s, const struct lie *l, enum column column);
void test_chaos(struct stage *s, enum column column, const char *faults, int seed);

/* What has more to it than a cell. */
struct other {
    const char *name;
    void (*run)(struct stage *s);
};
extern const struct other others[];
extern const size_t other_count;

#endif

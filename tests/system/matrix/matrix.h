/* SPDX-License-Identifier: Apache-2.0 */
/* Every fault against every call. A row is what the endpoint does wrong, a column what the client
 * is asked to do, and a cell what must come out of that: all tasks, each once and right in every
 * member; or a named error, after some of them from the first one on, each whole and right.
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
#include "osft_watch.h"

enum column { LIST, LIST_STREAM, PAGES, PAGES_STREAM, GET, WATCH, WATCH_FIRST, COLUMNS };

/* What must come out. With result OSFT_OK, all tasks are there. */
struct cell {
    int result;
    int attempts, last_error; /* of the first call */
    int or_attempts;          /* as many attempts are right, too; 0: no */
    int later_attempts,
        later_error; /* of a call after it, for a further page; 0: one attempt each */
};

/* A row of the matrix. */
struct row {
    const char
        *faults; /* for --fault, with spaces between; what begins with -- is another option */
    struct cell cells[COLUMNS];
    uint32_t limit_ms;    /* of each call; 0: more than enough */
    uint32_t waits_ms;    /* each pause of the first call is as long, but for a back-off of 10 ms */
    uint8_t secure;       /* 1: over TLS as well */
    uint8_t has_bad_task; /* 1: the endpoint has one more task, which is BAD_INDEX-th and bad */
};
extern const struct row rows[];
extern const size_t row_count;

/* A row of what is wrong in a list that is, in itself, a good response. */
enum order { FORWARD, BACKWARD, ANY_ORDER };
struct lie {
    const char *faults;
    int list_count;   /* tasks that a list delivers */
    enum order list;  /* and in which order */
    int64_t total;    /* the list's totalCount; OSFT_UNKNOWN: none */
    int pages_count;  /* tasks that a walk delivers */
    enum order pages; /* and in which order */
    int changed;      /* osft_pages_change bits that the walk must have in the end */
    int may;          /* and those that it may have */
    int watch;        /* 1: the second poll must report everything; 0: it may miss something */
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
/* A line for a task that is listed behind the first BAD_INDEX of `after`, and has a progress of
 * 101. */
extern const char bad_task[];
#define BAD_INDEX 5
/* The first line of `after` with a progress of 101. */
extern const char spoilt_task[];
/* Which tasks the faulty endpoint has. */
enum tasks { AFTER, AFTER_AND_BAD, AFTER_SPOILT };
/* Which of the tasks this is, by every member; -1: none of them. */
int truth_index(const struct truth *list, int count, const struct osft_task *task);
/* Write a --tasks file of them. */
void truth_write(const struct truth *list, int count, const char *first_line, const char *path);

/* What the client delivered. */
struct got {
    const struct truth *truth;
    int truth_count;
    int index[64]; /* in the list of truths */
    int count;
    int wrong;    /* tasks that are none of them, or have a wrong index */
    int left_out; /* omissions that an on_task was told of */
    int anywhere; /* 1: a task's own index is not looked at */
    int has_bad_task;
};
void got_init(struct got *got, const struct truth *list, int count);
void got_task(struct got *got, const struct osft_task *task);
osft_on_task got_on_task;
/* Is this the bad task? */
int is_bad_task(const struct osft_omission *omission);

/* What the calls of a column came to. */
struct outcome {
    int result;
    uint16_t first_attempts, later_attempts; /* of the first call; most of the calls after it */
    int first_error, later_error;            /* their last_error */
    uint32_t requests, reopened;             /* of all calls: attempts; connections reopened */
    uint32_t first_paused_ms;                /* how much of the first call was pauses */
    uint32_t longest_ms;                     /* of the calls */
    struct osft_reply reply; /* of the last call; its texts lie in the work buffer */
    int64_t total;           /* the last totalCount of a list */
    int changed;             /* of a walk: osft_pages_change bits */
};

/* Each makes the calls of a column, and notes what came. They can fail as tests. */
void call_list(struct live_client *c, uint32_t limit_ms, int stream, struct got *got,
               struct outcome *o);
void call_pages(struct live_client *c, uint32_t limit_ms, int stream, struct got *got,
                struct outcome *o);
void call_get(struct live_client *c, uint32_t limit_ms, struct got *got, struct outcome *o);

/* What a watch reported. */
struct heard {
    int count[BEFORE_COUNT + AFTER_COUNT + 8][OSFT_WATCH_DROPPED + 1]; /* by generation, by event */
    int wrong;                                                         /* events of unknown tasks */
    int left_out; /* reports of tasks with a bad progress */
};
/* A watch and what it needs. */
struct watcher {
    struct osft_watch watch;
    struct osft_run runs[16];
    struct heard heard;
};
void watcher_init(struct watcher *watcher, struct live_client *c);
void call_watch(struct watcher *watcher, struct live_client *c, uint32_t limit_ms,
                struct outcome *o);
/* Nothing but what is right was reported; with complete, all of it. */
void check_heard_before(const struct heard *heard);
void check_heard_change(const struct heard *heard, int complete);
void check_heard_after(const struct heard *heard, int complete);

/* The endpoints: two that do nothing wrong, one with the tasks before the change, one with those
 * after it; and one that plays the faults, with those after it. */
#define STAGE_LINES 64
struct stage {
    struct live_client client;
    struct live before, after, faulty;
    int secure;
    const char
        *faults;      /* those of the faulty one, when it serves the next test as well; else NULL */
    enum tasks tasks; /* of the faulty one */
    int delay_is_too_long; /* 1: a response with a delay comes after the call's limit */
    char log[LIVE_PATH_MAX];
    long log_at;
    struct live_line lines[STAGE_LINES]; /* of the log, since stage_fault() */
    size_t line_count;
    size_t unanswered; /* how many of them were noticed to have no response */
};
void stage_open(struct stage *s, int secure);
/* Returns how many endpoints did not end well. */
int stage_close(struct stage *s);
/* Have the faulty one run, and the client call it, with its settings as at first.
 * faults: separated by spaces. seed: of chaos; 0: none */
void stage_fault(struct stage *s, const char *faults, int seed, enum tasks tasks);
/* End the faulty one. */
void stage_calm(struct stage *s);
/* Read what the faulty one has logged since stage_fault() into s->lines. Returns how many there
 * are. */
size_t stage_log(struct stage *s);
/* Have the client, with its settings as they are, call another endpoint. */
void stage_turn(struct stage *s, const struct live *endpoint);

/* The tests of a cell. s is open. */
void test_cell(struct stage *s, const struct row *row, enum column column);
void test_lie(struct stage *s, const struct lie *lie, enum column column);
void test_chaos(struct stage *s, enum column column, const char *faults, int seed);

/* Tests that need several calls. */
struct sequence {
    const char *name;
    void (*run)(struct stage *s);
};
extern const struct sequence sequences[];
extern const size_t sequence_count;

#endif

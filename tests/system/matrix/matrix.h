/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix of every fault and every way to call. A row is a fault of the endpoint, a column is a
 * way to call, and a cell is the expected outcome. The outcome is either that all tasks are
 * delivered, each once and with right members; or that the call returns an error, after the first
 * few tasks or none, which must also be right. */
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

/* The expected outcome. With result OSFT_OK, all tasks must be delivered. */
struct cell {
    int result;
    int attempts, last_error; /* attempts and reply.last_error of the first call */
    int or_attempts;          /* another number of attempts that is right; 0: none */
    /* attempts and reply.last_error of the calls for further pages; 0: each of them needs one
     * attempt */
    int later_attempts, later_error;
};

/* A row of the matrix. */
struct row {
    const char *faults; /* arguments of --fault, with spaces between; one that begins with -- is
                           another option */
    struct cell cells[COLUMNS];
    uint32_t limit_ms; /* time limit of each call; 0: one that suffices */
    uint32_t waits_ms; /* length of each pause of the first call, without the back-off, which is at
                          most 10 ms */
    uint8_t secure;    /* 1: the row is also tested over TLS */
    uint8_t has_bad_task; /* 1: the endpoint has one more task, a bad one, at index BAD_INDEX */
};
extern const struct row rows[];
extern const size_t row_count;

/* A row of lies: how the client must treat a list whose responses are valid, but whose content is
 * wrong. */
enum order { FORWARD, BACKWARD, ANY_ORDER };
struct lie {
    const char *faults;
    int list_count;   /* tasks that a list delivers */
    enum order list;  /* the order of these tasks */
    int64_t total;    /* totalCount of the list; OSFT_UNKNOWN: none */
    int pages_count;  /* tasks that a walk delivers */
    enum order pages; /* the order of these tasks */
    int changed;      /* osft_pages_change bits that the walk must have in the end */
    int may;          /* osft_pages_change bits that it may have besides */
    int watch;        /* 1: the second poll must report everything; 0: it may miss something */
};
extern const struct lie lies[];
extern const size_t lie_count;

/* A task of the endpoint. Lists of them, newest first, describe the endpoint before and after the
 * change. */
struct truth {
    const char *json; /* a line of the endpoint's --tasks file */
    struct osft_task task;
};
extern const struct truth before[], after[];
#define BEFORE_COUNT 11
#define AFTER_COUNT  12
/* A line of a --tasks file: a task that is listed behind the first BAD_INDEX tasks of `after`, and
 * has a progress of 101. */
extern const char bad_task[];
#define BAD_INDEX 5
/* The first line of `after`, but with a progress of 101. */
extern const char spoilt_task[];
/* The tasks that the endpoint with the faults lists. */
enum tasks { AFTER, AFTER_AND_BAD, AFTER_SPOILT };
/* Return the index of the task in the list, compared by every member; -1: it is not in the list. */
int truth_index(const struct truth *list, int count, const struct osft_task *task);
/* Write a --tasks file of `count` tasks; first_line, unless NULL, comes in place of the first one.
 */
void truth_write(const struct truth *list, int count, const char *first_line, const char *path);

/* The tasks that the client delivered. */
struct got {
    const struct truth *truth;
    int truth_count;
    int index[64]; /* index of each delivered task in the list of struct truth */
    int count;
    int wrong;    /* tasks that are not in the list, or have a wrong index */
    int left_out; /* omissions that on_task was given */
    int anywhere; /* 1: osft_task.index is not checked */
    int has_bad_task;
};
void got_init(struct got *got, const struct truth *list, int count);
void got_task(struct got *got, const struct osft_task *task);
osft_on_task got_on_task;
/* Whether the omission is the bad task. */
int is_bad_task(const struct osft_omission *omission);

/* The outcome of the calls of a column. */
struct outcome {
    int result;
    uint16_t first_attempts;      /* attempts of the first call */
    uint16_t later_attempts;      /* the most attempts of any later call */
    int first_error, later_error; /* reply.last_error of the first call, and of a later one */
    uint32_t requests;            /* attempts of all calls */
    uint32_t reopened;            /* connections that were opened again, of all calls */
    uint32_t first_paused_ms;     /* time that the first call spent in pauses */
    uint32_t longest_ms;          /* duration of the longest call */
    struct osft_reply reply;      /* of the last call; its texts lie in the work buffer */
    int64_t total;                /* the last totalCount of a list */
    int changed;                  /* osft_pages.changed of a walk */
};

/* Each of these functions makes the calls of one column, and stores their outcome. They fail the
 * test when something is wrong. */
void call_list(struct live_client *c, uint32_t limit_ms, int stream, struct got *got,
               struct outcome *o);
void call_pages(struct live_client *c, uint32_t limit_ms, int stream, struct got *got,
                struct outcome *o);
void call_get(struct live_client *c, uint32_t limit_ms, struct got *got, struct outcome *o);

/* The events that a watch reported. */
struct heard {
    /* number of reports, by generation and event */
    int count[BEFORE_COUNT + AFTER_COUNT + 8][OSFT_WATCH_DROPPED + 1];
    int wrong;    /* events of unknown tasks */
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
/* Check that only true events were reported; complete: and all of them. */
void check_heard_before(const struct heard *heard);
void check_heard_change(const struct heard *heard, int complete);
void check_heard_after(const struct heard *heard, int complete);

/* The endpoints: two without faults, one with the tasks before the change and one with those after
 * it; and one that plays the faults, with the tasks after the change. */
#define STAGE_LINES 64
struct stage {
    struct live_client client;
    struct live before, after, faulty;
    int secure;
    const char *faults;    /* the faults of the third endpoint when it can also serve the next test;
                              else NULL */
    enum tasks tasks;      /* the tasks of the third endpoint */
    int delay_is_too_long; /* 1: a response with a delay comes after the call's limit */
    char log[LIVE_PATH_MAX];
    long log_at;
    struct live_line lines[STAGE_LINES]; /* lines of its log since stage_fault() */
    size_t line_count;
    size_t unanswered; /* number of these requests that are known to have got no response */
};
void stage_open(struct stage *s, int secure);
/* Stop all endpoints. Returns how many did not end with status 0. */
int stage_close(struct stage *s);
/* Let the endpoint with the faults run, and let the client call it, with the client's first
 * settings. faults: separated by spaces. seed: of random faults; 0: none */
void stage_fault(struct stage *s, const char *faults, int seed, enum tasks tasks);
/* Stop the endpoint with the faults. */
void stage_calm(struct stage *s);
/* Read the lines that the endpoint with the faults has logged since stage_fault() into s->lines.
 * Returns their number. */
size_t stage_log(struct stage *s);
/* Let the client call another endpoint. Its other settings stay as they are. */
void stage_turn(struct stage *s, const struct live *endpoint);

/* Run the tests of a cell. *s must be open. */
void test_cell(struct stage *s, const struct row *row, enum column column);
void test_lie(struct stage *s, const struct lie *lie, enum column column);
void test_chaos(struct stage *s, enum column column, const char *faults, int seed);

/* A test that needs several calls. */
struct sequence {
    const char *name;
    void (*run)(struct stage *s);
};
extern const struct sequence sequences[];
extern const size_t sequence_count;

#endif

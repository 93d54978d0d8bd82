/* SPDX-License-Identifier: Apache-2.0 */
/* osft-reporter: the data about the instances that it watches. The loop (loop.c) writes these
 * structs; channels (channel.h) read them.
 *
 * memory:   allocated when a configuration is put in force, and never afterwards: all texts have
 *           room of fixed size.
 * threads:  one. A channel reads these structs only from within its functions, while nothing else
 *           runs. A channel must not pass these structs to the threads of a library.
 * lifetime: an instance lives until a new configuration leaves it out. A channel keeps no pointer
 *           to an instance after a call, or drops the pointer in stop(), which is called before. */
#ifndef REPORTER_H
#define REPORTER_H

#include <stddef.h>
#include <stdint.h>
#include "../common/clock.h"
#include "config.h"
#include "osft_watch.h"

#define INSTANCES_MAX  CONFIG_INSTANCES_MAX
#define NAME_SIZE      41   /* bytes of an instance's name, with its NUL */
#define RUN_TEXT_BYTES 8192 /* bytes of all texts of a run */
#define RECENT_RUNS    20   /* runs that are requested, and kept for timelines */
#define FAILURES_KEPT  8    /* failed polls that are kept for each instance */
#define EVENT_KINDS    7    /* enum osft_watch_event, whose values begin at 1 */

/* ---- runs ---- */

/* A run with all its texts. */
struct kept_run {
    uint8_t is_known; /* 0: no run has been seen yet, or the list is empty */
    /* 1: extendInfo is too long for `texts`, and is absent from task. */
    uint8_t lacks_extend_info;
    uint64_t id;           /* osft_task_id() */
    struct osft_task task; /* texts are absent, or are in `texts`, each ended by a NUL */
    size_t texts_len;      /* number of bytes of `texts` in use */
    char texts[RUN_TEXT_BYTES];
};

/* A run for timelines and for series of single runs. Texts that are too long are cut, but never
 * within a character. */
struct recent_run {
    uint64_t id;
    int64_t start_ms, end_ms; /* ms since 1970, or OSFT_UNKNOWN; end_ms 0: not ended */
    int32_t progress;         /* per cent, or OSFT_UNKNOWN */
    enum osft_state state;
    char run_id[64], generation[32], status[32]; /* "": absent */
};

/* ---- polls ---- */

/* The number of kinds of errors. Each osft_error that a poll can end with belongs to a kind, and
 * each kind is counted. */
#define ERROR_KINDS 32
/* Return the name of a kind, such as "timeout", a static text; NULL: there is no such kind. */
const char *get_error_kind_name(size_t kind);
/* Return the kind of an osft_error. */
size_t find_error_kind(int error);

/* A poll that failed. Its texts have no secrets, but come from outside: code that shows them must
 * escape markup and control characters. */
struct failure {
    int64_t time_ms;       /* when the poll ended, ms since 1970 by this machine's clock */
    int32_t error;         /* osft_error; OSFT_OK: the entry is empty */
    enum osft_cause cause; /* why the service refused */
    uint16_t http_status;
    char code[64];       /* the service's error code; "": none */
    char request_id[64]; /* the service's support asks for it; "": none */
    char text[320];      /* one line of English */
};

/* Return what the user can do about a failed poll: a static sentence without its full stop. */
const char *advise_failure(const struct failure *failure);

struct counters {
    uint64_t polls;    /* polls that have ended */
    uint64_t requests; /* HTTP requests that were begun, repeated ones included */
    uint64_t errors[ERROR_KINDS];
    uint64_t events[EVENT_KINDS];
    uint64_t omissions; /* tasks that were left out as bad or too large, counted in each poll */
};

/* ---- an instance ---- */

struct connection;     /* connection.h */
struct instance_watch; /* instance.h */

struct instance {
    char name[NAME_SIZE];    /* from the configuration: [instance NAME] */
    struct osft_query query; /* app_group, function, instance; texts live as long as the instance */
    uint32_t interval_ms;
    const char *endpoint; /* HOST or HOST:PORT, as configured or as derived from the region */

    /* The last poll. */
    uint8_t is_up;      /* 1: the poll gave a whole response, except for tasks that were left out */
    uint8_t has_polled; /* 0: no poll has ended yet, and is_up has no meaning */
    int64_t last_poll_ms;   /* when the last poll ended, ms since 1970 by this machine; 0: none */
    int64_t last_good_ms;   /* when the last poll with is_up = 1 ended; 0: there was none */
    int64_t clock_offset_s; /* the service's clock minus this machine's; 0 until it is known */
    struct failure failures[FAILURES_KEPT]; /* a ring buffer; newest_failure is its newest entry */
    size_t newest_failure;
    struct counters counters;

    /* The runs. */
    struct kept_run newest;                /* the run that started last */
    struct recent_run recent[RECENT_RUNS]; /* newest first */
    size_t recent_count;
    int64_t last_success_ms, last_failure_ms; /* when the last run that succeeded or failed ended;
                                               * 0: none is known */
    uint8_t has_unsaved_state; /* 1: the last events are not in the state's file yet */

    /* private members of the loop */
    struct connection *connection;
    struct instance_watch *watch;
};

struct reporter {
    const struct config *config; /* the configuration in force */
    struct instance *instances[INSTANCES_MAX];
    size_t count;
    int64_t start_ms;     /* when the reporter started, ms since 1970 */
    uint64_t reloads;     /* configurations that were put in force after the first */
    uint64_t bad_reloads; /* configurations that were refused */
    uint8_t is_ending;    /* 1: the reporter is ending, and only waits for its channels */
};

#endif

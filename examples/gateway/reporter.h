/* SPDX-License-Identifier: Apache-2.0 */
/* osft-reporter: what all of its files know of the instances it watches. The loop (loop.c) writes
 * these structs; channels (channel.h) read them.
 *
 * memory:   allocated when a configuration is put in force, and never afterwards: all texts have
 *           room of fixed size.
 * threads:  one. Whatever reads these structs does so from within a function of its channel, while
 *           nothing else runs. A library that has threads of its own must not be given them.
 * lifetime: an instance lives until a new configuration leaves it out: a channel keeps no pointer
 *           to it beyond the call, or drops it in stop(), which is called before.
 */
#ifndef REPORTER_H
#define REPORTER_H

#include <stddef.h>
#include <stdint.h>
#include "../common/clock.h"
#include "config.h"
#include "osft_watch.h"

#define INSTANCES_MAX  CONFIG_INSTANCES_MAX
#define NAME_SIZE      41   /* of an instance's name in the configuration, with its NUL */
#define RUN_TEXT_BYTES 8192 /* of one run's texts */
#define RECENT_RUNS    20   /* runs that are asked for, and kept for timelines */
#define FAILURES_KEPT  8    /* polls that failed, for each instance */
#define EVENT_KINDS    7    /* enum osft_watch_event, whose values begin at 1 */

/* ---- what is known of runs ---- */

/* A run with all its texts. */
struct kept_run {
    uint8_t is_known; /* 0: no run has been seen yet, or the list is empty */
    /* 1: extendInfo is too long for `texts`, and absent from task. */
    uint8_t lacks_extend_info;
    uint64_t id;           /* osft_task_id() */
    struct osft_task task; /* its texts lie in `texts`, each ended by a NUL, or are absent */
    size_t texts_len;      /* how many bytes of `texts` are in use */
    char texts[RUN_TEXT_BYTES];
};

/* A run as timelines and series of single runs have it. Texts that are longer are cut, and never
 * within a character. */
struct recent_run {
    uint64_t id;
    int64_t start_ms, end_ms; /* ms since 1970, or OSFT_UNKNOWN; end_ms 0: not ended */
    int32_t progress;         /* per cent, or OSFT_UNKNOWN */
    enum osft_state state;
    char run_id[64], generation[32], status[32]; /* "": absent */
};

/* ---- what is known of polls ---- */

/* The kinds of errors that are counted apart: each osft_error that a poll can end with. */
#define ERROR_KINDS 32
/* The name of a kind, such as "timeout"; NULL: there is none of that number. Static text. */
const char *get_error_kind_name(size_t kind);
/* The kind of an osft_error. */
size_t find_error_kind(int error);

/* A poll that failed. All texts are safe to show: no secret is in them. They come from elsewhere
 * all the same: who shows them must escape what can be markup or a control. */
struct failure {
    int64_t time_ms; /* when, ms since 1970 by this machine's clock */
    int32_t error;   /* osft_error; OSFT_OK: the entry is empty */
    uint16_t http_status;
    char code[64];       /* the service's error code; "": none */
    char request_id[64]; /* what the service's support asks for; "": none */
    char text[320];      /* one line of English */
};

struct counters {
    uint64_t polls;    /* that ended */
    uint64_t requests; /* HTTP requests that were begun, repeated ones included */
    uint64_t errors[ERROR_KINDS];
    uint64_t events[EVENT_KINDS];
    uint64_t omissions; /* tasks that were left out as bad or too large, each counted once a poll */
};

/* ---- an instance ---- */

struct connection;     /* connection.h */
struct instance_watch; /* instance.h */

struct instance {
    char name[NAME_SIZE];    /* from the configuration: [instance NAME] */
    struct osft_query query; /* app_group, function, instance; texts live as long as the instance */
    uint32_t interval_ms;
    const char *endpoint; /* HOST or HOST:PORT, as configured or as the region means it */

    /* The last poll. */
    uint8_t is_up; /* 1: it gave a whole response. A poll that only left tasks out is up, too */
    uint8_t has_polled;     /* 0: no poll has ended yet: is_up says nothing */
    int64_t last_poll_ms;   /* when it ended, ms since 1970 by this machine's clock; 0: none has */
    int64_t last_good_ms;   /* the same of the last one that was up; 0: none was */
    int64_t clock_offset_s; /* the service's clock less this machine's, as far as is known */
    struct failure failures[FAILURES_KEPT]; /* a ring; newest_failure is the index of the newest */
    size_t newest_failure;
    struct counters counters;

    /* The runs. */
    struct kept_run newest;                /* the one that started last */
    struct recent_run recent[RECENT_RUNS]; /* newest first */
    size_t recent_count;
    int64_t last_success_ms, last_failure_ms; /* when the last run that succeeded or failed ended;
                                               * 0: none is known */
    uint8_t has_unsaved_state; /* 1: what was reported last is not in the state's file yet */

    /* private to the loop */
    struct connection *connection;
    struct instance_watch *watch;
};

struct reporter {
    const struct config *config; /* the one in force */
    struct instance *instances[INSTANCES_MAX];
    size_t count;
    int64_t start_ms;     /* when the reporter started, ms since 1970 */
    uint64_t reloads;     /* configurations that were put in force after the first */
    uint64_t bad_reloads; /* that were refused */
    uint8_t is_ending;    /* 1: the reporter was told to end, and only waits for its channels */
};

#endif

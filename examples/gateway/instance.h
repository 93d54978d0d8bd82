/* SPDX-License-Identifier: Apache-2.0 */
/* Polls an instance. A poll is a call of the watch, followed by a list of the newest runs when
 * there were events, when a run is in progress, or when the list has not been read yet. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "connection.h"
#include "log.h"
#include "reporter.h"

/* Collects a list of the newest runs, until the list is complete. */
struct listing {
    struct osft_page page;
    struct osft_query query;
    const struct osft_credentials *credentials;
    struct recent_run recent[RECENT_RUNS];
    size_t count;
    int64_t last_success_ms, last_failure_ms;
    struct kept_run newest; /* last, so that unused room for texts is never written to */
};
struct listing *make_listing(void); /* NULL: there is no memory */
void free_listing(struct listing *listing);

enum poll_phase { PHASE_IDLE, PHASE_WATCH, PHASE_LIST };

struct instance_watch {
    struct osft_watch watch;
    struct osft_run *runs;
    uint32_t runs_max;
    char app[201], function[201], instance_name[201], endpoint[HOST_SIZE + 8];
    uint32_t timeout_ms;

    enum poll_phase phase;
    int64_t due_ms;  /* when the next poll is due, by get_monotonic_ms() */
    int64_t slot_ms; /* when the instance is polled; ms from the start of the interval */
    uint8_t was_staggered;
    uint8_t needs_list;            /* 1: the newest runs must be read */
    uint8_t has_changed;           /* 1: this poll has changed data that channels show */
    uint8_t has_omission;          /* 1: this poll has left out a task */
    uint8_t has_large_task;        /* 1: this poll has left out a task that is too large */
    struct osft_omission omission; /* the first task that was left out; without its texts */

    struct problem problem, omission_problem, state_problem, runs_problem;
    int32_t reported_error; /* the failure that `problem` was reported for */
    uint16_t reported_status;
    char reported_code[64];

    const char *folder; /* where the state is saved; NULL: nowhere */
    uint8_t must_save;  /* 1: the state was not saved or compared since the last poll */
    char *saved;        /* the content of the state's file */
    size_t saved_len;
};

/* Make the instance of a section. Returns NULL after reporting that there is no memory. */
struct instance *make_instance(const struct config *config, const char *section,
                               struct connection *connection);
void free_instance(struct instance *instance);
/* Whether the section still describes the instance, so that the instance can keep its state. */
int matches_section(const struct instance *instance, const struct config *config,
                    const char *section);
/* Update the settings that may change while the instance keeps its state: interval, timeout, runs,
 * connection and the folder of the state. */
void update_instance(struct instance *instance, const struct config *config, const char *section,
                     struct connection *connection);

/* Begin a poll on the instance's connection, which must be idle. */
void start_poll(struct instance *instance);
/* Go on with the poll, without blocking. When the poll has ended, the connection is idle again. */
void step_poll(struct instance *instance);
/* Stop a poll that is in progress. The next poll goes on from there. */
void stop_poll(struct instance *instance);

/* ---- runs.c ---- */
/* Request the newest runs. Returns what osft_list_start() returns. */
int start_listing(struct listing *listing, struct osft_client *client,
                  const struct osft_query *query, const struct osft_credentials *credentials,
                  uint32_t limit_ms);
/* Copy the runs of a complete list to the instance. */
void take_listing(struct instance *instance, const struct listing *listing);
/* Note when a run ended, if the task has ended. */
void note_end(struct instance *instance, const struct osft_task *task);

#endif

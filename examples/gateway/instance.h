/* SPDX-License-Identifier: Apache-2.0 */
/* The watch of an instance, poll by poll. A poll is a call of the watch; then, where something has
 * happened, runs, or was never read, a list of the newest runs. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "connection.h"
#include "log.h"
#include "reporter.h"

/* What a list of the newest runs gathers, before it is known to be whole. */
struct listing {
    struct osft_page page;
    struct osft_query query;
    const struct osft_credentials *credentials;
    struct recent_run recent[RECENT_RUNS];
    size_t count;
    int64_t last_success_ms, last_failure_ms;
    struct kept_run newest; /* last, so that room for texts that is not used is never written to */
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
    int64_t due_ms;  /* when the next poll is due, by the monotonic clock */
    int64_t slot_ms; /* the instance's own part of the interval */
    uint8_t was_staggered;
    uint8_t needs_list;            /* the newest runs must be read */
    uint8_t has_changed;           /* what channels show has changed in this poll */
    uint8_t has_omission;          /* this poll has left a task out */
    struct osft_omission omission; /* the first of them; without texts */

    struct problem problem, omission_problem, state_problem;
    int32_t reported_error; /* what `problem` was reported for */
    uint16_t reported_status;
    char reported_code[64];

    const char *folder; /* of the state; NULL: none is kept */
    uint8_t must_save;  /* since the last poll, saving was not tried */
    char *saved;        /* what is in the file */
    size_t saved_len;
};

/* Make one; NULL after reporting that there is no memory. */
struct instance *make_instance(const struct config *config, const char *section,
                               struct connection *connection);
void free_instance(struct instance *instance);
/* Is it still what a section describes? Then it keeps its state. */
int is_of_section(const struct instance *instance, const struct config *config,
                  const char *section);
/* Take what may change without a loss: interval, time-out, connection, the folder of the state. */
void update_instance(struct instance *instance, const struct config *config, const char *section,
                     struct connection *connection);

/* Begin a poll on the instance's connection, which must be idle. */
void start_poll(struct instance *instance);
/* Do what can be done now. Ends the connection's turn when the poll is over. */
void step_poll(struct instance *instance);
/* End a poll that is in progress: the next one goes on. */
void stop_poll(struct instance *instance);

/* ---- runs.c ---- */
/* Ask for the newest runs. Returns as osft_list_start(). */
int start_listing(struct listing *listing, struct osft_client *client,
                  const struct osft_query *query, const struct osft_credentials *credentials,
                  uint32_t limit_ms);
/* The list is whole: what it gathered becomes the instance's. */
void take_listing(struct instance *instance, const struct listing *listing);
/* A run that ended, as an event tells of it. */
void note_end(struct instance *instance, const struct osft_task *task);

#endif

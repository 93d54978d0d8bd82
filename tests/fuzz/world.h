/* SPDX-License-Identifier: Apache-2.0 */
/* A service made of memory, whose list of tasks changes between requests as a script says, and a
 * port to it. The script's first line has options:
 *     cap (tasks a page at most; 0: none), own (tasks of every page, whatever is asked for; 0: as
 *     asked), faults (+ 1: no totalCount  + 2: a wrong one  + 4: every page is the first  + 8: a
 *     page is listed backward  + 16: tasks without a start)
 * its second one the first tasks, from the newest to the oldest: each character is how much earlier
 * than the one before it that task starts, ms. Each further line is what happens before a request
 * is responded to:
 *     a        a run starts, as the newest task, a millisecond after all others
 *     d N      a task vanishes     p N  it progresses     s N  it succeeds     f N  it fails
 *     b N      it has a progress of 101 from now on        l N  its extendInfo has 900 bytes
 *     x        the request is refused     u  503           c N  the response is cut
 * where N is an option for which task, from the newest, or for where to cut.
 */
#ifndef WORLD_H
#define WORLD_H

#include "fuzz.h"

enum { WORLD_TASKS = 56 };

enum world_status { WORLD_RUNNING, WORLD_SUCCESS, WORLD_FAILED };

struct world_task {
    unsigned id; /* the run is named rID, its generation is ID; from 1 */
    int64_t start_ms;
    int progress;
    enum world_status status;
    int is_bad, is_large;
    int is_listed; /* 0: it has vanished */

    /* private: its JSON text, without the end; 0: that must be made anew */
    char json[160];
    size_t json_length;
};

struct world {
    struct world_task tasks[WORLD_TASKS]; /* by id - 1; those that have vanished, too */
    unsigned count;                       /* tasks that ever were */
    unsigned listed;                      /* tasks that are listed */
    struct fuzz_input script;             /* what is still to happen */
    unsigned cap, own;
    int hides_total, lies_about_total, repeats, is_backward, hides_starts;
    int has_ties; /* more tasks start together than osft_pages_recent tells apart */

    unsigned requests, good; /* requests; those that were responded to with a list */
    uint32_t now_ms;
    struct osft_port port;

    /* private */
    unsigned order[WORLD_TASKS]; /* indices of the tasks that are listed, newest first */
    int fault;
    unsigned cut;
    char request[4096];
    size_t request_len;
    char *response;
    size_t len, given;
    int is_open, ends, has_responded;
};

/* Make a world of a script. End with world_free(). */
void world_init(struct world *world, struct fuzz_input script);
void world_free(struct world *world);
/* 1 when the list is what the documentation says. */
int world_is_honest(const struct world *world);
/* The task that was delivered; NULL: there is none such. */
const struct world_task *world_find(const struct world *world, const struct osft_task *task);

#endif

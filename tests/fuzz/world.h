/* SPDX-License-Identifier: Apache-2.0 */
/* A service in memory, whose list of tasks changes between requests as a script says, and a port to
 * the service. The script's first line has three options:
 *     cap      tasks on a page at most; 0: no limit
 *     own      tasks on every page, whatever is requested; 0: as requested
 *     faults   a sum of: 1: no totalCount; 2: a wrong totalCount; 4: every page is the first;
 *              8: a page is listed backward; 16: tasks without a start
 * The second line has the first tasks, from the newest to the oldest: each character is the number
 * of milliseconds by which a task starts earlier than the one before it. Each further line is what
 * happens before the response to a request:
 *     a        a run starts, as the newest task, a millisecond after all others
 *     d N      a task vanishes
 *     p N      a task progresses
 *     s N      a task succeeds
 *     f N      a task fails
 *     b N      a task has a progress of 101 from now on
 *     l N      the extendInfo of a task has 900 bytes
 *     x        the request is refused
 *     u        the response is a 503
 *     c N      the response is cut
 * N is an option that chooses the task, counted from the newest, or the place of the cut.
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
    int is_listed; /* 0: the task has vanished */

    /* private: the task's JSON text without its end; json_length 0: the text must be made again */
    char json[160];
    size_t json_length;
};

struct world {
    struct world_task tasks[WORLD_TASKS]; /* by id - 1; also those that have vanished */
    unsigned count;                       /* all tasks so far */
    unsigned listed;                      /* tasks in the list */
    struct fuzz_input script;             /* the lines of the script still to come */
    unsigned cap, own;
    int hides_total, lies_about_total, repeats, is_backward, hides_starts;
    int has_ties; /* 1: more tasks start together than osft_pages_recent can tell apart */

    unsigned requests, good; /* requests: all; good: those whose response was a list */
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

/* Initialise a world from a script. End with world_free(). */
void world_init(struct world *world, struct fuzz_input script);
void world_free(struct world *world);
/* Whether the service's pages follow its documentation. */
int world_is_honest(const struct world *world);
/* Return the task that was delivered; NULL: there is no such task. */
const struct world_task *world_find(const struct world *world, const struct osft_task *task);

#endif

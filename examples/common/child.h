/* SPDX-License-Identifier: Apache-2.0 */
/* Another program, in a process group of its own and for a limited time, beside whatever else this
 * one does:
 *
 *     start_child(&child);
 *     while (step_child(&child)) {
 *         count = await_child(&child, descriptors, &timeout_ms);
 *         poll(descriptors, count, timeout_ms);
 *     }
 *     ... child.end, child.code ...
 */
#ifndef CHILD_H
#define CHILD_H

#include <poll.h>
#include <sys/types.h>
#include "osft.h"

enum child_end {
    CHILD_EXITED,     /* code: its exit status */
    CHILD_KILLED,     /* code: the signal */
    CHILD_TOO_SLOW,   /* these three were killed, with their process group */
    CHILD_TOO_LOUD,   /* printed size bytes or more */
    CHILD_STOPPED,    /* by stop_child() */
    CHILD_NOT_STARTED /* code: errno */
};
struct child {
    char *const *arguments;  /* ended by NULL; the first is looked for in PATH */
    char **environment;      /* ended by NULL; NULL: this program's own */
    struct osft_span input;  /* what it reads from standard input; changed */
    char *output;            /* takes standard output; NULL: that goes to standard error */
    size_t size, output_len; /* of output, and how much of it was used */
    int is_silent;           /* its standard error is thrown away */
    uint32_t limit_ms;       /* how long it may take */
    enum child_end end;
    int code;

    /* private */
    enum { CHILD_IS_OVER, CHILD_RUNS, CHILD_IS_ENDING } phase;
    pid_t pid;
    int input_fd, output_fd; /* -1: closed */
    int64_t deadline_ms;     /* of the phase */
};
/* Catches SIGCHLD from then on. All that the child was given must stay until it is over. */
void start_child(struct child *child);
/* Do what can be done now. Returns 1 while it is not over; 0 once end and code are set. */
int step_child(struct child *child);
/* Ask its process group to end; a second later it is killed. */
void stop_child(struct child *child);
#define CHILD_DESCRIPTORS 3
/* What to wait for, as for poll(2): returns how many descriptors were filled in, and lowers
 * *timeout_ms. */
size_t await_child(const struct child *child, struct pollfd descriptors[CHILD_DESCRIPTORS],
                   int64_t *timeout_ms);
/* How it ended, as the end of a sentence. */
void describe_child_end(const struct child *child, char *text, size_t size);

#endif

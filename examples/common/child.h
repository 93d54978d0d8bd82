/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program in a process group of its own, for a limited time, while this program
 * does other things:
 *
 *     start_child(&child);
 *     while (step_child(&child)) {
 *         timeout_ms = INT_MAX;
 *         count = await_child(&child, descriptors, &timeout_ms);
 *         poll(descriptors, count, (int)timeout_ms);
 *     }
 *     ... child.end, child.code ...
 */
#ifndef CHILD_H
#define CHILD_H

#include <poll.h>
#include <sys/types.h>
#include "osft.h"

enum child_end {
    CHILD_EXITED,           /* code: the exit status */
    CHILD_KILLED,           /* code: the signal that killed it */
    CHILD_TIMED_OUT,        /* did not end within limit_ms; its process group was killed */
    CHILD_OUTPUT_TOO_LARGE, /* printed size bytes or more; its process group was killed */
    CHILD_STOPPED,          /* stop_child() was called; its process group was killed */
    CHILD_NOT_STARTED       /* code: errno */
};
struct child {
    char *const *arguments; /* ended by NULL; the first is looked up in PATH */
    char **environment;     /* ended by NULL; NULL: the environment of this process */
    struct osft_span input; /* the bytes for the child's standard input; step_child() shortens it */
    char *output;           /* gets the child's standard output; NULL: standard error gets it */
    size_t size, output_len; /* size: of output; output_len: bytes of output in use */
    int is_silent;           /* 1: the child's standard error is dropped */
    uint32_t limit_ms;       /* how long the child may run */
    enum child_end end;
    int code;

    /* private */
    enum { CHILD_IS_OVER, CHILD_RUNS, CHILD_IS_ENDING } phase;
    pid_t pid;
    int input_fd, output_fd; /* -1: closed */
    int64_t deadline_ms;     /* the end of the phase, by get_monotonic_ms() */
};
/* Start the program. From the first call on, SIGCHLD is caught. The memory to which the members of
 * the child point must stay until step_child() has returned 0. */
void start_child(struct child *child);
/* Write input to the child and read output from it, without blocking. Kill the child when it must
 * end. Returns 1 until the child is over; then 0, with output_len, end and code set. */
int step_child(struct child *child);
/* Ask the child's process group to end. step_child() kills the group a second later. */
void stop_child(struct child *child);
#define CHILD_DESCRIPTORS 3
/* Fill in the descriptors for poll(2) that say when to call step_child() again, and lower
 * *timeout_ms to the time after which it must be called. Returns the number of descriptors. */
size_t await_child(const struct child *child, struct pollfd descriptors[CHILD_DESCRIPTORS],
                   int64_t *timeout_ms);
/* Describe how the child ended, as the end of a sentence. */
void describe_child_end(const struct child *child, char *text, size_t size);

#endif

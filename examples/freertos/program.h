/* SPDX-License-Identifier: Apache-2.0 */
/* The tasks of the program, and how it ends. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdint.h>

/* Priorities of tasks; a higher number goes first. lwIP's thread has TCPIP_THREAD_PRIO
 * (lwipopts.h). */
#define CLIENT_PRIORITY 1
#define NET_PRIORITY    3
#define TICKER_PRIORITY 4

/* Exit statuses, besides osft_error as a positive number. */
enum { WRONG_TASKS = 101, NO_NETWORK = 103, NO_ENTROPY, NO_MEMORY, FAILED_ASSERTION, FAILED_JOB };

/* TEST-ONLY: make the calls that the arguments ask for (jobs.h). */
void jobs_task(void *arg);

/* The work that the other tasks have done so far. */
struct counts {
    uint32_t ticks;      /* how often the ticker was woken */
    uint32_t late_ticks; /* how often the ticker was woken in a wrong millisecond */
    uint32_t idle_turns; /* how often the idle task has run; it runs while all other tasks sleep */
};
extern volatile struct counts counts;

#endif

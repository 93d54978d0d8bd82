/* SPDX-License-Identifier: Apache-2.0 */
/* TEST-ONLY: calls that a test asks for, by arguments of the emulator, instead of watching for
 * ever. A product has no jobs*.c, and main.c always starts watch_task.
 *
 *     do=JOB[+JOB...]   one after the other, then the end:
 *         list     a page of the newest tasks
 *         pages    the whole list, task by task
 *         two      two clients in two tasks make three lists each at the same time
 *         again    33 lists, each over a connection of its own: none leaves memory in use
 *         errno    each task has an errno of its own
 *         keys     two tasks draw keys at the same time
 *         random   two tasks use the random source at the same time
 *         memory   two tasks allocate memory of mbedTLS at the same time
 *     expect=N          pages must bring N tasks, numbered N to 1
 *     again=N           how many calls may fail; a failed call is made again over a new connection
 *     utc=SECONDS       the time is known from the start, as by a clock with a battery
 */
#ifndef JOBS_H
#define JOBS_H

#include "service_client.h"

/* Run a job. These functions return 0, or an exit status. */
int jobs_list(struct service_client *service);
int jobs_pages(struct service_client *service);
int jobs_two(struct service_client *service);
int jobs_again(struct service_client *service);
int jobs_errno(struct service_client *service);
int jobs_keys(struct service_client *service);
int jobs_random(struct service_client *service);
int jobs_memory(struct service_client *service);

/* Return the number behind a name in the arguments; 0: there is none. */
uint32_t jobs_number(const char *name);

#endif

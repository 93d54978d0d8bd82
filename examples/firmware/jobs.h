/* SPDX-License-Identifier: Apache-2.0 */
/* TEST-ONLY: calls that a test asks for, by arguments of the emulator, instead of polling for ever.
 * Leave jobs.c, measure.c and the calls of their functions in main.c out of a product.
 *
 *     do=JOB[+JOB...]   one after the other, then the end:
 *         list     a page of the newest tasks
 *         pages    the whole list
 *         watch    polls until no run is under way
 *         polls    a poll, over and over on one connection
 *         nap      a poll, then a deep sleep, over and over; each wake-up must resume TLS's session
 *         time     polls until the time server has answered
 *         hang     stops turning the loop, until the watchdog ends the firmware
 *     expect=N          pages must bring N tasks, numbered N to 1
 *     naps=N            how many deep sleeps there are (1)
 *     polls=N           how many polls there are (1)
 *     again=N           how many calls may fail; a failed call is made again over a new connection
 *     utc=SECONDS       the time is known from the start, as by a clock with a battery
 */
#ifndef JOBS_H
#define JOBS_H

/* Read the arguments. args NULL: there are none. is_waking 1: this start is a wake-up. */
void jobs_init(const char *args, int is_waking);
/* Start the first job. Returns 1, or 0 when there is none. */
int jobs_start(void);
/* Handle a call that has ended with this result, and start the next call. Returns 1, or 0 when the
 * call belongs to no job. */
int jobs_continue(int result);

#endif

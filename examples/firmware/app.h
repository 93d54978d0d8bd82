/* SPDX-License-Identifier: Apache-2.0 */
/* The application: it polls the service, shows the state of the runs on the LED, and sleeps until
 * the next poll. */
#ifndef APP_H
#define APP_H

#include "osft_watch.h"

/* Start a poll that begins after after_ms. */
void app_start_poll(uint32_t after_ms);
/* Handle a poll that has ended with this result: show the state of the runs, then start the next
 * poll or sleep deeply. */
void app_continue(int result);

/* These functions are also for jobs.c: log an event of the watch; log the result of a call; return
 * the time between two polls. */
osft_on_event app_on_event;
void app_note_result(int result);
uint32_t app_interval_ms(void);

#endif

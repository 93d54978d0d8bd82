/* SPDX-License-Identifier: Apache-2.0 */
/* What the device does: it polls, shows on its LED what it saw, and sleeps until the next poll. */
#ifndef APP_H
#define APP_H

#include "osft_watch.h"

/* Starts a poll that begins after after_ms. */
void app_start_poll(uint32_t after_ms);
/* A poll has ended with this result: shows what it saw, and starts the next one or sleeps. */
void app_continue(int result);

/* What jobs.c uses, too: an event of the watch; what a call has come to; the time between polls. */
osft_on_event app_on_event;
void app_note_result(int result);
uint32_t app_interval_ms(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The application: it polls the service, shows the state of the runs on the LED, and sleeps until
 * the next poll. */
#ifndef APP_H
#define APP_H

#include "osft_watch.h"

/* Start a poll that begins after after_ms. */
void app_start_poll(uint32_t after_ms);
/* Finish a poll that has ended with this result: handle the result, show the state of the runs on
 * the LED, then start the next poll or sleep deeply. */
void app_finish_poll(int result);

/* For device_init(): log an event of the watch, and show it on the LED. */
osft_on_event app_on_event;
/* Log the result of a call. When a certificate was refused for its dates, also forget a time from
 * SNTP. */
void app_handle_result(int result);

#endif

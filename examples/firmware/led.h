/* SPDX-License-Identifier: Apache-2.0 */
/* The display of the device: an LED. It is dark while no run is under way and lit while one is.
 * After a run has failed, the LED blinks until the next run starts. */
#ifndef LED_H
#define LED_H

#include "osft_watch.h"

void led_note_event(enum osft_watch_event event);
/* Set the LED after a poll. is_running: a run is under way. */
void led_show(int is_running);
/* Whether a run of the watch's table has not ended. */
int led_has_running_run(const struct osft_run *runs, uint32_t count);
/* Switch the LED while it blinks. Call it in each turn of the super-loop. */
void led_blink(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The display of a device that has none: an LED that is dark while nothing runs, lit while a run is
 * under way, and blinks after one has failed, until the next one starts.
 */
#ifndef LED_H
#define LED_H

#include "osft_watch.h"

void led_note_event(enum osft_watch_event event);
/* Show what is so after a poll. */
void led_show(int is_running);
/* Call it in each turn of the super-loop. */
void led_blink(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The status line of a device without a display: dark while nothing runs, lit while a run is under way, and
 * blinking after one has failed, until the next one starts.
 */
#ifndef LED_H
#define LED_H

#include "osft_watch.h"

void led_event(enum osft_watch_event event);
/* The table after a look: what still runs. */
void led_show(const struct osft_run *runs, uint32_t count);
void led_turn(void); /* blinks; call it often */

#endif

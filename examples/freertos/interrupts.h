/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRTOS's exceptions and the interrupt of the Ethernet chip, besides the handlers of
 * examples/firmware/cortex_m.c. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

/* Use a vector table with these handlers. Call this function first in main(). */
void interrupts_init(void);

/* Let the Ethernet chip interrupt when a frame is there; the interrupt wakes the task that calls
 * this function, by its notification, and turns itself off. Call it when the chip is started. */
void interrupts_await_frame(void);
/* Whether the Ethernet chip holds a frame. Clears the chip's interrupt. */
int interrupts_has_frame(void);

#endif

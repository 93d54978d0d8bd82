/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: poll(2) over the connections, the channels and the signals. */
#ifndef LOOP_H
#define LOOP_H

#include "options.h"
#include "reporter.h"

/* Put a configuration in force, which becomes the loop's: at the start, or instead of the one that
 * is in force; instances and connections that both have go on. Returns 0; or -1 after reporting
 * what is wrong: the old one then stays in force, and config is still the caller's. */
int put_in_force(struct config *config);
/* Runs until a signal ends it; then saves all states, stops all channels and gives everything
 * back. */
void run_loop(const struct options *options);

#endif

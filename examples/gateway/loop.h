/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: poll(2) for the connections, the channels and the signals. */
#ifndef LOOP_H
#define LOOP_H

#include "options.h"
#include "reporter.h"

/* Put a configuration in force: at the start, or in place of the present one. Instances and
 * connections that both configurations have are kept. Returns 0 when the loop has taken the
 * configuration over; or -1 after reporting what is wrong, while the present configuration stays in
 * force and the caller still owns the new one. */
int put_in_force(struct config *config);
/* Run until a signal ends the loop; then save all states, stop all channels and free everything. */
void run_loop(const struct options *options);

#endif

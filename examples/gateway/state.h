/* SPDX-License-Identifier: Apache-2.0 */
/* Saves the states of watches in a folder, in a file NAME.state for each instance. At any moment,
 * such a file holds either the old or the new state. */
#ifndef STATE_H
#define STATE_H

#include "instance.h"

/* Lock the folder, so that no other reporter can use it. folder NULL: no states are saved. Returns
 * 0, or -1 after reporting what is wrong. */
int lock_state_folder(const char *folder);
/* Use the folder that was locked last from now on, and unlock the one before. */
void use_locked_folder(void);
/* Load the saved state. A state that cannot be used is renamed to NAME.state.bad and reported. */
void load_state(struct instance *instance);
/* Save the state, if it has changed. Call this between polls. A failure is reported once, until it
 * changes. */
void save_state(struct instance *instance);

#endif

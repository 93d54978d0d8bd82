/* SPDX-License-Identifier: Apache-2.0 */
/* The states of watches, a file each in one folder: NAME.state. Whatever happens, a file holds the
 * old state or the new one. */
#ifndef STATE_H
#define STATE_H

#include "instance.h"

/* Take the folder for this process alone: two reporters cannot use the same. folder NULL: none.
 * Returns 0, or -1 after reporting what is wrong. */
int lock_state_folder(const char *folder);
/* From here on the folder that was locked last is the one in use; the one before is free. */
void use_locked_folder(void);
/* Load what was saved. A state that cannot be used is put aside, as NAME.state.bad, and
 * reported. */
void load_state(struct instance *instance);
/* Save it, if it has changed. Call it between polls. What is wrong is reported once, until it
 * changes. */
void save_state(struct instance *instance);

#endif

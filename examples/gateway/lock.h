/* SPDX-License-Identifier: Apache-2.0 */
/* Locks that keep two reporters from using the same files. */
#ifndef LOCK_H
#define LOCK_H

/* Let take_lock() wait for locks during the next three seconds. Call this before a configuration is
 * put in force: when a reporter was killed, a command that it has just started still holds the
 * locks until the program of the command is loaded. At other times a lock must not block the
 * loop. */
void let_locks_wait(void);
/* Lock an open file or folder until it is closed. Blocks only as let_locks_wait() says. Returns 0;
 * or errno: EWOULDBLOCK when another process has the lock. */
int take_lock(int fd);

#endif

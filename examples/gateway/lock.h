/* SPDX-License-Identifier: Apache-2.0 */
/* Locks that keep two reporters from using the same files. */
#ifndef LOCK_H
#define LOCK_H

/* Let take_lock() wait for the next three seconds. When a reporter is killed, a command that it has
 * just started holds the locks until its program is loaded. So the next reporter, which puts its
 * configuration in force, waits for a moment. Later attempts to lock a file must not block the
 * loop. */
void let_locks_wait(void);
/* Lock an open file or folder until it is closed. Blocks only as let_locks_wait() says. Returns 0;
 * or errno: EWOULDBLOCK when another process has the lock. */
int take_lock(int fd);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Locks that keep two reporters from using the same files. */
#ifndef LOCK_H
#define LOCK_H

/* Lock an open file or folder until it is closed. When a reporter is killed, a command that it has
 * just started holds the locks until its program is loaded; so this function tries again for a
 * moment, and blocks that long. Returns 0; or errno: EWOULDBLOCK when another process has the
 * lock. */
int take_lock(int fd);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Replacing a file as a whole: the content goes to a new file, which then takes the place of the
 * old one. Whoever opens the path gets the old content or the new content.
 *
 *     error = begin_replacement(&replacement, path, 0600, REPLACE_DURABLY);
 *     if (error == 0) {
 *         error = write_at(replacement.fd, bytes, len, 0);
 *     }
 *     error = end_replacement(&replacement, error, NULL);
 *
 * name:     where the system can (O_TMPFILE of Linux), the new file has no name until all of it was
 *           written, so a process that is killed before that leaves nothing behind. The new file
 *           then gets a name in the folder of path for the moment until rename(). Elsewhere the
 *           new file has this name from the beginning, and a process that is killed leaves it
 *           behind.
 * folder:   others may be able to write to the folder of path. The name of the new file consists of
 *           path, the process id and a counter. A file that has this name already is neither opened
 *           nor changed, because it could belong to another user, or to a process with the same id
 *           in another container. Therefore this module does not remove new files that earlier
 *           processes have left behind. A caller that is the only one to write path, in a folder of
 *           its own, passes REPLACE_ALONE.
 * link:     a symbolic link at path is itself replaced. resolve_name() finds its target.
 * owner:    the new file gets the owner of the old one, if this process may set an owner. The owner
 *           can then still read the file after root has replaced it.
 * failure:  the new file is removed, and the old one stays. */
#ifndef REPLACEMENT_H
#define REPLACEMENT_H

#include <sys/types.h>
#include "wholefile.h"

enum {
    REPLACE_DURABLY = 1, /* after end_replacement() the new file survives a power failure */
    /* The name of the new file is always path with .new behind it, and a file that has this name is
     * removed. So killed processes leave at most one file behind. */
    REPLACE_ALONE = 2
};
struct replacement {
    int fd; /* of the new file, for reading and writing; -1: no file */

    /* private */
    const char *path;
    char *name; /* of the new file, when has_name is 1; from the heap */
    int flags, has_name;
};
/* Create the new file. path: this text must stay until end_replacement(). mode: of the new file,
 * whatever the umask is. Returns 0, or errno. Call end_replacement() also after an error. */
int begin_replacement(struct replacement *replacement, const char *path, mode_t mode, int flags);
/* End the replacement. error 0: the new file takes the place of the old one; not 0: the new file is
 * removed. fd NULL: the new file is closed; not NULL: *fd is set to the descriptor of the new file
 * when that has taken the place of the old one, and else to -1. Returns error when it is not 0, or
 * else 0 or the errno of what failed here. When only flushing the folder has failed, the new file
 * has taken the place of the old one although the result is an errno. */
int end_replacement(struct replacement *replacement, int error, int *fd);
/* Return the path of the file that a name leads to, from the heap. Symbolic links are resolved,
 * also when the file does not exist yet: the replacement then takes the place of the file, and the
 * link stays. Returns NULL with errno when the path cannot be found. */
char *resolve_name(const char *name);

#endif

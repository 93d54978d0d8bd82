/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing files that fit into memory. */
#ifndef WHOLEFILE_H
#define WHOLEFILE_H

#include <stddef.h>

/* Read a file up to its end, or up to size bytes. *len: set to the number of bytes that were read.
 * When it is size, the file may be longer. Returns 0, or errno. */
int read_whole_file(int fd, void *bytes, size_t size, size_t *len);
/* Write all bytes to a file, at an offset. Returns 0, or errno. */
int write_at(int fd, const void *bytes, size_t len, size_t offset);
/* Whether the folder of a path exists. */
int has_folder(const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "wholefile.h"
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int read_whole_file(int fd, void *bytes, size_t size, size_t *len)
{
    ssize_t n = 1;

    *len = 0;
    while (*len < size && n != 0) {
        n = read(fd, (char *)bytes + *len, size - *len);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        *len += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int write_at(int fd, const void *bytes, size_t len, size_t offset)
{
    size_t written = 0;

    while (written < len) {
        ssize_t n =
            pwrite(fd, (const char *)bytes + written, len - written, (off_t)(offset + written));

        if (n == 0 || (n < 0 && errno != EINTR)) {
            return n < 0 ? errno : EIO;
        }
        written += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int has_folder(const char *path)
{
    char *copy = strdup(path);
    struct stat folder;
    int is_there = copy != NULL && stat(dirname(copy), &folder) == 0 && S_ISDIR(folder.st_mode);

    free(copy);
    return is_there;
}

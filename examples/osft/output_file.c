/* SPDX-License-Identifier: Apache-2.0 */
/* --output FILE: standard output goes to a new file, which replaces FILE when it is complete. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"

#define NO_FILE (-1) /* the name is that of a folder, a device or the like */

/* Return the mode for the new file: the mode of the old file, or the mode that the redirection of a
 * shell would set. */
static mode_t get_mode(int is_there, const struct stat *old)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return is_there ? old->st_mode & 0777 : 0666 & ~mask;
}

/* Create the new file. Returns 0, errno or NO_FILE. */
static int open_new_file(struct output_file *file)
{
    struct stat old;
    int is_there = stat(file->path, &old) == 0;

    if (is_there && !S_ISREG(old.st_mode)) {
        return NO_FILE;
    }
    file->has_begun = 1;
    return begin_replacement(&file->replacement, file->path, get_mode(is_there, &old),
                             REPLACE_DURABLY);
}

int open_output_file(struct output_file *file, const char *name)
{
    int error;

    memset(file, 0, sizeof(*file));
    file->name = name;
    file->path = resolve_name(name);
    error = file->path != NULL ? open_new_file(file) : errno;
    if (error == NO_FILE) {
        report_usage_error(COMMAND_LIST,
                           "--output replaces a file, and this is something else:", name);
        return EXIT_USAGE;
    }
    if (error != 0) {
        return report_local_failure("cannot write the output", name, error);
    }
    standard_output.fd = file->replacement.fd;
    standard_output.ascii_only = 0; /* only a terminal needs the restriction */
    return EXIT_DONE;
}

int close_output_file(struct output_file *file, int replaces_old)
{
    int error = 0;

    if (replaces_old) {
        flush_output(&standard_output);
        error = standard_output.error;
    }
    if (file->has_begun) {
        int end = end_replacement(&file->replacement, replaces_old ? error : ECANCELED, NULL);

        error = replaces_old ? end : 0;
    }
    standard_output.used = 0;
    standard_output.error = 0;
    standard_output.fd = STDOUT_FILENO;
    free(file->path);
    file->path = NULL;
    return error == 0 ? EXIT_DONE
                      : report_local_failure("cannot write the output", file->name, error);
}

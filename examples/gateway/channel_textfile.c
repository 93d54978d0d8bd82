/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the exposition into a file for node_exporter's textfile collector, after each poll,
 * successful or not, but at most once in PAUSE_MS. Each new file replaces the old one as a
 * whole. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/replacement.h"
#include "channel.h"
#include "log.h"

#define PAUSE_MS  1000
#define PATH_SIZE 1024

static const struct config_key keys[] = {
    { "path", VALUE_FILE,
      "the absolute path of a file that ends in .prom, in the folder that the collector reads",
      NULL, 7, PATH_SIZE - 24, NULL, 1, 0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

static const struct reporter *reporter;
static char path[PATH_SIZE];
static int is_outdated;
static int64_t next_write_ms; /* the earliest time of the next write, by get_monotonic_ms() */
static struct problem write_problem;

/* Check the path: the collector reads only files that end in .prom, and the folder must exist. The
 * folder need not be writable now, as that may change while the reporter runs. */
static int check(const struct config *config)
{
    const char *name = config_text(config, "textfile", "path");
    size_t len = name != NULL ? strlen(name) : 0;

    if (len < 5) {
        return -1; /* the missing key has been reported */
    }
    if (strcmp(name + len - 5, ".prom") != 0) {
        return config_report(config, "textfile", "path", "the collector reads *.prom only",
                             "a path that ends in .prom");
    }
    if (!has_folder(name)) {
        return config_report(config, "textfile", "path", "its folder is not there",
                             "a file in the folder that the collector reads, and make that first");
    }
    return 0;
}

/* Put the exposition into a file. Returns 0, or errno. */
static int put_exposition_into(int fd)
{
    static char buffer[OUTPUT_BYTES];
    static struct output out = { .buffer = buffer };

    out.fd = fd;
    out.error = 0;
    out.used = 0;
    put_exposition(&out, reporter);
    flush_output(&out);
    return out.error;
}

/* Return what the user can do about the error that the file cannot be written; "": there is no
 * advice. */
static const char *get_advice(int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
        return "; choose a folder that the user of this process can write to, such as "
               "/run/osft-reporter, which RuntimeDirectory=osft-reporter in a unit of systemd "
               "makes";
    case ENOENT:
    case ENOTDIR: return "; make its folder";
    case ENOSPC:
    case EDQUOT: return "; make room on its disk";
    default: return "";
    }
}

/* Replace the file. The collector's user must be able to read it, whatever the umask is. The new
 * file is not flushed to the disk, as its content would be out of date after a crash. */
static void write_file(void)
{
    struct replacement replacement;
    int error = begin_replacement(&replacement, path, 0644, 0);

    is_outdated = 0;
    next_write_ms = get_monotonic_ms() + PAUSE_MS;
    if (error == 0) {
        error = put_exposition_into(replacement.fd);
    }
    error = end_replacement(&replacement, error, NULL);
    if (error != 0) {
        problem_set(&write_problem, "cannot write %s: %s%s", path, strerror(error),
                    get_advice(error));
    } else {
        problem_clear(&write_problem, "the text file is written again");
    }
}

static int start(const struct reporter *r)
{
    reporter = r;
    (void)snprintf(path, sizeof(path), "%s", config_text(r->config, "textfile", "path"));
    write_file();
    return 0;
}

static void on_poll(const struct instance *instance, const struct poll_result *result)
{
    (void)instance;
    (void)result;
    is_outdated = 1;
}

static size_t prepare(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    (void)descriptors;
    (void)room;
    if (is_outdated) {
        lower_timeout(timeout_ms, next_write_ms - get_monotonic_ms());
    }
    return 0;
}

static void run(const struct pollfd *descriptors, size_t count)
{
    (void)descriptors;
    (void)count;
    if (is_outdated && get_monotonic_ms() >= next_write_ms) {
        write_file();
    }
}

/* Write the file for the last time, also when no poll has ended since the last write: a poll that
 * was stopped has sent requests, which the file counts. The file stays. An alert can tell from its
 * timestamps that nobody updates it any more. */
static void stop(void)
{
    write_file();
}

const struct channel textfile_channel = { .name = "textfile",
                                          .keys = keys,
                                          .check = check,
                                          .start = start,
                                          .on_poll = on_poll,
                                          .prepare = prepare,
                                          .run = run,
                                          .stop = stop,
                                          .needs_no_instances = 1 };

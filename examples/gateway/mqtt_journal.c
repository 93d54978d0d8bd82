/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps a copy of the queue in a file. Records of new events and of acknowledgements are appended,
 * and the file is emptied when the queue is empty. When the process is killed, the file has whole
 * records, and perhaps the beginning of one. The channel had not accepted the event of that record
 * yet. After a failed write, the whole queue is later written into a new file, which replaces the
 * old one. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/replacement.h"
#include "lock.h"
#include "mqtt.h"

#define RETRY_MS 10000
#define NO_QUEUE (-1)
#define SLACK    65536 /* a file is rewritten when it exceeds twice the queue by so many bytes */

static void set_behind(struct mqtt_journal *journal, int error)
{
    journal->is_behind = 1;
    journal->retry_ms = get_monotonic_ms() + RETRY_MS;
    problem_set(&journal->problem,
                "mqtt: cannot write the queue's file %s: %s; events wait in memory", journal->path,
                strerror(error));
}

/* Write the queue into a new file, which replaces the old one. The new file is locked before it
 * takes the place of the old one, so that no other process can lock it first. */
static void rewrite_file(struct mqtt_journal *journal, const struct mqtt_queue *queue)
{
    struct replacement replacement;
    int error =
        begin_replacement(&replacement, journal->path, 0600, REPLACE_DURABLY | REPLACE_ALONE);
    int fd;

    if (error == 0) {
        error = take_lock(replacement.fd);
    }
    if (error == 0) {
        error = write_at(replacement.fd, queue->bytes + queue->head, queue->end - queue->head, 0);
    }
    error = end_replacement(&replacement, error, &fd);
    if (fd >= 0) {
        if (journal->fd >= 0) {
            close(journal->fd);
        }
        journal->fd = fd;
        journal->end = queue->end - queue->head;
    }
    if (error != 0) {
        set_behind(journal, error);
        return;
    }
    journal->is_behind = journal->is_unsynced = 0;
    problem_clear(&journal->problem, "mqtt: the queue's file can be written again");
}

/* Read records into the queue. An event is removed again when the file has its acknowledgement.
 * Bytes that belong to no record are skipped one by one, until a record begins. */
static void read_records(struct mqtt_journal *journal, const unsigned char *bytes, size_t len,
                         struct mqtt_queue *queue)
{
    struct mqtt_event event;
    size_t at = 0;

    while (at < len) {
        size_t record = read_record(bytes + at, len - at, &event);

        if (record == 0) {
            journal->lost_bytes++;
        } else if (event.kind == RECORD_EVENT) {
            queue_add_record(queue, bytes + at, record);
        } else {
            queue_remove(queue, event.sequence);
            /* A new event must not get the sequence number of an acknowledged event. */
            if (event.sequence >= queue->next_sequence) {
                queue->next_sequence = event.sequence + 1;
            }
        }
        at += record > 0 ? record : 1;
    }
}

/* Read the file into the queue. Returns 0, or errno, or NO_QUEUE when the file is not the file of a
 * queue. */
static int read_file(struct mqtt_journal *journal, int fd, struct mqtt_queue *queue)
{
    struct stat status;
    unsigned char *bytes;
    size_t len = 0;
    int error;

    if (fstat(fd, &status) != 0) {
        return errno;
    }
    if (!S_ISREG(status.st_mode)) {
        return NO_QUEUE;
    }
    bytes = malloc((size_t)status.st_size + 1);
    if (bytes == NULL) {
        return ENOMEM;
    }
    error = read_whole_file(fd, bytes, (size_t)status.st_size, &len);
    if (error == 0 && looks_like_record(bytes, len)) {
        read_records(journal, bytes, len, queue);
    } else if (error == 0) {
        error = NO_QUEUE; /* the file is not a queue, and must not be replaced */
    }
    free(bytes);
    return error;
}

static const char *describe_error(int error)
{
    switch (error) {
    case EBUSY: return "another process uses it; give each reporter a file of its own";
    case NO_QUEUE: return "it holds something else; name a file that is not there yet";
    default: return strerror(error);
    }
}

static struct problem unreadable; /* reported once, although the loop tries again and again */

int journal_open(struct mqtt_journal *journal, const char *path, struct mqtt_queue *queue)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), error = 0;

    memset(journal, 0, sizeof(*journal));
    journal->path = path;
    journal->fd = fd;
    if (fd < 0 && errno != ENOENT) {
        error = errno;
    } else if (fd >= 0 && take_lock(fd) != 0) {
        error = EBUSY;
    } else if (fd >= 0) {
        error = read_file(journal, fd, queue);
    }
    if (error != 0) {
        problem_set(&unreadable, "mqtt: cannot read the queue's file %s: %s", path,
                    describe_error(error));
        journal_close(journal);
        return -1;
    }
    problem_clear(&unreadable, "mqtt: the queue's file can be read again");
    if (journal->lost_bytes > 0) {
        log_line("mqtt: %zu bytes of the queue's file %s were no whole event, and are left out",
                 journal->lost_bytes, path);
    }
    rewrite_file(journal, queue);
    return 0;
}

void journal_close(struct mqtt_journal *journal)
{
    if (journal->path != NULL && journal->fd >= 0) {
        close(journal->fd);
    }
    journal->path = NULL;
    journal->fd = -1;
}

static void append_to_file(struct mqtt_journal *journal, const unsigned char *bytes, size_t len)
{
    int error = write_at(journal->fd, bytes, len, journal->end);

    if (error != 0) {
        set_behind(journal, error);
        return;
    }
    journal->end += len;
    journal->is_unsynced = 1;
}

void journal_add(struct mqtt_journal *journal, const struct mqtt_queue *queue)
{
    size_t len;
    const unsigned char *record = queue_newest(queue, &len);

    if (journal->path == NULL || journal->is_behind || record == NULL) {
        return;
    }
    if (journal->end + len > 2 * queue->size + SLACK) {
        rewrite_file(journal, queue);
    } else {
        append_to_file(journal, record, len);
    }
}

void journal_remove(struct mqtt_journal *journal, const struct mqtt_queue *queue)
{
    unsigned char record[RECORD_HEADER_BYTES];
    struct mqtt_event oldest;

    if (journal->path == NULL || journal->is_behind) {
        return;
    }
    if (queue_find(queue, 0, &oldest) == 0) {
        write_done_record(record, oldest.sequence - 1);
        append_to_file(journal, record, sizeof(record));
    } else if (ftruncate(journal->fd, 0) == 0) {
        journal->end = 0;
    } else {
        set_behind(journal, errno);
    }
}

void journal_run(struct mqtt_journal *journal, const struct mqtt_queue *queue)
{
    if (journal->path != NULL && journal->is_behind && get_monotonic_ms() >= journal->retry_ms) {
        rewrite_file(journal, queue);
    }
}

void journal_prepare(const struct mqtt_journal *journal, int64_t *timeout_ms)
{
    if (journal->path != NULL && journal->is_behind) {
        lower_timeout(timeout_ms, journal->retry_ms - get_monotonic_ms());
    }
}

int journal_is_whole(struct mqtt_journal *journal)
{
    if (journal->path == NULL || journal->is_behind) {
        return 0;
    }
    if (journal->is_unsynced && fdatasync(journal->fd) != 0) {
        set_behind(journal, errno);
        return 0;
    }
    journal->is_unsynced = 0;
    return 1;
}

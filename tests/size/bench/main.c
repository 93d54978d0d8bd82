/* SPDX-License-Identifier: Apache-2.0 */
/* bench osft|cjson|jansson TASKS PIECE CHUNK TIMES   read a list of so many tasks
 * bench head TIMES                                   read the head of a response
 * bench sign TIMES                                   build and sign a request
 * bench list TCP_PORT TIMES                          list tasks on a kept connection
 * Prints what came of it, the same however often it is done. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_summary(const struct summary *summary, size_t len)
{
    printf("%lu bytes, %lu tasks, progress %" PRId64 ", start %" PRId64 ", text %lu, %lu recalls "
           "%" PRId64 "\n",
           (unsigned long)len, (unsigned long)summary->tasks, summary->progress, summary->start_ms,
           (unsigned long)summary->text, (unsigned long)summary->recalls, summary->recall);
    return 0;
}

static int read_by_osft(size_t tasks, size_t piece, size_t chunk, unsigned long times)
{
    struct summary summary;
    struct reader reader;
    size_t body_length;
    struct bytes response = make_response(tasks, chunk, &body_length);
    int result = 0;

    memset(&summary, 0, sizeof(summary));
    reader_init(&reader, tasks, response.len, piece);
    for (; times > 0 && result == 0; times--) {
        memset(&summary, 0, sizeof(summary));
        result = reader_read(&reader, response.bytes, response.len);
        if (result == OSFT_OK) {
            result = reader_summarise(&reader, &summary);
        }
    }
    reader_free(&reader);
    free(response.bytes);
    return result == 0 ? print_summary(&summary, body_length) : result;
}

static int read_by_other(read_page *read, size_t tasks, unsigned long times)
{
    struct summary summary;
    struct bytes body = make_body(tasks);
    int result = 0;

    memset(&summary, 0, sizeof(summary));
    for (; times > 0 && result == 0; times--) {
        memset(&summary, 0, sizeof(summary));
        result = read(body.bytes, body.len, &summary);
    }
    free(body.bytes);
    return result == 0 ? print_summary(&summary, body.len) : result;
}

static int read_head(unsigned long times)
{
    struct bytes head = make_head();
    struct reader reader;
    int result = OSFT_OK;

    reader_init(&reader, 1, head.len, 0);
    for (; times > 0 && result == OSFT_OK; times--) {
        result = reader_read(&reader, head.bytes, head.len);
    }
    printf("%lu bytes, status %u\n", (unsigned long)head.len, reader.client.reply.http_status);
    reader_free(&reader);
    free(head.bytes);
    return result;
}

static unsigned long number(const char *text)
{
    return strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int result = -1;

    if (argc == 6 && strcmp(what, "osft") == 0) {
        result = read_by_osft(number(argv[2]), number(argv[3]), number(argv[4]), number(argv[5]));
    } else if (argc == 6 && strcmp(what, "cjson") == 0) {
        result = read_by_other(read_by_cjson, number(argv[2]), number(argv[5]));
    } else if (argc == 6 && strcmp(what, "jansson") == 0) {
        result = read_by_other(read_by_jansson, number(argv[2]), number(argv[5]));
    } else if (argc == 3 && strcmp(what, "head") == 0) {
        result = read_head(number(argv[2]));
    } else if (argc == 3 && strcmp(what, "sign") == 0) {
        result = sign_requests(number(argv[2]));
    } else if (argc == 4 && strcmp(what, "list") == 0) {
        result = list_tasks(argv[2], number(argv[3]));
    }
    if (result != 0) {
        fprintf(stderr, "bench: failed: %d\n", result);
    }
    return result != 0;
}

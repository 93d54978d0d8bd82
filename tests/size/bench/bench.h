/* SPDX-License-Identifier: Apache-2.0 */
/* The work whose instructions `make bench` counts. The program does each piece of work as often as
 * it is told, so that the difference between two runs is the cost of the work alone. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "osft.h"

/* The bytes of a response. */
struct bytes {
    char *bytes;
    size_t len;
};

/* Make a response with this many tasks, as osft-endpoint generates them, and the fewest headers.
 * chunk: bytes of each chunk of its body; 0: it has a Content-Length. *body_length gets the length
 * without framing. */
struct bytes make_response(size_t tasks, size_t chunk, size_t *body_length);
/* Make the head of a response without a body: 8 headers, 319 bytes. */
struct bytes make_head(void);
/* Make the body of a response with this many tasks. */
struct bytes make_body(size_t tasks);

/* A summary of the values that a reader finds in a page, by which readers are compared. */
struct summary {
    size_t tasks, recalls;
    int64_t recall;   /* sum of all recalls, times 100 */
    int64_t progress; /* the sum */
    int64_t start_ms; /* the sum */
    size_t text;      /* length of all texts in bytes */
};

/* Add a task to a summary. Returns 0, or -1. */
int summary_add(struct summary *summary, const struct osft_task *task);

/* Read a list of tasks, and the recall of each task's extendInfo. Returns 0, or -1. */
typedef int read_page(const char *body, size_t len, struct summary *summary);
read_page read_by_cjson, read_by_jansson;

/* A reader of responses that uses osft. */
struct reader {
    struct osft_settings settings;
    struct osft_client client;
    struct osft_page page;
    size_t piece; /* bytes received at a time; 0: all that there are */
    char *buffer;
    size_t size;
};
void reader_init(struct reader *reader, size_t tasks, size_t size, size_t piece);
void reader_free(struct reader *reader);
/* Receive and read a response. Returns an osft_error. */
int reader_read(struct reader *reader, const char *response, size_t response_len);
/* Summarise the page that was read. Returns 0, or -1. */
int reader_summarise(const struct reader *reader, struct summary *summary);

/* Build and sign a request `times` times. Returns 0, or -1. Prints the number of SHA-256 blocks
 * that one request takes. */
int sign_requests(unsigned long times);
/* List 10 tasks `times` times on one kept connection to osft-endpoint on this TCP port. Returns 0,
 * or -1. */
int list_tasks(const char *tcp_port, unsigned long times);

#endif

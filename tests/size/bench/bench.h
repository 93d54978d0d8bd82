/* SPDX-License-Identifier: Apache-2.0 */
/* What make bench counts instructions of. Each piece of work is done as many times as it is told,
 * so that the difference between two runs of the program is the cost of the work alone. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "osft.h"

/* Bytes that a server sends. */
struct bytes {
    char *bytes;
    size_t len;
};

/* A response that lists so many tasks, as osft-endpoint makes them up: its head has as few headers
 * as it can. chunk: bytes of each chunk of its body; 0: it has a Content-Length. *body_length:
 * without framing */
struct bytes make_response(size_t tasks, size_t chunk, size_t *body_length);
/* The head of a response without a body: 8 headers, 319 bytes. */
struct bytes make_head(void);
/* The body alone. */
struct bytes make_body(size_t tasks);

/* What a program wants to know of a page. */
struct summary {
    size_t tasks, recalls;
    int64_t recall;   /* the sum, times 100 */
    int64_t progress; /* the sum */
    int64_t start_ms; /* the sum */
    size_t text;      /* bytes of all texts */
};

/* Read a list of tasks, and the recall of each task's extendInfo. Returns 0, or -1. */
typedef int read_page(const char *body, size_t len, struct summary *summary);
read_page read_by_cjson, read_by_jansson;

/* What reads responses by osft. */
struct reader {
    struct osft_settings settings;
    struct osft_client client;
    struct osft_page page;
    size_t piece; /* bytes received at a time; 0: as much as there is */
    char *buffer;
    size_t size;
};
void reader_init(struct reader *reader, size_t tasks, size_t size, size_t piece);
void reader_free(struct reader *reader);
/* Receive and read a response. Returns an osft_error. */
int reader_read(struct reader *reader, const struct bytes *response);
/* What the page then has. */
int reader_summarise(const struct reader *reader, struct summary *summary);

/* Build and sign a request so many times. Returns 0, or -1. Prints how many SHA-256 blocks one
 * takes. */
int sign_requests(unsigned long times);
/* List 10 tasks so many times on one kept connection to osft-endpoint on this TCP port. Returns 0,
 * or -1. */
int list_tasks(const char *tcp_port, unsigned long times);

#endif

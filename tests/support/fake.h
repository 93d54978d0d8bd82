/* SPDX-License-Identifier: Apache-2.0 */
/* A port in memory that records the bytes that the client sends, gives it a scripted response, and
 * can let any single call fail. Each request gets the same response. */
#ifndef SUPPORT_FAKE_H
#define SUPPORT_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "osft.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Bytes of a request that a fake port remembers. */
#ifndef FAKE_SENT_MAX
#define FAKE_SENT_MAX 8192
#endif

/* Calls of a port that no test needs: a client that makes as many never ends. */
#define PORT_CALLS_MAX 10000000

struct fake {
    const char *response; /* what recv gives once the request is whole */
    size_t response_len, given;
    size_t step;      /* bytes that one recv or send moves at most; 0: as many as it is asked for */
    size_t first;     /* bytes that the first recv returns at most; 0: no such limit */
    int blocks;       /* 1: every other call of each function would block */
    int at_end;       /* what recv returns after the response: OSFT_EOF, an error, or 0 */
    size_t window;    /* bytes of a request that send takes before it would block; 0: all */
    int send_blocked; /* what send returns when the window is full */
    int is_early;     /* 1: recv gives the response before the request is whole */
    int fail_at;      /* the number of the port call that fails, from 1; 0: none */
    int fail_with;    /* what the failing call returns; 0: OSFT_E_IO */
    int calls;        /* calls so far of open, send, recv, utc_s and random */
    unsigned turns;   /* a bit for each function: whether its next call would block */
    int opened, closed, waited;
    int wait_result;
    uint32_t now, tick; /* now: what ticks_ms returns; tick: ms that each wait adds to it */
    int64_t utc;
    int32_t code;
    char sent[FAKE_SENT_MAX]; /* the last request */
    size_t sent_len;
    char host[256];
    uint16_t tcp_port;
    struct osft_port port;
};

struct setup {
    struct fake fake;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_query query;
    struct osft_client client;
    struct osft_task tasks[8];
    struct osft_page page;
    char *work; /* an allocation of exactly the size that was asked for, so that ASan finds an
                   overflow by one byte */
};

/* Make a client without retries over a fake port. room: bytes of the work buffer. response: what
 * recv gives for each request. */
struct setup *setup_new(size_t room, const char *response, size_t response_len);
void setup_free(struct setup *s);
/* Do the same with an HTTP response that is made of a status, such as "200 OK", and a body. */
struct setup *setup_body(size_t room, const char *status, const char *body);
/* List with a time limit of 10 s. Returns what osft_list() returns. */
int setup_list(struct setup *s);

const struct osft_sha256 *real_sha256(void);

/* Assert that the span holds this text and that a NUL ends it; text NULL: that the span is absent.
 */
void assert_span(struct osft_span s, const char *text);

#endif

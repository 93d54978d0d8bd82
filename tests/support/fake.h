/* SPDX-License-Identifier: Apache-2.0 */
/* A port made of memory: what the client sends is recorded, what it receives is scripted, and any
 * single call can be made to fail. Each request is given the same response. */
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

/* Calls of a port that no test needs: a client that makes as many never ends. */
#define PORT_CALLS_MAX 10000000

struct fake {
    const char *response; /* what recv gives once the request is whole */
    size_t response_len, given;
    size_t step;      /* bytes that a recv or send moves at most; 0: as many as asked for */
    size_t first;     /* the first recv stops after so many bytes; 0: no such stop */
    int blocks;       /* every other call of each function would block */
    int at_end;       /* what recv returns after the response: OSFT_EOF, an error, or 0 */
    size_t window;    /* send takes so many bytes of a request; 0: all of them */
    int send_blocked; /* what send returns when the window is full */
    int is_early;     /* recv gives the response before the request is whole */
    int fail_at;      /* this call fails (from 1); 0: none */
    int fail_with;    /* with that; 0: OSFT_E_IO */
    int calls;        /* calls so far of open, send, recv, utc_s and random */
    unsigned turns;   /* which functions block next */
    int opened, closed, waited;
    int wait_result;
    uint32_t now, tick; /* what ticks_ms says, and how much each wait adds */
    int64_t utc;
    int32_t code;
    char sent[8192]; /* the last request */
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
    char *work; /* exactly as long as asked for, so that ASan sees a byte too many */
};

/* A client without retries over a fake port, with room bytes to work in, about to receive
 * response. */
struct setup *setup_new(size_t room, const char *response, size_t response_len);
void setup_free(struct setup *s);
/* The same with a whole HTTP response made around a body. status: "200 OK". */
struct setup *setup_body(size_t room, const char *status, const char *body);
/* Lists with a time limit of 10 s. */
int setup_list(struct setup *s);

const struct osft_sha256 *real_sha256(void);

/* The span holds this text, and a NUL ends it; text NULL: the span is absent. */
void assert_span(struct osft_span s, const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A port in memory that plays a list of exchanges, over one connection or several. */
#ifndef SUPPORT_SCRIPT_H
#define SUPPORT_SCRIPT_H

#include "fake.h"

/* The course of one attempt. When only response is set, the attempt gets that response, and the
 * connection stays open. */
struct exchange {
    const char *response; /* head and body; NULL: none */
    int open;             /* open fails with this; nothing else of the exchange happens */
    int send;             /* send fails with this */
    int end;              /* what recv returns after the response; 0: it would block */
};

struct script {
    const struct exchange *list;
    size_t count, next;         /* next: index of the exchange that comes next */
    const struct exchange *now; /* the exchange in progress; NULL: none */
    size_t given;               /* bytes of the response of *now that recv has returned */
    int is_open;
    int opened, closed;
    int blocks;     /* 1: every other call of each function would block */
    unsigned turns; /* a bit for each function: whether its next call would block */
    uint32_t ticks; /* what ticks_ms returns, in ms; each wait adds to it */
    uint32_t waits[16];
    size_t wait_count; /* waits without events, whose lengths are in waits[], in ms */
    int64_t utc;       /* what utc_s returns; < 0: the time is not known */
    int64_t learned;   /* what learn_utc was given last; -1: it was not called */
    uint32_t random;   /* what random fills in, except in nonces, which all differ */
    uint32_t drawn;
    char requests[8][2048];
    size_t request_count, request_len;
    int calls, fail_at; /* fail_at: the number of the port call that fails, from 1; 0: none */
    struct osft_port port;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_retry retry; /* what settings.retry points to: a copy of osft_retry_default that a
                                test may change */
    struct osft_query query;
    struct osft_client client;
    struct osft_task tasks[4];
    struct osft_page page;
    char work[2048];
};

/* Make a client with retries over a port that plays this list. */
struct script *script_new(const struct exchange *list, size_t count);
/* Close the client, and assert that each connection that was opened was also closed. */
void script_free(struct script *s);
int script_list(struct script *s, uint32_t limit_ms);

/* Make a response. status: such as "200 OK"; headers: lines, each with CR LF. The text stays valid
 * until 64 further responses were made. */
const char *script_response(const char *status, const char *headers, const char *body);
/* Make a response that delivers one task, or one that is a refusal with this code. */
const char *script_good(const char *headers);
const char *script_refusal(const char *status, const char *headers, const char *code);
/* Return the value of a header of the i-th request, ended by a NUL. It is valid until the next
 * call. */
const char *script_header(const struct script *s, size_t i, const char *name);
/* Whether the bytes contain this text. */
int script_holds(const void *mem, size_t size, const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A port made of memory that plays one exchange after the other, over one connection or several. */
#ifndef SUPPORT_SCRIPT_H
#define SUPPORT_SCRIPT_H

#include "fake.h"

/* What becomes of one attempt. All zero, but for a response: it is given, and the connection
 * stays. */
struct exchange {
    const char *response; /* head and body; NULL: none */
    int open;             /* open fails with this; nothing else of the exchange happens */
    int send;             /* send fails with this */
    int end;              /* after the response, recv says this; 0: would block */
};

struct script {
    const struct exchange *list;
    size_t count, next; /* exchanges; the next one */
    const struct exchange *now;
    size_t given; /* bytes of its response */
    int is_open;
    int opened, closed;
    int blocks;     /* every other call of each function would block */
    unsigned turns; /* which functions block next */
    uint32_t ticks; /* ms; waits move it */
    uint32_t waits[16];
    size_t wait_count;    /* waits for nothing but time */
    int64_t utc, learned; /* < 0: not known; learned: what learn_utc was told */
    uint32_t random;      /* what random fills in; each nonce is another one all the same */
    uint32_t drawn;
    char requests[8][2048];
    size_t request_count, request_len;
    int calls, fail_at; /* this port call fails (from 1) */
    struct osft_port port;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_retry retry; /* settings.retry: osft_retry_default, to be changed */
    struct osft_query query;
    struct osft_client client;
    struct osft_task tasks[4];
    struct osft_page page;
    char work[2048];
};

/* A client with retries over a port that plays list. */
struct script *script_new(const struct exchange *list, size_t count);
/* Closes the client; each connection that was opened must then have been closed. */
void script_free(struct script *s);
int script_list(struct script *s, uint32_t limit_ms);

/* A response in a buffer of its own, reused after 64. status: "200 OK"; headers: lines, each with
 * CRLF. */
const char *script_response(const char *status, const char *headers, const char *body);
/* The same that delivers one task, and one that refuses with this code. */
const char *script_good(const char *headers);
const char *script_refusal(const char *status, const char *headers, const char *code);
/* Of the i-th request, the value of that header, ended by a NUL; reused with the next call. */
const char *script_header(const struct script *s, size_t i, const char *name);
/* Whether text stands anywhere in those bytes. */
int script_holds(const void *mem, size_t size, const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Responses: the JSON of lists, tasks and errors, and the HTTP around it. */
#ifndef EP_REPLY_H
#define EP_REPLY_H

#include "fault.h"
#include "store.h"

#define EP_JSON_TYPE "application/json;charset=utf-8"

struct ep_reply {
    int status;
    const char *code;           /* for the log */
    const char *type;           /* Content-Type */
    const char *id;             /* x-acs-request-id */
    struct osft_span host;      /* the Host header of the request */
    int pascal;                 /* 1: members of a list or task are in PascalCase */
    int64_t huge;               /* bytes of an unknown member that is put first; < 0: none */
    const struct ep_plan *plan; /* faults of a list; NULL: none */
    int64_t clock_s;            /* the time by the clock of the gateway */
    struct osft_span echo;      /* what SignatureDoesNotMatch repeats; len 0: nothing */
    struct ep_text headers;     /* further lines, each with its CRLF */
    struct ep_text body;
};

void ep_reply_list(struct ep_reply *r, const struct ep_store *s, const struct ep_filter *f,
                   const struct osft_span *function, int64_t latency_ms);
void ep_reply_get(struct ep_reply *r, const struct ep_task *t, const struct osft_span *function,
                  int64_t latency_ms);
void ep_reply_refusal(struct ep_reply *r, int status, const char *code, struct osft_span message);

/* For functions that write a body. ep_reply_open() puts the opening brace, and the unknown member
 * if there is to be one; ep_reply_text() puts a text member with a comma behind it; ep_reason()
 * returns the reason phrase of an HTTP status. */
void ep_reply_open(struct ep_reply *r);
void ep_reply_text(struct ep_reply *r, const char *name, const char *text, int pascal);
const char *ep_reason(int status);

/* Whether the plan replaces the response. If so, the other response is put into *r, or its raw
 * bytes into *raw. */
int ep_reply_instead(struct ep_reply *r, const struct ep_plan *plan, struct ep_text *raw);

/* Put the whole response as bytes. */
void ep_reply_write(const struct ep_reply *r, const struct ep_plan *plan, int64_t clock_s, int keep,
                    struct ep_text *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Responses: envelopes, refusals, and the HTTP around them. */
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
    struct osft_span host;      /* as the request had it */
    int pascal;                 /* the spelling of the members of a list or task */
    int64_t huge;               /* bytes of an unknown member to put in front; < 0: none */
    const struct ep_plan *plan; /* faults of a list; NULL: none */
    int64_t clock_s;            /* the gateway's */
    struct osft_span echo;      /* what SignatureDoesNotMatch repeats; len 0: nothing */
    struct ep_text headers;     /* further lines, each with its CRLF */
    struct ep_text body;
};

void ep_reply_list(struct ep_reply *r, const struct ep_store *s, const struct ep_filter *f,
                   const struct osft_span *function, int64_t latency_ms);
void ep_reply_get(struct ep_reply *r, const struct ep_task *t, const struct osft_span *function,
                  int64_t latency_ms);
void ep_reply_refusal(struct ep_reply *r, int status, const char *code, struct osft_span message);

/* For those who write a body: its opening, with the unknown member where one is wanted; a text with
 * its comma behind; what HTTP calls a status. */
void ep_reply_open(struct ep_reply *r);
void ep_reply_text(struct ep_reply *r, const char *name, const char *text, int pascal);
const char *ep_reason(int status);

/* Does the plan have something else sent? Then it is in *r, or raw bytes are in *raw. */
int ep_reply_instead(struct ep_reply *r, const struct ep_plan *plan, struct ep_text *raw);

/* The whole response as bytes. */
void ep_reply_write(const struct ep_reply *r, const struct ep_plan *plan, int64_t clock_s, int keep,
                    struct ep_text *out);

#endif

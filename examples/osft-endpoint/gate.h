/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of a request by the gateway: AccessKey, date, nonce and signature. */
#ifndef EP_GATE_H
#define EP_GATE_H

#include "wire.h"

#define EP_WINDOW_S 900 /* the largest error of a date; how long a nonce is remembered */

/* Why a request is refused. End with ep_free(&why->message). */
struct ep_refusal {
    int status;
    const char *code;
    struct ep_text message;
};
/* Set all three members. Returns -1, which callers return as well. */
int ep_refuse(struct ep_refusal *why, int status, const char *code, const char *message);

/* The nonces that were used, by hash. A struct of all zero is empty. */
struct ep_nonce {
    unsigned char hash[16];
    int64_t used_s; /* 0: the slot is free */
};
struct ep_nonces {
    struct ep_nonce *slots;
    size_t size, used; /* size is a power of two */
};
/* Use a nonce. Returns 0, or -1 when it was used within the last EP_WINDOW_S. */
int ep_nonce_use(struct ep_nonces *n, struct osft_span nonce, int64_t now_s);
void ep_nonces_free(struct ep_nonces *n);

struct ep_gate {
    const char *id, *secret;
    const char *token;  /* the only valid STS token; NULL: any signed token is valid */
    int64_t token_uses; /* requests until the token expires; 0: it does not expire */
    int64_t token_used;
    const char *next_token; /* valid after token has expired; NULL: no token is */
    struct ep_nonces nonces;
};

/* Check a request. clock_s: the time by the clock of the gateway; now_s: the real time, by which
 * nonces expire. Returns 0, or -1 with *why set. */
int ep_gate_check(struct ep_gate *g, const struct ep_request *r, int64_t clock_s, int64_t now_s,
                  struct ep_refusal *why);

/* Put the correct string to sign of a request, as the message of SignatureDoesNotMatch would have
 * it. Puts nothing when the request names no headers that could be signed. */
void ep_gate_echo(const struct ep_gate *g, const struct ep_request *r, struct ep_text *out);

#endif

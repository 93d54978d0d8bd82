/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway checks of a request: AccessKey, date, nonce and signature. */
#ifndef EP_GATE_H
#define EP_GATE_H

#include "wire.h"

#define EP_WINDOW_S 900 /* how far a date may be off, and how long a nonce is remembered */

/* Why a request is refused. message is kept until ep_free(&why->message). */
struct ep_refusal {
    int status;
    const char *code;
    struct ep_text message;
};
/* Sets all three; returns -1, to be returned on. */
int ep_refuse(struct ep_refusal *why, int status, const char *code, const char *message);

/* Nonces seen, by hash. All zero is empty. */
struct ep_nonce {
    unsigned char hash[16];
    int64_t used_s; /* 0: the slot is free */
};
struct ep_nonces {
    struct ep_nonce *slots;
    size_t size, used; /* size is a power of two */
};
/* Returns 0 and remembers it, or -1: used within the last EP_WINDOW_S. */
int ep_nonce_use(struct ep_nonces *n, struct osft_span nonce, int64_t now_s);
void ep_nonces_free(struct ep_nonces *n);

struct ep_gate {
    const char *id, *secret;
    const char *token;  /* the only STS token that is good; NULL: any, if it is signed */
    int64_t token_uses; /* requests until it expires; 0: it does not */
    int64_t token_used;
    const char *next_token; /* good from then on; NULL: none is */
    struct ep_nonces nonces;
};

/* Let the request in, or say why not. clock_s is the time that the gateway believes in, now_s the
 * real one (nonces age by it). Returns 0, or -1 with *why set. */
int ep_gate_check(struct ep_gate *g, const struct ep_request *r, int64_t clock_s, int64_t now_s,
                  struct ep_refusal *why);

/* What SignatureDoesNotMatch would say of that request: the string to sign that is right, with all
 * that stands in it. Adds nothing when the request names no headers that could be signed. */
void ep_gate_echo(const struct ep_gate *g, const struct ep_request *r, struct ep_text *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Misbehaviour on request: NAME[=ARG][:COUNT]. */
#ifndef EP_FAULT_H
#define EP_FAULT_H

#include "text.h"

enum ep_fault_kind {
    /* how the answer travels */
    EP_CUT,        /* =N close after N bytes of it */
    EP_SPLIT,      /* =N bytes a write */
    EP_CHUNKED,    /* =N bytes a chunk, instead of Content-Length */
    EP_DELAY,      /* =MS before it */
    EP_CLOSE_IDLE, /* close after it, though it said keep-alive */
    EP_HUGE,       /* =BYTES of an unknown member in it */
    EP_SKEW,       /* =SECONDS that the endpoint's clock is ahead */
    /* what is answered instead */
    EP_STALL,    /* nothing */
    EP_STATUS,   /* =CODE */
    EP_THROTTLE, /* [=SECONDS to wait] */
    EP_GARBAGE,  /* [=head|body] what is not HTTP, or not JSON; arg 0 or 1 */
    EP_HTML,     /* [=CODE] a proxy's error page */
    EP_FAULT_KINDS
};

#define EP_FAULTS_MAX 64

struct ep_fault {
    enum ep_fault_kind kind;
    int64_t arg;
    int64_t left; /* requests; < 0: all */
};
struct ep_faults {
    struct ep_fault list[EP_FAULTS_MAX];
    size_t count;
};

/* What is in force for one request. */
struct ep_plan {
    unsigned set; /* 1 << kind */
    int64_t arg[EP_FAULT_KINDS];
};

/* Returns NULL and adds the fault, or what is wrong with text. */
const char *ep_fault_add(struct ep_faults *f, const char *text);

/* The plan for the next request. Of each kind the first that has requests left applies; of the kinds
 * that answer something else only the first, so that `status=503:1 throttle:1` is a sequence. */
void ep_fault_plan(struct ep_faults *f, struct ep_plan *plan);

int ep_planned(const struct ep_plan *plan, enum ep_fault_kind kind);

#endif

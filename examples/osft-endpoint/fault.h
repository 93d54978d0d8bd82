/* SPDX-License-Identifier: Apache-2.0 */
/* Misbehaviour on request: NAME[=ARG][:COUNT[@FIRST]]. */
#ifndef EP_FAULT_H
#define EP_FAULT_H

#include "text.h"

enum ep_fault_kind {
    /* how the response is sent */
    EP_CUT,         /* =N close after N bytes of it */
    EP_SPLIT,       /* =N bytes a write */
    EP_CHUNKED,     /* =N bytes a chunk, instead of Content-Length */
    EP_DELAY,       /* =MS before it */
    EP_CLOSE,       /* close after it, and say so */
    EP_CLOSE_IDLE,  /* close after it, in spite of its keep-alive */
    EP_HUGE,        /* =BYTES of an unknown member in it */
    EP_SKEW,        /* =SECONDS that the endpoint's clock is ahead */
    EP_DATE,        /* =none|garbage|absurd instead of the clock; arg an ep_date_fault */
    EP_RETRY_AFTER, /* =SECONDS to wait, whatever the response is */
    EP_KEEP_ALIVE,  /* =SECONDS for which the connection is said to be kept */
    /* what is in a list */
    EP_TOTAL,     /* =N|none as totalCount; arg -1: none */
    EP_REPEAT,    /* every page is the first */
    EP_CAP,       /* =N tasks a page at most */
    EP_DISORDER,  /* a page's tasks the other way round */
    EP_LOST_PAGE, /* no tasks */
    /* what is sent instead */
    EP_DROP,          /* nothing, and closed at once */
    EP_STALL,         /* nothing */
    EP_EARLY,         /* [=CODE] a refusal before the request is whole; its rest is not read */
    EP_STATUS,        /* =CODE */
    EP_REFUSE,        /* =CODE[@HTTP] the gateway's refusal; arg the status, 0: as usual */
    EP_THROTTLE,      /* [=SECONDS to wait|none]; arg -1: none */
    EP_THROTTLE_MS,   /* =MS to wait */
    EP_THROTTLE_DATE, /* =SECONDS to wait, sent as a date */
    EP_GARBAGE,       /* [=head|body] what is not HTTP, or not JSON; arg 0 or 1 */
    EP_HTML,          /* [=CODE] a proxy's error page */
    /* =PERCENT of the requests get one of the above, drawn by lot */
    EP_CHAOS,
    EP_FAULT_KINDS
};
enum ep_date_fault { EP_DATE_NONE, EP_DATE_GARBAGE, EP_DATE_ABSURD };

#define EP_FAULTS_MAX 64
#define EP_CODE_MAX   64 /* bytes of refuse's CODE with its NUL */

struct ep_fault {
    enum ep_fault_kind kind;
    int64_t arg;
    int64_t left;           /* requests; < 0: all */
    int64_t first;          /* the request it begins with; the endpoint's first is 1 */
    char code[EP_CODE_MAX]; /* refuse */
};
struct ep_faults {
    struct ep_fault list[EP_FAULTS_MAX];
    size_t count;
    int64_t requests; /* planned so far */
    uint64_t seed;    /* of chaos */
};

/* What is in force for one request. */
struct ep_plan {
    unsigned set; /* 1 << kind */
    int64_t arg[EP_FAULT_KINDS];
    const char *code; /* refuse; lives as long as the faults */
    /* A cut that chaos chose: after arg[EP_CUT] per cent of the response. ep_plan_cut() turns that
     * into bytes. */
    int cut_percent;
};

/* Returns NULL and adds the fault, or what is wrong with text. */
const char *ep_fault_add(struct ep_faults *f, const char *text);

/* The plan for the next request. Of each kind the first that has begun and has requests left
 * applies; of the kinds that send something else only the first, so that `status=503:1 throttle:1`
 * is a sequence. */
void ep_fault_plan(struct ep_faults *f, struct ep_plan *plan);
void ep_plan_cut(struct ep_plan *plan, size_t response_len);

/* Whether the next request will meet this fault, which must be one that has something else sent. */
int ep_fault_is_next(const struct ep_faults *f, enum ep_fault_kind kind);

int ep_planned(const struct ep_plan *plan, enum ep_fault_kind kind);
/* Their names, with commas; "-": none. */
void ep_plan_name(const struct ep_plan *plan, struct ep_text *out);

/* For fault.c: adds one of the choices of chaos.c to the plan. */
void ep_chaos_plan(uint64_t random, struct ep_plan *plan);

#endif

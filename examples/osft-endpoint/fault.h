/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that the endpoint plays on request: NAME[=ARG][:COUNT[@FIRST]]. */
#ifndef EP_FAULT_H
#define EP_FAULT_H

#include "text.h"

enum ep_fault_kind {
    /* faults of how the response is sent */
    EP_CUT,         /* =N close after N bytes of the response */
    EP_SPLIT,       /* =N bytes a write */
    EP_CHUNKED,     /* =N bytes a chunk, instead of Content-Length */
    EP_DELAY,       /* =MS milliseconds before the response */
    EP_CLOSE,       /* close after the response, and announce that */
    EP_CLOSE_IDLE,  /* close after the response, although it announces keep-alive */
    EP_HUGE,        /* =BYTES of an unknown member in the response */
    EP_SKEW,        /* =SECONDS that the endpoint's clock is ahead */
    EP_DATE,        /* =none|garbage|absurd instead of the clock; arg an ep_date_fault */
    EP_RETRY_AFTER, /* =SECONDS to wait, whatever the response is */
    EP_KEEP_ALIVE,  /* =SECONDS for which the connection is said to be kept */
    /* faults of the content of a list */
    EP_TOTAL,     /* =N|none as totalCount; arg -1: none */
    EP_REPEAT,    /* every page is the first */
    EP_CAP,       /* =N tasks a page at most */
    EP_DISORDER,  /* the tasks of a page in reverse order */
    EP_LOST_PAGE, /* a page without its tasks */
    /* responses that replace the proper one */
    EP_DROP,          /* no response, and the connection is closed at once */
    EP_STALL,         /* no response */
    EP_EARLY,         /* [=CODE] a refusal before the request is complete; its rest is not read */
    EP_STATUS,        /* =CODE */
    EP_REFUSE,        /* =CODE[@HTTP] an error response; arg: the HTTP status, 0: the usual one */
    EP_THROTTLE,      /* [=SECONDS to wait|none]; arg -1: none */
    EP_THROTTLE_MS,   /* =MS to wait */
    EP_THROTTLE_DATE, /* =SECONDS to wait, sent as a date */
    EP_GARBAGE,       /* [=head|body] bytes that are not HTTP, or not JSON; arg 0 or 1 */
    EP_HTML,          /* [=CODE] a proxy's error page */
    /* =PERCENT of the requests get a random one of the above */
    EP_CHAOS,
    EP_FAULT_KINDS
};
enum ep_date_fault { EP_DATE_NONE, EP_DATE_GARBAGE, EP_DATE_ABSURD };

#define EP_FAULTS_MAX 64
#define EP_CODE_MAX   64 /* bytes of the CODE of refuse, with its NUL */

struct ep_fault {
    enum ep_fault_kind kind;
    int64_t arg;
    int64_t left;           /* how many further requests get the fault; < 0: all */
    int64_t first;          /* number of the first request that gets the fault, counted from 1 */
    char code[EP_CODE_MAX]; /* of EP_REFUSE */
};
struct ep_faults {
    struct ep_fault list[EP_FAULTS_MAX];
    size_t count;
    int64_t requests; /* requests that were planned so far */
    uint64_t seed;    /* of EP_CHAOS */
};

/* The faults of one request. */
struct ep_plan {
    unsigned set; /* 1 << kind */
    int64_t arg[EP_FAULT_KINDS];
    const char *code; /* of EP_REFUSE; valid as long as the faults */
    /* the place of a cut that chaos chose, in per cent of the response; ep_plan_cut() computes the
     * bytes */
    int cut_percent;
};

/* Add a fault. Returns NULL, or what is wrong with text. */
const char *ep_fault_add(struct ep_faults *f, const char *text);

/* Plan the faults of the next request. Of several faults of a kind, the first that has begun and
 * has requests left is used. The same holds for all kinds together that replace the response, so
 * `status=503:1 throttle:1` is a sequence. */
void ep_fault_plan(struct ep_faults *f, struct ep_plan *plan);
void ep_plan_cut(struct ep_plan *plan, size_t response_len);

/* Whether the next request will get this fault, which must be one that replaces the response. */
int ep_fault_is_next(const struct ep_faults *f, enum ep_fault_kind kind);

int ep_planned(const struct ep_plan *plan, enum ep_fault_kind kind);
/* Put the names of the planned faults, separated by commas; "-" when there are none. */
void ep_plan_name(const struct ep_plan *plan, struct ep_text *out);

/* Add one of the faults of chaos.c to the plan. For fault.c only. */
void ep_chaos_plan(uint64_t random, struct ep_plan *plan);

#endif

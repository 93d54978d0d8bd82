/* SPDX-License-Identifier: Apache-2.0 */
/* The bag that `chaos` draws from. --help tells which of these a client can ride out. A stall is not
 * among them: how long it lasts is up to the client. */
#include "fault.h"

static const struct {
    enum ep_fault_kind kind;
    int least, most; /* the argument */
    const char *code;
} bag[] = {
    /* A client that may try again gets its answer. */
    { EP_DROP, 0, 0, NULL },
    { EP_CUT, 0, 99, NULL },
    { EP_STATUS, 500, 500, NULL },
    { EP_STATUS, 502, 502, NULL },
    { EP_STATUS, 503, 503, NULL },
    { EP_STATUS, 504, 504, NULL },
    { EP_HTML, 502, 503, NULL },
    { EP_THROTTLE_MS, 1, 20, NULL },
    { EP_REFUSE, 0, 0, "Throttling.User" },
    { EP_REFUSE, 0, 0, "ServiceUnavailable" },
    { EP_REFUSE, 200, 200, "InternalError" },
    { EP_REFUSE, 0, 0, "SignatureNonceUsed" },
    /* These are answers. */
    { EP_CLOSE, 0, 0, NULL },
    { EP_CLOSE_IDLE, 0, 0, NULL },
    { EP_CHUNKED, 1, 64, NULL },
    { EP_SPLIT, 1, 64, NULL },
    { EP_DELAY, 1, 20, NULL },
    { EP_DATE, EP_DATE_NONE, EP_DATE_ABSURD, NULL },
    /* These end a call. */
    { EP_GARBAGE, 0, 1, NULL },
    { EP_HTML, 200, 200, NULL },
    { EP_REFUSE, 0, 0, "Forbidden.RAM" },
};

void ep_chaos_plan(uint64_t lot, struct ep_plan *plan)
{
    size_t i = lot % (sizeof(bag) / sizeof(bag[0]));
    uint64_t range = (uint64_t)(bag[i].most - bag[i].least) + 1;

    if (ep_planned(plan, bag[i].kind))
        return; /* asked for by name, with its own argument */
    plan->set |= 1U << bag[i].kind;
    plan->arg[bag[i].kind] = bag[i].least + (int64_t)((lot >> 32) % range);
    plan->cut_percent = bag[i].kind == EP_CUT;
    if (bag[i].code)
        plan->code = bag[i].code;
}

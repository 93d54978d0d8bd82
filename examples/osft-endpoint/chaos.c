/* SPDX-License-Identifier: Apache-2.0 */
/* The faults that `chaos` chooses from. Stalls are not among them, as a stall lasts until the
 * client gives up. */
#include "fault.h"

static const struct {
    enum ep_fault_kind kind;
    int least, most; /* the limits of the argument */
    const char *code;
} choices[] = {
    /* After these faults a client that retries gets its response. */
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
    /* With these faults the response is whole. */
    { EP_CLOSE, 0, 0, NULL },
    { EP_CLOSE_IDLE, 0, 0, NULL },
    { EP_CHUNKED, 1, 64, NULL },
    { EP_SPLIT, 1, 64, NULL },
    { EP_DELAY, 1, 20, NULL },
    { EP_DATE, EP_DATE_NONE, EP_DATE_ABSURD, NULL },
    /* These faults end a call. */
    { EP_GARBAGE, 0, 1, NULL },
    { EP_HTML, 200, 200, NULL },
    { EP_REFUSE, 0, 0, "Forbidden.RAM" },
};

void ep_chaos_plan(uint64_t random, struct ep_plan *plan)
{
    size_t i = random % (sizeof(choices) / sizeof(choices[0]));
    uint64_t range = (uint64_t)(choices[i].most - choices[i].least) + 1;

    if (ep_planned(plan, choices[i].kind))
        return; /* a fault of the command line has set the argument */
    plan->set |= 1U << choices[i].kind;
    plan->arg[choices[i].kind] = choices[i].least + (int64_t)((random >> 32) % range);
    plan->cut_percent = choices[i].kind == EP_CUT;
    if (choices[i].code)
        plan->code = choices[i].code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the service's code means for whoever must react. */
#include <string.h>
#include "osft.h"

/* Prefixes, as the codes go on: InvalidTimeStamp.Expired, Throttling.User. */
static const struct {
    const char *prefix;
    enum osft_cause cause;
} causes[] = {
    { "InvalidTimeStamp", OSFT_CAUSE_CLOCK },
    { "IllegalTimestamp", OSFT_CAUSE_CLOCK },
    { "SignatureNonceUsed", OSFT_CAUSE_NONCE },
    { "SignatureDoesNotMatch", OSFT_CAUSE_SIGNATURE },
    { "IncompleteSignature", OSFT_CAUSE_SIGNATURE },
    { "InvalidAccessKey", OSFT_CAUSE_KEY },
    { "InvalidSecurityToken", OSFT_CAUSE_TOKEN },
    { "Throttling", OSFT_CAUSE_THROTTLED },
    { "ServiceUnavailable", OSFT_CAUSE_BUSY },
    { "InternalError", OSFT_CAUSE_BUSY },
    { "Forbidden", OSFT_CAUSE_DENIED },
    { "NoPermission", OSFT_CAUSE_DENIED },
};

static int ends_in(const struct osft_span *s, const char *end)
{
    size_t n = strlen(end);
    return s->len >= n && memcmp(s->ptr + s->len - n, end, n) == 0;
}

enum osft_cause osft_refusal(const struct osft_page *page)
{
    size_t i;

    for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        size_t n = strlen(causes[i].prefix);
        if (page->code.len >= n && memcmp(page->code.ptr, causes[i].prefix, n) == 0) {
            return causes[i].cause;
        }
    }
    if (ends_in(&page->code, "NotExist") || ends_in(&page->code, "NotFound") ||
        page->http_status == 404) {
        return OSFT_CAUSE_NOT_FOUND;
    }
    if (page->http_status == 429) {
        return OSFT_CAUSE_THROTTLED;
    }
    if (page->http_status >= 500) {
        return OSFT_CAUSE_BUSY;
    }
    return page->http_status == 403 ? OSFT_CAUSE_DENIED : OSFT_CAUSE_OTHER;
}

enum osft_state osft_task_state(const struct osft_task *task)
{
    static const struct osft_span names[] = { OSFT_LIT(""), OSFT_LIT("success"), OSFT_LIT("failed"),
                                              OSFT_LIT("running") };
    unsigned i;

    for (i = OSFT_SUCCESS; i <= OSFT_RUNNING; i++) {
        if (task->status.len == names[i].len &&
            memcmp(task->status.ptr, names[i].ptr, names[i].len) == 0) {
            return (enum osft_state)i;
        }
    }
    return OSFT_STATE_OTHER;
}

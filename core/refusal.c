/* SPDX-License-Identifier: Apache-2.0 */
/* What the service's code means for whoever must react. */
#include <string.h>
#include "osft.h"
#include "text.h"

/* Prefixes, as the codes go on (InvalidTimeStamp.Expired, Throttling.User), each after what it means. */
#define CAUSE(digit, prefix) #digit prefix "\0"
static const char causes[] =
    CAUSE(1, "InvalidTimeStamp") CAUSE(1, "IllegalTimestamp") CAUSE(2, "SignatureNonceUsed")
        CAUSE(3, "SignatureDoesNot") CAUSE(3, "IncompleteSignature") CAUSE(4, "InvalidAccessKey")
            CAUSE(5, "InvalidSecurityToken") CAUSE(6, "Throttling") CAUSE(7, "ServiceUnavail")
                CAUSE(7, "InternalError") CAUSE(8, "Forbidden") CAUSE(8, "NoPermission");
OSFT_STATIC_ASSERT(OSFT_CAUSE_CLOCK == 1 && OSFT_CAUSE_NONCE == 2 && OSFT_CAUSE_SIGNATURE == 3 &&
                       OSFT_CAUSE_KEY == 4 && OSFT_CAUSE_TOKEN == 5 && OSFT_CAUSE_THROTTLED == 6 &&
                       OSFT_CAUSE_BUSY == 7 && OSFT_CAUSE_DENIED == 8,
                   causes_are_written_as_digits);

static int ends_in(const struct osft_span *s, const char *end)
{
    size_t n = strlen(end);
    return s->len >= n && memcmp(s->ptr + s->len - n, end, n) == 0;
}

enum osft_cause osft_refusal(const struct osft_page *page)
{
    const char *p;

    for (p = causes; *p != 0; p += strlen(p) + 1) {
        size_t n = strlen(p + 1);
        if (page->code.len >= n && memcmp(page->code.ptr, p + 1, n) == 0) {
            return (enum osft_cause)(*p - '0');
        }
    }
    if (ends_in(&page->code, "NotExist") || ends_in(&page->code, "NotFound") ||
        page->http_status == 404) {
        return OSFT_CAUSE_NOT_FOUND;
    }
    if (page->http_status == 429) {
        return OSFT_CAUSE_THROTTLED;
    }
    if (page->http_status == 500 || page->http_status - 502U < 3) {
        return OSFT_CAUSE_BUSY; /* 501 and 505 will not change */
    }
    return page->http_status == 403 ? OSFT_CAUSE_DENIED : OSFT_CAUSE_OTHER;
}

enum osft_state osft_task_state(const struct osft_task *task)
{
    static const char names[] = "success\0failed\0running";
    const char *text = task->status.ptr;
    unsigned i = osft_find(names, 3, text, task->status.len);

    /* Exactly that: osft_find() takes a capital first letter, too. */
    return i < 3 && (*text & 0x20) ? (enum osft_state)(OSFT_SUCCESS + i) : OSFT_STATE_OTHER;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The cause that follows from a refusal's code and HTTP status. */
#include "fake.h"

static enum osft_cause cause(const char *code, uint16_t http_status)
{
    struct osft_reply reply;
    memset(&reply, 0, sizeof(reply));
    reply.code = osft_span_from(code);
    reply.http_status = http_status;
    return osft_cause_of(&reply);
}

static void a_refusals_code_tells_its_cause(void **state)
{
    static const struct {
        const char *code;
        uint16_t http;
        enum osft_cause cause;
    } cases[] = {
        { "InvalidTimeStamp.Expired", 400, OSFT_CAUSE_CLOCK },
        { "InvalidTimeStamp.Format", 400, OSFT_CAUSE_CLOCK },
        { "IllegalTimestamp", 400, OSFT_CAUSE_CLOCK },
        { "SignatureNonceUsed", 400, OSFT_CAUSE_NONCE },
        { "SignatureDoesNotMatch", 400, OSFT_CAUSE_SIGNATURE },
        { "SignatureDoesNotMatch", 403, OSFT_CAUSE_SIGNATURE },
        { "IncompleteSignature", 400, OSFT_CAUSE_SIGNATURE },
        { "InvalidAccessKeyId.NotFound", 404, OSFT_CAUSE_KEY },
        { "InvalidAccessKeyId.Inactive", 400, OSFT_CAUSE_KEY },
        { "InvalidSecurityToken.Expired", 400, OSFT_CAUSE_TOKEN },
        { "InvalidSecurityToken.Malformed", 400, OSFT_CAUSE_TOKEN },
        { "InvalidSecurityToken.MismatchWithAccessKey", 400, OSFT_CAUSE_TOKEN },
        { "Throttling", 400, OSFT_CAUSE_THROTTLED },
        { "Throttling.User", 429, OSFT_CAUSE_THROTTLED },
        { "Throttling.Api", 503, OSFT_CAUSE_THROTTLED },
        { "ServiceUnavailable", 503, OSFT_CAUSE_BUSY },
        { "InternalError", 500, OSFT_CAUSE_BUSY },
        { "Forbidden.RAM", 403, OSFT_CAUSE_DENIED },
        { "NoPermission", 403, OSFT_CAUSE_DENIED },
        { "Task.NotExist", 404, OSFT_CAUSE_NOT_FOUND },
        { "Task.NotExist", 200, OSFT_CAUSE_NOT_FOUND },
        { "App.NotFound", 404, OSFT_CAUSE_NOT_FOUND },
        { "App.NotFound", 200, OSFT_CAUSE_NOT_FOUND },
        { NULL, 404, OSFT_CAUSE_NOT_FOUND },
        { NULL, 429, OSFT_CAUSE_THROTTLED },
        { NULL, 500, OSFT_CAUSE_BUSY },
        { NULL, 502, OSFT_CAUSE_BUSY },
        { NULL, 503, OSFT_CAUSE_BUSY },
        { NULL, 504, OSFT_CAUSE_BUSY },
        { NULL, 501, OSFT_CAUSE_OTHER },
        { NULL, 505, OSFT_CAUSE_OTHER },
        { NULL, 403, OSFT_CAUSE_DENIED },
        { NULL, 400, OSFT_CAUSE_OTHER },
        { NULL, 200, OSFT_CAUSE_OTHER },
        { "", 400, OSFT_CAUSE_OTHER },
        { "Throttlin", 400, OSFT_CAUSE_OTHER },
        { "X.Throttling", 400, OSFT_CAUSE_OTHER },
        { "throttling", 400, OSFT_CAUSE_OTHER },
        { "NotExis", 400, OSFT_CAUSE_OTHER },
        { "NotExist", 400, OSFT_CAUSE_NOT_FOUND },
        { "NotFound", 400, OSFT_CAUSE_NOT_FOUND },
        { "NotFound.App", 400, OSFT_CAUSE_OTHER },
        { "Something.Else", 400, OSFT_CAUSE_OTHER },
        { "Something.Else", 503, OSFT_CAUSE_BUSY },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        if (cause(cases[i].code, cases[i].http) != cases[i].cause) {
            fail_msg("%s with %u is %d", cases[i].code != NULL ? cases[i].code : "no code",
                     cases[i].http, (int)cause(cases[i].code, cases[i].http));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusals_code_tells_its_cause),
    };
    return cmocka_run_group_tests_name("service codes", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how the command shows texts of the service, and how it reports failures. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../../examples/osft/command.h"
#include "capture.h"

/* Return the text that put_redacted_text() prints of a message. */
static const char *shown(const char *message)
{
    struct osft_span text = osft_span_from(message);

    start_capture(&standard_error);
    put_redacted_text(&text);
    return end_capture(&standard_error);
}

static int set_up(void **state)
{
    (void)state;
    credentials.id = osft_span_from("LTAItest01");
    credentials.secret = osft_span_from("sEcRet+/99");
    credentials.token = osft_span_from("CAIS/to+ken==50%off");
    return 0;
}

static void a_message_without_anything_secret_is_shown_whole(void **state)
{
    static const char *const texts[] = {
        "The app does not exist.", "50% of 100%25 is %2", "CAIS/to+ken", "%", "%25", "%2525", "%zz"
    };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_string_equal(shown(texts[i]), texts[i]);
    }
    assert_string_equal(shown(""), "-");
}

static void a_credential_is_not_shown_as_it_is_nor_encoded(void **state)
{
    static const char *const texts[] = {
        "LTAItest01",
        "ltaitest01",
        "sEcRet+/99",
        "sEcRet%2B%2F99",
        "sEcRet%2b%2f99",
        "%73%45%63%52%65%74%2B%2F%39%39",
        "CAIS/to+ken==50%off",
        "CAIS%2Fto%2Bken%3D%3D50%25off",
        "CAIS%252Fto%252Bken%253D%253D50%2525off",
        "CAIS%25252Fto%25252Bken%25253D%25253D50%252525off",
    };
    char message[256];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(message, sizeof(message), "Not good. It was %s indeed", texts[i]);
        assert_string_equal(shown(message), "Not good. ... (the rest repeats what was signed, "
                                            "or is too long, and is not shown)");
        assert_null(strstr(shown(texts[i]), texts[i]));
    }
}

static void what_was_signed_is_not_shown(void **state)
{
    static const char *const texts[] = { "Server String To Sign is: x",
                                         "canonical request: x",
                                         "x-acs-date:x",
                                         "ACS3-HMAC-SHA256\nx",
                                         "GET\n/v4",
                                         "...,Signature=00" };
    char message[256];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(message, sizeof(message), "No match. %s secretly", texts[i]);
        assert_null(strstr(shown(message), "secretly"));
        assert_non_null(strstr(shown(message), "No match."));
    }
}

static void a_credential_that_is_cut_is_not_shown(void **state)
{
    (void)state;
    credentials.token = osft_span_from("CAIS0123456789abcdefghijklmnopqrstuvwxyz");
    assert_null(strstr(shown("Bad. token CAIS0123456789abcd"), "CAIS0123"));
    assert_null(strstr(shown("Bad. token CAIS%30123456789abcd"), "CAIS"));
}

static void a_long_message_is_cut(void **state)
{
    static char message[5000];
    (void)state;
    memset(message, 'x', sizeof(message) - 1);
    assert_in_range(strlen(shown(message)), 1000, 1100);
    memcpy(message + 990, "LTAItest01", 10); /* the credential begins before the byte where the
                                              * message is cut */
    assert_null(strstr(shown(message), "LTAI"));
}

static void without_credentials_no_text_is_taken_for_one(void **state)
{
    (void)state;
    memset(&credentials, 0, sizeof(credentials));
    assert_string_equal(shown("any text"), "any text");
}

static void only_refused_credentials_and_requests_that_cannot_be_sent_end_a_watch(void **state)
{
    static const struct {
        const char *code;
        int recovers;
    } cases[] = { { "SignatureDoesNotMatch", 0 },
                  { "InvalidAccessKeyId.NotFound", 0 },
                  { "InvalidSecurityToken.Expired", 0 },
                  { "Throttling.User", 1 },
                  { "InvalidTimeStamp.Expired", 1 },
                  { "Forbidden.RAM", 1 },
                  { "App.NotFound", 1 },
                  { "ServiceUnavailable", 1 } };
    struct osft_reply reply;
    size_t i;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        reply.http_status = 400;
        reply.code = osft_span_from(cases[i].code);
        assert_int_equal(may_recover(OSFT_E_REFUSED, &reply), cases[i].recovers);
    }
    assert_int_equal(may_recover(OSFT_E_ARG, &reply), 0);
    assert_int_equal(may_recover(OSFT_E_TOKEN, &reply), 0);
    assert_int_equal(may_recover(OSFT_E_IO, &reply), 1);
    assert_int_equal(may_recover(OSFT_E_CERT_TIME, &reply), 1);
    for (reply.port_code = 400; reply.port_code < 600; reply.port_code++) {
        /* A refused login is the only refusal of a proxy that depends on this machine, and
         * repeating it may lock the account. */
        assert_int_equal(may_recover(OSFT_E_PROXY, &reply),
                         reply.port_code != 401 && reply.port_code != 407);
    }
}

static struct plan plan = { .endpoint = { .host = "host.example", .tcp_port = 8443 } };
static const struct limits limits = { 1000, 10 };

/* Return the text that report_failure() prints. *status is set to the exit status. */
static const char *report(int error, const struct osft_reply *reply, int *status)
{
    struct report_context context = { &plan, &limits, -1 };

    start_capture(&standard_error);
    *status = report_failure(error, reply, &context);
    return end_capture(&standard_error);
}

/* Each result that a call can return. */
static void each_error_has_a_status_and_an_advice_of_its_own(void **state)
{
    static const struct {
        int error, status;
    } cases[] = {
        { OSFT_E_ARG, 2 },     { OSFT_E_SPACE, 6 },     { OSFT_E_TASKS, 6 },
        { OSFT_E_FULL, 8 },    { OSFT_E_RANGE, 6 },     { OSFT_E_IO, 3 },
        { OSFT_E_TIMEOUT, 3 }, { OSFT_E_RESOLVE, 3 },   { OSFT_E_TLS, 4 },
        { OSFT_E_CERT, 4 },    { OSFT_E_CERT_TIME, 4 }, { OSFT_E_CLOCK, 5 },
        { OSFT_E_RANDOM, 5 },  { OSFT_E_HASH, 5 },      { OSFT_E_CUT, 6 },
        { OSFT_E_HTTP, 6 },    { OSFT_E_JSON, 6 },      { OSFT_E_RESPONSE, 6 },
        { OSFT_E_HTML, 6 },    { OSFT_E_EMPTY, 6 },     { OSFT_E_REDIRECT, 6 },
        { OSFT_E_DEPTH, 6 },   { OSFT_E_BAD_TASK, 6 },  { OSFT_E_REFUSED, 1 },
        { OSFT_E_TOKEN, 5 },   { OSFT_E_PROXY, 3 },
    };
    struct osft_reply reply;
    size_t i;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    reply.http_status = 200;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status;
        const char *text = report(cases[i].error, &reply, &status);

        assert_int_equal(status, cases[i].status);
        assert_non_null(strstr(text, osft_strerror(cases[i].error)));
        assert_non_null(strstr(text, "\n  host: host.example port 8443\n"));
        assert_non_null(strstr(text, "\n  what to do: "));
        assert_null(strstr(text, "what to do: please report this\n"));
    }
}

static void a_refusal_of_the_proxy_tells_its_status(void **state)
{
    struct osft_reply reply;
    int status;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    reply.port_code = 407;
    assert_non_null(strstr(report(OSFT_E_PROXY, &reply, &status),
                           "\n  cause: the proxy's HTTP status is 407\n"));
    reply.port_code = 0;
    assert_non_null(strstr(report(OSFT_E_PROXY, &reply, &status),
                           "\n  cause: the proxy sent no response of HTTP/1.1"));
    assert_int_equal(status, EXIT_NETWORK);
}

static void a_time_out_tells_how_long_it_was(void **state)
{
    struct osft_reply reply;
    int status;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    plan.timeout_ms = 90000;
    assert_non_null(strstr(report(OSFT_E_TIMEOUT, &reply, &status), "\n  time allowed: 1m 30s\n"));
    assert_null(strstr(report(OSFT_E_IO, &reply, &status), "time allowed"));
}

static void a_response_cut_before_its_first_byte_is_the_network_s_failure(void **state)
{
    struct osft_reply reply;
    int status;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    report(OSFT_E_CUT, &reply, &status);
    assert_int_equal(status, EXIT_NETWORK);
}

static void a_status_line_that_refuses_counts_more_than_its_body(void **state)
{
    static const int errors[] = { OSFT_E_HTML, OSFT_E_EMPTY, OSFT_E_JSON, OSFT_E_RESPONSE };
    struct osft_reply reply;
    size_t i;
    int status;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    reply.http_status = 502;
    for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        report(errors[i], &reply, &status);
        assert_int_equal(status, EXIT_REFUSED);
    }
}

static void the_wait_that_the_service_asked_for_is_reported(void **state)
{
    struct osft_reply reply;
    int status;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    assert_null(strstr(report(OSFT_E_REFUSED, &reply, &status), "retry after"));
    reply.retry_after_ms = 1500;
    assert_non_null(strstr(report(OSFT_E_REFUSED, &reply, &status), "\n  retry after: 2s\n"));
    reply.retry_after_ms = OSFT_RETRY_AFTER_MAX_MS;
    assert_non_null(
        strstr(report(OSFT_E_REFUSED, &reply, &status), "\n  retry after: 5m 00s or longer\n"));
}

static void an_omission_names_the_task_the_member_and_the_reason(void **state)
{
    struct osft_omission omission;
    (void)state;
    memset(&omission, 0, sizeof(omission));
    omission.reason = OSFT_E_BAD_TASK;
    omission.member = "progress";
    omission.task.index = 7;
    omission.task.start_ms = 1000;
    omission.task.run_id = osft_span_from("r\x1b[31m");
    omission.task.generation = osft_span_from("3");
    start_capture(&standard_error);
    report_omission(&omission);
    assert_string_equal(end_capture(&standard_error),
                        "osft: task left out: index 7, run id r\\x1b[31m, generation 3, started "
                        "1970-01-01T00:00:01Z: member progress cannot be used\n");
    memset(&omission.task, 0, sizeof(omission.task));
    omission.reason = OSFT_E_SPACE;
    omission.task.start_ms = OSFT_UNKNOWN;
    start_capture(&standard_error);
    report_omission(&omission);
    assert_string_equal(end_capture(&standard_error),
                        "osft: task left out: index 0, run id -: member progress is too large\n");
}

static void of_many_omissions_the_first_is_named_and_the_others_are_counted(void **state)
{
    struct osft_reply reply;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    reply.omission.member = "startTime";
    reply.omission.task.start_ms = OSFT_UNKNOWN;
    start_capture(&standard_error);
    report_omissions(&reply);
    assert_string_equal(end_capture(&standard_error), "");
    reply.left_out = 3;
    start_capture(&standard_error);
    report_omissions(&reply);
    assert_non_null(strstr(end_capture(&standard_error), "\nosft: and 2 more of this response\n"));
}

static void only_tasks_that_were_left_out_leave_a_list_whole(void **state)
{
    struct osft_reply reply;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    /* the request or the envelope did not fit */
    assert_false(is_only_omission(OSFT_E_SPACE, &reply));
    /* the bad task was on an earlier page of the poll */
    assert_true(is_only_omission(OSFT_E_BAD_TASK, &reply));
    reply.left_out = 1;
    assert_true(is_only_omission(OSFT_E_SPACE, &reply));
    assert_true(is_only_omission(OSFT_E_BAD_TASK, &reply));
    assert_false(is_only_omission(OSFT_E_CUT, &reply));
    assert_false(is_only_omission(OSFT_E_TASKS, &reply));
    assert_false(is_only_omission(OSFT_OK, &reply));
}

/* The reply of a poll is the reply of its last page. A task may have been left out of an earlier
 * page. */
static void a_task_that_is_too_large_leaves_a_poll_whole_on_whichever_page_it_was(void **state)
{
    struct osft_reply reply;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    assert_false(is_only_omission_of_poll(OSFT_E_SPACE, &reply, 1)); /* the request did not fit */
    reply.http_status = 200;
    assert_true(is_only_omission_of_poll(OSFT_E_SPACE, &reply, 1));
    assert_false(is_only_omission_of_poll(OSFT_E_SPACE, &reply, 0)); /* the envelope did not fit */
    assert_true(is_only_omission_of_poll(OSFT_E_BAD_TASK, &reply, 0));
    assert_false(is_only_omission_of_poll(OSFT_E_CUT, &reply, 1));
    assert_false(is_only_omission_of_poll(OSFT_OK, &reply, 0));
}

static void a_credential_in_quotes_has_an_advice_of_its_own(void **state)
{
    struct osft_reply reply = { .http_status = 400, .code = OSFT_LIT("SignatureDoesNotMatch") };
    int status;
    (void)state;
    credentials.secret = osft_span_from("'sEcRet'");
    assert_non_null(strstr(report(OSFT_E_REFUSED, &reply, &status),
                           "what to do: the AccessKey secret has quotes around it: remove them\n"));
    assert_int_equal(status, EXIT_CREDENTIALS);
    credentials.secret = osft_span_from("'sEcRet\"");
    assert_null(strstr(report(OSFT_E_REFUSED, &reply, &status), "quotes"));
    credentials.secret = osft_span_from("'");
    assert_null(strstr(report(OSFT_E_REFUSED, &reply, &status), "quotes"));
    credentials.id = osft_span_from("\"LTAI\"");
    reply.code = osft_span_from("InvalidAccessKeyId.NotFound");
    assert_non_null(strstr(report(OSFT_E_REFUSED, &reply, &status), "the AccessKey id has quotes"));
    reply.code = osft_span_from("Throttling.User");
    assert_null(strstr(report(OSFT_E_REFUSED, &reply, &status), "quotes"));
    credentials.id = osft_span_from("LTAI");
    credentials.token = osft_span_from("\"CAIS\"");
    reply.code = osft_span_from("InvalidSecurityToken.Malformed");
    assert_non_null(strstr(report(OSFT_E_REFUSED, &reply, &status), "the STS token has quotes"));
}

static void plain_http_to_a_tls_port_has_an_advice_of_its_own(void **state)
{
    static const struct {
        int error, http_status, port_code, is_advised, status;
    } cases[] = {
        { OSFT_E_IO, 0, ECONNRESET, 1, EXIT_NETWORK },   { OSFT_E_IO, 0, EPIPE, 1, EXIT_NETWORK },
        { OSFT_E_IO, 0, ECONNREFUSED, 0, EXIT_NETWORK }, { OSFT_E_CUT, 0, 0, 1, EXIT_NETWORK },
        { OSFT_E_CUT, 200, 0, 0, EXIT_BROKEN },          { OSFT_E_HTTP, 0, 0, 1, EXIT_BROKEN },
        { OSFT_E_HTML, 400, 0, 1, EXIT_REFUSED },        { OSFT_E_HTML, 502, 0, 0, EXIT_REFUSED },
    };
    struct osft_reply reply;
    size_t i;
    int status, plain_http;
    (void)state;
    memset(&reply, 0, sizeof(reply));
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (plain_http = 0; plain_http < 2; plain_http++) {
            plan.plain_http = plain_http;
            reply.http_status = (uint16_t)cases[i].http_status;
            reply.port_code = cases[i].port_code;
            assert_int_equal(strstr(report(cases[i].error, &reply, &status), "--plain-http") !=
                                 NULL,
                             plain_http && cases[i].is_advised);
            assert_int_equal(status, cases[i].status);
        }
    }
    plan.plain_http = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_message_without_anything_secret_is_shown_whole, set_up),
        cmocka_unit_test_setup(a_credential_is_not_shown_as_it_is_nor_encoded, set_up),
        cmocka_unit_test_setup(what_was_signed_is_not_shown, set_up),
        cmocka_unit_test_setup(a_credential_that_is_cut_is_not_shown, set_up),
        cmocka_unit_test_setup(a_long_message_is_cut, set_up),
        cmocka_unit_test_setup(without_credentials_no_text_is_taken_for_one, set_up),
        cmocka_unit_test_setup(
            only_refused_credentials_and_requests_that_cannot_be_sent_end_a_watch, set_up),
        cmocka_unit_test_setup(each_error_has_a_status_and_an_advice_of_its_own, set_up),
        cmocka_unit_test_setup(a_refusal_of_the_proxy_tells_its_status, set_up),
        cmocka_unit_test_setup(a_time_out_tells_how_long_it_was, set_up),
        cmocka_unit_test_setup(a_response_cut_before_its_first_byte_is_the_network_s_failure,
                               set_up),
        cmocka_unit_test_setup(a_status_line_that_refuses_counts_more_than_its_body, set_up),
        cmocka_unit_test_setup(the_wait_that_the_service_asked_for_is_reported, set_up),
        cmocka_unit_test_setup(an_omission_names_the_task_the_member_and_the_reason, set_up),
        cmocka_unit_test_setup(of_many_omissions_the_first_is_named_and_the_others_are_counted,
                               set_up),
        cmocka_unit_test_setup(only_tasks_that_were_left_out_leave_a_list_whole, set_up),
        cmocka_unit_test_setup(
            a_task_that_is_too_large_leaves_a_poll_whole_on_whichever_page_it_was, set_up),
        cmocka_unit_test_setup(a_credential_in_quotes_has_an_advice_of_its_own, set_up),
        cmocka_unit_test_setup(plain_http_to_a_tls_port_has_an_advice_of_its_own, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

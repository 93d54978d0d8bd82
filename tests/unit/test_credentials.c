/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials are renewed before each attempt, and when the service says that the token has
 * expired. */
#include "script.h"

struct keys {
    struct script *s;
    int asked, expired, fail_at;
    char token[32];
};

static int renew(void *ctx, int expired)
{
    struct keys *k = ctx;
    k->asked++;
    k->expired += expired;
    snprintf(k->token, sizeof(k->token), "token-%d", k->asked);
    k->s->credentials.token.ptr = k->token;
    k->s->credentials.token.len = strlen(k->token);
    return k->asked == k->fail_at ? -1 : 0;
}

static void credentials_are_asked_for_at_each_attempt(void **state)
{
    struct exchange list[3] = { { script_response("503 No", "", ""), 0, 0, 0 },
                                { script_refusal("400 No", "", "InvalidSecurityToken.Expired"), 0,
                                  0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    struct keys k = { s, 0, 0, 0, "" };
    (void)state;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    s->retry.attempts = 2;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(k.asked, 3);
    assert_int_equal(k.expired, 1);
    assert_string_equal(script_header(s, 0, "x-acs-security-token"), "token-1");
    assert_string_equal(script_header(s, 1, "x-acs-security-token"), "token-2");
    assert_string_equal(script_header(s, 2, "x-acs-security-token"), "token-3");
    script_free(s);
}

/* The function is told that the token expired only before the attempt that uses its successor. */
static void an_expired_token_is_reported_to_the_function_once(void **state)
{
    struct exchange list[3] = { { script_refusal("400 No", "", "InvalidSecurityToken.Expired"), 0,
                                  0, 0 },
                                { script_response("503 No", "", ""), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 3);
    struct keys k = { s, 0, 0, 0, "" };
    (void)state;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(k.asked, 3);
    assert_int_equal(k.expired, 1);
    script_free(s);
}

static void an_expired_token_has_an_error_of_its_own(void **state)
{
    struct exchange list[2] = {
        { script_refusal("400 No", "", "InvalidSecurityToken.Expired"), 0, 0, 0 },
        { script_refusal("400 No", "", "InvalidSecurityToken.Expired"), 0, 0, 0 }
    };
    struct script *s = script_new(list, 2);
    struct keys k = { s, 0, 0, 0, "" };
    (void)state;
    assert_int_equal(script_list(s, 60000), OSFT_E_TOKEN); /* there is no function to ask */
    assert_int_equal(s->client.reply.attempts, 1);
    assert_span(s->client.reply.code, "InvalidSecurityToken.Expired");
    script_free(s);

    s = script_new(list, 2);
    k.s = s;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    /* the function was asked, and its token has expired, too */
    assert_int_equal(script_list(s, 60000), OSFT_E_TOKEN);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_int_equal(k.expired, 1);
    script_free(s);

    s = script_new(list, 1);
    k.s = s;
    k.asked = 0;
    k.fail_at = 1;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    memset(&s->page, 0x5a, sizeof(s->page)); /* the call must set the page also when it fails */
    s->page.on_task = NULL;
    assert_int_equal(script_list(s, 60000), OSFT_E_TOKEN); /* the function has no credentials */
    assert_int_equal(s->opened, 0);
    assert_int_equal(s->page.count, 0);
    assert_int_equal(s->client.reply.http_status, 0);
    script_free(s);
}

static void without_retries_credentials_are_not_asked_for(void **state)
{
    struct exchange list[1] = { { script_refusal("400 No", "", "InvalidSecurityToken.Expired"), 0,
                                  0, 0 } };
    struct script *s = script_new(list, 1);
    struct keys k = { s, 0, 0, 0, "" };
    (void)state;
    s->settings.retry = NULL;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
    assert_int_equal(k.asked, 0);
    assert_int_equal(osft_cause_of(&s->client.reply), OSFT_CAUSE_TOKEN);
    script_free(s);
}

/* A token of another AccessKey, or a malformed one, would come again from the same source. */
static void only_an_expired_token_is_renewed(void **state)
{
    static const char *const codes[] = { "InvalidSecurityToken.Malformed",
                                         "InvalidSecurityToken.MismatchWithAccessKey",
                                         "InvalidSecurityToken.Expired2",
                                         "InvalidSecurityToken.Exqired" };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(codes); i++) {
        struct exchange list[1] = { { script_refusal("400 No", "", codes[i]), 0, 0, 0 } };
        struct script *s = script_new(list, 1);
        struct keys k = { s, 0, 0, 0, "" };
        s->settings.renew = renew;
        s->settings.renew_ctx = &k;
        assert_int_equal(script_list(s, 60000), OSFT_E_REFUSED);
        assert_int_equal(k.asked, 1);
        script_free(s);
    }
}

static void a_call_without_credentials_sends_nothing_and_hinders_no_other(void **state)
{
    struct exchange list[2] = { { script_good(""), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    struct keys k = { s, 0, 0, 2, "" };
    (void)state;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    assert_int_equal(script_list(s, 60000), OSFT_E_TOKEN);
    assert_int_equal(s->request_count, 1);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(script_list(s, 60000), OSFT_OK);
    script_free(s);
}

static int (*fast_recv)(void *ctx, void *buffer, size_t room);
static int slow_recv(void *ctx, void *buffer, size_t room)
{
    struct script *s = ctx;
    s->ticks += 1000;
    return fast_recv(ctx, buffer, room);
}

static void a_token_is_not_renewed_when_no_time_is_left_to_use_it(void **state)
{
    struct exchange list[1] = { { script_refusal("400 No", "", "InvalidSecurityToken.Expired"), 0,
                                  0, 0 } };
    struct script *s = script_new(list, 1);
    struct keys k = { s, 0, 0, 0, "" };
    (void)state;
    fast_recv = s->port.recv;
    s->port.recv = slow_recv;
    s->settings.renew = renew;
    s->settings.renew_ctx = &k;
    assert_int_equal(script_list(s, 1000), OSFT_E_REFUSED);
    assert_int_equal(s->client.reply.attempts, 1);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_are_asked_for_at_each_attempt),
        cmocka_unit_test(an_expired_token_is_reported_to_the_function_once),
        cmocka_unit_test(an_expired_token_has_an_error_of_its_own),
        cmocka_unit_test(without_retries_credentials_are_not_asked_for),
        cmocka_unit_test(only_an_expired_token_is_renewed),
        cmocka_unit_test(a_call_without_credentials_sends_nothing_and_hinders_no_other),
        cmocka_unit_test(a_token_is_not_renewed_when_no_time_is_left_to_use_it),
    };
    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}

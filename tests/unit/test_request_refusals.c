/* SPDX-License-Identifier: Apache-2.0 */
/* Values that cannot be sent, and a hash that fails, make a request fail. */
#include "sample.h"

static void assert_refused(struct sample *sample, const char *name)
{
    assert_int_equal(sample_build_in(sample, sample->wire, sizeof(sample->wire)), OSFT_E_ARG);
    assert_string_equal(sample->refused, name);
}

static void bytes_that_would_break_a_header_are_refused_by_name(void **state)
{
    static const char breakers[] = { '\r', '\n', '\0', ' ', 0x7f, '\t', 1, 0x1f };
    static const char *const names[] = { "host", "id", "token" };
    size_t i, k, at;
    (void)state;
    for (i = 0; i < sizeof(breakers); i++) {
        for (at = 0; at < 3; at++) { /* at the beginning, in the middle, at the end */
            for (k = 0; k < COUNT(names); k++) {
                struct sample sample;
                struct osft_span *spans[] = { NULL, &sample.credentials.id,
                                              &sample.credentials.token };
                char text[4] = "abc";
                text[at] = breakers[i];
                sample_init(&sample);
                if (k > 0) {
                    spans[k]->ptr = text;
                    spans[k]->len = 3;
                } else if (breakers[i] == 0 && at > 0) {
                    continue; /* a NUL only makes the host shorter */
                } else {
                    sample.settings.host = text;
                }
                assert_refused(&sample, names[k]);
            }
        }
    }
}

static void a_zone_is_checked_like_the_rest_of_a_host(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    sample.settings.host = "[fe80::1%eth0\r\n]";
    assert_refused(&sample, "host");
}

/* The bytes 0x21 to 0x7e and those that are not ASCII. */
static void every_other_byte_passes_a_header_as_it_is(void **state)
{
    unsigned b;
    (void)state;
    for (b = 0x21; b < 0x100; b++) {
        struct sample sample;
        char text[4] = "abc", line[64];
        if (b == 0x7f) {
            continue;
        }
        sample_init(&sample);
        text[1] = (char)b;
        sample.credentials.token = osft_span_from(text);
        sample_build(&sample);
        snprintf(line, sizeof(line), "\r\nx-acs-security-token: a%cc\r\n", (char)b);
        assert_has(&sample, line);
    }
}

static void empty_names_are_refused_by_name(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    sample.query.app_group.len = 0;
    assert_refused(&sample, "app_group");
    sample_init(&sample);
    sample.query.function.len = 0;
    assert_refused(&sample, "function");
    sample_init(&sample);
    memset(&sample.query.instance, 0, sizeof(sample.query.instance));
    assert_refused(&sample, "instance");
    sample_init(&sample);
    sample.query.generation = osft_span_from("");
    assert_refused(&sample, "generation");
    sample_init(&sample);
    sample.credentials.id.len = 0;
    assert_refused(&sample, "id");
    sample_init(&sample);
    memset(&sample.credentials.id, 0, sizeof(sample.credentials.id));
    assert_refused(&sample, "id");
    sample_init(&sample);
    sample.settings.host = "";
    assert_refused(&sample, "host");
    sample.settings.host = NULL;
    assert_refused(&sample, "host");
}

/* A server or a proxy would remove these segments from the path. */
static void dot_segments_are_refused_by_name(void **state)
{
    static const char *const names[] = { "app_group", "function", "instance", "generation" };
    static const char *const others[] = { "...", ".a", "a.", "..a", "%2e", "-", "--", "./" };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(names); i++) {
        struct sample sample;
        struct osft_span *spans[] = { &sample.query.app_group, &sample.query.function,
                                      &sample.query.instance, &sample.query.generation };
        sample_init(&sample);
        *spans[i] = osft_span_from(".");
        assert_refused(&sample, names[i]);
        *spans[i] = osft_span_from("..");
        assert_refused(&sample, names[i]);
        for (k = 0; k < COUNT(others); k++) {
            *spans[i] = osft_span_from(others[k]);
            sample_build(&sample);
        }
        spans[i]->ptr = "..\0";
        spans[i]->len = 3;
        sample_build(&sample);
    }
}

/* The service would read a negative time as a filter that no task passes, or each task. */
static void negative_times_are_refused_by_name(void **state)
{
    static const int64_t values[] = { -1, -10, INT32_MIN, INT64_MIN, INT64_MIN + 1, -INT64_MAX };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        struct sample sample;
        sample_init(&sample);
        sample.query.start_ms = values[i];
        assert_refused(&sample, "start_ms");
        sample.query.start_ms = 1;
        sample.query.end_ms = values[i];
        assert_refused(&sample, "end_ms");
    }
}

static void list_refuses_before_it_connects(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", "{\"result\":[]}");
    (void)state;
    s->credentials.token = osft_span_from("a\r\nb");
    assert_int_equal(setup_list(s), OSFT_E_ARG);
    assert_string_equal(osft_argument_name(s->client.reply.argument), "token");
    assert_int_equal(s->fake.opened, 0);
    s->credentials.token = osft_span_from("ab");
    assert_int_equal(setup_list(s), OSFT_OK);
    assert_int_equal(s->client.reply.argument, 0);
    setup_free(s);
}

/* The real hash, except that one call fails. */
struct weak {
    struct osft_sha256 hash;
    const struct osft_sha256 *real;
    int calls, fail_at;
};

static int weak_start(void *ctx)
{
    struct weak *w = ctx;
    return ++w->calls == w->fail_at ? -1 : w->real->start(w->real->ctx);
}

static int weak_update(void *ctx, const void *src, size_t len)
{
    struct weak *w = ctx;
    return ++w->calls == w->fail_at ? -1 : w->real->update(w->real->ctx, src, len);
}

static int weak_finish(void *ctx, uint8_t digest[32])
{
    struct weak *w = ctx;
    return ++w->calls == w->fail_at ? -1 : w->real->finish(w->real->ctx, digest);
}

static int weak_hmac(void *ctx, const void *key, size_t key_len, const void *src, size_t len,
                     uint8_t mac[32])
{
    struct weak *w = ctx;
    return ++w->calls == w->fail_at ? -1 : w->real->hmac(w->real->ctx, key, key_len, src, len, mac);
}

static void a_hash_that_fails_at_any_call_fails_the_request(void **state)
{
    struct weak w = { { NULL, weak_start, weak_update, weak_finish, weak_hmac }, NULL, 0, 0 };
    int k, err;
    (void)state;
    w.hash.ctx = &w;
    for (k = 1, err = OSFT_E_HASH; err != OSFT_OK; k++) {
        struct setup *s = setup_body(2048, "200 OK", "{\"result\":[]}");
        w.real = s->settings.sha256;
        w.calls = 0;
        w.fail_at = k;
        s->settings.sha256 = &w.hash;
        err = setup_list(s);
        if (err != OSFT_OK) {
            assert_int_equal(err, OSFT_E_HASH);
            assert_true(w.calls >= k);
            assert_int_equal(s->fake.opened, 0);
            w.fail_at = 0;
            assert_int_equal(setup_list(s), OSFT_OK);
        }
        setup_free(s);
    }
    assert_true(w.calls == k - 2); /* the loop has let also the last call fail */
    /* a request needs start, finish, HMAC, and an update for each of its parts */
    assert_true(k > 14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_would_break_a_header_are_refused_by_name),
        cmocka_unit_test(a_zone_is_checked_like_the_rest_of_a_host),
        cmocka_unit_test(every_other_byte_passes_a_header_as_it_is),
        cmocka_unit_test(empty_names_are_refused_by_name),
        cmocka_unit_test(dot_segments_are_refused_by_name),
        cmocka_unit_test(negative_times_are_refused_by_name),
        cmocka_unit_test(list_refuses_before_it_connects),
        cmocka_unit_test(a_hash_that_fails_at_any_call_fails_the_request),
    };
    return cmocka_run_group_tests_name("request refusals", tests, NULL, NULL);
}

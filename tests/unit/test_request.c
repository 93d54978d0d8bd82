/* SPDX-License-Identifier: Apache-2.0 */
/* The request as it is sent and signed; what the vendor's SDK makes of the same is in test_vectors.c. */
#include "ear.h"
#include "mbedtls/md.h"

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
#define PATH       "/v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_test/tasks"

struct order {
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_query query;
    struct osft_span nonce, date;
    char wire[8192];
    size_t need;
    const char *bad; /* what a refusal named; NULL: nothing */
};

static void set_span(struct osft_span *s, const char *text)
{
    s->ptr = text;
    s->len = strlen(text);
}

static void order_init(struct order *o)
{
    memset(o, 0, sizeof(*o));
    set_span(&o->credentials.id, "testid");
    set_span(&o->credentials.secret, "testsecret");
    set_span(&o->query.app_group, "my_app");
    set_span(&o->query.function, "ctr");
    set_span(&o->query.instance, "ctr_test");
    set_span(&o->nonce, "3156853299f313e23d1673dc12e1703d");
    set_span(&o->date, "2024-02-29T23:59:59Z");
    o->settings.host = "opensearch.cn-hangzhou.aliyuncs.com";
    o->settings.sha256 = real_sha256();
    o->settings.credentials = &o->credentials;
}

static int build_in(struct order *o, char *mem, size_t size)
{
    struct osft_request r;
    int err;

    memset(&r, 0, sizeof(r));
    r.set = &o->settings;
    r.query = &o->query;
    r.nonce = o->nonce;
    r.date = o->date;
    r.mem = mem;
    r.size = size;
    err = osft_request_build(&r);
    o->need = r.len;
    o->bad = err == OSFT_E_ARG ? osft_arg_name(r.bad) : NULL;
    return err;
}

static const char *build(struct order *o)
{
    assert_int_equal(build_in(o, o->wire, sizeof(o->wire) - 1), OSFT_OK);
    assert_true(o->need < sizeof(o->wire));
    o->wire[o->need] = 0;
    return o->wire;
}

static void assert_target(struct order *o, const char *target)
{
    static char start[8192];
    snprintf(start, sizeof(start), "GET %s HTTP/1.1\r\n", target);
    build(o);
    o->wire[strlen(start)] = 0;
    assert_string_equal(o->wire, start);
}

static void assert_has(const struct order *o, const char *part)
{
    if (strstr(o->wire, part) == NULL) {
        fail_msg("%s is not in %s", part, o->wire);
    }
}

static void assert_has_not(const struct order *o, const char *part)
{
    if (strstr(o->wire, part) != NULL) {
        fail_msg("%s is in %s", part, o->wire);
    }
}

static void names_are_encoded_for_every_byte_value(void **state)
{
    unsigned b, field;
    (void)state;
    for (b = 0; b < 256; b++) {
        for (field = 0; field < 5; field++) {
            struct order o;
            struct osft_span *fields[] = { &o.query.app_group, &o.query.function, &o.query.instance,
                                           &o.query.generation, &o.query.status };
            const char *texts[] = { "my_app", "ctr", "ctr_test", "", "" };
            char raw[3] = { 'x', (char)b, 'y' }, text[8], target[256];
            int bare = b != 0 && strchr(UNRESERVED, (int)b) != NULL;

            order_init(&o);
            fields[field]->ptr = raw;
            fields[field]->len = 3;
            snprintf(text, sizeof(text), bare ? "x%cy" : "x%%%02Xy", b);
            texts[field] = text;
            snprintf(target, sizeof(target),
                     "/v4/openapi/app-groups/%s/functions/%s/instances/%s/tasks%s%s%s%s", texts[0],
                     texts[1], texts[2], field == 3 ? "/" : "", texts[3],
                     field == 4 ? "?status=" : "", texts[4]);
            assert_target(&o, target);
        }
    }
}

static void nul_and_newline_in_a_name_are_data(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    o.query.app_group.ptr = "a\0\r\nx-acs-evil: 1\n";
    o.query.app_group.len = 18;
    assert_target(&o,
                  "/v4/openapi/app-groups/a%00%0D%0Ax-acs-evil%3A%201%0A/functions/ctr/instances/"
                  "ctr_test/tasks");
}

static void request_fits_exactly_and_fails_one_byte_short(void **state)
{
    struct order o;
    size_t size, need;
    (void)state;
    order_init(&o);
    set_span(&o.credentials.token, "CAISTESTtoken+with/slash==");
    set_span(&o.query.status, "two words");
    o.query.page_size = 10;
    build(&o);
    need = strlen(o.wire);
    assert_int_equal(build_in(&o, NULL, 0), OSFT_E_SPACE);
    assert_int_equal(o.need, need);
    for (size = 0; size <= need + 1; size++) {
        char *mem = malloc(size != 0 ? size : 1);
        assert_non_null(mem);
        assert_int_equal(build_in(&o, mem, size), size < need ? OSFT_E_SPACE : OSFT_OK);
        assert_int_equal(o.need, need);
        if (size >= need) {
            assert_memory_equal(mem, o.wire, need);
        }
        free(mem);
    }
}

/* Sorted by name, whichever are there. */
static void query_holds_what_is_set_in_every_combination(void **state)
{
    static const char *const names[] = { "endTime=1582646399000", "pageNumber=2", "pageSize=50",
                                         "startTime=1582214400000", "status=success" };
    unsigned mask, i;
    (void)state;
    for (mask = 0; mask < 32; mask++) {
        struct order o;
        char target[256] = PATH;
        char sep = '?';
        order_init(&o);
        o.query.end_ms = mask & 1 ? INT64_C(1582646399000) : 0;
        o.query.page_number = mask & 2 ? 2 : 0;
        o.query.page_size = mask & 4 ? 50 : 0;
        o.query.start_ms = mask & 8 ? INT64_C(1582214400000) : 0;
        if (mask & 16) {
            set_span(&o.query.status, "success");
        }
        for (i = 0; i < 5; i++) {
            if (mask >> i & 1) {
                size_t at = strlen(target);
                snprintf(target + at, sizeof(target) - at, "%c%s", sep, names[i]);
                sep = '&';
            }
        }
        assert_target(&o, target);
    }
}

static void a_zero_is_sent_when_its_bit_is_set(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    o.query.zero = OSFT_START_TIME;
    assert_target(&o, PATH "?startTime=0");
    o.query.zero = OSFT_END_TIME;
    assert_target(&o, PATH "?endTime=0");
    o.query.zero = OSFT_PAGE_NUMBER;
    assert_target(&o, PATH "?pageNumber=0");
    o.query.zero = OSFT_PAGE_SIZE;
    assert_target(&o, PATH "?pageSize=0");
    o.query.zero = OSFT_START_TIME | OSFT_END_TIME | OSFT_PAGE_NUMBER | OSFT_PAGE_SIZE;
    assert_target(&o, PATH "?endTime=0&pageNumber=0&pageSize=0&startTime=0");
    o.query.start_ms = 5; /* the bit says only that a 0 is meant */
    assert_target(&o, PATH "?endTime=0&pageNumber=0&pageSize=0&startTime=5");
    set_span(&o.query.status, "");
    o.query.zero = 0;
    assert_target(&o, PATH "?startTime=5&status=");
}

static void numbers_are_sent_to_their_extremes(void **state)
{
    static const int64_t values[] = { 1,
                                      9,
                                      10,
                                      99,
                                      100,
                                      -1,
                                      -10,
                                      INT32_MAX,
                                      INT32_MIN,
                                      INT64_MAX,
                                      INT64_MIN,
                                      INT64_MIN + 1,
                                      INT64_C(1000000000000000000),
                                      INT64_C(999999999999999999),
                                      INT64_C(4294967296) };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct order o;
        char target[256];
        order_init(&o);
        o.query.start_ms = o.query.end_ms = values[i];
        snprintf(target, sizeof(target), PATH "?endTime=%lld&startTime=%lld", (long long)values[i],
                 (long long)values[i]);
        assert_target(&o, target);
    }
    for (i = 0; i < 4; i++) {
        static const int32_t ends[] = { INT32_MAX, INT32_MIN, -1, 1 };
        struct order o;
        char target[256];
        order_init(&o);
        o.query.page_number = o.query.page_size = ends[i];
        snprintf(target, sizeof(target), PATH "?pageNumber=%ld&pageSize=%ld", (long)ends[i],
                 (long)ends[i]);
        assert_target(&o, target);
    }
}

static void get_has_a_generation_and_no_query(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    set_span(&o.query.generation, "gen 1/2");
    set_span(&o.query.status, "success");
    o.query.start_ms = o.query.end_ms = 1;
    o.query.page_number = o.query.page_size = 1;
    o.query.zero = 15;
    assert_target(&o, PATH "/gen%201%2F2");
    build(&o);
    assert_has(&o, "\r\nx-acs-action: GetFunctionTask\r\n");
    o.query.generation.ptr = NULL;
    build(&o);
    assert_has(&o, "\r\nx-acs-action: ListFunctionTasks\r\n");
}

static void head_has_every_line_once(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    build(&o);
    assert_has(&o, "\r\nhost: opensearch.cn-hangzhou.aliyuncs.com\r\n");
    assert_has(&o, "\r\nx-acs-version: 2017-12-25\r\n");
    assert_has(&o, "\r\nx-acs-date: 2024-02-29T23:59:59Z\r\n");
    assert_has(&o, "\r\nx-acs-signature-nonce: 3156853299f313e23d1673dc12e1703d\r\n");
    assert_has(&o, "\r\nx-acs-content-sha256: "
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n");
    assert_has(&o, "\r\nuser-agent: osft/" OSFT_VERSION "\r\n");
    assert_has(&o, "\r\naccept: application/json\r\n");
    assert_has(&o, "\r\nauthorization: ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;"
                   "x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;"
                   "x-acs-version,Signature=");
    assert_has_not(&o, "token");
    assert_has_not(&o, "accesskey");
    assert_has_not(&o, "content-length");
    assert_has_not(&o, "content-type");
}

static void a_token_adds_two_signed_headers(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    set_span(&o.credentials.token, "CAIS+/=%25");
    build(&o);
    assert_has(&o, "\r\nx-acs-accesskey-id: testid\r\n");
    assert_has(&o, "\r\nx-acs-security-token: CAIS+/=%25\r\n");
    assert_has(&o, "SignedHeaders=host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;"
                   "x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version,");
}

static void host_carries_a_port_that_is_not_the_schemes_own(void **state)
{
    static const struct {
        const char *host;
        uint16_t port;
        uint8_t plain;
        const char *line;
        uint16_t connects;
    } cases[] = {
        { "h.example", 0, 0, "h.example", 443 },
        { "h.example", 443, 0, "h.example", 443 },
        { "h.example", 80, 0, "h.example:80", 80 },
        { "h.example", 8443, 0, "h.example:8443", 8443 },
        { "h.example", 65535, 0, "h.example:65535", 65535 },
        { "h.example", 1, 0, "h.example:1", 1 },
        { "h.example", 0, 1, "h.example", 80 },
        { "h.example", 80, 1, "h.example", 80 },
        { "h.example", 443, 1, "h.example:443", 443 },
        { "127.0.0.1", 18080, 1, "127.0.0.1:18080", 18080 },
        { "[::1]", 0, 0, "[::1]", 443 },
        { "[2001:db8::1]", 8443, 0, "[2001:db8::1]:8443", 8443 },
        { "[::1]", 80, 1, "[::1]", 80 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct order o;
        struct ear ear;
        char line[80];
        order_init(&o);
        ear_init(&ear);
        o.settings.sha256 = &ear.hash;
        o.settings.host = cases[i].host;
        o.settings.tcp_port = cases[i].port;
        o.settings.plain_http = cases[i].plain;
        assert_int_equal(osft_tcp_port(&o.settings), cases[i].connects);
        build(&o);
        snprintf(line, sizeof(line), "\r\nhost: %s\r\n", cases[i].line);
        assert_has(&o, line);
        snprintf(line, sizeof(line), "\nhost:%s\n", cases[i].line);
        assert_non_null(strstr(ear.canonical, line));
    }
}

static void assert_refused(struct order *o, const char *name)
{
    assert_int_equal(build_in(o, o->wire, sizeof(o->wire)), OSFT_E_ARG);
    assert_string_equal(o->bad, name);
}

static void what_would_break_a_header_is_refused_by_name(void **state)
{
    static const char breakers[] = { '\r', '\n', '\0', ' ', 0x7f, '\t', 1, 0x1f };
    static const char *const names[] = { "host", "id", "token", "nonce", "date" };
    size_t i, k, at;
    (void)state;
    for (i = 0; i < sizeof(breakers); i++) {
        for (at = 0; at < 3; at++) { /* first, inside, last */
            for (k = 0; k < 5; k++) {
                struct order o;
                struct osft_span *spans[] = { NULL, &o.credentials.id, &o.credentials.token,
                                              &o.nonce, &o.date };
                char text[4] = "abc";
                text[at] = breakers[i];
                order_init(&o);
                if (k > 0) {
                    spans[k]->ptr = text;
                    spans[k]->len = 3;
                } else if (breakers[i] == 0 && at > 0) {
                    continue; /* this only ends the host earlier */
                } else {
                    o.settings.host = text;
                }
                assert_refused(&o, names[k]);
            }
        }
    }
}

static void empty_names_are_refused_by_name(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    o.query.app_group.len = 0;
    assert_refused(&o, "app_group");
    order_init(&o);
    o.query.function.len = 0;
    assert_refused(&o, "function");
    order_init(&o);
    memset(&o.query.instance, 0, sizeof(o.query.instance));
    assert_refused(&o, "instance");
    order_init(&o);
    o.credentials.id.len = 0;
    assert_refused(&o, "id");
    order_init(&o);
    o.settings.host = "";
    assert_refused(&o, "host");
    o.settings.host = NULL;
    assert_refused(&o, "host");
}

static void list_refuses_before_it_connects(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", "{\"result\":[]}");
    (void)state;
    set_span(&s->credentials.token, "a\r\nb");
    assert_int_equal(osft_list(&s->client, &s->query, 0, &s->page), OSFT_E_ARG);
    assert_string_equal(osft_arg_name(s->page.expected), "token");
    assert_int_equal(s->fake.opened, 0);
    set_span(&s->credentials.token, "ab");
    assert_int_equal(osft_list(&s->client, &s->query, 0, &s->page), OSFT_OK);
    assert_null(s->page.member);
    setup_free(s);
}

/* A hash that fails at one call, and else is the real one. */
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
        err = osft_list(&s->client, &s->query, 0, &s->page);
        if (err != OSFT_OK) {
            assert_int_equal(err, OSFT_E_HASH);
            assert_true(w.calls >= k);
            assert_int_equal(s->fake.opened, 0);
            w.fail_at = 0;
            assert_int_equal(osft_list(&s->client, &s->query, 0, &s->page), OSFT_OK);
        }
        setup_free(s);
    }
    assert_true(w.calls == k - 2); /* the last call that there is has failed, too */
    assert_true(k > 14);           /* start, finish, HMAC, and the parts of the request */
}

static void secrets_of_every_length_sign_as_hmac_does(void **state)
{
    static const size_t lengths[] = { 0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200 };
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    size_t i, k;
    (void)state;
    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct order o;
        struct ear ear;
        char secret[200], line[90] = ",Signature=";
        uint8_t digest[32];
        for (k = 0; k < sizeof(secret); k++) {
            secret[k] = (char)(k * 7 + 128); /* of any bytes, NUL among them */
        }
        order_init(&o);
        ear_init(&ear);
        o.settings.sha256 = &ear.hash;
        o.credentials.secret.ptr = lengths[i] != 0 ? secret : NULL;
        o.credentials.secret.len = lengths[i];
        build(&o);
        assert_int_equal(strlen(ear.string_to_sign), 17 + 64);
        assert_int_equal(strncmp(ear.string_to_sign, "ACS3-HMAC-SHA256\n", 17), 0);
        assert_int_equal(mbedtls_md_hmac(md, (uint8_t *)secret, lengths[i],
                                         (uint8_t *)ear.string_to_sign, strlen(ear.string_to_sign),
                                         digest),
                         0);
        for (k = 0; k < 32; k++) {
            snprintf(line + 11 + 2 * k, 3, "%02x", digest[k]);
        }
        snprintf(line + 75, 5, "\r\n\r\n");
        assert_string_equal(o.wire + strlen(o.wire) - 79, line);
    }
}

static void assert_nowhere(const char *mem, size_t size, const char *secret, size_t len)
{
    size_t i;
    for (i = 0; i + len <= size; i++) {
        assert_memory_not_equal(mem + i, secret, len);
    }
}

static void the_secret_is_never_in_the_work_buffer_nor_sent(void **state)
{
    static const char secret[] = "sEcReTkEyThatMustNotLeave-0123456789";
    size_t room;
    (void)state;
    for (room = 1; room < 1400; room += 13) {
        struct setup *s = setup_body(room, "200 OK", "{\"result\":[]}");
        void *buf;
        size_t len;
        memset(s->work, 0, room);
        set_span(&s->credentials.secret, secret);
        if (osft_begin(&s->client, &s->query, 0, &s->page) == OSFT_OK) {
            assert_nowhere(s->work, room, secret, 8);
            assert_int_equal(osft_step(&s->client, &buf, &len), OSFT_WANT_OPEN);
        }
        assert_nowhere(s->work, room, secret, 8);
        osft_init(&s->client, &s->settings);
        (void)osft_list(&s->client, &s->query, 0, &s->page);
        assert_nowhere(s->work, room, secret, 8);
        assert_nowhere(s->fake.sent, s->fake.sent_len, secret, 8);
        setup_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_encoded_for_every_byte_value),
        cmocka_unit_test(nul_and_newline_in_a_name_are_data),
        cmocka_unit_test(request_fits_exactly_and_fails_one_byte_short),
        cmocka_unit_test(query_holds_what_is_set_in_every_combination),
        cmocka_unit_test(a_zero_is_sent_when_its_bit_is_set),
        cmocka_unit_test(numbers_are_sent_to_their_extremes),
        cmocka_unit_test(get_has_a_generation_and_no_query),
        cmocka_unit_test(head_has_every_line_once),
        cmocka_unit_test(a_token_adds_two_signed_headers),
        cmocka_unit_test(host_carries_a_port_that_is_not_the_schemes_own),
        cmocka_unit_test(what_would_break_a_header_is_refused_by_name),
        cmocka_unit_test(empty_names_are_refused_by_name),
        cmocka_unit_test(list_refuses_before_it_connects),
        cmocka_unit_test(a_hash_that_fails_at_any_call_fails_the_request),
        cmocka_unit_test(secrets_of_every_length_sign_as_hmac_does),
        cmocka_unit_test(the_secret_is_never_in_the_work_buffer_nor_sent),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}

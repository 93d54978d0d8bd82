/* SPDX-License-Identifier: Apache-2.0 */
/* The request as it is sent and signed; what the vendor's SDK makes of the same is in
 * test_sign_vectors.c. */
#include "ear.h"
#include "mbedtls/md.h"

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
#define PATH       "/v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_test/tasks"

struct order {
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_query query;
    char wire[8192];
    size_t need;
    const char *refused; /* the argument that a refusal named; NULL: none */
};

static void order_init(struct order *o)
{
    memset(o, 0, sizeof(*o));
    o->credentials.id = osft_span_from("testid");
    o->credentials.secret = osft_span_from("testsecret");
    o->query.app_group = osft_span_from("my_app");
    o->query.function = osft_span_from("ctr");
    o->query.instance = osft_span_from("ctr_test");
    o->settings.host = "opensearch.cn-hangzhou.aliyuncs.com";
    o->settings.sha256 = real_sha256();
    o->settings.credentials = &o->credentials;
}

static int build_in(struct order *o, char *buffer, size_t size)
{
    struct osft_request r;
    int error;

    memset(&r, 0x5a, sizeof(r)); /* what it needs, it sets */
    r.settings = &o->settings;
    r.query = &o->query;
    r.date = "2024-02-29T23:59:59Z not sent";
    r.nonce = "3156853299f313e23d1673dc12e1703d not sent";
    r.buffer = buffer;
    r.size = size;
    error = osft_build_request(&r);
    o->need = r.len;
    o->refused = r.argument != 0 ? osft_argument_name(r.argument) : NULL;
    assert_true((o->refused != NULL) == (error == OSFT_E_ARG));
    return error;
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
    o.credentials.token = osft_span_from("CAISTESTtoken+with/slash==");
    o.query.status = osft_span_from("two words");
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
            o.query.status = osft_span_from("success");
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

static void what_is_zero_or_absent_is_left_out(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    assert_target(&o, PATH);
    o.query.start_ms = 5;
    assert_target(&o, PATH "?startTime=5");
    o.query.status = osft_span_from(""); /* it is not absent, but empty */
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
    for (i = 0; i < COUNT(values); i++) {
        struct order o;
        char target[256];
        order_init(&o);
        o.query.start_ms = o.query.end_ms = values[i];
        snprintf(target, sizeof(target), PATH "?endTime=%lld&startTime=%lld", (long long)values[i],
                 (long long)values[i]);
        assert_target(&o, target);
    }
    for (i = 0; i < 4; i++) {
        static const uint32_t ends[] = { UINT32_MAX, INT32_MAX, (uint32_t)INT32_MAX + 1, 1 };
        struct order o;
        char target[256];
        order_init(&o);
        o.query.page_number = o.query.page_size = ends[i];
        snprintf(target, sizeof(target), PATH "?pageNumber=%lu&pageSize=%lu",
                 (unsigned long)ends[i], (unsigned long)ends[i]);
        assert_target(&o, target);
    }
}

static void get_has_a_generation_and_no_query(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    o.query.generation = osft_span_from("gen 1/2");
    o.query.status = osft_span_from("success");
    o.query.start_ms = o.query.end_ms = 1;
    o.query.page_number = o.query.page_size = 1;
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
    o.credentials.token = osft_span_from("CAIS+/=%25");
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
        /* What comes after % is only for this device (RFC 6874). */
        { "[fe80::1%eth0]", 0, 0, "[fe80::1]", 443 },
        { "[fe80::1%25eth0]", 0, 0, "[fe80::1]", 443 },
        { "[fe80::1%eth0]", 8443, 0, "[fe80::1]:8443", 8443 },
        { "[fe80::1%]", 0, 0, "[fe80::1]", 443 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
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
    assert_string_equal(o->refused, name);
}

static void what_would_break_a_header_is_refused_by_name(void **state)
{
    static const char breakers[] = { '\r', '\n', '\0', ' ', 0x7f, '\t', 1, 0x1f };
    static const char *const names[] = { "host", "id", "token" };
    size_t i, k, at;
    (void)state;
    for (i = 0; i < sizeof(breakers); i++) {
        for (at = 0; at < 3; at++) { /* first, inside, last */
            for (k = 0; k < COUNT(names); k++) {
                struct order o;
                struct osft_span *spans[] = { NULL, &o.credentials.id, &o.credentials.token };
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

static void a_zone_is_checked_like_the_rest_of_a_host(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    o.settings.host = "[fe80::1%eth0\r\n]";
    assert_refused(&o, "host");
}

/* 0x21 to 0x7e and all that is not ASCII. */
static void every_other_byte_passes_a_header_as_it_is(void **state)
{
    unsigned b;
    (void)state;
    for (b = 0x21; b < 0x100; b++) {
        struct order o;
        char text[4] = "abc", line[64];
        if (b == 0x7f) {
            continue;
        }
        order_init(&o);
        text[1] = (char)b;
        o.credentials.token = osft_span_from(text);
        build(&o);
        snprintf(line, sizeof(line), "\r\nx-acs-security-token: a%cc\r\n", (char)b);
        assert_has(&o, line);
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
    o.query.generation = osft_span_from("");
    assert_refused(&o, "generation");
    order_init(&o);
    o.credentials.id.len = 0;
    assert_refused(&o, "id");
    order_init(&o);
    memset(&o.credentials.id, 0, sizeof(o.credentials.id));
    assert_refused(&o, "id");
    order_init(&o);
    o.settings.host = "";
    assert_refused(&o, "host");
    o.settings.host = NULL;
    assert_refused(&o, "host");
}

/* A server or proxy would take these segments out of the path. */
static void dot_segments_are_refused_by_name(void **state)
{
    static const char *const names[] = { "app_group", "function", "instance", "generation" };
    static const char *const others[] = { "...", ".a", "a.", "..a", "%2e", "-", "--", "./" };
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(names); i++) {
        struct order o;
        struct osft_span *spans[] = { &o.query.app_group, &o.query.function, &o.query.instance,
                                      &o.query.generation };
        order_init(&o);
        *spans[i] = osft_span_from(".");
        assert_refused(&o, names[i]);
        *spans[i] = osft_span_from("..");
        assert_refused(&o, names[i]);
        for (k = 0; k < COUNT(others); k++) {
            *spans[i] = osft_span_from(others[k]);
            build(&o);
        }
    }
}

static void a_token_of_length_0_is_none(void **state)
{
    struct order o;
    (void)state;
    order_init(&o);
    o.credentials.token.ptr = "not a token";
    build(&o);
    assert_has_not(&o, "token");
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

static int random_counts(void *ctx, void *buffer, size_t len)
{
    uint8_t *bytes = buffer;
    size_t i;
    (void)ctx;
    for (i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(0xf0 + 0x11 * i);
    }
    return 0;
}

static void a_nonce_is_16_random_bytes(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", "{\"result\":[]}");
    (void)state;
    s->fake.port.random = random_counts;
    assert_int_equal(setup_list(s), OSFT_OK);
    s->fake.sent[s->fake.sent_len] = 0;
    assert_non_null(
        strstr(s->fake.sent, "\r\nx-acs-signature-nonce: f00112233445566778899aabbccddeef\r\n"));
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
    assert_true(w.calls == k - 2); /* the last call that there is has failed, too */
    assert_true(k > 14);           /* start, finish, HMAC, and the parts of the request */
}

static void secrets_of_every_length_sign_as_hmac_does(void **state)
{
    static const size_t lengths[] = { 0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200 };
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(lengths); i++) {
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

static const char secret_text[] = "sEcReTkEyThatMustNotLeave-0123456789";
static const struct setup *watched;
static int (*watched_send)(void *ctx, const void *bytes, size_t len);

static int send_and_look(void *ctx, const void *bytes, size_t len)
{
    assert_nowhere(watched->work, watched->settings.work_size, secret_text, 8);
    return watched_send(ctx, bytes, len);
}

static void the_secret_is_never_in_the_work_buffer_nor_sent(void **state)
{
    size_t room;
    (void)state;
    for (room = 1; room < 1400; room += 13) {
        struct setup *s = setup_body(room, "200 OK", "{\"result\":[]}");
        memset(s->work, 0, room);
        watched = s;
        watched_send = s->fake.port.send;
        s->fake.port.send = send_and_look;
        s->fake.step = 100;
        s->credentials.secret = osft_span_from(secret_text);
        (void)setup_list(s);
        assert_nowhere(s->work, room, secret_text, 8);
        assert_nowhere(s->fake.sent, s->fake.sent_len, secret_text, 8);
        assert_int_equal(s->fake.opened, s->client.reply.http_status != 0);
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
        cmocka_unit_test(what_is_zero_or_absent_is_left_out),
        cmocka_unit_test(numbers_are_sent_to_their_extremes),
        cmocka_unit_test(get_has_a_generation_and_no_query),
        cmocka_unit_test(head_has_every_line_once),
        cmocka_unit_test(a_token_adds_two_signed_headers),
        cmocka_unit_test(host_carries_a_port_that_is_not_the_schemes_own),
        cmocka_unit_test(what_would_break_a_header_is_refused_by_name),
        cmocka_unit_test(a_zone_is_checked_like_the_rest_of_a_host),
        cmocka_unit_test(every_other_byte_passes_a_header_as_it_is),
        cmocka_unit_test(empty_names_are_refused_by_name),
        cmocka_unit_test(dot_segments_are_refused_by_name),
        cmocka_unit_test(a_token_of_length_0_is_none),
        cmocka_unit_test(list_refuses_before_it_connects),
        cmocka_unit_test(a_nonce_is_16_random_bytes),
        cmocka_unit_test(a_hash_that_fails_at_any_call_fails_the_request),
        cmocka_unit_test(secrets_of_every_length_sign_as_hmac_does),
        cmocka_unit_test(the_secret_is_never_in_the_work_buffer_nor_sent),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}

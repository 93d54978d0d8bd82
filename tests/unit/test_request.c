/* SPDX-License-Identifier: Apache-2.0 */
/* The request as it is sent and signed. test_sign_vectors.c compares it with the vendor's SDK. */
#include "ear.h"
#include "sample.h"
#include "mbedtls/md.h"

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
#define PATH       "/v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_test/tasks"

static void names_are_encoded_for_every_byte_value(void **state)
{
    unsigned b, field;
    (void)state;
    for (b = 0; b < 256; b++) {
        for (field = 0; field < 5; field++) {
            struct sample sample;
            struct osft_span *fields[] = { &sample.query.app_group, &sample.query.function,
                                           &sample.query.instance, &sample.query.generation,
                                           &sample.query.status };
            const char *texts[] = { "my_app", "ctr", "ctr_test", "", "" };
            char raw[3] = { 'x', (char)b, 'y' }, text[8], target[256];
            int bare = b != 0 && strchr(UNRESERVED, (int)b) != NULL;

            sample_init(&sample);
            fields[field]->ptr = raw;
            fields[field]->len = 3;
            snprintf(text, sizeof(text), bare ? "x%cy" : "x%%%02Xy", b);
            texts[field] = text;
            snprintf(target, sizeof(target),
                     "/v4/openapi/app-groups/%s/functions/%s/instances/%s/tasks%s%s%s%s", texts[0],
                     texts[1], texts[2], field == 3 ? "/" : "", texts[3],
                     field == 4 ? "?status=" : "", texts[4]);
            assert_target(&sample, target);
        }
    }
}

static void nul_and_newline_in_a_name_are_data(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    sample.query.app_group.ptr = "a\0\r\nx-acs-evil: 1\n";
    sample.query.app_group.len = 18;
    assert_target(&sample,
                  "/v4/openapi/app-groups/a%00%0D%0Ax-acs-evil%3A%201%0A/functions/ctr/instances/"
                  "ctr_test/tasks");
}

static void request_fits_exactly_and_fails_one_byte_short(void **state)
{
    struct sample sample;
    size_t size, need;
    (void)state;
    sample_init(&sample);
    sample.credentials.token = osft_span_from("CAISTESTtoken+with/slash==");
    sample.query.status = osft_span_from("two words");
    sample.query.page_size = 10;
    sample_build(&sample);
    need = strlen(sample.wire);
    assert_int_equal(sample_build_in(&sample, NULL, 0), OSFT_E_SPACE);
    assert_int_equal(sample.need, need);
    for (size = 0; size <= need + 1; size++) {
        char *mem = malloc(size != 0 ? size : 1);
        assert_non_null(mem);
        assert_int_equal(sample_build_in(&sample, mem, size), size < need ? OSFT_E_SPACE : OSFT_OK);
        assert_int_equal(sample.need, need);
        if (size >= need) {
            assert_memory_equal(mem, sample.wire, need);
        }
        free(mem);
    }
}

/* The parameters are sorted by name, in each combination of those that are set. */
static void query_holds_what_is_set_in_every_combination(void **state)
{
    static const char *const names[] = { "endTime=1582646399000", "pageNumber=2", "pageSize=50",
                                         "startTime=1582214400000", "status=success" };
    unsigned mask, i;
    (void)state;
    for (mask = 0; mask < 32; mask++) {
        struct sample sample;
        char target[256] = PATH;
        char sep = '?';
        sample_init(&sample);
        sample.query.end_ms = mask & 1 ? INT64_C(1582646399000) : 0;
        sample.query.page_number = mask & 2 ? 2 : 0;
        sample.query.page_size = mask & 4 ? 50 : 0;
        sample.query.start_ms = mask & 8 ? INT64_C(1582214400000) : 0;
        if (mask & 16) {
            sample.query.status = osft_span_from("success");
        }
        for (i = 0; i < 5; i++) {
            if (mask >> i & 1) {
                size_t at = strlen(target);
                snprintf(target + at, sizeof(target) - at, "%c%s", sep, names[i]);
                sep = '&';
            }
        }
        assert_target(&sample, target);
    }
}

static void what_is_zero_or_absent_is_left_out(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    assert_target(&sample, PATH);
    sample.query.start_ms = 5;
    assert_target(&sample, PATH "?startTime=5");
    sample.query.status = osft_span_from(""); /* the status is empty, not absent */
    assert_target(&sample, PATH "?startTime=5&status=");
}

static void numbers_are_sent_to_their_extremes(void **state)
{
    static const int64_t values[] = { 1,
                                      9,
                                      10,
                                      99,
                                      100,
                                      INT32_MAX,
                                      INT64_MAX,
                                      INT64_C(1000000000000000000),
                                      INT64_C(999999999999999999),
                                      INT64_C(4294967296) };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        struct sample sample;
        char target[256];
        sample_init(&sample);
        sample.query.start_ms = sample.query.end_ms = values[i];
        snprintf(target, sizeof(target), PATH "?endTime=%lld&startTime=%lld", (long long)values[i],
                 (long long)values[i]);
        assert_target(&sample, target);
    }
    for (i = 0; i < 4; i++) {
        static const uint32_t ends[] = { UINT32_MAX, INT32_MAX, (uint32_t)INT32_MAX + 1, 1 };
        struct sample sample;
        char target[256];
        sample_init(&sample);
        sample.query.page_number = sample.query.page_size = ends[i];
        snprintf(target, sizeof(target), PATH "?pageNumber=%lu&pageSize=%lu",
                 (unsigned long)ends[i], (unsigned long)ends[i]);
        assert_target(&sample, target);
    }
}

static void get_has_a_generation_and_no_query(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    sample.query.generation = osft_span_from("gen 1/2");
    sample.query.status = osft_span_from("success");
    sample.query.start_ms = 1;
    sample.query.end_ms = -1;
    sample.query.page_number = sample.query.page_size = 1;
    assert_target(&sample, PATH "/gen%201%2F2");
    sample_build(&sample);
    assert_has(&sample, "\r\nx-acs-action: GetFunctionTask\r\n");
    sample.query.generation.ptr = NULL;
    sample.query.end_ms = 1;
    sample_build(&sample);
    assert_has(&sample, "\r\nx-acs-action: ListFunctionTasks\r\n");
}

static void head_has_every_line_once(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    sample_build(&sample);
    assert_has(&sample, "\r\nhost: opensearch.cn-hangzhou.aliyuncs.com\r\n");
    assert_has(&sample, "\r\nx-acs-version: 2017-12-25\r\n");
    assert_has(&sample, "\r\nx-acs-date: 2024-02-29T23:59:59Z\r\n");
    assert_has(&sample, "\r\nx-acs-signature-nonce: 3156853299f313e23d1673dc12e1703d\r\n");
    assert_has(&sample, "\r\nx-acs-content-sha256: "
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n");
    assert_has(&sample, "\r\nuser-agent: osft/" OSFT_VERSION "\r\n");
    assert_has(&sample, "\r\naccept: application/json\r\n");
    assert_has(&sample, "\r\nauthorization: ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;"
                        "x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;"
                        "x-acs-version,Signature=");
    assert_has_not(&sample, "token");
    assert_has_not(&sample, "accesskey");
    assert_has_not(&sample, "content-length");
    assert_has_not(&sample, "content-type");
}

static void a_token_adds_two_signed_headers(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    sample.credentials.token = osft_span_from("CAIS+/=%25");
    sample_build(&sample);
    assert_has(&sample, "\r\nx-acs-accesskey-id: testid\r\n");
    assert_has(&sample, "\r\nx-acs-security-token: CAIS+/=%25\r\n");
    assert_has(&sample, "SignedHeaders=host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;"
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
        /* The zone behind % has a meaning only on this device (RFC 6874), and is not sent. */
        { "[fe80::1%eth0]", 0, 0, "[fe80::1]", 443 },
        { "[fe80::1%25eth0]", 0, 0, "[fe80::1]", 443 },
        { "[fe80::1%eth0]", 8443, 0, "[fe80::1]:8443", 8443 },
        { "[fe80::1%]", 0, 0, "[fe80::1]", 443 },
        { "fe80::1%eth0", 0, 0, "fe80::1", 443 },
        { "%eth0", 0, 0, "", 443 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        struct ear ear;
        char line[80];
        sample_init(&sample);
        ear_init(&ear);
        sample.settings.sha256 = &ear.hash;
        sample.settings.host = cases[i].host;
        sample.settings.tcp_port = cases[i].port;
        sample.settings.plain_http = cases[i].plain;
        assert_int_equal(osft_tcp_port(&sample.settings), cases[i].connects);
        sample_build(&sample);
        snprintf(line, sizeof(line), "\r\nhost: %s\r\n", cases[i].line);
        assert_has(&sample, line);
        snprintf(line, sizeof(line), "\nhost:%s\n", cases[i].line);
        assert_non_null(strstr(ear.canonical, line));
    }
}

static void a_token_of_length_0_is_none(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample);
    sample.credentials.token.ptr = "not a token";
    sample_build(&sample);
    assert_has_not(&sample, "token");
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

static void secrets_of_every_length_sign_as_hmac_does(void **state)
{
    static const size_t lengths[] = { 0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200 };
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(lengths); i++) {
        struct sample sample;
        struct ear ear;
        char secret[200], line[90] = ",Signature=";
        uint8_t digest[32];
        for (k = 0; k < sizeof(secret); k++) {
            secret[k] = (char)(k * 7 + 128); /* all byte values, also NUL */
        }
        sample_init(&sample);
        ear_init(&ear);
        sample.settings.sha256 = &ear.hash;
        sample.credentials.secret.ptr = lengths[i] != 0 ? secret : NULL;
        sample.credentials.secret.len = lengths[i];
        sample_build(&sample);
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
        assert_string_equal(sample.wire + strlen(sample.wire) - 79, line);
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
        cmocka_unit_test(a_token_of_length_0_is_none),
        cmocka_unit_test(a_nonce_is_16_random_bytes),
        cmocka_unit_test(secrets_of_every_length_sign_as_hmac_does),
        cmocka_unit_test(the_secret_is_never_in_the_work_buffer_nor_sent),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}

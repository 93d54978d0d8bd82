/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include "osft_mbedtls_sha256.h"

static int fails(struct fake *f)
{
    assert_true(f->calls < PORT_CALLS_MAX);
    f->calls++;
    if (f->calls != f->fail_at) {
        return 0;
    }
    f->code = 4711;
    return f->fail_with != 0 ? f->fail_with : OSFT_E_IO;
}

enum { OPENING = 1, SENDING = 2, RECEIVING = 4 };

static int would_block(struct fake *f, unsigned function)
{
    f->turns ^= function;
    return f->blocks && (f->turns & function);
}

static int is_request_whole(const struct fake *f)
{
    return f->sent_len >= 4 && memcmp(f->sent + f->sent_len - 4, "\r\n\r\n", 4) == 0;
}

static int fake_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct fake *f = ctx;
    int err = fails(f);
    if (err != 0 || would_block(f, OPENING)) {
        return err;
    }
    snprintf(f->host, sizeof(f->host), "%s", host);
    f->tcp_port = tcp_port;
    f->sent_len = 0;
    f->given = 0;
    f->opened++;
    return 1;
}

static size_t at_most(const struct fake *f, size_t len)
{
    return f->step != 0 && len > f->step ? f->step : len;
}

static int fake_send(void *ctx, const void *bytes, size_t len)
{
    struct fake *f = ctx;
    int err = fails(f);
    assert_true(len > 0 && len < sizeof(f->sent)); /* the rest has room */
    if (err != 0 || would_block(f, SENDING)) {
        return err;
    }
    if (is_request_whole(f)) { /* a second request on a kept connection replaces the first */
        f->sent_len = 0;
        f->given = 0;
    }
    len = at_most(f, len);
    if (f->window != 0 && len > f->window - f->sent_len) {
        len = f->window - f->sent_len;
    }
    if (len == 0) {
        return f->send_blocked;
    }
    assert_true(len <= sizeof(f->sent) - f->sent_len);
    memcpy(f->sent + f->sent_len, bytes, len);
    f->sent_len += len;
    return (int)len;
}

static int fake_recv(void *ctx, void *buffer, size_t room)
{
    struct fake *f = ctx;
    int err = fails(f);
    size_t len = at_most(f, room);

    assert_true(room > 0); /* a client that receives into an empty buffer would wait for ever */
    if (err != 0 || would_block(f, RECEIVING)) {
        return err;
    }
    if (!f->is_early && !is_request_whole(f)) {
        return 0;
    }
    if (f->given == f->response_len) {
        return f->at_end;
    }
    if (len > f->response_len - f->given) {
        len = f->response_len - f->given;
    }
    if (f->given < f->first && len > f->first - f->given) {
        len = f->first - f->given;
    }
    memcpy(buffer, f->response + f->given, len);
    f->given += len;
    return (int)len;
}

static int fake_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct fake *f = ctx;
    assert_true(events <= (OSFT_READABLE | OSFT_WRITABLE));
    assert_true(ms > 0);
    f->waited++;
    f->now += f->tick;
    return f->wait_result;
}

static void fake_close(void *ctx)
{
    struct fake *f = ctx;
    f->closed++;
}

static int64_t fake_utc(void *ctx)
{
    struct fake *f = ctx;
    return fails(f) != 0 ? -1 : f->utc;
}

static uint32_t fake_ticks(void *ctx)
{
    struct fake *f = ctx;
    return f->now;
}

static int fake_random(void *ctx, void *buffer, size_t len)
{
    memset(buffer, 0x5a, len);
    return fails(ctx);
}

const struct osft_sha256 *real_sha256(void)
{
    static struct osft_mbedtls_sha256 sha;
    osft_mbedtls_sha256_init(&sha);
    return &sha.hash;
}

struct setup *setup_new(size_t room, const char *response, size_t response_len)
{
    struct setup *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->work = malloc(room != 0 ? room : 1);
    assert_non_null(s->work);
    s->fake.response = response;
    s->fake.response_len = response_len;
    s->fake.at_end = OSFT_EOF;
    s->fake.utc = 1709251199;
    s->fake.port.ctx = &s->fake;
    s->fake.port.open = fake_open;
    s->fake.port.send = fake_send;
    s->fake.port.recv = fake_recv;
    s->fake.port.wait = fake_wait;
    s->fake.port.close = fake_close;
    s->fake.port.utc_s = fake_utc;
    s->fake.port.ticks_ms = fake_ticks;
    s->fake.port.random = fake_random;
    s->fake.port.code = &s->fake.code;
    s->query.app_group = osft_span_from("my_app");
    s->query.function = osft_span_from("ctr");
    s->query.instance = osft_span_from("ctr_test");
    s->credentials.id = osft_span_from("testid");
    s->credentials.secret = osft_span_from("testsecret");
    s->settings.port = &s->fake.port;
    s->settings.sha256 = real_sha256();
    s->settings.credentials = &s->credentials;
    s->settings.host = "opensearch.cn-hangzhou.aliyuncs.com";
    s->settings.work = s->work;
    s->settings.work_size = room;
    s->page.tasks = s->tasks;
    s->page.max = COUNT(s->tasks);
    osft_init(&s->client, &s->settings);
    return s;
}

struct setup *setup_body(size_t room, const char *status, const char *body)
{
    static char response[262144];
    int len = snprintf(response, sizeof(response),
                       "HTTP/1.1 %s\r\nDate: Thu, 29 Feb 2024 23:59:59 GMT\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       status, strlen(body), body);
    assert_true(len > 0 && (size_t)len < sizeof(response));
    return setup_new(room, response, (size_t)len);
}

void setup_free(struct setup *s)
{
    osft_close(&s->client);
    free(s->work);
    free(s);
}

int setup_list(struct setup *s)
{
    return osft_list(&s->client, &s->query, &s->page, 10000);
}

void assert_span(struct osft_span s, const char *text)
{
    if (text == NULL) {
        assert_null(s.ptr);
        assert_int_equal(s.len, 0);
        return;
    }
    assert_non_null(s.ptr);
    assert_int_equal(s.len, strlen(text));
    /* reads up to the NUL, so this also asserts that there is one */
    assert_string_equal(s.ptr, text);
}

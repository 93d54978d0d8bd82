/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include "osft_mbedtls_sha256.h"

static int fails(struct fake *f)
{
    f->calls++;
    if (f->calls != f->fail_at) {
        return 0;
    }
    f->code = 4711;
    return f->fail_with != 0 ? f->fail_with : OSFT_E_IO;
}

static int would_block(struct fake *f)
{
    f->turn ^= 1;
    return f->blocks && f->turn;
}

static int fake_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct fake *f = ctx;
    int err = fails(f);
    if (err != 0 || would_block(f)) {
        return err;
    }
    snprintf(f->host, sizeof(f->host), "%s", host);
    f->tcp_port = tcp_port;
    f->opened++;
    return 1;
}

static size_t at_most(const struct fake *f, size_t len)
{
    return f->step != 0 && len > f->step ? f->step : len;
}

static int fake_send(void *ctx, const void *src, size_t len)
{
    struct fake *f = ctx;
    int err = fails(f);
    if (err != 0 || would_block(f)) {
        return err;
    }
    len = at_most(f, len);
    assert_true(len <= sizeof(f->sent) - f->sent_len);
    memcpy(f->sent + f->sent_len, src, len);
    f->sent_len += len;
    return (int)len;
}

static int fake_recv(void *ctx, void *dst, size_t cap)
{
    struct fake *f = ctx;
    int err = fails(f);
    size_t len = at_most(f, cap);

    assert_true(cap > 0); /* a client that receives into nothing would wait for ever */
    if (err != 0 || would_block(f)) {
        return err;
    }
    if (f->given == f->answer_len) {
        return f->at_end;
    }
    if (len > f->answer_len - f->given) {
        len = f->answer_len - f->given;
    }
    if (f->given < f->first && len > f->first - f->given) {
        len = f->first - f->given;
    }
    memcpy(dst, f->answer + f->given, len);
    f->given += len;
    return (int)len;
}

static int fake_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct fake *f = ctx;
    assert_true(events == OSFT_READABLE || events == OSFT_WRITABLE);
    assert_true(ms > 0);
    f->waited++;
    f->now += f->tick;
    return fails(f);
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

static int fake_random(void *ctx, void *dst, size_t len)
{
    memset(dst, 0x5a, len);
    return fails(ctx);
}

const struct osft_sha256 *real_sha256(void)
{
    static struct osft_mbedtls_sha256 sha;
    osft_mbedtls_sha256_init(&sha);
    return &sha.hash;
}

struct setup *setup_new(size_t room, const char *answer, size_t answer_len)
{
    static const struct osft_query query = { OSFT_LIT("my_app"),
                                             OSFT_LIT("ctr"),
                                             OSFT_LIT("ctr_test"),
                                             { NULL, 0 },
                                             { NULL, 0 },
                                             0,
                                             0,
                                             0,
                                             0,
                                             0 };
    static const struct osft_credentials credentials = { OSFT_LIT("testid"),
                                                         OSFT_LIT("testsecret"),
                                                         { NULL, 0 } };
    struct setup *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->work = malloc(room != 0 ? room : 1);
    assert_non_null(s->work);
    s->fake.answer = answer;
    s->fake.answer_len = answer_len;
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
    s->query = query;
    s->credentials = credentials;
    s->settings.port = &s->fake.port;
    s->settings.sha256 = real_sha256();
    s->settings.credentials = &s->credentials;
    s->settings.host = "opensearch.cn-hangzhou.aliyuncs.com";
    s->settings.work = s->work;
    s->settings.work_size = room;
    s->page.tasks = s->tasks;
    s->page.max = sizeof(s->tasks) / sizeof(s->tasks[0]);
    osft_init(&s->client, &s->settings);
    return s;
}

struct setup *setup_body(size_t room, const char *status, const char *body)
{
    static char answer[65536];
    int len = snprintf(answer, sizeof(answer),
                       "HTTP/1.1 %s\r\nDate: Thu, 29 Feb 2024 23:59:59 GMT\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       status, strlen(body), body);
    assert_true(len > 0 && (size_t)len < sizeof(answer));
    return setup_new(room, answer, (size_t)len);
}

void setup_free(struct setup *s)
{
    free(s->work);
    free(s);
}

void assert_span(struct osft_span s, const char *text)
{
    if (text == NULL) {
        assert_null(s.ptr);
        return;
    }
    assert_non_null(s.ptr);
    assert_int_equal(s.len, strlen(text));
    assert_string_equal(s.ptr, text); /* also: it is ended by a NUL */
}

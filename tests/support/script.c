/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

static int fails(struct script *s)
{
    assert_true(s->calls < PORT_CALLS_MAX);
    s->calls++;
    return s->calls == s->fail_at;
}

enum { OPENING = 1, SENDING = 2, RECEIVING = 4 };

static int would_block(struct script *s, unsigned function)
{
    s->turns ^= function;
    return s->blocks && (s->turns & function);
}

static int script_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct script *s = ctx;

    assert_false(s->is_open); /* what is open is used, or closed first */
    assert_string_equal(host, "localhost");
    assert_int_equal(tcp_port, 80);
    if (would_block(s, OPENING)) {
        return 0;
    }
    if (fails(s)) {
        return OSFT_E_IO;
    }
    if (s->next < s->count && s->list[s->next].open != 0) {
        return s->list[s->next++].open;
    }
    s->is_open = 1;
    s->now = NULL;
    s->request_len = 0;
    s->opened++;
    return 1;
}

static int script_send(void *ctx, const void *bytes, size_t len)
{
    struct script *s = ctx;
    char *request = s->requests[s->request_count % 8];

    assert_true(s->is_open);
    if (would_block(s, SENDING)) {
        return 0;
    }
    if (fails(s)) {
        return OSFT_E_IO;
    }
    assert_true(s->next < s->count); /* nobody expected a further request */
    if (s->list[s->next].send != 0) {
        return s->list[s->next++].send;
    }
    assert_true(len < sizeof(s->requests[0]) - s->request_len);
    memcpy(request + s->request_len, bytes, len);
    s->request_len += len;
    request[s->request_len] = 0;
    if (strstr(request, "\r\n\r\n") != NULL) {
        s->now = &s->list[s->next++];
        s->given = 0;
        s->request_count++;
        s->request_len = 0;
    }
    return (int)len;
}

static int script_recv(void *ctx, void *buffer, size_t room)
{
    struct script *s = ctx;
    const char *response = s->now != NULL ? s->now->response : NULL;
    size_t len = response != NULL ? strlen(response) : 0;

    assert_true(s->is_open);
    assert_true(room > 0);
    if (would_block(s, RECEIVING)) {
        return 0;
    }
    if (fails(s)) {
        return OSFT_E_IO;
    }
    if (s->now == NULL) {
        return 0; /* the request is not whole */
    }
    if (s->given == len) {
        return s->now->end;
    }
    len -= s->given;
    len = len < room ? len : room;
    memcpy(buffer, response + s->given, len);
    s->given += len;
    return (int)len;
}

static int script_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct script *s = ctx;

    assert_true(ms > 0);
    if (events == 0) {
        assert_false(s->is_open); /* nothing is held open while an attempt is waited for */
        assert_true(s->wait_count < 16);
        s->waits[s->wait_count++] = ms;
        s->ticks += ms;
    } else if (s->blocks) {
        s->ticks++;
    } else {
        s->ticks += ms; /* nothing will come */
    }
    return 0;
}

static void script_close(void *ctx)
{
    struct script *s = ctx;
    s->closed += s->is_open;
    s->is_open = 0;
}

static int64_t script_utc(void *ctx)
{
    struct script *s = ctx;
    return s->utc;
}

static uint32_t script_ticks(void *ctx)
{
    struct script *s = ctx;
    return s->ticks;
}

static int script_random(void *ctx, void *buffer, size_t len)
{
    struct script *s = ctx;
    if (fails(s)) {
        return -1;
    }
    memset(buffer, 0, len);
    if (len == sizeof(s->random)) {
        memcpy(buffer, &s->random, len);
    } else {
        s->drawn++;
        memcpy(buffer, &s->drawn, sizeof(s->drawn));
    }
    return 0;
}

struct script *script_new(const struct exchange *list, size_t count)
{
    struct script *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->list = list;
    s->count = count;
    s->utc = 1767225600; /* 2026-01-01 */
    s->learned = -1;
    s->port.ctx = s;
    s->port.open = script_open;
    s->port.send = script_send;
    s->port.recv = script_recv;
    s->port.wait = script_wait;
    s->port.close = script_close;
    s->port.utc_s = script_utc;
    s->port.ticks_ms = script_ticks;
    s->port.random = script_random;
    s->query.app_group = osft_span_from("my_app");
    s->query.function = osft_span_from("ctr");
    s->query.instance = osft_span_from("ctr_test");
    s->credentials.id = osft_span_from("testid");
    s->credentials.secret = osft_span_from("testsecret");
    s->settings.port = &s->port;
    s->settings.sha256 = real_sha256();
    s->settings.credentials = &s->credentials;
    s->settings.host = "localhost";
    s->settings.plain_http = 1;
    s->settings.work = s->work;
    s->settings.work_size = sizeof(s->work);
    s->retry = osft_retry_default;
    s->settings.retry = &s->retry;
    s->page.tasks = s->tasks;
    s->page.max = COUNT(s->tasks);
    osft_init(&s->client, &s->settings);
    return s;
}

void script_free(struct script *s)
{
    osft_close(&s->client);
    assert_false(s->is_open);
    assert_int_equal(s->closed, s->opened);
    free(s);
}

int script_list(struct script *s, uint32_t limit_ms)
{
    int result = osft_list(&s->client, &s->query, &s->page, limit_ms);
    assert_int_equal(osft_step(&s->client), result);
    assert_int_equal(s->client.is_open, s->is_open);
    return result;
}

const char *script_response(const char *status, const char *headers, const char *body)
{
    static char all[64][2048];
    static size_t next;
    char *response = all[next++ % 64];
    int len = snprintf(response, sizeof(all[0]), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s",
                       status, headers, strlen(body), body);
    assert_true(len > 0 && (size_t)len < sizeof(all[0]));
    return response;
}

const char *script_good(const char *headers)
{
    return script_response("200 OK", headers,
                           "{\"requestId\":\"r\",\"totalCount\":1,\"result\":"
                           "[{\"runId\":\"x\",\"generation\":\"1\"}]}");
}

const char *script_refusal(const char *status, const char *headers, const char *code)
{
    char body[256];
    snprintf(body, sizeof(body), "{\"RequestId\":\"q\",\"Code\":\"%s\",\"Message\":\"no\"}", code);
    return script_response(status, headers, body);
}

const char *script_header(const struct script *s, size_t i, const char *name)
{
    static char value[512];
    char line[64];
    const char *from, *to;

    assert_true(i < s->request_count && i < 8);
    snprintf(line, sizeof(line), "\r\n%s: ", name);
    from = strstr(s->requests[i], line);
    assert_non_null(from);
    from += strlen(line);
    to = strstr(from, "\r\n");
    assert_non_null(to);
    assert_true((size_t)(to - from) < sizeof(value));
    memcpy(value, from, (size_t)(to - from));
    value[to - from] = 0;
    return value;
}

int script_holds(const void *mem, size_t size, const char *text)
{
    const char *p = mem;
    size_t len = strlen(text), i;

    for (i = 0; i + len <= size; i++) {
        if (memcmp(p + i, text, len) == 0) {
            return 1;
        }
    }
    return 0;
}

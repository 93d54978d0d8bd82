/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

static void write_text(struct service *s, const char *format, ...)
{
    va_list args, copy;
    int len;

    va_start(args, format);
    va_copy(copy, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert_true(len >= 0);
    if (s->response_len + (size_t)len + 1 > s->response_room) {
        s->response_room = 2 * (s->response_len + (size_t)len + 1);
        s->response = realloc(s->response, s->response_room);
        assert_non_null(s->response);
    }
    vsnprintf(s->response + s->response_len, (size_t)len + 1, format, copy);
    va_end(copy);
    s->response_len += (size_t)len;
}

static void write_task(struct service *s, const struct service_task *t)
{
    write_text(s, "{\"functionName\":\"ctr\"");
    if (t->status != NULL) {
        write_text(s, ",\"status\":\"%s\"", t->status);
    }
    if (t->id != 0) {
        write_text(s, ",\"runId\":\"run-%lu\"", (unsigned long)t->id);
    }
    if (t->id != 0 && !t->hides_generation) {
        write_text(s, ",\"generation\":\"%lu\"", (unsigned long)t->id);
    }
    if (t->start_text != NULL) {
        write_text(s, ",\"startTime\":%s", t->start_text);
    } else if (t->start >= 0) {
        write_text(s, ",\"startTime\":%lld", (long long)t->start);
    }
    if (t->end >= 0) {
        write_text(s, ",\"endTime\":%lld", (long long)t->end);
    }
    if (t->progress >= 0) {
        write_text(s, ",\"progress\":%d", t->progress);
    }
    if (t->pad != 0) {
        write_text(s, ",\"extendInfo\":\"%0*d\"", (int)t->pad, 0);
    }
    write_text(s, "}");
}

static void write_total(struct service *s, const char *before, const char *after)
{
    if (s->total != TOTAL_ABSENT) {
        write_text(s, "%s\"totalCount\":%ld%s", before,
                   s->total == TOTAL_WRONG ? s->wrong_total : (long)s->count, after);
    }
}

static void write_page(struct service *s)
{
    size_t size = (size_t)s->page_size, from, i;

    if (s->ignore_size != 0) {
        size = s->ignore_size;
    }
    if (s->cap != 0 && size > s->cap) {
        size = s->cap;
    }
    if (s->everything) {
        size = s->count + 1;
    }
    from = s->ignore_number || s->everything ? 0 : ((size_t)s->page_number - 1) * size;
    write_text(s, "{\"requestId\":\"r\",");
    if (s->total_first) {
        write_total(s, "", ",");
    }
    write_text(s, "\"result\":[");
    if (size > s->keep) {
        size = s->keep;
    }
    for (i = from; i < from + size && i < s->count; i++) {
        write_text(s, i != from ? "," : "");
        write_task(s, &s->list[i]);
    }
    write_text(s, "]");
    if (s->message != 0) {
        write_text(s, ",\"message\":\"%0*d\"", (int)s->message, 0);
    }
    if (!s->total_first) {
        write_total(s, ",", "");
    }
    write_text(s, "}");
}

/* Return a parameter of the request's query; 0: the query does not have it. */
static int64_t parameter(const struct service *s, const char *name)
{
    const char *end = strstr(s->request, " HTTP/1.1\r\n");
    const char *p = strstr(s->request, name);

    assert_non_null(end);
    return p != NULL && p < end ? strtoll(p + strlen(name), NULL, 10) : 0;
}

static void write_body(struct service *s)
{
    if (s->body != NULL) {
        write_text(s, "%s", s->body);
    } else if (s->fault == SERVICE_BUSY) {
        write_text(s, "{\"Code\":\"ServiceUnavailable\"}");
    } else if (s->fault == SERVICE_REFUSE) {
        write_text(s, "{\"Code\":\"Forbidden.RAM\"}");
    } else {
        write_page(s);
    }
}

static void respond(struct service *s)
{
    char length[32];
    size_t head, body;

    s->page_number = parameter(s, "pageNumber=");
    s->page_size = parameter(s, "pageSize=");
    assert_true(s->page_number > 0);
    assert_true(s->page_size > 0);
    s->requests++;
    s->fault = SERVICE_GOOD;
    if (s->between != NULL) {
        s->between(s, s->ctx);
    }
    if (s->largest != 0 && (size_t)s->page_size > s->largest) {
        s->fault = SERVICE_REFUSE;
    }
    s->response_len = s->given = 0;
    s->is_responding = 1;
    write_text(s, "HTTP/1.1 %s\r\n%sContent-Length: ",
               s->fault == SERVICE_BUSY     ? "503 Busy"
               : s->fault == SERVICE_REFUSE ? "403 No"
                                            : "200 OK",
               s->header != NULL ? s->header : "");
    head = s->response_len;
    write_text(s, "%10d\r\n\r\n", 0);
    body = s->response_len;
    write_body(s);
    snprintf(length, sizeof(length), "%010lu", (unsigned long)(s->response_len - body));
    memcpy(s->response + head, length, 10);
    if (s->fault == SERVICE_DROP) {
        s->response_len = 0;
    } else if (s->fault == SERVICE_CUT && s->response_len > s->cut) {
        s->response_len = s->cut;
    } else if (s->fault == SERVICE_CUT) {
        s->fault = SERVICE_GOOD;
    }
}

static int service_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct service *s = ctx;
    (void)host;
    (void)tcp_port;
    s->is_open = 1;
    s->is_responding = 0;
    s->request_len = 0;
    return 1;
}

static int service_send(void *ctx, const void *src, size_t len)
{
    struct service *s = ctx;

    assert_true(s->is_open);
    assert_true(len < sizeof(s->request) - s->request_len);
    memcpy(s->request + s->request_len, src, len);
    s->request_len += len;
    s->request[s->request_len] = 0;
    if (strstr(s->request, "\r\n\r\n") != NULL) {
        respond(s);
        s->request_len = 0;
    }
    return (int)len;
}

static int service_recv(void *ctx, void *dst, size_t cap)
{
    struct service *s = ctx;
    size_t len = s->response_len - s->given;

    assert_true(s->is_open);
    assert_true(cap > 0);
    if (!s->is_responding || (len == 0 && s->fault != SERVICE_DROP && s->fault != SERVICE_CUT)) {
        return 0; /* the client checks whether a kept connection is still open */
    }
    if (len == 0) {
        assert_true(s->fault == SERVICE_DROP || s->fault == SERVICE_CUT);
        return OSFT_EOF;
    }
    len = len < cap ? len : cap;
    memcpy(dst, s->response + s->given, len);
    s->given += len;
    return (int)len;
}

static int service_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct service *s = ctx;
    /* the port never blocks, so a client only waits for time to pass */
    assert_int_equal(events, 0);
    s->now += ms;
    return 0;
}

static void service_close(void *ctx)
{
    struct service *s = ctx;
    s->is_open = 0;
}

static int64_t service_utc(void *ctx)
{
    (void)ctx;
    return 1709251199;
}

static uint32_t service_ticks(void *ctx)
{
    struct service *s = ctx;
    return s->now;
}

static int service_nonce(void *ctx, void *dst, size_t len)
{
    struct service *s = ctx;
    memset(dst, 0, len);
    s->nonce++;
    memcpy(dst, &s->nonce, len < sizeof(s->nonce) ? len : sizeof(s->nonce));
    return 0;
}

struct service *service_new(size_t room)
{
    static const struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                             .function = OSFT_LIT("ctr"),
                                             .instance = OSFT_LIT("ctr_test") };
    static const struct osft_credentials credentials = { .id = OSFT_LIT("testid"),
                                                         .secret = OSFT_LIT("testsecret") };
    static const struct osft_retry one_attempt = OSFT_RETRY(1, 10000, 500, 20000);
    struct service *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->work = malloc(room);
    assert_non_null(s->work);
    s->port.ctx = s;
    s->port.open = service_open;
    s->port.send = service_send;
    s->port.recv = service_recv;
    s->port.wait = service_wait;
    s->port.close = service_close;
    s->port.utc_s = service_utc;
    s->port.ticks_ms = service_ticks;
    s->port.random = service_nonce;
    s->query = query;
    s->credentials = credentials;
    s->settings.port = &s->port;
    s->settings.sha256 = real_sha256();
    s->settings.credentials = &s->credentials;
    s->settings.host = "opensearch.cn-hangzhou.aliyuncs.com";
    s->settings.work = s->work;
    s->settings.work_size = room;
    s->settings.retry = &s->retry;
    s->retry = one_attempt;
    s->random = 1;
    s->keep = SIZE_MAX;
    osft_init(&s->client, &s->settings);
    return s;
}

void service_free(struct service *s)
{
    free(s->list);
    free(s->response);
    free(s->work);
    free(s);
}

struct service_task *service_insert(struct service *s, size_t place, int64_t start)
{
    struct service_task *t;

    if (s->count == s->room) {
        s->room = 2 * s->room + 16;
        s->list = realloc(s->list, s->room * sizeof(*s->list));
        assert_non_null(s->list);
    }
    assert_true(place <= s->count);
    t = &s->list[place];
    memmove(t + 1, t, (s->count - place) * sizeof(*t));
    s->count++;
    memset(t, 0, sizeof(*t));
    t->id = ++s->last_id;
    t->start = start;
    t->status = "running";
    return t;
}

void service_delete(struct service *s, size_t place)
{
    assert_true(place < s->count);
    s->count--;
    memmove(s->list + place, s->list + place + 1, (s->count - place) * sizeof(*s->list));
}

struct service_task *service_find(struct service *s, uint32_t id)
{
    size_t i;
    for (i = 0; i < s->count; i++) {
        if (s->list[i].id == id) {
            return &s->list[i];
        }
    }
    return NULL;
}

uint32_t service_random(struct service *s, uint32_t below)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 17;
    s->random ^= s->random << 5;
    return s->random % below;
}

uint32_t service_id(const struct osft_task *task)
{
    assert_non_null(task->generation.ptr);
    return (uint32_t)strtoul(task->generation.ptr, NULL, 10);
}

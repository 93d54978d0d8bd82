/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks one by one, through a buffer that holds one. */
#include "fake.h"
#include "osft_stream.h"

struct seen {
    struct setup *s;
    int count, too_large, stop_at;
    size_t given[64]; /* bytes of the answer that had come by then */
    uint32_t index[64];
    size_t need[64]; /* of those that did not fit */
    char run_id[64][64];
    int64_t start_ms[64];
};

static int on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct seen *seen = ctx;
    int i = seen->count + seen->too_large;

    assert_true(i < 64);
    seen->index[i] = index;
    seen->need[i] = need;
    if (seen->s != NULL) {
        seen->given[i] = seen->s->fake.given;
    }
    if (task == NULL) {
        assert_true(need > 0);
        seen->too_large++;
    } else {
        assert_int_equal(need, 0);
        snprintf(seen->run_id[i], sizeof(seen->run_id[i]), "%s",
                 task->run_id.ptr != NULL ? task->run_id.ptr : "-");
        seen->start_ms[i] = task->start_ms;
        seen->count++;
    }
    return seen->count + seen->too_large == seen->stop_at;
}

static int run(struct setup *s, struct osft_stream *stream, struct seen *seen)
{
    memset(seen, 0, sizeof(*seen));
    seen->s = s;
    osft_stream_init(stream, &s->page, on_task, seen);
    return osft_list(&s->client, &s->query, 10000, &s->page);
}

static const char three[] =
    "{\"requestId\":\"req-1\",\"unknown\":[{}],\"totalCount\":3,\"result\":[{\"runId\":\"first\","
    "\"x\":"
    "[{\"runId\":\"no\"}],\"startTime\":3},{\"startTime\":2,\"runId\":\"sec\\u006fnd\"}, {}],"
    "\"message\":\"m\",\"latency\":4}";

static void each_task_is_handed_over_with_its_last_byte(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", three);
    struct osft_stream stream;
    struct seen seen;
    const char *body = strchr(s->fake.answer, '{');
    (void)state;
    s->fake.step = 1;
    assert_int_equal(run(s, &stream, &seen), OSFT_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(stream.delivered, 3);
    assert_int_equal(stream.too_large, 0);
    assert_int_equal(s->page.count, 0);
    assert_int_equal(s->page.seen, 3);
    assert_string_equal(seen.run_id[0], "first");
    assert_string_equal(seen.run_id[1], "second");
    assert_string_equal(seen.run_id[2], "-");
    assert_true(seen.start_ms[1] == 2 && seen.start_ms[2] == OSFT_UNKNOWN);
    assert_int_equal(seen.index[2], 2);
    assert_int_equal(seen.given[0], strstr(body, "\"startTime\":3}") + 14 - s->fake.answer);
    assert_int_equal(seen.given[1], strstr(body, "nd\"}") + 4 - s->fake.answer);
    assert_int_equal(seen.given[2], strstr(body, ", {}") + 4 - s->fake.answer);
    /* What is around the tasks is kept, before and after them. */
    assert_span(s->page.request_id, "req-1");
    assert_span(s->page.message, "m");
    assert_int_equal(s->page.latency_ms, 4);
    assert_int_equal(s->page.total, 3);
    setup_free(s);
}

static void a_stream_is_the_same_however_bytes_arrive(void **state)
{
    size_t step;
    (void)state;
    for (step = 1; step < 60; step++) {
        struct setup *s = setup_body(2048, "200 OK", three);
        struct osft_stream stream;
        struct seen seen;
        s->fake.step = step;
        s->fake.blocks = (int)(step & 1);
        assert_int_equal(run(s, &stream, &seen), OSFT_OK);
        assert_int_equal(seen.count, 3);
        assert_string_equal(seen.run_id[1], "second");
        setup_free(s);
    }
}

static void a_stream_that_is_cut_delivers_whole_tasks_only(void **state)
{
    size_t k, n = 1;
    (void)state;
    for (k = 0; k < n; k++) {
        struct setup *s = setup_body(2048, "200 OK", three);
        struct osft_stream stream;
        struct seen seen;
        const char *first = strstr(s->fake.answer, "\"startTime\":3}") + 14;
        const char *second = strstr(s->fake.answer, "nd\"}") + 4;
        const char *third = strstr(s->fake.answer, ", {}") + 4;
        const char *end;
        n = s->fake.answer_len;
        s->fake.answer_len = k;
        end = s->fake.answer + k;
        assert_int_equal(run(s, &stream, &seen), OSFT_E_CUT);
        assert_int_equal(seen.count, (end >= first) + (end >= second) + (end >= third));
        setup_free(s);
    }
}

/* count tasks with texts of that length, newest first, as a chunked answer. */
static char *long_answer(unsigned count, int text, unsigned chunk, size_t *len)
{
    size_t size = (size_t)count * ((size_t)text + 96) + 4096, n = 0, at;
    char *body = malloc(size), *answer = malloc(size * 8);
    unsigned i;

    assert_non_null(body);
    assert_non_null(answer);
    n = (size_t)snprintf(body, size, "{\"requestId\":\"r\",\"totalCount\":%u,\"result\":[", count);
    for (i = 0; i < count; i++) {
        n += (size_t)snprintf(body + n, size - n, "%s{\"runId\":\"%0*u\",\"startTime\":%u}",
                              i > 0 ? "," : "", text, i, count - i);
    }
    n += (size_t)snprintf(body + n, size - n, "]}");
    *len = (size_t)snprintf(answer, 100, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (at = 0; at < n; at += chunk) {
        unsigned part = n - at < chunk ? (unsigned)(n - at) : chunk;
        *len += (size_t)sprintf(answer + *len, "%x\r\n", part);
        memcpy(answer + *len, body + at, part);
        *len += part;
        answer[(*len)++] = '\r';
        answer[(*len)++] = '\n';
    }
    *len += (size_t)sprintf(answer + *len, "0\r\n\r\n");
    free(body);
    return answer;
}

struct sum {
    uint32_t count;
    int64_t starts;
};
static int add_up(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct sum *sum = ctx;
    char text[32];
    (void)need;
    assert_non_null(task);
    assert_int_equal(index, sum->count);
    snprintf(text, sizeof(text), "%020u", sum->count);
    assert_span(task->run_id, text);
    sum->count++;
    sum->starts += task->start_ms;
    return 0;
}

static void a_page_of_any_size_passes_through_a_small_buffer(void **state)
{
    static const unsigned chunks[] = { 7, 1000, 1000000 };
    size_t i;
    (void)state;
    for (i = 0; i < 3; i++) {
        size_t len;
        char *answer = long_answer(20000, 20, chunks[i], &len);
        struct setup *s = setup_new(700, answer, len); /* what the request needs */
        struct osft_stream stream;
        struct sum sum = { 0, 0 };
        osft_stream_init(&stream, &s->page, add_up, &sum);
        assert_int_equal(osft_list(&s->client, &s->query, 10000, &s->page), OSFT_OK);
        assert_int_equal(sum.count, 20000);
        assert_true(sum.starts == INT64_C(20000) * 20001 / 2);
        setup_free(s);
        free(answer);
    }
}

/* A page in which only some tasks fit: which, and how much the others need, is told; with so much,
 * they come. */
static void a_task_that_does_not_fit_is_reported_and_the_rest_comes(void **state)
{
    static char body[8192], text[3000];
    size_t need[2], room, all = 0;
    struct osft_stream stream;
    struct seen seen;
    struct setup *s;
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    snprintf(
        body, sizeof(body),
        "{\"result\":[{\"runId\":\"a\"},{\"runId\":\"b\",\"extendInfo\":\"%s\"},{\"runId\":\"c\"},"
        "{\"extendInfo\":\"%.1500s\"},{\"runId\":\"d\"}],\"requestId\":\"r\"}",
        text, text);
    s = setup_body(900, "200 OK", body);
    assert_int_equal(run(s, &stream, &seen), OSFT_E_SPACE);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.too_large, 2);
    assert_int_equal(stream.delivered, 3);
    assert_int_equal(stream.too_large, 2);
    assert_string_equal(seen.run_id[0], "a");
    assert_string_equal(seen.run_id[2], "c");
    assert_string_equal(seen.run_id[4], "d");
    assert_int_equal(seen.index[1], 1);
    assert_int_equal(seen.index[3], 3);
    assert_span(s->page.request_id, "r");
    need[0] = seen.need[1];
    need[1] = seen.need[3];
    all = s->page.need;
    assert_true(need[0] > 3000 && need[0] < 3100 && need[1] > 1500 && need[1] < 1600);
    assert_int_equal(all, need[0]);
    setup_free(s);

    for (room = 1500; room < 3100; room++) {
        s = setup_body(room, "200 OK", body);
        /* What is said suffices; it can be a few bytes more than is needed. */
        (void)run(s, &stream, &seen);
        assert_true(stream.too_large <= (uint32_t)((room < need[0]) + (room < need[1])));
        assert_true(stream.too_large >= (uint32_t)((room + 4 < need[0]) + (room + 4 < need[1])));
        assert_int_equal(osft_result(&s->client), stream.too_large ? OSFT_E_SPACE : OSFT_OK);
        setup_free(s);
    }
}

/* What did fit of a task that does not is given up as well: the next ones have all the room. */
static void tasks_that_do_not_fit_leave_nothing_behind(void **state)
{
    static char body[200000], text[3000];
    struct osft_stream stream;
    struct seen seen;
    struct setup *s;
    size_t n = 0, first_need = 0;
    int i;
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    n += (size_t)snprintf(body, sizeof(body), "{\"result\":[");
    for (i = 0; i < 50; i++) {
        n += (size_t)snprintf(body + n, sizeof(body) - n,
                              "{\"runId\":\"%060d\",\"extendInfo\":\"%s\"},", i, text);
    }
    snprintf(body + n, sizeof(body) - n, "{\"runId\":\"%0400d\"}]}", 7);
    {
        static char answer[210000];
        int len = snprintf(answer, sizeof(answer),
                           "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
        s = setup_new(900, answer, (size_t)len);
        assert_int_equal(run(s, &stream, &seen), OSFT_E_SPACE);
        assert_int_equal(seen.count, 1);
        assert_int_equal(seen.too_large, 50);
        first_need = seen.need[0];
        assert_int_equal(seen.need[49], first_need);
        assert_int_equal(s->page.need, first_need);
        setup_free(s);
    }
}

static void an_envelope_that_does_not_fit_is_no_task(void **state)
{
    static char body[8192], text[3000];
    struct osft_stream stream;
    struct seen seen;
    struct setup *s;
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    snprintf(body, sizeof(body),
             "{\"message\":\"%s\",\"result\":[{\"runId\":\"a\"},{\"runId\":\"b\"}]}", text);
    s = setup_body(900, "200 OK", body);
    assert_int_equal(run(s, &stream, &seen), OSFT_E_SPACE);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.too_large, 0);
    assert_true(s->page.need > 3000);
    setup_free(s);
    s = setup_body(3100, "200 OK", body);
    assert_int_equal(run(s, &stream, &seen), OSFT_OK);
    assert_int_equal(seen.count, 2);
    setup_free(s);
}

static void a_callback_can_end_the_call(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", three);
    struct osft_stream stream;
    struct seen seen;
    (void)state;
    memset(&seen, 0, sizeof(seen));
    seen.stop_at = 2;
    osft_stream_init(&stream, &s->page, on_task, &seen);
    assert_int_equal(osft_list(&s->client, &s->query, 10000, &s->page), OSFT_E_STOPPED);
    assert_int_equal(seen.count, 2);
    assert_int_equal(s->fake.closed, 1);
    setup_free(s);
}

static void what_is_no_answer_is_told_as_ever(void **state)
{
    static const struct {
        const char *status, *body;
        int err, count;
    } table[] = {
        { "200 OK", "{\"result\":[{\"runId\":\"a\"},7]}", OSFT_E_ANSWER, 1 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"},{\"runId\":[]}]}", OSFT_E_ANSWER, 1 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"}],\"result\":[{\"runId\":\"b\"}]}",
          OSFT_E_ANSWER, 1 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"}", OSFT_E_JSON, 1 },
        { "200 OK", "{\"result\":[{\"runId\":\"a\"}]}}", OSFT_E_JSON, 1 },
        { "200 OK", "<html>", OSFT_E_HTML, 0 },
        { "200 OK", "", OSFT_E_EMPTY, 0 },
        { "200 OK", "{\"result\":[],\"totalCount\":0}", OSFT_OK, 0 },
        { "200 OK", "{\"totalCount\":0}", OSFT_OK, 0 },
        { "200 OK", "{\"status\":\"FAIL\",\"code\":\"App.NotFound\"}", OSFT_E_REFUSED, 0 },
        { "403 Forbidden", "{\"Code\":\"Forbidden.RAM\"}", OSFT_E_REFUSED, 0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct setup *s = setup_body(2048, table[i].status, table[i].body);
        struct osft_stream stream;
        struct seen seen;
        int err = run(s, &stream, &seen);
        if (err != table[i].err || seen.count != table[i].count) {
            fail_msg("%s: %d, %d tasks", table[i].body, err, seen.count);
        }
        setup_free(s);
    }
}

static void get_streams_its_one_object(void **state)
{
    struct setup *s =
        setup_body(2048, "200 OK", "{\"x\":{},\"Result\":{\"RunId\":\"a\"},\"y\":{}}");
    struct osft_stream stream;
    struct seen seen;
    (void)state;
    s->query.generation.ptr = "3";
    s->query.generation.len = 1;
    assert_int_equal(run(s, &stream, &seen), OSFT_OK);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.run_id[0], "a");
    setup_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_is_handed_over_with_its_last_byte),
        cmocka_unit_test(a_stream_is_the_same_however_bytes_arrive),
        cmocka_unit_test(a_stream_that_is_cut_delivers_whole_tasks_only),
        cmocka_unit_test(a_page_of_any_size_passes_through_a_small_buffer),
        cmocka_unit_test(a_task_that_does_not_fit_is_reported_and_the_rest_comes),
        cmocka_unit_test(tasks_that_do_not_fit_leave_nothing_behind),
        cmocka_unit_test(an_envelope_that_does_not_fit_is_no_task),
        cmocka_unit_test(a_callback_can_end_the_call),
        cmocka_unit_test(what_is_no_answer_is_told_as_ever),
        cmocka_unit_test(get_streams_its_one_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One call of osft_list() without retries, from a query to a page, over a port in memory. */
#include "fake.h"

static const char two_tasks[] =
    "{\"status\":\"OK\",\"requestId\":\"req-1\",\"httpCode\":200,\"code\":\"\",\"message\":\"\","
    "\"latency\":123,\"totalCount\":7,\"result\":[\n"
    "{\"functionName\":\"ctr\",\"progress\":100,\"status\":\"success\",\"startTime\":1582214400000,"
    "\"endTime\":1582646399000,\"extendInfo\":\"{\\\"recall\\\":91,\\\"errors\\\":[]}\","
    "\"runId\":\"trigger__2021-03-05T12:18:41\",\"generation\":\"3\"} ,"
    "{\"unknown\":[1,{\"status\":\"no\"}],\"status\":\"running\",\"generation\":2,\"progress\":"
    "\"40\"}]}";

static void check_two_tasks(const struct setup *s)
{
    const struct osft_page *p = &s->page;
    const struct osft_reply *reply = &s->client.reply;

    assert_int_equal(p->count, 2);
    assert_int_equal(reply->tasks, 2);
    assert_int_equal(reply->left_out, 0);
    assert_int_equal(reply->total, 7);
    assert_int_equal(reply->latency_ms, 123);
    assert_int_equal(reply->http_code, 200);
    assert_int_equal(reply->http_status, 200);
    assert_int_equal(reply->attempts, 1);
    assert_span(reply->status, "OK");
    assert_span(reply->request_id, "req-1");
    assert_int_equal(p->tasks[0].index, 0);
    assert_int_equal(p->tasks[1].index, 1);
    assert_span(p->tasks[0].function, "ctr");
    assert_span(p->tasks[0].status, "success");
    assert_span(p->tasks[0].extend_info, "{\"recall\":91,\"errors\":[]}");
    assert_span(p->tasks[0].run_id, "trigger__2021-03-05T12:18:41");
    assert_span(p->tasks[0].generation, "3");
    assert_true(p->tasks[0].start_ms == INT64_C(1582214400000));
    assert_true(p->tasks[0].end_ms == INT64_C(1582646399000));
    assert_int_equal(p->tasks[0].progress, 100);
    assert_span(p->tasks[1].function, NULL);
    assert_span(p->tasks[1].status, "running");
    assert_span(p->tasks[1].generation, "2");
    assert_span(p->tasks[1].extend_info, NULL);
    assert_int_equal(p->tasks[1].progress, 40);
    assert_true(p->tasks[1].start_ms == OSFT_UNKNOWN);
}

static void list_gives_every_member(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", two_tasks);
    (void)state;
    assert_int_equal(setup_list(s), OSFT_OK);
    check_two_tasks(s);
    assert_int_equal(s->fake.opened, 1);
    assert_int_equal(s->fake.closed, 1);
    assert_string_equal(s->fake.host, "opensearch.cn-hangzhou.aliyuncs.com");
    assert_int_equal(s->fake.tcp_port, 443);
    setup_free(s);
}

static void list_is_the_same_however_bytes_arrive(void **state)
{
    size_t step;
    (void)state;
    for (step = 1; step < 90; step++) {
        struct setup *s = setup_body(2048, "200 OK", two_tasks);
        s->fake.step = step;
        s->fake.blocks = (int)(step & 1);
        assert_int_equal(setup_list(s), OSFT_OK);
        check_two_tasks(s);
        setup_free(s);
    }
}

static void list_survives_a_response_split_at_every_byte(void **state)
{
    size_t k, n = 1;
    (void)state;
    for (k = 1; k <= n; k++) {
        struct setup *s = setup_body(2048, "200 OK", two_tasks);
        n = s->fake.response_len;
        s->fake.first = k;
        assert_int_equal(setup_list(s), OSFT_OK);
        check_two_tasks(s);
        setup_free(s);
    }
}

static void the_request_is_the_same_however_it_is_sent(void **state)
{
    static char whole[8192];
    size_t step, len = 0;
    (void)state;
    for (step = 0; step < 90; step++) {
        struct setup *s = setup_body(2048, "200 OK", two_tasks);
        s->fake.step = step;
        s->fake.blocks = (int)(step & 1);
        assert_int_equal(setup_list(s), OSFT_OK);
        if (step == 0) {
            len = s->fake.sent_len;
            memcpy(whole, s->fake.sent, len);
            assert_memory_equal(whole, "GET /v4/openapi/app-groups/my_app/functions/ctr/", 48);
        }
        assert_int_equal(s->fake.sent_len, len);
        assert_memory_equal(s->fake.sent, whole, len);
        setup_free(s);
    }
}

/* Assert that the page has each task that was complete before the cut, and nothing else. */
static void check_prefix(const struct osft_page *p, const char *body, size_t body_given)
{
    const char *first_end = strstr(body, "} ,") + 1;
    const char *second_end = strstr(body, "\"40\"}") + 5;
    size_t expected = (size_t)(first_end - body) <= body_given;
    expected += (size_t)(second_end - body) <= body_given;
    assert_int_equal(p->count, expected);
    if (expected > 0) {
        assert_span(p->tasks[0].run_id, "trigger__2021-03-05T12:18:41");
    }
}

static void list_reports_a_response_cut_at_every_byte(void **state)
{
    size_t k, n = 1;
    (void)state;
    for (k = 0; k < n; k++) {
        struct setup *s = setup_body(2048, "200 OK", two_tasks);
        size_t head = s->fake.response_len - strlen(two_tasks);
        n = s->fake.response_len;
        s->fake.response_len = k;
        assert_int_equal(setup_list(s), OSFT_E_CUT);
        check_prefix(&s->page, two_tasks, k > head ? k - head : 0);
        setup_free(s);
    }
}

static void list_reports_a_body_without_length_cut_at_every_byte(void **state)
{
    static char response[4096];
    size_t head, k;
    (void)state;
    snprintf(response, sizeof(response), "HTTP/1.1 200 OK\r\n\r\n%s", two_tasks);
    head = strlen("HTTP/1.1 200 OK\r\n\r\n");
    for (k = 0; k < strlen(response); k++) {
        struct setup *s = setup_new(2048, response, k);
        int err = setup_list(s);
        assert_int_equal(err, k < head ? OSFT_E_CUT : k == head ? OSFT_E_EMPTY : OSFT_E_CUT);
        check_prefix(&s->page, two_tasks, k > head ? k - head : 0);
        setup_free(s);
    }
}

static void list_without_length_ends_with_the_connection(void **state)
{
    static char response[4096];
    struct setup *s;
    (void)state;
    snprintf(response, sizeof(response),
             "HTTP/1.1 200 OK\r\nDate: Thu, 29 Feb 2024 23:59:59 GMT\r\n\r\n%s", two_tasks);
    s = setup_new(2048, response, strlen(response));
    assert_int_equal(setup_list(s), OSFT_OK);
    check_two_tasks(s);
    setup_free(s);
}

static void list_removes_chunks_of_every_size(void **state)
{
    size_t chunk;
    (void)state;
    for (chunk = 1; chunk <= sizeof(two_tasks); chunk++) {
        static char response[16384];
        size_t at = (size_t)snprintf(response, sizeof(response),
                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n"
                                     "Date: Thu, 29 Feb 2024 23:59:59 GMT\r\n\r\n");
        size_t i, len = strlen(two_tasks);
        struct setup *s;
        for (i = 0; i < len; i += chunk) {
            size_t n = len - i < chunk ? len - i : chunk;
            at += (size_t)snprintf(response + at, sizeof(response) - at,
                                   "%zX;name=\"v\"\r\n%.*s\r\n", n, (int)n, two_tasks + i);
        }
        at += (size_t)snprintf(response + at, sizeof(response) - at, "0\r\nTrailer: x\r\n\r\n");
        s = setup_new(2048, response, at);
        s->fake.step = chunk % 7;
        assert_int_equal(setup_list(s), OSFT_OK);
        check_two_tasks(s);
        setup_free(s);
    }
}

static void list_works_in_exactly_the_room_it_says_it_needs(void **state)
{
    struct setup *s = setup_body(8192, "200 OK", two_tasks);
    size_t need, room;
    (void)state;
    assert_int_equal(setup_list(s), OSFT_OK);
    need = s->client.reply.need;
    setup_free(s);
    for (room = 0; room <= need + 1; room++) {
        int err;
        s = setup_body(room, "200 OK", two_tasks);
        err = setup_list(s);
        if (room >= need) {
            assert_int_equal(err, OSFT_OK);
            check_two_tasks(s);
        } else {
            assert_int_equal(err, OSFT_E_SPACE);
            assert_true(s->client.reply.need > room);
            assert_true(s->client.reply.need <= 8192);
            assert_true(s->page.count < 2);
        }
        setup_free(s);
    }
}

/* Make a page whose tasks need more room than the request does. */
static const char *large_page(size_t tasks, size_t text)
{
    static char body[65536];
    size_t at = 0, i;
    at += (size_t)snprintf(body, sizeof(body), "{\"requestId\":\"r\",\"result\":[");
    for (i = 0; i < tasks; i++) {
        at += (size_t)snprintf(body + at, sizeof(body) - at,
                               "%s{\"other\":[[\"%0*d\"]],\"generation\":%d,\"runId\":\"%0*d\"}",
                               i > 0 ? " , " : "", (int)text, 0, (int)i, (int)text, (int)i);
    }
    snprintf(body + at, sizeof(body) - at, "],\"totalCount\":%d}", (int)tasks);
    return body;
}

static void list_delivers_what_fits_and_says_what_would_fit_all(void **state)
{
    size_t need, room;
    struct setup *s = setup_body(65536, "200 OK", large_page(8, 100));
    (void)state;
    assert_int_equal(setup_list(s), OSFT_OK);
    need = s->client.reply.need;
    setup_free(s);
    assert_true(need < 1200); /* unknown members take no room */
    for (room = 700; room <= need + 1; room++) {
        size_t i, say;
        int err;
        s = setup_body(room, "200 OK", large_page(8, 100));
        err = setup_list(s);
        assert_int_equal(err, room < need ? OSFT_E_SPACE : OSFT_OK);
        assert_int_equal(s->client.reply.tasks, 8);
        assert_true(s->client.reply.total == 8 ||
                    (s->client.reply.total == OSFT_UNKNOWN && room < need));
        assert_span(s->client.reply.request_id, "r");
        for (i = 0; i < s->page.count; i++) {
            assert_int_equal(s->tasks[i].run_id.len, 100);
            assert_int_equal(s->tasks[i].generation.ptr[0], '0' + (int)s->tasks[i].index);
        }
        assert_true(room >= need || s->page.count < 8 || s->client.reply.total == OSFT_UNKNOWN);
        say = s->client.reply.need;
        setup_free(s);
        s = setup_body(say, "200 OK", large_page(8, 100));
        assert_int_equal(setup_list(s), OSFT_OK);
        assert_int_equal(s->page.count, 8);
        setup_free(s);
    }
}

/* The parser puts a NUL after a number, and needs one more byte to receive into. */
static void list_works_when_a_number_fills_the_buffer(void **state)
{
    static char body[1024];
    size_t need, room;
    struct setup *s;
    (void)state;
    snprintf(body, sizeof(body),
             "{\"result\":[{\"runId\":\"%0700d\",\"generation\":1234567890123456789}]}", 0);
    s = setup_body(4096, "200 OK", body);
    assert_int_equal(setup_list(s), OSFT_OK);
    need = s->client.reply.need;
    setup_free(s);
    for (room = need - 40; room <= need + 1; room++) {
        s = setup_body(room, "200 OK", body);
        s->fake.step = 1;
        assert_int_equal(setup_list(s), room < need ? OSFT_E_SPACE : OSFT_OK);
        assert_int_equal(s->page.count, room >= need);
        setup_free(s);
    }
}

static void list_counts_tasks_that_the_array_has_no_room_for(void **state)
{
    size_t max;
    (void)state;
    for (max = 0; max <= 8; max++) {
        struct setup *s = setup_body(4096, "200 OK", large_page(8, 20));
        s->page.max = max;
        assert_int_equal(setup_list(s), max < 8 ? OSFT_E_TASKS : OSFT_OK);
        assert_int_equal(s->page.count, max);
        assert_int_equal(s->client.reply.tasks, 8);
        assert_int_equal(s->client.reply.total, 8);
        setup_free(s);
    }
}

static void list_unwinds_when_any_port_call_fails(void **state)
{
    int k, is_over = 0;
    (void)state;
    for (k = 1; !is_over; k++) {
        struct setup *s = setup_body(2048, "200 OK", two_tasks);
        int result, expected = k & 1 ? OSFT_E_TLS : OSFT_E_IO;
        s->fake.step = 50;
        s->fake.blocks = 1;
        s->fake.fail_at = k;
        s->fake.fail_with = k & 1 ? OSFT_E_TLS : -5000;
        result = setup_list(s);
        is_over = s->fake.calls < k;
        if (is_over) {
            assert_int_equal(result, OSFT_OK);
        } else if (k <= 2) {
            assert_int_equal(result, k == 1 ? OSFT_E_CLOCK : OSFT_E_RANDOM);
        } else {
            assert_int_equal(result, expected);
            assert_int_equal(s->client.reply.port_code, 4711);
            assert_int_equal(s->fake.closed, 1);
        }
        assert_false(s->client.is_open);
        assert_true(is_over || s->page.count < 2);
        /* A client can be used again after a failed call. */
        s->fake.fail_at = 0;
        assert_int_equal(setup_list(s), OSFT_OK);
        check_two_tasks(s);
        setup_free(s);
    }
    assert_true(k > 20);
}

static void a_port_without_a_number_of_its_own_has_its_result_told(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", two_tasks);
    (void)state;
    s->fake.port.code = NULL;
    s->fake.fail_at = 3; /* open */
    s->fake.fail_with = -777;
    assert_int_equal(setup_list(s), OSFT_E_IO);
    assert_int_equal(s->client.reply.port_code, -777);
    setup_free(s);
}

static void list_tells_where_and_why_a_body_is_no_json(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", "{\"result\":[01]}");
    (void)state;
    assert_int_equal(setup_list(s), OSFT_E_JSON);
    assert_int_equal(s->client.reply.offset, 12);
    assert_string_equal(osft_json_reason(s->client.reply.expected), "a comma or a closing bracket");
    setup_free(s);
}

static void list_keeps_to_its_time_limit(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", two_tasks);
    (void)state;
    s->fake.response_len = 40;
    s->fake.at_end = 0; /* stalls */
    s->fake.now = UINT32_MAX - 500;
    s->fake.tick = 300;
    assert_int_equal(osft_list(&s->client, &s->query, &s->page, 1000), OSFT_E_TIMEOUT);
    assert_int_equal(s->fake.waited, 4);
    assert_int_equal(s->fake.closed, 1);
    setup_free(s);
}

static void list_forgets_the_token_once_it_is_sent(void **state)
{
    static const char token[] = "CAISTESTtoken-that-must-not-stay";
    struct setup *s = setup_body(2048, "200 OK", "{}");
    size_t i;
    (void)state;
    s->credentials.token = osft_span_from(token);
    s->fake.fail_at = 5; /* the second send */
    s->fake.step = 300;
    assert_int_equal(setup_list(s), OSFT_E_IO);
    assert_true(s->fake.sent_len == 300);
    for (i = 0; i + 8 < s->settings.work_size; i++) {
        assert_memory_not_equal(s->work + i, token, 8);
    }
    s->settings.work_size = 500;
    assert_int_equal(setup_list(s), OSFT_E_SPACE);
    for (i = 0; i + 8 < s->settings.work_size; i++) {
        assert_memory_not_equal(s->work + i, token, 8);
    }
    setup_free(s);
}

static void a_call_in_progress_refuses_another_one(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", two_tasks);
    (void)state;
    assert_int_equal(osft_step(&s->client), OSFT_E_STATE); /* no call was started */
    s->page.count = 5;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 0), OSFT_OK);
    assert_int_equal(s->page.count, 0); /* the call has delivered no task yet */
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 0), OSFT_E_STATE);
    assert_int_equal(setup_list(s), OSFT_E_STATE);
    s->fake.step = 100;
    s->fake.blocks = 1;
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 0), OSFT_E_STATE);
    /* the refused call did not disturb the first one */
    assert_int_equal(osft_run(&s->client), OSFT_OK);
    check_two_tasks(s);
    setup_free(s);
}

static void the_result_stays_until_the_next_call(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", two_tasks);
    (void)state;
    s->fake.fail_at = 4;
    assert_int_equal(setup_list(s), OSFT_E_IO);
    assert_int_equal(osft_step(&s->client), OSFT_E_IO);
    assert_int_equal(osft_run(&s->client), OSFT_E_IO);
    osft_close(&s->client);
    assert_int_equal(osft_step(&s->client), OSFT_E_IO); /* no call was in progress */
    assert_int_equal(setup_list(s), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_OK);
    check_two_tasks(s);
    setup_free(s);
}

/* After any step of a call, osft_close() ends the call and wipes its request, and the client can be
 * used again. */
static void a_call_can_be_closed_at_every_step(void **state)
{
    int steps, result = OSFT_PENDING;
    (void)state;
    for (steps = 0; result == OSFT_PENDING; steps++) {
        struct setup *s = setup_body(2048, "200 OK", two_tasks);
        int i;
        s->fake.step = 50;
        s->fake.blocks = 1;
        assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 0), OSFT_OK);
        for (i = 0, result = OSFT_PENDING; i < steps && result == OSFT_PENDING; i++) {
            result = osft_step(&s->client);
        }
        osft_close(&s->client);
        assert_int_equal(osft_step(&s->client), result == OSFT_PENDING ? OSFT_E_STOPPED : OSFT_OK);
        assert_false(s->client.is_open);
        for (i = 0; steps > 0 && (size_t)i + 9 < s->settings.work_size; i++) {
            assert_memory_not_equal(s->work + i, "Signature=", 9);
        }
        assert_int_equal(setup_list(s), OSFT_OK);
        check_two_tasks(s);
        setup_free(s);
    }
    assert_true(steps > 15);
}

static void without_a_clock_and_retries_a_call_is_refused(void **state)
{
    struct setup *s = setup_body(2048, "200 OK", two_tasks);
    (void)state;
    s->fake.utc = -1;
    assert_int_equal(setup_list(s), OSFT_E_CLOCK);
    assert_int_equal(s->fake.opened, 0);
    assert_int_equal(s->client.reply.attempts, 1);
    assert_int_equal(s->client.reply.http_status, 0);
    setup_free(s);
}

/* A caller may place the structs that it fills in in flash. */
static void what_the_caller_passes_in_may_be_constant(void **state)
{
    static const struct osft_query query = {
        OSFT_LIT("a"), OSFT_LIT("b"), OSFT_LIT("c"), { NULL, 0 }, { NULL, 0 }, 0, 0, 0, 0
    };
    struct setup *s = setup_body(2048, "200 OK", two_tasks);
    const struct osft_settings settings = s->settings;
    struct osft_client client;
    (void)state;
    /* osft_init() must not depend on what the memory contains */
    memset(&client, 0x55, sizeof(client));
    osft_init(&client, &settings);
    assert_false(client.is_open);
    osft_close(&client);
    assert_int_equal(osft_step(&client), OSFT_E_STATE);
    assert_int_equal(osft_list(&client, &query, &s->page, 0), OSFT_OK);
    assert_int_equal(s->page.count, 2);
    setup_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_gives_every_member),
        cmocka_unit_test(list_is_the_same_however_bytes_arrive),
        cmocka_unit_test(the_request_is_the_same_however_it_is_sent),
        cmocka_unit_test(list_survives_a_response_split_at_every_byte),
        cmocka_unit_test(list_reports_a_response_cut_at_every_byte),
        cmocka_unit_test(list_reports_a_body_without_length_cut_at_every_byte),
        cmocka_unit_test(list_without_length_ends_with_the_connection),
        cmocka_unit_test(list_removes_chunks_of_every_size),
        cmocka_unit_test(list_works_in_exactly_the_room_it_says_it_needs),
        cmocka_unit_test(list_delivers_what_fits_and_says_what_would_fit_all),
        cmocka_unit_test(list_works_when_a_number_fills_the_buffer),
        cmocka_unit_test(list_counts_tasks_that_the_array_has_no_room_for),
        cmocka_unit_test(list_unwinds_when_any_port_call_fails),
        cmocka_unit_test(a_port_without_a_number_of_its_own_has_its_result_told),
        cmocka_unit_test(list_tells_where_and_why_a_body_is_no_json),
        cmocka_unit_test(list_keeps_to_its_time_limit),
        cmocka_unit_test(list_forgets_the_token_once_it_is_sent),
        cmocka_unit_test(a_call_in_progress_refuses_another_one),
        cmocka_unit_test(the_result_stays_until_the_next_call),
        cmocka_unit_test(a_call_can_be_closed_at_every_step),
        cmocka_unit_test(without_a_clock_and_retries_a_call_is_refused),
        cmocka_unit_test(what_the_caller_passes_in_may_be_constant),
    };
    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}

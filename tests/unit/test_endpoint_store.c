/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint's tasks: files, filters, paging, and the made-up ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/reply.h"

#define NOW_MS INT64_C(1700000000123)

static void load(struct ep_store *s, const char *jsonl)
{
    struct ep_text why = { NULL, 0, 0 };

    memset(s, 0, sizeof(*s));
    assert_int_equal(ep_store_load(s, ep_span(jsonl), &why), 0);
}

static struct ep_filter filter(const char *query)
{
    struct ep_refusal why = { 0, NULL, { NULL, 0, 0 } };
    struct ep_filter f;
    struct ep_query q;

    memset(&q, 0, sizeof(q));
    assert_int_equal(ep_query_parse(ep_span(query), &q), 0);
    assert_int_equal(ep_filter_parse(&q, &f, &why), 0);
    ep_free(&q.text);
    ep_free(&why.message);
    return f;
}

/* The runIds on the page that the query asks for, joined; and totalCount. */
static void expect_page(const struct ep_store *s, const char *query, const char *runs, int total)
{
    struct ep_filter f = filter(query);
    struct ep_text got = { NULL, 0, 0 }, count = { NULL, 0, 0 };
    struct ep_reply r;
    const char *at;

    memset(&r, 0, sizeof(r));
    r.id = "ID";
    r.huge = -1;
    ep_reply_list(&r, s, &f, NULL, 0);
    ep_puts(&got, "");
    for (at = r.body.mem; (at = strstr(at, "\"runId\":\"")) != NULL; at++)
        ep_put(&got, at + 9, 1);
    assert_string_equal(got.mem, runs);
    ep_putf(&count, "\"totalCount\":%d,", total);
    assert_non_null(strstr(r.body.mem, count.mem));
    ep_free(&got);
    ep_free(&count);
    ep_free(&r.body);
}

static const char tasks[] = "{\"runId\":\"a\",\"startTime\":100,\"endTime\":150,\"status\":"
                            "\"success\",\"generation\":\"1\"}\n"
                            "\n"
                            "{\"RunId\":\"b\",\"StartTime\":\"300\",\"EndTime\":0,\"Status\":"
                            "\"running\",\"Generation\":3}\r\n"
                            "{\"runId\":\"c\",\"startTime\":200,\"endTime\":250,\"status\":"
                            "\"failed\",\"generation\":\"x\\u002f2\"}\n"
                            "{\"runId\":\"d\",\"startTime\":200,\"endTime\":260,\"status\":"
                            "\"success\",\"generation\":\"1\"}\n"
                            "{\"runId\":\"e\",\"status\":null}";

static void tasks_come_newest_first_and_in_the_files_order_when_they_start_together(void **state)
{
    struct ep_store s;

    (void)state;
    load(&s, tasks);
    expect_page(&s, "pageSize=9", "bcdae", 5);
    ep_store_free(&s);
}

static void a_page_has_one_task_unless_more_are_asked_for(void **state)
{
    struct ep_store s;

    (void)state;
    load(&s, tasks);
    expect_page(&s, "", "b", 5);
    expect_page(&s, "pageNumber=2", "c", 5);
    expect_page(&s, "pageSize=2", "bc", 5);
    expect_page(&s, "pageSize=2&pageNumber=3", "e", 5);
    expect_page(&s, "pageSize=2&pageNumber=4", "", 5);
    expect_page(&s, "pageSize=5", "bcdae", 5);
    expect_page(&s, "pageSize=2147483647&pageNumber=2147483647", "", 5);
    ep_store_free(&s);
}

static void filters_choose_and_totalcount_counts_what_they_chose(void **state)
{
    struct ep_store s;

    (void)state;
    load(&s, tasks);
    expect_page(&s, "pageSize=9&status=success", "da", 2);
    expect_page(&s, "pageSize=9&status=failed", "c", 1);
    expect_page(&s, "pageSize=9&status=running", "b", 1);
    expect_page(&s, "pageSize=9&status=", "bcdae", 5);
    expect_page(&s, "status=success", "d", 2);
    expect_page(&s, "status=success&pageNumber=2", "a", 2);
    expect_page(&s, "pageSize=9&other=1", "bcdae", 5);
    ep_store_free(&s);
}

static void times_are_compared_without_their_edge_and_the_unended_have_not_ended(void **state)
{
    struct ep_store s;

    (void)state;
    load(&s, tasks);
    expect_page(&s, "pageSize=9&startTime=200", "b", 1);
    expect_page(&s, "pageSize=9&startTime=199", "bcd", 3);
    expect_page(&s, "pageSize=9&startTime=-1", "bcdae", 5);
    expect_page(&s, "pageSize=9&startTime=0", "bcda", 4);
    expect_page(&s, "pageSize=9&endTime=250", "a", 1);
    expect_page(&s, "pageSize=9&endTime=251", "ca", 2);
    expect_page(&s, "pageSize=9&endTime=9223372036854775807", "cda", 3);
    expect_page(&s, "pageSize=9&endTime=0", "", 0);
    expect_page(&s, "pageSize=9&startTime=150&endTime=261&status=success", "d", 1);
    ep_store_free(&s);
}

static void bad_parameters_are_refused_by_name(void **state)
{
    static const char *const bad[][2] = {
        { "pageNumber=0", "pageNumber" },
        { "pageNumber=-1", "pageNumber" },
        { "pageNumber=", "pageNumber" },
        { "pageNumber=1&pageNumber=2", "pageNumber" },
        { "pageNumber=2147483648", "pageNumber" },
        { "pageSize=0", "pageSize" },
        { "pageSize=x", "pageSize" },
        { "pageSize=1.5", "pageSize" },
        { "startTime=9223372036854775808", "startTime" },
        { "startTime=1e21", "startTime" },
        { "endTime=now", "endTime" },
        { "status=done", "status" },
        { "status=Success", "status" },
        { "status=success,failed", "status" },
        { "status=success&status=failed", "status" },
    };
    struct ep_refusal why = { 0, NULL, { NULL, 0, 0 } };
    struct ep_filter f;
    struct ep_query q;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        memset(&q, 0, sizeof(q));
        assert_int_equal(ep_query_parse(ep_span(bad[i][0]), &q), 0);
        assert_int_equal(ep_filter_parse(&q, &f, &why), -1);
        assert_int_equal(why.status, 400);
        assert_string_equal(why.code, "InvalidParameter");
        assert_non_null(strstr(why.message.mem, bad[i][1]));
        ep_free(&q.text);
    }
    ep_free(&why.message);
}

static void a_task_is_found_by_its_generation_text_or_number_the_newest_first(void **state)
{
    struct ep_store s;

    (void)state;
    load(&s, tasks);
    assert_ptr_equal(ep_store_get(&s, ep_span("3")), &s.tasks[0]);
    assert_ptr_equal(ep_store_get(&s, ep_span("x/2")), &s.tasks[1]);
    assert_ptr_equal(ep_store_get(&s, ep_span("1")), &s.tasks[2]);
    assert_null(ep_store_get(&s, ep_span("4")));
    assert_null(ep_store_get(&s, ep_span("")));
    ep_store_free(&s);
}

static void a_task_is_written_in_the_asked_spelling_with_its_values_untouched(void **state)
{
    struct ep_text out = { NULL, 0, 0 };
    struct osft_span function = ep_span("f\"x");
    struct ep_store s;

    (void)state;
    load(&s, " { \"FunctionName\" : \"\\u4e2d/\\/\xe4\xb8\xad\", "
             "\"extendInfo\":\"{\\\"recall\\\":9.10}\","
             "\"Other\":[1, {\"status\":2}],\"progress\":1e1} ");
    ep_task_write(&s.tasks[0], 0, NULL, &out);
    assert_string_equal(
        out.mem, "{\"functionName\":\"\\u4e2d/\\/\xe4\xb8\xad\",\"extendInfo\":"
                 "\"{\\\"recall\\\":9.10}\",\"Other\":[1, {\"status\":2}],\"progress\":1e1}");
    out.len = 0;
    ep_task_write(&s.tasks[0], 1, &function, &out);
    assert_string_equal(out.mem,
                        "{\"FunctionName\":\"f\\\"x\",\"ExtendInfo\":\"{\\\"recall\\\":9.10}\","
                        "\"Other\":[1, {\"status\":2}],\"Progress\":1e1}");
    ep_free(&out);
    ep_store_free(&s);
}

static void a_bad_line_is_named_by_number_and_reason(void **state)
{
    static const char *const bad[][2] = {
        { "{}\n\n{\"a\":}\n", "line 3: not JSON at byte 6" },
        { "[]", "line 1: a line has to be one JSON object" },
        { "{}{}", "line 1: not JSON at byte 3" },
        { "{\"startTime\":\"soon\"}", "line 1: not a whole number: startTime" },
        { "{}\n{\"EndTime\":1.5}", "line 2: not a whole number: endTime" },
        { "{\"status\":1}", "line 1: bad value: status" },
        { "{\"generation\":[]}", "line 1: bad value: generation" },
        { "{\"status\":\"success\",\"Status\":\"failed\"}", "line 1: there twice: status" },
        { "{\"runId\":\"\xff\"}", "line 1: not JSON at byte 11" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ep_text why = { NULL, 0, 0 };
        struct ep_store s;

        memset(&s, 0, sizeof(s));
        assert_int_equal(ep_store_load(&s, ep_span(bad[i][0]), &why), -1);
        assert_string_equal(why.mem, bad[i][1]);
        ep_free(&why);
        ep_store_free(&s);
    }
}

static int progress_of(const struct ep_store *s, size_t i)
{
    struct ep_text out = { NULL, 0, 0 };
    const char *at;
    int progress = 0;

    ep_task_write(&s->tasks[i], 0, NULL, &out);
    at = strstr(out.mem, "\"progress\":");
    assert_non_null(at);
    for (at += 11; *at >= '0' && *at <= '9'; at++)
        progress = progress * 10 + *at - '0';
    ep_free(&out);
    return progress;
}

static void made_up_runs_progress_and_end_one_after_the_other(void **state)
{
    struct ep_filter running = filter("status=running");
    int last[3] = { 0, 0, 0 }, i, second;
    struct ep_store s;

    (void)state;
    memset(&s, 0, sizeof(s));
    ep_store_make(&s, 25, 60000, NOW_MS);
    assert_int_equal(s.count, 25);
    assert_int_equal(ep_store_count(&s, &running), 3);
    for (second = 0; second < 60; second++) {
        ep_store_tick(&s, NOW_MS + second * 1000);
        assert_int_equal(ep_store_count(&s, &running), second < 15 ? 3 : second < 30 ? 2 : 1);
        for (i = 0; i < 3; i++) {
            int now = progress_of(&s, (size_t)i);

            if (s.tasks[i].status != EP_RUNNING)
                continue;
            assert_true(now >= last[i] && now < 100 && s.tasks[i].end_ms == 0);
            last[i] = now;
        }
    }
    assert_true(last[0] > 95);
    ep_store_tick(&s, NOW_MS + 60000);
    assert_int_equal(ep_store_count(&s, &running), 0);
    assert_int_equal(progress_of(&s, 0), 100);
    assert_int_equal(s.tasks[0].status, EP_SUCCESS);
    assert_int_equal(s.tasks[2].status, EP_FAILED);
    assert_true(s.tasks[0].end_ms == NOW_MS + 60000);
    ep_store_free(&s);
}

static void a_hundred_thousand_made_up_tasks_are_in_order_and_of_each_kind(void **state)
{
    struct ep_filter failed = filter("status=failed"), success = filter("status=success");
    struct ep_store s;
    size_t i;

    (void)state;
    memset(&s, 0, sizeof(s));
    ep_store_make(&s, 100000, 60000, NOW_MS);
    assert_int_equal(s.count, 100000);
    for (i = 1; i < s.count; i++)
        assert_true(s.tasks[i].start_ms < s.tasks[i - 1].start_ms &&
                    (i < 3 || s.tasks[i].end_ms > s.tasks[i].start_ms) &&
                    s.tasks[i].end_ms < NOW_MS);
    assert_true(s.tasks[s.count - 1].start_ms > NOW_MS - 11 * 365 * INT64_C(86400000));
    assert_true(ep_store_count(&s, &failed) > 1000);
    assert_int_equal(ep_store_count(&s, &failed) + ep_store_count(&s, &success), 100000 - 3);
    assert_ptr_equal(ep_store_get(&s, ep_span("1")), &s.tasks[s.count - 1]);
    assert_ptr_equal(ep_store_get(&s, ep_span("100000")), &s.tasks[0]);
    ep_store_free(&s);
}

static void the_same_number_of_made_up_tasks_is_the_same_story_each_time(void **state)
{
    struct ep_store a, b;

    (void)state;
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    ep_store_make(&a, 500, 60000, NOW_MS);
    ep_store_make(&b, 500, 60000, NOW_MS);
    assert_string_equal(a.text.mem, b.text.mem);
    ep_store_free(&a);
    ep_store_free(&b);
}

static void few_tasks_or_none_can_be_made_up(void **state)
{
    struct ep_filter all = filter("pageSize=9");
    struct ep_store s;
    size_t n;

    (void)state;
    for (n = 0; n <= 4; n++) {
        memset(&s, 0, sizeof(s));
        ep_store_make(&s, n, 60000, NOW_MS);
        ep_store_tick(&s, NOW_MS);
        assert_int_equal(ep_store_count(&s, &all), n);
        ep_store_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(tasks_come_newest_first_and_in_the_files_order_when_they_start_together),
        cmocka_unit_test(a_page_has_one_task_unless_more_are_asked_for),
        cmocka_unit_test(filters_choose_and_totalcount_counts_what_they_chose),
        cmocka_unit_test(times_are_compared_without_their_edge_and_the_unended_have_not_ended),
        cmocka_unit_test(bad_parameters_are_refused_by_name),
        cmocka_unit_test(a_task_is_found_by_its_generation_text_or_number_the_newest_first),
        cmocka_unit_test(a_task_is_written_in_the_asked_spelling_with_its_values_untouched),
        cmocka_unit_test(a_bad_line_is_named_by_number_and_reason),
        cmocka_unit_test(made_up_runs_progress_and_end_one_after_the_other),
        cmocka_unit_test(a_hundred_thousand_made_up_tasks_are_in_order_and_of_each_kind),
        cmocka_unit_test(the_same_number_of_made_up_tasks_is_the_same_story_each_time),
        cmocka_unit_test(few_tasks_or_none_can_be_made_up),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

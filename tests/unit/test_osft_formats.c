/* SPDX-License-Identifier: Apache-2.0 */
/* The formats of the command, with a query, a terminal and a clock that the test chooses.
 * tests/command/formats.sh tests them with saved responses. */
#include "../../examples/osft/command.h"
#include "capture.h"
#include "fake.h"
#include "osft_metrics.h"

static const struct osft_reply no_reply = { .total = OSFT_UNKNOWN,
                                            .latency_ms = OSFT_UNKNOWN,
                                            .http_code = OSFT_UNKNOWN };

static const char *shown;

/* Print a reply in this format into `shown`. */
static void render_reply(enum format format, const struct display *display,
                         const struct osft_page *page, const struct osft_reply *reply)
{
    static char buffer[OUTPUT_BYTES];
    static struct output out = { .fd = -1, .buffer = buffer };

    start_capture(&out);
    out.ascii_only = display->ascii_only;
    print_page(&out, format, display, page, reply);
    shown = end_capture(&out);
}

static void render(enum format format, const struct display *display, const struct osft_page *page)
{
    render_reply(format, display, page, &no_reply);
}

static int has(const char *line)
{
    const char *at = strstr(shown, line);
    return at != NULL && (at == shown || at[-1] == '\n');
}

static void prometheus_labels_name_what_was_asked_for(void **state)
{
    struct osft_query query = { .app_group = OSFT_LIT("my\"app"),
                                .function = OSFT_LIT("rank"),
                                .instance = OSFT_LIT("i\xff\xc3") };
    struct osft_task tasks[2] = {
        { .start_ms = -1, .progress = 50, .function = OSFT_LIT("ctr"), .run_id = OSFT_LIT("r") },
        { .start_ms = 90500, .progress = -1, .generation = OSFT_LIT("7") }
    };
    struct osft_page page = { .tasks = tasks, .count = 2 };
    struct osft_reply reply = { .total = 2 };
    struct display display = { .query = &query, .now_ms = 100000 };
    (void)state;
    render_reply(FORMAT_PROMETHEUS, &display, &page, &reply);
    assert_true(has("osft_tasks_matching{app=\"my\\\"app\",function=\"rank\","
                    "function_instance=\"i\\\\xff\\\\xc3\"} 2\n"));
    assert_true(has("osft_task_progress_ratio{app=\"my\\\"app\",function=\"ctr\","
                    "function_instance=\"i\\\\xff\\\\xc3\",run_id=\"r\"} 0.5\n"));
    assert_true(has("osft_task_duration_seconds{app=\"my\\\"app\",function=\"rank\","
                    "function_instance=\"i\\\\xff\\\\xc3\",generation=\"7\"} 9.5\n"));
    assert_null(strstr(shown, "osft_task_status"));
    assert_null(strstr(shown, "osft_task_errors"));
    display.ascii_only = 1;
    query.instance = osft_span_from("\xe4\xb8\xad");
    render_reply(FORMAT_PROMETHEUS, &display, &page, &reply);
    assert_non_null(strstr(shown, ",function_instance=\"\\\\u{4e2d}\"}"));
}

/* The status of the newest run is not known when the query does not ask for the newest run. */
static void prometheus_prints_the_newest_status_only_where_it_is_known(void **state)
{
    static const struct osft_query queries[] = {
        { .page_number = 0 }, { .page_number = 1, .start_ms = 1 },
        { .page_number = 2 }, { .status = OSFT_LIT("failed") },
        { .end_ms = 1 },      { .generation = OSFT_LIT("7") },
    };
    struct osft_task task = {
        .start_ms = 1000, .end_ms = 2000, .progress = -1, .status = OSFT_LIT("failed")
    };
    struct osft_page page = { .tasks = &task, .count = 1 };
    struct display display = { .now_ms = 100000 };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        display.query = &queries[i];
        render(FORMAT_PROMETHEUS, &display, &page);
        assert_int_equal(strstr(shown, "osft_newest_task_status{status=\"failed\"} 1\n") != NULL,
                         i < 2);
        assert_true(has("osft_last_task_failure_timestamp_seconds 2\n"));
    }
}

static void prometheus_leaves_the_page_as_it_was(void **state)
{
    char text[] = "{\"a\":\"\\u0041\",\"b\":1}", before[sizeof(text)];
    struct osft_task task = { .start_ms = -1, .progress = -1 };
    struct osft_page page = { .tasks = &task, .count = 1 };
    struct display display = { .now_ms = 1 };
    (void)state;
    memcpy(before, text, sizeof(text));
    task.extend_info = osft_span_from(text);
    render(FORMAT_PROMETHEUS, &display, &page);
    assert_memory_equal(text, before, sizeof(text));
    assert_true(has("osft_task_metric{name=\"b\"} 1\n"));
    assert_true(has("osft_task_errors 0\n"));
}

/* Three runs that start within an hour; the clock of the tests stands ten minutes after the last
 * start. */
static struct osft_task runs[] = {
    { .start_ms = 3600000, .generation = OSFT_LIT("3"), .status = OSFT_LIT("running") },
    { .start_ms = 1800000,
      .end_ms = 3000000,
      .generation = OSFT_LIT("2"),
      .status = OSFT_LIT("failed") },
    { .start_ms = 0,
      .end_ms = 1200000,
      .generation = OSFT_LIT("1"),
      .status = OSFT_LIT("success") },
};
static const struct osft_page hour = { .tasks = runs, .count = 3 };

/* The texts take 14 columns and the bars 45, so that one column is 93,334 ms. */
static void timeline_fits_the_terminal(void **state)
{
    struct display display = {
        .is_terminal = 1, .ascii_only = 1, .columns = 59, .now_ms = 4200000
    };
    (void)state;
    render(FORMAT_TIMELINE, &display, &hour);
    assert_string_equal(shown, "GEN  STATUS   01-01 00:00        01-01 00:30\n"
                               "              +------------------+------------------+------\n"
                               "3    running                                        ======>\n"
                               "2    failed                      xxxxxxxxxxxxxx\n"
                               "1    success  #############\n"
                               "1970-01-01T00:00:00Z to 1970-01-01T01:10:00Z\n"
                               "one column: 1m 33s; "
                               "# success, x failed, = running\n");
}

static void timeline_has_colour_where_the_terminal_has(void **state)
{
    struct display display = {
        .is_terminal = 1, .has_colour = 1, .columns = 34, .now_ms = 4200000
    };
    (void)state;
    render(FORMAT_TIMELINE, &display, &hour);
    assert_true(has("3    running                   \x1b[36m\xe2\x96\x93\xe2\x96\x93>\x1b[0m\n"));
    assert_true(has("1    success  \x1b[32m\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88"
                    "\xe2\x96\x88\xe2\x96\x88\x1b[0m\n"));
    assert_non_null(strstr(shown, "\x1b[31m\xe2\x96\x92"));
    display.has_colour = 0;
    render(FORMAT_TIMELINE, &display, &hour);
    assert_null(strchr(shown, 0x1b));
    assert_non_null(strstr(shown, "\xe2\x96\x92"));
    display.is_terminal = 0;
    render(FORMAT_TIMELINE, &display, &hour);
    assert_null(strstr(shown, "\xe2\x96"));
}

/* A terminal that is too narrow for the bars, one that is very wide, and one of unknown width. */
static void timeline_fits_terminals_of_any_width(void **state)
{
    static const size_t widths[] = { 0, 1, 20, 34, 35, 36, 80, 1000 };
    struct display display = { .is_terminal = 1, .ascii_only = 1, .now_ms = 4200000 };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        size_t want = widths[i] == 0 ? 34 : widths[i] > 11 ? widths[i] : 11;
        const char *axis, *bar;
        display.columns = widths[i];
        render(FORMAT_TIMELINE, &display, &hour);
        axis = strchr(shown, '\n') + 1;
        bar = strchr(axis, '\n') + 1;
        assert_true((size_t)(axis - shown) <= want + 1);
        assert_int_equal(bar - axis, want + 1);
        assert_true((size_t)(strchr(bar, '\n') - bar) <= want);
        /* the last bar ends at the present */
        assert_true((size_t)(strchr(bar, '\n') - bar) >= want - 1);
    }
}

static void timeline_of_a_clock_that_is_off_shows_the_start(void **state)
{
    struct display display = { .is_terminal = 1, .ascii_only = 1, .columns = 59, .now_ms = 5 };
    struct osft_page one = { .tasks = runs, .count = 1 };
    (void)state;
    render(FORMAT_TIMELINE, &display, &one);
    assert_true(has("3    running  >\n"));
    assert_non_null(strstr(shown, "1970-01-01T01:00:00Z to 1970-01-01T01:00:00Z\none column: 1ms"));
}

/* The labels of the ticks are days, minutes or seconds, depending on the step. */
static void timeline_labels_suit_the_step(void **state)
{
    static const struct {
        int64_t end_ms;
        const char *first;
    } table[] = {
        { 1000, "GEN  STATUS   00:00:00" },
        { 60000, "GEN  STATUS   00:00:00         00:00:10" },
        { 86400000, "GEN  STATUS   01-01 00:00  01-01 03:00" },
        { INT64_C(86400000) * 60, "GEN  STATUS   1970-01-01       1970-01-11" },
        { INT64_C(86400000) * 365 * 200, "GEN  STATUS   1970-01-01    1997-05-19" },
    };
    struct osft_task task = { .status = OSFT_LIT("success"), .generation = OSFT_LIT("1") };
    struct osft_page one = { .tasks = &task, .count = 1 };
    struct display display = { .is_terminal = 1, .ascii_only = 1, .columns = 119, .now_ms = 1 };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        task.end_ms = table[i].end_ms;
        render(FORMAT_TIMELINE, &display, &one);
        if (!has(table[i].first)) {
            fail_msg("%s is not in\n%s", table[i].first, shown);
        }
    }
}

static void a_path_is_as_long_as_it_is_written(void **state)
{
    char text[] =
        "{\"a\":{\"bc\":[1,[2,{\"\":3}],4,5,6,7,8,9,10,11,12,13]},\"d.e\":{\"\\u0000f\":1}}";
    struct osft_span span = osft_span_from(text);
    struct osft_metrics m;
    char path[64];
    int count = 0;
    (void)state;
    osft_metrics_init(&m, &span);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        assert_int_equal(get_path_length(&m), osft_metrics_path(&m, path, sizeof(path)));
        count++;
    }
    assert_int_equal(count, 14);
}

static void check_summary(const char *text, const char *want)
{
    char buffer[METRICS_TEXT_SIZE];
    struct osft_span span = osft_span_from(text), summary = summarise_metrics(&span, buffer);

    assert_int_equal(summary.len, strlen(want));
    assert_memory_equal(summary.ptr, want, summary.len);
}

static void metrics_are_put_in_words_as_far_as_there_is_room(void **state)
{
    static char text[4096], want[METRICS_TEXT_SIZE + 1];
    size_t i, len = 0;
    (void)state;
    check_summary("", "");
    check_summary("{}", "");
    check_summary("{\"errors\":[]}", "");
    check_summary("{\"errors\":[null]}", "1 error: null");
    check_summary("{\"auc\":0.7745,\"errors\":[{\"code\":\"E\",\"n\":1},2]}",
                  "2 errors: E 1; auc 0.7745");
    /* a summary is unchanged when it is summarised again */
    check_summary("auc 0.7745", "auc 0.7745");
    check_summary("1 error: x", "1 error: x");
    len = (size_t)snprintf(text, sizeof(text), "{\"%0130d\":{\"last\":1}", 0);
    check_summary(text, "last 1"); /* only the last name of a long path is shown */
    /* Characters of two bytes behind a character of one: the last one does not fit completely. */
    len = (size_t)snprintf(text, sizeof(text), "{\"a\":\"a");
    for (i = 0; i < 400; i++) {
        memcpy(text + len + 2 * i, "\xc3\xbc", 2);
    }
    memcpy(text + len + 800, "\"}", 3);
    memcpy(want, "a a", 3);
    for (i = 3; i + 2 <= METRICS_TEXT_SIZE; i += 2) {
        memcpy(want + i, "\xc3\xbc", 2);
    }
    want[i] = 0;
    check_summary(text, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prometheus_labels_name_what_was_asked_for),
        cmocka_unit_test(prometheus_prints_the_newest_status_only_where_it_is_known),
        cmocka_unit_test(prometheus_leaves_the_page_as_it_was),
        cmocka_unit_test(a_path_is_as_long_as_it_is_written),
        cmocka_unit_test(metrics_are_put_in_words_as_far_as_there_is_room),
        cmocka_unit_test(timeline_fits_the_terminal),
        cmocka_unit_test(timeline_has_colour_where_the_terminal_has),
        cmocka_unit_test(timeline_fits_terminals_of_any_width),
        cmocka_unit_test(timeline_of_a_clock_that_is_off_shows_the_start),
        cmocka_unit_test(timeline_labels_suit_the_step),
    };
    return cmocka_run_group_tests_name("osft formats", tests, NULL, NULL);
}

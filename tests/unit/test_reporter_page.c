/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reporter's page: what it shows, and that no text can become markup. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../examples/gateway/page.h"
#include "capture.h"

#define NOW_MS INT64_C(1700000000000) /* 2023-11-14 22:13:20 */

static struct instance instances[2];
static struct reporter reporter;
static char buffer[OUTPUT_BYTES];

static struct output begin_output(void)
{
    struct output out = { .fd = -1, .buffer = buffer };

    start_capture(&out);
    return out;
}

static const char *get_page(void)
{
    struct output out = begin_output();
    put_page(&out, &reporter, NOW_MS);
    return end_capture(&out);
}

static int has(const char *page, const char *text)
{
    return strstr(page, text) != NULL;
}

static size_t count(const char *page, const char *text)
{
    size_t n = 0;
    for (; (page = strstr(page, text)) != NULL; page += strlen(text)) {
        n++;
    }
    return n;
}

/* Fill in an instance. text: the text to put into the name and into all texts of the service */
static void fill_instance(struct instance *instance, const char *text)
{
    size_t i;
    memset(instance, 0, sizeof(*instance));
    snprintf(instance->name, sizeof(instance->name), "%s", text);
    instance->query.app_group = osft_span_from(text);
    instance->query.function = osft_span_from(text);
    instance->query.instance = osft_span_from(text);
    instance->interval_ms = 60000;
    instance->endpoint = text;
    instance->has_polled = instance->is_up = 1;
    instance->last_poll_ms = instance->last_good_ms = NOW_MS - 12000;
    instance->newest.is_known = 1;
    instance->newest.task.start_ms = NOW_MS - 3600000;
    instance->newest.task.end_ms = 0;
    instance->newest.task.progress = 42;
    instance->newest.task.run_id = osft_span_from(text);
    instance->newest.task.status = osft_span_from(text);
    instance->newest.task.generation = osft_span_from(text);
    instance->newest.task.function = osft_span_from(text);
    instance->recent_count = 3;
    for (i = 0; i < 3; i++) {
        struct recent_run *run = &instance->recent[i];
        run->start_ms = NOW_MS - (int64_t)(i + 1) * 3600000;
        run->end_ms = i == 0 ? 0 : run->start_ms + 1800000;
        run->progress = i == 0 ? 42 : 100;
        run->state = i == 0 ? OSFT_RUNNING : i == 1 ? OSFT_FAILED : OSFT_SUCCESS;
        snprintf(run->run_id, sizeof(run->run_id), "%s", text);
        snprintf(run->generation, sizeof(run->generation), "%s", text);
        snprintf(run->status, sizeof(run->status), "%s", text);
    }
    for (i = 0; i < 2; i++) {
        struct failure *failure = &instance->failures[i];
        failure->time_ms = NOW_MS - 7200000;
        failure->error = OSFT_E_TIMEOUT;
        failure->http_status = 503;
        snprintf(failure->code, sizeof(failure->code), "%s", text);
        snprintf(failure->request_id, sizeof(failure->request_id), "%s", text);
        snprintf(failure->text, sizeof(failure->text), "%s", text);
    }
    instance->newest_failure = 1;
}

static int set_up(void **state)
{
    (void)state;
    memset(&reporter, 0, sizeof(reporter));
    reporter.count = 2;
    reporter.start_ms = NOW_MS - 86400000;
    reporter.instances[0] = &instances[0];
    reporter.instances[1] = &instances[1];
    fill_instance(&instances[0], "ctr-a");
    fill_instance(&instances[1], "ctr-b");
    return 0;
}

/* ---- no text becomes markup ---- */

/* Return the page's tags with the names of their attributes, but without the values, as a browser
 * would parse them. The caller frees the text. */
static char *read_skeleton(const char *page)
{
    char *skeleton = malloc(strlen(page) + 1), *to = skeleton, quote = 0;
    int in_tag = 0;
    assert_non_null(skeleton);
    for (; *page != 0; page++) {
        if (quote != 0) {
            quote = *page == quote ? 0 : quote;
        } else if (in_tag && (*page == '"' || *page == '\'')) {
            quote = *page;
        } else if (in_tag || *page == '<') {
            in_tag = *page != '>';
            *to++ = *page;
        }
    }
    *to = 0;
    return skeleton;
}

static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "</title><script src=//x>",
    "\"><img src=x onerror=a()>",
    "' onmouseover='a()",
    "\" autofocus onfocus=\"a()",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "</svg><b>",
    "&lt;b&gt;",
    "&#60;b>",
    "&",
    "<",
    "x</bdi></p></main></body>",
    "javascript:a()",
    "a=b`c`d{e}f;g",
};

static void no_text_adds_a_tag_or_an_attribute(void **state)
{
    char *plain, *skeleton;
    size_t i;
    (void)state;
    plain = read_skeleton(get_page());
    assert_true(has(plain, "<section id= aria-labelledby=>"));
    for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        fill_instance(&instances[0], hostile[i]);
        skeleton = read_skeleton(get_page());
        assert_string_equal(skeleton, plain);
        free(skeleton);
    }
    free(plain);
}

static void each_ampersand_begins_an_entity_of_the_page(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        const char *page, *at;
        fill_instance(&instances[0], hostile[i]);
        page = get_page();
        for (at = page; (at = strchr(at, '&')) != NULL; at++) {
            assert_true(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
                        strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
                        strncmp(at, "&#39;", 5) == 0);
        }
    }
}

static void controls_and_characters_that_reorder_text_become_escapes(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        { "a\x1b[31mb", "a\\x1b[31mb" },
        { "a\nb\rc\td", "a\\nb\\rc\\td" },
        { "a\xe2\x80\xae"
          "b",
          "a\\u{202e}b" }, /* right-to-left override */
        { "a\xe2\x81\xa6"
          "b",
          "a\\u{2066}b" }, /* left-to-right isolate */
        { "a\xe2\x80\x8f"
          "b",
          "a\\u{200f}b" }, /* right-to-left mark */
        { "a\xef\xbb\xbf"
          "b",
          "a\\u{feff}b" }, /* byte order mark */
        { "a\xc2\x85"
          "b",
          "a\\u{85}b" }, /* next line */
        { "a\x7f"
          "b",
          "a\\x7fb" },
        { "a\xff"
          "b",
          "a\\xffb" }, /* not UTF-8 */
        { "a\xef\xbf\xbe"
          "b",
          "a\\u{fffe}b" }, /* a noncharacter */
        { "a\xef\xb7\x90"
          "b",
          "a\\u{fdd0}b" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char element[80], title[80];
        const char *page;
        fill_instance(&instances[0], cases[i].text);
        page = get_page();
        snprintf(element, sizeof(element), "<bdi>%s</bdi>", cases[i].shown);
        snprintf(title, sizeof(title), "aria-label=\"Recent runs of %s\"", cases[i].shown);
        assert_true(has(page, element));
        assert_true(has(page, title));
        assert_false(has(page, cases[i].text));
    }
}

static void text_in_any_script_is_unchanged_and_isolated(void **state)
{
    (void)state;
    fill_instance(&instances[0], "\xe6\xa8\xa1\xe5\x9e\x8b \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d");
    assert_true(
        has(get_page(), "<bdi>\xe6\xa8\xa1\xe5\x9e\x8b \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d</bdi>"));
}

static void the_page_has_no_script_and_loads_only_its_style_sheet(void **state)
{
    static const char *const absent[] = {
        "<script", "<style", " style=", " src=", "<iframe", "<img",
        "<form",   "http:",  "https:",  "=\"//", "@import"
    };
    const char *page = get_page();
    char *skeleton = read_skeleton(page);
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        assert_false(has(page, absent[i]));
        assert_false(has(page_style, absent[i]));
    }
    assert_false(has(page_style, "url("));
    assert_int_equal(count(page, "url("), count(page, "url(#hatch)")); /* the only URL refers to a
                                                                        * part of the page */
    assert_false(has(skeleton, " on")); /* an attribute such as onload */
    assert_int_equal(count(page, "<link "), 1);
    assert_true(has(page, "<link rel=\"stylesheet\" href=\"/style.css\">"));
    free(skeleton);
}

/* ---- what it shows ---- */

static void an_instance_is_shown_with_its_newest_run(void **state)
{
    const char *page = get_page();
    (void)state;
    assert_true(has(page, "<title>2 of 2 instances up - osft-reporter</title>"));
    assert_true(has(page,
                    "<a href=\"#instance-2\"><bdi>ctr-b</bdi></a> <span class=\"poll "
                    "up\">up</span> <span class=\"state other\"><bdi>ctr-b</bdi></span> 42 %"));
    assert_true(has(page, "<section id=\"instance-2\" aria-labelledby=\"name-2\">\n<h2 "
                          "id=\"name-2\"><bdi>ctr-b</bdi>"));
    assert_true(has(page, "<rect class=\"other\" width=\"42\" height=\"8\"/></svg> <span>42 %"));
    assert_true(has(page, "<dt>Started</dt><dd><time "
                          "datetime=\"2023-11-14T21:13:20Z\">2023-11-14 21:13:20 UTC</time> <span "
                          "class=\"age\">(1 h ago)</span>"));
    assert_true(has(page, "<dt>Last poll that went well</dt><dd><time "
                          "datetime=\"2023-11-14T22:13:08Z\">"));
    assert_false(has(page, "which failed"));
}

static void ages_of_runs_use_the_services_clock_and_ages_of_polls_this_machines(void **state)
{
    const char *page;
    (void)state;
    reporter.count = 1;
    instances[0].clock_offset_s = 86400;
    instances[0].newest.task.status = osft_span_from("running");
    page = get_page();
    assert_true(has(page, "<dt>Takes so far</dt><dd>1 d 1 h</dd>"));
    assert_true(has(page, "2023-11-14 22:13:08 UTC</time> <span class=\"age\">(12 s ago)"));
}

static void a_bar_has_the_colour_of_the_runs_state(void **state)
{
    static const char *const statuses[] = { "success", "failed", "running", "paused" };
    static const char *const shown[] = { "success", "failed", "running", "other" };
    size_t i;
    (void)state;
    for (i = 0; i < 4; i++) {
        char bar[64];
        instances[0].newest.task.status = osft_span_from(statuses[i]);
        snprintf(bar, sizeof(bar), "<rect class=\"%s\" width=\"42\"", shown[i]);
        assert_true(has(get_page(), bar));
    }
}

static void an_instance_that_is_down_shows_its_last_good_poll(void **state)
{
    const char *page;
    (void)state;
    instances[0].is_up = 0;
    instances[0].last_poll_ms = NOW_MS - 5000;
    instances[1].has_polled = 0;
    page = get_page();
    assert_true(has(page, "<title>0 of 2 instances up"));
    assert_true(has(page, "<span class=\"poll down\">down</span></h2>"));
    assert_true(has(page, "<span class=\"poll waiting\">waiting</span></h2>"));
    assert_true(has(page, "<dt>Last poll, which failed</dt><dd><time "
                          "datetime=\"2023-11-14T22:13:15Z\">"));
}

static void an_instance_without_runs_or_polls_says_so(void **state)
{
    const char *page;
    (void)state;
    reporter.count = 1;
    memset(&instances[0], 0, sizeof(instances[0]));
    page = get_page();
    assert_int_equal(count(page, "No run is known."), 2);
    assert_true(has(page, "<dd>none yet</dd>"));
    assert_true(has(page, "No poll has failed"));
    assert_false(has(page, "1970-01-01"));
}

static void failures_are_listed_newest_first_with_their_request_ids(void **state)
{
    const char *page, *newest, *older;
    size_t i;
    (void)state;
    reporter.count = 1;
    for (i = 0; i < FAILURES_KEPT; i++) {
        struct failure *failure = &instances[0].failures[i];
        *failure = instances[0].failures[0];
        snprintf(failure->request_id, sizeof(failure->request_id), "REQ-%u", (unsigned)i);
    }
    instances[0].newest_failure = 2;
    page = get_page();
    assert_int_equal(count(page, "<bdi>REQ-"), FAILURES_KEPT);
    newest = strstr(page, "<bdi>REQ-2</bdi>");
    older = strstr(page, "<bdi>REQ-1</bdi>");
    assert_true(newest < older && newest < strstr(page, "<bdi>REQ-3</bdi>"));
    assert_true(strstr(page, "<bdi>REQ-3</bdi>") > older); /* the oldest */
    assert_true(has(page, "<dt>Error</dt><dd>timeout, HTTP status 503</dd>"));
}

static void a_failure_says_what_to_do_and_repeats_nothing(void **state)
{
    struct failure *failure = &instances[0].failures[1];
    const char *page;
    (void)state;
    reporter.count = 1;
    memset(&instances[0].failures[0], 0, sizeof(*failure));
    strcpy(failure->text, "Forbidden.RAM, request REQ-1");
    strcpy(failure->code, "Forbidden.RAM");
    failure->error = OSFT_E_REFUSED;
    failure->cause = OSFT_CAUSE_DENIED;
    page = get_page();
    assert_true(has(page, "<dt>What to do</dt><dd><bdi>Give the account the RAM action"));
    assert_int_equal(count(page, "Forbidden.RAM"), 1);
    failure->error = OSFT_E_RESOLVE;
    failure->code[0] = 0;
    strcpy(failure->text, "no address");
    page = get_page();
    assert_true(has(page, "<dt>What happened</dt><dd><bdi>no address</bdi>"));
    assert_true(has(page, "<dt>What to do</dt><dd><bdi>Check the name in region or endpoint"));
}

static void the_states_of_bars_can_be_told_without_colours(void **state)
{
    const char *page = get_page();
    (void)state;
    assert_int_equal(count(page, "fill=\"url(#hatch)\" x="),
                     2); /* of each instance's running run */
    assert_int_equal(count(page, "<pattern id=\"hatch\""), 1);
    assert_int_equal(count(page, "</svg> running</span>"), 2);
    assert_int_equal(count(page, "</svg> failed</span>"), 2);
    assert_int_equal(count(page, "</svg> other</span>"), 0);
}

static void metrics_of_the_newest_run_are_shown_and_further_ones_counted(void **state)
{
    char text[1024] = "{\"auc\":0.77,\"errors\":[\"x\",\"y\"]";
    const char *page;
    size_t i;
    (void)state;
    reporter.count = 1;
    instances[0].newest.task.extend_info = osft_span_from("{\"auc\":0.77,\"<b>\":1}");
    page = get_page();
    assert_true(has(page, "<dt class=\"metric\"><bdi>auc</bdi></dt><dd>0.77</dd>"));
    assert_true(has(page, "<bdi>&lt;b&gt;</bdi></dt><dd>1</dd>"));
    for (i = 0; i < 20; i++) {
        snprintf(text + strlen(text), sizeof(text) - strlen(text), ",\"m%u\":1", (unsigned)i);
    }
    strcat(text, "}");
    instances[0].newest.task.extend_info = osft_span_from(text);
    page = get_page();
    assert_int_equal(count(page, "class=\"metric\""), 12);
    assert_true(has(page, "<dt>More metrics</dt><dd>9, in <a"));
    assert_true(has(page, "<dt>Errors it names</dt><dd>2</dd>"));
}

/* ---- the timeline ---- */

/* Return the page of one instance with n runs, newest first. spans: start and end of each run, in
 * ms before now */
static const char *draw(const int64_t (*spans)[2], size_t n)
{
    size_t i;
    reporter.count = 1;
    instances[0].recent_count = n;
    for (i = 0; i < n; i++) {
        instances[0].recent[i].start_ms = spans[i][0];
        instances[0].recent[i].end_ms = spans[i][1];
        instances[0].recent[i].state = spans[i][1] == 0 ? OSFT_RUNNING : OSFT_SUCCESS;
        snprintf(instances[0].recent[i].run_id, sizeof(instances[0].recent[i].run_id), "run-%u",
                 (unsigned)i);
    }
    return get_page();
}

static void runs_lie_on_the_axis_where_they_began_and_ended(void **state)
{
    static const int64_t spans[][2] = { { NOW_MS - 250, 0 }, { NOW_MS - 1000, NOW_MS - 500 } };
    const char *page = draw(spans, 2);
    (void)state;
    assert_true(has(page, "<rect class=\"running\" x=\"750\" y=\"3\" width=\"250\""));
    assert_true(has(page, "<rect class=\"success\" x=\"0\" y=\"3\" width=\"500\""));
    assert_true(has(page, "fill=\"url(#hatch)\" x=\"750\" y=\"3\" width=\"250\""));
    assert_true(has(page, "height=\"20\" viewBox=\"0 0 1000 20\""));
}

static void runs_that_overlap_lie_in_lanes_of_their_own(void **state)
{
    static const int64_t spans[][2] = { { NOW_MS - 600, 0 },
                                        { NOW_MS - 800, NOW_MS - 100 },
                                        { NOW_MS - 1000, NOW_MS - 700 } };
    const char *page = draw(spans, 3);
    (void)state;
    assert_true(has(page, "viewBox=\"0 0 1000 40\""));
    assert_true(has(page, "x=\"400\" y=\"3\" width=\"600\""));
    assert_true(has(page, "x=\"200\" y=\"23\" width=\"700\""));
    assert_true(has(page, "x=\"0\" y=\"3\" width=\"300\""));
}

static void a_short_run_can_be_seen_and_stays_on_the_axis(void **state)
{
    static const int64_t spans[][2] = { { NOW_MS, NOW_MS },
                                        { NOW_MS - 86400000, NOW_MS - 86399000 } };
    const char *page = draw(spans, 2);
    (void)state;
    assert_true(has(page, "x=\"996\" y=\"3\" width=\"4\""));
    assert_true(has(page, "x=\"0\" y=\"3\" width=\"4\""));
}

static void impossible_dates_are_left_out_of_the_drawing_and_stay_in_the_table(void **state)
{
    static const int64_t spans[][2] = { { OSFT_UNKNOWN, 0 },
                                        { NOW_MS, NOW_MS - 1 },
                                        { INT64_MAX, INT64_MAX - 1 },
                                        { NOW_MS + 5000, 0 } };
    const char *page = draw(spans, 4);
    (void)state;
    assert_true(has(page, "No run has a start that can be drawn."));
    assert_false(has(page, "class=\"timeline\""));
    assert_int_equal(count(page, "<bdi>run-"), 4);
}

static void dates_at_the_ends_of_their_range_are_drawn(void **state)
{
    static const int64_t spans[][2] = { { INT64_MAX - 1, INT64_MAX }, { 0, INT64_MAX }, { 0, 1 } };
    const char *page = draw(spans, 3);
    (void)state;
    assert_true(has(page, "x=\"0\" y=\"23\" width=\"1000\""));
    assert_true(has(page, "x=\"996\" y=\"3\" width=\"4\""));
    assert_true(has(page, "9223372036854775807 ms since 1970"));
}

static void a_failed_run_also_differs_by_its_form(void **state)
{
    const char *page = get_page();
    (void)state;
    assert_int_equal(count(page, "<rect class=\"cut\" x="), 2); /* one line for each instance */
}

/* ---- durations ---- */

static void durations_have_two_units_at_most(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = { { 0, "0 s" },           { 999, "0 s" },
                  { 59999, "59 s" },      { 60000, "1 min" },
                  { 61000, "1 min 1 s" }, { 3600000, "1 h" },
                  { 3659000, "1 h" },     { 3660000, "1 h 1 min" },
                  { 86400000, "1 d" },    { 86399999, "23 h 59 min" },
                  { 90000000, "1 d 1 h" } };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct output out = begin_output();
        put_html_duration(&out, cases[i].ms);
        assert_string_equal(end_capture(&out), cases[i].text);
    }
}

/* ---- colours ---- */

/* Return the luminance, as WCAG 2 defines it, of a colour of the style sheet. is_light 0: of the
 * dark colour with that name. */
static double get_luminance(const char *name, int is_light)
{
    char definition[32];
    const char *at = strstr(page_style, is_light ? ":root{" : "(prefers-color-scheme:dark){");
    double parts[3];
    unsigned red, green, blue, i;
    snprintf(definition, sizeof(definition), "--%s:#", name);
    at = strstr(at, definition);
    assert_non_null(at);
    at += strlen(definition);
    if (sscanf(at, "%2x%2x%2x", &red, &green, &blue) != 3) {
        assert_int_equal(sscanf(at, "%1x%1x%1x", &red, &green, &blue), 3);
        red *= 17, green *= 17, blue *= 17;
    }
    parts[0] = red, parts[1] = green, parts[2] = blue;
    for (i = 0; i < 3; i++) { /* x^2.4 is computed as x^2 * x^0.4 */
        double x = (parts[i] / 255 + 0.055) / 1.055, root = 1;
        int n;
        for (n = 0; n < 60; n++) { /* Newton's method for the fifth root of x squared */
            root -= (root * root * root * root * root - x * x) / (5 * root * root * root * root);
        }
        parts[i] = parts[i] / 255 <= 0.04045 ? parts[i] / 255 / 12.92 : x * x * root;
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

static double get_contrast(const char *a, const char *b, int is_light)
{
    double x = get_luminance(a, is_light) + 0.05, y = get_luminance(b, is_light) + 0.05;
    return x > y ? x / y : y / x;
}

static void text_and_bars_stand_out_from_their_background_in_light_and_dark(void **state)
{
    static const char *const texts[] = { "text",   "soft",    "link",  "success",
                                         "failed", "running", "other", "waiting" };
    static const char *const bars[] = { "success", "failed", "running", "other" };
    int is_light;
    size_t i;
    (void)state;
    for (is_light = 0; is_light < 2; is_light++) {
        for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
            assert_true(get_contrast(texts[i], "back", is_light) >= 4.5);
            assert_true(get_contrast(texts[i], "card", is_light) >= 4.5);
        }
        for (i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
            assert_true(get_contrast(bars[i], "track", is_light) >= 3);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_text_adds_a_tag_or_an_attribute),
        TEST(each_ampersand_begins_an_entity_of_the_page),
        TEST(controls_and_characters_that_reorder_text_become_escapes),
        TEST(text_in_any_script_is_unchanged_and_isolated),
        TEST(the_page_has_no_script_and_loads_only_its_style_sheet),
        TEST(an_instance_is_shown_with_its_newest_run),
        TEST(ages_of_runs_use_the_services_clock_and_ages_of_polls_this_machines),
        TEST(a_bar_has_the_colour_of_the_runs_state),
        TEST(an_instance_that_is_down_shows_its_last_good_poll),
        TEST(an_instance_without_runs_or_polls_says_so),
        TEST(a_failure_says_what_to_do_and_repeats_nothing),
        TEST(the_states_of_bars_can_be_told_without_colours),
        TEST(failures_are_listed_newest_first_with_their_request_ids),
        TEST(metrics_of_the_newest_run_are_shown_and_further_ones_counted),
        TEST(runs_lie_on_the_axis_where_they_began_and_ended),
        TEST(runs_that_overlap_lie_in_lanes_of_their_own),
        TEST(a_short_run_can_be_seen_and_stays_on_the_axis),
        TEST(impossible_dates_are_left_out_of_the_drawing_and_stay_in_the_table),
        TEST(dates_at_the_ends_of_their_range_are_drawn),
        TEST(a_failed_run_also_differs_by_its_form),
        TEST(text_and_bars_stand_out_from_their_background_in_light_and_dark),
        TEST(durations_have_two_units_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the page: its head, links to the instances, and a section for each instance. */
#include <string.h>
#include "page.h"

/* Return a word for the result of the last poll. The style sheet has a class with the same name. */
static const char *get_poll_state(const struct instance *instance)
{
    return !instance->has_polled ? "waiting" : instance->is_up ? "up" : "down";
}

static size_t count_up(const struct reporter *reporter)
{
    size_t i, count = 0;

    for (i = 0; i < reporter->count; i++) {
        count += reporter->instances[i]->has_polled && reporter->instances[i]->is_up;
    }
    return count;
}

static void put_name(struct output *out, const struct instance *instance)
{
    put_isolated(out, instance->name, strlen(instance->name));
}

/* ---- the head ---- */

static void put_summary(struct output *out, const struct reporter *reporter)
{
    put_integer(out, (int64_t)count_up(reporter));
    put_text(out, " of ");
    put_integer(out, (int64_t)reporter->count);
    put_text(out, reporter->count == 1 ? " instance up" : " instances up");
}

static void put_head(struct output *out, const struct reporter *reporter)
{
    put_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    put_summary(out, reporter);
    put_text(out, " - osft-reporter</title>\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<link rel=\"stylesheet\" href=\"" PAGE_STYLE_PATH "\">\n</head>\n<body>\n"
                  "<a class=\"skip\" href=\"#main\">Skip to the instances</a>\n");
}

static void put_poll_state(struct output *out, const struct instance *instance)
{
    put_text(out, " <span class=\"poll ");
    put_text(out, get_poll_state(instance));
    put_text(out, "\">");
    put_text(out, get_poll_state(instance));
    put_text(out, "</span>");
}

/* Put a link to the section of an instance, with the state of its polls and of its newest run. */
static void put_link(struct output *out, const struct instance *instance, size_t number)
{
    const struct osft_task *task = &instance->newest.task;

    put_text(out, "<li><a href=\"#instance-");
    put_integer(out, (int64_t)number);
    put_text(out, "\">");
    put_name(out, instance);
    put_text(out, "</a>");
    put_poll_state(out, instance);
    if (instance->newest.is_known) {
        put_text(out, " ");
        put_status(out, osft_task_state(task), task->status.ptr, task->status.len);
    }
    if (instance->newest.is_known && task->progress >= 0 && task->progress <= 100) {
        put_text(out, " ");
        put_integer(out, task->progress);
        put_text(out, " %");
    }
    put_text(out, "</li>\n");
}

static void put_links(struct output *out, const struct reporter *reporter)
{
    size_t i;

    put_text(out, "<nav aria-label=\"Instances\"><ul>\n");
    for (i = 0; i < reporter->count; i++) {
        put_link(out, reporter->instances[i], i + 1);
    }
    put_text(out, "</ul></nav>\n");
}

static void put_header(struct output *out, const struct reporter *reporter, int64_t now_ms)
{
    put_text(out, "<header>\n<h1>Training of OpenSearch functions</h1>\n<p>");
    put_summary(out, reporter);
    put_text(out, " at ");
    put_html_time(out, now_ms);
    put_text(out, ". <a href=\"/\">Load again</a></p>\n");
    put_links(out, reporter);
    put_text(out, "</header>\n");
}

/* ---- an instance ---- */

static void put_last_runs(struct output *out, const struct instance *instance, int64_t service_ms)
{
    if (instance->last_success_ms != 0) {
        put_date_row(out, "Last run that succeeded", instance->last_success_ms, service_ms);
    }
    if (instance->last_failure_ms != 0) {
        put_date_row(out, "Last run that failed", instance->last_failure_ms, service_ms);
    }
}

static void put_polls(struct output *out, const struct instance *instance, int64_t now_ms)
{
    put_text(out, "<dl>\n");
    put_text_row(out, "Application", instance->query.app_group.ptr, instance->query.app_group.len);
    put_text_row(out, "Function", instance->query.function.ptr, instance->query.function.len);
    put_text_row(out, "Instance", instance->query.instance.ptr, instance->query.instance.len);
    put_text_row(out, "Endpoint", instance->endpoint,
                 instance->endpoint != NULL ? strlen(instance->endpoint) : 0);
    begin_row(out, "Polled every");
    put_html_duration(out, instance->interval_ms);
    end_row(out);
    if (instance->last_good_ms != 0) {
        put_date_row(out, "Last poll that went well", instance->last_good_ms, now_ms);
    } else {
        begin_row(out, "Last poll that went well");
        put_text(out, "none yet");
        end_row(out);
    }
    if (instance->last_poll_ms != instance->last_good_ms) {
        put_date_row(out, "Last poll, which failed", instance->last_poll_ms, now_ms);
    }
    put_last_runs(out, instance, now_ms + instance->clock_offset_s * 1000);
    put_text(out, "</dl>\n");
}

/* Put the section of an instance. number: its position, from 1 */
static void put_instance(struct output *out, const struct instance *instance, size_t number,
                         int64_t now_ms)
{
    /* The age of a run is computed by the service's clock, as this machine's clock may be wrong. */
    int64_t service_ms = now_ms + instance->clock_offset_s * 1000;

    put_text(out, "<section id=\"instance-");
    put_integer(out, (int64_t)number);
    put_text(out, "\" aria-labelledby=\"name-");
    put_integer(out, (int64_t)number);
    put_text(out, "\">\n<h2 id=\"name-");
    put_integer(out, (int64_t)number);
    put_text(out, "\">");
    put_name(out, instance);
    put_poll_state(out, instance);
    put_text(out, "</h2>\n");
    put_newest_run(out, instance, service_ms);
    put_timeline(out, instance, service_ms);
    put_text(out, "<h3>Polls</h3>\n");
    put_polls(out, instance, now_ms);
    put_failures(out, instance, now_ms);
    put_text(out, "</section>\n");
}

void put_page(struct output *out, const struct reporter *reporter, int64_t now_ms)
{
    size_t i;

    put_head(out, reporter);
    put_header(out, reporter, now_ms);
    /* The pattern for the bars of running runs. The SVG that defines it has no size, so it is not
     * visible. */
    put_text(out, "<svg class=\"pattern\" width=\"0\" height=\"0\" aria-hidden=\"true\" "
                  "focusable=\"false\"><pattern id=\"hatch\" width=\"14\" height=\"14\" "
                  "patternUnits=\"userSpaceOnUse\" patternTransform=\"skewX(-45)\">"
                  "<path class=\"cut\" d=\"M0 0h5v14h-5z\"/></pattern></svg>\n");
    put_text(out, "<main id=\"main\" tabindex=\"-1\">\n");
    for (i = 0; i < reporter->count; i++) {
        put_instance(out, reporter->instances[i], i + 1, now_ms);
    }
    put_text(out, "</main>\n<footer>osft-reporter " OSFT_VERSION ", started ");
    put_html_date(out, reporter->start_ms, now_ms);
    put_text(out, ". <a href=\"/metrics\">Metrics for Prometheus</a> "
                  "<a href=\"/healthz\">Health</a></footer>\n</body>\n</html>\n");
}

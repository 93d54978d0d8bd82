/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the newest run of an instance: its status, a bar of its progress, dates and metrics. */
#include <stdlib.h>
#include "page.h"
#include "../common/measured.h"

#define METRICS_SHOWN 12 /* only the number of further metrics is put; /metrics has all */

/* Put the bar of the progress. The bar is hidden from screen readers, which read the number beside
 * it. */
static void put_bar(struct output *out, const struct osft_task *task)
{
    const char *state = get_state_name(osft_task_state(task));

    put_text(out, "<p class=\"progress\"><svg class=\"bar\" viewBox=\"0 0 100 8\" "
                  "preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
                  "<rect class=\"track\" width=\"100\" height=\"8\"/><rect class=\"");
    put_text(out, state);
    put_text(out, "\" width=\"");
    put_integer(out, task->progress);
    put_text(out, "\" height=\"8\"/></svg> <span>");
    put_integer(out, task->progress);
    put_text(out, " %</span></p>\n");
}

static void put_metrics(struct output *out, const struct measurements *measurements)
{
    size_t i, count = measurements->count < METRICS_SHOWN ? measurements->count : METRICS_SHOWN;

    if (measurements->errors > 0) {
        begin_row(out, "Errors it names");
        put_integer(out, measurements->errors);
        end_row(out);
    }
    for (i = 0; i < count; i++) {
        const struct metric *metric = &measurements->metric[measurements->sorted[i]];

        put_text(out, "<div><dt class=\"metric\">");
        put_isolated(out, metric->name, metric->len);
        put_text(out, "</dt><dd>");
        put_html(out, metric->value, strlen(metric->value));
        end_row(out);
    }
    if (count < measurements->count) {
        begin_row(out, "More metrics");
        put_integer(out, (int64_t)(measurements->count - count));
        put_text(out, ", in <a href=\"/metrics\">/metrics</a>");
        end_row(out);
    }
}

/* Put the metrics. All metrics are read before the first one is put. The metrics are on the heap,
 * as they are too large for the stack. */
static void put_measurements(struct output *out, const struct kept_run *run)
{
    struct measurements *measurements = malloc(sizeof(*measurements) + run->task.extend_info.len);

    if (measurements == NULL) {
        put_text(out,
                 "<div><dt>Metrics</dt><dd>left out: there is no memory for them</dd></div>\n");
        return;
    }
    read_measurements(measurements, &run->task.extend_info, (char *)(measurements + 1));
    put_metrics(out, measurements);
    free(measurements);
}

static void put_dates(struct output *out, const struct osft_task *task, int64_t now_ms)
{
    int64_t end_ms = task->end_ms > 0 ? task->end_ms : now_ms;

    if (task->start_ms >= 0) {
        put_date_row(out, "Started", task->start_ms, now_ms);
    }
    if (task->end_ms > 0) {
        put_date_row(out, "Ended", task->end_ms, now_ms);
    }
    /* The duration of a run that has ended without an end time is not known. */
    if (task->start_ms >= 0 && end_ms >= task->start_ms &&
        (task->end_ms > 0 || osft_task_state(task) == OSFT_RUNNING)) {
        begin_row(out, task->end_ms > 0 ? "Took" : "Takes so far");
        put_html_duration(out, end_ms - task->start_ms);
        end_row(out);
    }
}

void put_newest_run(struct output *out, const struct instance *instance, int64_t now_ms)
{
    const struct kept_run *run = &instance->newest;
    const struct osft_task *task = &run->task;

    put_text(out, "<h3>Newest run</h3>\n");
    if (!run->is_known) {
        put_text(out, "<p>No run is known.</p>\n");
        return;
    }
    put_text(out, "<p class=\"newest\">");
    put_status(out, osft_task_state(task), task->status.ptr, task->status.len);
    put_text(out, "</p>\n");
    if (task->progress >= 0 && task->progress <= 100) {
        put_bar(out, task);
    }
    put_text(out, "<dl>\n");
    put_text_row(out, "Run", task->run_id.ptr, task->run_id.len);
    put_text_row(out, "Generation", task->generation.ptr, task->generation.len);
    put_text_row(out, "Function of the run", task->function.ptr, task->function.len);
    put_dates(out, task, now_ms);
    if (run->lacks_extend_info) {
        put_text(out, "<div><dt>Metrics</dt><dd>left out: extendInfo is too long</dd></div>\n");
    } else if (task->extend_info.ptr != NULL) {
        put_measurements(out, run);
    }
    put_text(out, "</dl>\n");
}

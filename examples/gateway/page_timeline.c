/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the recent runs: as bars over a time axis, and as a table. Bars of runs that overlap are in
 * lanes, one above the other. The state of a run can be told without colours: the table names it,
 * the bar of a failed run has a line through it, the bar of a running run is hatched, and a legend
 * explains the bars. */
#include "page.h"
#include <string.h>

#define AXIS_UNITS 1000 /* the length of the axis in units of the drawing */
#define LANE_UNITS 20   /* the height of a lane; the bar takes 14 of it */
/* The rest of an attribute class, and the attribute fill. The style sheet does not set this fill,
 * because not all browsers let a style sheet refer to a pattern of the page. */
#define HATCHED    "hatched\" fill=\"url(#hatch)"
#define BAR_MIN    4 /* the shortest bar, so that a short run is visible */

struct bar {
    int64_t from, to; /* in units of the drawing */
    size_t lane;
};
struct axis {
    int64_t begin_ms, end_ms;
    size_t lanes;
    struct bar bars[RECENT_RUNS]; /* bar of the run with the same index in `recent`; to 0: no bar */
};

/* Whether the run has a start and an end that can be drawn. */
static int has_span(const struct recent_run *run, int64_t now_ms)
{
    return run->start_ms >= 0 && (run->end_ms <= 0 || run->end_ms >= run->start_ms) &&
           run->start_ms <= (run->end_ms > 0 ? run->end_ms : now_ms);
}

/* Return the end of a run for the drawing. A run that has ended but has no end time is drawn at its
 * start, without length. */
static int64_t get_end_ms(const struct recent_run *run, int64_t now_ms)
{
    if (run->end_ms > 0) {
        return run->end_ms;
    }
    return run->state == OSFT_RUNNING ? now_ms : run->start_ms;
}

/* Set the begin and end of the axis. Returns how many runs can be drawn. */
static size_t measure_axis(struct axis *axis, const struct instance *instance, int64_t now_ms)
{
    size_t i, count = 0;

    memset(axis, 0, sizeof(*axis));
    for (i = 0; i < instance->recent_count; i++) {
        const struct recent_run *run = &instance->recent[i];

        if (has_span(run, now_ms)) {
            int64_t end_ms = get_end_ms(run, now_ms);

            axis->begin_ms =
                count == 0 || run->start_ms < axis->begin_ms ? run->start_ms : axis->begin_ms;
            axis->end_ms = count == 0 || end_ms > axis->end_ms ? end_ms : axis->end_ms;
            count++;
        }
    }
    return count;
}

/* Return the position of a time on the axis. The computation does not overflow for any time. */
static int64_t get_position(const struct axis *axis, int64_t time_ms)
{
    int64_t length = axis->end_ms - axis->begin_ms, at = time_ms - axis->begin_ms;

    while (at > INT64_MAX / AXIS_UNITS) {
        at /= 2;
        length /= 2;
    }
    return length > 0 ? at * AXIS_UNITS / length : 0;
}

/* Return the first lane in which no bar reaches beyond the position from. Bars are placed from the
 * oldest to the newest. */
static size_t find_lane(const int64_t lane_ends[RECENT_RUNS], size_t lanes, int64_t from)
{
    size_t lane = 0;

    while (lane < lanes && lane_ends[lane] > from) {
        lane++;
    }
    return lane;
}

static void place_bars(struct axis *axis, const struct instance *instance, int64_t now_ms)
{
    int64_t lane_ends[RECENT_RUNS]; /* the end of the last bar of each lane */
    size_t i;

    for (i = instance->recent_count; i-- > 0;) {
        const struct recent_run *run = &instance->recent[i];
        struct bar *bar = &axis->bars[i];

        if (!has_span(run, now_ms)) {
            continue;
        }
        bar->from = get_position(axis, run->start_ms);
        bar->to = get_position(axis, get_end_ms(run, now_ms));
        if (bar->to < bar->from + BAR_MIN) {
            bar->from = bar->from > AXIS_UNITS - BAR_MIN ? AXIS_UNITS - BAR_MIN : bar->from;
            bar->to = bar->from + BAR_MIN;
        }
        bar->lane = find_lane(lane_ends, axis->lanes, bar->from);
        axis->lanes = bar->lane == axis->lanes ? bar->lane + 1 : axis->lanes;
        lane_ends[bar->lane] = bar->to + 2; /* leaves a visible gap to the next bar */
    }
}

static void put_attribute(struct output *out, const char *name, int64_t value)
{
    put_text(out, " ");
    put_text(out, name);
    put_text(out, "=\"");
    put_integer(out, value);
    put_text(out, "\"");
}

/* Put a rectangle. name: of a class of the style sheet; top and height: within the lane */
static void put_rectangle(struct output *out, const char *name, const struct bar *bar, int64_t top,
                          int64_t height)
{
    put_text(out, "<rect class=\"");
    put_text(out, name);
    put_text(out, "\"");
    put_attribute(out, "x", bar->from);
    put_attribute(out, "y", (int64_t)bar->lane * LANE_UNITS + top);
    put_attribute(out, "width", bar->to - bar->from);
    put_attribute(out, "height", height);
    put_text(out, ">");
}

static void put_bar(struct output *out, const struct bar *bar, const struct recent_run *run)
{
    put_rectangle(out, get_state_name(run->state), bar, 3, 14);
    put_text(out, "<title>"); /* shown when the pointer rests on the bar */
    put_html(out, run->run_id, strlen(run->run_id));
    put_text(out, ": ");
    put_html(out, run->status, strlen(run->status));
    put_text(out, "</title></rect>\n");
    if (run->state == OSFT_FAILED) {
        put_rectangle(out, "cut", bar, 9, 2);
        put_text(out, "</rect>\n");
    }
    if (run->state == OSFT_RUNNING) {
        put_rectangle(out, HATCHED, bar, 3, 14);
        put_text(out, "</rect>\n");
    }
}

/* Whether the bar of a run in this state is drawn. */
static int has_bar(const struct instance *instance, const struct axis *axis, enum osft_state state)
{
    size_t i = 0;

    while (i < instance->recent_count &&
           (axis->bars[i].to == 0 || instance->recent[i].state != state)) {
        i++;
    }
    return i < instance->recent_count;
}

/* Put a legend with the states of the bars that are drawn. */
static void put_legend(struct output *out, const struct instance *instance, const struct axis *axis)
{
    static const struct {
        enum osft_state state;
        const char *mark; /* drawn over the bar */
    } keys[] = { { OSFT_SUCCESS, "" },
                 { OSFT_FAILED, "<rect class=\"cut\" y=\"6\" width=\"28\" height=\"2\"/>" },
                 { OSFT_RUNNING, "<rect class=\"" HATCHED "\" width=\"28\" height=\"14\"/>" },
                 { OSFT_STATE_OTHER, "" } };
    size_t key;

    put_text(out, "<p class=\"legend\">");
    for (key = 0; key < sizeof(keys) / sizeof(keys[0]); key++) {
        if (has_bar(instance, axis, keys[key].state)) {
            put_text(out, "<span><svg width=\"28\" height=\"14\" aria-hidden=\"true\" "
                          "focusable=\"false\"><rect class=\"");
            put_text(out, get_state_name(keys[key].state));
            put_text(out, "\" width=\"28\" height=\"14\"/>");
            put_text(out, keys[key].mark);
            put_text(out, "</svg> ");
            put_text(out, get_state_name(keys[key].state));
            put_text(out, "</span> ");
        }
    }
    put_text(out, "</p>\n");
}

static void put_drawing(struct output *out, const struct instance *instance,
                        const struct axis *axis, int64_t now_ms)
{
    size_t i;

    /* The drawing is hidden from screen readers, which read the table below. */
    put_text(out, "<svg class=\"timeline\" aria-hidden=\"true\" focusable=\"false\" "
                  "preserveAspectRatio=\"none\"");
    put_attribute(out, "height", (int64_t)axis->lanes * LANE_UNITS);
    put_text(out, " viewBox=\"0 0 1000 ");
    put_integer(out, (int64_t)axis->lanes * LANE_UNITS);
    put_text(out, "\">\n");
    for (i = 0; i < instance->recent_count; i++) {
        if (axis->bars[i].to > 0) {
            put_bar(out, &axis->bars[i], &instance->recent[i]);
        }
    }
    put_text(out, "</svg>\n<p class=\"axis\"><span>");
    put_html_date(out, axis->begin_ms, now_ms);
    put_text(out, "</span> <span>");
    put_html_date(out, axis->end_ms, now_ms);
    put_text(out, "</span></p>\n");
}

/* ---- the table ---- */

static void put_cell(struct output *out, const char *text)
{
    put_text(out, "<td>");
    put_isolated(out, text, strlen(text));
    put_text(out, "</td>");
}

static void put_date_cell(struct output *out, int64_t time_ms)
{
    put_text(out, "<td>");
    if (time_ms > 0) {
        (void)put_html_time(out, time_ms);
    }
    put_text(out, "</td>");
}

static void put_run_row(struct output *out, const struct recent_run *run)
{
    put_text(out, "<tr>");
    put_cell(out, run->run_id);
    put_cell(out, run->generation);
    put_text(out, "<td>");
    put_status(out, run->state, run->status, strlen(run->status));
    put_text(out, "</td><td class=\"number\">");
    if (run->progress >= 0) {
        put_integer(out, run->progress);
        put_text(out, " %");
    }
    put_text(out, "</td>");
    put_date_cell(out, run->start_ms);
    put_date_cell(out, run->end_ms);
    put_text(out, "</tr>\n");
}

static void put_table(struct output *out, const struct instance *instance)
{
    size_t i;

    put_text(out, "<details><summary>");
    put_integer(out, (int64_t)instance->recent_count);
    put_text(out, instance->recent_count == 1 ? " run" : " runs");
    put_text(out, " as a table</summary>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" "
                  "aria-label=\"Recent runs of ");
    put_html(out, instance->name, strlen(instance->name));
    put_text(out, "\">\n<table><thead><tr><th scope=\"col\">Run</th>"
                  "<th scope=\"col\">Generation</th><th scope=\"col\">Status</th>"
                  "<th scope=\"col\">Progress</th><th scope=\"col\">Started</th>"
                  "<th scope=\"col\">Ended</th></tr></thead><tbody>\n");
    for (i = 0; i < instance->recent_count; i++) {
        put_run_row(out, &instance->recent[i]);
    }
    put_text(out, "</tbody></table></div></details>\n");
}

void put_timeline(struct output *out, const struct instance *instance, int64_t now_ms)
{
    struct axis axis;

    put_text(out, "<h3>Timeline</h3>\n");
    if (instance->recent_count == 0) {
        put_text(out, "<p>No run is known.</p>\n");
        return;
    }
    if (measure_axis(&axis, instance, now_ms) > 0) {
        place_bars(&axis, instance, now_ms);
        put_drawing(out, instance, &axis, now_ms);
        put_legend(out, instance, &axis);
    } else {
        put_text(out, "<p>No run has a start that can be drawn.</p>\n");
    }
    put_table(out, instance);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing a format, and what standard output can show of it. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "command.h"

int parse_format(const char *name, enum format *format)
{
    static const char names[FORMAT_COUNT][12] = { "table", "json",       "jsonl",
                                                  "csv",   "prometheus", "timeline" };
    int i;

    for (i = 0; i < FORMAT_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (enum format)i;
            return 0;
        }
    }
    return -1;
}

/* Return the size that the terminal reports (0: none), or else that of the environment variable, or
 * else the usual size. */
static size_t choose_size(unsigned short known, const char *variable, size_t usual)
{
    const char *text = getenv(variable);
    int64_t n = 0;

    if (known > 0) {
        return known;
    }
    return text != NULL && parse_integer(text, 1, 10000, &n) == 0 ? (size_t)n : usual;
}

void detect_display(struct display *display)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    struct winsize size = { 0, 0, 0, 0 };

    memset(display, 0, sizeof(*display));
    display->line_start = "";
    display->now_ms = get_service_time_ms();
    display->is_terminal = isatty(STDOUT_FILENO);
    if (display->is_terminal) {
        display->can_move_cursor = term != NULL && *term != 0 && strcmp(term, "dumb") != 0;
        display->has_colour = (no_color == NULL || *no_color == 0) && display->can_move_cursor;
        display->ascii_only = standard_output.ascii_only;
        (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
        display->columns = choose_size(size.ws_col, "COLUMNS", 80);
        display->rows = choose_size(size.ws_row, "LINES", 24);
    }
}

int has_ended(const struct osft_task *task)
{
    enum osft_state state = osft_task_state(task);
    return task->end_ms > 0 || state == OSFT_SUCCESS || state == OSFT_FAILED;
}

const char *get_state_colour(enum osft_state state)
{
    switch (state) {
    case OSFT_SUCCESS: return "\x1b[32m";
    case OSFT_FAILED: return "\x1b[31m";
    case OSFT_RUNNING: return "\x1b[36m";
    case OSFT_STATE_OTHER: break;
    }
    return NULL;
}

static void print_tasks(struct output *out, enum format format, const struct display *display,
                        const struct osft_page *page)
{
    size_t i;

    if (format == FORMAT_CSV) {
        print_csv_head(out);
    }
    for (i = 0; i < page->count; i++) {
        if (format == FORMAT_CSV) {
            print_csv_task(out, display, &page->tasks[i]);
        } else {
            print_jsonl_task(out, &page->tasks[i]);
        }
    }
}

void print_page(struct output *out, enum format format, const struct display *display,
                const struct osft_page *page, const struct osft_reply *reply)
{
    struct table_widths widths = { { 0 } };

    switch (format) {
    case FORMAT_JSON: print_json(out, display, page, reply); break;
    case FORMAT_JSONL:
    case FORMAT_CSV: print_tasks(out, format, display, page); break;
    case FORMAT_PROMETHEUS: print_prometheus(out, display, page, reply); break;
    case FORMAT_TIMELINE: print_timeline(out, display, page); break;
    case FORMAT_TABLE:
    case FORMAT_COUNT: print_table(out, display, &widths, page); break;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cmd.h"

int format_parse(const char *name, enum format *format)
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

static size_t terminal_columns(void)
{
    struct winsize w = { 0, 0, 0, 0 };
    const char *columns = getenv("COLUMNS");
    int64_t n = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0) {
        return w.ws_col;
    }
    return columns != NULL && value_int(columns, 1, 10000, &n) == 0 ? (size_t)n : 80;
}

void format_look(struct look *look)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    memset(look, 0, sizeof(*look));
    look->line_end = "\n";
    look->now_ms = time_now_ms();
    look->terminal = isatty(STDOUT_FILENO);
    if (look->terminal) {
        look->moves = term != NULL && *term != 0 && strcmp(term, "dumb") != 0;
        look->colour = (no_color == NULL || *no_color == 0) && look->moves;
        look->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
        look->columns = terminal_columns();
    }
}

static void each_task(struct out *o, enum format format, const struct look *look,
                      const struct osft_page *page)
{
    size_t i;
    if (format == FORMAT_CSV) {
        format_csv_head(o);
    }
    for (i = 0; i < page->count; i++) {
        if (format == FORMAT_CSV) {
            format_csv_task(o, look, &page->tasks[i]);
        } else {
            format_jsonl_task(o, &page->tasks[i]);
        }
    }
}

void format_page(struct out *o, enum format format, const struct look *look,
                 const struct osft_page *page)
{
    struct columns columns = { { 0 } };

    switch (format) {
    case FORMAT_JSON: format_json(o, look, page); break;
    case FORMAT_JSONL:
    case FORMAT_CSV: each_task(o, format, look, page); break;
    case FORMAT_PROMETHEUS: format_prometheus(o, look, page); break;
    case FORMAT_TIMELINE: format_timeline(o, look, page); break;
    case FORMAT_TABLE:
    case FORMAT_COUNT: format_table(o, look, &columns, page); break;
    }
}

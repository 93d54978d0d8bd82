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
    look->now_ms = time_now_ms();
    look->terminal = isatty(STDOUT_FILENO);
    if (look->terminal) {
        look->colour = (no_color == NULL || *no_color == 0) && term != NULL && *term != 0 &&
                       strcmp(term, "dumb") != 0;
        look->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
        look->columns = terminal_columns();
    }
}

void format_page(struct out *o, enum format format, const struct look *look,
                 const struct osft_page *page)
{
    switch (format) {
    case FORMAT_JSON: format_json(o, page); break;
    case FORMAT_JSONL: format_jsonl(o, page); break;
    case FORMAT_CSV: format_csv(o, look, page); break;
    case FORMAT_PROMETHEUS: format_prometheus(o, look, page); break;
    case FORMAT_TIMELINE: format_timeline(o, look, page); break;
    case FORMAT_TABLE:
    case FORMAT_COUNT: format_table(o, look, page); break;
    }
}

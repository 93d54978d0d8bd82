/* SPDX-License-Identifier: Apache-2.0 */
/* The table is drawn over itself, line by line, in one write that leaves the cursor below it, visible, and
 * the terminal as it was: whatever ends the program has nothing to restore. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cmd.h"

#define BEGIN "\x1b[?25l\x1b[?7l" /* no cursor, and no second line for what is too long */
#define END   "\x1b[J\x1b[?7h\x1b[?25h"

static void measure(size_t *rows, size_t *columns)
{
    struct winsize w = { 0, 0, 0, 0 };
    int is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;
    *rows = is_known && w.ws_row > 0 ? w.ws_row : 24;
    *columns = is_known && w.ws_col > 0 ? w.ws_col : 80;
}

size_t screen_tasks(void)
{
    size_t rows, columns;
    measure(&rows, &columns);
    return rows > 4 ? rows - 3 : 1; /* its head, the line below, and the cursor's */
}

static void go_up(size_t lines)
{
    if (lines > 0) {
        out_str(&cmd_out, "\x1b[");
        out_int(&cmd_out, (int64_t)lines);
        out_str(&cmd_out, "A\r");
    }
}

void screen_erase(struct screen *s)
{
    go_up(s->lines);
    out_str(&cmd_out, s->lines > 0 ? "\x1b[J" : "");
    s->lines = 0;
}

/* A terminal of another size has moved the lines in its own way: begin anew. */
static void go_home(struct screen *s)
{
    size_t rows, columns;

    measure(&rows, &columns);
    if (s->lines > 0 && (rows != s->rows || columns != s->columns)) {
        out_str(&cmd_out, "\x1b[2J\x1b[H");
    } else {
        go_up(s->lines);
    }
    s->rows = rows;
    s->columns = columns;
}

void screen_draw(struct screen *s, const struct osft_page *page, const char *line)
{
    struct columns columns = { { 0 } };
    struct osft_page part = *page;
    struct look look;
    size_t fit = screen_tasks();

    part.count = part.count < fit ? part.count : fit;
    format_look(&look);
    look.line_end = "\x1b[K\n";
    out_str(&cmd_out, BEGIN);
    go_home(s);
    format_table(&cmd_out, &look, &columns, &part);
    text_safe(&cmd_out, line, strlen(line), look.ascii);
    out_str(&cmd_out, look.line_end);
    out_str(&cmd_out, END);
    out_flush(&cmd_out);
    s->lines = part.count + 2;
}

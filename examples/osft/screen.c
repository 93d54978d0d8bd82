/* SPDX-License-Identifier: Apache-2.0 */
/* The table is drawn over itself, line by line, in one write that leaves the cursor visible below
 * it and the terminal as it was. So there is nothing to restore when the program ends, however it
 * ends. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "command.h"

#define HIDE_CURSOR  "\x1b[?25l"
#define SHOW_CURSOR  "\x1b[?25h"
#define NO_WRAP      "\x1b[?7l" /* what is too long for a line does not go on in the next */
#define WRAP         "\x1b[?7h"
#define CLEAR_LINE   "\x1b[K" /* from the cursor on */
#define CLEAR_BELOW  "\x1b[J" /* all from the cursor on */
#define CLEAR_SCREEN "\x1b[2J\x1b[H"

static void get_terminal_size(size_t *rows, size_t *columns)
{
    struct winsize size = { 0, 0, 0, 0 };
    int is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;

    *rows = is_known && size.ws_row > 0 ? size.ws_row : 24;
    *columns = is_known && size.ws_col > 0 ? size.ws_col : 80;
}

size_t count_screen_tasks(void)
{
    size_t rows, columns;

    get_terminal_size(&rows, &columns);
    return rows > 4 ? rows - 3 : 1; /* without the head, the line below, and the cursor's line */
}

static void move_up(size_t lines)
{
    if (lines > 0) {
        put_text(&standard_output, "\x1b[");
        put_integer(&standard_output, (int64_t)lines);
        put_text(&standard_output, "A\r");
    }
}

void erase_screen(struct screen *screen)
{
    move_up(screen->lines);
    put_text(&standard_output, screen->lines > 0 ? CLEAR_BELOW : "");
    screen->lines = 0;
}

/* A terminal whose size has changed has moved the lines in its own way: begin with an empty one. */
static void move_to_top(struct screen *screen)
{
    size_t rows, columns;

    get_terminal_size(&rows, &columns);
    if (screen->lines > 0 &&
        (rows != screen->terminal_rows || columns != screen->terminal_columns)) {
        put_text(&standard_output, CLEAR_SCREEN);
    } else {
        move_up(screen->lines);
    }
    screen->terminal_rows = rows;
    screen->terminal_columns = columns;
}

void draw_screen(struct screen *screen, const struct osft_page *page, const char *line)
{
    struct table_widths widths = { { 0 } };
    struct osft_page shown = *page;
    struct display display;
    size_t room = count_screen_tasks();

    shown.count = shown.count < room ? shown.count : room;
    detect_display(&display);
    display.line_end = CLEAR_LINE "\n";
    put_text(&standard_output, HIDE_CURSOR NO_WRAP);
    move_to_top(screen);
    print_table(&standard_output, &display, &widths, &shown);
    put_safe_text(&standard_output, line, strlen(line), display.ascii_only);
    put_text(&standard_output, display.line_end);
    put_text(&standard_output, CLEAR_BELOW WRAP SHOW_CURSOR);
    flush_output(&standard_output);
    screen->lines = shown.count + 2;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table is drawn over itself, line by line, in one write that leaves the cursor visible below
 * it and the terminal as it was. So there is nothing to restore when the program ends, however it
 * ends. */
#include "command.h"

#define HIDE_CURSOR  "\x1b[?25l"
#define SHOW_CURSOR  "\x1b[?25h"
#define NO_WRAP      "\x1b[?7l" /* what is too long for a line does not go on in the next */
#define WRAP         "\x1b[?7h"
/* All from the cursor on. It stands before the line: behind a full one it would erase the last
 * character, on which the cursor then still is. */
#define CLEAR_LINE   "\x1b[K"
#define CLEAR_BELOW  "\x1b[J" /* all from the cursor on */
#define CLEAR_SCREEN "\x1b[2J\x1b[H"

/* Without the head, the line below, and the cursor's line. A third of the rows is left to the
 * events above, so that one can be read before the next comes. */
size_t count_screen_tasks(const struct display *display)
{
    size_t rows = display->rows - display->rows / 3;

    return rows > 4 ? rows - 3 : 1;
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
static void move_to_top(struct screen *screen, const struct display *display)
{
    if (screen->lines > 0 &&
        (display->rows != screen->terminal_rows || display->columns != screen->terminal_columns)) {
        put_text(&standard_output, CLEAR_SCREEN);
    } else {
        move_up(screen->lines);
    }
    screen->terminal_rows = display->rows;
    screen->terminal_columns = display->columns;
}

void draw_screen(struct screen *screen, const struct display *display, const struct osft_page *page,
                 const char *line)
{
    struct table_widths widths = { { 0 } };
    struct osft_page shown = *page;
    struct display lines = *display;
    struct osft_span text = osft_span_from(line);
    size_t room = count_screen_tasks(display);

    shown.count = shown.count < room ? shown.count : room;
    lines.line_start = CLEAR_LINE;
    put_text(&standard_output, HIDE_CURSOR NO_WRAP);
    move_to_top(screen, display);
    print_table(&standard_output, &lines, &widths, &shown);
    put_text(&standard_output, CLEAR_LINE);
    put_safe_columns(&standard_output, &text, display->columns, display->ascii_only);
    put_text(&standard_output, "\n" CLEAR_BELOW WRAP SHOW_CURSOR);
    flush_output(&standard_output);
    screen->lines = shown.count + 2;
}

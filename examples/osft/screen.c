/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing a table over the one that was drawn before, line by line, in one write. The write leaves
 * the cursor visible below the table and all modes of the terminal as they were, so nothing must be
 * restored when osft ends, even when it is killed. */
#include "command.h"

#define HIDE_CURSOR  "\x1b[?25l"
#define SHOW_CURSOR  "\x1b[?25h"
#define NO_WRAP      "\x1b[?7l" /* text that is too long for a line does not continue on the next */
#define WRAP         "\x1b[?7h"
/* Clears the line from the cursor on. This is put before the text. Behind a text as wide as the
 * terminal it would clear the last character, as the cursor is still there. */
#define CLEAR_LINE   "\x1b[K"
#define CLEAR_BELOW  "\x1b[J" /* clears all from the cursor on */
#define CLEAR_SCREEN "\x1b[2J\x1b[H"

/* The head, the line below the table, and the line of the cursor take three rows. A third of all
 * rows is left for the lines of events above the table, so that an event can be read before it
 * scrolls away. */
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

/* Move the cursor to the first line of the table. When the size of the terminal has changed, the
 * terminal has moved the lines in its own way, and the screen is cleared. */
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

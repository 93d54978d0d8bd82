/* SPDX-License-Identifier: Apache-2.0 */
/* The contents of a terminal while the command watches, found with a terminal emulator of this
 * file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../examples/osft/command.h"
#include "capture.h"

#define ROWS_MAX    60
#define COLUMNS_MAX 200

/* A terminal that understands what the command sends: ASCII, line feed, carriage return, and the
 * sequences of screen.c. A character in the last column leaves the cursor in that column. */
static struct terminal {
    size_t rows, columns, row, column;
    int wraps, is_cursor_hidden;
    int must_wrap; /* 1: the next character begins a new line */
    size_t wrapped;
    char cell[ROWS_MAX][COLUMNS_MAX + 1];
} terminal;

static void clear_from(size_t row, size_t column)
{
    memset(terminal.cell[row] + column, ' ', terminal.columns - column);
}

static void start_terminal(size_t rows, size_t columns)
{
    size_t row;

    memset(&terminal, 0, sizeof(terminal));
    terminal.rows = rows;
    terminal.columns = columns;
    terminal.wraps = 1;
    for (row = 0; row < rows; row++) {
        clear_from(row, 0);
    }
}

static void new_line(void)
{
    terminal.column = 0;
    terminal.must_wrap = 0;
    if (++terminal.row == terminal.rows) {
        memmove(terminal.cell[0], terminal.cell[1], (terminal.rows - 1) * sizeof(terminal.cell[0]));
        terminal.row--;
        clear_from(terminal.row, 0);
    }
}

static void show_character(char c)
{
    if (terminal.must_wrap) {
        new_line();
        terminal.wrapped++;
    }
    terminal.cell[terminal.row][terminal.column] = c;
    if (terminal.column + 1 < terminal.columns) {
        terminal.column++;
    } else {
        terminal.must_wrap = terminal.wraps;
    }
}

/* Carry out the sequence that follows "\x1b[". Returns the text behind the sequence. */
static const char *obey(const char *at)
{
    int is_private = *at == '?';
    char *end;
    unsigned long n = strtoul(at + is_private, &end, 10);
    size_t row;

    switch (*end) {
    case 'A':
        assert_true(n <= terminal.row);
        terminal.row -= n;
        break;
    case 'K': clear_from(terminal.row, terminal.column); break;
    case 'J':
        assert_int_equal(n, 0);
        clear_from(terminal.row, terminal.column);
        for (row = terminal.row + 1; row < terminal.rows; row++) {
            clear_from(row, 0);
        }
        break;
    case 'l':
    case 'h':
        assert_true(is_private && (n == 7 || n == 25));
        if (n == 7) {
            terminal.wraps = *end == 'h';
        } else {
            terminal.is_cursor_hidden = *end == 'l';
        }
        break;
    default: assert_int_equal(*end, 'm');
    }
    return end + 1;
}

static void show(const char *text)
{
    while (*text != 0) {
        if (strncmp(text, "\x1b[", 2) == 0) {
            text = obey(text + 2);
            continue;
        }
        if (*text == '\n') {
            new_line();
        } else if (*text == '\r') {
            terminal.column = 0;
            terminal.must_wrap = 0;
        } else {
            assert_true(*text >= ' ' && *text <= '~');
            show_character(*text);
        }
        text++;
    }
}

/* ---- what the command draws ---- */

#define TASKS 40
static struct osft_task tasks[TASKS];
static char names[TASKS][2][32];
static struct osft_page page = { .tasks = tasks, .count = TASKS };
static struct screen screen;

static int set_up(void **state)
{
    size_t i;
    (void)state;
    memset(&screen, 0, sizeof(screen));
    for (i = 0; i < TASKS; i++) {
        snprintf(names[i][0], sizeof(names[i][0]), "%zu", 100 - i);
        snprintf(names[i][1], sizeof(names[i][1]), "trigger__2024-01-02T03:04:%02zu", i);
        tasks[i].generation = osft_span_from(names[i][0]);
        tasks[i].run_id = osft_span_from(names[i][1]);
        tasks[i].status = osft_span_from("running");
        tasks[i].extend_info = osft_span_from("{\"auc\":0.7745,\"recall\":91.25,\"loss\":0.1}");
        tasks[i].progress = (int32_t)i;
        tasks[i].start_ms = 1700000000000;
    }
    return 0;
}

static struct display make_display(size_t rows, size_t columns)
{
    const struct display display = { .is_terminal = 1,
                                     .can_move_cursor = 1,
                                     .has_colour = 1,
                                     .ascii_only = 1,
                                     .columns = columns,
                                     .rows = rows,
                                     .now_ms = 1700000050000,
                                     .line_start = "" };
    return display;
}

static void draw(size_t rows, size_t columns)
{
    struct display display = make_display(rows, columns);

    start_capture(&standard_output);
    draw_screen(&screen, &display, &page, "as of now; Ctrl-C ends");
    show(end_capture(&standard_output));
}

/* Print an event line as `watch` does, in place of the table. */
static void print_line(const char *line)
{
    start_capture(&standard_output);
    erase_screen(&screen);
    put_text(&standard_output, line);
    put_text(&standard_output, "\n");
    show(end_capture(&standard_output));
}

/* Return the row of the screen that begins with this text; -1: there is none. */
static int find_row(const char *beginning)
{
    size_t row;

    for (row = 0; row < terminal.rows; row++) {
        if (strncmp(terminal.cell[row], beginning, strlen(beginning)) == 0) {
            return (int)row;
        }
    }
    return -1;
}

static void events_stay_in_view_above_the_runs(void **state)
{
    static const struct {
        size_t rows, events;
    } cases[] = { { 24, 8 }, { 12, 4 }, { 50, 16 }, { 10, 3 } };
    char line[32];
    size_t i, k;
    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start_terminal(cases[i].rows, 80);
        memset(&screen, 0, sizeof(screen));
        for (k = 0; k < 100; k++) {
            draw(cases[i].rows, 80);
            snprintf(line, sizeof(line), "event %zu.", k);
            print_line(line);
            draw(cases[i].rows, 80);
            draw(cases[i].rows, 80);
        }
        for (k = 100 - cases[i].events; k < 100; k++) {
            snprintf(line, sizeof(line), "event %zu.", k);
            assert_int_equal(find_row(line), k + cases[i].events - 100);
        }
        assert_int_equal(find_row("GEN"), cases[i].events);
        assert_int_equal(find_row("100 "), cases[i].events + 1);
        assert_int_equal(find_row("as of now"), cases[i].rows - 2);
        assert_true(terminal.wraps && !terminal.is_cursor_hidden && terminal.column == 0);
    }
}

/* Each run has one row, at any width of the terminal. No row is wrapped, and no characters of an
 * earlier drawing remain. */
static void rows_are_cut_at_the_terminal_s_width(void **state)
{
    size_t columns, run;
    (void)state;
    for (columns = 1; columns <= COLUMNS_MAX; columns++) {
        start_terminal(24, columns);
        memset(&screen, 0, sizeof(screen));
        draw(24, columns);
        draw(24, columns);
        assert_int_equal(terminal.wrapped, 0);
        for (run = 0; run < 13 && columns >= 4; run++) {
            char beginning[8];

            snprintf(beginning, sizeof(beginning), "%zu ", 100 - run);
            assert_int_equal(find_row(beginning), run + 1);
        }
        assert_int_equal(terminal.row, 15);
    }
}

/* A row can be as wide as the terminal. No sequence behind it may erase its last character. */
static void the_last_column_is_shown(void **state)
{
    static struct terminal plain;
    size_t columns, row, full = 0;
    (void)state;
    for (columns = 40; columns <= 120; columns++) {
        struct display display = make_display(24, columns);
        struct table_widths widths = { { 0 } };
        struct osft_page shown = { .tasks = tasks, .count = 13 };

        start_terminal(24, columns);
        start_capture(&standard_output);
        print_table(&standard_output, &display, &widths, &shown);
        show(end_capture(&standard_output));
        plain = terminal;
        start_terminal(24, columns);
        memset(&screen, 0, sizeof(screen));
        draw(24, columns);
        draw(24, columns);
        for (row = 0; row < 14; row++) {
            assert_string_equal(terminal.cell[row], plain.cell[row]);
            full += terminal.cell[row][columns - 1] != ' ';
        }
    }
    assert_true(full > 200);
}

static void cut_names_stay_different(void **state)
{
    size_t a, b;
    (void)state;
    start_terminal(24, 100);
    draw(24, 100);
    assert_non_null(strstr(terminal.cell[1], ".."));
    for (a = 1; a <= 13; a++) {
        const char *run = strstr(terminal.cell[a], "tr");

        assert_non_null(run);
        for (b = a + 1; b <= 13; b++) {
            assert_int_not_equal(strcmp(run, strstr(terminal.cell[b], "tr")), 0);
        }
    }
}

static void forty_columns_show_the_run_s_progress(void **state)
{
    (void)state;
    start_terminal(24, 40);
    draw(24, 40);
    assert_int_equal(find_row("100  running  ..........   0%"), 1);
    assert_int_equal(find_row("90   running  #.........  10%  tri..4:10"), 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(events_stay_in_view_above_the_runs, set_up),
        cmocka_unit_test_setup(rows_are_cut_at_the_terminal_s_width, set_up),
        cmocka_unit_test_setup(the_last_column_is_shown, set_up),
        cmocka_unit_test_setup(cut_names_stay_different, set_up),
        cmocka_unit_test_setup(forty_columns_show_the_run_s_progress, set_up),
    };
    return cmocka_run_group_tests_name("osft screen", tests, NULL, NULL);
}

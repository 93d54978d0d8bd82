/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a test of each cell, so that each result has a name. */
#include "matrix.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HANG_S    300 /* time after which a test counts as hanging */
#define SEEDS     6   /* seeds that are tested with random faults */
#define TESTS_MAX 2000

static const char *const column_names[COLUMNS] = {
    "list, array", "list, stream", "all pages, array", "all pages, stream",
    "get",         "watch",        "watch, first poll"
};

static struct stage stages[2]; /* plain, TLS */

/* The subject of a test: one of the first four members is set. */
struct subject {
    const struct row *row;
    const struct lie *lie;
    const char *chaos;
    void (*sequence)(struct stage *s);
    enum column column;
    int secure, seed;
    char name[120];
};
static struct subject subjects[TESTS_MAX];
static struct CMUnitTest tests[TESTS_MAX];
static size_t count;

static int before_each(void **state)
{
    const struct subject *t = *state;
    struct stage *s = &stages[t->secure];

    alarm(HANG_S);
    if (!s->before.pid)
        stage_open(s, t->secure);
    return 0;
}

static int after_each(void **state)
{
    const struct subject *t = *state;
    struct stage *s = &stages[t->secure];

    alarm(0);
    if (!s->faults)
        stage_calm(s);
    return 0;
}

static void on_alarm(int number)
{
    static const char text[] = "Bail out! a test hangs\n";
    int i;

    (void)number;
    for (i = 0; i < 2; i++) {
        const pid_t pids[] = { stages[i].before.pid, stages[i].after.pid, stages[i].faulty.pid };
        size_t k;

        for (k = 0; k < sizeof(pids) / sizeof(pids[0]); k++)
            if (pids[k] > 0)
                kill(pids[k], SIGKILL);
    }
    _exit(write(STDOUT_FILENO, text, sizeof(text) - 1) < 0 ? 2 : 1);
}

static void one_test(void **state)
{
    const struct subject *t = *state;
    struct stage *s = &stages[t->secure];

    if (t->row)
        test_cell(s, t->row, t->column);
    else if (t->lie)
        test_lie(s, t->lie, t->column);
    else if (t->chaos)
        test_chaos(s, t->column, t->chaos, t->seed);
    else {
        stage_calm(s); /* a new endpoint counts its connections from 1 */
        t->sequence(s);
    }
}

/* Name the test, and add it unless the program's argument selects others. */
static void add(const struct subject *t, const char *faults, const char *only)
{
    struct subject *to = &subjects[count];

    if (count == TESTS_MAX)
        abort();
    *to = *t;
    if (t->sequence)
        snprintf(to->name, sizeof(to->name), "%s%s", faults, t->secure ? " (TLS)" : "");
    else
        snprintf(to->name, sizeof(to->name), "%s%s%s: %s", faults,
                 t->row && t->row->has_bad_task ? " and a bad task"
                 : t->row && t->row->limit_ms   ? " and little time"
                                                : "",
                 t->secure ? " (TLS)" : "", column_names[t->column]);
    if (t->chaos)
        snprintf(to->name + strlen(to->name), sizeof(to->name) - strlen(to->name), ", seed %d",
                 t->seed);
    if (only && !strstr(to->name, only))
        return;
    tests[count].name = to->name;
    tests[count].test_func = one_test;
    tests[count].setup_func = before_each;
    tests[count].teardown_func = after_each;
    tests[count].initial_state = to;
    count++;
}

static void add_rows(int secure, const char *only)
{
    struct subject t;
    size_t i;
    int column;

    memset(&t, 0, sizeof(t));
    t.secure = secure;
    for (i = 0; i < row_count; i++) {
        t.row = &rows[i];
        for (column = 0; column < COLUMNS; column++) {
            t.column = (enum column)column;
            if (!secure || rows[i].secure)
                add(&t, rows[i].faults, only);
        }
    }
}

static void add_lies(const char *only)
{
    struct subject t;
    size_t i;
    int column;

    memset(&t, 0, sizeof(t));
    for (i = 0; i < lie_count; i++) {
        t.lie = &lies[i];
        for (column = LIST; column <= WATCH; column++) {
            t.column = (enum column)column;
            if (column != GET) /* GET does not read a list */
                add(&t, lies[i].faults, only);
        }
    }
}

static void add_chaos(const char *only)
{
    static const char *const faults[] = { "chaos=30", "chaos=100", "chaos=50 chunked=20 split=7" };
    struct subject t;
    size_t i;
    int column;

    memset(&t, 0, sizeof(t));
    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        t.chaos = faults[i];
        for (column = LIST; column <= WATCH; column++) {
            t.column = (enum column)column;
            for (t.seed = 1; t.seed <= SEEDS; t.seed++)
                add(&t, faults[i], only);
        }
    }
}

static void add_sequences(const char *only)
{
    struct subject t;
    size_t i;

    memset(&t, 0, sizeof(t));
    for (i = 0; i < sequence_count; i++) {
        t.sequence = sequences[i].run;
        for (t.secure = 0; t.secure < 2; t.secure++)
            add(&t, sequences[i].name, only);
    }
}

/* usage: test_matrix [TEXT]; only tests whose names contain TEXT are run. */
int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : NULL;
    int failed, i;

    signal(SIGALRM, on_alarm);
    add_rows(0, only);
    add_rows(1, only);
    add_lies(only);
    add_chaos(only);
    add_sequences(only);
    failed = _cmocka_run_group_tests("matrix", tests, count, NULL, NULL);
    for (i = 0; i < 2; i++)
        failed += stage_close(&stages[i]);
    return failed != 0;
}

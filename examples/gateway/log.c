/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "../common/text.h"

static void put_line(const char *text)
{
    put_text(&standard_error, "osft-reporter: ");
    put_safe_text(&standard_error, text, strlen(text), 0);
    put_text(&standard_error, "\n");
    flush_output(&standard_error);
    standard_error.error = 0; /* the next line is tried again, as the reader may come back */
}

void log_line(const char *format, ...)
{
    char text[1024]; /* a line with a path and a value in it */
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    put_line(text);
}

void problem_set(struct problem *problem, const char *format, ...)
{
    char text[sizeof(problem->text)];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (strcmp(text, problem->text) != 0) {
        memcpy(problem->text, text, sizeof(text));
        put_line(text);
    }
}

void problem_clear(struct problem *problem, const char *over)
{
    if (problem->text[0] != 0) {
        put_line(over);
    }
    problem->text[0] = 0;
}

int problem_is_set(const struct problem *problem)
{
    return problem->text[0] != 0;
}

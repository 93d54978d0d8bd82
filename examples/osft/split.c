/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting a command into arguments, as a shell does. */
#include <string.h>
#include "credentials.h"

struct splitter {
    const char *from;
    char *to;   /* never beyond `from`, as no argument is longer than its text */
    char quote; /* the quote that is open; 0: none */
};

/* Copy one character, or skip a quote or backslash. Returns 0, or -1 at the end of the text. */
static int split_character(struct splitter *s)
{
    char c = *s->from++;

    if (c == '\\' && s->quote != '\'') {
        if (s->quote == '"' && strchr("\"\\$`\n", *s->from) == NULL) {
            *s->to++ = c;
            return 0;
        }
        c = *s->from++;
        *s->to++ = c;
        return c != 0 ? 0 : -1;
    }
    if (s->quote != 0 ? c == s->quote : c == '"' || c == '\'') {
        s->quote = s->quote != 0 ? 0 : c;
        return 0;
    }
    *s->to++ = c;
    return c != 0 ? 0 : -1;
}

static int is_separator(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int split_command(char *command, char *arguments[ARGUMENTS_MAX + 1])
{
    struct splitter s = { command, command, 0 };
    int count = 0;

    for (;;) {
        while (is_separator(*s.from)) {
            s.from++;
        }
        if (*s.from == 0) {
            arguments[count] = NULL;
            return count > 0 ? count : -1;
        }
        if (count == ARGUMENTS_MAX) {
            return -1;
        }
        arguments[count++] = s.to;
        while (s.quote != 0 || (*s.from != 0 && !is_separator(*s.from))) {
            if (split_character(&s) != 0) {
                return -1;
            }
        }
        s.from += *s.from != 0;
        *s.to++ = 0;
    }
}

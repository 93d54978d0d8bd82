/* SPDX-License-Identifier: Apache-2.0 */
#include "config_value.h"
#include <string.h>
#include "../common/values.h"

/* Check the length of a text, and that it has no control characters, which can only be a mistake.
 * The code that uses the text checks the rest. */
static int read_text(const struct config_key *rule, const char *text)
{
    size_t len = strlen(text), i;

    for (i = 0; i < len; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
            return -1;
        }
    }
    return (int64_t)len >= rule->min && (int64_t)len <= rule->max ? 0 : -1;
}

static int read_duration(const struct config_key *rule, const char *text, int64_t *number)
{
    uint32_t ms;

    if (parse_duration(text, &ms) != 0 || ms < rule->min || ms > rule->max) {
        return -1;
    }
    *number = ms;
    return 0;
}

static int read_choice(const char *choices, const char *text, int64_t *number)
{
    size_t len = strlen(text);

    for (*number = 0; len > 0; (*number)++) {
        size_t n = strcspn(choices, " ");

        if (n == len && memcmp(choices, text, len) == 0) {
            return 0;
        }
        if (choices[n] == 0) {
            return -1;
        }
        choices += n + 1;
    }
    return -1;
}

int read_value(const struct config_key *rule, const char *text, int64_t *number)
{
    *number = 0;
    switch (rule->kind) {
    case VALUE_TEXT: return read_text(rule, text);
    case VALUE_FILE: return text[0] == '/' ? read_text(rule, text) : -1;
    case VALUE_INTEGER: return parse_integer(text, rule->min, rule->max, number);
    case VALUE_DURATION: return read_duration(rule, text, number);
    case VALUE_SWITCH: return read_choice("no yes", text, number);
    case VALUE_CHOICE: return read_choice(rule->choices, text, number);
    }
    return -1;
}

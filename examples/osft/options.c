/* SPDX-License-Identifier: Apache-2.0 */
/* Reading options: --name value and --name=value. getopt_long() is not used: it accepts
 * abbreviations, whose meaning would change with each new option. */
#include <stdio.h>
#include <string.h>
#include "command.h"

#define CALLS (COMMAND_LIST | COMMAND_GET | COMMAND_WATCH)

static const struct {
    const char *name;
    unsigned char commands;
    unsigned char takes_value;
} known_options[OPTION_COUNT] = {
    [OPTION_APP] = { "--app", CALLS, 1 },
    [OPTION_FUNCTION] = { "--function", CALLS, 1 },
    [OPTION_INSTANCE] = { "--instance", CALLS, 1 },
    [OPTION_GENERATION] = { "--generation", COMMAND_GET, 1 },
    [OPTION_STATUS] = { "--status", COMMAND_LIST, 1 },
    [OPTION_SINCE] = { "--since", COMMAND_LIST, 1 },
    [OPTION_UNTIL] = { "--until", COMMAND_LIST, 1 },
    [OPTION_PAGE] = { "--page", COMMAND_LIST, 1 },
    [OPTION_PAGE_SIZE] = { "--page-size", COMMAND_LIST, 1 },
    [OPTION_ALL] = { "--all", COMMAND_LIST, 0 },
    [OPTION_INTERVAL] = { "--interval", COMMAND_GET | COMMAND_WATCH, 1 },
    [OPTION_ONCE] = { "--once", COMMAND_WATCH, 0 },
    [OPTION_WAIT] = { "--wait", COMMAND_GET, 0 },
    [OPTION_EXEC] = { "--exec", COMMAND_WATCH, 1 },
    [OPTION_EXEC_TIMEOUT] = { "--exec-timeout", COMMAND_WATCH, 1 },
    [OPTION_STATE] = { "--state", COMMAND_WATCH, 1 },
    [OPTION_FORMAT] = { "--format", CALLS | COMMAND_PARSE, 1 },
    [OPTION_OUTPUT] = { "--output", COMMAND_LIST, 1 },
    [OPTION_CREDENTIALS] = { "--credentials", CALLS, 1 },
    [OPTION_PROFILE] = { "--profile", CALLS, 1 },
    [OPTION_REGION] = { "--region", CALLS, 1 },
    [OPTION_ENDPOINT] = { "--endpoint", CALLS, 1 },
    [OPTION_CA] = { "--ca", CALLS, 1 },
    [OPTION_PROXY] = { "--proxy", CALLS, 1 },
    [OPTION_TIMEOUT] = { "--timeout", CALLS, 1 },
    [OPTION_RETRIES] = { "--retries", CALLS, 1 },
    [OPTION_PLAIN_HTTP] = { "--plain-http", CALLS, 0 },
    [OPTION_DRY_RUN] = { "--dry-run", COMMAND_LIST | COMMAND_GET, 0 },
    [OPTION_DATE] = { "--date", COMMAND_LIST | COMMAND_GET, 1 },
    [OPTION_NONCE] = { "--nonce", COMMAND_LIST | COMMAND_GET, 1 },
    [OPTION_SHOW_SIGNATURE] = { "--show-signature", COMMAND_LIST | COMMAND_GET, 0 },
    [OPTION_EXTEND_INFO] = { "--extend-info", CALLS | COMMAND_PARSE, 1 },
    [OPTION_VERBOSE] = { "--verbose", CALLS, 0 },
    [OPTION_VERSION] = { "--version", CALLS | COMMAND_PARSE, 0 },
    [OPTION_HELP] = { "--help", CALLS | COMMAND_PARSE, 0 },
};

/* Return the option of the command that has this name, or -1. */
static int find_option(enum command command, const char *name, size_t len)
{
    int i;
    if (len == 2 && memcmp(name, "-h", 2) == 0) {
        return OPTION_HELP;
    }
    if (len == 2 && memcmp(name, "-V", 2) == 0) {
        return OPTION_VERSION;
    }
    for (i = 0; i < OPTION_COUNT; i++) {
        if (strlen(known_options[i].name) == len && memcmp(known_options[i].name, name, len) == 0 &&
            (known_options[i].commands & command) != 0) {
            return i;
        }
    }
    return -1;
}

#define NAME_MAX_LENGTH 40

/* Return how many characters must be inserted, removed or replaced to turn one name into the
 * other. */
static size_t count_edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
    /* edits[j]: the number of edits from the part of a that was read to the first j characters of
     * b; 0.3 KB. */
    size_t edits[NAME_MAX_LENGTH + 1];
    size_t i, j;

    for (j = 0; j <= b_len; j++) {
        edits[j] = j;
    }
    for (i = 0; i < a_len; i++) {
        size_t diagonal = edits[0];

        edits[0] = i + 1;
        for (j = 0; j < b_len; j++) {
            size_t replaced = diagonal + (a[i] != b[j]);
            size_t other = 1 + (edits[j] < edits[j + 1] ? edits[j] : edits[j + 1]);

            diagonal = edits[j + 1];
            edits[j + 1] = replaced < other ? replaced : other;
        }
    }
    return edits[b_len];
}

/* Return the option of the command that was most likely meant, or -1. */
static int find_nearest(enum command command, const char *name, size_t len)
{
    size_t best = len / 3 < 3 ? len / 3 + 1 : 4; /* an option with fewer edits is suggested */
    int nearest = -1, i;

    for (i = 0; i < OPTION_COUNT && len <= NAME_MAX_LENGTH; i++) {
        size_t known_len = strlen(known_options[i].name), edits;

        if ((known_options[i].commands & command) == 0 || known_len > NAME_MAX_LENGTH) {
            continue;
        }
        edits = count_edits(name, len, known_options[i].name, known_len);
        if (edits < best) {
            best = edits;
            nearest = i;
        }
    }
    return nearest;
}

static int report_unknown_option(enum command command, const char *arg, size_t len)
{
    char hint[NAME_MAX_LENGTH + 40];
    unsigned bit;
    int nearest = find_nearest(command, arg, len);

    for (bit = COMMAND_LIST; bit <= COMMAND_WATCH; bit <<= 1) {
        if (find_option((enum command)bit, arg, len) >= 0) {
            snprintf(hint, sizeof(hint), "it is an option of osft %s.",
                     get_command_name((enum command)bit));
            return report_usage_error_with_hint(command, "there is no option", arg, hint);
        }
    }
    if (nearest >= 0) {
        snprintf(hint, sizeof(hint), "did you mean %s?", known_options[nearest].name);
    }
    return report_usage_error_with_hint(command, "there is no option", arg,
                                        nearest >= 0 ? hint : NULL);
}

static int set_value(struct options *options, int option, const char *value)
{
    const char **slot = &options->value[option];
    if (*slot != NULL && strcmp(*slot, value) != 0) {
        return report_usage_error(
            options->command,
            "given twice, with different values; give it once:", known_options[option].name);
    }
    *slot = value;
    return 0;
}

/* Read the option at *arguments, with its value, and move *arguments behind them. */
static int read_option(struct options *options, char *const **arguments)
{
    const char *arg = *(*arguments)++;
    size_t len = strcspn(arg, "=");
    int option = find_option(options->command, arg, len);

    if (option < 0) {
        return report_unknown_option(options->command, arg, len);
    }
    if (!known_options[option].takes_value) {
        return arg[len] == 0
                   ? set_value(options, option, "")
                   : report_usage_error(options->command, "this option takes no value:", arg);
    }
    if (arg[len] == '=') {
        return set_value(options, option, arg + len + 1);
    }
    /* When another option follows, the user has forgotten the value. A value that begins with --
     * can be given as --name=--x. */
    if (**arguments == NULL || strncmp(**arguments, "--", 2) == 0) {
        return report_usage_error(options->command, "a value must follow", arg);
    }
    return set_value(options, option, *(*arguments)++);
}

static int read_argument(struct options *options, const char *arg)
{
    if (options->command != COMMAND_PARSE) {
        return report_usage_error(options->command, "options begin with --; not understood:", arg);
    }
    if (options->file != NULL) {
        return report_usage_error(options->command, "one file at a time; not read:", arg);
    }
    options->file = arg;
    return 0;
}

int read_options(struct options *options, enum command command, char *const *arguments)
{
    int options_ended = 0;

    memset(options, 0, sizeof(*options));
    options->command = command;
    while (*arguments != NULL && options->value[OPTION_HELP] == NULL &&
           options->value[OPTION_VERSION] == NULL) {
        if (!options_ended && strcmp(*arguments, "--") == 0) {
            options_ended = 1;
            arguments++;
        } else if (options_ended || (*arguments)[0] != '-' || (*arguments)[1] == 0) {
            if (read_argument(options, *arguments++) != 0) {
                return -1;
            }
        } else if (read_option(options, &arguments) != 0) {
            return -1;
        }
    }
    return 0;
}

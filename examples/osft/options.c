/* SPDX-License-Identifier: Apache-2.0 */
/* --name value and --name=value, by one table. Not getopt_long: it takes abbreviations, which would
 * change their meaning with each new option. */
#include <string.h>
#include "cmd.h"

#define ASK (COMMAND_LIST | COMMAND_GET | COMMAND_WATCH)

static const struct {
    const char *name;
    unsigned char commands;
    unsigned char takes_value;
} table[OPT_COUNT] = {
    [OPT_APP] = { "--app", ASK, 1 },
    [OPT_FUNCTION] = { "--function", ASK, 1 },
    [OPT_INSTANCE] = { "--instance", ASK, 1 },
    [OPT_GENERATION] = { "--generation", COMMAND_GET, 1 },
    [OPT_STATUS] = { "--status", COMMAND_LIST, 1 },
    [OPT_SINCE] = { "--since", COMMAND_LIST, 1 },
    [OPT_UNTIL] = { "--until", COMMAND_LIST, 1 },
    [OPT_PAGE] = { "--page", COMMAND_LIST, 1 },
    [OPT_PAGE_SIZE] = { "--page-size", COMMAND_LIST, 1 },
    [OPT_ALL] = { "--all", COMMAND_LIST, 0 },
    [OPT_INTERVAL] = { "--interval", COMMAND_WATCH, 1 },
    [OPT_ONCE] = { "--once", COMMAND_WATCH, 0 },
    [OPT_STATE] = { "--state", COMMAND_WATCH, 1 },
    [OPT_FORMAT] = { "--format", ASK | COMMAND_PARSE, 1 },
    [OPT_REGION] = { "--region", ASK, 1 },
    [OPT_ENDPOINT] = { "--endpoint", ASK, 1 },
    [OPT_CA] = { "--ca", ASK, 1 },
    [OPT_TIMEOUT] = { "--timeout", ASK, 1 },
    [OPT_RETRIES] = { "--retries", ASK, 1 },
    [OPT_PLAIN_HTTP] = { "--plain-http", ASK, 0 },
    [OPT_DRY_RUN] = { "--dry-run", COMMAND_LIST | COMMAND_GET, 0 },
    [OPT_DATE] = { "--date", COMMAND_LIST | COMMAND_GET, 1 },
    [OPT_NONCE] = { "--nonce", COMMAND_LIST | COMMAND_GET, 1 },
    [OPT_VERBOSE] = { "--verbose", ASK, 0 },
    [OPT_VERSION] = { "--version", ASK | COMMAND_PARSE, 0 },
    [OPT_HELP] = { "--help", ASK | COMMAND_PARSE, 0 },
};

static int find(enum command command, const char *arg, size_t len)
{
    int i;
    if (len == 2 && memcmp(arg, "-h", 2) == 0) {
        return OPT_HELP;
    }
    for (i = 0; i < OPT_COUNT; i++) {
        if (strlen(table[i].name) == len && memcmp(table[i].name, arg, len) == 0 &&
            (table[i].commands & command) != 0) {
            return i;
        }
    }
    return -1;
}

static int set(struct options *o, int option, const char *value)
{
    const char **slot = &o->value[option];
    if (*slot != NULL && strcmp(*slot, value) != 0) {
        return usage_error(o->command,
                           "given twice, with different values; give it once:", table[option].name);
    }
    *slot = value;
    return 0;
}

/* One option at *args; moves *args past what it used. */
static int read_option(struct options *o, char *const **args)
{
    const char *arg = *(*args)++;
    size_t len = strcspn(arg, "=");
    int option = find(o->command, arg, len);

    if (option < 0) {
        return usage_error(o->command, "there is no option", arg);
    }
    if (!table[option].takes_value) {
        return arg[len] == 0 ? set(o, option, "")
                             : usage_error(o->command, "this option takes no value:", arg);
    }
    if (arg[len] == '=') {
        return set(o, option, arg + len + 1);
    }
    /* Another option where the value should be is a forgotten value; --name=--x says it is meant. */
    if (**args == NULL || strncmp(**args, "--", 2) == 0) {
        return usage_error(o->command, "a value must follow", arg);
    }
    return set(o, option, *(*args)++);
}

static int read_argument(struct options *o, const char *arg)
{
    if (o->command != COMMAND_PARSE) {
        return usage_error(o->command, "options begin with --; not understood:", arg);
    }
    if (o->file != NULL) {
        return usage_error(o->command, "one file at a time; not read:", arg);
    }
    o->file = arg;
    return 0;
}

int options_read(struct options *o, enum command command, char *const *args)
{
    int only_arguments = 0;

    memset(o, 0, sizeof(*o));
    o->command = command;
    while (*args != NULL && o->value[OPT_HELP] == NULL && o->value[OPT_VERSION] == NULL) {
        if (!only_arguments && strcmp(*args, "--") == 0) {
            only_arguments = 1;
            args++;
        } else if (only_arguments || (*args)[0] != '-' || (*args)[1] == 0) {
            if (read_argument(o, *args++) != 0) {
                return -1;
            }
        } else if (read_option(o, &args) != 0) {
            return -1;
        }
    }
    return 0;
}

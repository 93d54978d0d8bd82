/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: sections that have keys with values. Each value is checked by the rule of its
 * key before any other code sees it. Settings come from a file (config_file.c, with inih) and from
 * --set on the command line, by the same rules. The command line takes precedence over the file.
 *
 *     static const struct config_key keys[] = {
 *         { "address", VALUE_TEXT, "an address, such as 127.0.0.1", "127.0.0.1", 1, 255 },
 *         { "port", VALUE_INTEGER, "a TCP port, from 1 to 65535", "9473", 1, 65535 },
 *         { NULL }
 *     };
 *     if (config_has_section(config, "http"))
 *         port = config_integer(config, "http", "port");
 *
 * lifetime: texts live as long as the configuration. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stddef.h>
#include <stdint.h>

enum value_kind {
    VALUE_TEXT,     /* min and max: the length in bytes */
    VALUE_INTEGER,  /* min and max: the bounds of the value */
    VALUE_DURATION, /* such as 30s or 5m; min and max in ms */
    VALUE_SWITCH,   /* yes or no */
    VALUE_CHOICE,   /* one of the words in `choices` */
    VALUE_FILE      /* an absolute path; min and max: the length in bytes */
};

/* When a value is a secret. A secret is never printed, and is refused in a file that others can
 * read. */
enum secrecy {
    SECRET_NEVER = 0,
    SECRET_ALWAYS,
    SECRET_WITH_LOGIN /* a URL is a secret when it has an at sign */
};

#define CONFIG_INSTANCES_MAX 64

struct config_key {
    const char *name;
    enum value_kind kind;
    const char *expected; /* what to write, such as "a TCP port, from 1 to 65535" */
    const char *preset;   /* the default value; NULL: none */
    int64_t min, max;
    const char *choices; /* words, separated by spaces */
    uint8_t is_required;
    uint8_t is_secret; /* enum secrecy */
};

struct config;

/* Whether the configuration has the section. section: such as "http"; for an instance, "instance
 * NAME". In all functions below, the key must be one of the section's keys. */
int config_has_section(const struct config *config, const char *section);
/* Return the value, or else the default value; NULL: there is neither. */
const char *config_text(const struct config *config, const char *section, const char *key);
/* Return the value of VALUE_INTEGER, VALUE_DURATION in ms, VALUE_SWITCH as 0 or 1, or VALUE_CHOICE
 * as the index of the word, from 0. The key must have a default value or be required. */
int64_t config_integer(const struct config *config, const char *section, const char *key);
/* Whether the key was set, for an instance also in [defaults]. */
int config_is_set(const struct config *config, const char *section, const char *key);
/* Whether the key was set in the section itself, not only in [defaults]. */
int config_is_own(const struct config *config, const char *section, const char *key);
/* Return the name of the instance section with that number, counted from 0, in the order of the
 * file; NULL: there is no such section. */
const char *config_instance(const struct config *config, size_t number);

/* Report that a value is wrong, with file and line: "FILE:LINE: [SECTION] KEY: WHAT; write ADVICE".
 * key NULL: the whole section is wrong. Returns -1. */
int config_report(const struct config *config, const char *section, const char *key,
                  const char *what, const char *advice);
/* Report as config_report() does, but with a whole instruction, such as "chmod 600 /the/file"; "":
 * there is none. Returns -1. */
int config_report_problem(const struct config *config, const char *section, const char *key,
                          const char *what, const char *instruction);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: sections of keys with texts, each checked by a rule before anything else sees
 * it. It comes from a file (config_file.c, by inih) and from --set on the command line, by the same
 * rules; the command line goes before the file.
 *
 *     static const struct config_key keys[] = {
 *         { "address", VALUE_TEXT, "an address, such as 127.0.0.1", "127.0.0.1", 1, 255 },
 *         { "port", VALUE_INTEGER, "a TCP port, from 1 to 65535", "9473", 1, 65535 },
 *         { NULL }
 *     };
 *     if (config_has_section(config, "http"))
 *         port = config_integer(config, "http", "port");
 *
 * lifetime: texts live as long as the configuration.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stddef.h>
#include <stdint.h>

enum value_kind {
    VALUE_TEXT,     /* min and max: bytes that it may have */
    VALUE_INTEGER,  /* min and max: its bounds */
    VALUE_DURATION, /* such as 30s or 5m; min and max: ms */
    VALUE_SWITCH,   /* yes or no */
    VALUE_CHOICE,   /* one of the words in `choices` */
    VALUE_FILE      /* an absolute path; min and max: bytes that it may have */
};

/* Secrets are never shown, and refused in a file that others can read. */
enum secrecy {
    SECRET_NEVER = 0,
    SECRET_ALWAYS,
    SECRET_WITH_LOGIN /* a URL, when it has an at sign */
};

#define CONFIG_INSTANCES_MAX 64

struct config_key {
    const char *name;
    enum value_kind kind;
    const char *expected; /* what to write, such as "a TCP port, from 1 to 65535" */
    const char *preset;   /* the value where the key is absent; NULL: none */
    int64_t min, max;
    const char *choices; /* words with a space between them */
    uint8_t is_required;
    uint8_t is_secret; /* enum secrecy */
};

struct config;

/* Of a section that may be there once, such as "http"; for an instance its section is "instance
 * NAME". The key must be one of the section's. */
int config_has_section(const struct config *config, const char *section);
/* The value, or the preset; NULL: neither. */
const char *config_text(const struct config *config, const char *section, const char *key);
/* VALUE_INTEGER; VALUE_DURATION in ms; VALUE_SWITCH 0 or 1; VALUE_CHOICE the word's position from
 * 0. The key must have a preset or be required. */
int64_t config_integer(const struct config *config, const char *section, const char *key);
/* 1: the key was written, and is not the preset. */
int config_is_set(const struct config *config, const char *section, const char *key);
/* The same of the section itself: an instance has what [defaults] sets, too. */
int config_is_own(const struct config *config, const char *section, const char *key);
/* The names of all sections that begin with "instance ", in their order; NULL: there is none of
 * that number. */
const char *config_instance(const struct config *config, size_t number);

/* Report that a value is wrong, with file and line: "FILE:LINE: [SECTION] KEY: WHAT; write
 * ADVICE". key NULL: the section as a whole. Returns -1. */
int config_report(const struct config *config, const char *section, const char *key,
                  const char *what, const char *advice);
/* The same, with an instruction that is more than what to write, such as "chmod 600 /the/file";
 * "": none. */
int config_report_problem(const struct config *config, const char *section, const char *key,
                          const char *what, const char *instruction);

#endif

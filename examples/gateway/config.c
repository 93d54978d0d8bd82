/* SPDX-License-Identifier: Apache-2.0 */
/* Stores the sections of a configuration and the settings in them. */
#include "config.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/values.h"
#include "channel.h"
#include "config_load.h"
#include "config_value.h"
#include "log.h"

#define SECTION_SIZE 64

struct section {
    char name[SECTION_SIZE];
    const struct config_key *keys;
    struct origin origin;
    int is_in_file;
    int has_bad_line; /* 1: a line of the section was refused, so a key may seem absent */
};

struct setting {
    size_t section;
    const struct config_key *rule;
    char *text;
    int64_t value;
    int is_refused; /* 1: the value was refused, but the key is not absent */
    struct origin origin;
};

struct config {
    struct section *sections;
    size_t section_count, current; /* current: index of the section that was begun last */
    struct setting *settings;
    size_t setting_count;
};

struct config *make_config(void)
{
    return calloc(1, sizeof(struct config));
}

void free_config(struct config *config)
{
    size_t i;

    for (i = 0; config != NULL && i < config->setting_count; i++) {
        free(config->settings[i].text);
    }
    if (config != NULL) {
        free(config->settings);
        free(config->sections);
    }
    free(config);
}

int report_origin(const struct origin *origin, const char *format, ...)
{
    char text[800];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (origin->file != NULL) {
        log_line("%s:%d: %s", origin->file, origin->line, text);
    } else {
        log_line("--set: %s", text);
    }
    return -1;
}

/* Make room for one more element of an array. Returns the array, which may have moved; or NULL
 * after reporting that there is no memory: the old array is then unchanged. */
static void *grow_array(void *array, size_t count, size_t size)
{
    void *grown =
        (count & (count - 1)) == 0 ? realloc(array, (count > 0 ? 2 * count : 1) * size) : array;

    if (grown == NULL) {
        log_line("there is no memory for the configuration");
    }
    return grown;
}

/* Return the index of a section; section_count: there is no such section. */
static size_t find_section(const struct config *config, const char *name)
{
    size_t i;

    for (i = 0; i < config->section_count && strcmp(config->sections[i].name, name) != 0; i++) {
    }
    return i;
}

/* Return the setting of a key in the section itself; NULL: there is none. */
static struct setting *find_section_setting(const struct config *config, size_t section,
                                            const char *key)
{
    size_t i;

    for (i = 0; i < config->setting_count; i++) {
        if (config->settings[i].section == section &&
            strcmp(config->settings[i].rule->name, key) == 0) {
            return &config->settings[i];
        }
    }
    return NULL;
}

int is_instance_section(const char *section)
{
    return strncmp(section, INSTANCE_PREFIX, strlen(INSTANCE_PREFIX)) == 0;
}

/* ---- adding sections and settings ---- */

static int report_unknown_section(const struct origin *origin, const char *name)
{
    const char *fault;
    size_t i;

    if (strncmp(name, "instance", 8) == 0 && name[8] != 0 && strchr(".:/-_", name[8]) != NULL) {
        return report_origin(origin,
                             "there is no section [%.100s]; write [" INSTANCE_PREFIX
                             "%.100s], with a space before the name",
                             name, name + 9);
    }
    if (is_instance_section(name)) {
        fault = find_name_fault(name + strlen(INSTANCE_PREFIX));
        return report_origin(origin, "[%.100s]: an instance's name %s", name, fault);
    }
    for (i = 0; absent_channels[i].name != NULL; i++) {
        if (strcmp(absent_channels[i].name, name) == 0) {
            return report_origin(
                origin,
                "[%s] needs %s, and this osft-reporter was built without it; leave "
                "the section out, or build it where that is installed",
                name, absent_channels[i].library);
        }
    }
    return report_origin(origin,
                         "there is no section [%.100s]; write [reporter], [" DEFAULTS
                         "], [" INSTANCE_PREFIX "NAME] or one for a channel, which --help lists",
                         name);
}

static int add_section(struct config *config, const struct origin *origin, const char *name,
                       const struct config_key *keys)
{
    struct section *grown = grow_array(config->sections, config->section_count, sizeof(*grown));
    struct section *section;

    if (grown == NULL) {
        return -1;
    }
    config->sections = grown;
    section = &grown[config->section_count++];
    (void)snprintf(section->name, sizeof(section->name), "%s", name);
    section->keys = keys;
    section->origin = *origin;
    section->is_in_file = origin->file != NULL;
    section->has_bad_line = 0;
    return 0;
}

int begin_section(struct config *config, const struct origin *origin, const char *name)
{
    const struct config_key *keys = find_section_keys(name);
    struct section *section;

    config->current = find_section(config, name);
    if (keys == NULL) {
        return report_unknown_section(origin, name);
    }
    if (config->current == config->section_count) {
        return add_section(config, origin, name, keys);
    }
    section = &config->sections[config->current];
    if (origin->file != NULL && section->is_in_file) {
        return report_origin(origin, "[%s] is in line %d already; put both together", name,
                             section->origin.line);
    }
    if (origin->file != NULL) {
        section->is_in_file = 1;
        section->origin = *origin;
    }
    return 0;
}

/* Report a key that the section does not have, with the names of its keys. Returns -1. */
static int report_unknown_key(const struct section *section, const struct origin *origin,
                              const char *key)
{
    char names[400] = "";
    size_t used = 0, i;

    for (i = 0; section->keys[i].name != NULL && used < sizeof(names); i++) {
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i > 0 ? ", " : "",
                                 section->keys[i].name);
    }
    return report_origin(origin, "[%s] has no key '%.100s'; write one of: %s", section->name, key,
                         names);
}

static const struct config_key *find_rule(const struct section *section, const char *key)
{
    const struct config_key *rule = section->keys;

    while (rule->name != NULL && strcmp(rule->name, key) != 0) {
        rule++;
    }
    return rule->name != NULL ? rule : NULL;
}

static int report_bad_value(const struct section *section, const struct origin *origin,
                            const struct config_key *rule, const char *value)
{
    if (rule->is_secret || strchr(value, '@') != NULL) { /* the value may have a login */
        return report_origin(origin, "[%s] %s: the value cannot be used; write %s", section->name,
                             rule->name, rule->expected);
    }
    return report_origin(origin, "[%s] %s: '%.200s' cannot be used; write %s", section->name,
                         rule->name, value, rule->expected);
}

/* Check that a secret comes from a file that nobody else can read, and not from the command line. A
 * URL with a login is a secret. Returns 0, or -1 after reporting what is wrong. */
static int check_privacy(const struct section *section, const struct origin *origin,
                         const struct config_key *rule, const char *value)
{
    int is_login = rule->is_secret == SECRET_WITH_LOGIN && strchr(value, '@') != NULL;

    if (origin->file == NULL && (rule->is_secret == SECRET_ALWAYS || is_login)) {
        return report_origin(origin,
                             "[%s] %s: others can read arguments; write it into a file that only "
                             "you can read",
                             section->name, rule->name);
    }
    if (!origin->is_private && (rule->is_secret == SECRET_ALWAYS || is_login)) {
        return report_origin(origin,
                             "[%s] %s is a secret in a file that others can read; chmod 600 "
                             "%.300s",
                             section->name, rule->name, origin->file);
    }
    return 0;
}

static int store_setting(struct config *config, const struct origin *origin,
                         const struct config_key *rule, const char *value, int64_t number,
                         int is_refused)
{
    struct setting *grown = grow_array(config->settings, config->setting_count, sizeof(*grown));
    struct setting *setting;

    if (grown == NULL) {
        return -1;
    }
    config->settings = grown;
    setting = &grown[config->setting_count];
    setting->text = strdup(value);
    if (setting->text == NULL) {
        log_line("there is no memory for the configuration");
        return -1;
    }
    setting->section = config->current;
    setting->rule = rule;
    setting->value = number;
    setting->is_refused = is_refused;
    setting->origin = *origin;
    config->setting_count++;
    return 0;
}

int add_setting(struct config *config, const struct origin *origin, const char *key,
                const char *value)
{
    const struct section *section = &config->sections[config->current];
    const struct config_key *rule;
    const struct setting *old;
    int64_t number = 0;
    int is_refused;

    if (config->current == config->section_count) {
        return -1; /* the unknown section has been reported */
    }
    rule = find_rule(section, key);
    if (rule == NULL) {
        return report_unknown_key(section, origin, key);
    }
    is_refused = read_value(rule, value, &number) != 0
                     ? report_bad_value(section, origin, rule, value) != 0
                     : check_privacy(section, origin, rule, value) != 0;
    old = find_section_setting(config, config->current, key);
    if (old != NULL && old->origin.file == NULL && origin->file != NULL) {
        return is_refused ? -1 : 0;
    }
    if (old != NULL && !is_refused) {
        return report_origin(origin, "[%s] %s is set already%s; leave one of them out",
                             section->name, key, old->origin.file != NULL ? " further up" : "");
    }
    if (old == NULL && store_setting(config, origin, rule, value, number, is_refused) != 0) {
        return -1;
    }
    return is_refused ? -1 : 0;
}

void note_bad_line(struct config *config)
{
    if (config->current < config->section_count) {
        config->sections[config->current].has_bad_line = 1;
    }
}

int add_argument(struct config *config, const char *text)
{
    static const struct origin origin = { NULL, 0, 0 };
    const char *equals = strchr(text, '='), *dot = equals;
    char section[SECTION_SIZE], key[SECTION_SIZE];

    while (dot != NULL && dot > text && *dot != '.') {
        dot--;
    }
    if (dot == NULL || dot == text || equals == dot + 1 ||
        (size_t)(dot - text) >= sizeof(section) || (size_t)(equals - dot) > sizeof(key)) {
        return report_origin(&origin, "write SECTION.KEY=VALUE, such as 'instance ctr.app=my_app'");
    }
    (void)snprintf(section, sizeof(section), "%.*s", (int)(dot - text), text);
    (void)snprintf(key, sizeof(key), "%.*s", (int)(equals - dot - 1), dot + 1);
    if (begin_section(config, &origin, section) != 0) {
        return -1;
    }
    return add_setting(config, &origin, key, equals + 1);
}

/* ---- checking the whole configuration ---- */

/* Return the setting of a key in the section. For an instance without that setting, returns the
 * setting in [defaults]. NULL: there is none. */
static const struct setting *find_setting(const struct config *config, const char *section,
                                          const char *key)
{
    const struct setting *setting =
        find_section_setting(config, find_section(config, section), key);

    if (setting == NULL && is_instance_section(section)) {
        setting = find_section_setting(config, find_section(config, DEFAULTS), key);
    }
    return setting;
}

int config_is_sound(const struct config *config, const char *name)
{
    const struct section *section = &config->sections[find_section(config, name)];
    const struct config_key *rule;

    for (rule = section->keys; rule->name != NULL; rule++) {
        const struct setting *setting = find_setting(config, name, rule->name);

        if ((setting == NULL && rule->is_required) || (setting != NULL && setting->is_refused)) {
            return 0;
        }
    }
    return !section->has_bad_line;
}

static int check_section(const struct config *config, const struct section *section)
{
    const struct config_key *rule;
    int result = 0;

    for (rule = section->keys; rule->name != NULL; rule++) {
        if (rule->is_required && !section->has_bad_line && strcmp(section->name, DEFAULTS) != 0 &&
            find_setting(config, section->name, rule->name) == NULL) {
            result = report_origin(&section->origin, "[%s] needs the key %s: write %s",
                                   section->name, rule->name, rule->expected);
        }
    }
    return is_instance_section(section->name) && config_is_sound(config, section->name)
               ? check_instance(config, section->name)
               : result;
}

int check_config(const struct config *config, int has_errors)
{
    size_t instances = 0, i;
    int result = 0;

    for (i = 0; i < config->section_count; i++) {
        instances += is_instance_section(config->sections[i].name) != 0;
        result |= check_section(config, &config->sections[i]);
    }
    if (instances == 0) {
        if (!has_errors) {
            log_line("no instance is configured; write a section [" INSTANCE_PREFIX
                     "NAME] with the keys app, function and instance");
        }
        return -1;
    }
    if (instances > CONFIG_INSTANCES_MAX) {
        log_line("%u instances are configured, and %u are the most; start another osft-reporter "
                 "for the others",
                 (unsigned)instances, (unsigned)CONFIG_INSTANCES_MAX);
        return -1;
    }
    return result;
}

int is_same_section(const struct config *a, const struct config *b, const char *section)
{
    size_t i = find_section(a, section), k = find_section(b, section);
    const struct config_key *rule;

    if (i == a->section_count || k == b->section_count) {
        return i == a->section_count && k == b->section_count;
    }
    for (rule = a->sections[i].keys; rule->name != NULL; rule++) {
        const char *x = config_text(a, section, rule->name),
                   *y = config_text(b, section, rule->name);

        if ((x == NULL) != (y == NULL) || (x != NULL && strcmp(x, y) != 0)) {
            return 0;
        }
    }
    return 1;
}

/* ---- reading values ---- */

int config_has_section(const struct config *config, const char *section)
{
    return find_section(config, section) < config->section_count;
}

static const struct config_key *get_rule(const char *section, const char *key)
{
    const struct config_key *rule = find_section_keys(section);

    while (strcmp(rule->name, key) != 0) {
        rule++;
    }
    return rule;
}

const char *config_text(const struct config *config, const char *section, const char *key)
{
    const struct setting *setting = find_setting(config, section, key);

    return setting != NULL ? setting->text : get_rule(section, key)->preset;
}

int64_t config_integer(const struct config *config, const char *section, const char *key)
{
    const struct setting *setting = find_setting(config, section, key);
    const struct config_key *rule;
    int64_t value = 0;

    if (setting != NULL) {
        return setting->value;
    }
    rule = get_rule(section, key);
    if (rule->preset != NULL) {
        (void)read_value(rule, rule->preset, &value);
    }
    return value;
}

int config_is_set(const struct config *config, const char *section, const char *key)
{
    return find_setting(config, section, key) != NULL;
}

int config_is_own(const struct config *config, const char *section, const char *key)
{
    return find_section_setting(config, find_section(config, section), key) != NULL;
}

const char *config_instance(const struct config *config, size_t number)
{
    size_t i;

    for (i = 0; i < config->section_count; i++) {
        if (is_instance_section(config->sections[i].name) && number-- == 0) {
            return config->sections[i].name;
        }
    }
    return NULL;
}

int config_report(const struct config *config, const char *section, const char *key,
                  const char *what, const char *advice)
{
    char instruction[600];

    (void)snprintf(instruction, sizeof(instruction), "write %s", advice);
    return config_report_problem(config, section, key, what, instruction);
}

int config_report_problem(const struct config *config, const char *section, const char *key,
                          const char *what, const char *instruction)
{
    static const struct origin nowhere = { NULL, 0, 0 };
    const struct setting *setting = key != NULL ? find_setting(config, section, key) : NULL;
    size_t i = find_section(config, section);
    const struct origin *origin = setting != NULL             ? &setting->origin
                                  : i < config->section_count ? &config->sections[i].origin
                                                              : &nowhere;

    return report_origin(origin, "[%s] %s%s%s%s%s", section, key != NULL ? key : "",
                         key != NULL ? ": " : "", what, *instruction != 0 ? "; " : "", instruction);
}

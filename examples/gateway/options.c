/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"
#include <string.h>
#include "channel_set.h"
#include "config_load.h"
#include "log.h"

#ifdef HAVE_INIH
enum { HAS_INIH = 1 };
#else
enum { HAS_INIH = 0 };
#endif

static int report_usage(const char *what, const char *argument)
{
    log_line("%s '%s'; see osft-reporter --help", what, argument);
    return -1;
}

/* The value of an option: behind "=", or the next argument. Returns NULL when it is none of that
 * name, or there is no value. */
static const char *find_value(const char *name, char **argv, int *at)
{
    size_t len = strlen(name);

    if (strncmp(argv[*at], name, len) != 0) {
        return NULL;
    }
    if (argv[*at][len] == '=') {
        return argv[*at] + len + 1;
    }
    if (argv[*at][len] != 0 || argv[*at + 1] == NULL) {
        return NULL;
    }
    (*at)++;
    return argv[*at];
}

static int read_setting(struct options *options, const char *value)
{
    if (options->setting_count == ARGUMENTS_MAX) {
        return report_usage("there are too many --set; write a file instead of", value);
    }
    options->settings[options->setting_count++] = value;
    return 0;
}

static int read_option(struct options *options, char **argv, int *at)
{
    const char *argument = argv[*at], *value;

    if (strcmp(argument, "--check") == 0) {
        options->check_only = 1;
        return 0;
    }
    if (strcmp(argument, "--version") == 0) {
        options->show_version = 1;
        return 0;
    }
    if (strcmp(argument, "--help") == 0) {
        options->show_help = 1;
        return 0;
    }
    value = find_value("--set", argv, at);
    if (value != NULL) {
        return read_setting(options, value);
    }
    value = find_value("--config", argv, at);
    if (value == NULL) {
        return report_usage("this is no option, or its value is missing:", argument);
    }
    if (options->config_path != NULL) {
        return report_usage("--config is given twice:", value);
    }
    options->config_path = value;
    return 0;
}

int read_options(struct options *options, int argc, char **argv)
{
    int i;

    memset(options, 0, sizeof(*options));
    for (i = 1; i < argc; i++) {
        if (read_option(options, argv, &i) != 0) {
            return -1;
        }
    }
    return 0;
}

void print_help(void)
{
    size_t i;

    put_text(&standard_output,
             "osft-reporter: watches function instances of OpenSearch, and tells what it knows\n"
             "\n"
             "  osft-reporter --config FILE [--set SECTION.KEY=VALUE ...]\n"
             "\n"
             "  --config FILE             a configuration; SIGHUP reads it again\n"
             "  --set SECTION.KEY=VALUE   one setting; goes before the file, or stands for one\n"
             "  --check                   only say whether the configuration is right\n"
             "  --version                 the version, and the libraries that were built in\n"
             "\n"
             "Sections: [reporter], [defaults] for all instances, [instance NAME]");
    for (i = 0; channels[i] != NULL; i++) {
        put_text(&standard_output, ", [");
        put_text(&standard_output, channels[i]->name);
        put_text(&standard_output, "]");
    }
    put_text(&standard_output, ".\nTheir keys: osft-reporter(8).\n");
    flush_output(&standard_output);
}

void print_version(void)
{
    size_t i;

    put_text(&standard_output, "osft-reporter " OSFT_VERSION "\n");
    if (HAS_INIH) {
        put_text(&standard_output, "with libinih: --config\n");
    }
    for (i = 0; channels[i] != NULL; i++) {
        const char *library = channels[i]->describe != NULL ? channels[i]->describe() : NULL;

        if (library != NULL) {
            put_text(&standard_output, "with ");
            put_text(&standard_output, library);
            put_text(&standard_output, ": [");
            put_text(&standard_output, channels[i]->name);
            put_text(&standard_output, "]\n");
        }
    }
    if (!HAS_INIH) {
        put_text(&standard_output, "without libinih: no --config\n");
    }
    for (i = 0; absent_channels[i].name != NULL; i++) {
        put_text(&standard_output, "without ");
        put_text(&standard_output, absent_channels[i].library);
        put_text(&standard_output, ": no [");
        put_text(&standard_output, absent_channels[i].name);
        put_text(&standard_output, "]\n");
    }
    flush_output(&standard_output);
}

/* Without inih there is no second reader of the same form: the command line says it all. */
static int read_file(struct config *config, const char *path)
{
#ifdef HAVE_INIH
    return read_config_file(config, path);
#else
    (void)config;
    log_line("this osft-reporter was built without inih, and cannot read %s; write each setting as "
             "--set SECTION.KEY=VALUE, or build it where libinih-dev is installed",
             path);
    return -1;
#endif
}

struct config *load_config(const struct options *options)
{
    struct config *config = make_config();
    int result = config != NULL ? 0 : -1, i;

    if (options->config_path == NULL && options->setting_count == 0) {
        log_line("there is no configuration; name a file with --config, or write settings with "
                 "--set");
        result = -1;
    }
    for (i = 0; config != NULL && i < options->setting_count; i++) {
        result |= add_argument(config, options->settings[i]);
    }
    if (config != NULL && options->config_path != NULL) {
        result |= read_file(config, options->config_path);
    }
    if (result == 0) {
        result = check_config(config);
    }
    if (result == 0) {
        result = check_channels(config);
    }
    if (result != 0) {
        free_config(config);
        return NULL;
    }
    return config;
}

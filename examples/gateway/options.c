/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"
#include <stdio.h>
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

/* Return the value of the option `name`, from behind "=" or from the next argument. Returns NULL
 * when the argument is another option, or has no value. */
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

static int report_unknown_argument(const char *argument)
{
    if (strcmp(argument, "--config") == 0 || strcmp(argument, "--set") == 0) {
        return report_usage("this option needs a value behind it:", argument);
    }
    if (argument[0] != '-') {
        return report_usage("a file is named by --config FILE, and nothing else is expected here:",
                            argument);
    }
    return report_usage("this is no option:", argument);
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
    if (strcmp(argument, "--version") == 0 || strcmp(argument, "-V") == 0) {
        options->show_version = 1;
        return 0;
    }
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
        options->show_help = 1;
        return 0;
    }
    value = find_value("--set", argv, at);
    if (value != NULL) {
        return read_setting(options, value);
    }
    value = find_value("--config", argv, at);
    if (value == NULL) {
        return report_unknown_argument(argument);
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

    put_text(
        &standard_output,
        "usage: osft-reporter --config FILE [--set SECTION.KEY=VALUE ...] [--check]\n"
        "Watches the training runs of OpenSearch function instances, and reports them through\n"
        "channels: files, HTTP, MQTT, commands. Runs until SIGTERM or SIGINT (Ctrl-C).\n"
        "\n"
        "  --config FILE             the configuration; SIGHUP reads it again\n"
        "  --set SECTION.KEY=VALUE   one setting, instead of that of the file, or without a file;\n"
        "                            such as --set 'instance ctr.app=my_app'\n"
        "  --check                   say whether the configuration is right, and end\n"
        "  --version                 the version, and the libraries that were built in\n"
        "\n"
        "A small configuration:\n"
        "  [instance ctr]\n"
        "  region = cn-hangzhou\n"
        "  app = my_app\n"
        "  function = ctr\n"
        "  instance = ctr_test\n"
        "  credentials = /etc/osft-reporter/key\n"
        "  [textfile]\n"
        "  path = /var/lib/prometheus/node-exporter/osft.prom\n"
        "\n"
        "Sections: [reporter], [defaults] for all instances, [instance NAME] for each.\n"
        "Each of these sections turns a channel on: ");
    for (i = 0; channels[i] != NULL; i++) {
        put_text(&standard_output, i > 0 ? ", [" : "[");
        put_text(&standard_output, channels[i]->name);
        put_text(&standard_output, "]");
    }
    put_text(
        &standard_output,
        ".\nosft-reporter(8) has all keys, and the form of the file with the AccessKey.\n"
        "Exit status: 0 ended by a signal, or --check found no fault; 2 the command line or the\n"
        "configuration is wrong; 8 the folder of the state cannot be used.\n");
    flush_output(&standard_output);
}

void print_check_result(const struct config *config)
{
    const char *separator = "; channels: ";
    char text[80];
    size_t instances = 0, i;

    while (config_instance(config, instances) != NULL) {
        instances++;
    }
    (void)snprintf(text, sizeof(text), "the configuration is right: %zu instance%s", instances,
                   instances != 1 ? "s" : "");
    put_text(&standard_output, text);
    for (i = 0; channels[i] != NULL; i++) {
        if (config_has_section(config, channels[i]->name)) {
            put_text(&standard_output, separator);
            put_text(&standard_output, channels[i]->name);
            separator = ", ";
        }
    }
    put_text(&standard_output,
             separator[0] == ';' ? "; no channel, so nothing would be reported\n" : "\n");
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

/* Read the configuration file. A reporter that was built without inih refuses the file, as it
 * cannot read the format. */
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
                 "--set; see osft-reporter --help");
        result = -1;
    }
    for (i = 0; config != NULL && i < options->setting_count; i++) {
        result |= add_argument(config, options->settings[i]);
    }
    if (config != NULL && options->config_path != NULL) {
        result |= read_file(config, options->config_path);
    }
    if (config != NULL) {
        result |= check_config(config, result != 0);
        result |= check_channels(config);
    }
    if (result != 0) {
        free_config(config);
        return NULL;
    }
    return config;
}

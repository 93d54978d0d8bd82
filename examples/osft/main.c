/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

/* A standard descriptor that is closed would be given to the next open(), and tasks might then be
 * written into the connection. Writing to the one opened here fails, and is reported. */
static int open_standard_descriptors(void)
{
    int fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) {
            return -1;
        }
    }
    return 0;
}

/* list, get and watch */
static int run_plan(const struct options *options)
{
    struct plan plan;
    int error;

    if (make_plan(&plan, options) != 0) {
        return EXIT_USAGE;
    }
    error = catch_signals();
    if (error != 0) {
        return report_local_failure("cannot catch signals", NULL, error);
    }
    if (plan.dry_run) {
        return run_dry_run(&plan);
    }
    if (plan.command == COMMAND_WATCH) {
        return run_watch(&plan);
    }
    if (plan.wait) {
        return run_wait(&plan);
    }
    return plan.all ? run_list_all(&plan) : run_list(&plan);
}

static int print_version(void)
{
    put_text(&standard_output, "osft " OSFT_VERSION "\n");
    return EXIT_DONE;
}

static int run_command(const struct options *options)
{
    if (options->value[OPTION_HELP] != NULL) {
        print_help(options->command);
        return EXIT_DONE;
    }
    if (options->value[OPTION_VERSION] != NULL) {
        return print_version();
    }
    return options->command == COMMAND_PARSE ? run_parse(options) : run_plan(options);
}

static enum command find_command(const char *name)
{
    unsigned bit;

    for (bit = COMMAND_LIST; bit <= COMMAND_WATCH; bit <<= 1) {
        if (strcmp(name, get_command_name((enum command)bit)) == 0) {
            return (enum command)bit;
        }
    }
    return 0;
}

static int report_unknown_command(const char *name)
{
    report_usage_error(0, "the commands are list, get, watch, parse, help and version; there is no",
                       name);
    return EXIT_USAGE;
}

/* osft help, osft help list */
static int run_help(char *const *arguments)
{
    enum command command = arguments[0] != NULL ? find_command(arguments[0]) : 0;

    if (arguments[0] != NULL && command == 0) {
        return report_unknown_command(arguments[0]);
    }
    print_help(command);
    return EXIT_DONE;
}

static int is_one_of(const char *text, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(text, *names) == 0) {
            return 1;
        }
    }
    return 0;
}

static int run(char *const *arguments)
{
    static const char *const help[] = { "--help", "-h", "help", NULL };
    static const char *const version[] = { "--version", "-V", "version", NULL };
    static struct options options;
    enum command command;

    if (arguments[0] == NULL) {
        report_usage_error(0, "name a command, such as: osft list", NULL);
        return EXIT_USAGE;
    }
    if (is_one_of(arguments[0], help)) {
        return run_help(arguments + 1);
    }
    if (is_one_of(arguments[0], version)) {
        return print_version();
    }
    command = find_command(arguments[0]);
    if (command == 0) {
        return report_unknown_command(arguments[0]);
    }
    if (read_options(&options, command, arguments + 1) != 0) {
        return EXIT_USAGE;
    }
    return run_command(&options);
}

/* A shell that runs the command in a loop looks at whether a signal ended it. */
static int end_by_signal(int status)
{
    if (status > EXIT_SIGNAL) {
        signal(status - EXIT_SIGNAL, SIG_DFL);
        raise(status - EXIT_SIGNAL);
    }
    return status;
}

int main(int argc, char **argv)
{
    int status;

    if (open_standard_descriptors() != 0) {
        return EXIT_LOCAL;
    }
    signal(SIGPIPE, SIG_IGN); /* a reader that has seen enough is no error */
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error, and then nothing is left */
    setlocale(LC_CTYPE, "");
    detect_character_sets();
    status = run(argc > 0 ? argv + 1 : argv);
    wipe_credentials();
    flush_output(&standard_output);
    flush_output(&standard_error);
    if (standard_output.error != 0 && standard_output.error != EPIPE) {
        int local = report_local_failure("cannot write the output", NULL, standard_output.error);
        status = status == EXIT_DONE ? local : status;
    }
    return end_by_signal(status);
}

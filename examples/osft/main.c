/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing the command, and ending the process. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

/* Open /dev/null for each standard descriptor that is closed. Otherwise the next open() or socket()
 * would get the number of a closed one, and tasks might be written into the connection. /dev/null
 * is opened for reading only, so that writing to it fails and the failure is reported. Returns 0,
 * or -1. */
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

/* Run list, get or watch. Returns an exit status. */
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

/* Run osft help, with or without the name of a command. */
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

static int run_arguments(char *const *arguments)
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

/* End the process by the signal that the status stands for. Returns any other status. A shell that
 * runs osft in a loop ends the loop only when osft was ended by the signal. */
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
    signal(SIGPIPE, SIG_IGN); /* write() then fails with EPIPE, which is no error */
    signal(SIGXFSZ, SIG_IGN); /* write() then fails for a file that may not grow */
    setlocale(LC_CTYPE, "");
    detect_character_sets();
    status = run_arguments(argc > 0 ? argv + 1 : argv);
    wipe_credentials();
    flush_output(&standard_output);
    flush_output(&standard_error);
    if (standard_output.error != 0 && standard_output.error != EPIPE) {
        int local = report_local_failure("cannot write the output", NULL, standard_output.error);
        status = status == EXIT_DONE ? local : status;
    }
    return end_by_signal(status);
}

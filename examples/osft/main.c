/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"

/* A descriptor that the caller closed would be given to the next open, and the tasks might then be
 * written into the connection. Writing to this one fails, and is reported. */
static int guard_descriptors(void)
{
    int fd;
    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) {
            return -1;
        }
    }
    return 0;
}

static int ask(const struct options *o)
{
    struct plan plan;
    if (plan_make(&plan, o) != 0) {
        return EXIT_USAGE;
    }
    drive_catch_signals();
    if (plan.dry_run) {
        return run_dry(&plan);
    }
    if (plan.command == COMMAND_WATCH) {
        return run_watch(&plan);
    }
    return plan.all ? run_all(&plan) : run_list(&plan);
}

static int say_version(void)
{
    out_str(&cmd_out, "osft " OSFT_VERSION "\n");
    return EXIT_DONE;
}

static int dispatch(const struct options *o)
{
    if (o->value[OPT_HELP] != NULL) {
        usage_help(o->command);
        return EXIT_DONE;
    }
    if (o->value[OPT_VERSION] != NULL) {
        return say_version();
    }
    return o->command == COMMAND_PARSE ? run_parse(o) : ask(o);
}

static enum command find_command(const char *name)
{
    unsigned bit;
    for (bit = COMMAND_LIST; bit <= COMMAND_WATCH; bit <<= 1) {
        if (strcmp(name, command_name((enum command)bit)) == 0) {
            return (enum command)bit;
        }
    }
    return 0;
}

static int run(char *const *args)
{
    static struct options options;
    enum command command;

    if (args[0] == NULL) {
        usage_error(0, "say what to do, such as: osft list", NULL);
        return EXIT_USAGE;
    }
    if (strcmp(args[0], "--help") == 0 || strcmp(args[0], "-h") == 0) {
        usage_help(0);
        return EXIT_DONE;
    }
    if (strcmp(args[0], "--version") == 0) {
        return say_version();
    }
    command = find_command(args[0]);
    if (command == 0) {
        usage_error(0, "the commands are list, get, watch and parse; not understood:", args[0]);
        return EXIT_USAGE;
    }
    return options_read(&options, command, args + 1) != 0 ? EXIT_USAGE : dispatch(&options);
}

/* Whoever started this sees that a signal ended it, as a shell's loop wants to know. */
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
    if (guard_descriptors() != 0) {
        return EXIT_LOCAL;
    }
    signal(SIGPIPE, SIG_IGN); /* a reader that has seen enough is no error */
    setlocale(LC_CTYPE, "");
    status = run(argc > 0 ? argv + 1 : argv);
    credentials_wipe();
    out_flush(&cmd_out);
    out_flush(&cmd_err);
    if (cmd_out.error != 0 && cmd_out.error != EPIPE) {
        int local = report_local("cannot write the output", NULL, cmd_out.error);
        status = status == EXIT_DONE ? local : status;
    }
    return end_by_signal(status);
}

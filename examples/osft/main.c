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

static int dispatch(const struct options *o)
{
    struct plan plan;
    if (o->value[OPT_HELP] != NULL) {
        usage_help(o->command);
        return EXIT_DONE;
    }
    if (o->value[OPT_VERSION] != NULL) {
        out_str(&cmd_out, "osft " OSFT_VERSION "\n");
        return EXIT_DONE;
    }
    if (o->command == COMMAND_PARSE) {
        return run_parse(o);
    }
    if (plan_make(&plan, o) != 0) {
        return EXIT_USAGE;
    }
    return plan.dry_run ? run_dry(&plan) : run_list(&plan);
}

static int run(char *const *args)
{
    static struct options options;
    enum command command = 0;

    if (args[0] == NULL) {
        usage_error(command, "say what to do, such as: osft list", NULL);
        return EXIT_USAGE;
    }
    if (strcmp(args[0], "list") == 0) {
        command = COMMAND_LIST;
    } else if (strcmp(args[0], "parse") == 0) {
        command = COMMAND_PARSE;
    } else if (strcmp(args[0], "--help") == 0 || strcmp(args[0], "-h") == 0) {
        usage_help(command);
        return EXIT_DONE;
    } else if (strcmp(args[0], "--version") == 0) {
        out_str(&cmd_out, "osft " OSFT_VERSION "\n");
        return EXIT_DONE;
    } else {
        usage_error(command, "the commands are list and parse; not understood:", args[0]);
        return EXIT_USAGE;
    }
    return options_read(&options, command, args + 1) != 0 ? EXIT_USAGE : dispatch(&options);
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
        return status == EXIT_DONE ? local : status;
    }
    return status;
}

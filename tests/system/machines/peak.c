/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command, and writes to a file how much memory it had at most, in KiB.
 * usage: peak FILE COMMAND ARGUMENT...
 * The exit status is the command's. What this program takes itself counts as well, since the
 * command begins as a copy of it; so it is linked statically with musl, and takes less. */
#define _DEFAULT_SOURCE /* wait4 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run a command, and measure what it used. Returns its exit status, or -1. */
static int run(char *const *command, struct rusage *used)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        execv(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, used) != child) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    struct rusage used;
    int status = argc < 3 ? -1 : run(argv + 2, &used);
    FILE *file = status < 0 ? NULL : fopen(argv[1], "w");

    if (file == NULL) {
        return 127;
    }
    fprintf(file, "%ld\n", used.ru_maxrss);
    return fclose(file) == 0 ? status : 127;
}

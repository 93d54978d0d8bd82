/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command, and writes a line to a file: how much memory the command had at most, in KiB; how
 * much processor time it took, in microseconds; and how long it ran, in microseconds.
 * usage: usage FILE COMMAND ARGUMENT...
 * The exit status is the command's. The command begins as a copy of this program, whose memory
 * therefore counts as well: where little memory is measured, link this program statically. */
#define _DEFAULT_SOURCE /* wait4 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct usage {
    struct rusage resources;
    long elapsed_us;
};

static long elapsed_us(const struct timespec *from, const struct timespec *to)
{
    return (long)(to->tv_sec - from->tv_sec) * 1000000 + (to->tv_nsec - from->tv_nsec) / 1000;
}

static long processor_us(const struct rusage *used)
{
    return (long)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000000 +
           (long)(used->ru_utime.tv_usec + used->ru_stime.tv_usec);
}

/* Run a command, and measure what it used. Returns its exit status, or -1. */
static int run(char *const *command, struct usage *used)
{
    struct timespec start, end;
    int status = 0;
    pid_t child;

    clock_gettime(CLOCK_MONOTONIC, &start);
    child = fork();
    if (child == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used->resources) != child) {
        return -1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    used->elapsed_us = elapsed_us(&start, &end);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    struct usage used;
    int status = argc < 3 ? -1 : run(argv + 2, &used);
    FILE *file = status < 0 ? NULL : fopen(argv[1], "w");

    if (file == NULL) {
        return 127;
    }
    fprintf(file, "%ld %ld %ld\n", used.resources.ru_maxrss, processor_us(&used.resources),
            used.elapsed_us);
    return fclose(file) == 0 ? status : 127;
}

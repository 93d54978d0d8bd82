/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* The time limit for the endpoint to listen, in ms; only a broken endpoint needs as long. */
#define START_MS 60000
#define STOP_MS  30000

static char folder[] = "/tmp/osft-live-XXXXXX";
static int has_folder;

static int64_t clock_ms(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t live_ticks_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t live_now_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

static void remove_folder(void)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char path[sizeof(folder) + sizeof(entry->d_name) + 1];

    while (dir && (entry = readdir(dir))) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

static const char *make_folder(void)
{
    if (!has_folder) {
        if (!mkdtemp(folder) || atexit(remove_folder)) {
            perror(folder);
            exit(1);
        }
        has_folder = 1;
    }
    return folder;
}

void live_path(char path[LIVE_PATH_MAX], const char *name)
{
    snprintf(path, LIVE_PATH_MAX, "%s/%s", make_folder(), name);
}

int live_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    int bad;

    if (!f)
        return -1;
    bad = fputs(text, f) < 0;
    return fclose(f) || bad ? -1 : 0;
}

int live_read(const char *path, char *text, size_t size)
{
    FILE *f = fopen(path, "r");
    size_t len = 0;

    if (f) {
        len = fread(text, 1, size, f);
        fclose(f);
    }
    if (len == 0 || len == size)
        return -1;
    text[len] = 0;
    return 0;
}

/* In the child process: become the endpoint. */
static void run_endpoint(const char *const *args, int out, pid_t parent)
{
    const char *build = getenv("OSFT_BUILD");
    char program[512], *argv[LIVE_ARGS_MAX + 2];
    int i;

#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* ends the endpoint when the test is killed */
#endif
    if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0)
        _exit(127);
    snprintf(program, sizeof(program), "%s/osft-endpoint", build && *build ? build : "build");
    argv[0] = program;
    for (i = 0; i < LIVE_ARGS_MAX && args[i]; i++)
        /* drops the const, as execv does not change the arguments */
        memcpy(&argv[i + 1], &args[i], sizeof(argv[0]));
    argv[i + 1] = NULL;
    execv(program, argv);
    perror(program);
    _exit(127);
}

/* Read the port from the one line that the endpoint prints when it listens. */
static int read_port(int fd, uint16_t *tcp_port)
{
    char line[128];
    size_t len = 0;
    int64_t until = live_ticks_ms() + START_MS;
    struct pollfd p = { fd, POLLIN, 0 };
    const char *colon;
    int64_t left;
    ssize_t n;

    while ((left = until - live_ticks_ms()) > 0 && len < sizeof(line) - 1) {
        if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
            break;
        n = p.revents ? read(fd, line + len, sizeof(line) - 1 - len) : 0;
        if (n < 0 || (n == 0 && p.revents))
            break;
        len += (size_t)n;
        line[len] = 0;
        colon = strrchr(line, ':');
        if (strchr(line, '\n') && colon && strncmp(line, "listening on ", 13) == 0) {
            *tcp_port = (uint16_t)strtoul(colon + 1, NULL, 10);
            return *tcp_port ? 0 : -1;
        }
    }
    return -1;
}

int live_start(struct live *endpoint, const char *const *args)
{
    pid_t parent = getpid();
    int out[2], err;

    if (pipe(out) || fcntl(out[0], F_SETFD, FD_CLOEXEC) || fcntl(out[1], F_SETFD, FD_CLOEXEC))
        return -1;
    fflush(NULL);
    endpoint->pid = fork();
    if (endpoint->pid == 0)
        run_endpoint(args, out[1], parent);
    close(out[1]);
    err = endpoint->pid < 0 ? -1 : read_port(out[0], &endpoint->tcp_port);
    close(out[0]);
    if (err) {
        fprintf(stderr, "osft-endpoint did not start\n");
        live_stop(endpoint);
    }
    return err;
}

int live_stop(struct live *endpoint)
{
    int64_t until = live_ticks_ms() + STOP_MS;
    struct timespec pause = { 0, 1000000 };
    int status = 0;
    pid_t done;

    if (endpoint->pid <= 0)
        return 0;
    kill(endpoint->pid, SIGTERM);
    while ((done = waitpid(endpoint->pid, &status, WNOHANG)) == 0 && live_ticks_ms() < until)
        nanosleep(&pause, NULL);
    if (done == 0) {
        kill(endpoint->pid, SIGKILL);
        waitpid(endpoint->pid, &status, 0);
    }
    endpoint->pid = 0;
    return done > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Each line of the log is: TIME METHOD TARGET STATUS CODE LINK conn=N nth=M ms=MS fault=NAMES */
size_t live_log(const char *path, long *at, struct live_line *lines, size_t max)
{
    FILE *f = fopen(path, "r");
    char text[2048];
    size_t n = 0;

    if (!f)
        return 0;
    if (fseek(f, *at, SEEK_SET) == 0) {
        while (n < max && fgets(text, sizeof(text), f) && strchr(text, '\n')) {
            struct live_line *l = &lines[n];
            long long ms;

            if (sscanf(text, "%*s %*s %255s %d %63s %*s conn=%lu nth=%lu ms=%lld fault=%63s",
                       l->target, &l->status, l->code, &l->conn, &l->nth, &ms, l->faults) != 7)
                continue;
            l->ms = ms;
            n++;
            *at = ftell(f);
        }
    }
    fclose(f);
    return n;
}

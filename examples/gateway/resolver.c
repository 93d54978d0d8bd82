/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "resolver.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS 1024 /* descriptors below this number are closed in the child */

/* Look a name up in the child process, and write the result of getaddrinfo() to out. All other
 * descriptors are closed first, so that locks and ports that the child has inherited are released
 * when the reporter ends. */
static void run_lookup(const char *host, int out)
{
    struct addrinfo hints, *found = NULL;
    int fd, error;

    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGHUP, SIG_DFL);
    (void)signal(SIGALRM, SIG_DFL);
    for (fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++) {
        if (fd != out) {
            (void)close(fd);
        }
    }
    (void)alarm(RESOLVER_LIMIT_MS / 1000);
    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_STREAM;
    error = getaddrinfo(host, NULL, &hints, &found);
    if (write(out, &error, sizeof(error)) != (ssize_t)sizeof(error)) {
        _exit(1);
    }
    _exit(0);
}

int is_address(const char *host)
{
    struct in6_addr address;

    return host[0] == '[' || inet_pton(AF_INET, host, &address) == 1 ||
           inet_pton(AF_INET6, host, &address) == 1;
}

int start_resolver(const char *host, int *pipe_end)
{
    int ends[2];
    pid_t process;

    if (pipe(ends) != 0) {
        return -1;
    }
    process = fork();
    if (process == 0) {
        run_lookup(host, ends[1]);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return -1;
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    *pipe_end = ends[0];
    return (int)process;
}

int finish_resolver(int process, int pipe_end)
{
    int error = EAI_AGAIN;
    ssize_t n;

    /* Either the child has written its result, or its time is over. Without a result, read() finds
     * the end of the pipe. */
    (void)kill((pid_t)process, SIGKILL);
    while ((n = read(pipe_end, &error, sizeof(error))) < 0 && errno == EINTR) {
    }
    while (waitpid((pid_t)process, NULL, 0) < 0 && errno == EINTR) {
    }
    close(pipe_end);
    return n == (ssize_t)sizeof(error) ? error : EAI_AGAIN;
}

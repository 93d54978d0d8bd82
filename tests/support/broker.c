/* SPDX-License-Identifier: Apache-2.0 */
#include "broker.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRIES      600 /* of 100 ms each; reached only when something is broken */
#define PATH_BYTES 160

static const char *find_program(const char *name)
{
    static char path[PATH_BYTES];
    static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/usr/local/sbin",
                                           "/usr/local/bin", "/opt/homebrew/sbin" };
    size_t i;

    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folders[i], name);
        if (access(path, X_OK) == 0) {
            return path;
        }
    }
    return NULL;
}

int broker_is_there(void)
{
    return find_program("mosquitto") != NULL && find_program("mosquitto_sub") != NULL &&
           find_program("stdbuf") != NULL;
}

static void pause_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    (void)nanosleep(&t, NULL);
}

static struct sockaddr_in get_address(int port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int broker_make(struct broker *broker)
{
    struct sockaddr_in address = get_address(0);
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0), result = -1;

    broker->process = 0;
    strcpy(broker->folder, "/tmp/osft-broker-XXXXXX");
    if (fd >= 0 && mkdtemp(broker->folder) != NULL &&
        bind(fd, (struct sockaddr *)&address, len) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        broker->port = ntohs(address.sin_port);
        result = 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    return result;
}

const char *broker_file(const struct broker *broker, const char *name, const char *text)
{
    static char path[PATH_BYTES];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", broker->folder, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
        perror(path);
        exit(1);
    }
    close(fd);
    return path;
}

static int is_listening(int port)
{
    struct sockaddr_in address = get_address(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int result = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

    if (fd >= 0) {
        close(fd);
    }
    return result;
}

/* Start a program whose output goes to `out`. Returns its process id. */
static pid_t run_program(const char *path, char *const *arguments, int out)
{
    pid_t process = fork();

    if (process == 0) {
        (void)dup2(out, STDOUT_FILENO);
        (void)dup2(out, STDERR_FILENO);
        execv(path, arguments);
        _exit(127);
    }
    return process;
}

int broker_start(struct broker *broker, const char *more)
{
    char text[2048], path[PATH_BYTES], log[PATH_BYTES], option[] = "-c", name[] = "mosquitto";
    char *arguments[] = { name, option, path, NULL };
    int out, i;

    /* As root, mosquitto would switch to another user, who cannot read the folder. */
    snprintf(text, sizeof(text), "%slistener %d 127.0.0.1\npersistence false\n%s",
             geteuid() == 0 ? "user root\n" : "", broker->port,
             more != NULL ? more : "allow_anonymous true\n");
    snprintf(path, sizeof(path), "%s", broker_file(broker, "broker.conf", text));
    snprintf(log, sizeof(log), "%s/broker.log", broker->folder);
    out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    broker->process = run_program(find_program("mosquitto"), arguments, out);
    close(out);
    for (i = 0; i < TRIES; i++) {
        if (is_listening(broker->port)) {
            return 0;
        }
        if (waitpid(broker->process, NULL, WNOHANG) == broker->process) {
            broker->process = 0;
            break;
        }
        pause_ms(100);
    }
    return -1;
}

void broker_stop(struct broker *broker)
{
    if (broker->process > 0) {
        (void)kill(broker->process, SIGTERM);
        (void)waitpid(broker->process, NULL, 0);
        broker->process = 0;
    }
}

void broker_remove(struct broker *broker)
{
    DIR *folder = opendir(broker->folder);
    struct dirent *entry;
    char path[PATH_BYTES + 256];

    broker_stop(broker);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", broker->folder, entry->d_name);
        if (entry->d_name[0] != '.') {
            (void)unlink(path);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    (void)rmdir(broker->folder);
}

int peer_start(struct peer *peer, const struct broker *broker, const char *const *more)
{
    static char format[] = "MESSAGE %r %t %p", port[16], name[] = "mosquitto_sub", h[] = "-h",
                host[] = "127.0.0.1", p[] = "-p", t[] = "-t", all[] = "#", d[] = "-d", q[] = "-q",
                one[] = "1", f[] = "-F";
    /* When it prints into a pipe, mosquitto_sub would buffer its lines. */
    static char stdbuf[] = "stdbuf", lines[] = "-oL";
    char *arguments[32] = { stdbuf, lines, name, h, host, p, port, t, all, d, q, one, f, format };
    int ends[2], i;

    peer->len = 0;
    peer->text[0] = 0;
    snprintf(port, sizeof(port), "%d", broker->port);
    for (i = 14; more != NULL && *more != NULL && i < 31; i++) {
        arguments[i] = strdup(*more++);
    }
    if (pipe(ends) != 0) {
        return -1;
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    peer->process = run_program(find_program(stdbuf), arguments, ends[1]);
    close(ends[1]);
    for (i = 14; arguments[i] != NULL; i++) {
        free(arguments[i]);
    }
    peer->fd = ends[0];
    for (i = 0; i < TRIES && peer_count(peer, "Subscribed (mid") == 0; i++) {
        peer_read(peer, 100);
    }
    return peer_count(peer, "Subscribed (mid") > 0 ? 0 : -1;
}

void peer_read(struct peer *peer, int wait_ms)
{
    struct pollfd readable = { .fd = peer->fd, .events = POLLIN };
    ssize_t n;

    if (poll(&readable, 1, wait_ms) <= 0) {
        return;
    }
    n = read(peer->fd, peer->text + peer->len, sizeof(peer->text) - 1 - peer->len);
    peer->len += n > 0 ? (size_t)n : 0;
    peer->text[peer->len] = 0;
    if (n <= 0) {
        pause_ms(wait_ms); /* the peer has ended */
    }
}

void peer_stop(struct peer *peer)
{
    if (peer->process > 0) {
        /* SIGTERM would make mosquitto_sub disconnect first, which does not end when the broker has
         * just gone. */
        (void)kill(peer->process, SIGKILL);
        (void)waitpid(peer->process, NULL, 0);
        close(peer->fd);
        peer->process = 0;
    }
}

size_t peer_count(const struct peer *peer, const char *text)
{
    const char *at = peer->text;
    size_t count = 0;

    while ((at = strstr(at, text)) != NULL) {
        at += strlen(text);
        count++;
    }
    return count;
}

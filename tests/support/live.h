/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that the tests in tests/system/ share. They run osft-endpoint as a child process, and a
 * client that calls the endpoint over sockets. A process that a test starts is stopped at the
 * test's end, also when the test fails or is killed. */
#ifndef LIVE_H
#define LIVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "osft.h"
#include "osft_mbedtls_sha256.h"
#include "osft_posix.h"
#include "osft_tls.h"

#define LIVE_ARGS_MAX 40
#define LIVE_PATH_MAX 128

/* Put the path of a file in a temporary folder of this program into path. The first call makes the
 * folder; it is removed with its files when the program ends. */
void live_path(char path[LIVE_PATH_MAX], const char *name);
/* Write a file, or read one that has a text of fewer than `size` bytes. Returns 0, or -1. */
int live_write(const char *path, const char *text);
int live_read(const char *path, char *text, size_t size);

/* An endpoint that runs as a child process. */
struct live {
    pid_t pid; /* 0: none is running */
    uint16_t tcp_port;
};

/* Start an endpoint with these arguments (NULL at the end) on a free TCP port, and wait until it
 * listens. Returns 0, or -1 with the reason on standard error. */
int live_start(struct live *endpoint, const char *const *args);
/* Stop the endpoint, and wait for its end. Returns its exit status; -1: it had to be killed. */
int live_stop(struct live *endpoint);

/* A request, as a line of the endpoint's log describes it. */
struct live_line {
    char target[256];
    int status;
    char code[64];
    unsigned long conn; /* number of the connection, from 1 */
    unsigned long nth;  /* number of the request on that connection, from 1 */
    int64_t ms;
    char faults[64]; /* names of the faults that the request met, with commas between; "-": none */
};
/* Read the lines of a log file from offset *at on, and move *at to the end of the last line that
 * was read. Returns the number of lines, at most max. */
size_t live_log(const char *path, long *at, struct live_line *lines, size_t max);

/* A client with a small work buffer, retries with a short back-off, and a clock of its own, so that
 * no result depends on the speed of the machine. The clock moves only in three cases: in a pause,
 * which is not slept; while the endpoint withholds a response on purpose; and while events do not
 * bring the client further, so that its time limit ends a call that would otherwise never end. */
#define LIVE_WORK 4096
struct live_client {
    struct osft_posix sockets;
    struct osft_port port; /* over the sockets; ticks_ms returns now_ms */
    struct osft_tls tls;   /* over that port */
    struct osft_mbedtls_sha256 sha256;
    struct osft_credentials credentials;
    struct osft_retry retry;
    struct osft_settings settings;
    struct osft_client client;
    struct osft_query query; /* without filters */

    /* Whether the endpoint withholds the response to the last request on purpose. It is called
     * while nothing happens, and returns 1 once for each such request. NULL: no response is
     * withheld. */
    int (*is_unanswered)(void *ctx);
    void *is_unanswered_ctx;
    uint32_t now_ms;    /* the clock */
    uint32_t paused_ms; /* how much of now_ms passed in pauses */
    int send_buffer;    /* size of a socket's send buffer in bytes; 0: the system's default */
    unsigned blocked;   /* how often send took nothing because the socket would block */

    /* private */
    uint8_t has_tls, has_begun, is_silent;
    unsigned in_vain; /* events in a row after which no function of the sockets made progress */
    char work[LIVE_WORK];
};

/* Initialise a client; it uses TLS when ca_pem is not NULL. *client must be zero. Returns 0, or an
 * osft_error. */
int live_client_init(struct live_client *client, const char *ca_pem);
/* Let the client call this endpoint from now on. Settings, query and counts are as after
 * live_client_init(). */
void live_client_begin(struct live_client *client, const struct live *endpoint);
/* Close the client's connection. live_client_begin() can follow. */
void live_client_end(struct live_client *client);
void live_client_free(struct live_client *client);

/* Return milliseconds: live_ticks_ms() of a monotonic clock, live_now_ms() since 1970. */
int64_t live_ticks_ms(void);
int64_t live_now_ms(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* osft-endpoint as a child process, and a client over sockets that calls it: what the tests in
 * tests/system/ share. What a test starts it stops, also when it fails or is killed.
 */
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

/* The path of a file in a folder of the program's own. That is made by the first call, and removed
 * with its files when the program ends. */
void live_path(char path[LIVE_PATH_MAX], const char *name);
/* Write a file, or read one that has a text of fewer than `size` bytes. Returns 0, or -1. */
int live_write(const char *path, const char *text);
int live_read(const char *path, char *text, size_t size);

/* An endpoint. */
struct live {
    pid_t pid; /* 0: none is running */
    uint16_t tcp_port;
};

/* Start an endpoint with these arguments (NULL at the end) on a free TCP port, and wait until it
 * listens. Returns 0, or -1 with the reason on standard error. */
int live_start(struct live *endpoint, const char *const *args);
/* End it, and wait for it. Returns its exit status; -1: it had to be killed. */
int live_stop(struct live *endpoint);

/* A line of the endpoint's log: a request. */
struct live_line {
    char target[256];
    int status;
    char code[64];
    unsigned long conn, nth; /* which connection, and which request on it; from 1 */
    int64_t ms;
    char faults[64]; /* their names, with commas between; "-": none */
};
/* Read the file's lines from *at on, and move *at behind them. Returns how many, at most max. */
size_t live_log(const char *path, long *at, struct live_line *lines, size_t max);

/* A client with a small work buffer, retries without noticeable back-off, and a clock of its own:
 * time passes only in pauses, which are not slept, while the endpoint leaves a request without a
 * response on purpose, and while the client makes no use of what it waits for: it then ends by its
 * time limit, instead of never. So no result depends on how fast the machine is. */
#define LIVE_WORK 4096
struct live_client {
    struct osft_posix sockets;
    struct osft_port port; /* over the sockets, with that clock */
    struct osft_tls tls;   /* over that port */
    struct osft_mbedtls_sha256 sha256;
    struct osft_credentials credentials;
    struct osft_retry retry;
    struct osft_settings settings;
    struct osft_client client;
    struct osft_query query; /* of everything */

    /* Does the endpoint leave the last request without a response? Asked while nothing happens. It
     * returns 1 once for each such request. NULL: it never does. */
    int (*is_unanswered)(void *ctx);
    void *is_unanswered_ctx;
    uint32_t now_ms;    /* the clock */
    uint32_t paused_ms; /* how much of it passed in pauses */
    int send_buffer;    /* bytes that a socket takes before it blocks; 0: as the system has it */
    unsigned blocked;   /* how often a socket took nothing */

    /* private */
    uint8_t has_tls, has_begun, is_silent;
    unsigned in_vain; /* events since a socket did anything */
    char work[LIVE_WORK];
};

/* Make a client, over TLS when ca_pem is not NULL. *client must be zero. Returns 0, or an
 * osft_error. */
int live_client_init(struct live_client *client, const char *ca_pem);
/* Have the client call this endpoint from now on, with its settings, query and counts as they were
 * at first. */
void live_client_begin(struct live_client *client, const struct live *endpoint);
/* Close its connection. It can begin again. */
void live_client_end(struct live_client *client);
void live_client_free(struct live_client *client);

/* Milliseconds of a clock that only goes forward, and since 1970. */
int64_t live_ticks_ms(void);
int64_t live_now_ms(void);

#endif

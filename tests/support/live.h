/* SPDX-License-Identifier: Apache-2.0 */
/* osft-endpoint as a child process, and a client over sockets that is pointed at it: what the matrix
 * and the soak have in common. Whoever starts a child stops it, also when a test fails or the program
 * is killed.
 */
#ifndef LIVE_H
#define LIVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "osft_link.h"
#include "osft_mbedtls_sha256.h"
#include "osft_posix.h"
#include "osft_tls.h"

#define LIVE_ARGS_MAX 40
#define LIVE_PATH_MAX 128

/* A folder of the program's own, made by live_folder() and removed, with its files, at its end. */
const char *live_folder(void);
/* A file in it. */
void live_path(char path[LIVE_PATH_MAX], const char *name);
/* Returns 0, or -1. */
int live_write(const char *path, const char *text);

struct live {
    pid_t pid; /* 0: none is running */
    uint16_t tcp_port;
};

/* Start an endpoint with these arguments (NULL at the end) and port 0, and wait until it listens.
 * Returns 0, or -1 with the reason on standard error. */
int live_start(struct live *e, const char *const *args);
/* End it, wait for it. Returns its exit status; -1: it did not end by itself. */
int live_stop(struct live *e);

/* A line of the endpoint's log. */
struct live_line {
    int status;
    char code[64];
    unsigned long conn, nth;
    int64_t ms;
    char faults[64]; /* their names; "-": none */
};
/* Reads the file's lines from *at on, and moves *at behind them. Returns how many, at most max. */
size_t live_log(const char *path, long *at, struct live_line *lines, size_t max);

/* A client with a small work buffer. */
#define LIVE_WORK 4096
struct live_client {
    struct osft_posix net;
    struct osft_tls tls;
    struct osft_mbedtls_sha256 sha;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_link link;
    struct osft_query query; /* what all of them ask for */
    int has_tls;
    char work[LIVE_WORK];
};

/* Over TLS when ca_pem is not NULL. The struct must be zero. Returns 0, or an osft_err. */
int live_client(struct live_client *c, const char *ca_pem);
/* What the client is to ask from now on; its link begins anew with fresh settings but for the port. */
void live_client_at(struct live_client *c, const struct live *e);
void live_client_free(struct live_client *c);

/* Milliseconds that only go up; and since 1970. */
int64_t live_ticks_ms(void);
int64_t live_now_ms(void);

#endif

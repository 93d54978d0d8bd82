/* SPDX-License-Identifier: Apache-2.0 */
/* A client of the core over some port, and what a service answers it. */
#ifndef CALLER_H
#define CALLER_H

#include "osft.h"
#include "osft_mbedtls_sha256.h"

struct caller {
    struct osft_mbedtls_sha256 sha;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_query query;
    struct osft_client client;
    struct osft_task tasks[8];
    struct osft_page page;
    char work[4096];
};

/* Tasks of caller_answer(). */
enum { CALLER_TASKS = 3 };

/* Each call is one attempt; with settings.retry set, several, over a connection that stays open. */
void caller_init(struct caller *c, const struct osft_port *port, const char *host,
                 uint16_t tcp_port);
/* 1: the page is all of caller_answer() and nothing else. */
int caller_is_whole(const struct caller *c);
/* An answer of that many tasks; static. */
const char *caller_answer(void);
/* The refusal of a request for its date, which says what the date is: CALLER_UTC. */
const char *caller_refusal(void);
#define CALLER_UTC INT64_C(1777723200) /* 2026-05-02 12:00:00 */

#endif

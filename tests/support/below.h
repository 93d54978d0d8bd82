/* SPDX-License-Identifier: Apache-2.0 */
/* A port made of memory for a port over it: it records what it is sent, and gives a response. */
#ifndef SUPPORT_BELOW_H
#define SUPPORT_BELOW_H

#include <stddef.h>
#include <stdint.h>

#include "osft_port.h"

struct below {
    struct osft_port port;      /* may be changed */
    char sent[8192];            /* ended by a NUL */
    size_t sent_len, send_step; /* step: bytes that a send takes; 0: all */
    const char *response;
    size_t given, response_len;
    int opens_after; /* open would block so often */
    int every_other; /* each second send and recv would block */
    unsigned turn;
    int open_error, send_error, end; /* end: what recv returns behind the response */
    int opened, closed, waits;
    char host[300];
    uint16_t tcp_port;
    int32_t code;
    unsigned awaited; /* what wait was asked for */
    uint32_t awaited_ms;
    int64_t learned;
};
extern struct below below;

void below_reset(void);
void below_respond(const char *response);

#endif

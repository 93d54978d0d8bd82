/* SPDX-License-Identifier: Apache-2.0 */
/* The lower port of a port that is tested. It lies in memory: it records what is sent, and plays
 * one response. */
#ifndef SUPPORT_BELOW_H
#define SUPPORT_BELOW_H

#include <stddef.h>
#include <stdint.h>

#include "osft_port.h"

struct below {
    struct osft_port port;      /* a test may replace functions of it */
    char sent[8192];            /* all that was sent; ended by a NUL */
    size_t sent_len, send_step; /* send_step: bytes that one send takes at most; 0: all */
    const char *response;
    size_t given, response_len;      /* given: bytes of the response that recv has returned */
    int opens_after;                 /* how many calls of open would block before one decides */
    int every_other;                 /* 1: every other call of send and recv would block */
    unsigned turn;                   /* calls of send and recv, counted for every_other */
    int open_error, send_error, end; /* end: what recv returns after the response */
    int opened, closed, waits;       /* how often each happened */
    char host[300];                  /* of the last open, like tcp_port */
    uint16_t tcp_port;
    int32_t code;     /* what port.code points to */
    unsigned awaited; /* the events and the limit of the last wait */
    uint32_t awaited_ms;
    int64_t learned; /* the time that learn_utc was given last */
};
extern struct below below;

/* Begin anew: no response, no errors, nothing recorded. */
void below_reset(void);
/* Let recv return this text, from its first byte. */
void below_respond(const char *response);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP without an OS on a network of one process: a clock that only moves when told, a wire that
 * loses and delays, a name server, and a peer. */
#ifndef WIRE_H
#define WIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "lwip/dns.h"
#include "lwip/ip.h"
#include "lwip/netif.h"
#include "lwip/stats.h"
#include "lwip/tcp.h"
#include "lwip/priv/tcp_priv.h"
#include "osft_lwip.h"

#define HERE   "10.0.0.1" /* the only address that answers */
#define NOBODY "10.0.0.9"
enum { PEER_PORT = 7001, CLOSED_PORT = 7002 };

struct wire {
    uint32_t now;       /* ms: lwIP's clock */
    unsigned lose;      /* packets in 1000 that are lost */
    uint32_t delay;     /* ms at most; each packet its own, so they overtake each other */
    uint32_t random;    /* of both; not 0 */
    int lose_next;      /* so many packets more are lost */
    int no_dns;         /* the name server is not there */
    unsigned questions; /* that it was asked */
    uint16_t dead[32];  /* TCP packets of these ports are lost, too; 0: no port */
    unsigned packets, lost, arrived;
    struct netif netif;
};
extern struct wire wire;

void wire_start(void);      /* once */
void wire_reset(void);      /* all packets on the way are gone; nothing is lost any more */
void wire_run(uint32_t ms); /* what happens in that time */
void wire_step(void);       /* the shortest time */
uint32_t wire_random(void);
/* Lets every old connection end, and fails when lwIP then holds anything. */
void wire_assert_nothing_left(void);

/* Accepts one connection after the other on PEER_PORT. */
struct peer {
    const uint8_t *say; /* what it sends, from a connection's beginning */
    size_t say_len, said;
    size_t after; /* it says nothing until it has heard so many bytes */
    int fin;      /* 1: ends its side when all is said */
    int reset;    /* 1: resets when all is said and acknowledged */
    /* Not NULL: it plays HTTP. Called with each whole request; then it says what there is to
     * say. */
    void (*on_request)(void);
    int requests; /* of this connection */
    uint8_t *heard;
    size_t heard_len, room;
    int accepted, ended, broken; /* connections; that ended in order; that did not */
    err_t why;                   /* how the last broken one ended */
    struct tcp_pcb *pcb, *listener;
};
extern struct peer peer;

void peer_start(void);
void peer_stop(void);  /* also aborts its connection */
void peer_reset(void); /* aborts its connection */

#endif

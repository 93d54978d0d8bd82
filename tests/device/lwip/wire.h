/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP without an OS, on a network inside this program: a clock that moves only when it is told to,
 * a wire that loses and delays packets, a name server, and a peer. */
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

#define HERE   "10.0.0.1" /* the only address that responds */
#define NOBODY "10.0.0.9"
enum { PEER_PORT = 7001, CLOSED_PORT = 7002 };

struct wire {
    uint32_t now;            /* lwIP's clock; ms */
    unsigned loss;           /* how many of 1,000 packets are lost */
    uint32_t delay_ms;       /* the longest delay; each packet has its own, so order changes */
    uint32_t random;         /* what both are drawn from; not 0 */
    int lose_next;           /* how many of the next packets are lost */
    int has_no_dns;          /* the name server does not respond */
    unsigned queries;        /* how many it was sent */
    uint16_t dead_ports[32]; /* packets from and to these TCP ports are lost, too; 0: no port */
    unsigned packets, lost;  /* packets so far, and how many of them were lost */
    struct netif netif;
};
extern struct wire wire;

void wire_start(void); /* once in a program */
void wire_reset(void); /* drops the packets under way; no more are lost or delayed */
/* Moves the clock on by 10 ms, delivers what arrives and runs lwIP's timers. Returns how many
 * packets arrived. */
unsigned wire_step(void);
void wire_run(uint32_t ms); /* steps until so much time has passed */
/* Steps until a packet arrives, one of lwIP's timers is due, or so much time has passed. */
void wire_sleep(uint32_t ms);
uint32_t wire_random(void);
/* Lets all connections end, and fails when lwIP then still holds anything. */
void wire_assert_nothing_left(void);

/* Accepts connections on PEER_PORT, one after the other. */
struct peer {
    const uint8_t *to_send; /* from the beginning of each connection */
    size_t to_send_len, sent;
    size_t send_after; /* it sends nothing until it has received so many bytes */
    int ends;          /* 1: ends its side when all is sent; 2: it has */
    int resets;        /* 1: resets the connection when all is sent and acknowledged */
    /* Not NULL: it is an HTTP server. Called for each whole request; sets to_send. */
    void (*on_request)(void);
    int requests; /* of this connection */
    uint8_t *received;
    size_t received_len, received_room;
    int accepted, ended, broken; /* connections; that ended in order; that did not */
    err_t break_reason;          /* of the last one that broke */
    struct tcp_pcb *pcb, *listener;
};
extern struct peer peer;

void peer_start(void);
void peer_stop(void); /* also resets its connection */
void peer_reset_connection(void);

#endif

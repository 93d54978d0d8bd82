/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP without an OS, on a network within this program: a clock that a test moves, a wire that
 * loses and delays packets, a name server, and a peer. */
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
    uint32_t now;      /* lwIP's clock; ms */
    unsigned loss;     /* how many of 1,000 packets are lost */
    uint32_t delay_ms; /* the longest delay; each packet has a random delay, so the order changes */
    uint32_t random;   /* state of the generator of losses and delays; not 0 */
    int lose_next;     /* how many of the next packets are lost */
    int has_no_dns;    /* the name server does not respond */
    unsigned queries;  /* how many queries the name server received */
    uint16_t dead_ports[32]; /* TCP ports whose packets are lost; 0: unused entry */
    unsigned packets, lost;  /* packets so far, and how many of them were lost */
    struct netif netif;
};
extern struct wire wire;

void wire_start(void); /* called once in a program */
void wire_reset(void); /* drops the packets under way; no more are lost or delayed */
/* Move the clock by 10 ms, deliver the packets that arrive, and run lwIP's timers. Returns the
 * number of packets that arrived. */
unsigned wire_step(void);
void wire_run(uint32_t ms); /* steps until this much time has passed */
/* Step until a packet arrives, one of lwIP's timers is due, or this much time has passed. */
void wire_sleep(uint32_t ms);
uint32_t wire_random(void);
/* Let all connections end, and fail when lwIP then still holds anything. */
void wire_assert_nothing_left(void);

/* The peer, which accepts connections on PEER_PORT, one after the other. */
struct peer {
    const uint8_t *to_send; /* what the peer sends on each connection */
    size_t to_send_len, sent;
    size_t send_after; /* the peer sends nothing until it has received this many bytes */
    int ends;          /* 1: the peer ends its direction when all is sent; 2: it has ended it */
    int resets;        /* 1: the peer resets the connection when all is sent and acknowledged */
    /* Not NULL: the peer is an HTTP server, and calls this for each whole request; the function
     * sets to_send. */
    void (*on_request)(void);
    int requests; /* requests on this connection */
    uint8_t *received;
    size_t received_len, received_room;
    int accepted;       /* all connections so far */
    int ended;          /* connections that ended in order */
    int broken;         /* connections that broke */
    err_t break_reason; /* why the last of these broke */
    struct tcp_pcb *pcb, *listener;
};
extern struct peer peer;

void peer_start(void);
void peer_stop(void); /* also resets its connection */
void peer_reset_connection(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A port for lwIP 2.2: TCP over lwIP's raw interface without an OS (NO_SYS 1), over its sockets
 * with an OS (NO_SYS 0). Compile the three .c files; lwipopts.h decides which one is used.
 *
 *     struct osft_lwip lwip;
 *     osft_lwip_init(&lwip, board_random);     then give &lwip.port to osft_tls_init() or a client
 *
 * names:   the first address of a name that lwIP finds is used. The host may also be an address, in
 *          brackets if it is an IPv6 address; without LWIP_DNS it must be an address.
 * code:    without an OS, *port.code is lwIP's err_t: ERR_RST: refused or reset; ERR_TIMEOUT:
 *          connect_ms passed; ERR_ABRT: lwIP gave up; ERR_RTE: no route; ERR_MEM: no pcb
 *          (MEMP_NUM_TCP_PCB); ERR_CONN: not open. With an OS, it is errno. With OSFT_E_RESOLVE it
 *          is always an err_t: ERR_VAL: no such name, no response or no server; ERR_TIMEOUT:
 *          connect_ms passed; ERR_MEM: too many lookups (DNS_TABLE_SIZE); ERR_ARG: the host is too
 *          long or malformed.
 * clock:   ticks_ms is sys_now(). utc_s does not know the time until learn_utc has set it, and then
 *          counts on by sys_now(); utc_s must be called at least every 49 days. With a better
 *          clock, put a utc_s and learn_utc (or NULL) of your own into lwip.port.
 * memory:  only lwIP's heap is used. A closed connection keeps its pcb until TCP no longer needs
 *          it, or until lwIP takes the pcb, which has the lowest priority, for another connection.
 * lifetime: without an OS, *lwip must never go away once a name was looked up: lwIP cannot cancel a
 *           lookup, and reports its end also after close.
 *
 * Without an OS:
 * blocks:  never. The super-loop serves the network between steps: it hands frames from the driver
 *          to netif->input, and calls sys_check_timeouts(). Between steps the super-loop may sleep
 *          until the first of these: an interrupt, the end of the time that osft_wait_ms() returns,
 *          or the end of the time that sys_timeouts_sleeptime() returns. For the blocking
 *          osft_list(), set lwip.port.wait to a function that serves the network once; that
 *          function may first sleep until an interrupt. Set lwip.port.wait before osft_tls_init(),
 *          which reads it. osft_lwip_init() sets it to NULL, with which osft_list() polls without a
 *          pause.
 * copies:  each byte is copied once, in each direction. Received pbufs are kept until recv has
 *          emptied them, and only bytes that recv has taken open the window again: at most TCP_WND
 *          bytes of pbufs are kept.
 * threads: never call these functions from an interrupt. This is a rule of lwIP's whole raw
 *          interface.
 *
 * With an OS:
 * blocks:  open sleeps until DNS answers or gives up (7 s by default); wait sleeps in lwip_poll().
 *          All other functions are non-blocking.
 * needs:   LWIP_SOCKET, LWIP_SOCKET_POLL, and an errno for each task.
 * events:  while one task closes a socket, lwIP 2.2 can report an event to another task's socket
 *          that has not happened. open and wait notice such an event; a loop of your own over
 *          lwip_poll() should not spin when an event leads to nothing.
 * threads: one at a time for each struct; any number of structs.
 */
#ifndef OSFT_LWIP_H
#define OSFT_LWIP_H

#include "osft_port.h"
#include "osft_port_tools.h"

#include "lwip/opt.h"
#include "lwip/ip_addr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long open may take; ms. Without an OS, this includes the lookup of the name; with an OS, it
 * does not. */
#ifndef OSFT_LWIP_CONNECT_MS
#define OSFT_LWIP_CONNECT_MS 8000
#endif

struct tcp_pcb;
struct pbuf;

struct osft_lwip {
    struct osft_port port;
    uint32_t connect_ms; /* OSFT_LWIP_CONNECT_MS; may be changed after init */

    /* private */
    uint32_t open_start_ms;
    int32_t code;
    uint8_t state;
    uint8_t peer_ended;       /* the peer has sent its last byte */
    uint8_t lookup_in_flight; /* 1: lwIP is looking up a name for this port */
    uint8_t has_unused_event; /* lwip_poll() has reported an event, and no byte was moved since */
    ip_addr_t address;        /* of the host */
    struct osft_learned_clock clock;
#if NO_SYS
    struct tcp_pcb *pcb;
    struct pbuf *received; /* received bytes that recv has not taken yet */
#else
    int fd;
#endif
};

/* Fill in *lwip and its port. The port owns nothing until open; after use, call port.close.
 * random:   becomes port.random, whose contract it must keep (its ctx is lwip), because lwIP has no
 *           source of random bytes that is good enough
 * lifetime: *lwip must not move while the port is in use. */
void osft_lwip_init(struct osft_lwip *lwip, int (*random)(void *ctx, void *buffer, size_t len));

#ifdef __cplusplus
}
#endif
#endif

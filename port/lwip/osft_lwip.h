/* SPDX-License-Identifier: Apache-2.0 */
/* A port for lwIP 2.2: TCP over its raw interface where there is no OS (NO_SYS 1), over its
 * sockets where there is one (NO_SYS 0). Compile the three .c files; lwipopts.h decides.
 *
 *     struct osft_lwip net;
 *     osft_lwip_init(&net, board_random);     then give &net.port to osft_tls_init() or to a client
 *
 * names:   one address of a name, as lwIP knows it; in brackets, an IPv6 address. Without LWIP_DNS
 *          only addresses.
 * code:    without an OS lwIP's err_t: ERR_RST refused or reset, ERR_TIMEOUT connect_ms passed,
 *          ERR_ABRT lwIP gave up, ERR_RTE no route, ERR_MEM no pcb (MEMP_NUM_TCP_PCB), ERR_CONN not
 *          open. With one errno. With OSFT_E_RESOLVE always err_t: ERR_VAL no such name, no answer or
 *          no server, ERR_TIMEOUT connect_ms passed, ERR_MEM too many lookups (DNS_TABLE_SIZE),
 *          ERR_ARG name too long.
 * clock:   ticks_ms is sys_now(). utc_s is not known until learn_utc has told it, and then counts by
 *          sys_now(); it must be read every 49 days. Where there is a better clock, put your own
 *          utc_s and learn_utc (or NULL) into net.port.
 * memory:  no heap but lwIP's. A closed connection stays lwIP's until TCP is done with it, or until
 *          lwIP needs its pcb: it is given the lowest priority.
 * lifetime: *net must never go away once a name was looked up: lwIP cannot forget a lookup, and tells
 *          its end also after close. (No OS only.)
 *
 * Without an OS
 * blocks:  never. The super-loop serves the network between steps: driver to netif->input, and
 *          sys_check_timeouts(). For the blocking osft_list() set net.port.wait to a function that does
 *          so once, and may sleep until an interrupt before; NULL as it is, that call only spins. Set it
 *          before osft_tls_init(), which looks.
 * copies:  one each way. Received pbufs are kept as they came until recv empties them, and only what it
 *          took is open to the sender again: TCP_WND bytes of pbufs at most.
 * threads: as all of lwIP's raw interface: never from an interrupt.
 *
 * With an OS
 * blocks:  open sleeps until DNS answers or gives up (7 s as lwIP comes); wait sleeps in lwip_poll().
 *          All else is non-blocking.
 * needs:   LWIP_SOCKET, LWIP_SOCKET_POLL, and an errno for each task.
 * threads: one at a time for each struct; any number of structs.
 */
#ifndef OSFT_LWIP_H
#define OSFT_LWIP_H

#include "osft_port.h"

#include "lwip/opt.h"
#include "lwip/ip_addr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long open may take: without an OS name and connection together, with one the connection. */
#ifndef OSFT_LWIP_CONNECT_MS
#define OSFT_LWIP_CONNECT_MS 8000
#endif

struct tcp_pcb;
struct pbuf;

struct osft_lwip {
    struct osft_port port;
    uint32_t connect_ms; /* OSFT_LWIP_CONNECT_MS; may be changed after init */

    /* private */
    uint32_t began;
    int32_t code;
    uint8_t state;
    uint8_t ended;     /* the peer has sent its last byte */
    uint8_t asking;    /* lwIP has a lookup of ours under way */
    uint8_t knows_utc; /* utc was so many seconds when sys_now() was at */
    uint32_t at;
    int64_t utc;
#if NO_SYS
    struct tcp_pcb *pcb;
    struct pbuf *queue; /* received and not yet taken */
    ip_addr_t addr;
#else
    int fd;
#endif
};

/* Fill in *p and its port. Owns nothing until open; after use, call port.close.
 * random:   as port.random is (and becomes it; ctx is p): lwIP has none that is good enough
 * lifetime: *p must not move while the port is in use. */
void osft_lwip_init(struct osft_lwip *p, int (*random)(void *ctx, void *dst, size_t len));

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A port for lwIP 2.2: TCP over its raw interface where there is no OS (NO_SYS 1), over its sockets
 * where there is one (NO_SYS 0). Compile the three .c files; lwipopts.h decides.
 *
 *     struct osft_lwip lwip;
 *     osft_lwip_init(&lwip, board_random);     then give &lwip.port to osft_tls_init() or a client
 *
 * names:   one address of a name, the first that lwIP finds; or an address, one of IPv6 in
 *          brackets. Without LWIP_DNS only addresses.
 * code:    without an OS lwIP's err_t: ERR_RST refused or reset, ERR_TIMEOUT connect_ms passed,
 *          ERR_ABRT lwIP gave up, ERR_RTE no route, ERR_MEM no pcb (MEMP_NUM_TCP_PCB), ERR_CONN not
 *          open. With one errno. With OSFT_E_RESOLVE always err_t: ERR_VAL no such name, no answer
 *          or no server, ERR_TIMEOUT connect_ms passed, ERR_MEM too many lookups (DNS_TABLE_SIZE),
 *          ERR_ARG the host is too long or malformed.
 * clock:   ticks_ms is sys_now(). utc_s is not known until learn_utc has told it, and then counts
 *          on by sys_now(); it must be read every 49 days. With a better clock, put a utc_s and
 *          learn_utc (or NULL) of your own into lwip.port.
 * memory:  no heap but lwIP's. A closed connection keeps its pcb until TCP is done with it, or
 *          until lwIP needs the pcb: it has the lowest priority.
 * lifetime: once a name was looked up, *lwip must never go away: lwIP cannot forget a lookup, and
 *          tells its end also after close. (No OS only.)
 *
 * Without an OS
 * blocks:  never. The super-loop serves the network between steps: it hands frames from the driver
 *          to netif->input, and calls sys_check_timeouts(). Between steps it may sleep for
 *          osft_wait_ms(), but no longer than sys_timeouts_sleeptime(), and until an interrupt at
 *          most. For the blocking osft_list() set lwip.port.wait to a function that serves the
 *          network once, and may sleep until an interrupt before. It is NULL at first, and then
 *          that call polls without a pause. Set it before osft_tls_init(), which looks at it.
 * copies:  one each way. Received pbufs are kept as they came until recv has emptied them, and only
 *          what recv took is open to the sender again: at most TCP_WND bytes of pbufs.
 * threads: as all of lwIP's raw interface: never from an interrupt.
 *
 * With an OS
 * blocks:  open sleeps until DNS answers or gives up (7 s by default); wait sleeps in lwip_poll().
 *          All other functions are non-blocking.
 * needs:   LWIP_SOCKET, LWIP_SOCKET_POLL, and an errno for each task.
 * events:  while one task closes a socket, lwIP 2.2 can report an event to another task's socket
 *          that has not happened. open and wait notice that; a loop of your own over lwip_poll()
 *          should not spin when an event leads to nothing.
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

/* How long open may take; ms. Without an OS name and connection, with one the connection alone. */
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
    uint8_t lookup_in_flight; /* lwIP is looking up a name for this port */
    uint8_t has_unused_event; /* lwip_poll() has told of an event, and nothing has moved since */
    ip_addr_t address;        /* of the host */
    struct osft_learned_clock clock;
#if NO_SYS
    struct tcp_pcb *pcb;
    struct pbuf *received; /* and not yet taken by recv */
#else
    int fd;
#endif
};

/* Fill in *lwip and its port. Owns nothing until open; after use, call port.close.
 * random:   becomes port.random, whose contract it keeps (its ctx is lwip): lwIP has no source of
 *           random bytes that is good enough
 * lifetime: *lwip must not move while the port is in use. */
void osft_lwip_init(struct osft_lwip *lwip, int (*random)(void *ctx, void *buffer, size_t len));

#ifdef __cplusplus
}
#endif
#endif

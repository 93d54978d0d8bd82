/* SPDX-License-Identifier: Apache-2.0 */
/* A proxy as a port over a port: asks it for a tunnel to the host with HTTP CONNECT (RFC 9110,
 * section 9.3.6), with Basic authorization where a user is named (RFC 7617). TLS goes over it, so
 * the proxy sees the host's name and nothing else:
 *
 *     struct osft_proxy proxy;
 *     osft_proxy_init(&proxy, &sockets.port, "proxy.example", 3128);
 *     proxy.user = "me", proxy.password = "secret";        where the proxy wants a login
 *     osft_tls_init(&tls, &proxy.port, NULL, NULL);
 *
 * The proxy looks up the host's name; the lower port only connects to the proxy.
 *
 * errors:  OSFT_E_PROXY: the proxy refused; its HTTP status is in *port.code, and so in
 *          reply.port_code. The status is 0 when what came is no response of HTTP/1.1, or its
 *          header has no end. A client does not retry OSFT_E_PROXY. The lower port's errors are
 *          passed on as they are, and OSFT_E_CUT tells that the proxy closed the connection without
 *          a response; is_through says whether the tunnel was there by then.
 * secrets: user and password are sent in the clear to the proxy, as HTTP does. They are only read
 *          while the request is sent, and what was written of them is wiped.
 * blocks:  never, but in the lower port's wait and, where it has no other way, its open.
 * memory:  the struct. Names and passwords may have any length.
 * threads: one at a time for each struct.
 */
#ifndef OSFT_PROXY_H
#define OSFT_PROXY_H

#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long the header of the proxy's response may be; bytes. They are counted, not stored. */
enum { OSFT_PROXY_HEADER_MAX = 8192 };

struct osft_proxy {
    struct osft_port port; /* its code: the lower port's, or with OSFT_E_PROXY the HTTP status */

    /* May be changed while there is no connection. */
    const char *host;     /* the proxy: a name or an address; an IPv6 address in brackets */
    const char *user;     /* NULL: the proxy wants no login. It cannot have a colon in it */
    const char *password; /* NULL: an empty one */
    uint16_t tcp_port;

    /* Of the last connection; public. */
    uint16_t http_status; /* of the proxy's response; 0: none came */
    uint8_t is_through;   /* 1: the proxy has opened the tunnel */

    /* private */
    uint8_t state;
    uint8_t part;        /* the part of the request that is written next */
    uint8_t sent, used;  /* how many bytes of the buffer were sent, and hold the request */
    uint8_t line_offset; /* in the status line, as far as the status goes */
    uint8_t has_cr, line_is_empty;
    uint16_t header_len; /* bytes of the response that were read */
    int32_t code, result;
    size_t part_offset; /* how much of the part was written */
    const struct osft_port *lower;
    char buffer[96]; /* the request, piece by piece */
};

/* Fill in *proxy and its port.
 * lifetime: *proxy must not move while the port is in use; lower and host must outlive it */
void osft_proxy_init(struct osft_proxy *proxy, const struct osft_port *lower, const char *host,
                     uint16_t tcp_port);

#ifdef __cplusplus
}
#endif
#endif

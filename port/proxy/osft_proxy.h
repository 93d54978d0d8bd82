/* SPDX-License-Identifier: Apache-2.0 */
/* A port over a port that goes through a proxy: it asks the proxy for a tunnel to the host with
 * HTTP CONNECT (RFC 9110, section 9.3.6), with Basic authorization if a user is set (RFC 7617). TLS
 * goes through the tunnel, so the proxy sees the host's name and nothing else:
 *
 *     struct osft_proxy proxy;
 *     osft_proxy_init(&proxy, &sockets.port, "proxy.example", 3128);
 *     proxy.user = "me", proxy.password = "secret";        where the proxy wants a login
 *     osft_tls_init(&tls, &proxy.port, NULL, NULL);
 *
 * The proxy looks up the host's name; the lower port only connects to the proxy.
 *
 * errors:  OSFT_E_PROXY: the proxy refused; its HTTP status is in *port.code, and so in
 *          reply.port_code. The status is 0 when the received bytes are no response of HTTP/1.1, or
 *          its header has no end. A client does not retry OSFT_E_PROXY. The lower port's errors are
 *          passed on as they are. OSFT_E_CUT says that the proxy closed the connection without a
 *          response; is_through says whether the tunnel was open by then.
 * secrets: user and password are sent to the proxy without encryption, as in HTTP. They are read
 *          only while the request is sent, and the written bytes are wiped.
 * blocks:  only in the lower port's wait, and in its open where that blocks.
 * memory:  the struct. Names and passwords may have any length.
 * threads: one at a time for each struct.
 */
#ifndef OSFT_PROXY_H
#define OSFT_PROXY_H

#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long the header of the proxy's response may be; bytes. The bytes are counted, not stored. */
enum { OSFT_PROXY_HEADER_MAX = 8192 };

struct osft_proxy {
    struct osft_port port; /* *port.code: the lower port's; with OSFT_E_PROXY the HTTP status */

    /* These may be changed while there is no connection. */
    const char *host;     /* the proxy: a name or an address; an IPv6 address in brackets */
    const char *user;     /* NULL: the proxy wants no login. Must not contain a colon */
    const char *password; /* NULL: an empty password */
    uint16_t tcp_port;

    /* Public: results of the last connection. */
    uint16_t http_status; /* of the proxy's response; 0: no response came */
    uint8_t is_through;   /* 1: the proxy has opened the tunnel */

    /* private */
    uint8_t state;
    uint8_t part;        /* the part of the request that is written next */
    uint8_t sent, used;  /* bytes of the buffer that were sent, and that hold the request */
    uint8_t line_offset; /* bytes read of the status line, up to the byte behind the status */
    uint8_t has_cr, line_is_empty;
    uint16_t header_len; /* bytes of the response that were read */
    int32_t code, result;
    size_t part_offset; /* bytes of the part that were written */
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

/* SPDX-License-Identifier: Apache-2.0 */
/* The session of the last connection, for the next one. When a session is resumed mbedTLS sees no
 * certificate and checks nothing, so all that was checked is remembered here and checked again. */
#include "osft_tls_internal.h"

#include <string.h>

void osft_tls_session_drop(struct osft_tls *t)
{
    mbedtls_ssl_session_free(&t->session); /* wipes it */
    t->stored = t->keep = 0;
}

int osft_tls_session_for(struct osft_tls *t, const char *host, uint16_t tcp_port)
{
    uint8_t digest[32];
    int r = osft_tls_sha256(host, strlen(host), digest);

    if (r == 0 &&
        (memcmp(digest, t->record.host, sizeof digest) != 0 || tcp_port != t->record.tcp_port)) {
        osft_tls_session_drop(t);
        memcpy(t->record.host, digest, sizeof digest);
        t->record.tcp_port = tcp_port;
    }
    return r;
}

void osft_tls_session_offer(struct osft_tls *t)
{
    int64_t now = t->port.utc_s(t->port.ctx);

    if (t->stored && now >= 0 && now >= t->record.from && now <= t->record.until) {
        t->offered = mbedtls_ssl_set_session(&t->ssl, &t->session) == 0;
    }
    osft_tls_session_drop(t); /* mbedTLS has its copy */
}

void osft_tls_session_made(struct osft_tls *t)
{
    t->trusted = 1;
    t->keep = !t->by_floor;
    if (t->keep) { /* a resumed one has its end already, and that is earlier */
        int64_t last = t->port.utc_s(t->port.ctx) + OSFT_TLS_SESSION_S;
        if (last < t->record.until) {
            t->record.until = last;
        }
    }
}

void osft_tls_session_take(struct osft_tls *t)
{
    if (!t->keep) {
        return;
    }
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
    /* There a session is only what a ticket makes one, and a ticket is good for one connection. */
    if (mbedtls_ssl_get_version_number(&t->ssl) == MBEDTLS_SSL_VERSION_TLS1_3 && !t->ticket) {
        return;
    }
#endif
    osft_tls_session_drop(t);
    t->stored = mbedtls_ssl_get_session(&t->ssl, &t->session) == 0;
    if (!t->stored) {
        mbedtls_ssl_session_free(&t->session); /* what had been copied of it */
    }
}

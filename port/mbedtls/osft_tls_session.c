/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the session of the last connection for the next one. When a session is resumed, mbedTLS
 * receives no certificate and checks nothing. Therefore the results of the checks are kept here and
 * checked again. */
#include "osft_tls_internal.h"

#include <string.h>

void osft_tls_session_drop(struct osft_tls *tls)
{
    mbedtls_ssl_session_free(&tls->session); /* wipes it */
    tls->session_stored = tls->session_may_be_kept = 0;
}

int osft_tls_session_bind(struct osft_tls *tls, const char *host, uint16_t tcp_port)
{
    struct osft_tls_session_info *info = &tls->session_info;
    uint8_t digest[32];
    int error = osft_tls_sha256(host, strlen(host), digest);

    if (error == 0 &&
        (memcmp(digest, info->host, sizeof digest) != 0 || tcp_port != info->tcp_port)) {
        osft_tls_session_drop(tls);
#ifdef OSFT_TLS_REFUSES_OFFERED_PSS
        osft_tls_offer_tls13(tls, 1);
#endif
        memcpy(info->host, digest, sizeof digest);
        info->tcp_port = tcp_port;
    }
    return error;
}

void osft_tls_session_offer(struct osft_tls *tls)
{
    int64_t now = tls->port.utc_s(tls->port.ctx);

    if (tls->session_stored && now >= 0 && now >= tls->session_info.valid_from &&
        now <= tls->session_info.valid_until) {
        tls->session_offered = mbedtls_ssl_set_session(&tls->ssl, &tls->session) == 0;
    }
    osft_tls_session_drop(tls); /* mbedTLS has a copy */
}

void osft_tls_session_accept(struct osft_tls *tls)
{
    int64_t now = tls->port.utc_s(tls->port.ctx);

    tls->session_may_be_kept = !tls->time_is_unknown;
    /* A resumed session keeps its end, which is earlier. */
    if (tls->session_may_be_kept && now < tls->session_info.valid_until - OSFT_TLS_SESSION_S) {
        tls->session_info.valid_until = now + OSFT_TLS_SESSION_S;
    }
}

void osft_tls_session_store(struct osft_tls *tls)
{
    if (!tls->session_may_be_kept) {
        return;
    }
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
    /* With TLS 1.3 there is a session only when a ticket came, and a ticket is valid for one
     * connection. */
    if (mbedtls_ssl_get_version_number(&tls->ssl) == MBEDTLS_SSL_VERSION_TLS1_3 &&
        !tls->got_ticket) {
        return;
    }
#endif
    osft_tls_session_drop(tls);
    tls->session_stored = mbedtls_ssl_get_session(&tls->ssl, &tls->session) == 0;
    if (!tls->session_stored) {
        mbedtls_ssl_session_free(&tls->session); /* frees the part that was copied */
    }
}

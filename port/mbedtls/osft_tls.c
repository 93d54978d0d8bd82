/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of the TLS port: open, send, recv, wait, awaits and close. */
#include "osft_tls_address_internal.h"
#include "osft_tls_internal.h"

#include "mbedtls/net_sockets.h" /* two error numbers; none of its functions */

#include <limits.h>
#include <string.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define OSFT_TLS_BAD_CERTIFICATE MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE
#else
#define OSFT_TLS_BAD_CERTIFICATE MBEDTLS_ERR_SSL_BAD_CERTIFICATE
#endif

/* A value of handshake_wants, send_wants and recv_wants. After a function of the port has returned
 * 0, these hold an osft_event of the lower port, or this value: the function can be called again at
 * once, without an event. */
#define OSFT_TLS_CALL_AGAIN 4

/* Send mbedTLS's bytes by the lower port. mbedTLS gives all bytes that it has to send. */
static int osft_tls_send_below(void *ctx, const unsigned char *bytes, size_t len)
{
    struct osft_tls *tls = ctx;
    int count = tls->lower->send(tls->lower->ctx, bytes, len);

    if (count < 0 || (size_t)count > len) {
        tls->lower_error = count < 0 ? count : OSFT_E_IO;
        return MBEDTLS_ERR_NET_SEND_FAILED;
    }
    tls->output_pending = (size_t)count < len;
    return count > 0 ? count : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int osft_tls_recv_below(void *ctx, unsigned char *buffer, size_t room)
{
    struct osft_tls *tls = ctx;
    int count = tls->lower->recv(tls->lower->ctx, buffer, room);

    if (count == OSFT_EOF) {
        tls->lower_ended = 1;
        return 0; /* mbedTLS reports 0 as MBEDTLS_ERR_SSL_CONN_EOF */
    }
    if (count < 0 || (size_t)count > room) {
        tls->lower_error = count < 0 ? count : OSFT_E_IO;
        return MBEDTLS_ERR_NET_RECV_FAILED;
    }
    tls->input_blocked = count == 0;
    return count > 0 ? count : MBEDTLS_ERR_SSL_WANT_READ;
}

/* End the connection. From now on all calls return this result. */
static int osft_tls_fail_connection(struct osft_tls *tls, int result, int32_t code)
{
    tls->state = OSFT_TLS_DEAD;
    tls->result = result;
    tls->code = code;
    if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
        tls->alert = tls->ssl.OSFT_TLS_FIELD(in_msg)[1];
    }
    if (result == OSFT_E_TLS) {
        osft_tls_session_drop(tls); /* RFC 5246, section 7.2: a fatal alert ends the session, too */
    }
    return result;
}

/* Note an error of the lower port. Returns the result for the caller of this port. */
static int osft_tls_note_lower_error(struct osft_tls *tls, int error)
{
    tls->code = tls->lower->code != NULL ? *tls->lower->code : error;
    return error == OSFT_EOF ? OSFT_E_CUT : error;
}

static int osft_tls_fail_with_lower_error(struct osft_tls *tls, int error)
{
    tls->lower_error = error;
    int result = osft_tls_note_lower_error(tls, error);
    return osft_tls_fail_connection(tls, result, tls->code);
}

/* Whether an error means that a certificate could not be parsed: one of mbedTLS's X.509 errors,
 * except lack of memory. */
static int osft_tls_is_x509_error(int error)
{
    int high = -error & 0x7F80;
    return high >= 0x2080 && high <= 0x3000 && high != -OSFT_TLS_X509_NO_MEMORY;
}

static int osft_tls_fail_with_certificate_error(struct osft_tls *tls, int error)
{
    const uint32_t time_flags = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
    uint32_t flags = mbedtls_ssl_get_verify_result(&tls->ssl);

    tls->verify_flags = flags == UINT32_MAX ? 0 : flags; /* all bits: the chain was not verified at
                                                          * all */
    if (tls->verify_flags != 0 && (tls->verify_flags & ~time_flags) == 0) {
        return osft_tls_fail_connection(tls, OSFT_E_CERT_TIME, error);
    }
    return osft_tls_fail_connection(tls, OSFT_E_CERT, error);
}

/* Handle mbedTLS's error. Returns 0 when mbedTLS only wants to be called again, after the event in
 * *wants; otherwise ends the connection, and returns the osft_error. */
static int osft_tls_handle_error(struct osft_tls *tls, int error, uint8_t *wants)
{
    switch (error) {
    case MBEDTLS_ERR_SSL_WANT_READ:
        /* mbedTLS also returns this when it has just read a message of its own, and can go on. */
        *wants = tls->input_blocked ? OSFT_READABLE : OSFT_TLS_CALL_AGAIN;
        tls->input_blocked = 0;
        return 0;
    case MBEDTLS_ERR_SSL_WANT_WRITE: *wants = OSFT_WRITABLE; return 0;
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
    case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET:
        tls->got_ticket = 1;
        *wants = OSFT_TLS_CALL_AGAIN;
        return 0;
#endif
    case MBEDTLS_ERR_SSL_CRYPTO_IN_PROGRESS:
    case MBEDTLS_ERR_SSL_ASYNC_IN_PROGRESS: *wants = OSFT_TLS_CALL_AGAIN; return 0;
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED: return osft_tls_fail_with_lower_error(tls, tls->lower_error);
    case MBEDTLS_ERR_SSL_CONN_EOF: return osft_tls_fail_connection(tls, OSFT_E_CUT, error);
    case OSFT_TLS_BAD_CERTIFICATE:
    case MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED: return osft_tls_fail_with_certificate_error(tls, error);
    default: break;
    }
    if (osft_tls_is_x509_error(error)) {
        return osft_tls_fail_with_certificate_error(tls, error);
    }
    /* The server may have refused the session, which is dropped already, so a retry may succeed. */
    int is_session_to_blame = tls->state == OSFT_TLS_HANDSHAKE && tls->session_offered;
    return osft_tls_fail_connection(tls, is_session_to_blame ? OSFT_E_IO : OSFT_E_TLS, error);
}

/* Note the host to connect to, which the certificate must name. */
static int osft_tls_set_host(struct osft_tls *tls, const char *host, uint16_t tcp_port)
{
    char name[OSFT_NAME_ROOM]; /* large for a stack, but the handshake needs several times more */

    if (host == NULL || osft_bare_host(host, OSFT_DROP_ZONE, name, sizeof name) == 0) {
        /* Without a name, mbedTLS would check no name at all. */
        return osft_tls_fail_connection(tls, OSFT_E_RESOLVE, 0);
    }
    tls->ip_len = osft_tls_address(name, host[0] == '[', tls->ip);
    if (tls->ip_len == 0 && host[0] == '[') {
        return osft_tls_fail_connection(tls, OSFT_E_RESOLVE, 0);
    }
    int error = osft_tls_session_bind(tls, host, tcp_port);
    if (error == 0) {
        error = mbedtls_ssl_setup(&tls->ssl, &tls->conf);
    }
    if (error == 0) {
        /* An address is no server name (RFC 6066, section 3): osft_tls_verify() checks it. */
        error = mbedtls_ssl_set_hostname(&tls->ssl, tls->ip_len != 0 ? NULL : name);
    }
    return error == 0 ? OSFT_OK : osft_tls_fail_connection(tls, OSFT_E_TLS, error);
}

/* Begin a new connection. */
static int osft_tls_start_connection(struct osft_tls *tls, const char *host, uint16_t tcp_port)
{
    if (!tls->is_configured) {
        return osft_tls_fail_connection(tls, OSFT_E_TLS,
                                        tls->code != 0 ? tls->code : OSFT_TLS_BAD_INPUT);
    }
    tls->code = 0;
    tls->verify_flags = 0;
    tls->alert = tls->refused_depth = 0;
    tls->lower_error = tls->send_error = 0;
    tls->unsent_len = 0;
    tls->handshake_wants = tls->send_wants = tls->recv_wants = 0;
    tls->output_pending = tls->input_blocked = tls->lower_ended = 0;
    tls->saw_certificate = tls->certificate_is_good = tls->time_is_unknown = 0;
    tls->handshake_done = tls->session_offered = tls->resumed = tls->got_ticket = 0;

    int result = osft_tls_set_host(tls, host, tcp_port);
    if (result == OSFT_OK) {
        mbedtls_ssl_set_bio(&tls->ssl, tls, osft_tls_send_below, osft_tls_recv_below, NULL);
        tls->state = OSFT_TLS_CONNECTING;
    }
    return result;
}

static int osft_tls_shake_hands(struct osft_tls *tls)
{
    int error = mbedtls_ssl_handshake(&tls->ssl);
    if (error != 0) {
        return osft_tls_handle_error(tls, error, &tls->handshake_wants);
    }
    /* A handshake without a certificate can only have resumed the session that was offered. That
     * session was made with this host, and verified. */
    tls->resumed = tls->session_offered && !tls->saw_certificate;
    /* mbedTLS guarantees this already. It is checked again, because everything else depends on
     * it. */
    if (!(tls->certificate_is_good || tls->resumed) ||
        mbedtls_ssl_get_verify_result(&tls->ssl) != 0) {
        return osft_tls_fail_with_certificate_error(tls, MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
    }
    tls->handshake_done = 1;
    osft_tls_session_accept(tls);
    tls->state = OSFT_TLS_OPEN;
    return 1;
}

static int osft_tls_advance_opening(struct osft_tls *tls, const char *host, uint16_t tcp_port)
{
    int result;

    if (tls->state == OSFT_TLS_CLOSED) {
        result = osft_tls_start_connection(tls, host, tcp_port);
        if (result != OSFT_OK) {
            return result;
        }
    }
    if (tls->state == OSFT_TLS_CONNECTING) {
        result = tls->lower->open(tls->lower->ctx, host, tcp_port);
        if (result <= 0) {
            return result == 0 ? 0 : osft_tls_fail_with_lower_error(tls, result);
        }
        osft_tls_session_offer(tls);
        tls->state = OSFT_TLS_HANDSHAKE;
    }
    return osft_tls_shake_hands(tls);
}

static void osft_tls_close_connection(void *ctx)
{
    struct osft_tls *tls = ctx;

    if (tls->state == OSFT_TLS_OPEN || (tls->state == OSFT_TLS_DEAD && tls->result == OSFT_EOF)) {
        (void)mbedtls_ssl_close_notify(&tls->ssl); /* as much as can be sent without waiting */
    }
    tls->lower->close(tls->lower->ctx);
    osft_tls_session_store(tls);
    mbedtls_ssl_free(&tls->ssl); /* wipes the session's keys */
    mbedtls_ssl_init(&tls->ssl);
    tls->state = OSFT_TLS_CLOSED;
}

#ifdef OSFT_TLS_REFUSES_OFFERED_PSS
/* Connect again with TLS 1.2 alone, without RSA-PSS, if the handshake may have failed because
 * mbedTLS has refused the RSA-PSS that it had offered to a server with TLS 1.2. Nothing is lost,
 * because the server had chosen that version. An attacker who forges this choice only achieves a
 * version that is accepted anyway. */
static int osft_tls_reopen_without_tls13(struct osft_tls *tls, const char *host, uint16_t tcp_port,
                                         int result)
{
    if (result != OSFT_E_TLS || tls->handshake_done) {
        return result;
    }
    int refused_pss = !tls->without_tls13 && tls->code == MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER &&
                      mbedtls_ssl_get_version_number(&tls->ssl) == MBEDTLS_SSL_VERSION_TLS1_2;
    osft_tls_offer_tls13(tls, !refused_pss);
    if (!refused_pss) {
        return result;
    }
    osft_tls_close_connection(tls);
    return osft_tls_advance_opening(tls, host, tcp_port);
}
#endif

static int osft_tls_open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_tls *tls = ctx;

    if (tls->state == OSFT_TLS_DEAD) {
        return tls->result;
    }
    if (tls->state == OSFT_TLS_OPEN) {
        return 1;
    }
    int result = osft_tls_advance_opening(tls, host, tcp_port);
#ifdef OSFT_TLS_REFUSES_OFFERED_PSS
    result = osft_tls_reopen_without_tls13(tls, host, tcp_port, result);
#endif
    return result;
}

/* Handle an error as osft_tls_handle_error() does. But when the lower port has failed to send, keep
 * the connection: bytes that the server sent before can still be received, and may give the
 * reason. */
static int osft_tls_handle_send_error(struct osft_tls *tls, int error)
{
    if (error != MBEDTLS_ERR_NET_SEND_FAILED) {
        return osft_tls_handle_error(tls, error, &tls->send_wants);
    }
    tls->send_error = osft_tls_note_lower_error(tls, tls->lower_error);
    return tls->send_error;
}

/* Limit a number of bytes to what one record can hold. */
static size_t osft_tls_limit_to_record(const struct osft_tls *tls, size_t len)
{
    int limit = mbedtls_ssl_get_max_out_record_payload(&tls->ssl);
    return limit > 0 && len > (size_t)limit ? (size_t)limit : len;
}

static int osft_tls_send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct osft_tls *tls = ctx;
    int result;

    if (tls->state != OSFT_TLS_OPEN) {
        return tls->state == OSFT_TLS_DEAD && tls->result != OSFT_EOF ? tls->result : OSFT_E_IO;
    }
    if (tls->send_error != 0) {
        return tls->send_error;
    }
    if (len == 0) {
        return 0;
    }
    len = osft_tls_limit_to_record(tls, len);
    if (tls->unsent_len == 0 && tls->output_pending) {
        /* An alert waits in mbedTLS's buffer. If mbedTLS were given bytes now, it would send the
         * alert instead of them, and report that it took them. Without bytes, it only sends the
         * alert. */
        result = mbedtls_ssl_write(&tls->ssl, (const unsigned char *)"", 0);
        if (result < 0) {
            return osft_tls_handle_send_error(tls, result);
        }
    }
    if (tls->unsent_len != 0) {
        /* The record was made of unsent_len bytes, and mbedTLS must be given the same length. */
        if (len < tls->unsent_len) {
            return osft_tls_fail_connection(tls, OSFT_E_TLS, OSFT_TLS_BAD_INPUT);
        }
        len = tls->unsent_len;
        if (!tls->output_pending) {
            /* A recv in between has sent the record; mbedTLS would make another record of the same
             * bytes. */
            tls->unsent_len = 0;
            tls->send_wants = 0;
            return (int)len;
        }
    }
    result = mbedtls_ssl_write(&tls->ssl, bytes, len);
    if (result >= 0) {
        tls->unsent_len = 0;
        tls->send_wants = 0;
        return result;
    }
    if (result == MBEDTLS_ERR_SSL_WANT_WRITE) {
        tls->unsent_len = len; /* with any other result, no record was made */
    }
    return osft_tls_handle_send_error(tls, result);
}

/* Set whether mbedTLS may report tickets. It must not while a record is not sent: mbedTLS would
 * then read nothing until the record is sent. A ticket that comes meanwhile is lost, which only
 * costs a session. */
static void osft_tls_allow_tickets(struct osft_tls *tls, int allowed)
{
#ifdef OSFT_TLS_SIGNALS_TICKETS
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        &tls->conf, allowed ? MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED
                            : MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_DISABLED);
#else
    (void)tls, (void)allowed;
#endif
}

static int osft_tls_recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct osft_tls *tls = ctx;

    if (tls->state != OSFT_TLS_OPEN) {
        return tls->state == OSFT_TLS_DEAD ? tls->result : OSFT_E_IO;
    }
    if (room == 0) {
        return 0;
    }
    osft_tls_allow_tickets(tls, !tls->output_pending);
    int result = mbedtls_ssl_read(&tls->ssl, buffer, room < INT_MAX ? room : INT_MAX);
    tls->recv_wants = 0;
    if (result > 0) {
        return result;
    }
    if (result == 0 && tls->lower_ended) {
        return osft_tls_fail_connection(tls, OSFT_E_CUT, MBEDTLS_ERR_SSL_CONN_EOF);
    }
    if (result == 0 ||
        (result == MBEDTLS_ERR_SSL_WANT_WRITE && !mbedtls_ssl_check_pending(&tls->ssl))) {
        /* mbedTLS has read an empty record, or it has declined a request to renegotiate but could
         * not send the refusal yet. In both cases the following bytes can be read. */
        tls->recv_wants = OSFT_TLS_CALL_AGAIN;
        return 0;
    }
    if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        return osft_tls_fail_connection(tls, OSFT_EOF, 0);
    }
    return osft_tls_handle_error(tls, result, &tls->recv_wants);
}

static unsigned osft_tls_awaited_by_recv(const struct osft_tls *tls, uint32_t *ms)
{
    if (tls->recv_wants == OSFT_WRITABLE && tls->output_pending) {
        return OSFT_WRITABLE;
    }
    /* The lower port reports no event for bytes that mbedTLS holds already. */
    if (tls->recv_wants == OSFT_WRITABLE || tls->recv_wants == OSFT_TLS_CALL_AGAIN ||
        mbedtls_ssl_check_pending(&tls->ssl)) {
        *ms = 0;
    }
    return OSFT_READABLE;
}

static unsigned osft_tls_awaited_by_send(const struct osft_tls *tls, uint32_t *ms)
{
    int was_sent_by_recv = tls->unsent_len != 0 && !tls->output_pending;

    if (tls->send_wants == OSFT_TLS_CALL_AGAIN || was_sent_by_recv || tls->send_error != 0) {
        *ms = 0;
    }
    return tls->send_wants == OSFT_READABLE ? OSFT_READABLE : OSFT_WRITABLE;
}

/* Return the events that the lower port must wait for when the caller of this port waits for events
 * (not 0). Sets *ms to 0 when there is something to do at once. */
static unsigned osft_tls_events_below(const struct osft_tls *tls, unsigned events, uint32_t *ms)
{
    unsigned below = 0;

    if (tls->state == OSFT_TLS_CLOSED || tls->state == OSFT_TLS_CONNECTING) {
        return events;
    }
    if (tls->state == OSFT_TLS_DEAD ||
        (tls->state == OSFT_TLS_HANDSHAKE && tls->handshake_wants == OSFT_TLS_CALL_AGAIN)) {
        *ms = 0;
        return events;
    }
    if (tls->state == OSFT_TLS_HANDSHAKE) {
        return tls->handshake_wants;
    }
    if ((events & OSFT_READABLE) != 0) {
        below |= osft_tls_awaited_by_recv(tls, ms);
    }
    if ((events & OSFT_WRITABLE) != 0) {
        below |= osft_tls_awaited_by_send(tls, ms);
    }
    return below;
}

static unsigned osft_tls_awaited_events(void *ctx, unsigned events, uint32_t *ms)
{
    const struct osft_tls *tls = ctx;
    unsigned below = osft_tls_events_below(tls, events, ms);

    if (tls->lower->awaits == NULL || below == 0) {
        return below;
    }
    return tls->lower->awaits(tls->lower->ctx, below, ms);
}

static int osft_tls_wait_for_events(void *ctx, unsigned events, uint32_t ms)
{
    const struct osft_tls *tls = ctx;
    uint32_t limit_ms = ms;
    unsigned below = events != 0 ? osft_tls_events_below(tls, events, &limit_ms) : 0;

    /* The lower port's wait() translates the events of its own level itself. */
    return limit_ms < ms ? 1 : tls->lower->wait(tls->lower->ctx, below, ms);
}

static uint32_t osft_tls_lower_ticks_ms(void *ctx)
{
    const struct osft_tls *tls = ctx;
    return tls->lower->ticks_ms(tls->lower->ctx);
}

static int osft_tls_lower_random(void *ctx, void *buffer, size_t len)
{
    const struct osft_tls *tls = ctx;
    return tls->lower->random(tls->lower->ctx, buffer, len);
}

void osft_tls_set_port(struct osft_tls *tls)
{
    tls->port.ctx = tls;
    tls->port.open = osft_tls_open_connection;
    tls->port.send = osft_tls_send_bytes;
    tls->port.recv = osft_tls_recv_bytes;
    tls->port.wait = tls->lower->wait != NULL ? osft_tls_wait_for_events : NULL;
    tls->port.awaits = osft_tls_awaited_events;
    tls->port.close = osft_tls_close_connection;
    tls->port.utc_s = osft_tls_utc_s;
    tls->port.ticks_ms = tls->lower->ticks_ms != NULL ? osft_tls_lower_ticks_ms : NULL;
    tls->port.random = osft_tls_lower_random;
    tls->port.code = &tls->code;
    if (tls->lower->learn_utc != NULL || tls->lower->ticks_ms != NULL) {
        tls->port.learn_utc = osft_tls_learn_utc;
    }
}

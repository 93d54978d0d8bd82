/* SPDX-License-Identifier: Apache-2.0 */
#include "tls.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mbedtls/version.h>
#if defined(MBEDTLS_USE_PSA_CRYPTO) || defined(MBEDTLS_SSL_PROTO_TLS1_3)
#include <psa/crypto.h>
#endif

#define DAY_S 86400

/* mbedTLS resumes a session when one of these functions finds it. They note that for the log. */
#if defined(MBEDTLS_SSL_TICKET_C) && defined(MBEDTLS_SSL_SESSION_TICKETS)
static int write_ticket(void *ctx, const mbedtls_ssl_session *session, unsigned char *start,
                        const unsigned char *end, size_t *len, uint32_t *lifetime)
{
    struct ep_tls *t = ctx;

    return mbedtls_ssl_ticket_write(&t->ticket, session, start, end, len, lifetime);
}

static int parse_ticket(void *ctx, mbedtls_ssl_session *session, unsigned char *buf, size_t len)
{
    struct ep_tls *t = ctx;
    int err = mbedtls_ssl_ticket_parse(&t->ticket, session, buf, len);

    if (!err)
        t->current->resumed = 1;
    return err;
}

static int offer_tickets(struct ep_tls *t)
{
    int err = mbedtls_ssl_ticket_setup(&t->ticket, mbedtls_ctr_drbg_random, &t->random,
                                       MBEDTLS_CIPHER_AES_256_GCM, DAY_S);

    if (!err)
        mbedtls_ssl_conf_session_tickets_cb(&t->config, write_ticket, parse_ticket, t);
    return err;
}
#else
static int offer_tickets(struct ep_tls *t)
{
    (void)t;
    return 0;
}
#endif

#if defined(MBEDTLS_SSL_CACHE_C)
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
static int cache_get(void *ctx, const unsigned char *id, size_t id_len,
                     mbedtls_ssl_session *session)
{
    struct ep_tls *t = ctx;
    int err = mbedtls_ssl_cache_get(&t->cache, id, id_len, session);

    if (!err)
        t->current->resumed = 1;
    return err;
}

static int cache_set(void *ctx, const unsigned char *id, size_t id_len,
                     const mbedtls_ssl_session *session)
{
    struct ep_tls *t = ctx;

    return mbedtls_ssl_cache_set(&t->cache, id, id_len, session);
}
#else
static int cache_get(void *ctx, mbedtls_ssl_session *session)
{
    struct ep_tls *t = ctx;
    int err = mbedtls_ssl_cache_get(&t->cache, session);

    if (!err)
        t->current->resumed = 1;
    return err;
}

static int cache_set(void *ctx, const mbedtls_ssl_session *session)
{
    struct ep_tls *t = ctx;

    return mbedtls_ssl_cache_set(&t->cache, session);
}
#endif
#endif

void ep_tls_init(struct ep_tls *t)
{
    memset(t, 0, sizeof(*t));
    mbedtls_entropy_init(&t->entropy);
    mbedtls_ctr_drbg_init(&t->random);
    mbedtls_x509_crt_init(&t->cert);
    mbedtls_pk_init(&t->key);
    mbedtls_ssl_config_init(&t->config);
#if defined(MBEDTLS_SSL_CACHE_C)
    mbedtls_ssl_cache_init(&t->cache);
#endif
#if defined(MBEDTLS_SSL_TICKET_C) && defined(MBEDTLS_SSL_SESSION_TICKETS)
    mbedtls_ssl_ticket_init(&t->ticket);
#endif
}

static int load(struct ep_tls *t, const struct ep_text *cert, const struct ep_text *key,
                const char **what)
{
    const unsigned char *cert_pem = (const unsigned char *)cert->mem;
    const unsigned char *key_pem = (const unsigned char *)key->mem;
    int err;

    *what = "certificate";
    err = mbedtls_x509_crt_parse(&t->cert, cert_pem, cert->len + 1);
    if (err)
        return err < 0 ? err : MBEDTLS_ERR_X509_INVALID_FORMAT;
    *what = "key";
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    err = mbedtls_pk_parse_key(&t->key, key_pem, key->len + 1, NULL, 0, mbedtls_ctr_drbg_random,
                               &t->random);
    if (err)
        return err;
    *what = "key, which is not the certificate's";
    return mbedtls_pk_check_pair(&t->cert.pk, &t->key, mbedtls_ctr_drbg_random, &t->random);
#else
    err = mbedtls_pk_parse_key(&t->key, key_pem, key->len + 1, NULL, 0);
    if (err)
        return err;
    *what = "key, which is not the certificate's";
    return mbedtls_pk_check_pair(&t->cert.pk, &t->key);
#endif
}

int ep_tls_start(struct ep_tls *t, const struct ep_text *cert, const struct ep_text *key,
                 const char **what)
{
    static const unsigned char label[] = "osft-endpoint";
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    /* mbedTLS 2.28 would take P-521 when a client offers it, which is slow. Most servers take P-256
     * or X25519, as mbedTLS 3.6 does. */
    static const mbedtls_ecp_group_id groups[] = { MBEDTLS_ECP_DP_SECP256R1,
                                                   MBEDTLS_ECP_DP_CURVE25519,
                                                   MBEDTLS_ECP_DP_SECP384R1,
                                                   MBEDTLS_ECP_DP_SECP521R1, MBEDTLS_ECP_DP_NONE };
#endif
    int err;

#if defined(MBEDTLS_USE_PSA_CRYPTO) || defined(MBEDTLS_SSL_PROTO_TLS1_3)
    if (psa_crypto_init() != PSA_SUCCESS)
        return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
#endif
    *what = "random source";
    err = mbedtls_ctr_drbg_seed(&t->random, mbedtls_entropy_func, &t->entropy, label,
                                sizeof(label) - 1);
    if (!err)
        err = load(t, cert, key, what);
    if (err)
        return err;
    *what = "TLS settings";
    err = mbedtls_ssl_config_defaults(&t->config, MBEDTLS_SSL_IS_SERVER,
                                      MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (err)
        return err;
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    mbedtls_ssl_conf_curves(&t->config, groups);
    mbedtls_ssl_conf_min_version(&t->config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3); /* TLS 1.2 */
#endif
    mbedtls_ssl_conf_rng(&t->config, mbedtls_ctr_drbg_random, &t->random);
#if defined(MBEDTLS_SSL_CACHE_C)
    mbedtls_ssl_conf_session_cache(&t->config, t, cache_get, cache_set);
#endif
    err = offer_tickets(t);
    return err ? err : mbedtls_ssl_conf_own_cert(&t->config, &t->cert, &t->key);
}

void ep_tls_stop(struct ep_tls *t)
{
    mbedtls_ssl_config_free(&t->config);
#if defined(MBEDTLS_SSL_TICKET_C) && defined(MBEDTLS_SSL_SESSION_TICKETS)
    mbedtls_ssl_ticket_free(&t->ticket);
#endif
#if defined(MBEDTLS_SSL_CACHE_C)
    mbedtls_ssl_cache_free(&t->cache);
#endif
    mbedtls_pk_free(&t->key);
    mbedtls_x509_crt_free(&t->cert);
    mbedtls_ctr_drbg_free(&t->random);
    mbedtls_entropy_free(&t->entropy);
}

static int would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int bio_send(void *ctx, const unsigned char *src, size_t len)
{
    struct ep_link *l = ctx;
    ssize_t n = send(l->fd, src, len < INT_MAX ? len : INT_MAX, MSG_NOSIGNAL);

    if (n >= 0)
        return (int)n;
    return would_block() ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int bio_recv(void *ctx, unsigned char *dst, size_t cap)
{
    struct ep_link *l = ctx;
    ssize_t n = recv(l->fd, dst, cap < INT_MAX ? cap : INT_MAX, 0);

    if (n >= 0)
        return (int)n;
    return would_block() ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

int ep_link_open(struct ep_link *l, int fd, struct ep_tls *tls)
{
    memset(l, 0, sizeof(*l));
    l->fd = fd;
    l->tls = tls;
    l->wants = POLLIN;
    if (!tls)
        return 0;
    mbedtls_ssl_init(&l->ssl);
    if (mbedtls_ssl_setup(&l->ssl, &tls->config)) {
        ep_link_close(l);
        return -1;
    }
    mbedtls_ssl_set_bio(&l->ssl, l, bio_send, bio_recv, NULL);
    return 0;
}

/* Convert a result of mbedTLS or of the socket to a result of the functions of tls.h. */
static int to_link_result(struct ep_link *l, int n)
{
    if (n == MBEDTLS_ERR_SSL_WANT_READ || n == MBEDTLS_ERR_SSL_WANT_WRITE) {
        l->wants = n == MBEDTLS_ERR_SSL_WANT_READ ? POLLIN : POLLOUT;
        return 0;
    }
    return n > 0 ? n : -1;
}

int ep_link_greet(struct ep_link *l)
{
    int err;

    if (!l->tls)
        return 1;
    l->tls->current = l;
    err = mbedtls_ssl_handshake(&l->ssl);
    return to_link_result(l, err ? err : 1);
}

int ep_link_recv(struct ep_link *l, void *dst, size_t cap)
{
    return to_link_result(l, l->tls ? mbedtls_ssl_read(&l->ssl, dst, cap) : bio_recv(l, dst, cap));
}

int ep_link_send(struct ep_link *l, const void *src, size_t len)
{
    return to_link_result(l, l->tls ? mbedtls_ssl_write(&l->ssl, src, len) : bio_send(l, src, len));
}

void ep_link_bye(struct ep_link *l)
{
    if (l->tls)
        mbedtls_ssl_close_notify(&l->ssl);
    shutdown(l->fd, SHUT_WR);
    l->wants = POLLIN;
}

void ep_link_close(struct ep_link *l)
{
    if (l->tls)
        mbedtls_ssl_free(&l->ssl);
    close(l->fd);
}

const char *ep_link_name(const struct ep_link *l)
{
    if (!l->tls)
        return "plain";
    return l->resumed ? "tls=resumed" : "tls=full";
}

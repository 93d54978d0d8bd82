/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_server.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/oid.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif

/* Random bytes for all servers. Tests need no strong keys, so one generator is seeded once and
 * shared. */
static int test_random(void *ctx, unsigned char *dst, size_t len)
{
    static mbedtls_entropy_context entropy;
    static mbedtls_ctr_drbg_context drbg;
    static int ready;

    (void)ctx;
    if (!ready) {
        mbedtls_entropy_init(&entropy);
        mbedtls_ctr_drbg_init(&drbg);
        ready = mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0) == 0;
    }
    return ready ? mbedtls_ctr_drbg_random(&drbg, dst, len) : -1;
}

static size_t pipe_put(struct test_pipe *p, const void *src, size_t len)
{
    size_t room = sizeof p->data - p->len;
    len = len < room ? len : room;
    memcpy(p->data + p->len, src, len);
    p->len += len;
    return len;
}

static size_t pipe_take(struct test_pipe *p, void *dst, size_t cap)
{
    size_t left = p->len - p->head;
    cap = cap < left ? cap : left;
    memcpy(dst, p->data + p->head, cap);
    p->head += cap;
    return cap;
}

static int server_send(void *ctx, const unsigned char *src, size_t len)
{
    struct test_tls *s = ctx;
    size_t n = pipe_put(&s->down, src, len);
    return n > 0 ? (int)n : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int server_recv(void *ctx, unsigned char *dst, size_t cap)
{
    struct test_tls *s = ctx;
    size_t n = pipe_take(&s->up, dst, cap);
    return n > 0 ? (int)n : MBEDTLS_ERR_SSL_WANT_READ;
}

static void server_talk(struct test_tls *s)
{
    size_t room = sizeof s->got - 1 - s->got_len;
    int n = mbedtls_ssl_read(&s->ssl, (unsigned char *)s->got + s->got_len, room);
    if (n > 0) {
        s->got_len += (size_t)n;
    }
    size_t len = s->say != NULL ? strlen(s->say) : 0;
    while (s->said < len) {
        n = mbedtls_ssl_write(&s->ssl, (const unsigned char *)s->say + s->said, len - s->said);
        if (n <= 0) {
            return;
        }
        s->said += (size_t)n;
    }
    if (s->bye != TEST_STAY && !s->bye_done) {
        s->bye_done = 1;
        if (s->bye == TEST_CLOSE_NOTIFY) {
            (void)mbedtls_ssl_close_notify(&s->ssl);
        }
        s->down.ended = 1;
    }
}

void test_tls_step(struct test_tls *s)
{
    if (s->not_tls) {
        if (s->say != NULL) {
            s->said += pipe_put(&s->down, s->say + s->said, strlen(s->say) - s->said);
        }
        s->down.ended = s->bye != TEST_STAY;
        return;
    }
    if (!s->handshaken) {
        int r = mbedtls_ssl_handshake(&s->ssl);
        s->handshaken = r == 0;
        if (r != 0 && r != MBEDTLS_ERR_SSL_WANT_READ && r != MBEDTLS_ERR_SSL_WANT_WRITE) {
            s->down.ended = 1;
        }
    }
    if (s->handshaken) {
        server_talk(s);
    }
}

/* Write all that the server has to send to the socket. Returns 0 when that failed. */
static int write_down(struct test_tls *s, int fd)
{
    unsigned char piece[4096];
    size_t len;

    while ((len = pipe_take(&s->down, piece, sizeof piece)) > 0) {
        for (size_t at = 0; at < len;) {
            ssize_t n = write(fd, piece + at, len - at);
            if (n <= 0) {
                return 0;
            }
            at += (size_t)n;
        }
    }
    return 1;
}

void test_tls_over_socket(struct test_tls *s, int fd)
{
    unsigned char piece[4096];
    struct pollfd poller = { fd, POLLIN, 0 };

    for (;;) {
        test_tls_step(s);
        if (!write_down(s, fd) || s->down.ended || poll(&poller, 1, -1) < 0) {
            return;
        }
        ssize_t n = read(fd, piece, sizeof piece);
        if (n <= 0) {
            return;
        }
        (void)pipe_put(&s->up, piece, (size_t)n);
    }
}

/* Count a call of the port. Returns < 0 when the call must fail, 0 when it would block, 1 when it
 * goes on. */
static int turn(struct test_tls *s)
{
    long call = s->calls++;
    if (call == s->fail_at) {
        s->lower_code = 77;
        return s->fail_with;
    }
    /* Random, because a fixed pattern of blocked calls could fall into step with the caller's loop.
     */
    s->draw = s->draw * 1103515245u + 12345u;
    return s->stutter == 0 || (s->draw >> 16) % s->stutter != 0;
}

static size_t limit(const struct test_tls *s, size_t len)
{
    return s->chunk != 0 && s->chunk < len ? s->chunk : len;
}

static int lower_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct test_tls *s = ctx;
    int r = turn(s);
    (void)host, (void)tcp_port;
    if (r > 0) {
        s->opens++;
    }
    return r;
}

static int lower_send(void *ctx, const void *src, size_t len)
{
    struct test_tls *s = ctx;
    int r = turn(s);
    if (r < 0 || s->block_send) {
        return r < 0 ? r : 0;
    }
    return r == 0 ? 0 : (int)pipe_put(&s->up, src, limit(s, len)) + s->excess;
}

static int lower_recv(void *ctx, void *dst, size_t cap)
{
    struct test_tls *s = ctx;
    int r = turn(s);
    if (r <= 0) {
        return r;
    }
    if (!s->is_slow) {
        test_tls_step(s);
    }
    cap = limit(s, cap);
    if (s->cut_after != 0) {
        cap = cap < s->cut_after - s->passed ? cap : s->cut_after - s->passed;
        if (cap == 0) {
            return OSFT_EOF;
        }
    }
    size_t n = pipe_take(&s->down, dst, cap);
    if (s->flip_at != 0 && s->passed < s->flip_at && s->passed + n >= s->flip_at) {
        ((unsigned char *)dst)[s->flip_at - s->passed - 1] ^= 0x40;
    }
    s->passed += n;
    return n > 0 ? (int)n + s->excess : s->down.ended ? OSFT_EOF : 0;
}

static int lower_wait(void *ctx, unsigned events, uint32_t ms)
{
    struct test_tls *s = ctx;
    int r = turn(s);
    s->waits++;
    s->failed_waits += r < 0;
    s->events = events;
    s->wait_ms = ms;
    test_tls_step(s);
    return r;
}

/* Close the connection, and make the server ready for the next one. */
static void lower_close(void *ctx)
{
    struct test_tls *s = ctx;
    s->closes++;
    s->up.head = s->up.len = s->down.head = s->down.len = 0;
    s->down.ended = s->handshaken = s->bye_done = 0;
    s->said = s->passed = s->got_len = 0;
    memset(s->got, 0, sizeof s->got);
    (void)mbedtls_ssl_session_reset(&s->ssl);
}

static int64_t lower_utc_s(void *ctx)
{
    return ((struct test_tls *)ctx)->now;
}

static uint32_t lower_ticks_ms(void *ctx)
{
    return ((struct test_tls *)ctx)->ticks;
}

static int lower_random(void *ctx, void *dst, size_t len)
{
    (void)ctx;
    memset(dst, 0x5a, len);
    return 0;
}

static int note_sni(void *ctx, mbedtls_ssl_context *ssl, const unsigned char *name, size_t len)
{
    struct test_tls *s = ctx;
    (void)ssl;
    snprintf(s->sni, sizeof s->sni, "%.*s", (int)len, (const char *)name);
    return 0;
}

int test_tls_forget(struct test_tls *s, int by_id)
{
    mbedtls_ssl_ticket_free(&s->tickets);
    mbedtls_ssl_ticket_init(&s->tickets);
    mbedtls_ssl_cache_free(&s->cache);
    mbedtls_ssl_cache_init(&s->cache);
    mbedtls_ssl_conf_session_cache(&s->conf, NULL, NULL, NULL);
    mbedtls_ssl_conf_session_tickets_cb(&s->conf, NULL, NULL, NULL);
    if (by_id) {
        mbedtls_ssl_conf_session_cache(&s->conf, &s->cache, mbedtls_ssl_cache_get,
                                       mbedtls_ssl_cache_set);
        return 0;
    }
    mbedtls_ssl_conf_session_tickets_cb(&s->conf, mbedtls_ssl_ticket_write,
                                        mbedtls_ssl_ticket_parse, &s->tickets);
    return mbedtls_ssl_ticket_setup(&s->tickets, test_random, NULL, MBEDTLS_CIPHER_AES_256_GCM,
                                    2 * 86400);
}

static int server_setup(struct test_tls *s, const char *cert_pem, const char *key_pem)
{
    int r = mbedtls_x509_crt_parse(&s->cert, (const unsigned char *)cert_pem, strlen(cert_pem) + 1);
    if (r != 0) {
        return r;
    }
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    r = mbedtls_pk_parse_key(&s->key, (const unsigned char *)key_pem, strlen(key_pem) + 1, NULL, 0);
#else
    (void)psa_crypto_init();
    r = mbedtls_pk_parse_key(&s->key, (const unsigned char *)key_pem, strlen(key_pem) + 1, NULL, 0,
                             test_random, NULL);
#endif
    if (r != 0) {
        return r;
    }
    r = mbedtls_ssl_config_defaults(&s->conf, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT);
    if (r != 0) {
        return r;
    }
    mbedtls_ssl_conf_rng(&s->conf, test_random, NULL);
    mbedtls_ssl_conf_sni(&s->conf, note_sni, s);
    r = mbedtls_ssl_conf_own_cert(&s->conf, &s->cert, &s->key);
    if (r != 0) {
        return r;
    }
    r = test_tls_forget(s, 0);
    return r != 0 ? r : mbedtls_ssl_setup(&s->ssl, &s->conf);
}

void test_tls_init(struct test_tls *s, const char *cert_pem, const char *key_pem)
{
    memset(s, 0, sizeof *s);
    s->fail_at = -1;
    s->now = (int64_t)time(NULL);
    s->port.ctx = s;
    s->port.open = lower_open;
    s->port.send = lower_send;
    s->port.recv = lower_recv;
    s->port.wait = lower_wait;
    s->port.close = lower_close;
    s->port.utc_s = lower_utc_s;
    s->port.ticks_ms = lower_ticks_ms;
    s->port.random = lower_random;
    s->port.code = &s->lower_code;
    mbedtls_ssl_config_init(&s->conf);
    mbedtls_ssl_init(&s->ssl);
    mbedtls_x509_crt_init(&s->cert);
    mbedtls_pk_init(&s->key);
    mbedtls_ssl_ticket_init(&s->tickets);
    mbedtls_ssl_cache_init(&s->cache);
    int r = server_setup(s, cert_pem, key_pem);
    if (r != 0) {
        fprintf(stderr, "tls_server: server setup failed: -0x%04x\n", (unsigned)-r);
        /* a server that cannot be set up sends no TLS, so that every handshake fails */
        s->not_tls = 1;
    }
    mbedtls_ssl_set_bio(&s->ssl, s, server_send, server_recv, NULL);
}

void test_tls_free(struct test_tls *s)
{
    mbedtls_ssl_free(&s->ssl);
    mbedtls_ssl_config_free(&s->conf);
    mbedtls_x509_crt_free(&s->cert);
    mbedtls_pk_free(&s->key);
    mbedtls_ssl_ticket_free(&s->tickets);
    mbedtls_ssl_cache_free(&s->cache);
}

int test_tls_max(struct test_tls *s, int minor)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#ifndef MBEDTLS_SSL_PROTO_TLS1_1
    if (minor == 2) {
        return -1;
    }
#endif
    mbedtls_ssl_conf_max_version(&s->conf, 3, minor < 3 ? minor : 3);
    return minor <= 3 ? 0 : -1;
#else
    if (minor == 3) {
        mbedtls_ssl_conf_max_tls_version(&s->conf, MBEDTLS_SSL_VERSION_TLS1_2);
        return mbedtls_ssl_session_reset(&s->ssl);
    }
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
    if (minor == 4) {
        mbedtls_ssl_conf_min_tls_version(&s->conf, MBEDTLS_SSL_VERSION_TLS1_3);
        mbedtls_ssl_conf_max_tls_version(&s->conf, MBEDTLS_SSL_VERSION_TLS1_3);
        return mbedtls_ssl_session_reset(&s->ssl);
    }
#endif
    return -1;
#endif
}

/* Set a subjectAltName that has one dNSName. */
static int set_dns_name(mbedtls_x509write_cert *w, const char *name)
{
    unsigned char der[128] = { 0x30, 0, 0x82, 0 };
    size_t len = strlen(name);

    if (len > sizeof der - 4) {
        return MBEDTLS_ERR_X509_BAD_INPUT_DATA;
    }
    der[1] = (unsigned char)(len + 2);
    der[3] = (unsigned char)len;
    memcpy(der + 4, name, len);
    return mbedtls_x509write_crt_set_extension(w, MBEDTLS_OID_SUBJECT_ALT_NAME,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
                                               der, len + 4);
}

static int write_self_signed(mbedtls_x509write_cert *w, mbedtls_pk_context *key, const char *name,
                             char *cert_pem, char *key_pem, size_t size)
{
    char subject[128];
    int r;

    snprintf(subject, sizeof subject, "CN=%s", name);
    mbedtls_x509write_crt_set_version(w, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(w, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(w, key);
    mbedtls_x509write_crt_set_issuer_key(w, key);
    if ((r = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY))) != 0 ||
        (r = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), test_random,
                                 NULL)) != 0 ||
        (r = mbedtls_x509write_crt_set_subject_name(w, subject)) != 0 ||
        (r = mbedtls_x509write_crt_set_issuer_name(w, subject)) != 0 ||
        (r = mbedtls_x509write_crt_set_validity(w, "20000101000000", "20491231235959")) != 0 ||
        (r = mbedtls_x509write_crt_set_basic_constraints(w, 1, -1)) != 0 ||
        (r = mbedtls_pk_write_key_pem(key, (unsigned char *)key_pem, size)) != 0) {
        return r;
    }
    return mbedtls_x509write_crt_pem(w, (unsigned char *)cert_pem, size, test_random, NULL);
}

static int set_serial_one(mbedtls_x509write_cert *w)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03040000
    unsigned char one[] = { 1 };
    return mbedtls_x509write_crt_set_serial_raw(w, one, sizeof one);
#else
    mbedtls_mpi one;
    mbedtls_mpi_init(&one);
    int r = mbedtls_mpi_lset(&one, 1);
    r = r != 0 ? r : mbedtls_x509write_crt_set_serial(w, &one);
    mbedtls_mpi_free(&one);
    return r;
#endif
}

int test_tls_self_signed(const char *common_name, const char *dns_name, char *cert_pem,
                         char *key_pem, size_t size)
{
    mbedtls_x509write_cert w;
    mbedtls_pk_context key;

    mbedtls_x509write_crt_init(&w);
    mbedtls_pk_init(&key);
    int r = set_serial_one(&w);
    r = r != 0 || dns_name == NULL ? r : set_dns_name(&w, dns_name);
    r = r != 0 ? r : write_self_signed(&w, &key, common_name, cert_pem, key_pem, size);
    mbedtls_x509write_crt_free(&w);
    mbedtls_pk_free(&key);
    return r;
}

struct test_tls server;
struct osft_tls tls;

int test_tls_pki(struct pki *one, struct pki *two, const char *names)
{
    struct pki_options o;
    pki_defaults(&o);
    o.names = names != NULL ? names : o.names;
    int r = pki_make(one, &o);
    return r != 0 ? r : pki_make(two, &o);
}

void test_tls_serve(const struct pki *p, const char *say)
{
    test_tls_init(&server, p->cert_pem, p->key_pem);
    server.say = say;
    server.bye = TEST_CLOSE_NOTIFY;
}

int test_tls_begin(const struct pki *p, const char *say)
{
    test_tls_serve(p, say);
    int r = osft_tls_init(&tls, &server.port, NULL, NULL);
    return r != 0 ? r : osft_tls_ca(&tls, p->ca_der, p->ca_der_len);
}

int test_tls_end(void **state)
{
    (void)state;
    osft_tls_free(&tls);
    test_tls_free(&server);
    return 0;
}

int test_tls_open(const char *host, uint16_t tcp_port)
{
    int r = 0;
    for (int i = 0; i < 1000 && r == 0; i++) {
        r = tls.port.open(&tls, host, tcp_port);
    }
    return r;
}

int test_tls_drain(void)
{
    char got[64];
    int r = 0;
    for (int i = 0; i < 1000 && r >= 0; i++) {
        r = tls.port.recv(&tls, got, sizeof got);
    }
    return r;
}

int test_tls_visit(const char *host, uint16_t tcp_port)
{
    int r = test_tls_open(host, tcp_port);
    r = r > 0 ? test_tls_drain() : r;
    tls.port.close(&tls);
    return r;
}

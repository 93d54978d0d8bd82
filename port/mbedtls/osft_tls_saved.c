/* SPDX-License-Identifier: Apache-2.0 */
/* The session as bytes: the record, mbedTLS's own form, and a seal: SHA-256 of both and of whom is
 * trusted. Apart, so that firmware that stays awake does not link it. */
#include "osft_tls_internal.h"

#include "mbedtls/platform_util.h"

#include <string.h>

#define OSFT_TLS_SAVED_MAGIC 0x3154534fu /* "OST1"; another one for another layout */
#define OSFT_TLS_SEAL        32

/* sum = SHA-256(sum, SHA-256(src)) */
static int add(uint8_t sum[32], const void *src, size_t len)
{
    uint8_t both[64];
    memcpy(both, sum, 32);
    int r = osft_tls_sha256(src, len, both + 32);
    return r != 0 ? r : osft_tls_sha256(both, sizeof both, sum);
}

static int seal(const struct osft_tls *t, const void *src, size_t len, uint8_t sum[OSFT_TLS_SEAL])
{
    memset(sum, 0, OSFT_TLS_SEAL);
    int r = add(sum, t->pin, t->pins * sizeof t->pin[0]);
    for (const mbedtls_x509_crt *c = &t->ca; r == 0 && c != NULL && c->raw.p != NULL; c = c->next) {
        r = add(sum, c->raw.p, c->raw.len);
    }
    return r != 0 ? r : add(sum, src, len);
}

size_t osft_tls_session_save(struct osft_tls *t, void *dst, size_t cap)
{
    struct osft_tls_record record = t->record;
    uint8_t *p = dst;
    size_t len = 0;

    osft_tls_session_take(t); /* of a connection that is still open */
    if (!t->stored) {
        return 0;
    }
    /* How long, first: when there is too little room it would write a part, and that holds keys. */
    (void)mbedtls_ssl_session_save(&t->session, NULL, 0, &len);
    size_t body = sizeof record + len, need = body + OSFT_TLS_SEAL;
    if (need > cap) {
        return need;
    }
    record.magic = OSFT_TLS_SAVED_MAGIC;
    memcpy(p, &record, sizeof record);
    int r = mbedtls_ssl_session_save(&t->session, p + sizeof record, len, &len);
    r = r != 0 ? r : seal(t, p, body, p + body);
    if (r != 0) {
        mbedtls_platform_zeroize(p, need);
        return 0;
    }
    return need;
}

int osft_tls_session_load(struct osft_tls *t, const void *src, size_t len)
{
    struct osft_tls_record record;
    uint8_t sum[OSFT_TLS_SEAL];
    const uint8_t *p = src;

    if (t->state != OSFT_TLS_CLOSED) {
        return OSFT_E_STATE;
    }
    osft_tls_session_drop(t);
    if (len < sizeof record + OSFT_TLS_SEAL) {
        return OSFT_E_SAVED;
    }
    size_t body = len - OSFT_TLS_SEAL;
    memcpy(&record, p, sizeof record);
    if (record.magic != OSFT_TLS_SAVED_MAGIC || seal(t, p, body, sum) != 0 ||
        memcmp(sum, p + body, sizeof sum) != 0 ||
        mbedtls_ssl_session_load(&t->session, p + sizeof record, body - sizeof record) != 0) {
        return OSFT_E_SAVED;
    }
    t->record = record;
    t->stored = 1;
    return OSFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Saves the session as bytes: struct osft_tls_session_info, mbedTLS's form of the session, and a
 * checksum, which is SHA-256 of both and of the roots and pins. These functions are in a separate
 * file, so that firmware that never sleeps does not link them. */
#include "osft_tls_internal.h"

#include "mbedtls/platform_util.h"

#include <string.h>

#define OSFT_TLS_SAVED_MAGIC 0x3154534fu /* "OST1"; another layout gets another number */
#define OSFT_TLS_CHECKSUM    32

/* sum = SHA-256(sum, SHA-256(bytes)) */
static int osft_tls_add_to_checksum(uint8_t sum[OSFT_TLS_CHECKSUM], const void *bytes, size_t len)
{
    uint8_t both[2 * OSFT_TLS_CHECKSUM];
    memcpy(both, sum, OSFT_TLS_CHECKSUM);
    int error = osft_tls_sha256(bytes, len, both + OSFT_TLS_CHECKSUM);
    return error != 0 ? error : osft_tls_sha256(both, sizeof both, sum);
}

static int osft_tls_make_checksum(const struct osft_tls *tls, const void *bytes, size_t len,
                                  uint8_t sum[OSFT_TLS_CHECKSUM])
{
    const mbedtls_x509_crt *root = tls->roots;

    memset(sum, 0, OSFT_TLS_CHECKSUM);
    int error = osft_tls_add_to_checksum(sum, tls->pins, tls->pin_count * sizeof tls->pins[0]);
    for (; error == 0 && root != NULL && root->raw.p != NULL; root = root->next) {
        error = osft_tls_add_to_checksum(sum, root->raw.p, root->raw.len);
    }
    return error != 0 ? error : osft_tls_add_to_checksum(sum, bytes, len);
}

size_t osft_tls_session_save(struct osft_tls *tls, void *buffer, size_t room)
{
    struct osft_tls_session_info info = tls->session_info;
    uint8_t *bytes = buffer;
    size_t len = 0;

    osft_tls_session_store(tls); /* stores the session of a connection that is still open */
    if (!tls->session_stored) {
        return 0;
    }
    /* The length is asked for first, because with too little room mbedTLS would write a part of the
     * session, which holds keys. */
    (void)mbedtls_ssl_session_save(&tls->session, NULL, 0, &len);
    size_t body = sizeof info + len, need = body + OSFT_TLS_CHECKSUM;
    if (need > room) {
        return need;
    }
    info.magic = OSFT_TLS_SAVED_MAGIC;
    memcpy(bytes, &info, sizeof info);
    int error = mbedtls_ssl_session_save(&tls->session, bytes + sizeof info, len, &len);
    if (error == 0) {
        error = osft_tls_make_checksum(tls, bytes, body, bytes + body);
    }
    if (error != 0) {
        mbedtls_platform_zeroize(bytes, need);
        return 0;
    }
    return need;
}

int osft_tls_session_load(struct osft_tls *tls, const void *saved, size_t len)
{
    struct osft_tls_session_info info;
    uint8_t sum[OSFT_TLS_CHECKSUM];
    const uint8_t *bytes = saved;

    if (tls->state != OSFT_TLS_CLOSED) {
        return OSFT_E_STATE;
    }
    osft_tls_session_drop(tls);
    if (len < sizeof info + OSFT_TLS_CHECKSUM) {
        return OSFT_E_SAVED;
    }
    size_t body = len - OSFT_TLS_CHECKSUM;
    memcpy(&info, bytes, sizeof info);
    if (info.magic != OSFT_TLS_SAVED_MAGIC || osft_tls_make_checksum(tls, bytes, body, sum) != 0 ||
        memcmp(sum, bytes + body, sizeof sum) != 0 ||
        mbedtls_ssl_session_load(&tls->session, bytes + sizeof info, body - sizeof info) != 0) {
        return OSFT_E_SAVED;
    }
    tls->session_info = info;
    tls->session_stored = 1;
    return OSFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the time, and checks the dates of certificates. */
#include "osft_tls_internal.h"

#include <string.h>

int64_t osft_tls_utc_s(void *ctx)
{
    struct osft_tls *tls = ctx;
    int64_t now = tls->lower->utc_s(tls->lower->ctx);

    if (now >= tls->floor_s) {
        return now;
    }
    return tls->clock.is_known
               ? osft_learned_utc_s(&tls->clock, tls->lower->ticks_ms(tls->lower->ctx))
               : -1;
}

void osft_tls_learn_utc(void *ctx, int64_t utc_s)
{
    struct osft_tls *tls = ctx;

    if (!tls->handshake_done || tls->port.utc_s(tls->port.ctx) >= 0) {
        return;
    }
    if (utc_s < tls->floor_s || utc_s < tls->session_info.valid_from ||
        utc_s > tls->session_info.valid_until) {
        tls->told_impossible_time = 1;
    } else if (tls->lower->learn_utc != NULL) {
        tls->lower->learn_utc(tls->lower->ctx, utc_s);
    } else {
        osft_learn_utc(&tls->clock, utc_s, tls->lower->ticks_ms(tls->lower->ctx));
    }
}

static int64_t osft_tls_seconds_of(const mbedtls_x509_time *date)
{
    return osft_seconds_of_date(date->year, date->mon, date->day, date->hour, date->min, date->sec);
}

static int osft_tls_is_same_buffer(const mbedtls_x509_buf *one, const mbedtls_x509_buf *other)
{
    return one->len == other->len && memcmp(one->p, other->p, one->len) == 0;
}

/* Return the root itself while it has not ended; after that, the first of its renewals that has not
 * ended, or the last renewal. A root is a name and a key that are trusted (RFC 5280, section
 * 6.1.1), and its renewal has both. mbedTLS prefers a renewal only by its own clock; without a
 * clock it takes the first of them, so only renewals behind it are searched. */
static const mbedtls_x509_crt *osft_tls_find_renewal(const mbedtls_x509_crt *root, int64_t now)
{
    const mbedtls_x509_crt *best = root;

    for (const mbedtls_x509_crt *other = root->next;
         other != NULL && osft_tls_seconds_of(&best->valid_to) < now; other = other->next) {
        if (osft_tls_is_same_buffer(&other->subject_raw, &root->subject_raw) &&
            osft_tls_is_same_buffer(&other->pk_raw, &root->pk_raw)) {
            best = other;
        }
    }
    return best;
}

/* mbedTLS has checked the dates by the C library's clock. The port's clock decides instead, also
 * when it does not know the time, so that one clock signs the requests and checks the
 * certificates. */
void osft_tls_check_time(struct osft_tls *tls, const mbedtls_x509_crt *certificate, uint32_t *flags)
{
    int64_t now = tls->port.utc_s(tls->port.ctx);

    if (osft_tls_is_root(tls, certificate)) {
        certificate = osft_tls_find_renewal(certificate, now >= 0 ? now : tls->floor_s);
    }
    int64_t from = osft_tls_seconds_of(&certificate->valid_from);
    int64_t until = osft_tls_seconds_of(&certificate->valid_to);

    if (!tls->saw_certificate || from > tls->session_info.valid_from) {
        tls->session_info.valid_from = from;
    }
    if (!tls->saw_certificate || until < tls->session_info.valid_until) {
        tls->session_info.valid_until = until;
    }
    tls->saw_certificate = 1;
    if (now < 0) {
        /* notBefore cannot be checked: it passes with a floor, and fails without one. */
        now = tls->floor_s;
        from = now > 0 && !tls->told_impossible_time ? now : INT64_MAX;
        tls->time_is_unknown = 1;
    }
    *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    if (now > until) {
        *flags |= MBEDTLS_X509_BADCERT_EXPIRED;
    }
    if (now < from) {
        *flags |= MBEDTLS_X509_BADCERT_FUTURE;
    }
}

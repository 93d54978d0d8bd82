/* SPDX-License-Identifier: Apache-2.0 */
/* What time it is, and what that says about certificates. */
#include "osft_tls_internal.h"

int64_t osft_tls_utc_s(void *ctx)
{
    struct osft_tls *t = ctx;
    int64_t now = t->lower->utc_s(t->lower->ctx);

    if (now >= t->floor_s || t->learned_s == 0) {
        return now >= t->floor_s ? now : -1;
    }
    /* Counted on from the last look, as ticks wrap after 49 days. */
    uint32_t passed = (t->lower->ticks_ms(t->lower->ctx) - t->learned_ms) / 1000;
    t->learned_s += passed;
    t->learned_ms += passed * 1000;
    return t->learned_s;
}

void osft_tls_learn_utc(void *ctx, int64_t utc_s)
{
    struct osft_tls *t = ctx;

    if (!t->trusted || t->port.utc_s(t->port.ctx) >= 0) {
        return;
    }
    if (utc_s < t->floor_s || utc_s < t->record.from || utc_s > t->record.until) {
        t->misled = 1;
        return;
    }
    if (t->lower->learn_utc != NULL) {
        t->lower->learn_utc(t->lower->ctx, utc_s);
        return;
    }
    t->learned_s = utc_s;
    t->learned_ms = t->lower->ticks_ms(t->lower->ctx);
}

/* Seconds since 1970. Days are counted from a 1 March, so that the leap day ends its year. */
static int64_t unix_seconds(const mbedtls_x509_time *x)
{
    int32_t month = x->mon + 9, year = x->year - 1;
    if (month >= 12) {
        month -= 12;
        year++;
    }
    int32_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
                   x->day - 1 - 719468;
    return (int64_t)days * 86400 + ((x->hour * 60 + x->min) * 60 + x->sec);
}

/* mbedTLS has judged by the C library's clock. The device's own decides instead, also by not knowing:
 * one clock signs the requests and judges the certificates. */
void osft_tls_check_time(struct osft_tls *t, const mbedtls_x509_crt *crt, uint32_t *flags)
{
    int64_t now = t->port.utc_s(t->port.ctx);
    int64_t from = unix_seconds(&crt->valid_from), until = unix_seconds(&crt->valid_to);

    if (!t->judged || from > t->record.from) {
        t->record.from = from;
    }
    if (!t->judged || until < t->record.until) {
        t->record.until = until;
    }
    t->judged = 1;
    if (now < 0) {
        /* "Not before" cannot be judged: it holds with a floor, and does not without. */
        now = t->floor_s;
        from = now > 0 && !t->misled ? now : INT64_MAX;
        t->by_floor = 1;
    }
    *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    if (now > until) {
        *flags |= MBEDTLS_X509_BADCERT_EXPIRED;
    }
    if (now < from) {
        *flags |= MBEDTLS_X509_BADCERT_FUTURE;
    }
}

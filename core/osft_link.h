/* SPDX-License-Identifier: Apache-2.0 */
/* A client that can be left alone: keeps its connection, tries again where that is safe and useful,
 * signs by the service's clock, and asks for fresh credentials.
 *
 *     struct osft_link link;
 *     osft_link_init(&link, &settings);
 *     err = osft_link_list(&link, &query, 60000, &page);      as often as you like
 *     osft_link_close(&link);
 *
 * retries:  after OSFT_E_IO, _TIMEOUT (of the attempt), _RESOLVE and _CUT, HTTP status 429, 500, 502,
 *           503 and 504, and the service's codes for throttling and illness whatever the status. A
 *           random wait of 0 to backoff_ms << failures comes first, Retry-After or x-acs-retry-after
 *           at least when they were sent (but OSFT_RETRY_AFTER_MAX_MS at most). Each attempt has a new
 *           date and nonce. A wait that would outlast the budget is not begun: the call ends with the
 *           failure itself. A used nonce is tried again at once. No other refusal is.
 * kept:     the connection stays open after a whole answer, unless that is a refusal or says Connection:
 *           close. When the service has closed it in the meantime, and no byte of an answer has come, it is
 *           opened again at once; that is no attempt.
 * clock:    a request refused for its date is signed again, once a call, with the time that the
 *           answer's Date header says; skew_s keeps the difference for the calls to come. A Date that is
 *           absent, broken or absurd (before 2020, after 2099) changes nothing. Where port.utc_s does not
 *           know the time, the first request is refused for its date, and the second signed by the
 *           service's. port.learn_utc is told that time, so that TLS can judge certificates by it (how is in
 *           port/mbedtls/osft_tls.h); when it does not believe it, the refusal stands. A clock that is merely wrong still judges certificates
 *           itself: a Date header must not make an expired certificate good.
 * token:    settings.renew is asked before each attempt. When the service says that the token expired,
 *           it is asked once more, told so; when that does not help: OSFT_E_TOKEN.
 * blocks:   never, but for osft_link_list(). Waiting is a want, OSFT_WANT_WAIT.
 * needs:    port.ticks_ms. threads: one link, one thread at a time.
 */
#ifndef OSFT_LINK_H
#define OSFT_LINK_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

struct osft_link {
    /* What the last call came to, beside its result and page. */
    int32_t last;      /* osft_err of the last attempt that was followed by another; 0: none was */
    uint16_t attempts; /* requests made, without reopened connections */
    uint8_t reopened;  /* 1: the kept connection was found closed, and opened again */
    uint8_t is_open;   /* 1: a connection is open */
    int64_t skew_s; /* the service's clock less the device's, seconds, as last learned; 0: none was.
                        * Where port.utc_s does not know the time: less port.ticks_ms / 1000 */

    /* private; the client last, as what lies near costs less code */
    uint8_t state, was_kept, clock_tried, token_tried, expired;
    uint8_t clock, learned; /* which the port has, and which skew_s is of */
    struct osft_settings *set;
    const struct osft_query *query;
    struct osft_page *page;
    struct osft_deadline call, wait;
    int result;
    struct osft_client client;
};

/* Make a link. buffers: keeps set, which must outlive it, and keeps set->skew_s up to date. */
void osft_link_init(struct osft_link *l, struct osft_settings *set);

/* osft_list(), patiently. buffers, units, returns: as there; budget_ms bounds all attempts and waits
 * together; 0: only the attempts are bounded, by settings.attempt_ms and tries. */
int osft_link_list(struct osft_link *l, const struct osft_query *query, uint32_t budget_ms,
                   struct osft_page *page);

/* The same without blocking, as osft_begin(), osft_step(), osft_did() and osft_result() are.
 * buffers: query and page until OSFT_DONE */
int osft_link_begin(struct osft_link *l, const struct osft_query *query, uint32_t budget_ms,
                    struct osft_page *page);
enum osft_want osft_link_step(struct osft_link *l, void **buf, size_t *len);
void osft_link_did(struct osft_link *l, int n);
int osft_link_result(const struct osft_link *l);
/* Milliseconds left for what it wants now, for a wait; UINT32_MAX when there is no bound. */
uint32_t osft_link_left(const struct osft_link *l);

/* Do what is wanted through the settings' port, and sleep when there is nothing to do, until
 * OSFT_DONE. Blocks; returns the result. */
int osft_link_run(struct osft_link *l);

/* Close the connection, if one is kept; end a call in progress, and wipe its request. */
void osft_link_close(struct osft_link *l);

#ifdef __cplusplus
}
#endif
#endif

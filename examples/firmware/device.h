/* SPDX-License-Identifier: Apache-2.0 */
/* All that the firmware is made of, beside lwIP's pools and the stack. No heap: every byte of it is counted
 * by the linker.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "board.h"
#include "osft_lwip.h"
#include "osft_mbedtls_sha256.h"
#include "osft_tls.h"
#include "osft_watch.h"

#ifndef DEVICE_WORK
#define DEVICE_WORK \
    2048 /* the request, then one task at a time; before a sleep, what must outlive it */
#endif
#ifndef DEVICE_RUNS
#define DEVICE_RUNS 8 /* runs that are watched at once */
#endif

struct device {
    struct osft_lwip net;
    struct osft_tls tls;
    struct osft_mbedtls_sha256 sha;
    struct osft_credentials key;
    struct osft_settings set;
    struct osft_query query;
    struct osft_link link;
    struct osft_watch watch; /* with a page, its stream and its walk through the pages */
    struct osft_run runs[DEVICE_RUNS];
    char host[64];
    const char *args;
};
extern struct device device;

/* Begin with the settings; the network must be up. 0, or an osft_err, and what is missing is in the log. */
int device_init(void);

/* RAM that survives a deep sleep, and is checked before it is believed. */
struct retained {
    uint32_t magic, wakes;
    int64_t utc_s;             /* when the sleep will be over; < 0: not known */
    uint16_t session, watched; /* bytes of each at the start of work */
#if FIRMWARE_SNTP
    uint8_t sntp; /* device_ask() */
#endif
    char work[DEVICE_WORK];
};
extern struct retained retained;

/* Close, save TLS's session and the watched runs, and sleep for ms. */
BOARD_NORETURN void device_sleep(uint32_t ms);
/* Take up what was saved, after device_init(). 1: this is a waking, 0: a start. */
int device_wake(void);

#if FIRMWARE_SNTP
/* Time by SNTP, which anybody on the way can forge. The rule: it sets a clock that knows no time, and
 * corrects one that it has set itself; a time told by the service over TLS it never moves. It must be no
 * earlier than floor_s and no later than 2099. When a certificate is refused for its dates by a clock that
 * SNTP has set, that time is forgotten, and SNTP not asked again until a start that is no waking.
 */
void device_ask(void);            /* after device_wake(), where the rule may have a use for it */
int device_asks(void);            /* 1: no answer to that yet */
void device_told(uint32_t utc_s); /* what an answer says */
void device_doubt(void);          /* a certificate was refused for its dates */
#endif

/* measure.c: microseconds within mbedTLS's handshake since the last call; and what memory was needed. */
uint32_t measure_handshake(void);
void measure_log(void);

#endif

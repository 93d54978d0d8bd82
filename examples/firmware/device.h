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
    char work[DEVICE_WORK];
};
extern struct retained retained;

/* Close, save TLS's session and the watched runs, and sleep for ms. */
BOARD_NORETURN void device_sleep(uint32_t ms);
/* Take up what was saved, after device_init(). 1: this is a waking, 0: a start. */
int device_wake(void);

/* measure.c: microseconds within mbedTLS's handshake since the last call; and what memory was needed. */
uint32_t measure_handshake(void);
void measure_log(void);

#endif

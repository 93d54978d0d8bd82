/* SPDX-License-Identifier: Apache-2.0 */
/* The device's parts, beside lwIP's pools and the stack. There is no heap: the linker has placed
 * every byte.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "board.h"
#include "osft_lwip.h"
#include "osft_mbedtls_sha256.h"
#include "osft_tls.h"
#include "osft_watch.h"

/* Bytes of the work buffer: for the request, then for one task at a time; and during a deep sleep
 * for what is saved. */
#ifndef DEVICE_WORK
#define DEVICE_WORK 2048
#endif
/* How many runs are watched at once. */
#ifndef DEVICE_RUNS
#define DEVICE_RUNS 8
#endif

struct device {
    struct osft_lwip lwip; /* TCP, */
    struct osft_tls tls;   /* TLS over it, */
    struct osft_mbedtls_sha256 sha256;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_client client; /* and the client over that */
    struct osft_query query;
    struct osft_run runs[DEVICE_RUNS];
    struct osft_watch watch;
    char host[64];
};
extern struct device device;

/* Put the parts together as the settings say. The network must be up.
 * returns: OSFT_OK or an osft_error; then the log says what is missing */
int device_init(osft_on_event *on_event);

/* 1: some run that is watched has not ended. */
int device_has_running_run(void);

/* RAM that survives a deep sleep. It is checked before it is believed. */
struct retained {
    uint32_t magic;
    uint32_t wakes;            /* deep sleeps since the start */
    int64_t utc_s;             /* the time when the sleep ends; < 0: not known */
    uint16_t session, watched; /* bytes of each at the beginning of work */
#if FIRMWARE_SNTP
    uint8_t clock_source; /* see sntp_time.h */
#endif
    char work[DEVICE_WORK];
};
extern struct retained retained;
enum clock_source { CLOCK_BY_SERVICE, CLOCK_BY_SNTP, CLOCK_DOUBTED };

/* Close the connection, save TLS's session and the watched runs, and sleep for ms. A wake-up is a
 * reset. */
BOARD_NORETURN void device_sleep(uint32_t ms);
/* Take up what was saved. Call it after device_init(). 1: this is a wake-up, 0: a start. */
int device_wake(void);

/* measure.c: measure how long open of this port takes; microseconds since the last call of
 * measure_handshake(); log how much memory was needed. */
void measure_port(struct osft_port *tls);
uint32_t measure_handshake(void);
void measure_log(void);

#endif

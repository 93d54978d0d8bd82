/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the device. All its RAM is in these structs, lwIP's pools, mbedTLS's arena and the
 * stack. There is no heap: the linker places every byte. */
#ifndef DEVICE_H
#define DEVICE_H

#include "account.h"
#include "board.h"
#include "osft_lwip.h"
#include "osft_mbedtls_sha256.h"
#include "osft_tls.h"
#include "osft_watch.h"

/* Bytes of the work buffer. It holds the request, then one task at a time, and during a deep sleep
 * the saved session and runs. */
#ifndef DEVICE_WORK
#define DEVICE_WORK 2048
#endif
/* How many runs can be watched at once. */
#ifndef DEVICE_RUNS
#define DEVICE_RUNS 8
#endif

struct device {
    struct osft_lwip lwip; /* the port over TCP */
    struct osft_tls tls;   /* the port over TLS, which uses lwip */
    struct osft_mbedtls_sha256 sha256;
    struct account account;
    struct osft_settings settings;
    struct osft_client client; /* the client, which uses tls */
    struct osft_run runs[DEVICE_RUNS];
    struct osft_watch watch;
};
extern struct device device;

/* Initialise all parts as the settings say. The network must be up. Returns OSFT_OK, or an
 * osft_error after logging what is missing. */
int device_init(osft_on_event *on_event);

/* Whether a watched run has not ended. */
int device_has_running_run(void);

/* RAM that keeps its contents during a deep sleep. The contents are used only after checks. */
struct retained {
    uint32_t magic;
    uint32_t wakes;            /* deep sleeps since the last start */
    int64_t utc_s;             /* the time at which the sleep ends; < 0: not known */
    uint16_t session, watched; /* bytes in work: of the session, then of the runs */
#if FIRMWARE_SNTP
    uint8_t clock_source; /* see sntp_time.h */
#endif
    char work[DEVICE_WORK];
};
extern struct retained retained;
enum clock_source { CLOCK_BY_SERVICE, CLOCK_BY_SNTP, CLOCK_SNTP_REJECTED };

/* Close the connection, save TLS's session and the watched runs, and sleep deeply for ms. The wake-
 * up is a reset. */
BOARD_NORETURN void device_sleep(uint32_t ms);
/* Load the session, runs and time that device_sleep() has saved. Call it after device_init().
 * Returns 1 when this is a wake-up, 0 when it is a start. */
int device_load_retained(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The constants and types that fleet.c and network.c share. */
#ifndef FLEET_H
#define FLEET_H

#include <stddef.h>
#include <stdint.h>

#include "osft.h"
#include "osft_watch.h"

#define DEVICES         10000
#define INTERVAL_MS     300000
#define HOUR_MS         UINT64_C(3600000)
#define QUOTA           100 /* requests that are served in a second */
#define QUOTA_THROTTLED 10  /* requests that are served in a second of the second hour */
#define RETRY_AFTER_S   60  /* the value of Retry-After, if the service sends it */
#define RUNS            1   /* how many runs a device can watch */

enum schedule {
    ALIGNED,  /* each device polls when a new interval begins, by the time of day */
    TOGETHER, /* all devices start at once, and wait for an interval after each poll */
    JITTERED  /* the first poll is anywhere in the interval */
};

struct scenario {
    enum schedule schedule;
    struct osft_retry retry;
    int says_retry_after; /* whether the service says how long to wait */
};

struct device {
    uint64_t wakes_ms; /* when it acts next */
    uint64_t ready_ms; /* when its connection is made, or its response is there */
    uint64_t news_ms;  /* when a poll succeeded last */
    uint64_t random;
    const char *response; /* the part of the response that was not received yet */
    size_t response_len;
    uint8_t is_connecting;
    struct osft_port port;
    struct osft_settings settings;
    struct osft_client client;
    struct osft_watch watch;
    struct osft_run runs[RUNS];
    char work[1536];
};

/* The results of a simulation. The arrays have an element for each of the three hours. */
struct result {
    uint32_t requests[3], served[3], busiest[3];
    uint64_t silence_ms, recovered_ms;
    uint32_t recovered; /* devices that had news after the hour of throttling */
};

struct fleet {
    const struct scenario *scenario;
    uint64_t now_ms;
    struct result result;
    struct device *devices, **heap;
};
struct fleet *the_fleet(void);

/* network.c: Fill in the device's port. */
void device_init_port(struct device *d);
uint32_t device_random(struct device *d);
/* Forget the requests of the last simulation. */
void service_reset(void);
/* A SHA-256 that hashes nothing, because the simulated service checks no signature. */
extern const struct osft_sha256 no_sha256;

#endif

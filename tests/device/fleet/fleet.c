/* SPDX-License-Identifier: Apache-2.0 */
/* Simulates a fleet of devices whose service throttles for an hour. Each device is a client of the
 * library with its retries and a watch; only the network, the clock and the service are simulated,
 * in virtual time, so each run prints the same. The program prints Markdown.
 *
 * usage: fleet ATTEMPTS ATTEMPT_MS BACKOFF_MS BACKOFF_MAX_MS     (the firmware's struct osft_retry)
 */
#include "fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS 120000 /* how long a poll may take, as in the firmware */

static struct fleet fleet;

/* ---- the order in which devices act: a heap with the next device on top ---- */

static int is_earlier(const struct device *a, const struct device *b)
{
    return a->wakes_ms != b->wakes_ms ? a->wakes_ms < b->wakes_ms : a < b;
}

static void sift_down(size_t place)
{
    struct device **heap = fleet.heap, *moved = heap[place];

    for (;;) {
        size_t child = 2 * place + 1;
        if (child + 1 < DEVICES && is_earlier(heap[child + 1], heap[child])) {
            child++;
        }
        if (child >= DEVICES || !is_earlier(heap[child], moved)) {
            break;
        }
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = moved;
}

/* ---- a device ---- */

/* Return how long a device waits before its first poll (is_first), or between two polls. */
static uint32_t choose_wait(struct device *d, int is_first)
{
    switch (fleet.scenario->schedule) {
    case ALIGNED: return (uint32_t)(INTERVAL_MS - fleet.now_ms % INTERVAL_MS);
    case TOGETHER: return is_first ? 0 : INTERVAL_MS;
    default: return is_first ? device_random(d) % INTERVAL_MS : INTERVAL_MS;
    }
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    (void)ctx, (void)event, (void)task, (void)run;
    return 0;
}

/* Record how long a device had no news, if that is longer than for all devices before. */
static void note_silence(const struct device *d)
{
    uint64_t silence_ms = fleet.now_ms - d->news_ms;

    if (silence_ms > fleet.result.silence_ms) {
        fleet.result.silence_ms = silence_ms;
    }
}

static void note_poll(struct device *d, int result)
{
    if (result != OSFT_OK && result != OSFT_E_REFUSED && result != OSFT_E_TIMEOUT) {
        fprintf(stderr, "fleet: a poll ended with %d\n", result);
        exit(1);
    }
    if (result != OSFT_OK) {
        return;
    }
    note_silence(d);
    /* The last device's first news after the hour ends the recovery. */
    if (fleet.now_ms >= 2 * HOUR_MS && d->news_ms < 2 * HOUR_MS) {
        fleet.result.recovered_ms = fleet.now_ms - 2 * HOUR_MS;
        fleet.result.recovered++;
    }
    d->news_ms = fleet.now_ms;
}

/* Let a device act until it must wait, and set when it wakes. */
static void run_device(struct device *d)
{
    for (;;) {
        int result = osft_step(&d->client);
        uint32_t ms;

        if (result != OSFT_PENDING) {
            note_poll(d, result);
            (void)osft_watch_start(&d->watch, choose_wait(d, 0), POLL_MS);
        }
        ms = osft_wait_ms(&d->client);
        if (osft_wait_events(&d->client) != 0 && d->ready_ms < fleet.now_ms + ms) {
            ms = d->ready_ms > fleet.now_ms ? (uint32_t)(d->ready_ms - fleet.now_ms) : 0;
        }
        if (ms != 0) {
            d->wakes_ms = fleet.now_ms + ms;
            return;
        }
    }
}

static void init_device(struct device *d, uint64_t number)
{
    static const struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                             .function = OSFT_LIT("ctr"),
                                             .instance = OSFT_LIT("ctr_test") };
    static const struct osft_credentials credentials = { .id = OSFT_LIT("testid"),
                                                         .secret = OSFT_LIT("testsecret") };

    memset(d, 0, sizeof(*d));
    d->random = (number + 1) * UINT64_C(0x9E3779B97F4A7C15);
    device_init_port(d);
    d->settings.port = &d->port;
    d->settings.sha256 = &no_sha256;
    d->settings.credentials = &credentials;
    d->settings.host = "opensearch.cn-hangzhou.aliyuncs.com";
    d->settings.work = d->work;
    d->settings.work_size = sizeof(d->work);
    d->settings.retry = &fleet.scenario->retry;
    osft_init(&d->client, &d->settings);
    osft_watch_init(&d->watch, &d->client, &query, d->runs, RUNS, on_event, NULL);
    (void)osft_watch_start(&d->watch, choose_wait(d, 1), POLL_MS);
    d->wakes_ms = osft_wait_ms(&d->client);
}

/* ---- the simulation ---- */

static void simulate(const struct scenario *scenario)
{
    memset(&fleet.result, 0, sizeof(fleet.result));
    fleet.scenario = scenario;
    fleet.now_ms = 0;
    service_reset();
    for (size_t i = 0; i < DEVICES; i++) {
        init_device(&fleet.devices[i], i);
        fleet.heap[i] = &fleet.devices[i];
    }
    for (size_t i = DEVICES; i-- != 0;) {
        sift_down(i);
    }
    while (fleet.heap[0]->wakes_ms < 3 * HOUR_MS) {
        fleet.now_ms = fleet.heap[0]->wakes_ms;
        run_device(fleet.heap[0]);
        sift_down(0);
    }
    fleet.now_ms = 3 * HOUR_MS;
    for (size_t i = 0; i < DEVICES; i++) {
        note_silence(&fleet.devices[i]);
    }
}

static void print_head(void)
{
    printf("%d devices poll each %d s. The service serves %d requests a second; in the second of "
           "three hours it serves %d a second. It refuses all others.\n\n",
           DEVICES, INTERVAL_MS / 1000, QUOTA, QUOTA_THROTTLED);
    printf("| polls | attempts | Retry-After | requests in the busiest second | in the hour of "
           "throttling: "
           "requests in the busiest second | requests per served request | share of the quota "
           "used, %% | the longest time without news, minutes | after the hour, until all have "
           "news, minutes |\n|---|---|---|--:|--:|--:|--:|--:|--:|\n");
}

static void print_row(const char *schedule, const char *settings)
{
    const struct result *r = &fleet.result;
    uint32_t could = QUOTA_THROTTLED * (uint32_t)(HOUR_MS / 1000);

    printf("| %s | %s | ", schedule, settings);
    if (fleet.scenario->says_retry_after) {
        printf("%d s | ", RETRY_AFTER_S);
    } else {
        printf("none | ");
    }
    printf("%u | %u | %u | %u | %u | ", r->busiest[0], r->busiest[1],
           r->served[1] != 0 ? r->requests[1] / r->served[1] : 0, 100 * r->served[1] / could,
           (unsigned)(r->silence_ms / 60000));
    if (r->recovered == DEVICES) {
        printf("%u |\n", (unsigned)(r->recovered_ms / 60000));
    } else {
        printf("over 60 |\n");
    }
    fflush(stdout);
}

static void simulate_schedule(enum schedule schedule, const struct osft_retry *firmware)
{
    static const char *const schedules[] = { "aligned", "together", "jittered" };
    const struct osft_retry once = OSFT_RETRY(1, 30000, 500, 20000);
    const struct osft_retry slow = OSFT_RETRY(2, 30000, 60000, 60000);
    const struct scenario scenarios[] = { { schedule, once, 0 },
                                          { schedule, slow, 0 },
                                          { schedule, slow, 1 },
                                          { schedule, *firmware, 0 },
                                          { schedule, *firmware, 1 } };
    char firmware_name[40];

    snprintf(firmware_name, sizeof(firmware_name), "%u, as the firmware", firmware->attempts);
    const char *const names[] = { "1", "2, up to 60 s apart", "2, up to 60 s apart", firmware_name,
                                  firmware_name };
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        simulate(&scenarios[i]);
        print_row(schedules[schedule], names[i]);
    }
}

struct fleet *the_fleet(void)
{
    return &fleet;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: fleet ATTEMPTS ATTEMPT_MS BACKOFF_MS BACKOFF_MAX_MS\n");
        return 2;
    }
    const struct osft_retry firmware = OSFT_RETRY((uint8_t)atoi(argv[1]), (uint32_t)atoi(argv[2]),
                                                  (uint32_t)atoi(argv[3]), (uint32_t)atoi(argv[4]));
    fleet.devices = calloc(DEVICES, sizeof(*fleet.devices));
    fleet.heap = calloc(DEVICES, sizeof(struct device *));
    if (fleet.devices == NULL || fleet.heap == NULL) {
        return 1;
    }
    print_head();
    for (int schedule = ALIGNED; schedule <= JITTERED; schedule++) {
        simulate_schedule((enum schedule)schedule, &firmware);
    }
    free(fleet.heap);
    free(fleet.devices);
    return 0;
}

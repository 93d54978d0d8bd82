/* SPDX-License-Identifier: Apache-2.0 */
/* The polls. */
#include "soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUDGET_MS  20000
#define ATTEMPT_MS 500
#define ARRIVE_MS  "60"
#define RUN_MS     "400"
#define VANISH     "5"
#define PAUSE_MS   20 /* between polls, at most */
#define RESTART    40 /* polls to the next, on average */
#define LAST_MS    100000

static uint32_t draw(struct soak *s, uint32_t below)
{
    s->lots = s->lots * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(s->lots >> 33) % below;
}

static struct soak_run *by_id(struct soak *s, uint64_t id)
{
    size_t i;

    for (i = s->newest; i > 0; i--)
        if (s->seen[i].id == id)
            return &s->seen[i];
    return NULL;
}

static struct soak_run *by_task(struct soak *s, const struct osft_task *t)
{
    unsigned long gen = t->generation.ptr ? strtoul(t->generation.ptr, NULL, 10) : 0;

    if (gen == 0 || gen >= GEN_MAX)
        return NULL;
    if (gen > s->newest)
        s->newest = gen;
    s->seen[gen].id = osft_task_id(t);
    return &s->seen[gen];
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct soak *s = ctx;
    struct soak_run *r = task ? by_task(s, task) : by_id(s, run->id);

    if (!r || event < OSFT_WATCH_STARTED || event > OSFT_WATCH_DROPPED ||
        (event == OSFT_WATCH_PROGRESSED && task->progress == run->progress)) {
        s->wrong++;
        return 0;
    }
    s->reports++;
    s->progressed += event == OSFT_WATCH_PROGRESSED;
    if (event != OSFT_WATCH_PROGRESSED && r->told[event] < 255)
        r->told[event]++;
    return 0;
}

static void begin(struct soak *s)
{
    live_client_at(&s->client, &s->endpoint);
    s->client.settings.attempt_ms = ATTEMPT_MS;
    osft_watch_init(&s->watch, &s->client.link, &s->client.query, s->runs, SOAK_RUNS, on_event, s);
}

/* The device is switched off and on: all that is left is what it has saved. A damaged copy must be
 * refused, and leave no trace. */
static void restart(struct soak *s)
{
    unsigned char blob[OSFT_WATCH_BYTES(SOAK_RUNS)], bad[sizeof(blob)];
    size_t len = osft_watch_save(&s->watch, blob, sizeof(blob)), at;

    if (len > sizeof(blob)) {
        s->wrong++;
        return;
    }
    osft_link_close(&s->client.link);
    memset(s->runs, 0xa5, sizeof(s->runs));
    memset(&s->watch, 0xa5, sizeof(s->watch));
    memset(&s->client.link, 0xa5, sizeof(s->client.link));
    begin(s);
    memcpy(bad, blob, len);
    at = draw(s, (uint32_t)len);
    bad[at] = (unsigned char)(bad[at] ^ (1U << draw(s, 8)));
    s->refused_blobs += osft_watch_load(&s->watch, bad, len) == OSFT_E_SAVED;
    if (osft_watch_load(&s->watch, blob, len) != OSFT_OK)
        s->wrong++;
    s->restarts++;
}

static void pause_ms(uint32_t ms)
{
    struct timespec t = { 0, (long)ms * 1000000 };

    nanosleep(&t, NULL);
}

static int poll_once(struct soak *s)
{
    struct soak_poll now;
    int err;

    now.began_ms = live_now_ms();
    err = osft_watch_poll(&s->watch, BUDGET_MS);
    now.ended_ms = live_now_ms();
    if (err == OSFT_OK) {
        s->polls[s->well++] = now;
    } else {
        s->failed++;
        s->by_error[err > -64 ? -err : 0]++;
    }
    return err;
}

static int start(struct soak *s, int secure, unsigned seed)
{
    char ca[LIVE_PATH_MAX], lots[16], pem[8192];
    const char *args[LIVE_ARGS_MAX] = { "--generate",     "20",          "--arrive-ms",
                                        ARRIVE_MS,        "--run-ms",    RUN_MS,
                                        "--vanish-every", VANISH,        "--fault",
                                        "chaos=20",       "--fault",     "stall:1@33",
                                        "--fault",        "stall:1@444", "--fault",
                                        "stall:3@5555",   "--fault",     "skew=4000:9@150",
                                        "--seed",         lots,          "--log",
                                        s->log,           "--events",    s->events };
    size_t n = 24, len;
    FILE *f;

    snprintf(lots, sizeof(lots), "%u", seed);
    live_path(s->log, secure ? "log.tls" : "log.plain");
    live_path(s->events, secure ? "events.tls" : "events.plain");
    live_path(ca, "ca.pem");
    args[n++] = secure ? "--ca-out" : "--plain-http";
    if (secure)
        args[n++] = ca;
    args[n] = NULL;
    if (live_start(&s->endpoint, args))
        return -1;
    if (!secure)
        return live_client(&s->client, NULL);
    f = fopen(ca, "r");
    if (!f)
        return -1;
    len = fread(pem, 1, sizeof(pem) - 1, f);
    pem[len] = 0;
    fclose(f);
    return live_client(&s->client, pem);
}

/* With no connection open: what mbedTLS holds for one is not of interest. */
static struct soak_memory measure(struct soak *s)
{
    osft_link_close(&s->client.link);
    return soak_memory();
}

int soak_run(struct soak *s, size_t polls, int secure, unsigned seed)
{
    size_t i, warm = polls / 5;
    long before;

    s->lots = seed;
    if (start(s, secure, seed))
        return -1;
    begin(s);
    for (i = 0; i < polls; i++) {
        if (i == warm)
            s->warm = measure(s);
        if (draw(s, RESTART) == 0)
            restart(s);
        before = soak_heap_calls;
        (void)poll_once(s);
        s->end.our_calls += soak_heap_calls - before;
        pause_ms(draw(s, PAUSE_MS + 1));
    }
    before = s->end.our_calls;
    s->end = measure(s);
    s->end.our_calls = before;
    /* What has happened by now is reported with the next poll that comes out well. */
    for (i = 0; i < LAST_MS / PAUSE_MS && poll_once(s) != OSFT_OK; i++)
        pause_ms(PAUSE_MS);
    osft_link_close(&s->client.link);
    return i < LAST_MS / PAUSE_MS ? 0 : -1;
}

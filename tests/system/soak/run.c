/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the polls. */
#include "soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_MS   200000 /* time limit of a poll, by the client's clock */
#define ARRIVE_MS  "60"
#define RUN_MS     "400"
#define VANISH     "5"
#define PAUSE_MS   20   /* longest pause between two polls */
#define RESTART    40   /* one poll in this many follows a restart */
#define LAST_POLLS 5000 /* attempts to make the last poll, which must succeed */

static uint32_t draw(struct soak *s, uint32_t below)
{
    s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(s->random >> 33) % below;
}

static struct soak_run *find_by_id(struct soak *s, uint64_t id)
{
    size_t i;

    for (i = s->newest; i > 0; i--)
        if (s->seen[i].id == id)
            return &s->seen[i];
    return NULL;
}

static struct soak_run *find_by_task(struct soak *s, const struct osft_task *task)
{
    unsigned long generation = task->generation.ptr ? strtoul(task->generation.ptr, NULL, 10) : 0;

    if (generation == 0 || generation >= GEN_MAX)
        return NULL;
    if (generation > s->newest)
        s->newest = generation;
    s->seen[generation].id = osft_task_id(task);
    return &s->seen[generation];
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct soak *s = ctx;
    struct soak_run *r = task ? find_by_task(s, task) : find_by_id(s, run->id);

    if (!r || event < OSFT_WATCH_STARTED || event > OSFT_WATCH_DROPPED ||
        (event == OSFT_WATCH_PROGRESSED && task->progress == run->progress)) {
        s->wrong++;
        return 0;
    }
    s->reports++;
    s->progressed += event == OSFT_WATCH_PROGRESSED;
    if (event != OSFT_WATCH_PROGRESSED && r->reported[event] < 255)
        r->reported[event]++;
    return 0;
}

/* Whether the endpoint leaves one more request without a response. */
static int is_unanswered(void *ctx)
{
    struct soak *s = ctx;
    struct live_line line;

    while (live_log(s->log, &s->log_at, &line, 1))
        s->unanswered += strstr(line.faults, "stall") != NULL;
    if (s->unanswered == 0)
        return 0;
    s->unanswered--;
    return 1;
}

static void begin(struct soak *s)
{
    live_client_begin(&s->client, &s->endpoint);
    osft_watch_init(&s->watch, &s->client.client, &s->client.query, s->runs, SOAK_RUNS, on_event,
                    s);
}

/* Restart the watch as when the device is switched off and on: only the saved state is left. A
 * damaged copy of the state must be refused, and change nothing. */
static void restart_watch(struct soak *s)
{
    unsigned char saved[OSFT_WATCH_BYTES(SOAK_RUNS)], damaged[sizeof(saved)];
    size_t len = osft_watch_save(&s->watch, saved, sizeof(saved)), at;

    if (len > sizeof(saved)) {
        s->wrong++;
        return;
    }
    live_client_end(&s->client);
    memset(s->runs, 0xa5, sizeof(s->runs));
    memset(&s->watch, 0xa5, sizeof(s->watch));
    memset(&s->client.client, 0xa5, sizeof(s->client.client));
    begin(s);
    memcpy(damaged, saved, len);
    at = draw(s, (uint32_t)len);
    damaged[at] = (unsigned char)(damaged[at] ^ (1U << draw(s, 8)));
    s->refused_blobs += osft_watch_load(&s->watch, damaged, len) == OSFT_E_SAVED;
    if (osft_watch_load(&s->watch, saved, len) != OSFT_OK)
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
    int result;

    now.began_ms = live_now_ms();
    result = osft_watch_poll(&s->watch, LIMIT_MS);
    now.ended_ms = live_now_ms();
    if (result == OSFT_OK) {
        s->polls[s->well++] = now;
    } else {
        s->failed++;
        s->by_error[result > -64 ? -result : 0]++;
    }
    return result;
}

static int start(struct soak *s, int secure, unsigned seed)
{
    char ca[LIVE_PATH_MAX], number[16], pem[8192];
    const char *args[LIVE_ARGS_MAX] = { "--generate",     "20",          "--arrive-ms",
                                        ARRIVE_MS,        "--run-ms",    RUN_MS,
                                        "--vanish-every", VANISH,        "--fault",
                                        "chaos=20",       "--fault",     "stall:1@33",
                                        "--fault",        "stall:1@444", "--fault",
                                        "stall:3@5555",   "--fault",     "skew=4000:9@150",
                                        "--seed",         number,        "--log",
                                        s->log,           "--events",    s->events };
    size_t n = 24;

    snprintf(number, sizeof(number), "%u", seed);
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
        return live_client_init(&s->client, NULL);
    return live_read(ca, pem, sizeof(pem)) == 0 ? live_client_init(&s->client, pem) : -1;
}

/* Measure the memory with no connection open, as mbedTLS's memory for one does not matter here. */
static struct soak_memory measure(struct soak *s)
{
    osft_close(&s->client.client);
    return soak_memory();
}

int soak_run(struct soak *s, size_t polls, int secure, unsigned seed)
{
    size_t i, warm = polls / 5;
    long before;

    s->random = seed;
    s->client.is_unanswered = is_unanswered;
    s->client.is_unanswered_ctx = s;
    if (start(s, secure, seed))
        return -1;
    begin(s);
    for (i = 0; i < polls; i++) {
        if (i == warm)
            s->warm = measure(s);
        if (draw(s, RESTART) == 0)
            restart_watch(s);
        before = soak_heap_calls;
        (void)poll_once(s);
        s->end.our_calls += soak_heap_calls - before;
        pause_ms(draw(s, PAUSE_MS + 1));
    }
    before = s->end.our_calls;
    s->end = measure(s);
    s->end.our_calls = before;
    /* The next poll that succeeds reports everything that has happened by now. */
    for (i = 0; i < LAST_POLLS && poll_once(s) != OSFT_OK; i++)
        pause_ms(PAUSE_MS);
    osft_close(&s->client.client);
    return i < LAST_POLLS ? 0 : -1;
}

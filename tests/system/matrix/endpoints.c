/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoints. */
#include "matrix.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../../examples/osft-endpoint/pki.h"

static struct pki pki; /* of all endpoints that speak TLS */

static void start(struct stage *s, struct live *e, int with_before, const char *const *more)
{
    char tasks[LIVE_PATH_MAX], cert[LIVE_PATH_MAX], key[LIVE_PATH_MAX];
    const char *args[LIVE_ARGS_MAX + 1];
    int n = 0;

    live_path(tasks, with_before ? "before.jsonl" : "after.jsonl");
    live_path(cert, "cert.pem");
    live_path(key, "key.pem");
    args[n++] = "--tasks";
    args[n++] = tasks;
    if (s->secure) {
        args[n++] = "--cert";
        args[n++] = cert;
        args[n++] = "--key";
        args[n++] = key;
    } else {
        args[n++] = "--plain-http";
    }
    for (; *more && n < LIVE_ARGS_MAX; more++)
        args[n++] = *more;
    args[n] = NULL;
    assert_int_equal(live_start(e, args), 0);
}

static void make_pki(void)
{
    struct pki_options wish;
    char path[LIVE_PATH_MAX];

    pki_defaults(&wish);
    assert_int_equal(pki_make(&pki, &wish), 0);
    live_path(path, "cert.pem");
    assert_int_equal(live_write(path, pki.cert_pem), 0);
    live_path(path, "key.pem");
    assert_int_equal(live_write(path, pki.key_pem), 0);
}

void stage_open(struct stage *s, int secure)
{
    static const char *const nothing[] = { NULL };
    char path[LIVE_PATH_MAX];

    memset(s, 0, sizeof(*s));
    s->secure = secure;
    live_path(s->log, "log");
    live_path(path, "before.jsonl");
    truth_write(before, BEFORE_COUNT, path);
    live_path(path, "after.jsonl");
    truth_write(after, AFTER_COUNT, path);
    if (secure)
        make_pki();
    assert_int_equal(live_client(&s->client, secure ? pki.ca_pem : NULL), 0);
    start(s, &s->before, 1, nothing);
    start(s, &s->after, 0, nothing);
    live_client_at(&s->client, &s->after);
}

int stage_close(struct stage *s)
{
    int bad = live_stop(&s->before) != 0;

    bad += live_stop(&s->after) != 0;
    bad += live_stop(&s->faulty) != 0;
    live_client_free(&s->client);
    return bad;
}

/* What counts requests, or leaves some behind, is of no use to the next test. */
static int is_lasting(const char *faults)
{
    return !strchr(faults, ':') && !strstr(faults, "stall") && !strstr(faults, "delay") &&
           !strstr(faults, "chaos");
}

static void start_faulty(struct stage *s, const char *faults, int seed)
{
    const char *more[LIVE_ARGS_MAX - 8];
    char text[256], lots[16], *p;
    int n = 0;

    unlink(s->log);
    s->log_at = 0;
    more[n++] = "--log";
    more[n++] = s->log;
    if (seed) {
        snprintf(lots, sizeof(lots), "%d", seed);
        more[n++] = "--seed";
        more[n++] = lots;
    }
    snprintf(text, sizeof(text), "%s", faults);
    for (p = strtok(text, " "); p; p = strtok(NULL, " ")) {
        assert_in_range(n, 0, LIVE_ARGS_MAX - 11);
        if (p[0] != '-')
            more[n++] = "--fault";
        more[n++] = p;
    }
    more[n] = NULL;
    start(s, &s->faulty, 0, more);
    s->faults = is_lasting(faults) ? faults : NULL;
}

void stage_fault(struct stage *s, const char *faults, int seed)
{
    struct live_line lines[16];

    if (!s->faulty.pid || s->faults != faults) {
        stage_calm(s);
        start_faulty(s, faults, seed);
    }
    while (live_log(s->log, &s->log_at, lines, 16))
        ; /* of the tests before */
    osft_link_close(&s->client.link);
    live_client_at(&s->client, &s->faulty);
}

void stage_calm(struct stage *s)
{
    s->faults = NULL;
    assert_int_equal(live_stop(&s->faulty), 0); /* sanitizers say there what they found */
}

size_t stage_log(struct stage *s, struct live_line *lines, size_t max)
{
    return live_log(s->log, &s->log_at, lines, max);
}

void stage_turn(struct stage *s, const struct live *to)
{
    osft_link_close(&s->client.link);
    s->client.settings.tcp_port = to->tcp_port;
}

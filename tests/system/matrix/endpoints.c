/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoints of the matrix, and the client that calls them. */
#include "matrix.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../../examples/osft-endpoint/pki.h"

static struct pki pki; /* of all endpoints that speak TLS */

static void start(struct stage *s, struct live *endpoint, const char *tasks_file,
                  const char *const *more)
{
    char tasks[LIVE_PATH_MAX], cert[LIVE_PATH_MAX], key[LIVE_PATH_MAX];
    const char *args[LIVE_ARGS_MAX + 1];
    int n = 0;

    live_path(tasks, tasks_file);
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
    assert_int_equal(live_start(endpoint, args), 0);
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

/* Append the new lines of the log to s->lines. */
static void read_log(struct stage *s)
{
    s->line_count +=
        live_log(s->log, &s->log_at, s->lines + s->line_count, STAGE_LINES - s->line_count);
}

/* Whether one more request has no response, or a late one, on purpose. */
static int is_unanswered(void *ctx)
{
    struct stage *s = ctx;
    size_t i, count = 0;

    read_log(s);
    for (i = 0; i < s->line_count; i++)
        count += strstr(s->lines[i].faults, "stall") ||
                 (s->delay_is_too_long && strstr(s->lines[i].faults, "delay"));
    if (count == s->unanswered)
        return 0;
    s->unanswered++;
    return 1;
}

static void write_tasks(const char *name, const struct truth *list, int count,
                        const char *first_line)
{
    char path[LIVE_PATH_MAX];

    live_path(path, name);
    truth_write(list, count, first_line, path);
}

void stage_open(struct stage *s, int secure)
{
    static const char *const nothing[] = { NULL };

    memset(s, 0, sizeof(*s));
    s->secure = secure;
    live_path(s->log, "log");
    write_tasks("before.jsonl", before, BEFORE_COUNT, NULL);
    write_tasks("after.jsonl", after, AFTER_COUNT, NULL);
    write_tasks("after_and_bad.jsonl", after, AFTER_COUNT, bad_task);
    write_tasks("after_spoilt.jsonl", after + 1, AFTER_COUNT - 1, spoilt_task);
    if (secure)
        make_pki();
    assert_int_equal(live_client_init(&s->client, secure ? pki.ca_pem : NULL), 0);
    s->client.is_unanswered = is_unanswered;
    s->client.is_unanswered_ctx = s;
    start(s, &s->before, "before.jsonl", nothing);
    start(s, &s->after, "after.jsonl", nothing);
    live_client_begin(&s->client, &s->after);
}

int stage_close(struct stage *s)
{
    int bad = live_stop(&s->before) != 0;

    bad += live_stop(&s->after) != 0;
    bad += live_stop(&s->faulty) != 0;
    live_client_free(&s->client);
    return bad;
}

/* Whether the endpoint can also serve the next test. It cannot when its faults count requests or
 * wait for something. */
static int is_lasting(const char *faults)
{
    return !strchr(faults, ':') && !strstr(faults, "stall") && !strstr(faults, "delay") &&
           !strstr(faults, "chaos") && !strstr(faults, "early");
}

static void start_faulty(struct stage *s, const char *faults, int seed, enum tasks tasks)
{
    static const char *const files[] = { [AFTER] = "after.jsonl",
                                         [AFTER_AND_BAD] = "after_and_bad.jsonl",
                                         [AFTER_SPOILT] = "after_spoilt.jsonl" };
    const char *more[LIVE_ARGS_MAX - 8];
    char text[256], number[16], *word;
    int n = 0;

    unlink(s->log);
    s->log_at = 0;
    more[n++] = "--log";
    more[n++] = s->log;
    if (seed) {
        snprintf(number, sizeof(number), "%d", seed);
        more[n++] = "--seed";
        more[n++] = number;
    }
    snprintf(text, sizeof(text), "%s", faults);
    for (word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        assert_in_range(n, 0, LIVE_ARGS_MAX - 11);
        if (word[0] != '-')
            more[n++] = "--fault";
        more[n++] = word;
    }
    more[n] = NULL;
    start(s, &s->faulty, files[tasks], more);
    s->faults = is_lasting(faults) ? faults : NULL;
    s->tasks = tasks;
}

void stage_fault(struct stage *s, const char *faults, int seed, enum tasks tasks)
{
    if (!s->faulty.pid || s->faults != faults || s->tasks != tasks) {
        stage_calm(s);
        start_faulty(s, faults, seed, tasks);
    }
    do { /* drop the lines of the tests before */
        s->line_count = 0;
        read_log(s);
    } while (s->line_count);
    s->unanswered = 0;
    s->delay_is_too_long = 0;
    live_client_begin(&s->client, &s->faulty);
}

void stage_calm(struct stage *s)
{
    s->faults = NULL;
    /* an endpoint in which a sanitizer found something does not return 0 either */
    assert_int_equal(live_stop(&s->faulty), 0);
}

size_t stage_log(struct stage *s)
{
    read_log(s);
    return s->line_count;
}

void stage_turn(struct stage *s, const struct live *endpoint)
{
    osft_close(&s->client.client);
    s->client.settings.tcp_port = endpoint->tcp_port;
}

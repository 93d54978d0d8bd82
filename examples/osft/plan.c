/* SPDX-License-Identifier: Apache-2.0 */
/* From what the user typed to a call that can be made; whatever cannot be is a usage error here. */
#include <string.h>
#include "cmd.h"

#define DEFAULT_TIMEOUT_MS  30000
#define DEFAULT_INTERVAL_MS 30000
#define DEFAULT_RETRIES     3
#define DEFAULT_ALL_SIZE    100
#define WANT_TIME                                                                             \
    "wants a time such as 2024-02-29T23:59:59Z, 2024-02-29, milliseconds since 1970, or -7d " \
    "(units s, m, h, d, w); not"

static enum command command;

static int refuse(const char *what, const char *value)
{
    return usage_error(command, what, value);
}

static int names(struct osft_query *q, const struct options *o)
{
    static const char missing[][48] = { "name the application: --app NAME",
                                        "name the function, such as ctr: --function NAME",
                                        "name the instance: --instance NAME" };
    struct osft_span *slot[] = { &q->app_group, &q->function, &q->instance };
    size_t i;
    for (i = 0; i < 3; i++) {
        const char *name = o->value[OPT_APP + i];
        if (name == NULL || *name == 0) {
            return refuse(missing[i], NULL);
        }
        slot[i]->ptr = name;
        slot[i]->len = strlen(name);
    }
    return 0;
}

static int generation(struct osft_query *q, const char *s)
{
    if (command != COMMAND_GET) {
        return 0;
    }
    if (s == NULL || *s == 0) {
        return refuse("say which run, such as --generation 3", NULL);
    }
    q->generation.ptr = s;
    q->generation.len = strlen(s);
    return 0;
}

static int status(struct osft_query *q, const char *s)
{
    if (s == NULL) {
        return 0;
    }
    if (strcmp(s, "success") != 0 && strcmp(s, "failed") != 0 && strcmp(s, "running") != 0) {
        return refuse("--status is success, failed or running; not", s);
    }
    q->status.ptr = s;
    q->status.len = strlen(s);
    return 0;
}

static int times(struct plan *p, const struct options *o)
{
    const char *since = o->value[OPT_SINCE], *until = o->value[OPT_UNTIL];
    if (since != NULL) {
        if (time_parse(since, p->now_ms, &p->query.start_ms) != 0) {
            return refuse("--since " WANT_TIME, since);
        }
        p->query.zero |= OSFT_START_TIME;
    }
    if (until != NULL) {
        if (time_parse(until, p->now_ms, &p->query.end_ms) != 0) {
            return refuse("--until " WANT_TIME, until);
        }
        p->query.zero |= OSFT_END_TIME;
    }
    return 0;
}

/* The walk over the whole history turns the pages itself. */
static int all(struct plan *p, const struct options *o)
{
    p->all = o->value[OPT_ALL] != NULL;
    if (!p->all) {
        return 0;
    }
    if (o->value[OPT_PAGE] != NULL) {
        return refuse("--all shows every page; leave out --page, or --all", NULL);
    }
    if (o->value[OPT_DRY_RUN] != NULL) {
        return refuse("--dry-run shows one request; leave out --all", NULL);
    }
    if (p->format > FORMAT_CSV) {
        return refuse("with --all, --format is table, json, jsonl or csv; not",
                      o->value[OPT_FORMAT]);
    }
    if (o->value[OPT_PAGE_SIZE] == NULL) {
        p->query.page_size = DEFAULT_ALL_SIZE;
    } else if (p->query.page_size < 1 || p->query.page_size > TASKS_MAX) {
        return refuse("with --all, --page-size is 1 to 1000; not", o->value[OPT_PAGE_SIZE]);
    }
    return 0;
}

static int retries(struct plan *p, const char *s)
{
    int64_t v = DEFAULT_RETRIES;
    if (s != NULL && value_int(s, 0, 100, &v) != 0) {
        return refuse("--retries wants a whole number from 0 to 100, not", s);
    }
    p->tries = (uint8_t)(v + 1);
    return 0;
}

static int watch(struct plan *p, const struct options *o)
{
    const char *interval = o->value[OPT_INTERVAL];

    p->once = o->value[OPT_ONCE] != NULL;
    p->state = o->value[OPT_STATE];
    p->interval_ms = DEFAULT_INTERVAL_MS;
    if (interval != NULL &&
        (time_parse_length(interval, &p->interval_ms) != 0 || p->interval_ms < 1000)) {
        return refuse("--interval wants a length of time from 1s on, such as 30s or 5m, not",
                      interval);
    }
    if (p->once && interval != NULL) {
        return refuse("--once looks once, and --interval again and again; give one of them", NULL);
    }
    if (p->state != NULL && *p->state == 0) {
        return refuse("--state wants a file", NULL);
    }
    if (p->command == COMMAND_WATCH && p->format != FORMAT_TABLE && p->format != FORMAT_JSONL) {
        return refuse("--format of watch is table or jsonl; not", o->value[OPT_FORMAT]);
    }
    return 0;
}

/* Any 32-bit number goes: what a page number may be is the service's to say. */
static int pages(struct osft_query *q, const struct options *o)
{
    const char *page = o->value[OPT_PAGE], *size = o->value[OPT_PAGE_SIZE];
    int64_t v = 0;
    if (page != NULL) {
        if (value_int(page, INT32_MIN, INT32_MAX, &v) != 0) {
            return refuse("--page wants a whole number such as 2, not", page);
        }
        q->page_number = v;
        q->zero |= OSFT_PAGE_NUMBER;
    }
    if (size != NULL) {
        if (value_int(size, INT32_MIN, INT32_MAX, &v) != 0) {
            return refuse("--page-size wants a whole number such as 50, not", size);
        }
        q->page_size = v;
        q->zero |= OSFT_PAGE_SIZE;
    }
    return 0;
}

static int endpoint(struct plan *p, const struct options *o)
{
    const char *region = o->value[OPT_REGION], *host = o->value[OPT_ENDPOINT], *why;
    if (region != NULL && host != NULL) {
        return refuse("--region and --endpoint both name a host; give one of them", NULL);
    }
    if (host != NULL && value_endpoint(host, &p->endpoint, &why) != 0) {
        return refuse(why, host);
    }
    if (host == NULL && value_region(region != NULL ? region : "cn-hangzhou", &p->endpoint) != 0) {
        return refuse("--region wants a name such as cn-hangzhou, not", region);
    }
    if (p->plain_http && !value_is_loopback(p->endpoint.host)) {
        return refuse(
            "--plain-http is for this machine only (localhost, 127.0.0.1, [::1]): anywhere "
            "else others could read along; leave it out for",
            p->endpoint.host);
    }
    return 0;
}

static int dry_run(struct plan *p, const struct options *o)
{
    const char *date = o->value[OPT_DATE];
    p->dry_run = o->value[OPT_DRY_RUN] != NULL;
    p->nonce = o->value[OPT_NONCE];
    if (!p->dry_run && (date != NULL || p->nonce != NULL)) {
        return refuse("only --dry-run lets you choose the date or the nonce; add it, or leave out",
                      date != NULL ? "--date" : "--nonce");
    }
    p->now_ms = time_now_ms();
    if (date != NULL && time_parse_date(date, &p->now_ms) != 0) {
        return refuse("--date wants a time exactly like 2024-02-29T23:59:59Z, not", date);
    }
    return 0;
}

static int show(struct plan *p, const struct options *o)
{
    const char *format = o->value[OPT_FORMAT], *timeout = o->value[OPT_TIMEOUT];

    p->verbose = o->value[OPT_VERBOSE] != NULL;
    p->timeout_ms = DEFAULT_TIMEOUT_MS;
    if (format != NULL && format_parse(format, &p->format) != 0) {
        return refuse("--format is table, json, jsonl, csv, prometheus or timeline; not", format);
    }
    if (timeout != NULL && time_parse_length(timeout, &p->timeout_ms) != 0) {
        return refuse("--timeout wants a length of time such as 10s, 500ms or 2m, not", timeout);
    }
    return 0;
}

int plan_make(struct plan *p, const struct options *o)
{
    memset(p, 0, sizeof(*p));
    p->command = command = o->command;
    p->plain_http = o->value[OPT_PLAIN_HTTP] != NULL;
    p->ca = o->value[OPT_CA];
    if (p->ca != NULL && *p->ca == 0) {
        return refuse("--ca wants a file or a directory of certificates", NULL);
    }
    if (show(p, o) != 0 || dry_run(p, o) != 0 || names(&p->query, o) != 0 ||
        generation(&p->query, o->value[OPT_GENERATION]) != 0 ||
        status(&p->query, o->value[OPT_STATUS]) != 0 || times(p, o) != 0 ||
        pages(&p->query, o) != 0 || all(p, o) != 0 || watch(p, o) != 0 ||
        retries(p, o->value[OPT_RETRIES]) != 0 || endpoint(p, o) != 0) {
        return -1;
    }
    return 0;
}

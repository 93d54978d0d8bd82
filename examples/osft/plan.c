/* SPDX-License-Identifier: Apache-2.0 */
/* Checking the options and making a plan of them. A value that cannot be sent is reported as a
 * usage error. */
#include <stdio.h>
#include <string.h>
#include "command.h"

#define DEFAULT_TIMEOUT_MS    30000
#define DEFAULT_INTERVAL_MS   30000
#define DEFAULT_EXEC_MS       30000
#define DEFAULT_RETRIES       3
#define DEFAULT_PAGE_SIZE     20
#define DEFAULT_ALL_PAGE_SIZE 100
#define NEEDS_TIME                                                                            \
    "needs a time such as 2024-02-29T23:59:59Z, 2024-02-29, milliseconds since 1970, or -7d " \
    "(units s, m, h, d, w); not"

/* Unless their comment says otherwise, the functions of this file return 0, or -1 after reporting a
 * usage error. */

int choose_extend_info(enum command command, enum format format, const char *form)
{
    int is_object = form != NULL && strcmp(form, "object") == 0;

    if (form != NULL && format != FORMAT_JSONL) {
        return report_usage_error(command, "--extend-info is for --format jsonl only; leave it out",
                                  NULL);
    }
    if (form != NULL && !is_object && strcmp(form, "text") != 0) {
        return report_usage_error(command, "--extend-info is text or object; not", form);
    }
    set_extend_info_form(is_object);
    return 0;
}

/* Set *text to an option's value, which may be absent but not empty. missing: the error for an
 * empty value. Returns 0, or -1 after reporting the error. */
static int set_text(struct plan *plan, const char **text, const char *given, const char *missing)
{
    *text = given;
    return given != NULL && *given == 0 ? report_usage_error(plan->command, missing, NULL) : 0;
}

static int set_names(struct plan *plan, const struct options *options)
{
    static const char missing[][48] = { "name the application: --app NAME",
                                        "name the function, such as ctr: --function NAME",
                                        "name the instance: --instance NAME" };
    struct osft_span *const names[] = { &plan->query.app_group, &plan->query.function,
                                        &plan->query.instance };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        *names[i] = osft_span_from(options->value[OPTION_APP + i]);
        if (names[i]->len == 0) {
            return report_usage_error(plan->command, missing[i], NULL);
        }
    }
    return 0;
}

static int set_generation(struct plan *plan, const struct options *options)
{
    if (plan->command != COMMAND_GET) {
        return 0;
    }
    plan->query.generation = osft_span_from(options->value[OPTION_GENERATION]);
    if (plan->query.generation.len == 0) {
        return report_usage_error(plan->command, "name the run, such as --generation 3", NULL);
    }
    return 0;
}

static int set_status(struct plan *plan, const struct options *options)
{
    const char *status = options->value[OPTION_STATUS];

    if (status != NULL && strcmp(status, "success") != 0 && strcmp(status, "failed") != 0 &&
        strcmp(status, "running") != 0) {
        return report_usage_error(plan->command, "--status is success, failed or running; not",
                                  status);
    }
    plan->query.status = osft_span_from(status);
    return 0;
}

/* Set --since and --until. A negative time is refused. A time of 0 is not sent: --since 0 means the
 * same as no --since, and --until 0 is refused, as no task would match it. */
static int set_times(struct plan *plan, const struct options *options)
{
    const char *since = options->value[OPTION_SINCE], *until = options->value[OPTION_UNTIL];

    plan->since = since;
    plan->until = until;
    if (since != NULL && parse_time(since, plan->now_ms, &plan->query.start_ms) != 0) {
        return report_usage_error(plan->command, "--since " NEEDS_TIME, since);
    }
    if (until != NULL && parse_time(until, plan->now_ms, &plan->query.end_ms) != 0) {
        return report_usage_error(plan->command, "--until " NEEDS_TIME, until);
    }
    if (plan->query.start_ms < 0) {
        return report_usage_error(
            plan->command, "no task starts before 1970, so leave --since out; it cannot be", since);
    }
    if (until != NULL && plan->query.end_ms <= 0) {
        return report_usage_error(plan->command, "no task ends before 1970; --until cannot be",
                                  until);
    }
    if (since != NULL && until != NULL && plan->query.end_ms < plan->query.start_ms) {
        return report_usage_error(
            plan->command,
            "no task ends before it starts: --until must not be before --since, but is", until);
    }
    return 0;
}

/* The texts were parsed before, so they are valid. A time that would be out of range by the
 * service's clock is not changed. */
int correct_query_times(const struct plan *plan, int64_t offset_s, struct osft_query *query)
{
    int64_t now_ms = plan->now_ms + offset_s * 1000;
    int has_since = is_relative_time(plan->since), has_until = is_relative_time(plan->until);

    if (offset_s == 0 || (!has_since && !has_until)) {
        return 0;
    }
    if (has_since) {
        (void)parse_time(plan->since, now_ms, &query->start_ms);
    }
    if (has_until) {
        (void)parse_time(plan->until, now_ms, &query->end_ms);
    }
    return 1;
}

/* Parse a page number or page size. Any positive 32-bit number is sent, as the service decides how
 * large it may be. */
static int set_page_number(struct plan *plan, const char *what, const char *text, uint32_t *number)
{
    int64_t value = 0;

    if (text != NULL && parse_integer(text, 1, INT32_MAX, &value) != 0) {
        return report_usage_error(plan->command, what, text);
    }
    *number = text != NULL ? (uint32_t)value : *number;
    return 0;
}

static int set_pages(struct plan *plan, const struct options *options)
{
    if (plan->command == COMMAND_LIST) { /* without a page size the service sends a single task */
        plan->query.page_size = DEFAULT_PAGE_SIZE;
    }
    if (set_page_number(plan, "--page needs a whole number from 1 on, such as 2, not",
                        options->value[OPTION_PAGE], &plan->query.page_number) != 0) {
        return -1;
    }
    return set_page_number(plan, "--page-size needs a whole number from 1 on, such as 50, not",
                           options->value[OPTION_PAGE_SIZE], &plan->query.page_size);
}

/* Check --all. With it, osft_pages.h chooses the pages. */
static int set_all(struct plan *plan, const struct options *options)
{
    plan->all = options->value[OPTION_ALL] != NULL;
    if (!plan->all) {
        return 0;
    }
    if (options->value[OPTION_PAGE] != NULL) {
        return report_usage_error(plan->command,
                                  "--all shows every page; leave out --page, or --all", NULL);
    }
    if (options->value[OPTION_DRY_RUN] != NULL) {
        return report_usage_error(plan->command, "--dry-run shows one request; leave out --all",
                                  NULL);
    }
    if (plan->format > FORMAT_CSV) {
        return report_usage_error(plan->command,
                                  "with --all, --format is table, json, jsonl or csv; not",
                                  options->value[OPTION_FORMAT]);
    }
    if (plan->query.page_size > TASKS_MAX) {
        return report_usage_error(plan->command, "with --all, --page-size is 1 to 1000; not",
                                  options->value[OPTION_PAGE_SIZE]);
    }
    if (options->value[OPTION_PAGE_SIZE] == NULL) {
        plan->query.page_size = DEFAULT_ALL_PAGE_SIZE;
    }
    return 0;
}

static int set_attempts(struct plan *plan, const struct options *options)
{
    const char *retries = options->value[OPTION_RETRIES];
    int64_t value = DEFAULT_RETRIES;

    if (retries != NULL && parse_integer(retries, 0, 100, &value) != 0) {
        return report_usage_error(plan->command,
                                  "--retries needs a whole number from 0 to 100, not", retries);
    }
    plan->attempts = (uint8_t)(value + 1);
    return 0;
}

/* Whether the text names a file. Other programs read - as standard input or output; a file called -
 * can be given as ./-. */
static int is_file_name(const char *name)
{
    return *name != 0 && strcmp(name, "-") != 0;
}

static int set_watch(struct plan *plan, const struct options *options)
{
    const char *interval = options->value[OPTION_INTERVAL];

    plan->once = options->value[OPTION_ONCE] != NULL;
    plan->state_file = options->value[OPTION_STATE];
    plan->interval_ms = DEFAULT_INTERVAL_MS;
    if (interval != NULL &&
        (parse_duration(interval, &plan->interval_ms) != 0 || plan->interval_ms < 1000)) {
        return report_usage_error(
            plan->command,
            "--interval needs a length of time from 1s to 24d, such as 30s or 5m, "
            "not",
            interval);
    }
    if (plan->once && interval != NULL) {
        return report_usage_error(
            plan->command, "--once polls once, and --interval again and again; give one of them",
            NULL);
    }
    if (plan->state_file != NULL && !is_file_name(plan->state_file)) {
        return report_usage_error(plan->command, "--state needs a file", NULL);
    }
    if (plan->command == COMMAND_WATCH && plan->format != FORMAT_TABLE &&
        plan->format != FORMAT_JSONL) {
        return report_usage_error(plan->command, "--format of watch is table or jsonl; not",
                                  options->value[OPTION_FORMAT]);
    }
    return 0;
}

/* Check --wait. With it, --timeout limits the whole wait, and a call still has at most the default
 * time. */
static int set_wait(struct plan *plan, const struct options *options)
{
    plan->wait = options->value[OPTION_WAIT] != NULL;
    if (plan->command == COMMAND_GET && !plan->wait && options->value[OPTION_INTERVAL] != NULL) {
        return report_usage_error(
            plan->command, "--interval is how often --wait asks; add --wait, or leave it out",
            NULL);
    }
    if (plan->wait && plan->dry_run) {
        return report_usage_error(plan->command, "--dry-run shows one request; leave out --wait",
                                  NULL);
    }
    if (plan->wait && options->value[OPTION_TIMEOUT] != NULL) {
        plan->wait_ms = plan->timeout_ms;
    }
    if (plan->wait && plan->timeout_ms > DEFAULT_TIMEOUT_MS) {
        plan->timeout_ms = DEFAULT_TIMEOUT_MS;
    }
    return 0;
}

static int set_exec(struct plan *plan, const struct options *options)
{
    const char *limit = options->value[OPTION_EXEC_TIMEOUT];

    plan->exec_ms = DEFAULT_EXEC_MS;
    if (set_text(plan, &plan->exec, options->value[OPTION_EXEC], "--exec needs a command") != 0) {
        return -1;
    }
    if (limit != NULL && plan->exec == NULL) {
        return report_usage_error(plan->command, "--exec-timeout is for --exec; add that", NULL);
    }
    if (limit != NULL && parse_duration(limit, &plan->exec_ms) != 0) {
        return report_usage_error(
            plan->command,
            "--exec-timeout needs a length of time of at most 24d, such as 10s or 2m, not", limit);
    }
    return 0;
}

static int set_output_file(struct plan *plan, const struct options *options)
{
    plan->output = options->value[OPTION_OUTPUT];
    if (plan->output == NULL) {
        return 0;
    }
    if (!is_file_name(plan->output)) {
        return report_usage_error(
            plan->command, "--output needs a file; without it, standard output is written", NULL);
    }
    if (plan->format != FORMAT_PROMETHEUS || plan->dry_run) {
        return report_usage_error(
            plan->command, "--output is for --format prometheus; redirect other formats instead",
            NULL);
    }
    return 0;
}

static int set_endpoint(struct plan *plan, const struct options *options)
{
    const char *region = options->value[OPTION_REGION], *host = options->value[OPTION_ENDPOINT];
    const char *reason;

    plan->plain_http = options->value[OPTION_PLAIN_HTTP] != NULL;
    if (region != NULL && host != NULL) {
        return report_usage_error(
            plan->command, "--region and --endpoint both name a host; give one of them", NULL);
    }
    if (host != NULL && parse_endpoint(host, &plan->endpoint, &reason) != 0) {
        char what[128];

        (void)snprintf(what, sizeof(what), "--endpoint %s", reason);
        return report_usage_error(plan->command, what, host);
    }
    if (host == NULL &&
        parse_region(region != NULL ? region : "cn-hangzhou", &plan->endpoint) != 0) {
        return report_usage_error(plan->command, "--region needs a name such as cn-hangzhou, not",
                                  region);
    }
    if (plan->plain_http && !is_loopback_host(plan->endpoint.host)) {
        return report_usage_error(
            plan->command,
            "--plain-http is for this machine only (localhost, 127.0.0.1, [::1]): anywhere else "
            "others could read along; leave it out for",
            plan->endpoint.host);
    }
    return 0;
}

static int set_proxy(struct plan *plan, const struct options *options)
{
    plan->proxy_url = options->value[OPTION_PROXY];
    if (plan->plain_http && plan->proxy_url != NULL && *plan->proxy_url != 0) {
        return report_usage_error(plan->command,
                                  "--plain-http is for this machine only, without a proxy; leave "
                                  "out --plain-http or --proxy",
                                  NULL);
    }
    if (plan->dry_run || plan->plain_http) {
        return 0; /* nothing is sent, or no proxy is used */
    }
    return choose_proxy(plan);
}

/* Whether the text can be a nonce. A nonce is the value of a header, which white space and control
 * characters would change or end. */
static int is_nonce(const char *text)
{
    for (; *text != 0; text++) {
        if ((unsigned char)*text <= ' ' || *text == 0x7f) {
            return 0;
        }
    }
    return 1;
}

static int set_dry_run(struct plan *plan, const struct options *options)
{
    const char *date = options->value[OPTION_DATE];

    plan->dry_run = options->value[OPTION_DRY_RUN] != NULL;
    plan->nonce = options->value[OPTION_NONCE];
    plan->show_signature = options->value[OPTION_SHOW_SIGNATURE] != NULL;
    if (!plan->dry_run && plan->show_signature) {
        return report_usage_error(plan->command,
                                  "only --dry-run has a signature to show; add it, or leave out",
                                  "--show-signature");
    }
    if (!plan->dry_run && (date != NULL || plan->nonce != NULL)) {
        return report_usage_error(
            plan->command,
            "only --dry-run lets you choose the date or the nonce; add it, or leave out",
            date != NULL ? "--date" : "--nonce");
    }
    if (plan->nonce != NULL && !is_nonce(plan->nonce)) {
        return report_usage_error(
            plan->command, "--nonce needs a text without white space and control characters, not",
            plan->nonce);
    }
    plan->now_ms = get_utc_ms();
    if (date != NULL && parse_request_date(date, &plan->now_ms) != 0) {
        return report_usage_error(plan->command,
                                  "--date needs a time of the years 1970 to 2099, written exactly "
                                  "like 2024-02-29T23:59:59Z, not",
                                  date);
    }
    return 0;
}

static int set_output(struct plan *plan, const struct options *options)
{
    const char *format = options->value[OPTION_FORMAT], *timeout = options->value[OPTION_TIMEOUT];

    plan->verbose = options->value[OPTION_VERBOSE] != NULL;
    plan->timeout_ms = DEFAULT_TIMEOUT_MS;
    if (format != NULL && parse_format(format, &plan->format) != 0) {
        return report_usage_error(
            plan->command, "--format is table, json, jsonl, csv, prometheus or timeline; not",
            format);
    }
    if (choose_extend_info(plan->command, plan->format, options->value[OPTION_EXTEND_INFO]) != 0) {
        return -1;
    }
    if (timeout != NULL && parse_duration(timeout, &plan->timeout_ms) != 0) {
        return report_usage_error(
            plan->command,
            "--timeout needs a length of time of at most 24d, such as 10s, 500ms or 2m, not",
            timeout);
    }
    return 0;
}

static int set_roots(struct plan *plan, const struct options *options)
{
    return set_text(plan, &plan->ca, options->value[OPTION_CA],
                    "--ca needs a file or a directory of certificates");
}

static int set_credentials(struct plan *plan, const struct options *options)
{
    if (set_text(plan, &plan->credentials_file, options->value[OPTION_CREDENTIALS],
                 "--credentials needs a file") != 0) {
        return -1;
    }
    return set_text(plan, &plan->profile, options->value[OPTION_PROFILE], "--profile needs a name");
}

int make_plan(struct plan *plan, const struct options *options)
{
    /* The order matters, as some steps read members that earlier steps have set. */
    static int (*const steps[])(struct plan * plan, const struct options *options) = {
        set_roots, set_output,      set_dry_run, set_names, set_generation,  set_status,
        set_times, set_pages,       set_all,     set_watch, set_attempts,    set_endpoint,
        set_proxy, set_credentials, set_wait,    set_exec,  set_output_file,
    };
    size_t i;

    memset(plan, 0, sizeof(*plan));
    plan->command = options->command;
    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (steps[i](plan, options) != 0) {
            return -1;
        }
    }
    return 0;
}

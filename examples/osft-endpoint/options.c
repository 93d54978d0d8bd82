/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <stddef.h>
#include <string.h>

#include "store.h"

enum kind { FLAG, TEXT, NUMBER, FAULT };

static const struct option {
    const char *name;
    enum kind kind;
    size_t at; /* offset in struct ep_options */
    int64_t least, most;
} options[] = {
#define AT(member) offsetof(struct ep_options, member)
    { "access-key-id", TEXT, AT(id), 0, 0 },
    { "access-key-secret", TEXT, AT(secret), 0, 0 },
    { "arrive-ms", NUMBER, AT(arrive_ms), 1, 86400000 },
    { "arrive-per-request", NUMBER, AT(arrive_per_request), 1, 10000 },
    { "bind", TEXT, AT(bind), 0, 0 },
    { "ca-out", TEXT, AT(ca_out), 0, 0 },
    { "case", TEXT, AT(spelling), 0, 0 },
    { "cert", TEXT, AT(cert), 0, 0 },
    { "cert-days", NUMBER, AT(cert_days), -3650, 3650 },
    { "cert-from-days", NUMBER, AT(cert_from), 1, 3650 },
    { "events", TEXT, AT(events), 0, 0 },
    { "fault", FAULT, AT(faults), 0, 0 },
    { "generate", NUMBER, AT(generate), 0, 100000 },
    { "help", FLAG, AT(help), 0, 0 },
    { "key", TEXT, AT(key), 0, 0 },
    { "log", TEXT, AT(log), 0, 0 },
    { "names", TEXT, AT(names), 0, 0 },
    { "next-security-token", TEXT, AT(next_token), 0, 0 },
    { "plain-http", FLAG, AT(plain), 0, 0 },
    { "port", NUMBER, AT(port), 0, 65535 },
    { "ram-role", TEXT, AT(ram_role), 0, 0 },
    { "rsa", FLAG, AT(rsa), 0, 0 },
    { "run-ms", NUMBER, AT(run_ms), 0, 1000000000 },
    { "run-seconds", NUMBER, AT(run_s), 0, 1000000 },
    { "seed", NUMBER, AT(seed), 0, INT64_MAX },
    { "security-token", TEXT, AT(token), 0, 0 },
    { "tasks", TEXT, AT(tasks), 0, 0 },
    { "token-uses", NUMBER, AT(token_uses), 1, INT32_MAX },
    { "vanish-every", NUMBER, AT(vanish_every), 1, INT32_MAX },
};

static void help_faults(FILE *out)
{
    fputs(
        "  --fault NAME[=ARG][:COUNT[@FIRST]]  misbehave, for COUNT requests or always, from the\n"
        "                         endpoint's request number FIRST on (1); may be repeated.\n"
        "How the response is sent:\n"
        "    cut=N       close after N bytes of it    split=N     N bytes a write\n"
        "    chunked=N   in chunks of N bytes         delay=MS    wait before it\n"
        "    close       close after it and say so\n"
        "    close-idle  close after it, in spite of its keep-alive\n"
        "    huge=BYTES  an unknown member of that size in front\n"
        "    skew=S      the endpoint's clock is S seconds ahead (or behind: -S)\n"
        "    date=none|garbage|absurd  the Date header is missing, no date, or of 1970\n"
        "    retry-after=S  Retry-After: S, whatever the response is\n"
        "    keep-alive=S   Keep-Alive: timeout=S\n"
        "What is in a list:\n"
        "    total=N|none  a wrong totalCount, or none\n"
        "    repeat        every page is the first     cap=N      N tasks a page at most\n"
        "    disorder      a page the other way round  lost-page  a page without its tasks\n",
        out);
    fputs(
        "What is sent instead (of several the first, until its COUNT is used up):\n"
        "    drop          nothing, and closed at once\n"
        "    stall         nothing, until the client goes\n"
        "    early[=CODE]  that HTTP status (403) before the request is whole; its rest is not "
        "read\n"
        "    status=CODE   that HTTP status; 3xx with Location; 200 with FAIL in the body\n"
        "    refuse=CODE[@HTTP]  the gateway's refusal of that name (Throttling.Api, ...), in its\n"
        "                  usual HTTP status or in that one; 200: in the body of a 200\n"
        "    throttle[=S]  429 Throttling.User with Retry-After: S (1); throttle=none: without\n"
        "    throttle-ms=N    the same with x-acs-retry-after: N\n"
        "    throttle-date=S  the same with Retry-After: the date in S seconds\n"
        "    garbage       bytes that are not HTTP; garbage=body: a body that is not JSON\n"
        "    html[=CODE]   a proxy's error page (502)\n"
        "Any of them:\n"
        "    chaos=PERCENT  for so many requests, unless another fault has something else sent, "
        "one\n"
        "                  of these at random. The call is retried: drop, cut anywhere,\n"
        "                  status=500, 502, 503, 504, html=502, 503, throttle-ms up to 20,\n"
        "                  refuse=Throttling.User, ServiceUnavailable, SignatureNonceUsed,\n"
        "                  InternalError@200. The response is good: close, close-idle, chunked,\n"
        "                  split, delay up to 20, date. The call ends: garbage, garbage=body,\n"
        "                  html=200, refuse=Forbidden.RAM\n"
        "  --seed N        another sequence of random numbers (1)\n"
        "\n",
        out);
}

void ep_options_help(FILE *out)
{
    fputs(
        "usage: osft-endpoint [options]\n"
        "Plays Alibaba Cloud OpenSearch's ListFunctionTasks and GetFunctionTask on loopback, for\n"
        "developing without an account. Prints `listening on ADDRESS:PORT` when it is ready.\n"
        "\n"
        "  --port N               TCP port; 0, the default: any free one\n"
        "  --bind ADDRESS         127.0.0.1 (default) or ::1\n"
        "  --plain-http           no TLS\n"
        "  --ca-out FILE          write the root certificate made for this run, as PEM\n"
        "  --names LIST           what the certificate is for (localhost,127.0.0.1,::1)\n"
        "  --cert-days N          days until it expires (365); below 0: it has expired\n"
        "  --cert-from-days N     days until it becomes valid (0)\n"
        "  --rsa                  RSA 2048 instead of ECDSA P-256\n"
        "  --cert FILE --key FILE use this certificate chain and key (PEM) instead\n"
        "\n"
        "  --tasks FILE           one JSON object a line, in either spelling\n"
        "  --generate N           make up N tasks, 0 to 100000 (default: 25)\n"
        "  --run-seconds N        the newest made-up runs end within N seconds (60)\n"
        "  --run-ms N             the same in milliseconds\n"
        "  --arrive-ms N          a new run starts each N ms; it takes about as long as those "
        "above\n"
        "  --arrive-per-request N so many new runs before each ListFunctionTasks\n"
        "                         While there are 200000 tasks, none arrives.\n"
        "  --vanish-every N       each Nth run that arrived disappears halfway through\n"
        "  --events FILE          write what really happens to the runs that move, a line each:\n"
        "                         TIME_MS started|succeeded|failed|vanished GENERATION RUN_ID\n"
        "                         Lines are added when a request comes and at the end.\n"
        "  --case camel|pascal    how the members of responses are spelled (camel)\n"
        "Every application, function and instance has the same tasks.\n"
        "\n",
        out);
    fputs(
        "  --access-key-id ID     the AccessKey that is accepted (testid)\n"
        "  --access-key-secret S  and its secret (testsecret)\n"
        "  --security-token T     the only STS token that is accepted; without it any that is "
        "signed\n"
        "  --token-uses N         that token expires after N requests\n"
        "  --next-security-token T  and this one is accepted from then on\n"
        "  --ram-role NAME        also play the metadata server of a cloud machine with that RAM "
        "role:\n"
        "                         /latest/api/token and "
        "/latest/meta-data/ram/security-credentials/\n"
        "                         give the AccessKey and the STS token that are accepted; needs\n"
        "                         --plain-http. For OSFT_METADATA_ENDPOINT of osft\n"
        "  --log FILE             add a line a request: time, method, target, status, code, link,\n"
        "                         conn=connection nth=request on it ms=time fault=NAMES or -\n"
        "\n",
        out);
    help_faults(out);
    fputs("SIGTERM and SIGINT end it. Exit status: 0 ended by them, 1 failed, 2 usage.\n", out);
}

static int refuse(struct ep_text *why, const char *name, const char *reason)
{
    ep_puts(why, name);
    ep_puts(why, ": ");
    ep_puts(why, reason);
    return -1;
}

static int set_number(struct ep_options *o, const struct option *option, const char *text,
                      struct ep_text *why)
{
    int64_t number;

    if (ep_int64(ep_span(text), &number) || number < option->least || number > option->most) {
        ep_putf(why, "--%s: not a whole number from %lld to %lld: %.40s", option->name,
                (long long)option->least, (long long)option->most, text);
        return -1;
    }
    memcpy((char *)o + option->at, &number, sizeof(number));
    return 0;
}

static int set(struct ep_options *o, const struct option *option, const char *text,
               struct ep_text *why)
{
    static const int yes = 1;
    const char *reason;

    switch (option->kind) {
    case FLAG: memcpy((char *)o + option->at, &yes, sizeof(yes)); return 0;
    case TEXT: memcpy((char *)o + option->at, &text, sizeof(text)); return 0;
    case NUMBER: return set_number(o, option, text, why);
    default:
        reason = ep_fault_add(&o->faults, text);
        if (!reason)
            return 0;
        ep_puts(why, "--fault ");
        return refuse(why, text, reason);
    }
}

static const struct option *find(struct osft_span name)
{
    size_t i;

    for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (ep_same(name, options[i].name))
            return &options[i];
    return NULL;
}

/* Parse --name VALUE, --name=VALUE or --flag. Returns how many arguments were used, or -1. */
static int parse_option(struct ep_options *o, char **argv, struct ep_text *why)
{
    const char *equals = strchr(argv[0], '=');
    const struct option *option = NULL;
    struct osft_span name;

    if (strncmp(argv[0], "--", 2) == 0) {
        name = ep_span(argv[0] + 2);
        if (equals)
            name.len = (size_t)(equals - name.ptr);
        option = find(name);
    }
    if (!option)
        return refuse(why, argv[0], "no such option; --help lists them");
    if (option->kind == FLAG)
        return equals ? refuse(why, argv[0], "takes no value") : set(o, option, NULL, why) ? -1 : 1;
    if (!equals && !argv[1])
        return refuse(why, argv[0], "needs a value");
    if (set(o, option, equals ? equals + 1 : argv[1], why))
        return -1;
    return equals ? 1 : 2;
}

static int check_tls(const struct ep_options *o, struct ep_text *why)
{
    if (!o->cert != !o->key)
        return refuse(why, "--cert and --key", "go together");
    if (o->cert && (o->ca_out || o->plain))
        return refuse(why, "--cert", "goes neither with --ca-out nor with --plain-http");
    if (o->plain && o->ca_out)
        return refuse(why, "--ca-out", "does not go with --plain-http");
    return 0;
}

static int check_runs(const struct ep_options *o, struct ep_text *why)
{
    int arrive = o->arrive_ms || o->arrive_per_request;

    if (o->tasks && (arrive || o->events))
        return refuse(why, "--arrive-ms, --arrive-per-request and --events",
                      "need made-up tasks, so they do not go with --tasks");
    if (o->vanish_every && !arrive)
        return refuse(why, "--vanish-every", "needs --arrive-ms or --arrive-per-request");
    return 0;
}

static int check_keys(const struct ep_options *o, struct ep_text *why)
{
    if (!*o->id || !*o->secret || (o->token && !*o->token) || (o->next_token && !*o->next_token))
        return refuse(
            why, "--access-key-id, --access-key-secret, --security-token, --next-security-token",
            "must not be empty");
    if (o->token_uses && !o->token)
        return refuse(why, "--token-uses", "needs --security-token");
    if (o->ram_role && (!o->plain || !*o->ram_role))
        return refuse(why, "--ram-role", "needs a name, and --plain-http");
    if (o->next_token && !o->token_uses)
        return refuse(why, "--next-security-token", "needs --token-uses");
    return 0;
}

static int check(const struct ep_options *o, struct ep_text *why)
{
    if (strcmp(o->spelling, "camel") != 0 && strcmp(o->spelling, "pascal") != 0)
        return refuse(why, "--case", "is camel or pascal");
    if (strcmp(o->bind, "127.0.0.1") != 0 && strcmp(o->bind, "::1") != 0)
        return refuse(why, "--bind", "is 127.0.0.1 or ::1, since this is no server for a network");
    if (o->tasks && o->generate >= 0)
        return refuse(why, "--tasks", "does not go with --generate");
    if (check_runs(o, why) || check_keys(o, why))
        return -1;
    return check_tls(o, why);
}

int ep_options_parse(struct ep_options *o, int argc, char **argv, struct ep_text *why)
{
    int i = 1, took;

    memset(o, 0, sizeof(*o));
    o->bind = "127.0.0.1";
    o->spelling = "camel";
    o->id = "testid";
    o->secret = "testsecret";
    o->generate = -1;
    o->run_s = 60;
    o->run_ms = -1;
    o->seed = 1;
    o->cert_days = 365;
    while (i < argc) {
        took = parse_option(o, argv + i, why);
        if (took < 0)
            return -1;
        i += took;
    }
    return o->help ? 0 : check(o, why);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "cmd.h"

static const char about[] =
    "osft - how the training tasks of an Alibaba Cloud OpenSearch function are going\n"
    "\n"
    "  osft list    asks the service for a page of tasks, newest first, or for all of them\n"
    "  osft get     asks the service for one task\n"
    "  osft watch   tells what happens to the tasks, as it happens\n"
    "  osft parse   prints the tasks of a saved answer\n"
    "\n"
    "  osft list --help, osft get --help, ...  options, examples, exit statuses\n"
    "  osft --version                          the version\n";

static const char list_use[] =
    "osft list --app APP --function NAME --instance NAME [options]\n"
    "\n"
    "Asks the service for one page of training tasks, newest first, and prints them; with --all,\n"
    "for page after page.\n"
    "\n"
    "What to ask for\n"
    "  --app APP             application (app group)\n"
    "  --function NAME       function, such as ctr\n"
    "  --instance NAME       instance of the function\n"
    "  --status STATUS       only these: success, failed or running\n"
    "  --since TIME          only tasks that started later than this\n"
    "  --until TIME          only tasks that ended earlier than this\n"
    "  --page N              which page, from 1\n"
    "  --page-size N         tasks a page; the service's own choice is 1. The command shows at\n"
    "                        most 1000 of one page\n"
    "  --all                 all tasks, however many: each is printed once, in fixed memory, also\n"
    "                        when new ones come meanwhile; --page-size (100) is then how many to\n"
    "                        ask for at once\n"
    "\n"
    "TIME is 2024-02-29T23:59:59Z or with an offset such as +08:00, a date (midnight UTC),\n"
    "milliseconds since 1970, or a length of time ago: -45s, -30m, -12h, -7d, -2w.\n"
    "\n"
    "How to show it\n"
    "  --format FORMAT       table (default), json (one document), jsonl (a task a line), csv,\n"
    "                        prometheus (its text format, for scraping), timeline (a bar a run)\n"
    "  --verbose             say on standard error what is going on\n";

static const char get_use[] =
    "osft get --app APP --function NAME --instance NAME --generation N [options]\n"
    "\n"
    "Asks the service for one training task, and prints it.\n"
    "\n"
    "What to ask for\n"
    "  --app APP             application (app group)\n"
    "  --function NAME       function, such as ctr\n"
    "  --instance NAME       instance of the function\n"
    "  --generation N        which run: what osft list shows as GEN\n"
    "\n"
    "How to show it\n"
    "  --format FORMAT       table (default), json, jsonl, csv, prometheus, timeline\n"
    "  --verbose             say on standard error what is going on\n";

static const char watch_use[] =
    "osft watch --app APP --function NAME --instance NAME [options]\n"
    "\n"
    "Looks again and again, and tells what happens to the runs: started, progressed, succeeded,\n"
    "failed, vanished, each once, a line an event: time, event, generation, run, progress. On a\n"
    "terminal the newest runs stay in view below, whose bars stand for progressed. SIGINT\n"
    "(Ctrl-C) and SIGTERM end it.\n"
    "\n"
    "What to ask for\n"
    "  --app APP             application (app group)\n"
    "  --function NAME       function, such as ctr\n"
    "  --instance NAME       instance of the function\n"
    "  --interval TIME       how often to look: 30s (default), 5m; at least 1s\n"
    "  --once                look once, then end\n"
    "  --state FILE          keep in FILE what has been told, so that it is not told again, and\n"
    "                        what happens while no watch runs is not missed. A power cut leaves\n"
    "                        the old FILE or the new one. One watch a FILE.\n"
    "Without FILE, or with a new one, the first look tells of the runs that have not ended.\n"
    "It follows 1000 runs; when it has to drop one that it still followed, it says so.\n"
    "\n"
    "How to show it\n"
    "  --format FORMAT       table (default), jsonl (an object an event)\n"
    "  --verbose             say on standard error what is going on\n"
    "\n"
    "A look that fails is told on standard error, once until the failure changes, and the watch\n"
    "goes on, unless it cannot heal: credentials that the service does not know, or bad usage.\n";

static const char whom[] =
    "\n"
    "Whom to ask\n"
    "  --region REGION       default: cn-hangzhou\n"
    "  --endpoint HOST[:PORT]\n"
    "                        instead of a region; an IPv6 address in brackets: [::1]:8443\n"
    "  --ca FILE             root certificates to trust instead of the system's; a file or a\n"
    "                        directory\n"
    "  --timeout TIME        for the whole call, with all attempts and the waits between them:\n"
    "                        30s (default), 500ms, 2m; with list --all for each page, with watch\n"
    "                        for each look\n"
    "  --retries N           further attempts when the network or the service is unwell (3)\n"
    "  --plain-http          without TLS; to this machine only\n";

static const char dry[] =
    "\n"
    "What would be sent\n"
    "  --dry-run             send nothing; print the canonical request, the string to sign, and\n"
    "                        the request, to compare with what the gateway says it computed.\n"
    "                        The secret is never part of that, and an STS token is left out:\n"
    "                        '(the token)' stands where it would be sent.\n"
    "  --date TIME           with the date 2024-02-29T23:59:59Z instead of now\n"
    "  --nonce TEXT          with this nonce instead of a random one\n";

static const char environment[] =
    "\n"
    "Environment\n"
    "  ALIBABA_CLOUD_ACCESS_KEY_ID       needed\n"
    "  ALIBABA_CLOUD_ACCESS_KEY_SECRET   needed\n"
    "  ALIBABA_CLOUD_SECURITY_TOKEN      with temporary (STS) credentials\n"
    "  SSL_CERT_FILE                     root certificates, where --ca is not given\n"
    "  NO_COLOR                          no colour, even on a terminal\n"
    "\n"
    "Exit status\n"
    "  0 done   1 the service refused   2 usage   3 network   4 TLS   5 credentials or signature\n"
    "  6 a broken answer, or one too large for the command   8 the output or a state could not be\n"
    "  written, or a state not be read\n";

static const char ends_by_signal[] =
    "A signal ends it as a signal does (130 SIGINT, 143 SIGTERM): what was printed is not all.\n";

static const char watch_ends_by_signal[] =
    "SIGINT or SIGTERM end a watch with 0; with --once, as a signal does (130, 143).\n";

static const char list_examples[] =
    "\n"
    "Examples\n"
    "  osft list --app my-app --function ctr --instance ctr_test --page-size 20\n"
    "  osft list --app my-app --function ctr --instance ctr_test --status failed --since -7d\n"
    "  osft list --app my-app --function ctr --instance ctr_test --all --format csv\n";

static const char get_examples[] =
    "\n"
    "Example\n"
    "  osft get --app my-app --function ctr --instance ctr_test --generation 3\n";

static const char watch_examples[] =
    "\n"
    "Examples\n"
    "  osft watch --app my-app --function ctr --instance ctr_test\n"
    "  osft watch --app my-app --function ctr --instance ctr_test --once --format jsonl \\\n"
    "      --state /var/lib/osft/ctr\n";

static const char parse_use[] =
    "osft parse [--format FORMAT] [FILE]\n"
    "\n"
    "Prints the tasks of a saved answer: the body of what ListFunctionTasks or GetFunctionTask\n"
    "answered, or what osft list or osft get printed as json, in FILE or, without FILE or with -,\n"
    "on standard input. Nothing is sent; no credentials are needed.\n"
    "\n"
    "  --format FORMAT       table (default), json (one document), jsonl (a task a line), csv,\n"
    "                        prometheus (its text format, for scraping), timeline (a bar a run)\n"
    "\n"
    "Exit status\n"
    "  0 done   1 it is the service's refusal   2 usage, or the file cannot be read\n"
    "  6 not JSON: where, and what was wanted there, is said   7 JSON, but no such answer\n"
    "  8 the output could not be written, or memory ran out\n"
    "\n"
    "Examples\n"
    "  osft parse answer.json\n"
    "  osft list --app my-app --function ctr --instance ctr_test --format json | osft parse\n";

const char *command_name(enum command command)
{
    switch (command) {
    case COMMAND_LIST: return "list";
    case COMMAND_GET: return "get";
    case COMMAND_WATCH: return "watch";
    case COMMAND_PARSE: break;
    }
    return "parse";
}

static void put_all(const char *const *parts)
{
    for (; *parts != NULL; parts++) {
        out_str(&cmd_out, *parts);
    }
}

void usage_help(enum command command)
{
    static const char *const list[] = { list_use,       whom,          dry, environment,
                                        ends_by_signal, list_examples, NULL };
    static const char *const get[] = { get_use,        whom,         dry, environment,
                                       ends_by_signal, get_examples, NULL };
    static const char *const watch[] = { watch_use,      whom, environment, watch_ends_by_signal,
                                         watch_examples, NULL };
    static const char *const parse[] = { parse_use, NULL };
    static const char *const whole[] = { about, NULL };

    switch ((int)command) {
    case COMMAND_LIST: put_all(list); break;
    case COMMAND_GET: put_all(get); break;
    case COMMAND_WATCH: put_all(watch); break;
    case COMMAND_PARSE: put_all(parse); break;
    default: put_all(whole);
    }
}

int usage_error(enum command command, const char *what, const char *value)
{
    out_str(&cmd_err, "osft: ");
    out_str(&cmd_err, what);
    if (value != NULL) {
        out_str(&cmd_err, " '");
        text_safe(&cmd_err, value, strlen(value), 0);
        out_str(&cmd_err, "'");
    }
    out_str(&cmd_err, "\n  what to do: see osft ");
    if (command != 0) {
        out_str(&cmd_err, command_name(command));
        out_str(&cmd_err, " ");
    }
    out_str(&cmd_err, "--help\n");
    return -1;
}

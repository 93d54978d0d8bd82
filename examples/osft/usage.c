/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of --help, and reports of usage errors. */
#include <string.h>
#include "command.h"

static const char about[] =
    "osft - lists and watches training tasks of an Alibaba Cloud OpenSearch function\n"
    "\n"
    "  osft list    asks the service for a page of tasks, newest first, or for all\n"
    "  osft get     asks the service for one task\n"
    "  osft watch   reports what happens to the tasks, as it happens\n"
    "  osft parse   prints the tasks of a saved response\n"
    "\n"
    "  osft help list, osft list --help, ...   options, examples, exit statuses\n"
    "  osft version, osft --version            the version\n";

static const char list_usage[] =
    "osft list --app APP --function NAME --instance NAME [options]\n"
    "\n"
    "Asks the service for one page of training tasks, newest first, and prints them;\n"
    "with --all, for one page after the other.\n"
    "\n"
    "What to ask for\n"
    "  --app APP             application (app group)\n"
    "  --function NAME       function, such as ctr\n"
    "  --instance NAME       instance of the function\n"
    "  --status STATUS       only these: success, failed or running\n"
    "  --since TIME          only tasks that started later than this\n"
    "  --until TIME          only tasks that ended earlier than this\n"
    "  --page N              which page, from 1\n"
    "  --page-size N         tasks a page (20). The command shows at most 1000 tasks\n"
    "                        of one page\n"
    "  --all                 all tasks, however many: each is printed once, in fixed\n"
    "                        memory, also when new ones come meanwhile; --page-size\n"
    "                        (100) is then how many to ask for at once\n"
    "\n"
    "TIME is 2024-02-29T23:59:59Z or with an offset such as +08:00, a date (midnight\n"
    "UTC), milliseconds since 1970, or that long ago: -45s, -30m, -12h, -7d, -2w.\n"
    "\n"
    "How to show it\n"
    "  --format FORMAT       table (default), json (one document), jsonl (a task a\n"
    "                        line), csv, prometheus (its text format, for scraping),\n"
    "                        timeline (a bar a run)\n"
    "  --extend-info FORM    what jsonl carries as extendInfo: text (default), or\n"
    "                        object, where the text is JSON of one\n"
    "  --output FILE         with prometheus: replace FILE as a whole instead of\n"
    "                        printing. After a call that failed it holds osft_up 0,\n"
    "                        after any other osft_up 1\n"
    "  --verbose             report on standard error what is done\n";

static const char get_usage[] =
    "osft get --app APP --function NAME --instance NAME --generation N [options]\n"
    "\n"
    "Asks the service for one training task, and prints it; with --wait, when its run\n"
    "has ended.\n"
    "\n"
    "What to ask for\n"
    "  --app APP             application (app group)\n"
    "  --function NAME       function, such as ctr\n"
    "  --instance NAME       instance of the function\n"
    "  --generation N        which run: what osft list shows as GEN\n"
    "  --wait                ask again until the run has ended; --timeout (none) is\n"
    "                        then for the whole wait, and a call takes 30s at most\n"
    "  --interval TIME       with --wait, how often to ask: 30s (default), 5m; at\n"
    "                        least 1s\n"
    "\n"
    "How to show it\n"
    "  --format FORMAT       table (default), json, jsonl, csv, prometheus, timeline\n"
    "  --verbose             report on standard error what is done\n"
    "  --extend-info FORM    what jsonl carries as extendInfo: text (default), or\n"
    "                        object, where the text is JSON of one\n";

static const char watch_usage[] =
    "osft watch --app APP --function NAME --instance NAME [options]\n"
    "\n"
    "Polls the service, and reports what happens to the runs: started, progressed,\n"
    "succeeded, failed, vanished; each event once, on a line: time, event,\n"
    "generation, run, progress. On a terminal the newest runs stay in view below, and\n"
    "their bars replace the event progressed. SIGINT (Ctrl-C) and SIGTERM end it.\n"
    "\n"
    "What to ask for\n"
    "  --app APP             application (app group)\n"
    "  --function NAME       function, such as ctr\n"
    "  --instance NAME       instance of the function\n"
    "  --interval TIME       how often to poll: 30s (default), 5m; at least 1s\n"
    "  --once                poll once, then end\n"
    "  --state FILE          keep in FILE what was reported, so that it is not\n"
    "                        reported again, and what happens while no watch runs is\n"
    "                        not missed. A power cut leaves the old FILE or the new\n"
    "                        one. Each watch needs its own FILE.\n"
    "Without FILE, or with a new one, the first poll reports the runs that have not\n"
    "ended. 1000 runs are followed; a run that has not ended and is no longer\n"
    "followed is reported as dropped.\n"
    "\n"
    "What to do then\n"
    "  --exec COMMAND        run COMMAND by /bin/sh for each event, one after the\n"
    "                        other, behind the poll: the event in OSFT_EVENT,\n"
    "                        OSFT_RUN_ID, OSFT_GENERATION, OSFT_STATUS,\n"
    "                        OSFT_PROGRESS, ... and as JSON on standard input. At\n"
    "                        most 100 for a poll. What it prints goes to standard\n"
    "                        error, and so does that it failed\n"
    "  --exec-timeout TIME   when COMMAND is killed, with its process group (30s)\n"
    "\n"
    "How to show it\n"
    "  --format FORMAT       table (default), jsonl (an object an event)\n"
    "  --verbose             report on standard error what is done\n"
    "  --extend-info FORM    what jsonl carries as extendInfo: text (default), or\n"
    "                        object, where the text is JSON of one\n"
    "\n"
    "A poll that fails is reported on standard error, once until the failure changes,\n"
    "and the watch goes on; it ends where only you can help: with credentials that\n"
    "the service does not know, or a request that cannot be sent.\n";

static const char server[] =
    "\n"
    "Which server\n"
    "  --region REGION       default: cn-hangzhou\n"
    "  --endpoint HOST[:PORT]\n"
    "                        instead of a region; an IPv6 address in brackets:\n"
    "                        [::1]:8443\n"
    "  --ca FILE             root certificates to trust instead of the system's; a\n"
    "                        file or a directory\n"
    "  --proxy URL           through the HTTP proxy http://USER:PASSWORD@HOST:PORT,\n"
    "                        instead of the environment's; '' for none. Others on\n"
    "                        this machine can read arguments: a password is better in\n"
    "                        HTTPS_PROXY\n"
    "  --timeout TIME        for the whole call, with all attempts and the waits\n"
    "                        between them: 30s (default), 500ms, 2m; with list --all\n"
    "                        for each page, with watch for each poll. A response may\n"
    "                        take all of it\n"
    "  --retries N           further attempts when the network or the service fails\n"
    "                        (3), within --timeout\n"
    "  --plain-http          without TLS, and without a proxy; to this machine only\n";

static const char dry_run[] =
    "\n"
    "What would be sent\n"
    "  --dry-run             send nothing; print the canonical request, the string to\n"
    "                        sign, and the request, to compare with what the gateway\n"
    "                        says it computed. The secret is never part of them, and\n"
    "                        an STS token and the signature are left out: '(the\n"
    "                        token)' and '(the signature)' stand where they would be\n"
    "                        sent.\n"
    "  --show-signature      show the signature: whoever has it can send the request\n"
    "                        for a quarter of an hour\n"
    "  --date TIME           with this date, as 2024-02-29T23:59:59Z, instead of now\n"
    "  --nonce TEXT          with this nonce instead of a random one\n";

static const char credentials_usage[] =
    "\n"
    "Credentials: the first of these that there is\n"
    "  --credentials FILE    a file that only you can read (chmod 600): INI as in\n"
    "                        ~/.alibabacloud/credentials, or JSON as in\n"
    "                        ~/.aliyun/config.json\n"
    "  --profile NAME        of FILE; without FILE, of the first of the two below\n"
    "                        that has it\n"
    "  ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET; with\n"
    "  temporary (STS) credentials also ALIBABA_CLOUD_SECURITY_TOKEN\n"
    "  ALIBABA_CLOUD_CREDENTIALS_FILE, or else ~/.alibabacloud/credentials (types\n"
    "  access_key, sts, ecs_ram_role)\n"
    "  ~/.aliyun/config.json (modes AK, StsToken, External, EcsRamRole)\n"
    "  ALIBABA_CLOUD_ECS_METADATA    name of this machine's RAM role\n"
    "A file is read again when it changes, and what ends is asked for again.\n";

static const char environment[] =
    "\n"
    "Environment\n"
    "  ALIBABA_CLOUD_PROFILE             the profile, where --profile is not given\n"
    "  SSL_CERT_FILE                     root certificates, where --ca is not given\n"
    "  HTTPS_PROXY, https_proxy          the proxy, where --proxy is not given\n"
    "  NO_PROXY, no_proxy                hosts that need no proxy, such as\n"
    "                                    localhost,example.com,10.0.0.0/8; * for all\n"
    "  NO_COLOR                          no colour, even on a terminal\n"
    "\n"
    "Exit status\n"
    "  0  done\n"
    "  1  the service refused\n"
    "  2  usage\n"
    "  3  network or proxy\n"
    "  4  TLS\n"
    "  5  credentials, signature or clock\n"
    "  6  a broken response, a task in it that cannot be used, or one too large for\n"
    "     the command\n"
    "  8  the output or a state could not be written, or a state could not be read\n";

static const char wait_statuses[] = "  9  --wait: the run has ended, and not with success\n"
                                    " 10  --wait: the run has not ended within --timeout\n";

static const char ends_by_signal[] =
    "After SIGINT the status is 130, after SIGTERM 143: not all was printed.\n";

static const char watch_ends_by_signal[] =
    "SIGINT and SIGTERM end a watch with 0; with --once, with 130 and 143.\n";

static const char list_examples[] =
    "\n"
    "Examples\n"
    "  osft list --app my-app --function ctr --instance ctr_test --page-size 20\n"
    "  osft list --app my-app --function ctr --instance ctr_test --status failed \\\n"
    "      --since -7d\n"
    "  osft list --app my-app --function ctr --instance ctr_test --all --format csv\n";

static const char get_examples[] =
    "\n"
    "Examples\n"
    "  osft get --app my-app --function ctr --instance ctr_test --generation 3\n"
    "  osft get --app my-app --function ctr --instance ctr_test --generation 3 \\\n"
    "      --wait --timeout 2h\n";

static const char watch_examples[] =
    "\n"
    "Examples\n"
    "  osft watch --app my-app --function ctr --instance ctr_test\n"
    "  osft watch --app my-app --function ctr --instance ctr_test --once \\\n"
    "      --format jsonl --state /var/lib/osft/ctr\n"
    "  osft watch --app my-app --function ctr --instance ctr_test \\\n"
    "      --state /var/lib/osft/ctr --exec 'logger \"$OSFT_RUN_ID $OSFT_EVENT\"'\n";

static const char parse_usage[] =
    "osft parse [--format FORMAT] [FILE]\n"
    "\n"
    "Prints the tasks of a saved response: the body of a response to\n"
    "ListFunctionTasks or GetFunctionTask, or what osft list or osft get printed as\n"
    "json. It is read from FILE or, without FILE or with -, from standard input.\n"
    "Nothing is sent; no credentials are needed.\n"
    "\n"
    "  --format FORMAT       table (default), json (one document), jsonl (a task a\n"
    "                        line), csv, prometheus (its text format, for scraping),\n"
    "                        timeline (a bar a run)\n"
    "  --extend-info FORM    what jsonl carries as extendInfo: text (default), or\n"
    "                        object, where the text is JSON of one\n"
    "\n"
    "Exit status\n"
    "  0  done\n"
    "  1  the response says that the service refused\n"
    "  2  usage, or the file cannot be read\n"
    "  6  not JSON (the byte and what was expected there are reported), or a task\n"
    "     cannot be used\n"
    "  7  JSON, but no such response\n"
    "  8  the output could not be written, or memory ran out\n"
    "\n"
    "Examples\n"
    "  osft parse response.json\n"
    "  osft list --app my-app --function ctr --instance ctr_test \\\n"
    "      --format json | osft parse\n";

const char *get_command_name(enum command command)
{
    switch (command) {
    case COMMAND_LIST: return "list";
    case COMMAND_GET: return "get";
    case COMMAND_WATCH: return "watch";
    case COMMAND_PARSE: break;
    }
    return "parse";
}

static void print_parts(const char *const *parts)
{
    for (; *parts != NULL; parts++) {
        put_text(&standard_output, *parts);
    }
}

void print_help(enum command command)
{
    static const char *const list[] = { list_usage,        server,      dry_run,
                                        credentials_usage, environment, ends_by_signal,
                                        list_examples,     NULL };
    static const char *const get[] = { get_usage,         server,       dry_run,
                                       credentials_usage, environment,  wait_statuses,
                                       ends_by_signal,    get_examples, NULL };
    static const char *const watch[] = {
        watch_usage,    server, credentials_usage, environment, watch_ends_by_signal,
        watch_examples, NULL
    };
    static const char *const parse[] = { parse_usage, NULL };
    static const char *const whole[] = { about, NULL };

    switch ((int)command) {
    case COMMAND_LIST: print_parts(list); break;
    case COMMAND_GET: print_parts(get); break;
    case COMMAND_WATCH: print_parts(watch); break;
    case COMMAND_PARSE: print_parts(parse); break;
    default: print_parts(whole);
    }
}

/* Put a value, with *** for the text before an @, which may be the user and password of a proxy. */
static void put_without_login(const char *value)
{
    const char *at = strrchr(value, '@'), *start = value, *scheme = strstr(value, "://");

    if (at != NULL) {
        start = strncmp(value, "--", 2) == 0 && strchr(value, '=') != NULL ? strchr(value, '=') + 1
                                                                           : start;
        start = scheme != NULL ? scheme + 3 : start;
    }
    if (at != NULL && start < at) {
        put_safe_text(&standard_error, value, (size_t)(start - value), 0);
        put_text(&standard_error, "***");
        value = at;
    }
    put_safe_text(&standard_error, value, strlen(value), 0);
}

int report_usage_error(enum command command, const char *what, const char *value)
{
    return report_usage_error_with_hint(command, what, value, NULL);
}

int report_usage_error_with_hint(enum command command, const char *what, const char *value,
                                 const char *hint)
{
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, what);
    if (value != NULL) {
        put_text(&standard_error, " '");
        put_without_login(value);
        put_text(&standard_error, "'");
    }
    put_text(&standard_error, "\n  what to do: ");
    if (hint != NULL) {
        put_text(&standard_error, hint);
        put_text(&standard_error, " ");
    }
    put_text(&standard_error, hint != NULL ? "See osft " : "see osft ");
    if (command != 0) {
        put_text(&standard_error, get_command_name(command));
        put_text(&standard_error, " ");
    }
    put_text(&standard_error, "--help\n");
    return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "cmd.h"

static const char about[] =
    "osft - how the training tasks of an Alibaba Cloud OpenSearch function are going\n"
    "\n"
    "  osft list    asks the service for one page of tasks, newest first\n"
    "  osft parse   prints the tasks of a saved answer\n"
    "\n"
    "  osft list --help, osft parse --help    options, examples, exit statuses\n"
    "  osft --version                         the version\n";

static const char list_use[] =
    "osft list --app APP --function NAME --instance NAME [options]\n"
    "\n"
    "Asks the service for one page of training tasks, newest first, and prints them.\n"
    "\n"
    "What to ask for\n"
    "  --app APP             application (app group)\n"
    "  --function NAME       function, such as ctr\n"
    "  --instance NAME       instance of the function\n"
    "  --status STATUS       only these: success, failed or running\n"
    "  --since TIME          only tasks that started later than this\n"
    "  --until TIME          only tasks that ended earlier than this\n"
    "  --page N              which page, from 1\n"
    "  --page-size N         tasks a page; the service's own choice is 1\n"
    "\n"
    "TIME is 2024-02-29T23:59:59Z or with an offset such as +08:00, a date (midnight UTC),\n"
    "milliseconds since 1970, or a length of time ago: -45s, -30m, -12h, -7d, -2w.\n"
    "\n"
    "How to show it\n"
    "  --format FORMAT       table (default), json (one document), jsonl (a task a line), csv,\n"
    "                        prometheus (its text format, for scraping), timeline (a bar a run)\n"
    "  --verbose             say on standard error what is going on\n"
    "\n"
    "Whom to ask\n"
    "  --region REGION       default: cn-hangzhou\n"
    "  --endpoint HOST[:PORT]\n"
    "                        instead of a region; an IPv6 address in brackets: [::1]:8443\n"
    "  --ca FILE             root certificates to trust instead of the system's; a file or a\n"
    "                        directory\n"
    "  --timeout TIME        for the whole call: 10s (default), 500ms, 2m\n"
    "  --plain-http          without TLS; to this machine only\n";

static const char list_dry[] =
    "\n"
    "What would be sent\n"
    "  --dry-run             send nothing; print the canonical request, the string to sign, and\n"
    "                        the request, to compare with what the gateway says it computed.\n"
    "                        The secret is never part of that. An STS token is: it is printed\n"
    "                        as it would be sent, so look before you share the output.\n"
    "  --date TIME           with the date 2024-02-29T23:59:59Z instead of now\n"
    "  --nonce TEXT          with this nonce instead of a random one\n"
    "\n"
    "Environment\n"
    "  ALIBABA_CLOUD_ACCESS_KEY_ID       needed\n"
    "  ALIBABA_CLOUD_ACCESS_KEY_SECRET   needed\n"
    "  ALIBABA_CLOUD_SECURITY_TOKEN      with temporary (STS) credentials\n"
    "  SSL_CERT_FILE                     root certificates, where --ca is not given\n"
    "  NO_COLOR                          no colour, even on a terminal\n";

static const char list_examples[] =
    "\n"
    "Exit status\n"
    "  0 done   1 the service refused   2 usage   3 network   4 TLS   5 credentials or signature\n"
    "  6 a broken answer, or one too large for the command   8 the output could not be written\n"
    "\n"
    "Examples\n"
    "  osft list --app my-app --function ctr --instance ctr_test --page-size 20\n"
    "  osft list --app my-app --function ctr --instance ctr_test --status failed --since -7d\n"
    "  osft list --app my-app --function ctr --instance ctr_test --page-size 50 --format csv\n";

static const char parse_use[] =
    "osft parse [--format FORMAT] [FILE]\n"
    "\n"
    "Prints the tasks of a saved answer: the body of what ListFunctionTasks answered, in FILE or,\n"
    "without FILE or with -, on standard input. Nothing is sent; no credentials are needed.\n"
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
    return command == COMMAND_LIST ? "list" : "parse";
}

void usage_help(enum command command)
{
    if (command == COMMAND_LIST) {
        out_str(&cmd_out, list_use);
        out_str(&cmd_out, list_dry);
        out_str(&cmd_out, list_examples);
    } else if (command == COMMAND_PARSE) {
        out_str(&cmd_out, parse_use);
    } else {
        out_str(&cmd_out, about);
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

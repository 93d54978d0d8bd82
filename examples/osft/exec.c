/* SPDX-License-Identifier: Apache-2.0 */
/* watch --exec: a command for each event. Events come while a response is read, when there is no
 * time for commands: they are kept, and the commands are run one after the other behind the poll,
 * before the state is saved. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../common/eventcommand.h"
#include "command.h"

#define COMMANDS_MAX 100               /* of one poll */
#define BYTES_MAX    (4 * 1024 * 1024) /* of all events that are kept */

static struct kept_event *first, **last_next = &first;
static size_t kept_count, kept_bytes, refused_count;

void keep_event(const struct event *event, const struct osft_query *query)
{
    struct kept_event *kept = NULL;

    if (kept_count < COMMANDS_MAX) {
        kept = copy_event(event, query, has_extend_info_object(), BYTES_MAX - kept_bytes);
    }
    if (kept == NULL) {
        refused_count++;
        return;
    }
    *last_next = kept;
    last_next = &kept->next;
    kept_count++;
    kept_bytes += kept->len;
}

static void report_command(const struct kept_event *kept, const char *how)
{
    const char *run_id = find_event_variable(kept, "OSFT_RUN_ID");

    put_text(&standard_error, "osft: the command for the event ");
    put_text(&standard_error, find_event_variable(kept, "OSFT_EVENT"));
    put_text(&standard_error, " of the run ");
    put_safe_text(&standard_error, run_id, strlen(run_id), 0);
    put_text(&standard_error, " ");
    put_text(&standard_error, how);
    put_text(&standard_error, "\n");
    flush_output(&standard_error);
}

/* Returns 0, or -1 when a signal has ended it. */
static int run_command(struct kept_event *kept, const struct plan *plan)
{
    static char shell[] = "/bin/sh", option[] = "-c";
    char *command = strdup(plan->exec), *arguments[] = { shell, option, command, NULL };
    struct child child = { .arguments = arguments,
                           .environment = make_event_environment(kept),
                           .input = { kept->bytes + kept->variables_len,
                                      kept->len - kept->variables_len },
                           .limit_ms = plan->exec_ms,
                           .end = CHILD_NOT_STARTED,
                           .code = ENOMEM };
    char how[128];

    if (command != NULL && child.environment != NULL) {
        run_child(&child);
    }
    if (child.end != CHILD_EXITED || child.code != 0) {
        describe_child_end(&child, how, sizeof(how));
        report_command(kept, how);
    }
    free(command);
    free(child.environment);
    return child.end == CHILD_STOPPED ? -1 : 0;
}

size_t count_kept_events(void)
{
    return kept_count + refused_count;
}

int run_commands(const struct plan *plan)
{
    int result = 0;

    while (first != NULL) {
        struct kept_event *kept = first;

        if (result == 0) {
            result = get_signal() != 0 ? -1 : run_command(kept, plan);
        }
        first = kept->next;
        free(kept);
    }
    last_next = &first;
    if (refused_count > 0 && result == 0) {
        put_text(&standard_error, "osft: ");
        put_integer(&standard_error, (int64_t)refused_count);
        put_text(&standard_error, " more events of this poll have had no command: ");
        put_integer(&standard_error, COMMANDS_MAX);
        put_text(&standard_error, " commands are run for a poll at most\n");
        flush_output(&standard_error);
    }
    kept_count = kept_bytes = refused_count = 0;
    return result;
}

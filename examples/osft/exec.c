/* SPDX-License-Identifier: Apache-2.0 */
/* watch --exec: running a command for each event. Events come while a response is read, when
 * commands would delay the call. Therefore events are queued. After the poll, and before the state
 * is saved, the commands are run one after the other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../common/eventcommand.h"
#include "command.h"

#define COMMANDS_MAX 100               /* the most events that are queued in one poll */
#define BYTES_MAX    (4 * 1024 * 1024) /* the most bytes of all queued events */

static struct queued_event *first_event, **last_link = &first_event;
static size_t queued_count, queued_bytes, refused_count;

void queue_event(const struct event *event, const struct osft_query *query)
{
    const struct event_source source = { NULL, query };
    struct queued_event *queued = NULL;

    if (queued_count < COMMANDS_MAX) {
        queued = copy_event(event, &source, has_extend_info_object(), BYTES_MAX - queued_bytes);
    }
    if (queued == NULL) {
        refused_count++;
        return;
    }
    *last_link = queued;
    last_link = &queued->next;
    queued_count++;
    queued_bytes += queued->len;
}

static void report_failed_command(const struct queued_event *queued, const char *how)
{
    const char *run_id = find_event_variable(queued, "OSFT_RUN_ID");

    put_text(&standard_error, "osft: the command for the event ");
    put_text(&standard_error, find_event_variable(queued, "OSFT_EVENT"));
    put_text(&standard_error, " of the run ");
    put_safe_text(&standard_error, run_id, strlen(run_id), 0);
    put_text(&standard_error, " ");
    put_text(&standard_error, how);
    put_text(&standard_error, "\n");
    flush_output(&standard_error);
}

/* Run the command of --exec for one event. Returns 0, or -1 when a signal has ended it. */
static int run_command(struct queued_event *queued, const struct plan *plan)
{
    static char shell[] = "/bin/sh", option[] = "-c";
    char *command = strdup(plan->exec), *arguments[] = { shell, option, command, NULL };
    struct child child = { .arguments = arguments,
                           .environment = make_event_environment(queued),
                           .input = { queued->bytes + queued->variables_len,
                                      queued->len - queued->variables_len },
                           .limit_ms = plan->exec_ms,
                           .end = CHILD_NOT_STARTED,
                           .code = ENOMEM };
    char how[128];

    if (command != NULL && child.environment != NULL) {
        run_child(&child);
    }
    if (child.end != CHILD_EXITED || child.code != 0) {
        describe_child_end(&child, how, sizeof(how));
        report_failed_command(queued, how);
    }
    free(command);
    free(child.environment);
    return child.end == CHILD_STOPPED ? -1 : 0;
}

size_t count_queued_events(void)
{
    return queued_count + refused_count;
}

int run_commands(const struct plan *plan)
{
    int result = 0;

    while (first_event != NULL) {
        struct queued_event *queued = first_event;

        if (result == 0) {
            result = get_signal() != 0 ? -1 : run_command(queued, plan);
        }
        first_event = queued->next;
        free(queued);
    }
    last_link = &first_event;
    if (refused_count > 0 && result == 0) {
        put_text(&standard_error, "osft: ");
        put_integer(&standard_error, (int64_t)refused_count);
        put_text(&standard_error, " more events of this poll had no command: of one poll at most ");
        put_integer(&standard_error, COMMANDS_MAX);
        put_text(&standard_error, " events, and ");
        put_integer(&standard_error, BYTES_MAX / (1024 * 1024));
        put_text(&standard_error, " MiB of them, are kept for commands\n");
        print_advice("look at them with osft list; a shorter --interval brings fewer at once");
    }
    queued_count = queued_bytes = refused_count = 0;
    return result;
}

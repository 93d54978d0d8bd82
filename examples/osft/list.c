/* SPDX-License-Identifier: Apache-2.0 */
/* list without --all, and get: printing one page of tasks, or one task. */
#include <string.h>
#include <unistd.h>
#include "command.h"

static struct osft_task tasks[TASKS_MAX];

/* List tasks. If the first request was refused for its date, this machine's clock is wrong, and the
 * response has told the service's time. Times such as -6h are then counted from the service's
 * clock, and the list is requested again. */
static int list_by_service_clock(struct osft_client *client, const struct plan *plan,
                                 struct osft_page *page)
{
    struct osft_query query = plan->query;
    int error = list_tasks(client, plan, &query, page);

    if (error != OSFT_E_STOPPED && client->reply.http_status != 0 &&
        correct_query_times(plan, client->clock_offset_s, &query)) {
        error = list_tasks(client, plan, &query, page);
    }
    return error;
}

/* Print that other pages have more tasks, which is easily overlooked. If no task matches, print
 * that, as an empty table would look like a fault. */
static void print_hint(const struct plan *plan, const struct osft_page *page,
                       const struct osft_reply *reply)
{
    int is_none = reply->total == 0 || (reply->total == OSFT_UNKNOWN && page->count == 0);
    int is_wanted = plan->verbose || isatty(STDERR_FILENO) ||
                    (page->count == 0 && plan->format == FORMAT_TABLE);

    flush_output(&standard_output);
    if (is_none && is_wanted) {
        print_note("no task matches");
    } else if (is_wanted && reply->total > (int64_t)page->count) {
        put_text(&standard_error, "osft: ");
        put_integer(&standard_error, (int64_t)page->count);
        put_text(&standard_error, " of ");
        put_integer(&standard_error, reply->total);
        put_text(&standard_error, " tasks; --all, or --page-size and --page, show more\n");
    }
}

static void detect_list_display(struct display *display, const struct plan *plan)
{
    detect_display(display);
    display->query = &plan->query;
    if (plan->output != NULL) { /* for a file, the width and colours of the terminal do not apply */
        display->is_terminal = display->has_colour = display->ascii_only = 0;
    }
}

static int print_result(int error, const struct plan *plan, const struct osft_reply *reply,
                        const struct osft_page *page)
{
    struct report_context context = { plan, &session_limits, -1 };
    struct display display;
    int is_get = plan->command == COMMAND_GET;

    detect_list_display(&display, plan);
    display.is_one_task = is_get;
    display.is_cut = error != OSFT_OK && !is_only_omission(error, reply);
    if (page->count > 0 || (!display.is_cut && !is_get)) {
        print_page(&standard_output, plan->format, &display, page, reply);
    }
    if (error != OSFT_OK) {
        report_omissions(reply);
        return report_failure(error, reply, &context);
    }
    if (is_get && page->count == 0) {
        return report_no_task(reply, &context);
    }
    if (!is_get) {
        print_hint(plan, page, reply);
    }
    return EXIT_DONE;
}

/* Call the service once and print the tasks. Returns an exit status; *is_whole: 1 when a whole
 * response was printed. */
static int list_once(const struct plan *plan, int *is_whole)
{
    struct osft_page page = { .tasks = tasks, .max = TASKS_MAX };
    struct osft_client *client = NULL;
    int64_t start_ms = get_monotonic_ms();
    int status = start_session(plan, &client);

    if (status == EXIT_DONE) {
        int error = list_by_service_clock(client, plan, &page);
        if (error == OSFT_E_STOPPED) {
            status = EXIT_SIGNAL + get_signal();
        } else {
            print_call_summary(client, plan, (int64_t)page.count, start_ms);
            status = print_result(error, plan, &client->reply, &page);
            *is_whole = error == OSFT_OK || is_only_omission(error, &client->reply);
        }
    }
    stop_session();
    return status;
}

/* Complete the file of --output. After a failed call the file has only the sample that says so, as
 * an incomplete exposition is never printed. After a signal the old file stays. Returns an exit
 * status. */
static int finish_output(const struct plan *plan, struct output_file *file, int status,
                         int is_whole)
{
    struct display display;
    int file_status;

    if (status > EXIT_SIGNAL) {
        (void)close_output_file(file, 0);
        return status;
    }
    detect_list_display(&display, plan);
    print_prometheus_up(&standard_output, &display, is_whole);
    file_status = close_output_file(file, 1);
    return status != EXIT_DONE ? status : file_status;
}

int run_list(const struct plan *plan)
{
    struct output_file file;
    int is_whole = 0, status;

    if (plan->output == NULL) {
        return list_once(plan, &is_whole);
    }
    status = open_output_file(&file, plan->output);
    if (status != EXIT_DONE) {
        (void)close_output_file(&file, 0);
        return status;
    }
    status = list_once(plan, &is_whole);
    return finish_output(plan, &file, status, is_whole);
}

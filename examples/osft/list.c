/* SPDX-License-Identifier: Apache-2.0 */
/* One page of tasks, or one task: list without --all, and get. */
#include <string.h>
#include <unistd.h>
#include "cmd.h"

static struct osft_task tasks[TASKS_MAX];

/* The service shows one task when it is not asked for more, which surprises everybody once; and a table
 * of no tasks looks like a mistake. */
static void hint(const struct plan *p, const struct osft_page *page)
{
    int is_none = page->total == 0 || (page->total == OSFT_UNKNOWN && page->count == 0);
    int is_read =
        p->verbose || isatty(STDERR_FILENO) || (page->count == 0 && p->format == FORMAT_TABLE);

    out_flush(&cmd_out);
    if (is_none && is_read) {
        out_str(&cmd_err, "osft: no task matches\n");
    } else if (is_read && page->total > (int64_t)page->count) {
        out_str(&cmd_err, "osft: ");
        out_int(&cmd_err, (int64_t)page->count);
        out_str(&cmd_err, " of ");
        out_int(&cmd_err, page->total);
        out_str(&cmd_err, " tasks; --all, or --page-size and --page, show more\n");
    }
}

static int show(int err, const struct plan *p, const struct osft_link *link,
                const struct osft_page *page)
{
    struct call call = { p, &session_limits, link, -1 };
    struct look look;
    int is_get = p->command == COMMAND_GET;

    format_look(&look);
    look.query = &p->query;
    look.one = is_get;
    look.is_cut = err != OSFT_OK;
    if (page->count > 0 || (err == OSFT_OK && !is_get)) {
        format_page(&cmd_out, p->format, &look, page);
    }
    if (err != OSFT_OK) {
        return report_call(err, page, &call);
    }
    if (is_get && page->count == 0) {
        return report_no_task(page, &call);
    }
    if (!is_get) {
        hint(p, page);
    }
    return EXIT_DONE;
}

int run_list(const struct plan *p)
{
    struct osft_link *link = NULL;
    struct osft_page page;
    int64_t began = drive_clock();
    int err, status = session_start(p, &link);

    memset(&page, 0, sizeof(page));
    page.tasks = tasks;
    page.max = TASKS_MAX;
    if (status == EXIT_DONE) {
        err = session_list(link, p, &p->query, &page);
        if (err == OSFT_E_STOPPED) {
            status = EXIT_SIGNAL + drive_signal();
        } else {
            session_say(link, p, &page, (int64_t)page.count, began);
            status = show(err, p, link, &page);
        }
    }
    session_stop();
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* list --all: the whole history in fixed memory. Each task is printed as it arrives; only a table needs a
 * page at a time, to know how wide its columns are. */
#include <string.h>
#include <unistd.h>
#include "cmd.h"

static struct osft_task tasks[TASKS_MAX];

struct walk {
    const struct plan *plan;
    struct look look;
    struct columns columns;
    struct osft_query query;
    struct osft_pages pages;
    struct osft_page page;
    struct osft_stream stream;
    int64_t shown;
    size_t need; /* bytes for the largest task that did not fit; 0: all did */
};

static int is_over(void)
{
    return cmd_out.error != 0 || drive_signal() != 0;
}

static int on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct walk *w = ctx;

    (void)index;
    (void)need; /* the call's result tells of it */
    if (task == NULL) {
        return 0;
    }
    switch (w->plan->format) {
    case FORMAT_JSON: format_json_task(&cmd_out, task, w->shown == 0); break;
    case FORMAT_CSV: format_csv_task(&cmd_out, &w->look, task); break;
    default: format_jsonl_task(&cmd_out, task); break;
    }
    w->shown++;
    return is_over();
}

static void begin(struct walk *w, struct osft_link *link)
{
    w->query = w->plan->query;
    osft_pages_init(&w->pages, link, &w->query, (uint32_t)w->plan->query.page_size);
    format_look(&w->look);
    if (w->plan->format == FORMAT_TABLE) {
        w->page.tasks = tasks;
        w->page.max = TASKS_MAX;
        return;
    }
    osft_stream_init(&w->stream, &w->page, on_task, w);
    if (w->plan->format == FORMAT_JSON) {
        format_json_begin(&cmd_out);
    } else if (w->plan->format == FORMAT_CSV) {
        format_csv_head(&cmd_out);
    }
}

static int next(struct walk *w, struct osft_link *link)
{
    int64_t began = drive_clock();
    int err = osft_pages_begin(&w->pages, w->plan->timeout_ms, &w->page);

    if (err != OSFT_E_STATE && drive_call(link, w->plan) == OSFT_E_STOPPED && is_over()) {
        return OSFT_E_STOPPED;
    }
    err = osft_pages_end(&w->pages);
    if (w->plan->format == FORMAT_TABLE &&
        (w->page.count > 0 || (w->shown == 0 && err == OSFT_OK))) {
        format_table(&cmd_out, &w->look, &w->columns, &w->page);
        w->shown += (int64_t)w->page.count;
    }
    out_flush(&cmd_out);
    session_say(link, w->plan, &w->page, w->shown, began);
    out_flush(&cmd_err);
    return err;
}

/* A task that is larger than all memory there is: it is left out, and the walk goes on behind it. */
static int may_go_on(struct walk *w, int err)
{
    if (err != OSFT_E_SPACE || w->page.http_status == 0) {
        return err == OSFT_OK;
    }
    w->need = w->page.need > w->need ? w->page.need : w->need;
    return 1;
}

static void note(const char *what)
{
    out_str(&cmd_err, "osft: ");
    out_str(&cmd_err, what);
    out_str(&cmd_err, "\n");
}

/* What was not as documented is always told; what is usual only to whoever looks. */
static void say_changes(const struct walk *w)
{
    unsigned changed = w->pages.changed;
    int is_read = w->plan->verbose || isatty(STDERR_FILENO);

    out_flush(&cmd_out);
    if ((changed & OSFT_PAGES_DISORDER) != 0) {
        note("the service did not list the newest first; some tasks may be printed twice");
    }
    if ((changed & OSFT_PAGES_SHORT) != 0) {
        out_str(&cmd_err, "osft: the service speaks of ");
        out_int(&cmd_err, w->pages.total);
        out_str(&cmd_err, " tasks and has given ");
        out_int(&cmd_err, w->shown);
        out_str(&cmd_err, "\n");
    }
    if (is_read && (changed & (OSFT_PAGES_GREW | OSFT_PAGES_REPEATED)) != 0) {
        note("new tasks came meanwhile; those that started after the first page are not shown");
    }
    if (is_read && (changed & OSFT_PAGES_SHRANK) != 0) {
        note("tasks vanished meanwhile");
    }
    if (w->shown == 0 && (is_read || w->plan->format == FORMAT_TABLE)) {
        note("no task matches");
    }
}

static int end(struct walk *w, struct osft_link *link, int err)
{
    struct call call = { w->plan, &session_limits, link, w->shown };

    if (err == OSFT_OK && w->need > 0) {
        err = OSFT_E_SPACE;
        w->page.need = w->need;
    }
    if (err != OSFT_OK) {
        return report_call(err, &w->page, &call);
    }
    say_changes(w);
    if ((w->pages.changed & OSFT_PAGES_STUCK) != 0 &&
        (w->pages.total == OSFT_UNKNOWN || (w->pages.changed & OSFT_PAGES_SHORT) != 0)) {
        return report_stuck(&w->page, &call);
    }
    if (w->plan->format == FORMAT_JSON) {
        w->page.total = w->pages.total;
        format_json_end(&cmd_out, &w->page, w->shown == 0);
    }
    return EXIT_DONE;
}

static int walk(struct walk *w, struct osft_link *link)
{
    int err = OSFT_OK;

    begin(w, link);
    while (osft_pages_more(&w->pages) && !is_over()) {
        err = next(w, link);
        if (!may_go_on(w, err)) {
            break;
        }
        err = OSFT_OK;
    }
    if (drive_signal() != 0) {
        return EXIT_SIGNAL + drive_signal();
    }
    return cmd_out.error != 0 ? EXIT_DONE : end(w, link, err);
}

int run_all(const struct plan *p)
{
    static struct walk w;
    struct osft_link *link = NULL;
    int status = session_start(p, &link);

    w.plan = p;
    if (status == EXIT_DONE) {
        status = walk(&w, link);
    }
    session_stop();
    return status;
}

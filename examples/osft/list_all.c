/* SPDX-License-Identifier: Apache-2.0 */
/* list --all: the whole history in fixed memory. Each task is printed as it arrives; only a table
 * needs a page at a time, to know how wide its columns are. */
#include <string.h>
#include <unistd.h>
#include "command.h"

static struct osft_task tasks[TASKS_MAX];

#define MISFITS_MAX 100 /* pages in a row that bring nothing but a task too large */

struct walk {
    const struct plan *plan;
    struct display look;
    struct table_widths columns;
    struct osft_query query;
    struct osft_pages pages;
    struct osft_page page;
    struct osft_stream stream;
    int64_t shown;
    size_t need; /* bytes for the largest task that did not fit; 0: all did */
    int64_t shown_before;
    int misfits;
};

static int is_over(void)
{
    return standard_output.error != 0 || drive_signal() != 0;
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
    case FORMAT_JSON: format_json_task(&standard_output, task, w->shown == 0); break;
    case FORMAT_CSV: format_csv_task(&standard_output, &w->look, task); break;
    default: format_jsonl_task(&standard_output, task); break;
    }
    w->shown++;
    return is_over();
}

static void begin(struct walk *w, struct osft_link *link)
{
    w->query = w->plan->query;
    osft_pages_init(&w->pages, link, &w->query, (uint32_t)w->plan->query.page_size);
    detect_display(&w->look);
    if (w->plan->format == FORMAT_TABLE) {
        w->page.tasks = tasks;
        w->page.max = TASKS_MAX;
        return;
    }
    osft_stream_init(&w->stream, &w->page, on_task, w);
    if (w->plan->format == FORMAT_JSON) {
        format_json_begin(&standard_output);
    } else if (w->plan->format == FORMAT_CSV) {
        format_csv_head(&standard_output);
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
        format_table(&standard_output, &w->look, &w->columns, &w->page);
        w->shown += (int64_t)w->page.count;
    }
    flush_output(&standard_output);
    session_say(link, w->plan, &w->page, w->shown, began);
    flush_output(&standard_error);
    return err;
}

/* A task that is larger than all memory there is: it is left out, and the walk goes on behind it;
 * but not for ever, where there is nothing else. */
static int may_go_on(struct walk *w, int err)
{
    if (err != OSFT_E_SPACE || w->page.http_status == 0) {
        w->misfits = 0;
        return err == OSFT_OK;
    }
    w->need = w->page.need > w->need ? w->page.need : w->need;
    w->misfits = w->shown != w->shown_before ? 0 : w->misfits + 1;
    w->shown_before = w->shown;
    return w->misfits < MISFITS_MAX;
}

static void note(const char *what)
{
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, what);
    put_text(&standard_error, "\n");
}

/* What was not as documented is always told; what is usual only to whoever looks. */
static void say_changes(const struct walk *w)
{
    unsigned changed = w->pages.changed;
    int is_read = w->plan->verbose || isatty(STDERR_FILENO);

    flush_output(&standard_output);
    if ((changed & OSFT_PAGES_DISORDER) != 0) {
        note("the service did not list the newest first; some tasks may be printed twice");
    }
    if ((changed & OSFT_PAGES_SHORT) != 0) {
        put_text(&standard_error, "osft: the service speaks of ");
        put_integer(&standard_error, w->pages.total);
        put_text(&standard_error, " tasks and has given ");
        put_integer(&standard_error, w->shown);
        put_text(&standard_error, "\n");
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
        format_json_end(&standard_output, &w->page, w->shown == 0);
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
    return standard_output.error != 0 ? EXIT_DONE : end(w, link, err);
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

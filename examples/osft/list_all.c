/* SPDX-License-Identifier: Apache-2.0 */
/* list --all: printing the whole list, in fixed memory. Each task is printed as it arrives. Only a
 * table needs a whole page at a time, as its columns depend on all cells. */
#include <string.h>
#include <unistd.h>
#include "command.h"

#define OMISSIONS_MAX       100 /* how many omissions are reported one by one */
#define FRUITLESS_PAGES_MAX 100 /* so many pages in a row without a usable task end the list */

static struct osft_task tasks[TASKS_MAX];

struct list_all {
    const struct plan *plan;
    struct osft_client *client;
    struct display display;
    struct table_widths widths;
    struct osft_query query;
    int has_started; /* 1: a page was received whose times were counted from the right clock */
    struct osft_pages pages;
    struct osft_page page;
    int64_t total;       /* the last totalCount; OSFT_UNKNOWN: none was received */
    int64_t printed;     /* number of printed tasks */
    int64_t left_out;    /* number of tasks that were left out */
    int omission_error;  /* why a task was left out; OSFT_OK: none was */
    size_t need;         /* bytes needed for the largest task that was too large */
    int fruitless_pages; /* pages in a row without a usable task */
};

static int must_stop(void)
{
    return standard_output.error != 0 || get_signal() != 0;
}

/* Whether the first request was refused for its date and has times such as -6h, which were counted
 * from the wrong clock. */
static int has_wrong_times(const struct list_all *list)
{
    struct osft_query query = list->query;

    return !list->has_started &&
           correct_query_times(list->plan, list->client->clock_offset_s, &query);
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct list_all *list = ctx;
    struct osft_task shown;

    if (has_wrong_times(list)) {
        return 1;
    }
    if (task == NULL) {
        if (list->left_out++ < OMISSIONS_MAX) {
            report_omission(omission);
        }
        return must_stop();
    }
    shown = *task;
    hide_credentials(&shown, 1);
    switch (list->plan->format) {
    case FORMAT_JSON: print_json_task(&standard_output, &shown, list->printed == 0); break;
    case FORMAT_CSV: print_csv_task(&standard_output, &list->display, &shown); break;
    default: print_jsonl_task(&standard_output, &shown); break;
    }
    list->printed++;
    return must_stop();
}

static void start_list(struct list_all *list)
{
    list->query = list->plan->query;
    osft_pages_init(&list->pages, list->client, &list->query, list->query.page_size);
    list->total = OSFT_UNKNOWN;
    detect_display(&list->display);
    if (list->plan->format == FORMAT_TABLE) {
        list->page.tasks = tasks;
        list->page.max = TASKS_MAX;
        return;
    }
    list->page.on_task = on_task;
    list->page.on_task_ctx = list;
    if (list->plan->format == FORMAT_JSON) {
        print_json_start(&standard_output);
    } else if (list->plan->format == FORMAT_CSV) {
        print_csv_head(&standard_output);
    }
}

static void print_table_page(struct list_all *list, int error)
{
    const struct osft_reply *reply = &list->client->reply;

    if (list->page.count > 0 || (list->printed == 0 && error == OSFT_OK)) {
        hide_credentials(list->page.tasks, list->page.count);
        print_table(&standard_output, &list->display, &list->widths, &list->page);
        list->printed += (int64_t)list->page.count;
    }
    if (is_only_omission(error, reply)) {
        if (list->left_out < OMISSIONS_MAX) {
            report_omissions(reply);
        }
        list->left_out += reply->left_out;
    }
}

/* Start the list again, with times counted from the service's clock. Call this before a task was
 * printed. */
static void restart_list(struct list_all *list)
{
    (void)correct_query_times(list->plan, list->client->clock_offset_s, &list->query);
    osft_pages_init(&list->pages, list->client, &list->query, list->query.page_size);
    list->has_started = 1;
}

static int print_next_page(struct list_all *list)
{
    int64_t start_ms = get_monotonic_ms();
    int error = osft_pages_start(&list->pages, &list->page, list->plan->timeout_ms);

    if (error == OSFT_OK) {
        error = run_call(list->client, list->plan);
    }
    if (must_stop()) {
        return OSFT_E_STOPPED;
    }
    if (has_wrong_times(list) && list->client->reply.http_status != 0) {
        restart_list(list);
        return OSFT_OK;
    }
    list->has_started = 1;
    if (list->client->reply.total != OSFT_UNKNOWN) {
        list->total = list->client->reply.total;
    }
    if (list->plan->format == FORMAT_TABLE) {
        print_table_page(list, error);
    }
    flush_output(&standard_output);
    print_call_summary(list->client, list->plan, list->printed, start_ms);
    flush_output(&standard_error);
    return error;
}

/* Whether the list goes on after a page. It goes on after a page from which tasks were left out,
 * but ends after FRUITLESS_PAGES_MAX pages in a row without any other task. */
static int can_continue(struct list_all *list, int error)
{
    const struct osft_reply *reply = &list->client->reply;

    if (error == OSFT_OK) {
        list->fruitless_pages = 0;
        return 1;
    }
    if (!is_only_omission(error, reply)) {
        return 0;
    }
    if (list->omission_error != OSFT_E_SPACE) {
        list->omission_error = error;
    }
    if (error == OSFT_E_SPACE && reply->need > list->need) {
        list->need = reply->need;
    }
    list->fruitless_pages = list->page.count > 0 ? 0 : list->fruitless_pages + 1;
    return list->fruitless_pages < FRUITLESS_PAGES_MAX;
}

/* Print which promises of the service the list has broken: the order of tasks, the size of pages,
 * and totalCount. */
static void print_broken_promises(const struct list_all *list)
{
    unsigned changed = list->pages.changed;

    if ((changed & OSFT_PAGES_DISORDER) != 0) {
        print_note(
            "the service did not list the newest task first; some tasks may be printed twice");
    }
    if ((changed & OSFT_PAGES_NO_OVERLAP) != 0) {
        print_note(
            "the service's pages are too small to be compared; where tasks vanished meanwhile, "
            "others may be missing");
    }
    if ((changed & OSFT_PAGES_SHORT) != 0) {
        put_text(&standard_error, "osft: the service announced ");
        put_integer(&standard_error, list->total);
        put_text(&standard_error, " tasks and listed ");
        put_integer(&standard_error, list->printed + list->left_out);
        put_text(&standard_error, "\n");
    }
}

/* Print changes of the list during the call. Such changes are usual, so they are printed only on a
 * terminal or with --verbose. */
static void print_changes(const struct list_all *list)
{
    unsigned changed = list->pages.changed;
    int has_reader = list->plan->verbose || isatty(STDERR_FILENO);

    if (has_reader && (changed & OSFT_PAGES_GREW) != 0) {
        print_note(
            "new tasks came meanwhile; those that started after the first page are not shown");
    }
    if (has_reader && (changed & OSFT_PAGES_SHRANK) != 0) {
        print_note("tasks vanished meanwhile");
    }
    if (list->printed + list->left_out == 0 && (has_reader || list->plan->format == FORMAT_TABLE)) {
        print_note("no task matches");
    }
}

static int end_list(struct list_all *list, int error)
{
    struct report_context context = { list->plan, &session_limits, list->printed };
    struct osft_reply reply = list->client->reply;
    unsigned changed = list->pages.changed;

    reply.total = list->total;
    reply.left_out = (uint32_t)list->left_out;
    if (list->need > reply.need) {
        reply.need = list->need;
    }
    if (error != OSFT_OK) {
        return report_failure(error, &reply, &context);
    }
    flush_output(&standard_output);
    print_broken_promises(list);
    print_changes(list);
    if ((changed & OSFT_PAGES_STUCK) != 0 &&
        (list->total == OSFT_UNKNOWN || list->pages.delivered < list->total)) {
        return report_endless_list(&reply, &context);
    }
    if (list->plan->format == FORMAT_JSON) {
        print_json_end(&standard_output, &reply, list->printed == 0);
    }
    return list->omission_error == OSFT_OK ? EXIT_DONE
                                           : report_failure(list->omission_error, &reply, &context);
}

static int print_list(struct list_all *list)
{
    int error = OSFT_OK;

    start_list(list);
    while (osft_pages_more(&list->pages) && !must_stop()) {
        error = print_next_page(list);
        if (!can_continue(list, error)) {
            break;
        }
        error = OSFT_OK;
    }
    if (get_signal() != 0) {
        return EXIT_SIGNAL + get_signal();
    }
    return standard_output.error != 0 ? EXIT_DONE : end_list(list, error);
}

int run_list_all(const struct plan *plan)
{
    static struct list_all list;
    int status = start_session(plan, &list.client);

    list.plan = plan;
    if (status == EXIT_DONE) {
        status = print_list(&list);
    }
    stop_session();
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The whole list of tasks. Three rules carry the walk:
 *
 * order:   as tasks come newest first, a task is new when it starts before the last delivered one,
 *          or together with it, and its id was not met lately. All others are repeats.
 * overlap: nothing lies between the delivered tasks and a page that begins with the list's first
 *          task or with a repeat. Of any other page nothing is delivered: tasks have vanished, and
 *          others moved up to where the walk has been already. It goes back until it finds a page
 *          of repeats, and from there on again.
 * measure: requests in a row that bring nothing new are counted, and so many of them end the walk.
 *
 * Positions only say what to ask for: a wrong one costs a request, and no task. They say what is
 * new only where starts do not.
 */
#include "pages.h"
#include <string.h>
#include "page_choice.h"
#include "recent.h"
#include "response.h"

#define NOWHERE       UINT32_MAX
#define PAGE_SIZE_MAX 0x100000U
/* How many requests in a row bring nothing new before a list is taken to have ended where
 * totalCount says that more tasks follow. */
#define END_CHECKS    3

/* Is this task new? Notices disorder: a task that is newer than one before it, or has no start. */
static int is_new(struct osft_pages *pages, const struct osft_task *task, uint64_t id,
                  int is_omission)
{
    const struct osft_recent *recent = &pages->recent;
    int may_be_new = pages->base + task->index >= pages->next;

    if (task->start_ms < 0 || osft_is_disordered(pages)) {
        if (!is_omission) {
            pages->changed |= OSFT_PAGES_DISORDER;
        }
    } else if (task->start_ms <= recent->start_ms) {
        pages->is_past_repeats = 1;
        may_be_new = 1;
    } else if (pages->is_past_repeats) {
        pages->changed |= OSFT_PAGES_DISORDER;
    } else {
        may_be_new = 0;
    }
    return may_be_new && !osft_is_recent(recent, id);
}

/* Must this task wait for the next page? Yes, when the caller's array is full, or when the task
 * does not fit behind the texts of earlier tasks: alone on a page it may fit. */
static int is_full(const struct osft_page *page, const struct osft_omission *omission)
{
    size_t max = omission != NULL && omission->reason == OSFT_E_SPACE ? 1 : page->max;
    return page->on_task == NULL && page->count >= max;
}

/* Hand a new task to the caller. Returns what on_task is to return. */
static int deliver(struct osft_pages *pages, const struct osft_task *task,
                   const struct osft_omission *omission)
{
    struct osft_page *page = pages->page;
    size_t i = page->count;

    page->count += task != NULL;
    if (omission != NULL) {
        pages->omission_error = (int8_t)omission->reason;
    }
    if (page->on_task != NULL) {
        return page->on_task(page->on_task_ctx, task, omission);
    }
    if (task != NULL) {
        page->tasks[i] = *task;
    }
    pages->client->drops_repeats = 0; /* another attempt would overwrite the texts and the reply */
    return OSFT_KEEP_TEXTS;
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct osft_pages *pages = (struct osft_pages *)ctx;
    struct osft_recent *recent = &pages->recent;
    struct osft_task *current = &pages->client->response.current.task; /* task, or omission's */
    uint64_t id = osft_task_id(current);
    uint32_t position = pages->base + current->index;
    int found;

    if (current->index == 0) { /* of a response, maybe that of a further attempt */
        pages->first_id = (uint32_t)id;
        pages->is_past_repeats = 0;
        pages->may_deliver = 1;
    }
    found = is_new(pages, current, id, task == NULL);
    if (found && current->index == 0 && position != 0) { /* no known task comes before it */
        pages->may_deliver = pages->needs_no_overlap;
        if (pages->may_deliver && !osft_is_disordered(pages)) {
            pages->changed |= OSFT_PAGES_NO_OVERLAP;
        }
    }
    if (found && is_full(pages->page, omission)) {
        pages->may_deliver = 0; /* the next page begins here */
    }
    if (!found || !pages->may_deliver) {
        return task != NULL ? 0 : OSFT_DROP_TASK;
    }
    osft_add_recent(recent, current->start_ms < 0 ? recent->start_ms : current->start_ms, id);
    if (recent->tied > OSFT_PAGES_RECENT) {
        pages->changed |= OSFT_PAGES_DISORDER;
    }
    pages->next = position + 1;
    pages->has_new = 1;
    current->index = pages->delivered++;
    return deliver(pages, task, omission);
}

void osft_pages_init(struct osft_pages *pages, struct osft_client *client,
                     const struct osft_query *query, uint32_t page_size)
{
    memset(pages, 0, sizeof(*pages));
    pages->client = client;
    pages->query = *query;
    pages->query.generation.ptr = NULL;
    pages->size = pages->page_size =
        page_size > PAGE_SIZE_MAX ? PAGE_SIZE_MAX : page_size + (page_size == 0);
    pages->has_more = 1;
    pages->responses = pages->most_seen = 1;
    pages->largest = pages->empty_at = pages->largest_total = NOWHERE;
    pages->recent.start_ms = INT64_MAX;
    pages->response_page.on_task = on_task;
    pages->response_page.on_task_ctx = pages;
}

int osft_pages_more(const struct osft_pages *pages)
{
    return pages->has_more;
}

int osft_start_page(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms,
                    osft_on_result *on_result, void *ctx)
{
    struct osft_client *client = pages->client;
    int error;

    if (page->on_task == NULL && page->max == 0) {
        return OSFT_E_TASKS;
    }
    error = osft_list_start(client, &pages->query, &pages->response_page, limit_ms);
    if (error == OSFT_OK) {
        int is_limited = page->on_task == NULL && page->max < pages->size;

        client->on_result = on_result;
        client->on_result_ctx = ctx;
        client->drops_repeats = 1;
        osft_choose_page(pages, is_limited ? (uint32_t)page->max : pages->size);
        pages->page = page;
        page->count = 0;
        pages->has_new = 0;
    }
    return error;
}

/* What totalCount says. Returns by how much it is smaller than ever. */
static uint32_t note_total(struct osft_pages *pages, int64_t said)
{
    uint32_t total = (uint32_t)said, vanished = 0;

    if (said < 0) {
        return 0;
    }
    pages->total = total;
    if (pages->largest_total == NOWHERE) {
        pages->largest_total = pages->smallest_total = total;
    } else if (total > pages->largest_total) {
        pages->largest_total = total;
        pages->changed |= OSFT_PAGES_GREW;
    } else if (total < pages->smallest_total) {
        vanished = pages->smallest_total - total;
        pages->smallest_total = total;
        pages->changed |= OSFT_PAGES_SHRANK;
    }
    return vanished;
}

/* The page is empty, or begins with a new task that may not be delivered. Go back, farther each
 * time. */
static void note_gap(struct osft_pages *pages)
{
    uint32_t step = pages->asked << pages->gap_count;

    pages->gap_count++;
    pages->full_of_repeats = 0;
    pages->empty_at = pages->needs_no_overlap ? pages->base : NOWHERE;
    pages->next = pages->base > step ? pages->base - step : 0;
}

/* All tasks up to the end of the page are known. */
static void note_known(struct osft_pages *pages, uint32_t end)
{
    pages->next = end;
    pages->gap_count = 0;
    if (pages->has_new) {
        pages->full_of_repeats = 0;
        pages->empty_at = NOWHERE;
    } else if (end == pages->empty_at) { /* nothing was behind this page */
        pages->empty_at = NOWHERE;
        pages->has_more = 0;
        if (pages->base != 0 || pages->first_id != pages->list_first_id) {
            pages->changed |= OSFT_PAGES_NO_OVERLAP;
        }
    } else {
        pages->full_of_repeats++;
    }
}

/* A page was read to its end. What does its length tell? */
static void look_at_page(struct osft_pages *pages, uint32_t seen)
{
    uint32_t end = pages->base + seen;
    int is_short = seen < pages->asked;

    if (seen == 0) { /* an attempt before may have had tasks */
        pages->may_deliver = pages->base == 0 || osft_is_disordered(pages);
    }
    if (seen > pages->asked) { /* the service has a page size of its own */
        pages->smallest = pages->largest = seen;
    } else if (is_short && seen >= pages->most_seen) { /* maybe it gives no more */
        pages->largest = seen;
    } else if (!pages->may_deliver) {
        if (!pages->has_new) {
            note_gap(pages);
        }
    } else if (is_short) {
        pages->has_more = 0;
    } else {
        note_known(pages, end);
    }
    if (pages->most_seen < seen) {
        pages->most_seen = seen;
    }
    if (!pages->has_more && end < pages->total) {
        if (pages->without_new < END_CHECKS) {
            pages->has_more = 1; /* a page may have come without its tasks */
        } else {
            pages->changed |= OSFT_PAGES_SHORT;
        }
    }
}

/* The measure. In disorder, tasks that come again can seem new: a page that comes again, or lies
 * behind the end of the list, counts as one without new tasks, and the count goes on. */
static void count_without_new(struct osft_pages *pages)
{
    int is_ordered = !osft_is_disordered(pages);

    if (pages->has_new && is_ordered) {
        pages->without_new = 0;
    } else if (!pages->has_new || pages->first_id == pages->cycle_mark_id ||
               pages->base > pages->largest_total) {
        pages->without_new++;
        if (pages->without_new % 4 == 0) {
            pages->largest = NOWHERE; /* maybe the service gives more by now */
        }
    }
    if (pages->without_new == OSFT_PAGES_PATIENCE && pages->has_more) {
        pages->has_more = 0;
        pages->changed |= OSFT_PAGES_STUCK;
    }
    /* The first tasks of pages 1, 3, 7, 15 ... are remembered, so that each cycle of pages is
     * noticed. */
    if ((pages->responses & (pages->responses + 1)) == 0) {
        pages->cycle_mark_id = pages->first_id;
    }
    if (pages->responses == 1) {
        pages->list_first_id = pages->first_id;
    }
    pages->responses++;
}

/* A response was read to its end. */
static void look_at_response(struct osft_pages *pages, const struct osft_reply *reply)
{
    uint32_t vanished = note_total(pages, reply->total);

    if (vanished != 0 && osft_is_disordered(pages)) { /* others moved up to where the walk was */
        pages->next = vanished < pages->base ? pages->base - vanished : 0;
        if (pages->has_new) {
            pages->without_new = 0;
        }
    } else {
        look_at_page(pages, reply->tasks);
    }
    pages->size = pages->page_size;
    /* Was there no room for all of it? With on_task, there always is. */
    if (pages->page->on_task == NULL && pages->has_new && !pages->may_deliver) {
        pages->size = (uint32_t)pages->page->count;
    }
    count_without_new(pages);
}

int osft_end_page(struct osft_pages *pages, int result)
{
    const struct osft_reply *reply = &pages->client->reply;

    if (result == OSFT_E_BAD_TASK || (result == OSFT_E_SPACE && reply->http_status != 0)) {
        pages->omission_error = (int8_t)result;
        result = OSFT_OK; /* all else of the page was read */
    } else if (result == OSFT_E_REFUSED && pages->asked > pages->page_size) {
        pages->smallest = 0;
        pages->largest = pages->page_size; /* the caller may know a limit of the service */
        return OSFT_OK;
    }
    if (result == OSFT_OK) {
        look_at_response(pages, reply);
    } else if (pages->page->on_task == NULL && pages->has_new) {
        result = OSFT_OK; /* the rest comes next */
    }
    return result;
}

static int end_page(void *ctx, int result)
{
    struct osft_pages *pages = (struct osft_pages *)ctx;

    result = osft_end_page(pages, result);
    /* A task that was left out is reported once. When the attempt that met it is repeated, the last
     * response lists it as known, so its error is kept here until the call returns. */
    if (result == OSFT_OK) {
        result = pages->omission_error;
        pages->omission_error = OSFT_OK;
    }
    return result;
}

int osft_pages_start(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms)
{
    return osft_start_page(pages, page, limit_ms, end_page, pages);
}

int osft_pages_next(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms)
{
    int error = osft_pages_start(pages, page, limit_ms);
    return error == OSFT_OK ? osft_run(pages->client) : error;
}

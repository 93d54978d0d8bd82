/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over the whole list of tasks. It follows three rules:
 *
 * order:   tasks come newest first. Therefore a task is new when it does not start later than the
 *          last delivered one, and its id is none of the recent ids. All other tasks are repeats.
 * overlap: nothing lies between the delivered tasks and a page that begins with the list's first
 *          task or with a repeat. Before any other page, tasks have vanished, and later tasks have
 *          moved to positions that the walk has passed. Nothing of such a page is delivered: the
 *          walk goes back until it finds a page that begins with a repeat, and goes on from there.
 * bound:   requests in a row that bring no new task are counted. After OSFT_PAGES_PATIENCE such
 *          requests the walk ends.
 *
 * Positions decide which page is asked for: a wrong position costs a request, but loses no task.
 * Positions decide whether a task is new only when start times cannot.
 */
#include "pages.h"
#include <string.h>
#include "page_choice.h"
#include "recent.h"
#include "response.h"

#define NO_VALUE      UINT32_MAX
#define PAGE_SIZE_MAX 0x100000U
/* How many requests in a row must have brought no new task before the walk takes the last page for
 * the end of the list although totalCount says that more tasks follow. */
#define END_CHECKS    3

/* Whether a task is new. Sets OSFT_PAGES_DISORDER when the task is newer than a task before it on
 * the page, or has no start. */
static int is_new(struct osft_pages *pages, const struct osft_task *task, uint64_t id,
                  int is_omission)
{
    const struct osft_recent *recent = &pages->recent;
    int may_be_new = pages->first_position + task->index >= pages->next;

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

/* Whether a task must be left for the next page, because the caller's array is full, or because the
 * task does not fit behind the texts of earlier tasks. Such a task may fit when it is the first one
 * of a page. */
static int has_no_room(const struct osft_page *page, const struct osft_omission *omission)
{
    size_t max = omission != NULL && omission->reason == OSFT_E_SPACE ? 1 : page->max;
    return page->on_task == NULL && page->count >= max;
}

/* Hand a new task to the caller. Returns the result for on_task(). */
static int deliver_task(struct osft_pages *pages, const struct osft_task *task,
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

static int on_response_task(void *ctx, const struct osft_task *task,
                            const struct osft_omission *omission)
{
    struct osft_pages *pages = (struct osft_pages *)ctx;
    struct osft_recent *recent = &pages->recent;
    struct osft_task *current = &pages->client->response.current.task; /* the task, or the task that
                                                                        * was left out */
    uint64_t id = osft_task_id(current);
    uint32_t position = pages->first_position + current->index;
    int is_new_task;

    if (current->index == 0) { /* the response of a new page or of a repeated attempt begins */
        pages->first_id = (uint32_t)id;
        pages->is_past_repeats = 0;
        pages->may_deliver = 1;
    }
    is_new_task = is_new(pages, current, id, task == NULL);
    if (is_new_task && current->index == 0 && position != 0) { /* no known task comes before it */
        pages->may_deliver = pages->may_lack_overlap;
        if (pages->may_deliver && !osft_is_disordered(pages)) {
            pages->changed |= OSFT_PAGES_NO_OVERLAP;
        }
    }
    if (is_new_task && has_no_room(pages->page, omission)) {
        pages->may_deliver = 0; /* the next page begins with this task */
    }
    if (!is_new_task || !pages->may_deliver) {
        return task != NULL ? 0 : OSFT_DROP_TASK;
    }
    osft_add_recent(recent, current->start_ms < 0 ? recent->start_ms : current->start_ms, id);
    if (recent->tied > OSFT_PAGES_RECENT) {
        pages->changed |= OSFT_PAGES_DISORDER;
    }
    pages->next = position + 1;
    pages->has_new = 1;
    current->index = pages->delivered++;
    return deliver_task(pages, task, omission);
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
    pages->largest = pages->empty_at = pages->largest_total = NO_VALUE;
    pages->recent.start_ms = INT64_MAX;
    pages->response_page.on_task = on_response_task;
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

/* Note a totalCount. Returns by how much it is smaller than the smallest one so far; 0: it is not
 * smaller. */
static uint32_t note_total(struct osft_pages *pages, int64_t total_count)
{
    uint32_t total = (uint32_t)total_count, vanished = 0;

    if (total_count < 0) {
        return 0;
    }
    pages->total = total;
    if (pages->largest_total == NO_VALUE) {
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

/* Go back in the list, farther each time, because the page is empty or begins with a new task that
 * may not be delivered. */
static void go_back(struct osft_pages *pages)
{
    uint32_t step = pages->asked << pages->gap_count;

    pages->gap_count++;
    pages->full_of_repeats = 0;
    pages->empty_at = pages->may_lack_overlap ? pages->first_position : NO_VALUE;
    pages->next = pages->first_position > step ? pages->first_position - step : 0;
}

/* Go on behind the page: all tasks up to its end are known. */
static void note_known_page(struct osft_pages *pages, uint32_t end)
{
    pages->next = end;
    pages->gap_count = 0;
    if (pages->has_new) {
        pages->full_of_repeats = 0;
        pages->empty_at = NO_VALUE;
    } else if (end == pages->empty_at) { /* the page behind this one was empty */
        pages->empty_at = NO_VALUE;
        pages->has_more = 0;
        if (pages->first_position != 0 || pages->first_id != pages->list_first_id) {
            pages->changed |= OSFT_PAGES_NO_OVERLAP;
        }
    } else {
        pages->full_of_repeats++;
    }
}

/* Learn from the length of a page that was read to its end: whether the service has a page size of
 * its own, whether it gives no more tasks, and whether the list has ended. */
static void learn_from_page(struct osft_pages *pages, uint32_t seen)
{
    uint32_t end = pages->first_position + seen;
    int is_short = seen < pages->asked;

    if (seen == 0) { /* an earlier attempt may have set may_deliver */
        pages->may_deliver = pages->first_position == 0 || osft_is_disordered(pages);
    }
    if (seen > pages->asked) { /* the service has a page size of its own */
        pages->smallest = pages->largest = seen;
    } else if (is_short && seen >= pages->most_seen) { /* the service may give no more */
        pages->largest = seen;
    } else if (!pages->may_deliver) {
        if (!pages->has_new) {
            go_back(pages);
        }
    } else if (is_short) {
        pages->has_more = 0;
    } else {
        note_known_page(pages, end);
    }
    if (pages->most_seen < seen) {
        pages->most_seen = seen;
    }
    if (!pages->has_more && end < pages->total) {
        if (pages->without_new < END_CHECKS) {
            pages->has_more = 1; /* the service may have left out tasks of this page */
        } else {
            pages->changed |= OSFT_PAGES_SHORT;
        }
    }
}

/* Count the requests that brought no new task, and end the walk when there were too many in a row.
 * In disorder, repeated tasks can seem new. Therefore a page that comes again, or lies behind the
 * end of the list, counts as one without new tasks, and new tasks do not reset the count. */
static void count_without_new(struct osft_pages *pages)
{
    int is_ordered = !osft_is_disordered(pages);

    if (pages->has_new && is_ordered) {
        pages->without_new = 0;
    } else if (!pages->has_new || pages->first_id == pages->cycle_mark_id ||
               pages->first_position > pages->largest_total) {
        pages->without_new++;
        if (pages->without_new % 4 == 0) {
            pages->largest = NO_VALUE; /* the service may give longer pages by now */
        }
    }
    if (pages->without_new == OSFT_PAGES_PATIENCE && pages->has_more) {
        pages->has_more = 0;
        pages->changed |= OSFT_PAGES_STUCK;
    }
    /* The first tasks of pages 1, 3, 7, 15 ... are remembered, so that a cycle of pages of any
     * length is noticed. */
    if ((pages->responses & (pages->responses + 1)) == 0) {
        pages->cycle_mark_id = pages->first_id;
    }
    if (pages->responses == 1) {
        pages->list_first_id = pages->first_id;
    }
    pages->responses++;
}

/* Update the walk after a response that was read to its end. */
static void learn_from_response(struct osft_pages *pages, const struct osft_reply *reply)
{
    uint32_t vanished = note_total(pages, reply->total);

    if (vanished != 0 && osft_is_disordered(pages)) { /* other tasks moved to positions that the
                                                       * walk has passed */
        pages->next = vanished < pages->first_position ? pages->first_position - vanished : 0;
        if (pages->has_new) {
            pages->without_new = 0;
        }
    } else {
        learn_from_page(pages, reply->tasks);
    }
    pages->size = pages->page_size;
    /* When not all of the page fitted into the caller's array, the next page is smaller. With
     * on_task, every page fits. */
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
        result = OSFT_OK; /* all other tasks of the page were read */
    } else if (result == OSFT_E_REFUSED && pages->asked > pages->page_size) {
        pages->smallest = 0;
        pages->largest = pages->page_size; /* page_size may be the service's limit */
        return OSFT_OK;
    }
    if (result == OSFT_OK) {
        learn_from_response(pages, reply);
    } else if (pages->page->on_task == NULL && pages->has_new) {
        result = OSFT_OK; /* the next call asks for the rest */
    }
    return result;
}

static int end_page(void *ctx, int result)
{
    struct osft_pages *pages = (struct osft_pages *)ctx;

    result = osft_end_page(pages, result);
    /* A task that was left out is reported once. When the attempt that received the task is
     * repeated, the task is already known in the last response, so its error is kept here until the
     * call returns. */
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

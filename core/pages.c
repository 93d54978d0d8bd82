/* SPDX-License-Identifier: Apache-2.0 */
/* The whole history. What holds throughout: no task that was there at the beginning and is still to be
 * delivered lies before p->at, unless tasks vanished. New tasks push the others back, which leaves that
 * true. Vanished ones show in that a page no longer begins with what was delivered.
 */
#include <string.h>
#include "pages.h"

#define MOST_EVER 0x8000U
#define NOWHERE   UINT64_MAX /* of a page that is about to be read */
#define BARREN    10         /* pages without anything new that end the walk */
#define DOUBTS    4          /* times to step back before a page is taken as it is */

uint64_t osft_hash(uint64_t hash, const void *src, size_t len)
{
    const uint8_t *p = src;
    size_t i;

    for (i = 0; i <= len; i++) {
        hash = (hash ^ (i < len ? p[i] : 0xff)) * 0x100000001b3U;
    }
    return hash;
}

uint64_t osft_task_id(const struct osft_task *task)
{
    if (task->run_id.len + task->generation.len == 0) {
        return (uint64_t)-2 - (uint64_t)task->start_ms; /* not 0, which stands for none */
    }
    return osft_hash(osft_hash(OSFT_HASH, task->run_id.ptr, task->run_id.len), task->generation.ptr,
                     task->generation.len);
}

void osft_pages_init(struct osft_pages *p, struct osft_link *l, struct osft_query *query,
                     uint32_t page_size)
{
    memset(p, 0, sizeof(*p));
    p->link = l;
    p->query = query;
    p->size = p->most = page_size;
    p->total = OSFT_UNKNOWN;
    p->last_start = INT64_MAX;
    p->edge = NOWHERE;
}

int osft_pages_more(const struct osft_pages *p)
{
    return !p->over;
}

static int is_disorder(const struct osft_pages *p)
{
    return p->changed & OSFT_PAGES_DISORDER;
}

/* What page to ask for, so that it begins with a task that was delivered and brings the most new ones.
 * With size and at such that none does so, it begins with the next one wanted. */
static void choose(struct osft_pages *p, uint32_t size)
{
    uint32_t before = p->at - 1, best = 1;

    p->asked = size;
    p->base = p->at - p->at % size;
    if (p->at == 0 || is_disorder(p)) {
        return;
    }
    for (; size > best; size--) {
        uint32_t known = before % size; /* on the page, and one more */
        if (size - known > best) {
            best = size - known;
            p->asked = size;
            p->base = before - known;
        }
    }
}

static int is_recent(const struct osft_pages *p, uint64_t id)
{
    unsigned i = OSFT_PAGES_RECENT;
    while (i-- > 0) {
        if (p->recent[i] == id) {
            return 1;
        }
    }
    return 0;
}

/* Look at a task of the page; 1 when it is to be delivered. */
static int take(struct osft_pages *p, const struct osft_task *task, uint32_t index)
{
    uint64_t id = osft_task_id(task), head = (uint64_t)task->start_ms;
    uint32_t pos = p->base + index;
    int is_newer = task->start_ms > p->last_start, known;

    if (index < p->read) { /* an answer begins, maybe a further attempt's */
        p->gap = p->joined = 0;
    }
    p->read = index + 1;
    if (task->start_ms < 0 || (is_newer && p->joined)) {
        p->changed |= OSFT_PAGES_DISORDER;
    }
    if (is_disorder(p)) {
        head = id;
        is_newer = pos < p->at;
    }
    p->joined |= !is_newer;
    known = is_newer || is_recent(p, id);
    if (index == 0) {
        p->head = head;
        if (!known && pos < p->at) {
            if (p->doubt < DOUBTS) {
                p->gap = 1;
            } else {
                p->changed |= OSFT_PAGES_DISORDER;
            }
        }
    }
    if (p->gap) {
        return 0;
    }
    if (pos >= p->at) {
        p->at = pos + 1;
        p->changed |= known ? OSFT_PAGES_REPEATED : 0;
    }
    if (!known) {
        p->recent[p->delivered++ % OSFT_PAGES_RECENT] = id;
        p->last_start = task->start_ms;
        p->is_new = 1;
    }
    return !known;
}

/* The stream asks, also whether to report what is too large for it: then only its place is known. */
static int is_fresh(void *filter, const struct osft_task *task)
{
    struct osft_pages *p = filter;
    uint32_t index = (uint32_t)p->page->seen - 1;

    if (task != NULL) {
        return take(p, task, index);
    }
    if (p->gap || p->base + index < p->at) {
        return 0;
    }
    p->at = p->base + index + 1;
    return 1;
}

int osft_pages_begin(struct osft_pages *p, uint32_t budget_ms, struct osft_page *page)
{
    struct osft_stream *s = page->stream;
    uint32_t size = p->size;

    p->page = page;
    if (size > page->max) {
        size = (uint32_t)page->max;
    }
    size += size == 0;
    choose(p, size);
    if (s != NULL) {
        s->fresh = is_fresh;
        s->filter = p;
        s->first = p->base;
    }
    p->gap = p->joined = p->is_new = 0;
    p->query->page_number = (int64_t)(p->base / p->asked + 1);
    p->query->page_size = p->asked;
    return osft_link_begin(p->link, p->query, budget_ms, page);
}

/* What totalCount says. Returns by how much it went down since the page before. */
static uint32_t look_at_total(struct osft_pages *p)
{
    int32_t total = (int32_t)p->page->total, was = p->total;

    if (total < 0) {
        return 0;
    }
    p->total = total;
    if (was < 0) {
        p->expected = was = total;
    }
    if (total > was) {
        p->changed |= OSFT_PAGES_GREW;
    }
    if (total >= was) {
        return 0;
    }
    p->expected -= was - total;
    p->changed |= OSFT_PAGES_SHRANK;
    return (uint32_t)(was - total);
}

/* Leave out of the array what was delivered before. */
static void sift(struct osft_pages *p)
{
    struct osft_page *page = p->page;
    size_t i, n = 0;

    for (i = 0; i < page->count; i++) {
        if (take(p, &page->tasks[i], (uint32_t)i)) {
            memmove(&page->tasks[n++], &page->tasks[i], sizeof(page->tasks[i]));
        }
    }
    page->count = n;
}

static void finish(struct osft_pages *p)
{
    p->over = 1;
    if ((int32_t)p->delivered < p->expected) {
        p->changed |= OSFT_PAGES_SHORT;
    }
}

/* The answer was read to its end, and joins on. Did it bring the walk on? */
static void look_at_page(struct osft_pages *p)
{
    uint32_t seen = (uint32_t)p->page->seen;
    int is_over = seen < p->asked && (seen == 0 || p->at == (uint32_t)p->total);

    /* Where a page begins tells, as where it ends depends on its size. */
    if (is_disorder(p) ? p->head != p->edge : p->is_new || p->head < p->edge) {
        p->barren = 0;
        if (p->is_new) {
            p->doubt = 0;
        } else {
            is_over |= seen < p->asked;
        }
    } else if (++p->barren == BARREN) {
        p->changed |= OSFT_PAGES_STUCK;
        is_over = 1;
    } else if (p->most < MOST_EVER) {
        p->most *= 2; /* to be faster than what comes */
    }
    if (is_over) {
        finish(p);
    }
    p->edge = p->head;
    if (seen != p->asked) {
        p->most = seen; /* if it is not the last one, it is all one gets */
    }
    p->size = p->size * 2 < p->most ? p->size * 2 : p->most;
}

/* Not all of the answer fitted into the array: so many tasks of it did. Returns what to say of it. */
static int look_at_rest(struct osft_pages *p, int err, size_t fitted)
{
    size_t seen = p->page->seen;

    if (seen > p->asked) { /* the page size is not heeded: there is no smaller page */
        p->changed |= OSFT_PAGES_STUCK;
        finish(p);
        return err;
    }
    p->size = (p->asked + 1) / 2;
    if (fitted != 0 || p->asked > 1) {
        return OSFT_OK;
    }
    if (err == OSFT_E_SPACE && seen != 0 && ++p->at == (uint32_t)p->total) { /* go on behind it */
        finish(p);
    }
    return err;
}

/* How far a page that was read to its end has come. */
static void look_at_positions(struct osft_pages *p)
{
    uint32_t end = p->base + (uint32_t)p->page->seen;

    if (p->base == end && end < p->at && !is_disorder(p)) {
        p->gap = p->doubt < DOUBTS; /* not even what was delivered last is there */
    } else if (!p->gap && p->at < end) {
        p->at = end; /* the last ones were too large */
    }
}

/* Tasks have come to lie before p->at: so many, or, when the page does not join on, unknown ones. Then go
 * back by a page, and the second time to the beginning. */
static void step_back(struct osft_pages *p, uint32_t by)
{
    if (p->gap) {
        by = p->doubt++ != 0 ? p->base : p->asked;
    }
    p->edge = NOWHERE; /* pages that come again bring the walk on */
    p->at = p->base - (by < p->base ? by : p->base);
}

int osft_pages_end(struct osft_pages *p)
{
    struct osft_page *page = p->page;
    int err = osft_link_result(p->link), whole = err == OSFT_OK;
    size_t fitted = page->count;
    uint32_t lost;

    if (err == OSFT_E_STATE) {
        return err;
    }
    lost = look_at_total(p);
    if (page->stream != NULL) {
        page->stream->fresh = NULL; /* it is the caller's again */
        whole |= err == OSFT_E_SPACE;
    } else {
        sift(p);
    }
    if (whole) {
        look_at_positions(p);
    }
    if (p->gap || (lost != 0 && is_disorder(p))) {
        step_back(p, lost);
        return err == OSFT_E_SPACE ? OSFT_OK : err; /* nothing of it counts */
    }
    if (whole) {
        p->is_new |=
            err != OSFT_OK && (int32_t)p->at < p->total; /* what is too large counts, too */
        look_at_page(p);
    } else if (err == OSFT_E_SPACE || err == OSFT_E_TASKS) {
        err = look_at_rest(p, err, fitted);
    }
    return err;
}

int osft_pages_next(struct osft_pages *p, uint32_t budget_ms, struct osft_page *page)
{
    int err = osft_pages_begin(p, budget_ms, page);

    if (err == OSFT_OK) {
        (void)osft_link_run(p->link);
        err = osft_pages_end(p);
    }
    return err;
}

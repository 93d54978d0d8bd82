/* SPDX-License-Identifier: Apache-2.0 */
/* The whole history. What holds throughout: no task that was there at the beginning and is still to be
 * delivered lies before p->at, unless tasks vanished. New tasks push the others back, which leaves that
 * true. Vanished ones show in that a page no longer begins with what was delivered.
 */
#include <string.h>
#include "pages.h"

#define NOWHERE \
    (UINT64_MAX - 1) /* a mark: no task was read; more than any start, but not unknown's */
#define BARREN    6  /* pages without anything new that end the walk */
#define DOUBTS    4  /* times to step back before a page is taken as it is */
#define MOST_EVER 0x8000U

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
    uint64_t id = ~(uint64_t)task->start_ms;

    if (task->run_id.len + task->generation.len != 0) {
        id = osft_hash(OSFT_HASH, task->run_id.ptr, task->run_id.len);
        id = osft_hash(id, task->generation.ptr, task->generation.len);
    }
    return id + (id == 0);
}

void osft_pages_init(struct osft_pages *p, struct osft_link *l, struct osft_query *query,
                     uint32_t page_size)
{
    memset(p, 0, sizeof(*p));
    p->link = l;
    p->query = query;
    p->size = p->most = page_size + (page_size == 0);
    p->total = OSFT_UNKNOWN;
    p->least = UINT32_MAX;
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

/* 1 when this task was delivered before. */
static int is_known(const struct osft_pages *p, const struct osft_task *task, uint64_t id,
                    uint32_t pos)
{
    unsigned i;

    if (is_disorder(p)) {
        if (pos < p->at) {
            return 1;
        }
    } else if (task->start_ms != p->last_start) {
        return task->start_ms > p->last_start;
    }
    for (i = 0; i < OSFT_PAGES_RECENT; i++) {
        if (p->recent[i] == id) {
            return 1;
        }
    }
    return 0;
}

/* Look at a task of the page; 1 when it is to be delivered. */
static int take(struct osft_pages *p, const struct osft_task *task, uint32_t index)
{
    uint64_t id = osft_task_id(task), start = (uint64_t)task->start_ms; /* unknown: the greatest */
    uint32_t pos = p->base + index;
    int known;

    if (index <= p->index) { /* an answer begins, maybe a further attempt's */
        p->mark = NOWHERE;
        p->gap = 0;
    }
    p->index = index;
    if (start > p->mark) {
        p->changed |= OSFT_PAGES_DISORDER;
    }
    p->mark = start;
    known = is_known(p, task, id, pos);
    if (index == 0) {
        p->head = is_disorder(p) ? id : start;
        if (!known && pos < p->at) {
            p->gap = p->doubt < DOUBTS;
            p->changed |= p->gap ? 0 : OSFT_PAGES_DISORDER;
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
        memmove(p->recent + 1, p->recent, sizeof(p->recent) - sizeof(p->recent[0]));
        p->recent[0] = id;
        p->last_start = task->start_ms;
        p->delivered++;
    }
    return !known;
}

/* The stream asks. */
static int is_fresh(void *filter, const struct osft_task *task)
{
    struct osft_pages *p = filter;
    return take(p, task, (uint32_t)p->page->seen - 1);
}

int osft_pages_begin(struct osft_pages *p, uint32_t budget_ms, struct osft_page *page)
{
    struct osft_stream *s = page->stream;
    uint32_t size = p->size;

    p->page = page;
    if (size > page->max) {
        size = (uint32_t)page->max + (page->max == 0);
    }
    choose(p, size);
    if (s != NULL) {
        s->fresh = is_fresh;
        s->filter = p;
        s->first = p->base;
    }
    p->gap = 0;
    p->index = UINT32_MAX;
    p->head = NOWHERE;
    p->before = p->delivered;
    p->query->page_number = (int64_t)(p->base / p->asked) + 1;
    p->query->page_size = p->asked;
    return osft_link_begin(p->link, p->query, budget_ms, page);
}

/* What totalCount says. Returns by how much it went down since the page before. */
static uint32_t look_at_total(struct osft_pages *p)
{
    uint32_t was = (uint32_t)p->total, total = (uint32_t)p->page->total; /* unknown: UINT32_MAX */

    if (p->page->total < 0) {
        return 0;
    }
    p->total = total;
    p->least = total < p->least ? total : p->least;
    if (total < was && was != UINT32_MAX) {
        p->changed |= OSFT_PAGES_SHRANK;
        p->doubt = 0; /* no wonder, then */
        return was - total;
    }
    p->changed |= total > was ? OSFT_PAGES_GREW : 0;
    return 0;
}

/* Leave out of the array what was delivered before. */
static void sift(struct osft_pages *p)
{
    struct osft_page *page = p->page;
    size_t i, n = 0;

    for (i = 0; i < page->count; i++) {
        if (take(p, &page->tasks[i], (uint32_t)i)) {
            page->tasks[n++] = page->tasks[i];
        }
    }
    page->count = n;
}

/* Tasks may have come to lie before p->at: go back; when the page does not join on, and went back for
 * that before, to the beginning. */
static void step_back(struct osft_pages *p, uint32_t by)
{
    if (p->gap) {
        by = p->doubt++ != 0 ? p->at : by + p->asked;
        p->edge = NOWHERE;
    }
    p->at -= by < p->at ? by : p->at;
}

/* The answer was read to its end, and joins on. */
static void look_at_size(struct osft_pages *p, int is_new)
{
    uint32_t seen = (uint32_t)p->page->seen;

    if (seen < p->asked) {
        p->over = !is_new || p->at == p->total;
        p->size = p->most = seen + (seen == 0); /* if it is not the last, it is all one gets */
    } else if (seen > p->asked) {
        p->size = p->most = seen;
    } else {
        p->size = p->size < p->most / 2 ? p->size * 2 : p->most;
    }
}

/* Did the page bring the walk on? Where it begins tells, as where it ends depends on its size. */
static void look_for_end(struct osft_pages *p, int is_new)
{
    if (is_disorder(p) ? p->head == p->edge : !is_new && p->head >= p->edge) {
        p->most <<= p->most < MOST_EVER; /* to be faster than what comes */
        p->barren++;
        if (p->barren == BARREN || (p->barren > 1 && p->delivered == p->total)) {
            p->over = 1;
            p->changed |= OSFT_PAGES_STUCK;
        }
    } else {
        p->barren = 0;
        p->doubt = is_new ? 0 : p->doubt;
    }
    p->edge = p->head;
}

/* The answer came to something. fitted: tasks of it, where not all fitted into the array. */
static int look_at_page(struct osft_pages *p, int err, int whole, size_t fitted)
{
    struct osft_page *page = p->page;
    int is_new;

    if (whole) {
        p->at = p->base + page->seen > p->at ? p->base + (uint32_t)page->seen : p->at;
    } else if (page->seen > p->asked) { /* the page size is not heeded: there is no smaller page */
        p->over = 1;
        p->changed |= OSFT_PAGES_STUCK;
    } else {
        p->size = p->asked / 2 + (p->asked == 1);
        if (p->asked != 1 || fitted != 0) {
            err = OSFT_OK;
        } else if (err == OSFT_E_SPACE) {
            p->at += page->seen != 0; /* go on behind what does not fit */
        }
    }
    is_new = p->delivered != p->before || (err != OSFT_OK && p->at < p->total);
    if (whole) {
        look_at_size(p, is_new);
    }
    if (!p->over) {
        look_for_end(p, is_new);
    }
    if (p->over && p->least != UINT32_MAX && p->delivered < p->least) {
        p->changed |= OSFT_PAGES_SHORT;
    }
    return err;
}

int osft_pages_end(struct osft_pages *p)
{
    struct osft_page *page = p->page;
    struct osft_stream *s = page->stream;
    int err = osft_link_result(p->link), whole;
    size_t fitted = page->count;
    uint32_t lost;

    if (err == OSFT_E_STATE) {
        return err;
    }
    lost = look_at_total(p);
    whole = err == OSFT_OK || (s != NULL && err == OSFT_E_SPACE);
    if (s != NULL) {
        s->fresh = NULL; /* it is the caller's again */
    } else if (lost != 0 && p->at != 0 && p->base == p->at) {
        p->gap = 1; /* nothing on it is known, so nothing else would show */
        page->count = 0;
    } else {
        sift(p);
    }
    if (whole && page->seen == 0 && p->base < p->at && !is_disorder(p)) {
        p->gap = p->doubt < DOUBTS; /* not even what was delivered last is there */
    }
    if (p->gap || is_disorder(p)) {
        step_back(p, lost);
    }
    if ((whole || err == OSFT_E_SPACE || err == OSFT_E_TASKS) && !p->gap) {
        err = look_at_page(p, err, whole, fitted);
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

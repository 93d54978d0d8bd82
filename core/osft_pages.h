/* SPDX-License-Identifier: Apache-2.0 */
/* The whole history, page by page, in fixed memory: an iterator over osft_link.h.
 *
 *     struct osft_pages pages;
 *     osft_pages_init(&pages, &link, &query, 50);
 *     while (osft_pages_more(&pages)) {
 *         err = osft_pages_next(&pages, 60000, &page);
 *         if (err != OSFT_OK) break;                 or call again: it goes on where it was
 *         ... page.count tasks, maybe none; or they went to page.stream
 *     }
 *
 * Tasks come newest first. Each task that was there at the beginning comes once, also when new tasks
 * push it onto a later page in the meantime, or others vanish; what starts after the walk began may be
 * missing. It relies on the documented order (start time, newest first) and on no more than
 * OSFT_PAGES_RECENT tasks that start in the same millisecond. A service that does not keep that order,
 * or does not say when tasks start (changed says so), has its tasks all delivered, some perhaps twice:
 * nothing is left out on a guess.
 *
 * overlap: a page begins with tasks that were delivered before, and they are left out; when it does not,
 *       tasks have vanished, and nothing of it is delivered before the walk has stepped back to
 *       where it knows the tasks. (Pages of fewer than 4 tasks do not always begin so; what vanishes can
 *       then take others with it.)
 * size: a page that does not fit is asked for again from where it broke off, in half the size; it grows
 *       back later. Where even one task does not fit, OSFT_E_SPACE with page->need, and the next
 *       call goes on behind it. A stream reports such tasks one by one, and the call that met some
 *       returns OSFT_E_SPACE; the next one goes on behind that page. Who calls on after errors should
 *       bound how often: a service can send what never fits for ever.
 * end:  when a page brings no task, or is short and brings nothing new, or is short and totalCount (if
 *       there is one) is reached. What totalCount says is never relied on alone. When new tasks come as
 *       fast as pages are read, or the service says the same again and again: OSFT_PAGES_STUCK.
 */
#ifndef OSFT_PAGES_H
#define OSFT_PAGES_H

#include "osft_link.h"
#include "osft_stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bits of osft_pages.changed: what was not as documented, or changed during the walk. */
enum osft_pages_change {
    OSFT_PAGES_GREW = 1,     /* totalCount went up: new tasks, which this walk may not show */
    OSFT_PAGES_SHRANK = 2,   /* totalCount went down: tasks vanished */
    OSFT_PAGES_REPEATED = 4, /* tasks came again and were left out: new ones had pushed them back */
    OSFT_PAGES_DISORDER = 8, /* not newest first: tasks may have come twice */
    OSFT_PAGES_STUCK = 16,   /* the service repeats itself and gives nothing new: the walk ended */
    OSFT_PAGES_SHORT = 32 /* it ended with fewer tasks than totalCount said, less what vanished */
};

struct osft_pages {
    uint32_t delivered; /* tasks so far */
    int32_t total;      /* totalCount, as last said; OSFT_UNKNOWN: never */
    uint8_t changed;    /* osft_pages_change bits */

    /* private */
    uint8_t over;          /* the walk has ended */
    uint8_t gap, joined;   /* this page does not join on; it has come to where the last one ended */
    uint8_t is_new;        /* it has brought a new task */
    uint8_t barren, doubt; /* pages in a row that brought nothing; that did not join on */
    struct osft_link *link;
    struct osft_query *query;
    struct osft_page *page;
    uint32_t at;         /* tasks before the next one that is wanted */
    uint32_t size, most; /* of a page: now, and the most to ask for */
    uint32_t base;       /* of this page: tasks before it */
    uint32_t asked;      /* its size */
    uint32_t read;       /* tasks of it that were looked at */
    int32_t expected;    /* totalCount at first, less what vanished */
    int64_t last_start;  /* of the last task delivered */
    uint64_t head, edge; /* of the first task of this page, and of the one before: its start, or
                          * its id when starts say nothing */
    uint64_t recent[OSFT_PAGES_RECENT]; /* ids of the last tasks delivered; 0: none */
};

/* Begin at the newest task.
 * buffers: keeps l and query, which must outlive the walk; sets query's page_number and page_size,
 *          and heeds its filters
 * page_size: tasks to ask for at once; with an array, at most page->max are. More where new tasks come
 *          as fast as it reads. 0: 1 */
void osft_pages_init(struct osft_pages *p, struct osft_link *l, struct osft_query *query,
                     uint32_t page_size);

/* 1 while there is more to ask for. */
int osft_pages_more(const struct osft_pages *p);

/* The next page; what was delivered before is left out of *page. Blocks as osft_link_list() does.
 * units:   budget_ms for this page
 * returns: 0, or an osft_err; page->count tasks are whole, new and usable either way, and the next call
 *          goes on behind them. OSFT_E_TASKS: the service does not heed the page size, and the walk
 *          ends, as page->seen tasks would have to fit */
int osft_pages_next(struct osft_pages *p, uint32_t budget_ms, struct osft_page *page);

/* The same without blocking: begin, drive the link until OSFT_DONE, end. */
int osft_pages_begin(struct osft_pages *p, uint32_t budget_ms, struct osft_page *page);
int osft_pages_end(struct osft_pages *p);

/* What identifies a run: a hash of run id and generation; where both are absent, of the start. */
uint64_t osft_task_id(const struct osft_task *task);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The whole list of tasks, page by page, in fixed memory.
 *
 *     struct osft_pages pages;
 *     osft_pages_init(&pages, &client, &query, 50);
 *     while (osft_pages_more(&pages)) {
 *         result = osft_pages_next(&pages, &page, 60000);
 *         if (result != OSFT_OK) break;              or call again: the walk goes on where it was
 *         ... page.count tasks, maybe none; or page.on_task was given them
 *     }
 *
 * Tasks come newest first. Each task that was there at the beginning and stays is delivered once,
 * also when new tasks push it onto a later page, or when other tasks vanish. Tasks that start after
 * the walk began are left out.
 *
 * needs:    the documented order: by start time, newest first. At most OSFT_PAGES_RECENT tasks may
 *           start in the same millisecond, and such tasks must keep their order from one page to
 *           the next (a change of their order is not noticed). When the service breaks the
 *           documented order, or leaves out start times, `changed` has OSFT_PAGES_DISORDER. Then
 *           some tasks may be delivered twice, and a task that moves forward in the list unnoticed
 *           is missed. The walk notices such a move by a smaller totalCount, unless as many tasks
 *           arrived as vanished.
 * overlap:  each page begins with known tasks, which were delivered before; the page's known tasks
 *           are left out. When a page does not begin with a known task, tasks have vanished:
 *           nothing of that page is delivered, and the walk goes back until it finds known tasks.
 * sizes:    so that pages overlap, the walk asks for up to page_size / 8 + 16 tasks more than
 *           page_size. When new tasks come faster than the walk reads, it doubles its page after
 *           every three pages that bring only known tasks, up to 128 times page_size. When the
 *           service refuses such a page, the walk asks for no more than page_size; when the service
 *           gives fewer tasks, the walk asks for fewer. When a page does not fit into the caller's
 *           array or the work buffer, the next page begins with the first task that did not fit,
 *           and is smaller.
 * end:      the walk ends at the end of the list. When totalCount says that more tasks follow, the
 *           service may have left out tasks of the last page. Then the walk asks for that page
 *           again, until four requests in a row have brought no new task. When totalCount is
 *           absent, the walk takes a page for the last one if it is shorter than asked for, and
 *           shorter than an earlier page.
 * bound:    every walk ends, whatever the service sends. The walk also ends when
 *           OSFT_PAGES_PATIENCE requests in a row have brought no new task. A walk that delivers n
 *           tasks therefore makes at most (n + 1) * OSFT_PAGES_PATIENCE successful requests. A task
 *           is new when it is older than all delivered tasks. After OSFT_PAGES_DISORDER, two rules
 *           differ: a task counts as new when its position is behind the positions of all delivered
 *           tasks, unless its page has come before or lies behind totalCount; and all requests
 *           without new tasks are counted, not only those in a row.
 * left out: a task that is bad, or by itself too large for the work buffer, is reported once: to
 *           on_task, or in client.reply. The call that received the task delivers all other tasks
 *           of the page, and returns OSFT_E_BAD_TASK or OSFT_E_SPACE; the next call goes on behind
 *           that page. A task whose startTime cannot be read has no place in the order, and is
 *           recognised only by its position: when tasks arrive or vanish, such a task may be
 *           reported twice, or not at all.
 */
#ifndef OSFT_PAGES_H
#define OSFT_PAGES_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many requests in a row may bring no new task before the walk ends; after OSFT_PAGES_DISORDER,
 * how many requests in all. */
#define OSFT_PAGES_PATIENCE 24

/* Bits of osft_pages.changed: what changed during the walk, and where the service differed from its
 * documentation. */
enum osft_pages_change {
    /* totalCount went up: there are new tasks, which were left out. */
    OSFT_PAGES_GREW = 1,
    /* totalCount went down: tasks vanished. */
    OSFT_PAGES_SHRANK = 2,
    /* The service's pages are so short that some could not overlap. If tasks vanished, other tasks
     * may be missing. */
    OSFT_PAGES_NO_OVERLAP = 4,
    /* The list is not in the documented order: some tasks may have been delivered twice. */
    OSFT_PAGES_DISORDER = 8,
    /* The walk ended because its last requests brought no new task: the service repeats its pages,
     * or new tasks come faster than the walk reads them. */
    OSFT_PAGES_STUCK = 16,
    /* The walk ended although totalCount says that more tasks follow. */
    OSFT_PAGES_SHORT = 32
};

/* private: the tasks that were delivered last, to recognise them when they come again */
struct osft_recent {
    int64_t start_ms;                /* start of the task that was added last */
    uint32_t tied;                   /* tasks with this start that were added in a row */
    uint32_t count;                  /* all tasks that were ever added */
    uint64_t ids[OSFT_PAGES_RECENT]; /* the last ids, by osft_task_id(); a ring buffer */
};

struct osft_pages {
    uint32_t delivered; /* tasks delivered so far, and tasks reported as left out */
    uint8_t changed;    /* osft_pages_change bits */

    /* private: the walk */
    uint8_t has_more;        /* 0: the walk is over */
    int8_t omission_error;   /* the error of a task that was left out, until a call returns it */
    uint8_t without_new;     /* requests that brought no new task; see OSFT_PAGES_PATIENCE */
    uint8_t gap_count;       /* pages in a row that did not follow the known tasks */
    uint8_t full_of_repeats; /* pages in a row that brought only known tasks */
    /* private: the page that was asked for */
    uint8_t may_lack_overlap; /* 1: this page may be delivered although it does not begin with a
                               * known task, because no page size gives an overlap, or because the
                               * list is in disorder */
    uint8_t may_deliver;      /* 1: the page follows the known tasks, so its new tasks may be
                               * delivered */
    uint8_t has_new;          /* 1: the page has brought a new task */
    uint8_t is_past_repeats;  /* 1: the page had a task that is not newer than the delivered ones */
    struct osft_client *client;
    struct osft_page *page;  /* the caller's */
    uint32_t asked;          /* length of the page, as asked for; tasks */
    uint32_t first_position; /* position of the page's first task in the list, from 0 */
    uint32_t first_id;       /* the low bits of the id of the page's first task */
    /* private: positions in the list */
    uint32_t empty_at; /* the position of an empty page that began where the known tasks end;
                        * UINT32_MAX: none */
    uint32_t next;     /* position of the next new task: all tasks before this position are known.
                        * After a gap, an estimate */
    /* private: page sizes */
    uint32_t size;      /* new tasks that a page is to bring: page_size, or fewer after a page that
                         * did not fit */
    uint32_t page_size; /* the caller's page_size */
    uint32_t smallest, largest; /* page lengths that the service gives, as far as known */
    uint32_t most_seen;         /* tasks on the longest page so far, at least 1 */
    /* private: the service's totalCounts, and pages that the service repeats */
    uint32_t smallest_total, largest_total; /* the smallest and the largest totalCount so far;
                                             * UINT32_MAX: none came */
    uint32_t total;                         /* the last totalCount; 0: none came */
    uint32_t responses;                     /* complete responses so far, plus 1 */
    uint32_t cycle_mark_id;         /* first_id of page 1, 3, 7, 15 ..., to notice when the service
                                     * repeats pages */
    uint32_t list_first_id;         /* the first page's first_id */
    struct osft_recent recent;      /* the tasks delivered last */
    struct osft_page response_page; /* the client's page; its on_task is the walk's */
    struct osft_query query;        /* the caller's query, with page number and size */
};

/* Begin a walk at the newest task.
 * buffers:   keeps client, and the texts of query, which must outlive the walk. The query's page
 *            number, page size and generation are ignored
 * page_size: new tasks that one request is to bring, from 1 to 1,048,576 */
#define osft_pages_init OSFT_WITH_LIMITS(osft_pages_init)
void osft_pages_init(struct osft_pages *pages, struct osft_client *client,
                     const struct osft_query *query, uint32_t page_size);

/* Whether the walk goes on: 1 until its end was found. */
int osft_pages_more(const struct osft_pages *pages);

/* Fetch the next page, with one request. Blocks as osft_list() does.
 * buffers: as osft_list(); page may differ from call to call
 * units:   limit_ms bounds this page, with its attempts and waits, as in osft_list()
 * returns: OSFT_OK or an osft_error; page->count tasks are complete, new and usable either way, and
 *          the next call goes on behind them. When a response breaks off after new tasks were
 *          stored in an array, the call returns OSFT_OK, and the next call asks for the rest. A
 *          caller that goes on after errors should count them. */
int osft_pages_next(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms);

/* Start osft_pages_next() without blocking: then call osft_step() until it does not return
 * OSFT_PENDING.
 * returns: OSFT_OK; OSFT_E_STATE while another call is in progress; OSFT_E_TASKS when page has
 *          neither an on_task nor an array for at least one task */
int osft_pages_start(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms);

/* Return a number that identifies a run: a hash of its run id and generation, or, when both are
 * absent, a hash of its start. */
uint64_t osft_task_id(const struct osft_task *task);

#ifdef __cplusplus
}
#endif
#endif

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
 * needs:    the documented order: start time, newest first. Tasks that start in the same
 *           millisecond must keep their order from one page to the next (a change of it is not
 *           noticed), and must not be more than OSFT_PAGES_RECENT. Where the service is seen to
 *           break the order, or leaves starts out, `changed` has OSFT_PAGES_DISORDER: then some
 *           tasks may be delivered twice, and a task that moves forward in the list unnoticed is
 *           missed. totalCount shows that tasks have vanished and others moved forward, unless as
 *           many tasks arrived.
 * overlap:  each page begins with tasks that were delivered before, which are left out. A page that
 *           begins with no known task shows that tasks have vanished. Nothing of that page is
 *           delivered, and the walk goes back until it finds known tasks.
 * sizes:    so that pages overlap, the walk asks for up to page_size / 8 + 16 tasks more than
 *           page_size. When new tasks come faster than the walk reads, it doubles its page after
 *           every three pages that bring only known tasks, up to 128 times page_size. It asks for
 *           no more than page_size where the service refuses that, and for fewer where the service
 *           gives fewer. When not all of a page fits into the caller's array or the work buffer,
 *           the next page begins there, and is smaller.
 * end:      the walk ends at the end of the list. Where totalCount says that more tasks follow, a
 *           page may have come without its tasks: the end is asked for again, until four requests
 *           in a row have brought nothing new. Where totalCount is absent, a page that is shorter
 *           than asked for, and than an earlier one, is taken for the end.
 * measure:  the walk also ends when OSFT_PAGES_PATIENCE requests in a row have brought nothing new,
 *           so that one that delivers n tasks makes at most (n + 1) * OSFT_PAGES_PATIENCE requests
 *           that do not fail, whatever the service does. A task that is older than all delivered
 *           ones is new. In disorder, a task counts as new when its position is behind all
 *           delivered ones, unless its page has come before or lies behind totalCount. In disorder,
 *           requests without new tasks are counted in all, not only in a row.
 * left out: a task that is bad, or too large for the work buffer by itself, is reported once: to
 *           on_task, or in client.reply. The call that met it returns OSFT_E_BAD_TASK or
 *           OSFT_E_SPACE after all other tasks of its page, and the next call goes on behind that
 *           page. A task whose startTime cannot be read has no place in the order, and is known
 *           only by its position: when tasks arrive or vanish, it may be reported twice, or not at
 *           all.
 */
#ifndef OSFT_PAGES_H
#define OSFT_PAGES_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many requests in a row may bring nothing new before the walk ends; in disorder, how many in
 * all. */
#define OSFT_PAGES_PATIENCE 24

/* Bits of osft_pages.changed: what was not as documented, or changed during the walk. */
enum osft_pages_change {
    /* totalCount went up: there are new tasks, which were left out. */
    OSFT_PAGES_GREW = 1,
    /* totalCount went down: tasks vanished. */
    OSFT_PAGES_SHRANK = 2,
    /* The service's pages are so short that some could not overlap: where tasks vanished, others
     * may be missing. */
    OSFT_PAGES_NO_OVERLAP = 4,
    /* The order does not tell tasks apart: some may have come twice. */
    OSFT_PAGES_DISORDER = 8,
    /* The walk ended because requests brought nothing new: the service repeats itself, or new tasks
     * come faster than it lists them. */
    OSFT_PAGES_STUCK = 16,
    /* The walk ended where totalCount says that more tasks follow. */
    OSFT_PAGES_SHORT = 32
};

/* private: the tasks that were met last, to know them when they come again */
struct osft_recent {
    int64_t start_ms;                /* of the last of them */
    uint32_t tied;                   /* how many have had this start since it was first met */
    uint32_t count;                  /* all that were ever added */
    uint64_t ids[OSFT_PAGES_RECENT]; /* osft_task_id(); a ring */
};

struct osft_pages {
    uint32_t delivered; /* tasks so far, with those that were reported as left out */
    uint8_t changed;    /* osft_pages_change bits */

    /* private: the walk */
    uint8_t has_more;        /* 0: the walk is over */
    int8_t omission_error;   /* of a task that was left out, until a call returns it */
    uint8_t without_new;     /* requests that brought nothing new; see OSFT_PAGES_PATIENCE */
    uint8_t gap_count;       /* pages in a row that did not follow the known tasks */
    uint8_t full_of_repeats; /* pages in a row that brought nothing but known tasks */
    /* private: the page that was asked for */
    uint8_t needs_no_overlap; /* 1: this page may be delivered although it does not begin with a
                               * known task, because no page size makes one overlap, or because of
                               * disorder */
    uint8_t may_deliver;      /* it follows the known tasks: what is new of it may be delivered */
    uint8_t has_new;          /* it has brought a new task */
    uint8_t is_past_repeats;  /* a task that is not newer than the delivered ones was met */
    struct osft_client *client;
    struct osft_page *page; /* the caller's */
    uint32_t asked;         /* tasks that were asked for */
    uint32_t base;          /* tasks before it in the list */
    uint32_t first_id;      /* the low bits of its first task's id */
    /* private: positions in the list */
    uint32_t empty_at; /* an empty page began here, where the known tasks end; UINT32_MAX: none */
    uint32_t next;     /* position of the next new task. All tasks before it are known; after a gap
                        * it is a guess */
    /* private: page sizes */
    uint32_t size;      /* new tasks that a page is to bring: page_size, or fewer after a page that
                         * had more than there was room for */
    uint32_t page_size; /* as the caller gave it */
    uint32_t smallest, largest; /* what the service gives, as far as it is known */
    uint32_t most_seen;         /* tasks on the longest page so far, at least 1 */
    /* private: what the service says */
    uint32_t smallest_total, largest_total; /* totalCount so far; UINT32_MAX: not said */
    uint32_t total;                         /* totalCount as last said; 0: not said */
    uint32_t responses;
    uint32_t cycle_mark_id;         /* first_id of page 1, 3, 7, 15 ..., to notice when the service
                                     * repeats pages */
    uint32_t list_first_id;         /* the first page's first_id */
    struct osft_recent recent;      /* tasks delivered last */
    struct osft_page response_page; /* what the client fills: its on_task is the walk's */
    struct osft_query query;        /* the caller's, with page number and size */
};

/* Begin at the newest task.
 * buffers:   keeps client, and the texts of query, which must outlive the walk. Of the query, page
 *            number, page size and generation are not heeded
 * page_size: new tasks that one request is to bring, from 1 to 1,048,576 */
#define osft_pages_init OSFT_WITH_LIMITS(osft_pages_init)
void osft_pages_init(struct osft_pages *pages, struct osft_client *client,
                     const struct osft_query *query, uint32_t page_size);

/* 1 while there is more to ask for. */
int osft_pages_more(const struct osft_pages *pages);

/* The next page: one request. Blocks as osft_list() does.
 * buffers: as osft_list(); page may be another one each time
 * units:   limit_ms for this page, with its attempts and waits, as osft_list() takes it
 * returns: OSFT_OK or an osft_error; page->count tasks are whole, new and usable either way, and
 *          the next call goes on behind them. With an array, a response that breaks off behind new
 *          tasks is OSFT_OK, and the next call asks for the rest. A caller that goes on after
 *          errors should count them. */
int osft_pages_next(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms);

/* The same without blocking: then call osft_step() until it does not return OSFT_PENDING.
 * returns: OSFT_OK; OSFT_E_STATE while another call is in progress; OSFT_E_TASKS when page has
 *          neither an on_task nor an array for at least one task */
int osft_pages_start(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms);

/* What identifies a run: a hash of run id and generation; where both are absent, of the start. */
uint64_t osft_task_id(const struct osft_task *task);

#ifdef __cplusplus
}
#endif
#endif

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
 * Tasks come newest first. Each task that was there at the beginning and stays is delivered once, also
 * when new tasks push it onto a later page, or when other tasks vanish. Tasks that start after the walk
 * began are left out.
 *
 * needs:   the documented order: start time, newest first. A service that keeps no order has all its
 *          tasks delivered, some perhaps twice; so have more than OSFT_PAGES_RECENT tasks that start in
 *          the same millisecond, or one after the other without a start. `changed` tells of both.
 * overlap: each page begins with tasks that were delivered before, which are left out. A page that does not
 *          shows that tasks have vanished: nothing of it is delivered, and the walk looks for the place
 *          where it knows the tasks again.
 * sizes:   to make pages overlap, the walk asks for up to page_size / 8 + 16 more tasks than page_size. It
 *          stops that when the service refuses it, and asks for fewer where the service gives fewer.
 *          When not all of a page fits into the caller's array or the work buffer, the next page begins
 *          there, and is smaller.
 * end:     a walk ends at the end of the list, or when OSFT_PAGES_PATIENCE requests in a row brought
 *          nothing new. So a list of n tasks takes at most (n + 1) * OSFT_PAGES_PATIENCE requests that
 *          do not fail, whatever the service does; where starts do not tell tasks apart, pages that come
 *          again count as nothing new. totalCount is reported, and never relied on.
 * left out: a task that is bad, or too large for the work buffer by itself, is reported once, to on_task
 *          or in client.reply; the call that met it returns OSFT_E_BAD_TASK or OSFT_E_SPACE after all
 *          other tasks of its page, and the next call goes on behind that page.
 */
#ifndef OSFT_PAGES_H
#define OSFT_PAGES_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many requests in a row may bring nothing new before the walk ends. */
#define OSFT_PAGES_PATIENCE 20

/* Bits of osft_pages.changed: what was not as documented, or changed during the walk. */
enum osft_pages_change {
    OSFT_PAGES_GREW = 1,   /* totalCount went up: there are new tasks, which were left out */
    OSFT_PAGES_SHRANK = 2, /* totalCount went down: tasks vanished */
    OSFT_PAGES_NO_OVERLAP =
        4,                   /* the service's pages are so small that some could not overlap: where
                                * tasks vanished, others may be missing */
    OSFT_PAGES_DISORDER = 8, /* tasks are not listed newest first: some may have come twice */
    OSFT_PAGES_STUCK = 16,   /* the walk ended because requests brought nothing new: the service
                                * repeats itself, or new tasks come faster than it lists them */
    OSFT_PAGES_SHORT = 32,   /* so far fewer tasks came than totalCount said, less what vanished */
    OSFT_PAGES_TIED = 64 /* more than OSFT_PAGES_RECENT tasks start in the same millisecond: where
                                * the list changed, some of them may have come twice, or be missing */
};

/* private: the tasks that were met last, to know them when they come again */
struct osft_recent {
    int64_t start_ms;                /* of the last of them */
    uint32_t tied;                   /* how many of the last ones have this start */
    uint32_t count;                  /* all that were ever added */
    uint64_t ids[OSFT_PAGES_RECENT]; /* osft_task_id(), in a ring */
};

struct osft_pages {
    uint32_t delivered; /* tasks so far, with those that were reported as left out */
    uint8_t changed;    /* osft_pages_change bits */

    /* private */
    uint8_t is_over;
    uint8_t fruitless; /* requests in a row that brought nothing new */
    uint8_t joins_on;  /* this page: nothing lies between it and what was delivered */
    uint8_t is_past_repeats;
    uint8_t has_new;        /* this page: it has brought a new task */
    uint8_t is_end_at_high; /* the page at `high` was empty */
    uint32_t next;          /* position of the next new task: all tasks before it are known */
    uint32_t high;          /* where a page began with a new task, or was empty; UINT32_MAX: none */
    uint32_t base;          /* this page: tasks before it in the list */
    uint32_t asked;         /* this page: tasks that were asked for */
    uint32_t size;          /* new tasks that a page is to bring; less than page_size after one that
                             * had more than there was room for */
    uint32_t page_size;
    uint32_t smallest, largest; /* pages that the service gives, as far as it is known */
    uint32_t most_seen;         /* tasks on the longest page so far */
    uint32_t page_hash;         /* this page: of its tasks' ids */
    uint32_t marked_hash;       /* an earlier page's, to notice that pages repeat themselves */
    uint32_t responses;
    uint32_t total;    /* totalCount, as last said; UINT32_MAX: never */
    uint32_t expected; /* the smallest totalCount so far */
    struct osft_client *client;
    struct osft_page *page;         /* the caller's */
    struct osft_recent recent;      /* tasks delivered last */
    struct osft_page response_page; /* what the client fills: its on_task is the walk's */
    struct osft_query query;        /* the caller's, with page number and size */
};

/* Begin at the newest task.
 * buffers:   keeps client; copies query, but not its texts; both must outlive the walk. The query's filters
 *            are heeded, its page number and size are not
 * page_size: tasks that one request is to bring, from 1 to 1,048,576 */
#define osft_pages_init OSFT_WITH_LIMITS(osft_pages_init)
void osft_pages_init(struct osft_pages *pages, struct osft_client *client,
                     const struct osft_query *query, uint32_t page_size);

/* 1 while there is more to ask for. */
int osft_pages_more(const struct osft_pages *pages);

/* The next page: one request. Blocks as osft_list() does.
 * buffers: as osft_list(); page may be another one each time
 * units:   limit_ms for this page, with its attempts and waits; 0: as osft_list()
 * returns: OSFT_OK or an osft_error; page->count tasks are whole, new and usable either way, and the next
 *          call goes on behind them. With an array, a response that breaks off behind new tasks is OSFT_OK,
 *          and the next call asks for the rest. Who calls on after errors should bound how often. */
int osft_pages_next(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms);

/* The same without blocking: then call osft_step() until it does not return OSFT_PENDING.
 * returns: OSFT_OK; OSFT_E_STATE while another call is in progress; OSFT_E_TASKS when page has neither an
 *          on_task nor an array for at least one task */
int osft_pages_start(struct osft_pages *pages, struct osft_page *page, uint32_t limit_ms);

/* What identifies a run: a hash of run id and generation; where both are absent, of the start. */
uint64_t osft_task_id(const struct osft_task *task);

#ifdef __cplusplus
}
#endif
#endif

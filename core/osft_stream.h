/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks one by one: each is handed over the moment its last byte has come, and then its bytes are
 * given up, so that a page of any size passes through a work buffer that holds one task.
 *
 *     struct osft_stream stream;
 *     struct osft_page page;
 *     osft_stream_init(&stream, &page, on_task, NULL);
 *     err = osft_list(&client, &query, 10000, &page);
 *
 * The same engine fills the array and feeds the stream. page->count stays 0, page->seen counts.
 */
#ifndef OSFT_STREAM_H
#define OSFT_STREAM_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A task has come. It is whole, but the answer is not: it can still be cut or turn out wrong, which
 * the call's result says.
 * task:    the task; NULL when it does not fit into the work buffer, which need bytes would suffice for
 *          (as far as it is known: the task's own bytes are all counted)
 * index:   which task of the answer, from 0; with osft_pages.h, of the whole history
 * lifetime: task and its texts until the function returns
 * threads: called from within osft_did() or osft_list(); it must not call the client
 * returns: 0 to go on, anything else to end the call with OSFT_E_STOPPED */
typedef int osft_on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need);

struct osft_stream {
    uint32_t delivered; /* tasks handed over since osft_stream_init() */
    uint32_t
        too_large; /* tasks that did not fit; then the call ends with OSFT_E_SPACE, not before its
                         * end, and page->need says how many bytes suffice for all of them */

    /* private */
    osft_on_task *on_task;
    void *ctx;
    int (*byte)(struct osft_client *c, uint8_t b); /* so that only who streams links it */
    int (*fresh)(void *filter,
                 const struct osft_task *task); /* 0: came before; task NULL: too large */
    void *filter;
    uint32_t first; /* the answer's first task is this one */
    uint32_t seen;  /* tasks of this answer that were dealt with */
    size_t mark;    /* of the work buffer: where a task's texts begin */
    size_t need;    /* the most that something needed that did not fit; 0: all has */
    struct osft_task task;
};

/* Make *page deliver to on_task. Both structs are the caller's, and used by every call with *page.
 * The stream may serve call after call; delivered and too_large add up. */
void osft_stream_init(struct osft_stream *s, struct osft_page *page, osft_on_task *on_task,
                      void *ctx);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The array's engine with an array of one: when a task is whole it is handed over, and its slot and
 * its texts are used again. */
#include "answer.h"
#include "json.h"
#include "osft_stream.h"

/* One more task is dealt with. task: NULL when it did not fit. */
static int deliver(struct osft_stream *s, const struct osft_task *task, size_t need)
{
    uint32_t index = s->first + s->seen++;

    if (s->fresh != NULL && !s->fresh(s->filter, task)) {
        return OSFT_OK;
    }
    if (task == NULL) {
        s->too_large++;
    } else {
        s->delivered++;
    }
    return s->on_task(s->ctx, task, index, need) != 0 ? OSFT_E_STOPPED : OSFT_OK;
}

/* What did not fit is over: a task, or a text of the envelope, which only the call's result tells. */
static int over_size(struct osft_client *c, struct osft_stream *s)
{
    size_t need = c->page->need + c->lost; /* it had filled the buffer: need is as much, at least */

    c->why = OSFT_OK; /* so that the next task is taken */
    c->lost = 0;
    if (s->need < need) {
        s->need = need;
    }
    return c->page->seen != s->seen ? deliver(s, NULL, need) : OSFT_OK;
}

static int stream_byte(struct osft_client *c, uint8_t b)
{
    struct osft_page *page = c->page;
    struct osft_stream *s = page->stream;
    size_t seen = page->seen;
    int err;

    if (page->offset == 0) { /* an answer begins, maybe a further attempt's */
        s->seen = 0;
        s->need = 0;
    }
    err = osft_answer_byte(c, b);
    if (err != OSFT_OK) {
        return err;
    }
    if (page->seen != seen) { /* a task begins */
        s->mark = c->used;
    }
    if (page->count != 0) {
        page->count = 0;
        err = deliver(s, &s->task, 0);
        c->used = c->item = s->mark;
    } else if (c->why == OSFT_E_SPACE && !c->counting) {
        err = over_size(c, s);
    }
    if (s->need != 0 && osft_json_complete(&c->json)) {
        page->need = s->need;
        if (c->why == OSFT_OK) {
            c->why = OSFT_E_SPACE;
        }
    }
    return err;
}

void osft_stream_init(struct osft_stream *s, struct osft_page *page, osft_on_task *on_task,
                      void *ctx)
{
    s->delivered = s->too_large = s->first = 0;
    s->on_task = on_task;
    s->ctx = ctx;
    s->byte = stream_byte;
    s->fresh = NULL;
    page->tasks = &s->task;
    page->max = SIZE_MAX; /* page->count never gets beyond 1 */
    page->stream = s;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

void note_task(struct walk *w, const struct osft_task *task)
{
    uint32_t id = service_id(task);
    assert_true(id < IDS && w->delivered < IDS);
    w->times[id]++;
    w->order[w->delivered++] = id;
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct walk *w = ctx;
    assert_true((task == NULL) != (omission == NULL));
    if (task != NULL) {
        note_task(w, task);
    } else {
        w->omitted++;
    }
    return 0;
}

struct walk *walk_new(size_t room, size_t max, uint32_t page_size, uint32_t count)
{
    struct walk *w = calloc(1, sizeof(*w));
    uint32_t i;

    assert_non_null(w);
    w->s = service_new(room);
    for (i = 0; i < count; i++) {
        service_insert(w->s, 0, 1000 + 10 * (int64_t)i);
    }
    w->page.tasks = w->tasks;
    w->page.max = max;
    if (max == 0) {
        w->page.on_task = on_task;
        w->page.on_task_ctx = w;
    }
    osft_pages_init(&w->pages, &w->s->client, &w->s->query, page_size);
    return w;
}

void walk_free(struct walk *w)
{
    service_free(w->s);
    free(w);
}

int read_page(struct walk *w)
{
    uint32_t before = w->delivered;
    int result = osft_pages_next(&w->pages, &w->page, 0);
    size_t i;

    w->calls++;
    if (w->page.on_task == NULL) {
        assert_true(w->page.count <= w->page.max);
        for (i = 0; i < w->page.count; i++) {
            note_task(w, &w->tasks[i]);
        }
        w->omitted += w->s->client.reply.left_out;
    }
    assert_int_equal(w->page.count, w->delivered - before);
    assert_int_equal(w->pages.delivered, w->delivered + w->omitted);
    return result;
}

unsigned walk_to_end(struct walk *w)
{
    unsigned errors = 0;
    while (osft_pages_more(&w->pages)) {
        errors += read_page(w) != OSFT_OK;
        assert_true(w->calls < 3000);
    }
    return errors;
}

void assert_each_once(const struct walk *w, uint32_t from, uint32_t to)
{
    uint32_t id;
    for (id = from; id <= to; id++) {
        if (w->times[id] != 1) {
            fail_msg("task %lu was delivered %u times", (unsigned long)id, w->times[id]);
        }
    }
}

void churn(struct service *s, void *ctx)
{
    struct churn *c = ctx;
    uint32_t n = s->requests == 1 ? 0 : service_random(s, c->arrive + 1);

    if (c->burst != 0 && service_random(s, c->burst) == 0) {
        n *= 10;
    }
    while (n-- > 0 && s->last_id + 1 < IDS) {
        service_insert(s, 0, s->count != 0 ? s->list[0].start + (int64_t)service_random(s, 3) : 5);
    }
    n = s->requests == 1 ? 0 : service_random(s, c->vanish + 1);
    while (n-- > 0 && s->count != 0) {
        size_t place = service_random(s, (uint32_t)s->count);
        c->gone[s->list[place].id] = 1;
        service_delete(s, place);
    }
    if (c->fail != 0 && service_random(s, c->fail) == 0) {
        static const enum service_fault faults[] = { SERVICE_DROP, SERVICE_CUT, SERVICE_CUT,
                                                     SERVICE_BUSY, SERVICE_REFUSE };
        s->fault = faults[service_random(s, COUNT(faults))];
        s->cut = service_random(s, 2000);
    }
}

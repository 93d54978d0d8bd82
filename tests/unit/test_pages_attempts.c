/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks that one attempt left out are reported although another attempt follows. */
#include "walk.h"
#include "watcher.h"

static size_t cut_at;

static void cut_once(struct service *s, void *ctx)
{
    (void)ctx;
    if (s->requests == 1) {
        s->fault = SERVICE_CUT;
        s->cut = cut_at;
    }
}

/* Make a walk whose first response is cut behind its newest task, which is bad. */
static struct walk *cut_walk(size_t max)
{
    struct walk *w = walk_new(8192, max, 6, 6);
    w->s->list[0].start_text = "true";
    w->s->retry.attempts = 2;
    w->s->between = cut_once;
    return w;
}

static void an_array_walk_reports_a_bad_task_though_the_response_was_cut_behind_it(void **state)
{
    (void)state;
    for (cut_at = 0; cut_at < 900; cut_at++) {
        struct walk *w = cut_walk(6);
        unsigned left_out = 0, bad = 0, failed = 0, good = 0, calls;
        for (calls = 0; calls < 9 && osft_pages_more(&w->pages); calls++) {
            int result = osft_pages_next(&w->pages, &w->page, 0);
            bad += result == OSFT_E_BAD_TASK;
            failed += result != OSFT_OK;
            good += (unsigned)w->page.count;
            left_out += w->s->client.reply.left_out;
        }
        if (good != 5 || left_out != 1 || bad != 1 || failed != 1) {
            fail_msg("cut at %zu: %u tasks, %u left out, %u calls failed, %u with OSFT_E_BAD_TASK",
                     cut_at, good, left_out, failed, bad);
        }
        walk_free(w);
    }
}

static void
a_walk_with_on_task_returns_that_a_task_was_bad_though_the_response_was_cut(void **state)
{
    (void)state;
    for (cut_at = 0; cut_at < 900; cut_at++) {
        struct walk *w = cut_walk(0);
        unsigned errors = walk_to_end(w);
        assert_each_once(w, 1, 5);
        assert_int_equal(w->omitted, 1);
        if (errors != 1) {
            fail_msg("cut at %zu: %u errors", cut_at, errors);
        }
        walk_free(w);
    }
}

static unsigned told;
static void count_omission(void *ctx, const struct osft_omission *omission)
{
    (void)ctx;
    (void)omission;
    told++;
}

static void a_poll_reports_a_bad_task_though_the_response_was_cut_behind_it(void **state)
{
    (void)state;
    for (cut_at = 0; cut_at < 700; cut_at++) {
        struct watcher *w = watcher_new(8192, 8);
        int i, result;
        for (i = 0; i < 4; i++) {
            start_run(w);
        }
        w->s->list[0].start_text = "true";
        w->s->retry.attempts = 2;
        w->s->between = cut_once;
        w->watch.on_omission = count_omission;
        told = 0;
        result = watcher_poll(w);
        if (told != 1 || result != OSFT_E_BAD_TASK) {
            fail_msg("cut at %zu: told %u, result %d", cut_at, told, result);
        }
        watcher_free(w);
    }
}

/* The first attempt for the third page leaves a task out and is cut. Then all tasks that were
 * delivered vanish, so that the page of the second attempt does not overlap the page before. */
static void vanish_between_attempts(struct service *s, void *ctx)
{
    (void)ctx;
    if (s->requests == 3) {
        s->fault = SERVICE_CUT;
        s->cut = cut_at;
    } else if (s->requests == 4) {
        while (s->list[0].id > 20) {
            service_delete(s, 0);
        }
    }
}

static void a_page_that_brought_only_an_omission_is_followed_by_others(void **state)
{
    (void)state;
    for (cut_at = 0; cut_at < 2000; cut_at += 7) {
        struct walk *w = walk_new(8192, 0, 5, 40);
        w->s->list[10].start_text = "true"; /* makes the first new task of the third page bad */
        w->s->retry.attempts = 2;
        w->s->between = vanish_between_attempts;
        (void)walk_to_end(w); /* the walk must end */
        assert_each_once(w, 1, 20);
        walk_free(w);
    }
}

/* One attempt is cut. Before the next one so many tasks vanish that its page is empty. */
struct emptied {
    uint32_t request, left; /* the attempt that is cut; the tasks that stay */
};

static void vanish_before_the_second_attempt(struct service *s, void *ctx)
{
    const struct emptied *e = ctx;
    if (s->requests == e->request) {
        s->fault = SERVICE_CUT;
        s->cut = cut_at;
    } else if (s->requests == e->request + 1) {
        while (s->count > e->left) {
            service_delete(s, 0);
        }
    }
}

static void an_empty_page_after_an_attempt_that_was_cut_ends_no_walk(void **state)
{
    struct emptied e;
    uint32_t size, checked = 0;
    (void)state;
    for (size = 1; size <= 7; size += 2) {
        for (e.request = 2; e.request <= 6; e.request++) {
            for (e.left = 1; e.left <= 16; e.left += 3) {
                for (cut_at = 150; cut_at < 600; cut_at += 90) {
                    struct walk *w = walk_new(8192, 0, size, 30);
                    w->s->retry.attempts = 2;
                    w->s->between = vanish_before_the_second_attempt;
                    w->s->ctx = &e;
                    assert_int_equal(walk_to_end(w), 0);
                    if ((w->pages.changed & OSFT_PAGES_NO_OVERLAP) == 0) {
                        assert_each_once(w, 1, e.left);
                        checked++;
                    }
                    walk_free(w);
                }
            }
        }
    }
    assert_true(checked > 500); /* of the 600 cases */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_walk_reports_a_bad_task_though_the_response_was_cut_behind_it),
        cmocka_unit_test(
            a_walk_with_on_task_returns_that_a_task_was_bad_though_the_response_was_cut),
        cmocka_unit_test(a_poll_reports_a_bad_task_though_the_response_was_cut_behind_it),
        cmocka_unit_test(a_page_that_brought_only_an_omission_is_followed_by_others),
        cmocka_unit_test(an_empty_page_after_an_attempt_that_was_cut_ends_no_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A watch over a port without a clock: no attempt is retried, and the time is not asked for. */
#include "watcher.h"

static void a_watch_without_a_clock_polls_a_service_that_asks_for_a_wait(void **state)
{
    struct watcher *w = watcher_new(4096, 4);
    (void)state;
    w->s->port.ticks_ms = NULL;
    start_run(w);
    w->s->header = "Retry-After: 1\r\n";
    assert_poll(w, "S1");
    assert_poll(w, "");
    watcher_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watch_without_a_clock_polls_a_service_that_asks_for_a_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

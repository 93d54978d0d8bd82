/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a task, told from its text. */
#include "fake.h"

static void a_tasks_state_is_told_by_its_exact_text(void **state)
{
    static const struct {
        const char *text;
        enum osft_state state;
    } cases[] = { { "success", OSFT_SUCCESS },    { "failed", OSFT_FAILED },
                  { "running", OSFT_RUNNING },    { "", OSFT_STATE_OTHER },
                  { NULL, OSFT_STATE_OTHER },     { "Success", OSFT_STATE_OTHER },
                  { "succes", OSFT_STATE_OTHER }, { "successs", OSFT_STATE_OTHER },
                  { "pending", OSFT_STATE_OTHER } };
    struct osft_task task;
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        memset(&task, 0, sizeof(task));
        task.status = osft_span_from(cases[i].text);
        assert_int_equal(osft_task_state(&task), cases[i].state);
    }
    task.status.ptr = "failed\0"; /* the length counts, not the NUL */
    task.status.len = 7;
    assert_int_equal(osft_task_state(&task), OSFT_STATE_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tasks_state_is_told_by_its_exact_text),
    };
    return cmocka_run_group_tests_name("task state", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The runs that were met last, by which a walk and a watch know them when they come again. */
#include "fake.h"
#include "recent.h"

#define FIRST_ID UINT64_C(1000)

/* The table, and memory behind it, which must not be read as a part of the table. */
static struct {
    struct osft_recent recent;
    uint64_t behind[2];
} memory;

static void as_many_as_the_table_holds_are_known_and_no_others(void **state)
{
    struct osft_recent *recent = &memory.recent;
    uint64_t id, last;
    (void)state;
    memset(&memory, 0, sizeof(memory));
    memory.behind[0] = memory.behind[1] = UINT64_MAX;
    for (last = FIRST_ID; last < FIRST_ID + 3 * OSFT_PAGES_RECENT; last++) {
        osft_add_recent(recent, 5, last);
        for (id = FIRST_ID; id <= last + 2; id++) {
            assert_int_equal(osft_is_recent(recent, id),
                             id <= last && id + OSFT_PAGES_RECENT > last);
        }
        assert_false(osft_is_recent(recent, UINT64_MAX));
    }
    assert_true(memory.behind[0] == UINT64_MAX && memory.behind[1] == UINT64_MAX);
}

static void those_that_start_together_are_counted(void **state)
{
    static const int64_t starts[] = { 9, 9, 9, 7, 7, 9, INT64_MAX, 0, 0 };
    static const uint32_t tied[] = { 1, 2, 3, 1, 2, 1, 1, 1, 2 };
    size_t i;
    (void)state;
    memset(&memory, 0, sizeof(memory));
    for (i = 0; i < COUNT(starts); i++) {
        osft_add_recent(&memory.recent, starts[i], i);
        assert_true(memory.recent.start_ms == starts[i]);
        assert_int_equal(memory.recent.tied, tied[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_the_table_holds_are_known_and_no_others),
        cmocka_unit_test(those_that_start_together_are_counted),
    };
    return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}

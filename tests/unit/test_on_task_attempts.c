/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks and omissions that were given to on_task are not given to it again by another attempt. */
#include "script.h"

static unsigned tasks, omissions;

static int count(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    (void)ctx;
    tasks += task != NULL;
    omissions += omission != NULL;
    return 0;
}

static void an_omission_is_reported_once_though_the_response_was_cut_behind_it(void **state)
{
    const char *whole = script_response("200 OK", "",
                                        "{\"result\":[{\"runId\":\"a\",\"startTime\":true},"
                                        "{\"runId\":\"b\",\"startTime\":1}]}");
    static char cut[1024];
    const char *second = strstr(whole, ",{\"runId\":\"b\"");
    struct exchange list[2] = { { NULL, 0, 0, OSFT_EOF }, { NULL, 0, 0, 0 } };
    struct script *s;
    (void)state;
    memcpy(cut, whole, (size_t)(second - whole));
    list[0].response = cut;
    list[1].response = whole;
    s = script_new(list, 2);
    tasks = omissions = 0;
    s->page.on_task = count;
    (void)script_list(s, 60000);
    assert_int_equal(omissions, 1);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_omission_is_reported_once_though_the_response_was_cut_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

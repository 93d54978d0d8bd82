/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies in little room: the size that is named suffices, and what is unknown takes none. */
#include "fake.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int run(size_t room, const char *text, size_t step, struct osft_page *p)
{
    struct setup *s = setup_body(room, "200 OK", text);
    int err;
    s->fake.step = step;
    err = osft_list(&s->client, &s->query, 0, &s->page);
    *p = s->page;
    setup_free(s);
    return err;
}

/* Whatever the room: enough, or a size is named that is, once an answer came; never another error. */
static void check_rooms(const char *text)
{
    struct osft_page whole, p;
    size_t room, step;
    int told = 0;
    assert_int_equal(run(32768, text, 0, &whole), OSFT_OK);
    for (room = whole.need - 500; room < whole.need + 40; room++) {
        for (step = 0; step < 60; step += 53) {
            int err = run(room, text, step, &p);
            if (err != (room < whole.need ? OSFT_E_SPACE : OSFT_OK)) {
                fail_msg("%d in %zu of %zu, %zu needed: %.80s", err, room, whole.need, p.need,
                         text);
            }
            assert_true(err == OSFT_OK || p.need > room);
            if (err == OSFT_E_SPACE && p.http_status != 0) {
                assert_int_equal(run(p.need, text, step, &p), OSFT_OK);
                told++;
            }
        }
    }
    assert_true(told > 200);
}

/* What is needed while an item is read may be more than what is kept of it. */
static void the_room_named_suffices_and_one_byte_less_does_not(void **state)
{
    static char text[8192];
    static const char *const ends[] = {
        "\"extendInfo\":null",
        "\"functionName\":\"\"",
        "\"generation\":1",
        "\"x\":1",
        "\"status\":\"s\"",
        "\"a_rather_long_unknown_name_of_a_member_that_comes_last_in_its_task\":1",
        "\"\\u0065\\u0078\\u0074\\u0065\\u006e\\u0064\\u0049\\u006e\\u0066\\u006f\":\"\""
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(ends); i++) {
        snprintf(text, sizeof(text), "{\"result\":[{\"runId\":\"%0900d\",%s}]}", 0, ends[i]);
        check_rooms(text);
        snprintf(text, sizeof(text), "{\"result\":[],\"message\":\"%0900d\",%s}", 0, ends[i]);
        check_rooms(text);
    }
}

static void huge_unknown_members_need_no_room_but_for_their_names(void **state)
{
    static char text[49152];
    struct osft_page p, plain;
    char value[2][8000];
    size_t i;
    (void)state;
    snprintf(value[0], sizeof(value[0]), "\"%07000d\"", 0);
    snprintf(value[1], sizeof(value[1]), "[{\"a\":{\"%06000d\":[1,2,3,\"x\"]}},%0900d]", 0, 0);
    value[1][strlen(value[1]) - 901] = '1'; /* a number does not begin with 0 */
    assert_int_equal(run(8192, "{\"result\":[{\"generation\":1}]}", 0, &plain), OSFT_OK);
    for (i = 0; i < 2; i++) {
        snprintf(text, sizeof(text), "{\"x\":%s,\"result\":[{\"y\":%s,\"generation\":1}],\"z\":%s}",
                 value[i], value[i], value[i]);
        assert_int_equal(run(plain.need, text, 0, &p), OSFT_OK);
        assert_int_equal(p.need, plain.need);
        assert_int_equal(p.count, 1);
    }
}

/* A name too long for the room is still not mistaken for the one before it. */
static void a_huge_unknown_name_is_a_lack_of_room_and_nothing_else(void **state)
{
    static const char *const values[] = { "1",       "\"a\"", "[]",           "{}",
                                          "[{},{}]", "[1]",   "{\"a\":[{}]}", "null" };
    static const char *const before[] = { "\"result\":[{\"generation\":7}]", "\"latency\":5",
                                          "\"errors\":[]", "\"result\":[]" };
    static char text[8192];
    struct osft_page p;
    size_t i, k;
    (void)state;
    for (i = 0; i < COUNT(values); i++) {
        for (k = 0; k < COUNT(before); k++) {
            int err;
            snprintf(text, sizeof(text), "{%s,\"%03000d\":%s%s}", before[k], 0, values[i],
                     before[k][1] == 'r' ? "" : ",\"result\":[]");
            err = run(1000, text, 0, &p);
            if (err != OSFT_E_SPACE || p.seen != (k == 0)) {
                fail_msg("%d with %zu seen: %s before %s", err, p.seen, before[k], values[i]);
            }
            assert_int_equal(run(p.need, text, 0, &p), OSFT_OK);
            snprintf(text, sizeof(text), "{\"result\":[{\"runId\":\"r\",\"%03000d\":%s},{}]}", 0,
                     values[i]);
            assert_int_equal(run(1000, text, 0, &p), OSFT_E_SPACE);
            assert_int_equal(p.seen, 2);
            assert_int_equal(p.count, 0);
            assert_int_equal(run(p.need, text, 0, &p), OSFT_OK);
            assert_int_equal(p.count, 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_room_named_suffices_and_one_byte_less_does_not),
        cmocka_unit_test(huge_unknown_members_need_no_room_but_for_their_names),
        cmocka_unit_test(a_huge_unknown_name_is_a_lack_of_room_and_nothing_else),
    };
    return cmocka_run_group_tests_name("answer, room", tests, NULL, NULL);
}

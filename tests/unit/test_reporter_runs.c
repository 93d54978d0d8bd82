/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what osft-reporter stores of an instance's newest runs. */
#include <stdlib.h>
#include <string.h>
#include "../../examples/gateway/instance.h"
#include "capture.h"
#include "osft_null.h"

static struct listing listing;
static struct instance instance;
static char work[4096];
static const struct osft_credentials credentials = { OSFT_LIT("id"),
                                                     OSFT_LIT("secret0123456789secret"),
                                                     { NULL, 0 } };

static int set_up(void **state)
{
    static struct osft_settings settings;
    static struct osft_null null;
    static struct osft_client client;
    static const struct osft_query query = { .app_group = OSFT_LIT("a"),
                                             .function = OSFT_LIT("f"),
                                             .instance = OSFT_LIT("i") };
    (void)state;
    memset(&instance, 0, sizeof(instance));
    osft_null_init(&null);
    settings.port = &null.port;
    settings.work = work;
    settings.work_size = sizeof(work);
    osft_init(&client, &settings);
    assert_int_equal(start_listing(&listing, &client, &query, &credentials, 1000), OSFT_OK);
    return 0;
}

static void list_run(int64_t start_ms, const char *run_id, const char *status,
                     const char *extend_info)
{
    struct osft_task task;

    memset(&task, 0, sizeof(task));
    task.start_ms = start_ms;
    task.end_ms = start_ms + 5;
    task.progress = 50;
    task.run_id = osft_span_from(run_id);
    task.status = osft_span_from(status);
    task.generation = osft_span_from("7");
    task.extend_info = osft_span_from(extend_info);
    assert_int_equal(listing.page.on_task(listing.page.on_task_ctx, &task, NULL), 0);
}

static void the_list_asks_for_the_first_page(void **state)
{
    (void)state;
    assert_int_equal(listing.query.page_number, 1);
    assert_int_equal(listing.query.page_size, RECENT_RUNS);
}

static void the_newest_run_is_the_one_that_started_last(void **state)
{
    (void)state;
    list_run(100, "old", "success", "{}");
    list_run(300, "new", "failed", "{\"auc\":1}");
    list_run(200, "middle", "success", NULL);
    take_listing(&instance, &listing);
    assert_true(instance.newest.is_known);
    assert_string_equal(instance.newest.task.run_id.ptr, "new");
    assert_string_equal(instance.newest.task.extend_info.ptr, "{\"auc\":1}");
    assert_int_equal(instance.recent_count, 3);
    assert_string_equal(instance.recent[0].run_id, "old"); /* in the order of the service's list */
    assert_int_equal(instance.last_success_ms, 205);
    assert_int_equal(instance.last_failure_ms, 305);
}

static void texts_are_copied_to_the_instance(void **state)
{
    (void)state;
    list_run(100, "run", "success", "{}");
    take_listing(&instance, &listing);
    memset(&listing, 'x', sizeof(listing));
    assert_string_equal(instance.newest.task.run_id.ptr, "run");
    assert_string_equal(instance.newest.task.status.ptr, "success");
    assert_string_equal(instance.newest.task.generation.ptr, "7");
    assert_string_equal(instance.newest.task.extend_info.ptr, "{}");
    assert_null(instance.newest.task.function.ptr);
}

static void a_text_that_is_too_long_is_left_out_and_the_rest_is_kept(void **state)
{
    static char long_text[RUN_TEXT_BYTES];
    (void)state;
    memset(long_text, ' ', sizeof(long_text) - 1);
    list_run(100, "run", "success", long_text);
    take_listing(&instance, &listing);
    assert_true(instance.newest.lacks_extend_info);
    assert_null(instance.newest.task.extend_info.ptr);
    assert_string_equal(instance.newest.task.run_id.ptr, "run");
    long_text[sizeof(long_text) - 1 - sizeof("run") - sizeof("success") - sizeof("7")] = 0;
    list_run(200, "run", "success", long_text);
    take_listing(&instance, &listing);
    assert_false(instance.newest.lacks_extend_info); /* fills the room to the last byte */
    assert_string_equal(instance.newest.task.extend_info.ptr, long_text);
}

static void a_text_is_never_cut_within_a_character(void **state)
{
    char run_id[80];
    (void)state;
    memset(run_id, 'a', sizeof(run_id));
    memcpy(run_id + 62, "\xc3\xa4", 3); /* 64 bytes, and room for 63 */
    list_run(100, run_id, "success", NULL);
    take_listing(&instance, &listing);
    assert_int_equal(strlen(instance.recent[0].run_id), 62);
    assert_int_equal(instance.newest.task.run_id.len, 64);
}

static void a_credential_in_a_text_is_not_kept(void **state)
{
    (void)state;
    list_run(100, "run of secret0123456789secret", "success", "{\"x\":\"secret0123456789secret\"}");
    take_listing(&instance, &listing);
    assert_null(strstr(instance.newest.task.run_id.ptr, "secret0"));
    assert_null(strstr(instance.newest.task.extend_info.ptr, "secret0"));
    assert_null(strstr(instance.recent[0].run_id, "secret0"));
}

static void more_runs_than_there_is_room_for_are_not_kept(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < RECENT_RUNS + 5; i++) {
        list_run(1000 - i, "run", "success", NULL);
    }
    take_listing(&instance, &listing);
    assert_int_equal(instance.recent_count, RECENT_RUNS);
    assert_int_equal(instance.recent[RECENT_RUNS - 1].start_ms, 1000 - (RECENT_RUNS - 1));
}

static void an_empty_list_leaves_only_the_times_of_the_last_ends(void **state)
{
    (void)state;
    list_run(100, "run", "success", NULL);
    take_listing(&instance, &listing);
    assert_int_equal(set_up(NULL), 0);
    instance.last_success_ms = 105;
    take_listing(&instance, &listing);
    assert_false(instance.newest.is_known);
    assert_int_equal(instance.recent_count, 0);
    assert_int_equal(instance.last_success_ms, 105);
}

static void each_result_of_a_poll_has_a_kind_with_a_name(void **state)
{
    size_t kind;
    (void)state;
    assert_string_equal(get_error_kind_name(find_error_kind(OSFT_E_TIMEOUT)), "timeout");
    assert_string_equal(get_error_kind_name(find_error_kind(OSFT_E_TOKEN)), "credentials");
    assert_string_equal(get_error_kind_name(find_error_kind(-12345)), "other");
    assert_string_equal(get_error_kind_name(find_error_kind(OSFT_E_STOPPED)), "other");
    for (kind = 0; get_error_kind_name(kind) != NULL; kind++) {
        assert_true(kind < ERROR_KINDS);
    }
}

static void a_problem_is_reported_once_until_it_changes(void **state)
{
    static const char expected[] = "osft-reporter: one 1\nosft-reporter: two\\x1b\n"
                                   "osft-reporter: over\nosft-reporter: two\n";
    struct problem problem = { "" };
    (void)state;
    start_capture(&standard_error);
    problem_set(&problem, "one %d", 1);
    problem_set(&problem, "one %d", 1);
    assert_true(problem_is_set(&problem));
    problem_set(&problem, "two\x1b");
    problem_clear(&problem, "over");
    problem_clear(&problem, "over");
    assert_false(problem_is_set(&problem));
    problem_set(&problem, "two");
    assert_string_equal(end_capture(&standard_error), expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_list_asks_for_the_first_page, set_up),
        cmocka_unit_test_setup(the_newest_run_is_the_one_that_started_last, set_up),
        cmocka_unit_test_setup(texts_are_copied_to_the_instance, set_up),
        cmocka_unit_test_setup(a_text_that_is_too_long_is_left_out_and_the_rest_is_kept, set_up),
        cmocka_unit_test_setup(a_text_is_never_cut_within_a_character, set_up),
        cmocka_unit_test_setup(a_credential_in_a_text_is_not_kept, set_up),
        cmocka_unit_test_setup(more_runs_than_there_is_room_for_are_not_kept, set_up),
        cmocka_unit_test_setup(an_empty_list_leaves_only_the_times_of_the_last_ends, set_up),
        cmocka_unit_test(each_result_of_a_poll_has_a_kind_with_a_name),
        cmocka_unit_test(a_problem_is_reported_once_until_it_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the configuration of osft-reporter: the rules of values, and which setting takes
 * precedence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/config_load.h"
#include "../../examples/gateway/config_value.h"

static const struct origin in_file = { "conf", 1, 1 };
static const struct origin in_open_file = { "conf", 1, 0 };

static int reads(const struct config_key *rule, const char *text, int64_t expected)
{
    int64_t number = -1;
    return read_value(rule, text, &number) == 0 && number == expected;
}

static int refuses(const struct config_key *rule, const char *text)
{
    int64_t number;
    return read_value(rule, text, &number) != 0;
}

static void a_number_is_read_within_its_bounds_only(void **state)
{
    const struct config_key rule = { .kind = VALUE_INTEGER, .min = 1, .max = 65535 };
    (void)state;
    assert_true(reads(&rule, "1", 1));
    assert_true(reads(&rule, "65535", 65535));
    assert_true(refuses(&rule, "0"));
    assert_true(refuses(&rule, "65536"));
    assert_true(refuses(&rule, ""));
    assert_true(refuses(&rule, "1 "));
    assert_true(refuses(&rule, "+1"));
    assert_true(refuses(&rule, "0x10"));
    assert_true(refuses(&rule, "18446744073709551617"));
}

static void a_duration_is_read_in_ms_within_its_bounds_only(void **state)
{
    const struct config_key rule = { .kind = VALUE_DURATION, .min = 1000, .max = 3600000 };
    (void)state;
    assert_true(reads(&rule, "1s", 1000));
    assert_true(reads(&rule, "30", 30000));
    assert_true(reads(&rule, "5m", 300000));
    assert_true(reads(&rule, "1h", 3600000));
    assert_true(refuses(&rule, "999ms"));
    assert_true(refuses(&rule, "3601s"));
    assert_true(refuses(&rule, "5 m"));
    assert_true(refuses(&rule, "-5m"));
    assert_true(refuses(&rule, "m"));
}

static void a_choice_is_one_whole_word_of_its_list(void **state)
{
    const struct config_key rule = { .kind = VALUE_CHOICE, .choices = "one three" };
    const struct config_key yes = { .kind = VALUE_SWITCH };
    (void)state;
    assert_true(reads(&rule, "one", 0));
    assert_true(reads(&rule, "three", 1));
    assert_true(refuses(&rule, "thre"));
    assert_true(refuses(&rule, "threes"));
    assert_true(refuses(&rule, "one three"));
    assert_true(refuses(&rule, ""));
    assert_true(reads(&yes, "yes", 1));
    assert_true(reads(&yes, "no", 0));
    assert_true(refuses(&yes, "Yes"));
}

static void a_text_has_a_length_and_no_controls(void **state)
{
    const struct config_key rule = { .kind = VALUE_TEXT, .min = 1, .max = 4 };
    const struct config_key path = { .kind = VALUE_FILE, .min = 1, .max = 4 };
    (void)state;
    assert_true(reads(&rule, "abcd", 0));
    assert_true(refuses(&rule, ""));
    assert_true(refuses(&rule, "abcde"));
    assert_true(refuses(&rule, "a\tb"));
    assert_true(refuses(&rule, "a\x7f"));
    assert_true(reads(&path, "/abc", 0));
    assert_true(refuses(&path, "abc"));
    assert_true(refuses(&path, "/abcd"));
}

static struct config *make_test_config(void)
{
    struct config *config = make_config();
    assert_non_null(config);
    return config;
}

static void the_command_line_takes_precedence_over_the_file(void **state)
{
    struct config *config = make_test_config();
    (void)state;
    assert_int_equal(add_argument(config, "reporter.run_series=3"), 0);
    assert_int_equal(begin_section(config, &in_file, "reporter"), 0);
    assert_int_equal(add_setting(config, &in_file, "run_series", "7"), 0);
    assert_int_equal(add_setting(config, &in_file, "state", "/state"), 0);
    assert_int_equal(config_integer(config, "reporter", "run_series"), 3);
    assert_string_equal(config_text(config, "reporter", "state"), "/state");
    free_config(config);
}

static void the_same_key_twice_in_one_place_is_refused(void **state)
{
    struct config *config = make_test_config();
    (void)state;
    assert_int_equal(add_argument(config, "reporter.run_series=3"), 0);
    assert_int_equal(add_argument(config, "reporter.run_series=3"), -1);
    assert_int_equal(begin_section(config, &in_file, "hook"), 0);
    assert_int_equal(add_setting(config, &in_file, "command", "true"), 0);
    assert_int_equal(add_setting(config, &in_file, "command", "true"), -1);
    assert_int_equal(begin_section(config, &in_file, "hook"), -1);
    free_config(config);
}

static void an_instance_prefers_its_own_values_to_defaults_and_presets(void **state)
{
    struct config *config = make_test_config();
    (void)state;
    assert_int_equal(add_argument(config, "instance a.interval=5s"), 0);
    assert_int_equal(add_argument(config, "instance b.app=x"), 0);
    assert_int_equal(config_integer(config, "instance b", "interval"), 60000);
    assert_false(config_is_set(config, "instance b", "interval"));
    assert_int_equal(add_argument(config, "defaults.interval=9s"), 0);
    assert_int_equal(config_integer(config, "instance a", "interval"), 5000);
    assert_int_equal(config_integer(config, "instance b", "interval"), 9000);
    assert_true(config_is_set(config, "instance b", "interval"));
    assert_false(config_is_own(config, "instance b", "interval"));
    assert_true(config_is_own(config, "instance a", "interval"));
    assert_null(config_text(config, "instance a", "proxy"));
    assert_string_equal(config_instance(config, 0), "instance a");
    assert_string_equal(config_instance(config, 1), "instance b");
    assert_null(config_instance(config, 2));
    free_config(config);
}

static void a_name_with_dots_is_read_from_the_command_line(void **state)
{
    struct config *config = make_test_config();
    (void)state;
    assert_int_equal(add_argument(config, "instance a.b.app=c.d=e"), 0);
    assert_string_equal(config_text(config, "instance a.b", "app"), "c.d=e");
    assert_int_equal(add_argument(config, "instance a"), -1);
    assert_int_equal(add_argument(config, ".app=x"), -1);
    assert_int_equal(add_argument(config, "hook.=x"), -1);
    assert_int_equal(add_argument(config, ""), -1);
    free_config(config);
}

static void a_login_is_taken_from_a_private_file_only(void **state)
{
    struct config *config = make_test_config();
    (void)state;
    assert_int_equal(add_argument(config, "defaults.proxy=http://user:word@127.0.0.1:1"), -1);
    assert_int_equal(begin_section(config, &in_file, "instance a"), 0);
    assert_int_equal(add_setting(config, &in_open_file, "proxy", "http://u:w@127.0.0.1:1"), -1);
    assert_int_equal(begin_section(config, &in_file, "instance c"), 0);
    assert_int_equal(add_setting(config, &in_file, "proxy", "http://u:w@127.0.0.1:1"), 0);
    assert_int_equal(begin_section(config, &in_file, "instance b"), 0);
    assert_int_equal(add_setting(config, &in_open_file, "proxy", "http://127.0.0.1:1"), 0);
    free_config(config);
}

static void sections_are_the_same_when_their_values_are(void **state)
{
    struct config *a = make_test_config(), *b = make_test_config();
    (void)state;
    assert_true(is_same_section(a, b, "hook"));
    assert_int_equal(add_argument(a, "hook.command=true"), 0);
    assert_false(is_same_section(a, b, "hook"));
    assert_int_equal(add_argument(b, "hook.timeout=30s"), 0);
    assert_false(is_same_section(a, b, "hook"));
    assert_int_equal(add_argument(b, "hook.command=true"), 0);
    assert_true(is_same_section(a, b, "hook")); /* 30s is the default value */
    assert_int_equal(add_argument(a, "hook.timeout=31s"), 0);
    assert_false(is_same_section(a, b, "hook"));
    free_config(a);
    free_config(b);
}

static void names_of_instances_are_safe_as_names_of_files(void **state)
{
    static const char forty_one[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    (void)state;
    assert_null(find_name_fault("a"));
    assert_null(find_name_fault("Ctr_2.a-b"));
    assert_null(find_name_fault(forty_one + 1));
    assert_non_null(find_name_fault(forty_one));
    assert_non_null(find_name_fault(""));
    assert_non_null(find_name_fault(".."));
    assert_non_null(find_name_fault("-a"));
    assert_non_null(find_name_fault("a/b"));
    assert_non_null(find_name_fault("a b"));
    assert_non_null(find_name_fault("\xc3\xa4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_read_within_its_bounds_only),
        cmocka_unit_test(a_duration_is_read_in_ms_within_its_bounds_only),
        cmocka_unit_test(a_choice_is_one_whole_word_of_its_list),
        cmocka_unit_test(a_text_has_a_length_and_no_controls),
        cmocka_unit_test(the_command_line_takes_precedence_over_the_file),
        cmocka_unit_test(the_same_key_twice_in_one_place_is_refused),
        cmocka_unit_test(an_instance_prefers_its_own_values_to_defaults_and_presets),
        cmocka_unit_test(a_name_with_dots_is_read_from_the_command_line),
        cmocka_unit_test(a_login_is_taken_from_a_private_file_only),
        cmocka_unit_test(sections_are_the_same_when_their_values_are),
        cmocka_unit_test(names_of_instances_are_safe_as_names_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

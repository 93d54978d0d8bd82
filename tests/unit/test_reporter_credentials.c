/* SPDX-License-Identifier: Apache-2.0 */
/* Tests where osft-reporter reads AccessKeys from, and when it reads them again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/credentials.h"

static char path[] = "/tmp/test_reporter_credentials.XXXXXX";
static struct key_source source;

/* Write a new file and rename it, as a program that renews keys should do. */
static void write_key(const char *text, mode_t mode)
{
    char new_path[sizeof(path) + 4];
    FILE *file;

    (void)snprintf(new_path, sizeof(new_path), "%s.new", path);
    file = fopen(new_path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(new_path, mode), 0);
    assert_int_equal(rename(new_path, path), 0);
}

#define KEY(id) "[default]\ntype = access_key\naccess_key_id = " id "\naccess_key_secret = secret\n"

static int set_up(void **state)
{
    int fd;
    (void)state;
    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    open_key_source(&source, path, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_key_source(&source);
    (void)unlink(path);
    return 0;
}

static void a_key_is_read_from_a_private_file(void **state)
{
    (void)state;
    write_key(KEY("one"), 0600);
    assert_int_equal(read_key(&source), 0);
    assert_string_equal(source.credentials.id.ptr, "one");
    assert_string_equal(source.credentials.secret.ptr, "secret");
    assert_int_equal(source.credentials.token.len, 0);
}

static void a_file_that_others_can_read_is_refused(void **state)
{
    (void)state;
    write_key(KEY("one"), 0644);
    assert_int_equal(read_key(&source), -1);
    assert_non_null(strstr(source.problem.what, "others can read or change"));
    assert_null(strstr(source.problem.what, "secret"));
}

static void only_a_changed_file_is_read_again(void **state)
{
    (void)state;
    write_key(KEY("one"), 0600);
    assert_int_equal(read_key(&source), 0);
    assert_int_equal(renew_key(&source, 0), 0);
    assert_string_equal(source.credentials.id.ptr, "one");
    write_key(KEY("other"), 0600);
    assert_int_equal(renew_key(&source, 0), 0);
    assert_string_equal(source.credentials.id.ptr, "other");
}

static void a_key_that_was_refused_is_not_used_again_until_the_file_changes(void **state)
{
    (void)state;
    write_key(KEY("one"), 0600);
    assert_int_equal(read_key(&source), 0);
    assert_int_equal(renew_key(&source, 1), -1);
    write_key(KEY("other"), 0600);
    assert_int_equal(renew_key(&source, 1), 0);
    assert_string_equal(source.credentials.id.ptr, "other");
}

static void the_old_key_stays_in_use_when_its_file_is_damaged_or_gone(void **state)
{
    (void)state;
    write_key(KEY("one"), 0600);
    assert_int_equal(read_key(&source), 0);
    write_key("[default]\ntype = access_key\n", 0600);
    assert_int_equal(renew_key(&source, 0), 0);
    assert_string_equal(source.credentials.id.ptr, "one");
    assert_non_null(strstr(source.problem.what, "there is no AccessKey id"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(renew_key(&source, 0), 0);
    assert_string_equal(source.credentials.id.ptr, "one");
    assert_int_equal(renew_key(&source, 1), -1);
    write_key(KEY("back"), 0600);
    assert_int_equal(renew_key(&source, 0), 0);
    assert_string_equal(source.credentials.id.ptr, "back");
    assert_int_equal(source.problem.what[0], 0);
}

static void a_profile_that_runs_a_command_is_refused_with_advice(void **state)
{
    (void)state;
    write_key("{\"current\":\"x\",\"profiles\":[{\"name\":\"x\",\"mode\":\"External\","
              "\"process_command\":\"true\"}]}",
              0600);
    assert_int_equal(read_key(&source), -1);
    assert_non_null(strstr(source.problem.what, "osft-reporter does not do"));
    assert_non_null(strstr(source.problem.advice, "another program may renew"));
}

static void a_profile_with_a_token_is_read(void **state)
{
    (void)state;
    write_key("[default]\ntype = access_key\n[sts]\ntype = sts\naccess_key_id = i\n"
              "access_key_secret = s\nsecurity_token = t\n",
              0600);
    open_key_source(&source, path, "sts");
    assert_int_equal(read_key(&source), 0);
    assert_string_equal(source.credentials.token.ptr, "t");
}

static void the_environment_needs_both_variables(void **state)
{
    (void)state;
    open_key_source(&source, NULL, NULL);
    assert_int_equal(setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1), 0);
    assert_int_equal(unsetenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"), 0);
    assert_int_equal(unsetenv("ALIBABA_CLOUD_SECURITY_TOKEN"), 0);
    assert_int_equal(read_key(&source), -1);
    assert_int_equal(setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret\n", 1), 0);
    assert_int_equal(read_key(&source), -1);
    assert_non_null(strstr(source.problem.what, "white space"));
    assert_int_equal(setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret", 1), 0);
    assert_int_equal(read_key(&source), 0);
    assert_string_equal(source.credentials.id.ptr, "id");
    assert_int_equal(renew_key(&source, 0), 0);
    assert_int_equal(renew_key(&source, 1), -1);
}

static void a_closed_source_holds_no_secret(void **state)
{
    static const struct key_source nothing;
    (void)state;
    write_key(KEY("one"), 0600);
    assert_int_equal(read_key(&source), 0);
    close_key_source(&source);
    assert_memory_equal(&source, &nothing, sizeof(source));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_read_from_a_private_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_others_can_read_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_a_changed_file_is_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_key_that_was_refused_is_not_used_again_until_the_file_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_old_key_stays_in_use_when_its_file_is_damaged_or_gone,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_profile_that_runs_a_command_is_refused_with_advice,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_profile_with_a_token_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_needs_both_variables, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_closed_source_holds_no_secret, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

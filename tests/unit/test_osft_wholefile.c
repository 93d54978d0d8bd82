/* SPDX-License-Identifier: Apache-2.0 */
/* Tests functions that read and write whole files, and the computation of the time that a program
 * may sleep. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/common/clock.h"
#include "../../examples/common/wholefile.h"

static void a_file_is_read_up_to_its_end_or_to_the_size(void **state)
{
    char bytes[12];
    FILE *file = tmpfile();
    size_t size, len;
    (void)state;

    assert_non_null(file);
    assert_int_equal(write_at(fileno(file), "0123456789", 10, 0), 0);
    for (size = 0; size <= sizeof(bytes); size++) {
        rewind(file);
        memset(bytes, 'x', sizeof(bytes));
        assert_int_equal(read_whole_file(fileno(file), bytes, size, &len), 0);
        assert_int_equal(len, size < 10 ? size : 10);
        assert_memory_equal(bytes, "0123456789", len);
        assert_true(len == sizeof(bytes) || bytes[len] == 'x');
    }
    fclose(file);
}

static void bytes_that_come_one_by_one_are_read_to_their_end(void **state)
{
    char bytes[8];
    size_t len;
    int ends[2];
    (void)state;

    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        _exit(write(ends[1], "a", 1) == 1 && write(ends[1], "b", 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read_whole_file(ends[0], bytes, sizeof(bytes), &len), 0);
    assert_int_equal(len, 2);
    assert_memory_equal(bytes, "ab", 2);
    close(ends[0]);
    assert_true(wait(NULL) > 0);
}

static void a_read_or_write_that_fails_is_reported(void **state)
{
    char bytes[8];
    size_t len;
    int fd = open("/", O_RDONLY);
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(read_whole_file(fd, bytes, sizeof(bytes), &len), EISDIR);
    assert_int_equal(len, 0);
    assert_int_equal(write_at(fd, "a", 1, 0), EBADF);
    close(fd);
}

static void bytes_are_written_at_an_offset(void **state)
{
    char bytes[8];
    FILE *file = tmpfile();
    size_t len;
    (void)state;

    assert_non_null(file);
    assert_int_equal(write_at(fileno(file), "abcd", 4, 0), 0);
    assert_int_equal(write_at(fileno(file), "XY", 2, 1), 0);
    rewind(file);
    assert_int_equal(read_whole_file(fileno(file), bytes, sizeof(bytes), &len), 0);
    assert_int_equal(len, 4);
    assert_memory_equal(bytes, "aXYd", 4);
    fclose(file);
}

static void the_folder_of_a_path_must_be_a_folder(void **state)
{
    (void)state;
    assert_true(has_folder("/tmp/none.prom"));
    assert_true(has_folder("/none.prom"));
    assert_true(has_folder("none.prom"));
    assert_false(has_folder("/none/none.prom"));
    assert_false(has_folder("/dev/null/none.prom"));
}

static void a_timeout_is_only_lowered_and_never_negative(void **state)
{
    int64_t timeout_ms = 1000;
    (void)state;

    lower_timeout(&timeout_ms, 2000);
    assert_int_equal(timeout_ms, 1000);
    lower_timeout(&timeout_ms, 30);
    assert_int_equal(timeout_ms, 30);
    lower_timeout(&timeout_ms, -5);
    assert_int_equal(timeout_ms, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_up_to_its_end_or_to_the_size),
        cmocka_unit_test(bytes_that_come_one_by_one_are_read_to_their_end),
        cmocka_unit_test(a_read_or_write_that_fails_is_reported),
        cmocka_unit_test(bytes_are_written_at_an_offset),
        cmocka_unit_test(the_folder_of_a_path_must_be_a_folder),
        cmocka_unit_test(a_timeout_is_only_lowered_and_never_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

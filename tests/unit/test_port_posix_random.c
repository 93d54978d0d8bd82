/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the source of the POSIX port's random bytes when the kernel's generator gives few bytes, is
 * interrupted, or is absent. This file defines getrandom() and read(), which the linker uses
 * instead of the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <cmocka.h>

#include "osft_posix.h"

/* The limit of one call of each source: that many bytes at most; 0: its end; < 0: it fails with
 * this errno. */
static int kernel_gives, device_gives;
static int interrupt_kernel, interrupt_device; /* the number of calls that a signal interrupts */
static int kernel_calls, device_calls;

static ssize_t give(int limit, int *interruptions, unsigned char mark, unsigned char *buffer,
                    size_t len)
{
    if (*interruptions > 0) {
        --*interruptions;
        errno = EINTR;
        return -1;
    }
    if (limit < 0) {
        errno = -limit;
        return -1;
    }
    len = len < (size_t)limit ? len : (size_t)limit;
    memset(buffer, mark, len);
    return (ssize_t)len;
}

ssize_t getrandom(void *buffer, size_t len, unsigned flags);
ssize_t getrandom(void *buffer, size_t len, unsigned flags)
{
    (void)flags;
    kernel_calls++;
    return give(kernel_gives, &interrupt_kernel, 'k', buffer, len);
}

ssize_t read(int fd, void *buffer, size_t len)
{
    assert_true(fd >= 0);
    device_calls++;
    return give(device_gives, &interrupt_device, 'd', buffer, len);
}

static struct osft_posix net;
static unsigned char bytes[100];

static int begin(void **state)
{
    (void)state;
    osft_posix_init(&net);
    kernel_gives = device_gives = 1000;
    interrupt_kernel = interrupt_device = kernel_calls = device_calls = 0;
    memset(bytes, 0, sizeof bytes);
    return 0;
}

static void assert_all(unsigned char mark)
{
    for (size_t i = 0; i < sizeof bytes; i++) {
        assert_int_equal(bytes[i], mark);
    }
}

static int draw(void)
{
    return net.port.random(net.port.ctx, bytes, sizeof bytes);
}

static void the_kernel_is_asked_until_all_bytes_are_there(void **state)
{
    (void)state;
    kernel_gives = 30;
    interrupt_kernel = 3;
    assert_int_equal(draw(), 0);
    assert_all('k');
    assert_int_equal(kernel_calls, 3 + 4);
    assert_int_equal(device_calls, 0);
}

static void without_the_kernels_generator_the_device_is_read(void **state)
{
    static const int reasons[] = { -ENOSYS, -EAGAIN, 0 };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        begin(NULL);
        kernel_gives = reasons[i];
        device_gives = 40;
        assert_int_equal(draw(), 0);
        assert_all('d');
        assert_int_equal(device_calls, 3);
    }
}

static void signals_do_not_break_reading_the_device(void **state)
{
    (void)state;
    kernel_gives = -ENOSYS;
    device_gives = 50;
    interrupt_device = 2;
    assert_int_equal(draw(), 0);
    assert_int_equal(device_calls, 2 + 2);
    assert_all('d');
}

static void fewer_bytes_than_asked_for_are_an_error(void **state)
{
    (void)state;
    kernel_gives = -ENOSYS;
    device_gives = 0;
    assert_int_equal(draw(), OSFT_E_RANDOM);
    device_gives = -EIO;
    assert_int_equal(draw(), OSFT_E_RANDOM);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_kernel_is_asked_until_all_bytes_are_there),
        TEST(without_the_kernels_generator_the_device_is_read),
        TEST(signals_do_not_break_reading_the_device),
        TEST(fewer_bytes_than_asked_for_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

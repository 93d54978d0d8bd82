/* SPDX-License-Identifier: Apache-2.0 */
/* What the reporter tells systemd, heard on a socket as systemd has one. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/channel.h"
#include "../../examples/gateway/config_load.h"

#ifdef HAVE_SYSTEMD
extern const struct channel systemd_channel;

static char folder[] = "/tmp/osft-notify-XXXXXX", path[64];
static int ear = -1;
static struct instance instances[2];
static struct reporter reporter;

static int set_up(void **state)
{
    struct sockaddr_un address;
    (void)state;
    strcpy(folder + sizeof(folder) - 7, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/notify", folder);
    memset(&address, 0, sizeof(address));
    address.sun_family = AF_UNIX;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    ear = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_true(ear >= 0);
    assert_int_equal(bind(ear, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(ear, F_SETFL, O_NONBLOCK), 0);
    setenv("NOTIFY_SOCKET", path, 1);
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    memset(&reporter, 0, sizeof(reporter));
    memset(instances, 0, sizeof(instances));
    snprintf(instances[0].name, sizeof(instances[0].name), "ctr-a");
    snprintf(instances[1].name, sizeof(instances[1].name), "ctr-b");
    reporter.config = make_config();
    reporter.count = 2;
    reporter.instances[0] = &instances[0];
    reporter.instances[1] = &instances[1];
    assert_int_equal(
        add_argument((struct config *)(uintptr_t)reporter.config, "systemd.status=yes"), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    systemd_channel.stop();
    free_config((struct config *)(uintptr_t)reporter.config);
    close(ear);
    unlink(path);
    rmdir(folder);
    return 0;
}

/* The next message; "": there is none. */
static const char *hear(void)
{
    static char message[512];
    ssize_t n = recv(ear, message, sizeof(message) - 1, 0);
    assert_true(n >= 0 || errno == EAGAIN);
    message[n > 0 ? n : 0] = 0;
    return message;
}

static void start(void)
{
    assert_int_equal(systemd_channel.start(&reporter), 0);
}

static void readiness_and_status_are_told_at_the_start(void **state)
{
    (void)state;
    start();
    assert_string_equal(hear(), "READY=1\nWATCHDOG=1");
    assert_string_equal(hear(), "STATUS=0 of 2 instances up");
    assert_string_equal(hear(), "");
}

static void status_is_told_when_it_changes_and_names_who_is_down(void **state)
{
    (void)state;
    start();
    hear(), hear();
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "");
    instances[0].has_polled = instances[0].is_up = instances[1].has_polled = 1;
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "STATUS=1 of 2 instances up; down: ctr-b");
    instances[0].is_up = 0;
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "STATUS=0 of 2 instances up; down: ctr-a and others");
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "");
}

static void status_can_be_turned_off(void **state)
{
    (void)state;
    free_config((struct config *)(uintptr_t)reporter.config);
    reporter.config = make_config();
    assert_int_equal(add_argument((struct config *)(uintptr_t)reporter.config, "systemd.status=no"),
                     0);
    start();
    assert_string_equal(hear(), "READY=1\nWATCHDOG=1");
    assert_string_equal(hear(), "");
}

static void a_reload_is_told_with_its_end_and_a_refused_one_in_the_status(void **state)
{
    (void)state;
    start();
    hear(), hear();
    reporter.reloads = 1;
    systemd_channel.run(NULL, 0);
    assert_memory_equal(hear(), "RELOADING=1\nMONOTONIC_USEC=", 27);
    assert_string_equal(hear(), "READY=1");
    assert_string_equal(hear(), "");
    reporter.bad_reloads = 1;
    systemd_channel.run(NULL, 0);
    hear();
    assert_string_equal(hear(), "READY=1");
    assert_string_equal(hear(), "STATUS=0 of 2 instances up; 1 new configurations were refused");
}

static void the_watchdog_hears_at_half_of_its_time_and_not_before(void **state)
{
    struct timespec half = { 0, 50 * 1000 * 1000 };
    int64_t timeout_ms = INT32_MAX;
    (void)state;
    setenv("WATCHDOG_USEC", "3600000000", 1); /* an hour */
    start();
    hear(), hear();
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_in_range(timeout_ms, 1700000, 1800000);
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "");

    systemd_channel.stop();
    setenv("WATCHDOG_USEC", "100000", 1);
    start();
    hear(), hear();
    nanosleep(&half, NULL);
    timeout_ms = INT32_MAX;
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_int_equal(timeout_ms, 0);
    assert_string_equal(hear(), ""); /* only a turn of the loop is a sign of life */
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "WATCHDOG=1");
}

static void a_watchdog_of_another_process_and_none_ask_for_nothing(void **state)
{
    int64_t timeout_ms = INT32_MAX;
    (void)state;
    start();
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_int_equal(timeout_ms, INT32_MAX);
    systemd_channel.stop();
    setenv("WATCHDOG_USEC", "100000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    start();
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_int_equal(timeout_ms, INT32_MAX);
}

static void an_end_is_told_once_and_a_section_that_is_left_out_is_none(void **state)
{
    (void)state;
    start();
    hear(), hear();
    systemd_channel.stop();
    assert_string_equal(hear(), "");
    start();
    hear(), hear();
    reporter.is_ending = 1;
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "STOPPING=1");
    systemd_channel.run(NULL, 0);
    systemd_channel.stop();
    assert_string_equal(hear(), "");
}

static void without_systemd_nothing_is_said_and_nothing_fails(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    start();
    systemd_channel.run(NULL, 0);
    assert_string_equal(hear(), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(readiness_and_status_are_told_at_the_start),
        TEST(status_is_told_when_it_changes_and_names_who_is_down),
        TEST(status_can_be_turned_off),
        TEST(a_reload_is_told_with_its_end_and_a_refused_one_in_the_status),
        TEST(the_watchdog_hears_at_half_of_its_time_and_not_before),
        TEST(a_watchdog_of_another_process_and_none_ask_for_nothing),
        TEST(an_end_is_told_once_and_a_section_that_is_left_out_is_none),
        TEST(without_systemd_nothing_is_said_and_nothing_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
    printf("1..1\nok 1 - systemd # SKIP it was built without libsystemd\n");
    return 0;
}
#endif

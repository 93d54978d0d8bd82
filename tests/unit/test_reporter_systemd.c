/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the messages that the reporter sends to systemd. The tests receive the messages on a
 * socket, as systemd does. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/channel.h"
#include "../../examples/gateway/config_load.h"

#ifdef HAVE_SYSTEMD
extern const struct channel systemd_channel;

static char folder[] = "/tmp/osft-notify-XXXXXX", path[64];
static int notify_fd = -1;
static struct instance instances[2];
static struct reporter reporter;
static pid_t child; /* process id of the program, while it runs */

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
    notify_fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_true(notify_fd >= 0);
    assert_int_equal(bind(notify_fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(notify_fd, F_SETFL, O_NONBLOCK), 0);
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
    if (child > 0) { /* a failed test has left the program running */
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        child = 0;
    }
    systemd_channel.stop();
    free_config((struct config *)(uintptr_t)reporter.config);
    close(notify_fd);
    unlink(path);
    rmdir(folder);
    return 0;
}

/* Return the next message; "": there is none. */
static const char *read_message(void)
{
    static char message[512];
    ssize_t n = recv(notify_fd, message, sizeof(message) - 1, 0);
    assert_true(n >= 0 || errno == EAGAIN);
    message[n > 0 ? n : 0] = 0;
    return message;
}

static void start_channel(void)
{
    assert_int_equal(systemd_channel.start(&reporter), 0);
}

static void readiness_and_status_are_sent_at_the_start(void **state)
{
    (void)state;
    start_channel();
    assert_string_equal(read_message(), "READY=1\nWATCHDOG=1");
    assert_string_equal(read_message(), "STATUS=0 of 2 instances up");
    assert_string_equal(read_message(), "");
}

static void status_is_sent_when_it_changes_and_names_instances_that_are_down(void **state)
{
    (void)state;
    start_channel();
    read_message(), read_message();
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "");
    instances[0].has_polled = instances[0].is_up = instances[1].has_polled = 1;
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "STATUS=1 of 2 instances up; down: ctr-b");
    instances[0].is_up = 0;
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "STATUS=0 of 2 instances up; down: ctr-a and others");
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "");
}

static void status_can_be_turned_off(void **state)
{
    (void)state;
    free_config((struct config *)(uintptr_t)reporter.config);
    reporter.config = make_config();
    assert_int_equal(add_argument((struct config *)(uintptr_t)reporter.config, "systemd.status=no"),
                     0);
    start_channel();
    assert_string_equal(read_message(), "READY=1\nWATCHDOG=1");
    assert_string_equal(read_message(), "");
}

static void a_reload_is_sent_with_its_end_and_a_refused_one_is_in_the_status(void **state)
{
    (void)state;
    start_channel();
    read_message(), read_message();
    reporter.reloads = 1;
    systemd_channel.run(NULL, 0);
    assert_memory_equal(read_message(), "RELOADING=1\nMONOTONIC_USEC=", 27);
    assert_string_equal(read_message(), "READY=1");
    assert_string_equal(read_message(), "");
    reporter.bad_reloads = 1;
    systemd_channel.run(NULL, 0);
    read_message();
    assert_string_equal(read_message(), "READY=1");
    assert_string_equal(read_message(),
                        "STATUS=0 of 2 instances up; 1 new configuration was refused");
}

static void the_watchdog_gets_a_message_at_half_of_its_interval_and_not_before(void **state)
{
    struct timespec half = { 0, 50 * 1000 * 1000 };
    int64_t timeout_ms = INT32_MAX;
    (void)state;
    setenv("WATCHDOG_USEC", "3600000000", 1); /* one hour */
    start_channel();
    read_message(), read_message();
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_in_range(timeout_ms, 1700000, 1800000);
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "");

    systemd_channel.stop();
    setenv("WATCHDOG_USEC", "100000", 1);
    start_channel();
    read_message(), read_message();
    nanosleep(&half, NULL);
    timeout_ms = INT32_MAX;
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_int_equal(timeout_ms, 0);
    assert_string_equal(read_message(), ""); /* no message is sent before a turn of the event
                                              * loop */
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "WATCHDOG=1");
}

static void without_a_watchdog_for_this_process_no_message_is_sent(void **state)
{
    int64_t timeout_ms = INT32_MAX;
    (void)state;
    start_channel();
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_int_equal(timeout_ms, INT32_MAX);
    systemd_channel.stop();
    setenv("WATCHDOG_USEC", "100000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    start_channel();
    systemd_channel.prepare(NULL, 0, &timeout_ms);
    assert_int_equal(timeout_ms, INT32_MAX);
}

static void the_end_is_sent_once_and_not_for_a_section_that_is_left_out(void **state)
{
    (void)state;
    start_channel();
    read_message(), read_message();
    systemd_channel.stop();
    assert_string_equal(read_message(), "");
    start_channel();
    read_message(), read_message();
    reporter.is_ending = 1;
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "STOPPING=1");
    systemd_channel.run(NULL, 0);
    systemd_channel.stop();
    assert_string_equal(read_message(), "");
}

static void without_systemd_nothing_is_sent_and_nothing_fails(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    start_channel();
    systemd_channel.run(NULL, 0);
    assert_string_equal(read_message(), "");
}

/* ---- the program itself ---- */

/* Wait for the next message, and return it. */
static const char *await_message(void)
{
    struct pollfd p = { .fd = notify_fd, .events = POLLIN };
    assert_int_equal(poll(&p, 1, 60000), 1);
    return read_message();
}

/* Start the program as a unit does, but with an endpoint where nobody listens. */
static void run_reporter(void)
{
    const char *build = getenv("OSFT_BUILD");
    char program[300];
    child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        return;
    }
    snprintf(program, sizeof(program), "%s/osft-reporter", build != NULL ? build : "build");
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tTESTtestTESTtest01", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "sEcReTkEyForLocalTestsOnly0123", 1);
    setenv("WATCHDOG_USEC", "200000", 1);
    if (freopen("/dev/null", "w", stderr) == NULL) {
        _exit(127);
    }
    execl(program, program, "--set", "systemd.status=no", "--set", "instance a.app=a", "--set",
          "instance a.function=b", "--set", "instance a.instance=c", "--set",
          "instance a.endpoint=127.0.0.1:1", "--set", "instance a.plain_http=yes", "--set",
          "instance a.interval=24h", (char *)NULL);
    _exit(127);
}

/* Wait for the next message that is not for the watchdog, and return it. */
static const char *await_other_than_watchdog(void)
{
    const char *message = await_message();
    while (strcmp(message, "WATCHDOG=1") == 0) {
        message = await_message();
    }
    return message;
}

static void the_program_sends_its_start_watchdog_messages_reload_and_end(void **state)
{
    int status = -1, i;
    (void)state;
    run_reporter();
    assert_string_equal(await_message(), "READY=1\nWATCHDOG=1");
    for (i = 0; i < 3; i++) {
        assert_string_equal(await_message(), "WATCHDOG=1"); /* the watchdog is told although no poll
                                                             * is due for a day */
    }
    kill(child, SIGHUP);
    assert_memory_equal(await_other_than_watchdog(), "RELOADING=1\n", 12);
    assert_string_equal(await_other_than_watchdog(), "READY=1");
    kill(child, SIGTERM);
    assert_string_equal(await_other_than_watchdog(), "STOPPING=1");
    assert_int_equal(waitpid(child, &status, 0), child);
    child = 0;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_string_equal(read_message(), "");
}

static void a_stopped_program_sends_no_message_to_the_watchdog(void **state)
{
    struct timespec pause = { 0, 500 * 1000 * 1000 };
    int status, i;
    (void)state;
    run_reporter();
    assert_string_equal(await_message(), "READY=1\nWATCHDOG=1");
    kill(child, SIGSTOP);
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    for (i = 0; *read_message() != 0; i++) { /* messages from before the stop */
    }
    nanosleep(&pause, NULL);
    assert_string_equal(read_message(), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(readiness_and_status_are_sent_at_the_start),
        TEST(status_is_sent_when_it_changes_and_names_instances_that_are_down),
        TEST(status_can_be_turned_off),
        TEST(a_reload_is_sent_with_its_end_and_a_refused_one_is_in_the_status),
        TEST(the_watchdog_gets_a_message_at_half_of_its_interval_and_not_before),
        TEST(without_a_watchdog_for_this_process_no_message_is_sent),
        TEST(the_end_is_sent_once_and_not_for_a_section_that_is_left_out),
        TEST(the_program_sends_its_start_watchdog_messages_reload_and_end),
        TEST(a_stopped_program_sends_no_message_to_the_watchdog),
        TEST(without_systemd_nothing_is_sent_and_nothing_fails),
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

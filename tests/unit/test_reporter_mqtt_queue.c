/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the queue of events that wait for the broker: in memory, and in its file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/mqtt.h"

#define SIZE 65536

static struct mqtt_queue queue;
static struct mqtt_journal journal;
static char folder[64], path[96];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/osft-mqtt-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/queue", folder);
    return queue_open(&queue, SIZE);
}

static int tear_down(void **state)
{
    char name[128];

    (void)state;
    journal_close(&journal);
    queue_close(&queue);
    snprintf(name, sizeof(name), "%s.new", path);
    (void)unlink(path);
    (void)unlink(name);
    return rmdir(folder);
}

/* Close the queue and its file, and open both, as after a restart. */
static void open_again(size_t size)
{
    journal_close(&journal);
    queue_close(&queue);
    assert_int_equal(queue_open(&queue, size), 0);
    assert_int_equal(journal_open(&journal, path, &queue), 0);
}

static void add(const char *instance, const char *json)
{
    assert_int_equal(queue_add(&queue, instance, json, strlen(json), 1), 0);
    journal_add(&journal, &queue);
}

static void expect(uint64_t sequence, const char *instance, const char *json)
{
    struct mqtt_event event;

    assert_int_equal(queue_find(&queue, sequence, &event), 0);
    assert_string_equal(event.instance, instance);
    assert_int_equal(event.json_len, strlen(json));
    assert_memory_equal(event.json, json, event.json_len);
}

static size_t get_file_size(void)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return (size_t)status.st_size;
}

static void change_byte(size_t at)
{
    unsigned char byte;
    int fd = open(path, O_RDWR);

    assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= 0x20;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

static void events_leave_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    add("ctr", "{\"n\":1}");
    add("cvr", "{\"n\":2}");
    expect(0, "ctr", "{\"n\":1}");
    expect(2, "cvr", "{\"n\":2}");
    assert_int_equal(queue_has(&queue, "ctr"), 1);
    queue_remove(&queue, 1);
    assert_int_equal(queue_has(&queue, "ctr"), 0);
    expect(0, "cvr", "{\"n\":2}");
    queue_remove(&queue, 2);
    assert_int_equal(queue.count, 0);
}

static void the_oldest_events_make_room_and_are_counted(void **state)
{
    char json[1000];
    struct mqtt_event event;
    uint64_t n;

    (void)state;
    memset(json, 'x', sizeof(json));
    for (n = 1; n <= 10000; n++) {
        assert_int_equal(queue_add(&queue, "ctr", json, (size_t)(n % sizeof(json)), 1), 0);
        assert_true(queue.end <= queue.size);
        assert_int_equal(queue.dropped + queue.count, n);
        assert_int_equal(queue_find(&queue, 0, &event), 0);
        assert_int_equal(event.sequence, queue.dropped + 1);
        assert_int_equal(queue_find(&queue, n, &event), 0);
        assert_int_equal(event.json_len, n % sizeof(json));
    }
    assert_true(queue.dropped > 0);
}

static void an_event_larger_than_the_queue_drops_no_other(void **state)
{
    static char json[SIZE];

    (void)state;
    add("ctr", "{}");
    assert_int_equal(queue_add(&queue, "ctr", json, sizeof(json), 0), -1);
    assert_int_equal(queue.dropped, 0);
    assert_int_equal(queue_add(&queue, "ctr", json, sizeof(json), 1), -1);
    assert_int_equal(queue.dropped, 1);
    assert_int_equal(queue.count, 1);
}

static void the_file_restores_unacknowledged_events(void **state)
{
    (void)state;
    open_again(SIZE);
    add("a", "{\"n\":1}");
    add("b", "{\"n\":2}");
    add("c", "{\"n\":3}");
    queue_remove(&queue, 1);
    journal_remove(&journal, &queue);
    assert_int_equal(journal_is_whole(&journal), 1);
    open_again(SIZE);
    assert_int_equal(queue.count, 2);
    expect(0, "b", "{\"n\":2}");
    expect(3, "c", "{\"n\":3}");
    add("d", "{\"n\":4}");
    expect(4, "d", "{\"n\":4}");
    open_again(SIZE);
    assert_int_equal(queue.count, 3);
}

static void the_file_is_empty_when_the_queue_is_empty(void **state)
{
    (void)state;
    open_again(SIZE);
    add("a", "{\"n\":1}");
    assert_true(get_file_size() > 0);
    queue_remove(&queue, 1);
    journal_remove(&journal, &queue);
    assert_int_equal(get_file_size(), 0);
}

/* 10,000 events are added and removed, while at least one waits at any time. */
static void the_file_does_not_grow_beyond_its_bound(void **state)
{
    uint64_t n;

    (void)state;
    open_again(SIZE);
    add("a", "{}");
    for (n = 1; n <= 10000; n++) {
        add("a", "{\"text\":\"0123456789012345678901234567890123456789\"}");
        queue_remove(&queue, n);
        journal_remove(&journal, &queue);
        assert_true(get_file_size() <= 3 * SIZE + 65536);
    }
    open_again(SIZE);
    assert_int_equal(queue.count, 1);
}

/* For each byte of the file: after the byte was changed, only the event that contains it is left
 * out. */
static void a_changed_byte_loses_only_its_own_event(void **state)
{
    size_t size, at;
    int is_first_record;

    (void)state;
    open_again(SIZE);
    add("a", "{\"n\":1}");
    add("b", "{\"n\":2}");
    add("c", "{\"n\":3}");
    size = get_file_size();
    for (at = 4; at < size; at++) { /* another magic makes it a file of something else */
        is_first_record = at < size / 3;
        change_byte(at);
        open_again(SIZE);
        assert_int_equal(queue.count, 2);
        assert_int_equal(journal.lost_bytes, size / 3);
        expect(0, is_first_record ? "b" : "a", is_first_record ? "{\"n\":2}" : "{\"n\":1}");
        queue_remove(&queue, UINT64_MAX);
        queue.next_sequence = 1;
        journal_remove(&journal, &queue);
        add("a", "{\"n\":1}");
        add("b", "{\"n\":2}");
        add("c", "{\"n\":3}");
    }
}

static void a_file_cut_at_any_byte_restores_the_whole_events_before_it(void **state)
{
    size_t size, cut;

    (void)state;
    open_again(SIZE);
    add("a", "{\"n\":1}");
    add("b", "{\"n\":2}");
    size = get_file_size();
    for (cut = size; cut > 0; cut--) {
        assert_int_equal(truncate(path, (off_t)cut), 0);
        open_again(SIZE);
        assert_int_equal(queue.count, cut == size ? 2 : (cut >= size / 2 ? 1 : 0));
        queue_remove(&queue, UINT64_MAX);
        queue.next_sequence = 1;
        journal_remove(&journal, &queue);
        add("a", "{\"n\":1}");
        add("b", "{\"n\":2}");
    }
}

static void a_file_that_holds_something_else_is_left_alone(void **state)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);

    (void)state;
    assert_int_equal(write(fd, "precious", 8), 8);
    close(fd);
    assert_int_equal(journal_open(&journal, path, &queue), -1);
    assert_int_equal(get_file_size(), 8);
}

static void a_named_pipe_is_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    (void)alarm(10);
    assert_int_equal(journal_open(&journal, path, &queue), -1);
    (void)alarm(0);
}

static void a_file_that_another_process_has_locked_is_refused(void **state)
{
    struct mqtt_journal second;
    struct mqtt_queue other;

    (void)state;
    open_again(SIZE);
    add("a", "{}");
    assert_int_equal(queue_open(&other, SIZE), 0);
    assert_int_equal(journal_open(&second, path, &other), -1);
    queue_close(&other);
    open_again(SIZE);
    assert_int_equal(queue.count, 1);
}

static void nobody_else_can_read_the_file(void **state)
{
    struct stat status;

    (void)state;
    open_again(SIZE);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* A folder has the name of the new file, so that the file cannot be written, not even by root. */
static void the_file_is_written_later_when_it_cannot_be_written_now(void **state)
{
    char name[128];
    int64_t timeout_ms = 60000;

    (void)state;
    snprintf(name, sizeof(name), "%s.new", path);
    assert_int_equal(mkdir(name, 0700), 0);
    open_again(SIZE);
    add("a", "{\"n\":1}");
    assert_int_equal(journal_is_whole(&journal), 0);
    journal_prepare(&journal, &timeout_ms);
    assert_true(timeout_ms < 60000);
    assert_int_equal(rmdir(name), 0);
    journal_run(&journal, &queue); /* the time of the next attempt has not come yet */
    assert_int_equal(journal_is_whole(&journal), 0);
    journal.retry_ms = get_monotonic_ms();
    journal_run(&journal, &queue);
    assert_int_equal(journal_is_whole(&journal), 1);
    open_again(SIZE);
    expect(0, "a", "{\"n\":1}");
}

/* ---- SIGKILL ---- */

/* Add and remove events without end. After each event, write to `out` what must survive a kill: the
 * sequence numbers of the newest event in the file, and of the newest removed event. */
static void add_and_remove_events(int out)
{
    uint64_t safe[2] = { 0, 0 };
    char json[400];
    size_t len;

    for (;;) {
        len = 20 + (size_t)(queue.next_sequence * 37 % 300);
        memset(json, 'x', len);
        snprintf(json, 21, "%020llu", (unsigned long long)queue.next_sequence);
        json[20] = 'x';
        (void)queue_add(&queue, "ctr", json, len, 1);
        journal_add(&journal, &queue);
        if (!journal_is_whole(&journal)) {
            _exit(1);
        }
        safe[0] = queue.next_sequence - 1;
        if (safe[0] % 3 == 0 && queue.count > 4) {
            safe[1] = safe[0] - safe[0] % 4;
            queue_remove(&queue, safe[1]);
            journal_remove(&journal, &queue);
        }
        if (write(out, safe, sizeof(safe)) != (ssize_t)sizeof(safe)) {
            _exit(0);
        }
    }
}

static void check_queue(const uint64_t safe[2])
{
    struct mqtt_event event;
    uint64_t sequence = 0, before = 0;
    char number[21];

    while (queue_find(&queue, sequence, &event) == 0) {
        assert_true(before == 0 || event.sequence == before + 1);
        snprintf(number, sizeof(number), "%020llu", (unsigned long long)event.sequence);
        assert_memory_equal(event.json, number, 20);
        assert_int_equal(event.json_len, 20 + event.sequence * 37 % 300);
        before = event.sequence;
        sequence = event.sequence + 1;
    }
    assert_true(before >= safe[0] || (before == 0 && safe[1] == safe[0]));
    if (queue_find(&queue, 0, &event) == 0) {
        assert_true(event.sequence <= safe[1] + 1 || event.sequence <= safe[0] + 1);
    }
}

/* The child process is killed after it has reported a random number of events, at whatever point it
 * is then. */
static void no_event_is_lost_or_damaged_by_a_kill_at_any_moment(void **state)
{
    uint64_t safe[2];
    int round;

    (void)state;
    for (round = 0; round < 200; round++) {
        int ends[2], events = 1 + rand() % 40;
        pid_t child;

        safe[0] = safe[1] = 0;
        (void)unlink(path);
        open_again(SIZE);
        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0) {
            close(ends[0]);
            add_and_remove_events(ends[1]);
        }
        close(ends[1]);
        while (events-- > 0) {
            assert_int_equal(read(ends[0], safe, sizeof(safe)), sizeof(safe));
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        while (read(ends[0], safe, sizeof(safe)) == (ssize_t)sizeof(safe)) {
        }
        close(ends[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
        open_again(SIZE);
        check_queue(safe);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_leave_in_the_order_in_which_they_came),
        TEST(the_oldest_events_make_room_and_are_counted),
        TEST(an_event_larger_than_the_queue_drops_no_other),
        TEST(the_file_restores_unacknowledged_events),
        TEST(the_file_is_empty_when_the_queue_is_empty),
        TEST(the_file_does_not_grow_beyond_its_bound),
        TEST(a_changed_byte_loses_only_its_own_event),
        TEST(a_file_cut_at_any_byte_restores_the_whole_events_before_it),
        TEST(a_file_that_holds_something_else_is_left_alone),
        TEST(a_named_pipe_is_refused_at_once),
        TEST(a_file_that_another_process_has_locked_is_refused),
        TEST(nobody_else_can_read_the_file),
        TEST(the_file_is_written_later_when_it_cannot_be_written_now),
        TEST(no_event_is_lost_or_damaged_by_a_kill_at_any_moment),
    };

    standard_error.fd = open("/dev/null", O_WRONLY); /* messages are tested elsewhere */
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The port over lwIP's sockets, with lwIP's own threads: one client, and several at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>

#include "caller.h"
#include "osft_lwip.h"
#include "service.h"

#include "lwip/errno.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

static int random_bytes(void *ctx, void *dst, size_t len)
{
    uint8_t *at = dst;
    (void)ctx;
    while (len-- > 0) {
        *at++ = (uint8_t)rand();
    }
    return 0;
}

static struct osft_lwip net;
static struct caller caller;

static void set_up(const char *host, uint16_t tcp_port)
{
    osft_lwip_init(&net, random_bytes);
    net.port.learn_utc(&net, CALLER_UTC);
    caller_init(&caller, &net.port, host, tcp_port);
}

static int list(void)
{
    return osft_list(&caller.client, &caller.query, &caller.page, 20000);
}

static int connected(const char *host, uint16_t tcp_port)
{
    int r;
    while ((r = net.port.open(&net, host, tcp_port)) == 0) {
        (void)net.port.wait(&net, OSFT_WRITABLE, 1000);
    }
    return r;
}

static void a_client_lists_by_name_and_by_address(void **state)
{
    static const char *const hosts[] = { "service.test", "127.0.0.1", "[::1]" };
    size_t i;
    (void)state;
    for (i = 0; i < 3; i++) {
        set_up(hosts[i], ANSWERS);
        assert_int_equal(list(), OSFT_OK);
        assert_true(caller_is_whole(&caller));
        net.port.close(&net);
        net.port.close(&net);
    }
}

static void pieces_and_an_end_after_them_are_whole_answers(void **state)
{
    (void)state;
    set_up("service.test", DRIBBLES);
    assert_int_equal(list(), OSFT_OK);
    assert_true(caller_is_whole(&caller));
    net.port.close(&net);
    set_up("service.test", CLOSES);
    assert_int_equal(list(), OSFT_OK);
    assert_true(caller_is_whole(&caller));
    net.port.close(&net);
}

static void half_an_answer_is_an_error(void **state)
{
    (void)state;
    set_up("service.test", CUTS);
    assert_int_equal(list(), OSFT_E_CUT);
    assert_true(caller.page.count < CALLER_TASKS);
    set_up("service.test", RESETS);
    assert_int_equal(list(), OSFT_E_IO);
    assert_int_equal(caller.client.reply.port_code, ECONNRESET);
    net.port.close(&net);
}

static void a_closed_port_refuses(void **state)
{
    (void)state;
    set_up("127.0.0.1", NOT_SERVED);
    assert_int_equal(connected("127.0.0.1", NOT_SERVED), OSFT_E_IO);
    assert_int_equal(*net.port.code, ECONNRESET);
    assert_int_equal(list(), OSFT_E_IO);
    assert_int_equal(caller.client.reply.port_code, ECONNRESET);
    assert_int_equal(connected("127.0.0.1", ANSWERS), 1); /* the struct is as good as new */
    assert_int_equal(*net.port.code, 0);
    net.port.close(&net);
}

static void silence_ends_after_connect_ms(void **state)
{
    uint32_t began;
    (void)state;
    set_up("10.0.0.9", ANSWERS);
    net.connect_ms = 300;
    began = sys_now();
    assert_int_equal(list(), OSFT_E_IO);
    assert_int_equal(caller.client.reply.port_code, ETIMEDOUT);
    assert_true(sys_now() - began >= 300);
    net.connect_ms = 60000;
    began = sys_now();
    assert_int_equal(osft_list(&caller.client, &caller.query, &caller.page, 300), OSFT_E_TIMEOUT);
    assert_true(sys_now() - began < 30000);
}

static void names_that_are_not_there(void **state)
{
    (void)state;
    set_up("nowhere.test", ANSWERS);
    assert_int_equal(list(), OSFT_E_RESOLVE);
    assert_int_equal(caller.client.reply.port_code, ERR_VAL);
    assert_int_equal(connected("[nonsense]", ANSWERS), OSFT_E_RESOLVE);
}

static void the_end_of_the_stream_is_said_each_time(void **state)
{
    char buf[4000];
    int r;
    (void)state;
    set_up("127.0.0.1", CLOSES);
    assert_int_equal(net.port.send(&net, "x", 1), OSFT_E_IO);
    assert_int_equal(*net.port.code, ENOTCONN);
    assert_int_equal(net.port.recv(&net, buf, 1), OSFT_E_IO);
    assert_int_equal(connected("127.0.0.1", CLOSES), 1);
    assert_int_equal(net.port.recv(&net, buf, sizeof buf), 0);
    assert_int_equal(net.port.recv(&net, buf, 0), 0);
    assert_int_equal(net.port.send(&net, "\r\n\r\n", 4), 4);
    while ((r = net.port.recv(&net, buf, 100)) >= 0) {
        (void)net.port.wait(&net, OSFT_READABLE, 10000);
        assert_int_equal(net.port.recv(&net, buf, 0), 0); /* no room is not the end */
    }
    assert_int_equal(r, OSFT_EOF);
    assert_int_equal(net.port.recv(&net, buf, sizeof buf), OSFT_EOF);
    assert_int_equal(net.port.recv(&net, buf, sizeof buf), OSFT_EOF);
    net.port.close(&net);
    assert_int_equal(net.port.recv(&net, buf, 1), OSFT_E_IO);
}

static void wait_sleeps_without_a_connection_too(void **state)
{
    uint32_t began = sys_now();
    (void)state;
    set_up("127.0.0.1", ANSWERS);
    assert_int_equal(net.port.wait(&net, 0, 100), 0);
    assert_true(sys_now() - began >= 100);
}

static void wait_for_time_alone_heeds_no_connection(void **state)
{
    uint32_t began;
    (void)state;
    set_up("127.0.0.1", CLOSES);
    assert_int_equal(connected("127.0.0.1", CLOSES), 1);
    assert_int_equal(net.port.send(&net, "\r\n\r\n", 4), 4);
    assert_true(net.port.wait(&net, OSFT_READABLE, UINT32_MAX) > 0);
    began = sys_now();
    assert_int_equal(net.port.wait(&net, 0, 100), 0);
    assert_true(sys_now() - began >= 100);
    assert_true(net.port.wait(&net, OSFT_READABLE, 0) > 0);
    net.port.close(&net);
}

static void awaits_says_what_it_is_asked_but_while_connecting_and_at_the_end(void **state)
{
    uint32_t ms = UINT32_MAX, few = 1;
    char buf[4000];
    (void)state;
    set_up("10.0.0.9", ANSWERS);
    net.connect_ms = 60000;
    assert_int_equal(net.port.awaits(&net, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, UINT32_MAX);
    assert_int_equal(net.port.open(&net, "10.0.0.9", ANSWERS), 0);
    assert_int_equal(net.port.awaits(&net, OSFT_READABLE, &ms), OSFT_WRITABLE);
    assert_in_range(ms, 1, 60000); /* when it gives up */
    assert_int_equal(net.port.awaits(&net, OSFT_READABLE, &few), OSFT_WRITABLE);
    assert_int_equal(few, 1); /* it is only lowered */
    net.port.close(&net);
    assert_int_equal(connected("127.0.0.1", CLOSES), 1);
    ms = UINT32_MAX;
    assert_int_equal(net.port.awaits(&net, OSFT_READABLE | OSFT_WRITABLE, &ms),
                     OSFT_READABLE | OSFT_WRITABLE);
    assert_int_equal(net.port.send(&net, "\r\n\r\n", 4), 4);
    while (net.port.recv(&net, buf, sizeof buf) != OSFT_EOF) {
        (void)net.port.wait(&net, OSFT_READABLE, 10000);
    }
    assert_int_equal(net.port.awaits(&net, OSFT_WRITABLE, &ms), OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
    assert_int_equal(net.port.awaits(&net, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(ms, 0);
    net.port.close(&net);
}

static void hosts_that_are_none_fail_and_a_final_dot_is_none_of_the_name(void **state)
{
    static const char *const hosts[] = { "", "[", "[]", "[::1", "[127.0.0.1]" };
    size_t i;
    (void)state;
    set_up("service.test.", ANSWERS);
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(net.port.open(&net, hosts[i], ANSWERS), OSFT_E_RESOLVE);
        assert_int_not_equal(*net.port.code, 0);
    }
    assert_int_equal(list(), OSFT_OK);
    net.port.close(&net);
}

/* More than any buffer holds, there and back. */
static void all_bytes_go_both_ways(void **state)
{
    const size_t size = SERVICE_ECHO;
    uint8_t *out = malloc(size), *in = malloc(size);
    size_t sent = 0, got = 0, i;
    int blocked = 0;
    (void)state;
    for (i = 0; i < size; i++) {
        out[i] = (uint8_t)rand();
    }
    set_up("127.0.0.1", ECHOES);
    assert_int_equal(connected("127.0.0.1", ECHOES), 1);
    while (got < size) {
        int r = sent < size ? net.port.send(&net, out + sent, size - sent)
                            : net.port.recv(&net, in + got, size - got);
        assert_true(r >= 0);
        if (r == 0) {
            if (!blocked) {
                service_echo(); /* which did not read before: all buffers are full now */
            }
            blocked = 1;
            assert_true(net.port.wait(&net, sent < size ? OSFT_WRITABLE : OSFT_READABLE, 10000) >
                        0);
        } else if (sent < size) {
            sent += (size_t)r;
        } else {
            got += (size_t)r;
        }
    }
    assert_memory_equal(in, out, size);
    net.port.close(&net);
    free(in);
    free(out);
}

static void a_device_without_a_clock_learns_the_time(void **state)
{
    (void)state;
    set_up("service.test", REFUSES);
    osft_lwip_init(&net, random_bytes);
    caller.settings.retry = &osft_retry_default;
    assert_int_equal(net.port.utc_s(&net), -1);
    assert_int_equal(list(), OSFT_OK);
    assert_true(caller_is_whole(&caller));
    assert_in_range(net.port.utc_s(&net), CALLER_UTC, CALLER_UTC + 60);
    osft_close(&caller.client);
}

struct worker {
    pthread_t id;
    int number, calls, whole, attempts;
    char wrong[200];
};

static void *work(void *arg)
{
    static const uint16_t ports[] = { ANSWERS, DRIBBLES, CLOSES };
    struct worker *w = arg;
    struct osft_lwip mine;
    struct caller c;
    int i, err;

    osft_lwip_init(&mine, random_bytes);
    mine.port.learn_utc(&mine, CALLER_UTC);
    for (i = 0; i < w->calls; i++) {
        if (i % 5 == 0) {
            caller_init(&c, &mine.port, w->number % 2 ? "service.test" : "127.0.0.1",
                        ports[(i / 5 + w->number) % 3]);
            c.settings.retry = &osft_retry_default;
        }
        err = osft_list(&c.client, &c.query, &c.page, 60000);
        if (err == OSFT_OK && caller_is_whole(&c)) {
            w->whole++;
            w->attempts += c.client.reply.attempts;
        } else {
            snprintf(w->wrong, sizeof w->wrong, "client %d, call %d: %d, code %d, %d tasks",
                     w->number, i, err, (int)c.client.reply.port_code, (int)c.page.count);
        }
        if (i % 5 == 4) {
            osft_close(&c.client);
        }
    }
    return NULL;
}

static void several_clients_at_a_time_each_get_their_own(void **state)
{
    struct worker workers[8];
    int i;
    (void)state;
    memset(workers, 0, sizeof workers);
    for (i = 0; i < 8; i++) {
        workers[i].number = i;
        workers[i].calls = 30;
        assert_int_equal(pthread_create(&workers[i].id, NULL, work, &workers[i]), 0);
    }
    for (i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(workers[i].id, NULL), 0);
        assert_string_equal(workers[i].wrong, "");
        assert_int_equal(workers[i].whole, 30);
        assert_int_equal(workers[i].attempts,
                         30); /* also where what was kept is found closed: CLOSES */
    }
}

static void nothing_of_ours_is_left(void **state)
{
    const struct stats_mem *conns = lwip_stats.memp[MEMP_NETCONN];
    int tries = 1000;
    (void)state;
    /* The listeners and the name server stay; the service's threads end when they hear of our
     * end. */
    while (conns->used > SERVICE_END - ANSWERS + 1 && tries-- > 0) {
        sys_msleep(10);
    }
    assert_int_equal(conns->used, SERVICE_END - ANSWERS + 1);
    assert_int_equal(conns->err, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_lists_by_name_and_by_address),
        cmocka_unit_test(pieces_and_an_end_after_them_are_whole_answers),
        cmocka_unit_test(half_an_answer_is_an_error),
        cmocka_unit_test(a_closed_port_refuses),
        cmocka_unit_test(silence_ends_after_connect_ms),
        cmocka_unit_test(names_that_are_not_there),
        cmocka_unit_test(the_end_of_the_stream_is_said_each_time),
        cmocka_unit_test(wait_sleeps_without_a_connection_too),
        cmocka_unit_test(wait_for_time_alone_heeds_no_connection),
        cmocka_unit_test(awaits_says_what_it_is_asked_but_while_connecting_and_at_the_end),
        cmocka_unit_test(hosts_that_are_none_fail_and_a_final_dot_is_none_of_the_name),
        cmocka_unit_test(all_bytes_go_both_ways),
        cmocka_unit_test(a_device_without_a_clock_learns_the_time),
        cmocka_unit_test(several_clients_at_a_time_each_get_their_own),
        cmocka_unit_test(nothing_of_ours_is_left),
    };
    service_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

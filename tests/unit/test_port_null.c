/* SPDX-License-Identifier: Apache-2.0 */
/* The port without a network, and template of all others: every function is there, and a client
 * over it ends each call at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "osft.h"
#include "osft_mbedtls_sha256.h"
#include "osft_null.h"

static struct osft_null null;
static struct osft_mbedtls_sha256 sha256;
static struct osft_client client;
static struct osft_settings settings;
static struct osft_task tasks[1];
static struct osft_page page;
static char work[2048];
static const struct osft_credentials credentials = { OSFT_LIT("id"),
                                                     OSFT_LIT("secret"),
                                                     { NULL, 0 } };
static const struct osft_query query = { .app_group = OSFT_LIT("app"),
                                         .function = OSFT_LIT("ctr"),
                                         .instance = OSFT_LIT("i1") };

static int begin(void **state)
{
    (void)state;
    osft_null_init(&null);
    osft_mbedtls_sha256_init(&sha256);
    memset(&settings, 0, sizeof settings);
    settings.port = &null.port;
    settings.sha256 = &sha256.hash;
    settings.credentials = &credentials;
    settings.host = "localhost";
    settings.work = work;
    settings.work_size = sizeof work;
    page.tasks = tasks;
    page.max = 1;
    osft_init(&client, &settings);
    return 0;
}

static void there_is_no_network(void **state)
{
    const struct osft_port *p = &null.port;
    char c = 'x';
    (void)state;
    assert_int_equal(*p->code, 0);
    assert_int_equal(p->open(p->ctx, "localhost", 443), OSFT_E_IO);
    assert_int_equal(*p->code, 1);
    assert_int_equal(p->open(p->ctx, "", 0), OSFT_E_IO);
    assert_int_equal(p->send(p->ctx, &c, 1), OSFT_E_IO);
    assert_int_equal(p->send(p->ctx, &c, SIZE_MAX), OSFT_E_IO);
    assert_int_equal(p->recv(p->ctx, &c, 1), OSFT_E_IO);
    assert_int_equal(p->recv(p->ctx, &c, SIZE_MAX), OSFT_E_IO);
    assert_int_equal(p->send(p->ctx, NULL, 0), OSFT_E_IO);
    assert_int_equal(p->recv(p->ctx, NULL, 0), OSFT_E_IO);
    assert_int_equal(c, 'x');
    p->close(p->ctx);
    p->close(p->ctx);
}

static void there_is_no_random_source(void **state)
{
    const struct osft_port *p = &null.port;
    char c = 'x';
    (void)state;
    assert_int_equal(p->random(p->ctx, &c, 1), OSFT_E_RANDOM);
    assert_int_equal(*p->code, 2);
    assert_int_equal(p->random(p->ctx, &c, SIZE_MAX), OSFT_E_RANDOM);
    assert_int_equal(c, 'x');
}

static void time_goes_on_by_waiting_and_by_looking(void **state)
{
    const struct osft_port *p = &null.port;
    (void)state;
    uint32_t start = p->ticks_ms(p->ctx);
    assert_int_equal(p->ticks_ms(p->ctx), start + 1); /* also for a loop that never waits */
    assert_int_equal(p->wait(p->ctx, 0, 500), 0);
    assert_true(p->ticks_ms(p->ctx) - start >= 500);
    start = p->ticks_ms(p->ctx);
    assert_int_equal(p->wait(p->ctx, OSFT_READABLE | OSFT_WRITABLE, UINT32_MAX), 0);
    assert_int_equal(p->ticks_ms(p->ctx), start); /* a whole turn of the clock */
}

static void the_time_is_unknown_until_it_is_learned(void **state)
{
    const struct osft_port *p = &null.port;
    (void)state;
    assert_int_equal(p->utc_s(p->ctx), -1);
    p->learn_utc(p->ctx, -1);
    assert_int_equal(p->utc_s(p->ctx), -1);
    p->learn_utc(p->ctx, 1770000000);
    assert_int_equal(p->utc_s(p->ctx), 1770000000);
    (void)p->wait(p->ctx, 0, 3000);
    assert_int_equal(p->utc_s(p->ctx), 1770000003);
}

static void it_waits_for_what_it_is_asked(void **state)
{
    const struct osft_port *p = &null.port;
    uint32_t ms = UINT32_MAX;
    (void)state;
    assert_int_equal(p->awaits(p->ctx, OSFT_READABLE, &ms), OSFT_READABLE);
    assert_int_equal(p->awaits(p->ctx, OSFT_READABLE | OSFT_WRITABLE, &ms),
                     OSFT_READABLE | OSFT_WRITABLE);
    assert_int_equal(ms, UINT32_MAX);
}

static void no_function_is_missing(void **state)
{
    const struct osft_port *p = &null.port;
    (void)state;
    assert_true(p->open && p->send && p->recv && p->wait && p->awaits && p->close && p->utc_s &&
                p->ticks_ms && p->random && p->code && p->learn_utc);
}

static void a_call_over_it_ends_for_want_of_a_clock_and_of_random_bytes(void **state)
{
    (void)state;
    assert_int_equal(osft_list(&client, &query, &page, 10000), OSFT_E_CLOCK);
    settings.retry = &osft_retry_default; /* which would learn the time */
    assert_int_equal(osft_list(&client, &query, &page, 10000), OSFT_E_RANDOM);
    osft_close(&client);
}

/* The first function that whoever copies it replaces. */
static int same_bytes(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    memset(buffer, 7, len);
    return 0;
}

static void with_clock_and_random_bytes_there_is_still_no_network(void **state)
{
    (void)state;
    null.port.random = same_bytes;
    null.port.learn_utc(null.port.ctx, 1770000000);
    assert_int_equal(osft_list(&client, &query, &page, 10000), OSFT_E_IO);
    assert_int_equal(client.reply.attempts, 1);
    assert_int_equal(client.reply.port_code, 1);
    settings.retry = &osft_retry_default;
    assert_int_equal(osft_list(&client, &query, &page, 600000), OSFT_E_IO);
    assert_int_equal(client.reply.attempts, osft_retry_default.attempts);
    osft_close(&client);
    assert_int_equal(osft_wait_events(&client), 0);
}

static void a_loop_that_never_waits_comes_to_its_end_too(void **state)
{
    long steps = 0;
    int result;
    (void)state;
    null.port.random = same_bytes;
    null.port.wait = NULL;
    null.port.awaits = NULL;
    settings.retry = &osft_retry_default;
    assert_int_equal(osft_list_start(&client, &query, &page, 600000), OSFT_OK);
    while ((result = osft_step(&client)) == OSFT_PENDING) {
        assert_true(++steps < 1000000);
        assert_int_equal(osft_wait_events(&client), 0); /* only time passes between attempts */
    }
    assert_int_equal(result, OSFT_E_IO);
    assert_int_equal(client.reply.attempts, osft_retry_default.attempts);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(there_is_no_network),
        TEST(there_is_no_random_source),
        TEST(time_goes_on_by_waiting_and_by_looking),
        TEST(the_time_is_unknown_until_it_is_learned),
        TEST(it_waits_for_what_it_is_asked),
        TEST(no_function_is_missing),
        TEST(a_call_over_it_ends_for_want_of_a_clock_and_of_random_bytes),
        TEST(with_clock_and_random_bytes_there_is_still_no_network),
        TEST(a_loop_that_never_waits_comes_to_its_end_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

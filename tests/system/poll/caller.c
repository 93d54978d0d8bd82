/* SPDX-License-Identifier: Apache-2.0 */
#include "poll.h"

#include <limits.h>
#include <string.h>

/* Count an event, which is any result except that a function would block. Returns the result. */
static int count_event(struct caller *caller, int result)
{
    caller->events += result != 0;
    return result;
}

static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct caller *caller = ctx;
    return count_event(caller, caller->sockets.port.open(&caller->sockets, host, tcp_port));
}

static int send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct caller *caller = ctx;
    return count_event(caller, caller->sockets.port.send(&caller->sockets, bytes, len));
}

static int recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct caller *caller = ctx;
    return count_event(caller, caller->sockets.port.recv(&caller->sockets, buffer, room));
}

static unsigned awaited_events(void *ctx, unsigned events, uint32_t *ms)
{
    struct caller *caller = ctx;
    return caller->sockets.port.awaits(&caller->sockets, events, ms);
}

static void close_connection(void *ctx)
{
    struct caller *caller = ctx;

    (void)count_event(caller, 1);
    caller->sockets.port.close(&caller->sockets);
}

static int64_t utc_s(void *ctx)
{
    return ((struct caller *)ctx)->sockets.port.utc_s(NULL);
}

static uint32_t ticks_ms(void *ctx)
{
    return ((struct caller *)ctx)->sockets.port.ticks_ms(NULL);
}

static int draw_random(void *ctx, void *buffer, size_t len)
{
    struct caller *caller = ctx;
    return caller->sockets.port.random(&caller->sockets, buffer, len);
}

/* Initialise the port that counts. The loop never calls port.wait, so the port does not have it. */
static void port_init(struct caller *caller)
{
    caller->port.ctx = caller;
    caller->port.open = open_connection;
    caller->port.send = send_bytes;
    caller->port.recv = recv_bytes;
    caller->port.awaits = awaited_events;
    caller->port.close = close_connection;
    caller->port.utc_s = utc_s;
    caller->port.ticks_ms = ticks_ms;
    caller->port.random = draw_random;
}

static void init(struct caller *caller, uint16_t tcp_port, const char *ca_pem, int has_proxy)
{
    static const struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                             .function = OSFT_LIT("ctr"),
                                             .instance = OSFT_LIT("ctr_test"),
                                             .page_size = CALLER_TASKS };
    static const struct osft_credentials credentials = { .id = OSFT_LIT("testid"),
                                                         .secret = OSFT_LIT("testsecret") };
    static const struct osft_retry retry = OSFT_RETRY(4, 600000, 20, 20);
    struct osft_settings *settings = &caller->settings;
    const struct osft_port *lower = has_proxy ? &caller->proxy.port : &caller->port;

    memset(caller, 0, sizeof(*caller));
    osft_posix_init(&caller->sockets);
    osft_mbedtls_sha256_init(&caller->sha256);
    port_init(caller);
    osft_proxy_init(&caller->proxy, &caller->port, "127.0.0.1", tcp_port);
    caller->has_tls = ca_pem != NULL;
    if (ca_pem != NULL) {
        assert_int_equal(osft_tls_init(&caller->tls, lower, NULL, NULL), OSFT_OK);
        assert_int_equal(osft_tls_ca(&caller->tls, ca_pem, strlen(ca_pem) + 1), OSFT_OK);
    }
    caller->credentials = credentials;
    caller->query = query;
    caller->retry = retry;
    caller->page.tasks = caller->tasks;
    caller->page.max = CALLER_TASKS;
    settings->port = ca_pem != NULL ? &caller->tls.port : lower;
    settings->sha256 = &caller->sha256.hash;
    settings->credentials = &caller->credentials;
    settings->host = "127.0.0.1";
    settings->tcp_port = tcp_port;
    settings->plain_http = ca_pem == NULL;
    settings->work = caller->work;
    settings->work_size = sizeof(caller->work);
    settings->retry = &caller->retry;
    osft_init(&caller->client, settings);
}

void caller_init(struct caller *caller, uint16_t tcp_port, const char *ca_pem)
{
    init(caller, tcp_port, ca_pem, 0);
}

void caller_init_through_proxy(struct caller *caller, uint16_t tcp_port, const char *ca_pem)
{
    init(caller, tcp_port, ca_pem, 1);
}

void caller_free(struct caller *caller)
{
    osft_close(&caller->client);
    if (caller->has_tls) {
        osft_tls_free(&caller->tls);
    }
}

void caller_start(struct caller *caller, uint32_t limit_ms)
{
    caller->events = caller->turns = caller->idle_turns = caller->at_once = 0;
    assert_int_equal(osft_list_start(&caller->client, &caller->query, &caller->page, limit_ms),
                     OSFT_OK);
}

int caller_step(struct caller *caller)
{
    unsigned events = caller->events;
    int is_due = osft_wait_ms(&caller->client) == 0;
    int result = osft_step(&caller->client);

    caller->turns++;
    if (caller->events == events && !is_due) {
        caller->idle_turns++;
    }
    return result;
}

struct pollfd caller_pollfd(const struct caller *caller)
{
    unsigned events = osft_wait_events(&caller->client);
    struct pollfd fd = { osft_posix_fd(&caller->sockets), 0, 0 };

    fd.events =
        (short)(((events & OSFT_READABLE) ? POLLIN : 0) | ((events & OSFT_WRITABLE) ? POLLOUT : 0));
    return fd;
}

int caller_timeout(const struct caller *caller)
{
    uint32_t ms = osft_wait_ms(&caller->client);

    return ms == UINT32_MAX ? -1 : ms < INT_MAX ? (int)ms : INT_MAX;
}

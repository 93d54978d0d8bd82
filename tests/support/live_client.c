/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "live.h"

#include <string.h>
#include <sys/socket.h>

#define LOOK_MS     20   /* pause between two looks at the endpoint's log while nothing happens */
#define IN_VAIN_MAX 1000 /* events in a row without progress, after which the clock moves */

static const struct osft_span id = OSFT_LIT("testid"), secret = OSFT_LIT("testsecret");

static const struct osft_port *sockets_of(void *ctx)
{
    return &((struct live_client *)ctx)->sockets.port;
}

/* Note what a function of the sockets returned: any result but "would block" counts as progress. */
static int note_result(struct live_client *c, int result)
{
    if (result != 0) {
        c->in_vain = 0;
    }
    return result;
}

static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct live_client *c = ctx;
    int result = c->sockets.port.open(&c->sockets, host, tcp_port);

    if (result >= 0 && c->send_buffer != 0) {
        (void)setsockopt(osft_posix_fd(&c->sockets), SOL_SOCKET, SO_SNDBUF, &c->send_buffer,
                         sizeof(c->send_buffer));
    }
    return note_result(c, result);
}

static int send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct live_client *c = ctx;
    int count = c->sockets.port.send(&c->sockets, bytes, len);

    c->blocked += count == 0;
    return note_result(c, count);
}

static int recv_bytes(void *ctx, void *buffer, size_t room)
{
    return note_result(ctx, sockets_of(ctx)->recv(sockets_of(ctx)->ctx, buffer, room));
}

static int wait_for_events(void *ctx, unsigned events, uint32_t ms)
{
    struct live_client *c = ctx;

    while (events != 0 && !c->is_silent && c->in_vain < IN_VAIN_MAX) {
        if (c->sockets.port.wait(&c->sockets, events, LOOK_MS) != 0) {
            c->in_vain++;
            return 1;
        }
        if (c->is_unanswered != NULL && c->is_unanswered(c->is_unanswered_ctx)) {
            c->is_silent = 1;
        }
    }
    c->now_ms += ms;
    c->paused_ms += events == 0 ? ms : 0;
    return 0;
}

static unsigned awaited_events(void *ctx, unsigned events, uint32_t *ms)
{
    return sockets_of(ctx)->awaits(sockets_of(ctx)->ctx, events, ms);
}

static void close_connection(void *ctx)
{
    struct live_client *c = ctx;

    c->is_silent = 0;
    c->in_vain = 0;
    sockets_of(ctx)->close(sockets_of(ctx)->ctx);
}

static int64_t utc_s(void *ctx)
{
    return sockets_of(ctx)->utc_s(sockets_of(ctx)->ctx);
}

static uint32_t ticks_ms(void *ctx)
{
    return ((struct live_client *)ctx)->now_ms;
}

static int draw_random(void *ctx, void *buffer, size_t len)
{
    return sockets_of(ctx)->random(sockets_of(ctx)->ctx, buffer, len);
}

int live_client_init(struct live_client *c, const char *ca_pem)
{
    int result = OSFT_OK;

    osft_posix_init(&c->sockets);
    osft_mbedtls_sha256_init(&c->sha256);
    c->port.ctx = c;
    c->port.open = open_connection;
    c->port.send = send_bytes;
    c->port.recv = recv_bytes;
    c->port.wait = wait_for_events;
    c->port.awaits = awaited_events;
    c->port.close = close_connection;
    c->port.utc_s = utc_s;
    c->port.ticks_ms = ticks_ms;
    c->port.random = draw_random;
    c->port.code = c->sockets.port.code;
    c->has_tls = ca_pem != NULL;
    if (ca_pem != NULL) {
        result = osft_tls_init(&c->tls, &c->port, NULL, NULL);
        if (result == OSFT_OK) {
            result = osft_tls_ca(&c->tls, ca_pem, strlen(ca_pem) + 1);
        }
    }
    return result;
}

void live_client_begin(struct live_client *c, const struct live *endpoint)
{
    static const struct osft_query everything = { .app_group = OSFT_LIT("my_app"),
                                                  .function = OSFT_LIT("ctr"),
                                                  .instance = OSFT_LIT("ctr_test") };
    static const struct osft_retry retry = OSFT_RETRY(4, 10000, 1, 10);
    struct osft_settings *settings = &c->settings;

    live_client_end(c);
    memset(&c->credentials, 0, sizeof(c->credentials));
    c->credentials.id = id;
    c->credentials.secret = secret;
    c->query = everything;
    c->retry = retry;
    c->send_buffer = 0;
    c->paused_ms = c->blocked = c->in_vain = 0;
    memset(settings, 0, sizeof(*settings));
    settings->port = c->has_tls ? &c->tls.port : &c->port;
    settings->sha256 = &c->sha256.hash;
    settings->credentials = &c->credentials;
    settings->host = "127.0.0.1";
    settings->tcp_port = endpoint->tcp_port;
    settings->plain_http = !c->has_tls;
    settings->work = c->work;
    settings->work_size = sizeof(c->work);
    settings->retry = &c->retry;
    osft_init(&c->client, settings);
    c->has_begun = 1;
}

void live_client_end(struct live_client *c)
{
    if (c->has_begun) {
        osft_close(&c->client);
    }
    c->has_begun = 0;
}

void live_client_free(struct live_client *c)
{
    live_client_end(c);
    if (c->has_tls) {
        osft_tls_free(&c->tls);
    }
}

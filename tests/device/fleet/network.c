/* SPDX-License-Identifier: Apache-2.0 */
/* The network, the clock and the service of the simulation. */
#include "fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 300 /* until TLS is established */
#define RESPOND_MS 100
#define START_S    1700000000

#define RESPONSE 1024
#define PAGE     5 /* tasks that a watch of one run asks for */

/* The responses: to a poll that finds nothing new, and to one that is throttled. */
static char tasks[RESPONSE], throttled[RESPONSE];

static void write_response(char response[RESPONSE], const char *head, const char *body)
{
    snprintf(response, RESPONSE,
             "HTTP/1.1 %sContent-Type: application/json\r\nContent-Length: %u\r\n\r\n%s", head,
             (unsigned)strlen(body), body);
}

static struct {
    uint64_t second; /* the latest one in which a request came */
    uint32_t requests, served;
} latest;

void service_reset(void)
{
    char list[512] = "", body[600], head[64] = "429 Too Many Requests\r\n";

    memset(&latest, 0, sizeof(latest));
    for (int i = 0; i < PAGE; i++) {
        size_t len = strlen(list);
        snprintf(list + len, sizeof(list) - len,
                 "%s{\"runId\":\"run-%d\",\"status\":\"success\",\"startTime\":%d}",
                 i == 0 ? "" : ",", i, 1000 - i);
    }
    snprintf(body, sizeof(body), "{\"requestId\":\"r-1\",\"totalCount\":100,\"result\":[%s]}",
             list);
    write_response(tasks, "200 OK\r\n", body);
    if (the_fleet()->scenario->says_retry_after) {
        snprintf(head + strlen(head), sizeof(head) - strlen(head), "Retry-After: %d\r\n",
                 RETRY_AFTER_S);
    }
    write_response(throttled, head, "{\"code\":\"Throttling.User\",\"requestId\":\"r-2\"}");
}

/* Count a request, and choose the response to it. */
static const char *respond(void)
{
    struct fleet *fleet = the_fleet();
    uint64_t hour = fleet->now_ms / HOUR_MS, second = fleet->now_ms / 1000;

    if (second != latest.second) {
        latest.second = second;
        latest.requests = latest.served = 0;
    }
    latest.requests++;
    fleet->result.requests[hour]++;
    if (latest.requests > fleet->result.busiest[hour]) {
        fleet->result.busiest[hour] = latest.requests;
    }
    if (latest.served < (hour == 1 ? QUOTA_THROTTLED : QUOTA)) {
        latest.served++;
        fleet->result.served[hour]++;
        return tasks;
    }
    return throttled;
}

uint32_t device_random(struct device *d)
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return (uint32_t)(d->random >> 32);
}

static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct device *d = ctx;

    (void)host, (void)tcp_port;
    if (!d->is_connecting) {
        d->is_connecting = 1;
        d->ready_ms = the_fleet()->now_ms + CONNECT_MS;
    }
    return the_fleet()->now_ms >= d->ready_ms;
}

static int send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct device *d = ctx;

    if (len < 4 || memcmp((const char *)bytes + len - 4, "\r\n\r\n", 4) != 0) {
        fprintf(stderr, "fleet: a request is not whole\n");
        exit(1);
    }
    d->response = respond();
    d->response_len = strlen(d->response);
    d->ready_ms = the_fleet()->now_ms + RESPOND_MS;
    return (int)len;
}

static int recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct device *d = ctx;

    if (the_fleet()->now_ms < d->ready_ms) {
        return 0;
    }
    if (room > d->response_len) {
        room = d->response_len;
    }
    memcpy(buffer, d->response, room);
    d->response += room;
    d->response_len -= room;
    return (int)room;
}

static void close_connection(void *ctx)
{
    struct device *d = ctx;

    d->is_connecting = 0;
    d->response_len = 0;
    d->response = tasks;
}

static int64_t utc_s(void *ctx)
{
    (void)ctx;
    return START_S + (int64_t)(the_fleet()->now_ms / 1000);
}

static uint32_t ticks_ms(void *ctx)
{
    (void)ctx;
    return (uint32_t)the_fleet()->now_ms;
}

static int random_bytes(void *ctx, void *buffer, size_t len)
{
    for (uint8_t *at = buffer; len-- != 0; at++) {
        *at = (uint8_t)(device_random(ctx) >> 24);
    }
    return 0;
}

void device_init_port(struct device *d)
{
    static const struct osft_port port = { .open = open_connection,
                                           .send = send_bytes,
                                           .recv = recv_bytes,
                                           .close = close_connection,
                                           .utc_s = utc_s,
                                           .ticks_ms = ticks_ms,
                                           .random = random_bytes };

    d->port = port;
    d->port.ctx = d;
    d->response = tasks;
}

static int hash_nothing(void *ctx)
{
    (void)ctx;
    return 0;
}

static int hash_no_bytes(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 0;
}

static int make_no_digest(void *ctx, uint8_t digest[32])
{
    (void)ctx;
    memset(digest, 0, 32);
    return 0;
}

static int make_no_mac(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                       uint8_t mac[32])
{
    (void)key, (void)key_len, (void)bytes, (void)len;
    return make_no_digest(ctx, mac);
}

const struct osft_sha256 no_sha256 = { NULL, hash_nothing, hash_no_bytes, make_no_digest,
                                       make_no_mac };

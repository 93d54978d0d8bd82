/* SPDX-License-Identifier: Apache-2.0 */
#include "http_clients.h"
#include <stddef.h>
#include <sys/socket.h>

static struct http_client clients[HTTP_CLIENTS_MAX];

/* Return a free entry. NULL: all entries are in use. */
static struct http_client *find_free_entry(void)
{
    size_t i = 0;

    while (i < HTTP_CLIENTS_MAX && clients[i].phase != HTTP_NONE) {
        i++;
    }
    return i < HTTP_CLIENTS_MAX ? &clients[i] : NULL;
}

static void set_phase(struct http_client *client, enum http_phase phase, int64_t now_ms)
{
    client->phase = phase;
    client->since_ms = now_ms;
}

/* Shut down the socket of a connection. libmicrohttpd then closes the connection. */
static void end_client(struct http_client *client, int64_t now_ms)
{
    (void)shutdown(client->fd, SHUT_RDWR);
    set_phase(client, HTTP_ENDED, now_ms);
}

struct http_client *add_http_client(int fd, int64_t now_ms)
{
    struct http_client *client = find_free_entry();

    if (client != NULL) {
        client->fd = fd;
        set_phase(client, HTTP_REQUEST, now_ms);
    }
    return client;
}

void remove_http_client(struct http_client *client)
{
    client->phase = HTTP_NONE;
}

void note_http_response(struct http_client *client, int64_t now_ms)
{
    if (client->phase == HTTP_REQUEST) {
        set_phase(client, HTTP_RESPONSE, now_ms);
    }
}

void note_http_response_end(struct http_client *client, int64_t now_ms)
{
    if (client->phase != HTTP_RESPONSE) {
        return;
    }
    if (find_free_entry() == NULL) {
        end_client(client, now_ms);
    } else {
        set_phase(client, HTTP_REQUEST, now_ms);
    }
}

/* Return the time limit of a phase. INT64_MAX: the phase has none. */
static int64_t get_limit_ms(enum http_phase phase, int is_scarce)
{
    if (phase == HTTP_REQUEST) {
        return HTTP_REQUEST_MS;
    }
    if (phase == HTTP_RESPONSE) {
        return is_scarce ? HTTP_SCARCE_MS : HTTP_RESPONSE_MS;
    }
    return INT64_MAX;
}

int64_t end_slow_http_clients(int64_t now_ms, int is_scarce)
{
    int64_t next_ms = INT64_MAX;
    size_t i;

    is_scarce = is_scarce || find_free_entry() == NULL;
    for (i = 0; i < HTTP_CLIENTS_MAX; i++) {
        int64_t limit_ms = get_limit_ms(clients[i].phase, is_scarce);
        int64_t used_ms = now_ms - clients[i].since_ms;

        if (limit_ms == INT64_MAX) {
            continue;
        }
        if (used_ms >= limit_ms) {
            end_client(&clients[i], now_ms);
        } else if (limit_ms - used_ms < next_ms) {
            next_ms = limit_ms - used_ms;
        }
    }
    return next_ms;
}

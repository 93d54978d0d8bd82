/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out what a client waits for, and makes the blocking calls. */
#include "deadline.h"
#include "exchange.h"

/* Return the events that the client's own connection waits for. Sets *ms to the time until the
 * client must act without them. */
static unsigned get_awaited_events(const struct osft_client *client, uint32_t *ms)
{
    static const uint8_t events[] = {
        [OSFT_IDLE] = 0,
        [OSFT_PAUSING] = 0,
        [OSFT_STARTING] = 0,
        [OSFT_OPENING] = OSFT_WRITABLE,
        [OSFT_SENDING] = OSFT_WRITABLE | OSFT_READABLE, /* the server may refuse the request
                                                         * early */
        [OSFT_RECEIVING] = OSFT_READABLE,
    };

    switch (client->state) {
    case OSFT_IDLE: *ms = UINT32_MAX; break;
    case OSFT_STARTING: *ms = 0; break;
    default: *ms = osft_time_left(&client->attempt, client->settings->port); break;
    }
    return events[client->state];
}

/* Return the events that the lowest connection waits for, and set *ms as get_awaited_events(). */
static unsigned get_lowest_awaited_events(const struct osft_client *client, uint32_t *ms)
{
    const struct osft_port *port = client->settings->port;
    unsigned events = get_awaited_events(client, ms);
    uint32_t own_ms = *ms;

    if (events != 0 && port->awaits != NULL) {
        events = port->awaits(port->ctx, events, ms);
    }
    if (*ms > own_ms) {
        *ms = own_ms; /* a port may only lower it */
    }
    return events;
}

uint32_t osft_wait_ms(const struct osft_client *client)
{
    uint32_t ms;
    (void)get_lowest_awaited_events(client, &ms);
    return ms;
}

unsigned osft_wait_events(const struct osft_client *client)
{
    uint32_t ms;
    return get_lowest_awaited_events(client, &ms);
}

void osft_wait(const struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;
    uint32_t ms;
    unsigned events = get_awaited_events(client, &ms);

    if (port->wait != NULL && ms != 0) {
        (void)port->wait(port->ctx, events, ms);
    }
}

int osft_run(struct osft_client *client)
{
    int result;

    while ((result = osft_step(client)) == OSFT_PENDING) {
        osft_wait(client);
    }
    return result;
}

int osft_list(struct osft_client *client, const struct osft_query *query, struct osft_page *page,
              uint32_t limit_ms)
{
    int error = osft_list_start(client, query, page, limit_ms);
    return error == OSFT_OK ? osft_run(client) : error;
}

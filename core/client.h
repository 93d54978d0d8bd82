/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what pages.c, watch.c and retry.c need of a client, and what its own files share. */
#ifndef OSFT_CLIENT_H
#define OSFT_CLIENT_H

#include "osft.h"

/* client->state: what the client does. From OSFT_OPENING on, an exchange is in progress. */
enum osft_client_state {
    OSFT_IDLE,     /* no call is in progress; client->result is that of the last one */
    OSFT_PAUSING,  /* between attempts, or before a call */
    OSFT_STARTING, /* an attempt begins with the next step */
    OSFT_OPENING,  /* it connects, */
    OSFT_SENDING,  /* sends the request, */
    OSFT_RECEIVING /* or receives the response */
};

/* The owner of a call is told its result when it is over, from within osft_step(). Returns what
 * osft_step() is to return; OSFT_PENDING after it has started another call. A list that was just
 * started gets an owner by client->on_result and on_result_ctx. */
typedef int osft_on_result(void *ctx, int result);

/* Start a call that does nothing but wait. returns: as osft_list_start() */
int osft_start_pause(struct osft_client *client, uint32_t ms, osft_on_result *on_result, void *ctx);

/* deadline.c: begin to count, and how much is left; limit_ms and result UINT32_MAX: there is no
 * limit. */
void osft_start_deadline(struct osft_deadline *deadline, const struct osft_port *port,
                         uint32_t limit_ms);
uint32_t osft_time_left(const struct osft_deadline *deadline, const struct osft_port *port);

/* exchange.c: one attempt. Build the request, and open a connection unless one is kept. Returns
 * OSFT_OK, or an osft_error. */
int osft_begin_exchange(struct osft_client *client);
/* Do what can be done now. Returns OSFT_PENDING, or the result of the exchange. */
int osft_continue_exchange(struct osft_client *client);
/* Give it up, if one is in progress, and close the connection. */
void osft_close_connection(struct osft_client *client);

#endif

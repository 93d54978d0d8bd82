/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: an exchange, which is one attempt of a call: connect, send the request, receive the
 * response, close. */
#ifndef OSFT_EXCHANGE_H
#define OSFT_EXCHANGE_H

#include "osft.h"

/* The values of client->state. From OSFT_OPENING on, an exchange is in progress. */
enum osft_client_state {
    OSFT_IDLE,     /* no call is in progress; client->result is the result of the last one */
    OSFT_PAUSING,  /* the client waits between attempts, or before a call */
    OSFT_STARTING, /* an attempt begins with the next step */
    OSFT_OPENING,  /* the client connects */
    OSFT_SENDING,  /* the client sends the request */
    OSFT_RECEIVING /* the client receives the response */
};

/* Build the request, and open a connection unless one is kept. Returns OSFT_OK, or an
 * osft_error. */
int osft_begin_exchange(struct osft_client *client);
/* Advance an exchange that has begun as far as possible now. Returns OSFT_PENDING, or the result of
 * the exchange. */
int osft_continue_exchange(struct osft_client *client);
/* Abandon the exchange, if one is in progress, and close the connection. */
void osft_close_connection(struct osft_client *client);

#endif

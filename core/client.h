/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: what pages and watches need of the client: calls with an owner. */
#ifndef OSFT_CLIENT_H
#define OSFT_CLIENT_H

#include "osft.h"

/* The owner of a call is told its result when it is over, from within osft_step(). Returns what
 * osft_step() is to return; OSFT_PENDING after it has started another call. A list that was just
 * started gets an owner by client->on_result and on_result_ctx. */
typedef int osft_on_result(void *ctx, int result);

/* Start a call that does nothing but wait. returns: as osft_list_start() */
int osft_start_pause(struct osft_client *client, uint32_t ms, osft_on_result *on_result, void *ctx);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: calls whose result an owner, a walk or a watch, receives. */
#ifndef OSFT_CLIENT_H
#define OSFT_CLIENT_H

#include "osft.h"

/* Receives the result of a call that has ended, from within osft_step(). Returns the result for
 * osft_step(); OSFT_PENDING when the function has started another call. To give an owner to a list
 * that was just started, set client->on_result and on_result_ctx. */
typedef int osft_on_result(void *ctx, int result);

/* Start a call that only waits. returns: as osft_list_start() */
int osft_start_pause(struct osft_client *client, uint32_t ms, osft_on_result *on_result, void *ctx);

#endif

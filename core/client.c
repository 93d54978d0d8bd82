/* SPDX-License-Identifier: Apache-2.0 */
/* Makes one call: its attempts, and the waits between them. */
#include <string.h>
#include "client.h"
#include "deadline.h"
#include "exchange.h"
#include "http.h"
#include "response.h"

void osft_init(struct osft_client *client, const struct osft_settings *settings)
{
    memset(client, 0, sizeof(*client));
    client->settings = settings;
    client->result = OSFT_E_STATE; /* until a call is started */
}

static int begin_attempt(struct osft_client *client)
{
    const struct osft_settings *settings = client->settings;
    struct osft_response *response = &client->response;
    int error = OSFT_OK;

    client->reply.attempts++;
    response->reply = &client->reply;
    response->buffer = (char *)settings->work;
    response->size = settings->work_size;
    response->expects_one = client->query->generation.ptr != NULL;
    osft_begin_response(response);
    osft_begin_http(client);
    client->attempt = client->call;
    client->signed_s = settings->port->utc_s(settings->port->ctx);
    if (settings->retry != NULL) {
        error = settings->retry->prepare_attempt(client);
    }
    return error == OSFT_OK ? osft_begin_exchange(client) : error;
}

/* Advance the pause or attempt. Returns OSFT_PENDING, or its result. */
static int continue_call(struct osft_client *client)
{
    int result = OSFT_OK;

    if (client->state == OSFT_PAUSING) {
        if (osft_time_left(&client->attempt, client->settings->port) != 0) {
            return OSFT_PENDING;
        }
        if (client->query == NULL) {
            return OSFT_OK;
        }
        client->state = OSFT_STARTING;
    }
    if (client->state == OSFT_STARTING) {
        result = begin_attempt(client);
    }
    if (result == OSFT_OK) {
        result = osft_continue_exchange(client);
    }
    if (result != OSFT_PENDING) {
        if (client->settings->retry != NULL) {
            return client->settings->retry->end_attempt(client, result);
        }
        osft_close_connection(client);
    }
    return result;
}

int osft_step(struct osft_client *client)
{
    while (client->state != OSFT_IDLE) {
        int result = continue_call(client);

        if (result == OSFT_PENDING && client->state != OSFT_STARTING) {
            return OSFT_PENDING;
        }
        if (result != OSFT_PENDING) {
            client->state = OSFT_IDLE;
            client->result = result;
            if (client->on_result != NULL) {
                client->result = client->on_result(client->on_result_ctx, result);
            }
        }
    }
    return client->result;
}

int osft_list_start(struct osft_client *client, const struct osft_query *query,
                    struct osft_page *page, uint32_t limit_ms)
{
    if (client->state != OSFT_IDLE) {
        return OSFT_E_STATE;
    }
    client->on_result = NULL;
    client->query = query;
    client->response.page = page;
    page->count = 0;
    client->drops_repeats = 0;
    client->clock_was_learned = client->token_was_renewed = client->token_has_expired = 0;
    memset(&client->reply, 0, offsetof(struct osft_reply, http_status)); /* attempts set the rest */
    osft_start_deadline(&client->call, client->settings->port,
                        limit_ms != 0 ? limit_ms : UINT32_MAX);
    client->state = OSFT_STARTING;
    return OSFT_OK;
}

int osft_start_pause(struct osft_client *client, uint32_t ms, osft_on_result *on_result, void *ctx)
{
    if (client->state != OSFT_IDLE) {
        return OSFT_E_STATE;
    }
    client->on_result = on_result;
    client->on_result_ctx = ctx;
    client->query = NULL;
    osft_start_deadline(&client->attempt, client->settings->port,
                        client->settings->port->ticks_ms != NULL ? ms : 0);
    client->state = OSFT_PAUSING;
    return OSFT_OK;
}

void osft_close(struct osft_client *client)
{
    osft_close_connection(client);
    if (client->state != OSFT_IDLE) {
        client->state = OSFT_IDLE;
        client->result = OSFT_E_STOPPED;
    }
}

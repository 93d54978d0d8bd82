/* SPDX-License-Identifier: Apache-2.0 */
/* One call: its attempts and what lies between them. */
#include <string.h>
#include "calendar.h"
#include "client.h"
#include "http.h"
#include "response.h"

void osft_init(struct osft_client *client, const struct osft_settings *settings)
{
    memset(client, 0, sizeof(*client));
    client->settings = settings;
    client->result = OSFT_E_STATE; /* until something is started */
}

void osft_start_deadline(struct osft_deadline *deadline, const struct osft_port *port,
                         uint32_t limit_ms)
{
    deadline->limit_ms = limit_ms;
    if (limit_ms != UINT32_MAX) {
        deadline->start_ms = port->ticks_ms(port->ctx);
    }
}

uint32_t osft_time_left(const struct osft_deadline *deadline, const struct osft_port *port)
{
    uint32_t spent;

    if (deadline->limit_ms == UINT32_MAX) {
        return UINT32_MAX;
    }
    spent = port->ticks_ms(port->ctx) - deadline->start_ms; /* also right when the ticks wrap */
    return spent < deadline->limit_ms ? deadline->limit_ms - spent : 0;
}

int64_t osft_device_time(const struct osft_client *client, int *is_ticks)
{
    const struct osft_port *port = client->settings->port;
    int64_t now = port->utc_s(port->ctx);

    *is_ticks = now < 0;
    if (now < 0) {
        now = port->ticks_ms != NULL ? (int64_t)(port->ticks_ms(port->ctx) / 1000) : 0;
    }
    return now;
}

/* The date to sign with: by the service's clock, as far as it is known. */
static int write_date(struct osft_client *client, char date[OSFT_DATE_LENGTH])
{
    int is_ticks;
    int64_t now = osft_device_time(client, &is_ticks);

    if (is_ticks && client->settings->retry == NULL) {
        return OSFT_E_CLOCK;
    }
    if (client->clock_offset_s != 0 && client->offset_is_from_ticks == is_ticks) {
        /* Unsigned, as a port's clock may say anything. */
        client->signed_s = (int64_t)((uint64_t)now + (uint64_t)client->clock_offset_s);
        if (osft_format_date(client->signed_s, date) == OSFT_OK) {
            return OSFT_OK;
        }
    }
    /* The clock has been set since the offset was learned, or none was. While the time is not known, a
     * request of 1970 is refused, and the refusal tells the time. */
    client->clock_offset_s = 0;
    client->signed_s = is_ticks ? 0 : now;
    return osft_format_date(client->signed_s, date);
}

static int begin_attempt(struct osft_client *client)
{
    const struct osft_settings *settings = client->settings;
    const struct osft_retry *retry = settings->retry;
    uint32_t limit_ms = osft_time_left(&client->call, settings->port);
    int is_expired = client->token_has_expired, error;
    char date[OSFT_DATE_LENGTH];

    if (retry != NULL && settings->port->ticks_ms != NULL && retry->attempt_ms < limit_ms) {
        limit_ms = retry->attempt_ms;
    }
    osft_start_deadline(&client->attempt, settings->port, limit_ms);
    client->reply.attempts++;
    client->token_has_expired = 0;
    osft_begin_response(&client->response, client->page, &client->reply, (char *)settings->work,
                        settings->work_size, client->query->generation.ptr != NULL);
    osft_begin_http(client);
    if (client->is_open && (retry == NULL || !retry->reuse(client))) {
        osft_close_connection(client);
    }
    if (settings->renew != NULL && settings->renew(settings->renew_ctx, is_expired) < 0) {
        return OSFT_E_TOKEN;
    }
    error = write_date(client, date);
    return error == OSFT_OK ? osft_begin_exchange(client, date) : error;
}

/* Returns OSFT_PENDING, or what the pause or attempt came to. */
static int continue_call(struct osft_client *client)
{
    if (client->state == OSFT_PAUSING) {
        if (osft_time_left(&client->pause, client->settings->port) != 0) {
            return OSFT_PENDING;
        }
        if (client->query == NULL) {
            return OSFT_OK;
        }
        client->state = OSFT_STARTING;
    }
    if (client->state == OSFT_STARTING) {
        int error = begin_attempt(client);
        if (error != OSFT_OK) {
            return error;
        }
    }
    return osft_continue_exchange(client);
}

/* Was the connection dead when the attempt began, as far as one can tell? Then the service has never seen
 * the request, and another connection is opened, once a call. */
static int should_reopen(const struct osft_client *client, int result)
{
    return client->was_kept && client->http.head_bytes == 0 && !client->reply.reopened &&
           (result == OSFT_E_IO || result == OSFT_E_CUT || result == OSFT_E_TIMEOUT);
}

/* An attempt is over. Returns OSFT_PENDING when another one follows, or what the call came to. */
static int end_attempt(struct osft_client *client, int result)
{
    const struct osft_settings *settings = client->settings;
    uint32_t wait_ms = 0, left_ms = osft_time_left(&client->call, settings->port);
    int planned;

    if (result == OSFT_OK || client->query == NULL || settings->retry == NULL ||
        settings->port->ticks_ms == NULL) {
        return result;
    }
    if (should_reopen(client, result) && left_ms != 0) {
        client->reply.reopened = 1;
        client->reply.attempts--;
        client->state = OSFT_STARTING;
        return OSFT_PENDING;
    }
    if (client->page->on_task != NULL && client->page->count != 0 && !client->drops_repeats) {
        return result; /* the tasks would be delivered twice */
    }
    planned = settings->retry->plan(client, result, &wait_ms);
    if (planned != OSFT_PENDING || wait_ms >= left_ms) {
        return planned != OSFT_PENDING ? planned : result;
    }
    client->reply.last_error = result;
    client->state = OSFT_PAUSING;
    osft_start_deadline(&client->pause, settings->port, wait_ms);
    return OSFT_PENDING;
}

int osft_step(struct osft_client *client)
{
    while (client->state != OSFT_IDLE) {
        int result = continue_call(client);

        if (result == OSFT_PENDING) {
            return OSFT_PENDING;
        }
        result = end_attempt(client, result);
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

/* What a call and a pause begin with. */
static int start(struct osft_client *client, osft_on_result *on_result, void *ctx)
{
    if (client->state != OSFT_IDLE) {
        return OSFT_E_STATE;
    }
    client->on_result = on_result;
    client->on_result_ctx = ctx;
    client->query = NULL;
    return OSFT_OK;
}

int osft_start_call(struct osft_client *client, const struct osft_query *query,
                    struct osft_page *page, uint32_t limit_ms, osft_on_result *on_result, void *ctx,
                    int drops_repeats)
{
    int error = start(client, on_result, ctx);

    if (error == OSFT_OK) {
        client->query = query;
        client->page = page;
        client->drops_repeats = (uint8_t)drops_repeats;
        client->clock_was_learned = client->token_was_renewed = client->token_has_expired = 0;
        client->reply.attempts = 0;
        client->reply.reopened = 0;
        client->reply.last_error = 0;
        osft_start_deadline(&client->call, client->settings->port,
                            limit_ms != 0 ? limit_ms : UINT32_MAX);
        client->state = OSFT_STARTING;
    }
    return error;
}

int osft_start_pause(struct osft_client *client, uint32_t ms, osft_on_result *on_result, void *ctx)
{
    int error = start(client, on_result, ctx);

    if (error == OSFT_OK) {
        osft_start_deadline(&client->pause, client->settings->port, ms);
        client->state = OSFT_PAUSING;
    }
    return error;
}

int osft_list_start(struct osft_client *client, const struct osft_query *query,
                    struct osft_page *page, uint32_t limit_ms)
{
    return osft_start_call(client, query, page, limit_ms, NULL, NULL, 0);
}

int osft_list(struct osft_client *client, const struct osft_query *query, struct osft_page *page,
              uint32_t limit_ms)
{
    int error = osft_list_start(client, query, page, limit_ms);
    return error == OSFT_OK ? osft_run(client) : error;
}

void osft_close(struct osft_client *client)
{
    osft_close_connection(client);
    if (client->state != OSFT_IDLE) {
        client->state = OSFT_IDLE;
        client->result = OSFT_E_STOPPED;
    }
}

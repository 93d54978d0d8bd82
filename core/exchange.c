/* SPDX-License-Identifier: Apache-2.0 */
/* Makes one attempt: connects, sends the request, receives the response, closes. */
#include "exchange.h"
#include "calendar.h"
#include "deadline.h"
#include "http.h"
#include "request.h"
#include "response.h"

/* The result of a step of an exchange that the next step may follow at once. */
#define PROGRESS (OSFT_PENDING + 1)

/* Wipe the request as soon as it is not needed, because it holds the STS token and the
 * signature. */
static void wipe_request(struct osft_client *client)
{
    osft_wipe(client->response.buffer, client->request_size);
    client->request_size = 0;
}

void osft_close_connection(struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;

    wipe_request(client);
    port->close(port->ctx);
    client->is_open = 0;
}

/* Note the error of a function of the port. Returns the osft_error to end with. */
static int end_with_port_error(struct osft_client *client, int error)
{
    const struct osft_port *port = client->settings->port;

    client->reply.port_code = port->code != NULL ? *port->code : error;
    return error <= OSFT_E_IO && error > OSFT_E_HTTP ? error : OSFT_E_IO;
}

int osft_begin_exchange(struct osft_client *client)
{
    const struct osft_settings *settings = client->settings;
    const struct osft_port *port = settings->port;
    struct osft_request request;
    uint8_t nonce[16];
    char nonce_hex[2 * sizeof(nonce)], date[OSFT_DATE_LENGTH];
    int error = osft_format_date(client->signed_s, date);

    if (error != OSFT_OK) {
        return error;
    }
    if (port->random(port->ctx, nonce, sizeof(nonce)) != 0) {
        (void)end_with_port_error(client, 0);
        return OSFT_E_RANDOM;
    }
    osft_write_hex(nonce_hex, nonce, sizeof(nonce));
    request.settings = settings;
    request.query = client->query;
    request.date = date;
    request.nonce = nonce_hex;
    request.buffer = client->response.buffer;
    request.size = settings->work_size;
    error = osft_build_request(&request);
    client->reply.need = request.len;
    client->reply.argument = request.argument;
    client->request_size = request.len < request.size ? request.len : request.size;
    client->sent = 0;
    if (error == OSFT_OK) { /* after an error, osft_close_connection() wipes the request */
        client->state = client->is_open ? OSFT_SENDING : OSFT_OPENING;
    }
    return error;
}

static void begin_receiving(struct osft_client *client)
{
    wipe_request(client);
    client->state = OSFT_RECEIVING;
}

/* End a response that is complete or wrong. Returns the result of the exchange. */
static int end_response(struct osft_client *client, int result)
{
    if (result == OSFT_OK) {
        result = osft_end_response(&client->response);
    }
    if (result == OSFT_E_JSON) {
        client->reply.expected = client->response.json.state;
    }
    if ((result == OSFT_E_JSON || result == OSFT_E_DEPTH) && client->reply.http_status >= 400) {
        result = OSFT_E_REFUSED; /* the status line takes precedence */
    }
    return result;
}

/* End the response because the peer has ended the stream. Returns the result of the exchange. */
static int end_stream(struct osft_client *client)
{
    int result = OSFT_E_CUT;

    if (client->http.state == OSFT_HTTP_UNTIL_CLOSE) {
        result = osft_end_response(&client->response);
    }
    return result == OSFT_E_JSON ? OSFT_E_CUT : result;
}

/* Receive bytes behind the stored part of the body and of the current line. While the request is
 * still being sent, received bytes overwrite the request's beginning, which does no harm, because a
 * server that has begun its response reads no more of the request. */
static int receive_bytes(struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;
    struct osft_response *response = &client->response;
    size_t offset = response->used + client->http.line_length, room = response->size - offset;
    char *buffer = response->buffer + offset;
    int count = port->recv(port->ctx, buffer, room), result;

    if (count == 0) {
        return OSFT_PENDING;
    }
    if (count == OSFT_EOF) {
        return end_stream(client);
    }
    if (count < 0 || (size_t)count > room) {
        return end_with_port_error(client, count < 0 ? count : OSFT_E_IO);
    }
    if (client->state == OSFT_SENDING) {
        if ((size_t)count < client->request_size) {
            osft_wipe(buffer + count, client->request_size - (size_t)count);
        }
        client->request_size = 0;
        client->state = OSFT_RECEIVING;
        client->http.may_stay_open = 0;
    }
    result = osft_read_http(client, buffer, (size_t)count);
    if (result == OSFT_OK && client->http.state != OSFT_HTTP_COMPLETE) {
        return PROGRESS;
    }
    return end_response(client, result);
}

static int send_request(struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;
    size_t left = client->request_size - client->sent;
    int count = port->send(port->ctx, client->response.buffer + client->sent, left);

    if (count <= 0) {
        /* A server that refuses a request early does not read the rest of it, but has sent its
         * response. */
        int result = receive_bytes(client);
        return count < 0 && client->http.head_bytes == 0 ? end_with_port_error(client, count)
                                                         : result;
    }
    if ((size_t)count > left) {
        return end_with_port_error(client, OSFT_E_IO);
    }
    client->sent += (size_t)count;
    if (client->sent == client->request_size) {
        begin_receiving(client);
    }
    return PROGRESS;
}

static int open_connection(struct osft_client *client)
{
    const struct osft_settings *settings = client->settings;
    const struct osft_port *port = settings->port;
    int result = port->open(port->ctx, settings->host, osft_tcp_port(settings));

    if (result < 0) {
        return end_with_port_error(client, result);
    }
    if (result == 0) {
        return OSFT_PENDING;
    }
    client->is_open = 1;
    client->state = OSFT_SENDING;
    return PROGRESS;
}

int osft_continue_exchange(struct osft_client *client)
{
    int result;

    do {
        if (osft_time_left(&client->attempt, client->settings->port) == 0) {
            return OSFT_E_TIMEOUT;
        }
        if (client->state == OSFT_OPENING) {
            result = open_connection(client);
        } else if (client->state == OSFT_SENDING) {
            result = send_request(client);
        } else {
            result = receive_bytes(client);
        }
    } while (result == PROGRESS);
    return result;
}

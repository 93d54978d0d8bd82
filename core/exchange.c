/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt: connect, send the request, receive the response, close. */
#include "calendar.h"
#include "client.h"
#include "http.h"
#include "request.h"
#include "response.h"

/* What the steps of an exchange return when the next one may follow at once. */
#define PROGRESS (OSFT_PENDING + 1)

/* The request holds the STS token and the signature, and is wiped as soon as it is not needed. */
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

/* May the connection serve another request? A refusal ends it, because after a time was learned the
 * server's certificate must be judged anew. */
static int may_stay_open(const struct osft_client *client, int result)
{
    const struct osft_http *http = &client->http;

    return http->may_stay_open && !http->is_1_0 && http->state == OSFT_HTTP_COMPLETE &&
           (result > OSFT_E_IO || result == OSFT_E_BAD_TASK);
}

/* The exchange is over. */
static int end_exchange(struct osft_client *client, int result)
{
    if (result == OSFT_E_JSON) {
        client->reply.expected = client->response.json.state;
    }
    if ((result == OSFT_E_JSON || result == OSFT_E_DEPTH) && client->reply.http_status >= 400) {
        result = OSFT_E_REFUSED; /* the status line counts more */
    }
    if (may_stay_open(client, result)) {
        osft_start_deadline(&client->idle, client->settings->port, client->keep_alive_ms);
    } else {
        osft_close_connection(client);
    }
    return result;
}

/* A function of the port has failed with this. */
static int end_with_port_error(struct osft_client *client, int error)
{
    const struct osft_port *port = client->settings->port;

    client->reply.port_code = port->code != NULL ? *port->code : error;
    return end_exchange(client, error <= OSFT_E_IO && error > OSFT_E_HTTP ? error : OSFT_E_IO);
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
    if (error != OSFT_OK) {
        wipe_request(client);
        return error;
    }
    client->state = client->is_open ? OSFT_SENDING : OSFT_OPENING;
    return OSFT_OK;
}

static void begin_receiving(struct osft_client *client)
{
    wipe_request(client);
    client->state = OSFT_RECEIVING;
}

/* Where in the work buffer the next bytes are received: behind what is stored of the body and of the line
 * that is being read. */
static size_t get_receive_offset(const struct osft_client *client)
{
    return client->response.used + client->http.line_length;
}

static int handle_received(struct osft_client *client, size_t len)
{
    struct osft_response *response = &client->response;
    int result = osft_read_http(client, response->buffer + get_receive_offset(client), len);

    if (result == OSFT_OK) {
        if (client->http.state != OSFT_HTTP_COMPLETE) {
            return PROGRESS;
        }
        result = osft_end_response(response);
    }
    return end_exchange(client, result);
}

static int receive(struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;
    struct osft_response *response = &client->response;
    size_t offset = get_receive_offset(client), room = response->size - offset;
    int count = port->recv(port->ctx, response->buffer + offset, room);

    if (count == OSFT_EOF) {
        int is_ended = client->http.state == OSFT_HTTP_UNTIL_CLOSE;
        int result = is_ended ? osft_end_response(response) : OSFT_E_CUT;
        return end_exchange(client, result == OSFT_E_JSON ? OSFT_E_CUT : result);
    }
    if (count < 0 || (size_t)count > room) {
        return end_with_port_error(client, count < 0 ? count : OSFT_E_IO);
    }
    return count == 0 ? OSFT_PENDING : handle_received(client, (size_t)count);
}

/* The connection takes nothing of the request now, or has failed with this. A server that refuses early
 * does not read the rest of a request, but has sent its response: look for its first byte. */
static int receive_early(struct osft_client *client, int sent)
{
    const struct osft_port *port = client->settings->port;
    char byte;
    int count = port->recv(port->ctx, &byte, 1);

    if (count == 1) {
        begin_receiving(client);
        client->http.may_stay_open = 0;
        client->response.buffer[0] = byte;
        return handle_received(client, 1);
    }
    if (sent == 0 && count == 0) {
        return OSFT_PENDING;
    }
    return end_with_port_error(client, sent < 0 ? sent : count > 0 ? OSFT_E_IO : count);
}

static int send_request(struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;
    size_t left = client->request_size - client->sent;
    int count = port->send(port->ctx, client->response.buffer + client->sent, left);

    if (count <= 0) {
        return receive_early(client, count);
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
            return end_exchange(client, OSFT_E_TIMEOUT);
        }
        if (client->state == OSFT_OPENING) {
            result = open_connection(client);
        } else if (client->state == OSFT_SENDING) {
            result = send_request(client);
        } else {
            result = receive(client);
        }
    } while (result == PROGRESS);
    return result;
}

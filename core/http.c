/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "http.h"
#include "header.h"
#include "response.h"
#include "text.h"

void osft_begin_http(struct osft_client *client)
{
    memset(&client->http, 0, sizeof(client->http));
}

/* Read a status line: HTTP/1.1 200, and a reason phrase or none. */
static int read_status_line(struct osft_client *client, const char *line, size_t len)
{
    struct osft_http *http = &client->http;
    int status = len >= 12 ? (int)osft_parse_integer(line + 9, 3) : 0;

    /* 101 is refused, because the request asked for no upgrade. */
    if (status < 100 || status > 599 || status == 101 || memcmp(line, "HTTP/1.", 7) != 0 ||
        (line[7] | 1) != '1' || line[8] != ' ' || (len > 12 && line[12] != ' ')) {
        return OSFT_E_HTTP;
    }
    http->is_1_0 = line[7] == '0';
    http->state = OSFT_HTTP_HEADER;
    client->reply.http_status = (uint16_t)status;
    return OSFT_OK;
}

static int end_head(struct osft_client *client)
{
    struct osft_http *http = &client->http;
    unsigned status = client->reply.http_status;

    if (status < 200) { /* an interim response; the final one follows */
        client->reply.http_status = 0;
        http->state = OSFT_HTTP_STATUS_LINE;
        return OSFT_OK;
    }
    http->state = OSFT_HTTP_COMPLETE;
    if (status >= 300 && status < 400) {
        return OSFT_E_REDIRECT;
    }
    if (status == 204) {
        return OSFT_OK;
    }
    if (http->is_chunked) {
        http->state = OSFT_HTTP_CHUNK_SIZE;
        return http->has_length || http->is_1_0 ? OSFT_E_HTTP : OSFT_OK;
    }
    if (!http->has_length) {
        http->state = OSFT_HTTP_UNTIL_CLOSE;
    } else if (http->length != 0) {
        http->state = OSFT_HTTP_BODY;
    }
    return OSFT_OK;
}

/* Read a chunk's size in hex digits. White space and extensions behind the digits are ignored. No
 * chunk has a size of more than 15 digits. */
static int read_chunk_size(struct osft_http *http, const char *line, size_t len)
{
    size_t digits = 0, end;

    while (digits < len && ((line[digits] >= '0' && line[digits] <= '9') ||
                            ((line[digits] | 0x20) >= 'a' && (line[digits] | 0x20) <= 'f'))) {
        digits++;
    }
    for (end = digits; end < len && (line[end] == ' ' || line[end] == '\t'); end++) {
    }
    if (digits == 0 || digits > 15 || (end < len && line[end] != ';')) {
        return OSFT_E_HTTP;
    }
    http->length = osft_parse_hex(line, digits);
    http->head_bytes = 1; /* chunk lines are not limited in all, and 0 would mean that nothing was
                           * received */
    http->state = http->length != 0 ? OSFT_HTTP_CHUNK : OSFT_HTTP_TRAILER;
    return OSFT_OK;
}

/* End a line. */
static int end_line(struct osft_client *client)
{
    struct osft_http *http = &client->http;
    const char *line = client->response.buffer + client->response.used;
    size_t len = http->line_length;

    if (http->state == OSFT_HTTP_HEADER && len != 0) {
        http->has_header = 1; /* the line is kept, because the next line may continue it */
        return OSFT_OK;
    }
    http->line_length = 0;
    http->is_cut = 0;
    switch (http->state) {
    case OSFT_HTTP_STATUS_LINE: return read_status_line(client, line, len);
    case OSFT_HTTP_HEADER: return end_head(client);
    case OSFT_HTTP_CHUNK_SIZE: return read_chunk_size(http, line, len);
    case OSFT_HTTP_CHUNK_END:
        http->state = OSFT_HTTP_CHUNK_SIZE;
        return len == 0 ? OSFT_OK : OSFT_E_HTTP;
    default: /* trailers are ignored; an empty line ends the response */
        if (len == 0) {
            http->state = OSFT_HTTP_COMPLETE;
        }
        return OSFT_OK;
    }
}

/* Store bytes of the line that is being read, as far as there is room. */
static void store_line(struct osft_client *client, const char *bytes, size_t len)
{
    struct osft_http *http = &client->http;
    size_t max = http->state <= OSFT_HTTP_HEADER ? OSFT_LINE_MAX : OSFT_CHUNK_LINE;
    size_t room = max - http->line_length;

    if (len > room) {
        len = room;
        http->is_cut = 1;
    }
    memmove(client->response.buffer + client->response.used + http->line_length, bytes, len);
    http->line_length += len;
}

/* Count the bytes before the first line break or other control character. */
static size_t count_text(const char *bytes, size_t len)
{
    size_t i = 0;

    while (i < len && (((uint8_t)bytes[i] >= ' ' && bytes[i] != 0x7f) || bytes[i] == '\t')) {
        i++;
    }
    return i;
}

/* Read bytes of the head, or of the lines that frame chunks. Sets *taken to how many were read. */
static int read_lines(struct osft_client *client, const char *bytes, size_t len, size_t *taken)
{
    struct osft_http *http = &client->http;
    int result = OSFT_OK;

    if (http->has_header && *bytes != ' ' && *bytes != '\t') {
        result = osft_read_header(client);
        http->line_length = 0;
        http->is_cut = 0;
    }
    http->has_header = 0;
    *taken = 1;
    if (http->has_cr) {
        http->has_cr = 0;
        result = *bytes == '\n' ? end_line(client) : OSFT_E_HTTP;
    } else if (*bytes == '\r') {
        http->has_cr = 1;
    } else {
        *taken = count_text(bytes, len);
        if (*taken == 0) {
            return OSFT_E_HTTP;
        }
        store_line(client, bytes, *taken);
    }
    if (*taken > OSFT_HEAD_MAX - http->head_bytes) {
        return OSFT_E_HTTP;
    }
    http->head_bytes += (uint32_t)*taken;
    return result;
}

/* Read bytes of the body. Sets *taken to how many were read. */
static int read_body(struct osft_client *client, const char *bytes, size_t len, size_t *taken)
{
    struct osft_http *http = &client->http;

    if (http->state != OSFT_HTTP_UNTIL_CLOSE) {
        if (len > http->length) {
            len = (size_t)http->length;
        }
        http->length -= len;
        if (http->length == 0) {
            http->state = http->state == OSFT_HTTP_BODY ? OSFT_HTTP_COMPLETE : OSFT_HTTP_CHUNK_END;
        }
    }
    *taken = len;
    return osft_read_response(&client->response, bytes, len);
}

int osft_read_http(struct osft_client *client, const char *bytes, size_t len)
{
    int result = OSFT_OK;

    while (len > 0 && result == OSFT_OK && client->http.state != OSFT_HTTP_COMPLETE) {
        size_t taken;

        if (client->http.state >= OSFT_HTTP_CHUNK) {
            result = read_body(client, bytes, len, &taken);
        } else {
            result = read_lines(client, bytes, len, &taken);
        }
        bytes += taken;
        len -= taken;
    }
    if (len > 0) {
        client->http.may_stay_open = 0; /* no request asked for these bytes */
    }
    return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "http.h"
#include "response.h"
#include "text.h"

void osft_begin_http(struct osft_client *client)
{
    memset(&client->http, 0, sizeof(client->http));
}

/* HTTP/1.1 200 and a reason phrase, or none */
static int read_status_line(struct osft_client *client)
{
    static const char version[] = "HTTP/1.";
    const char *line = client->response.buffer;
    size_t len = client->response.used;
    struct osft_http *http = &client->http;
    int64_t status = len >= 12 ? osft_parse_integer(line + 9, 3) : 0;

    client->response.used = 0;
    http->is_header_cut = 0;
    /* 101: no upgrade was asked for */
    if (status < 100 || status > 599 || status == 101 || memcmp(line, version, 7) != 0 ||
        (line[7] | 1) != '1' || line[8] != ' ' || (len > 12 && line[12] != ' ')) {
        return OSFT_E_HTTP;
    }
    http->is_1_0 = line[7] == '0';
    http->is_chunked = http->has_length = 0;
    http->state = OSFT_HTTP_HEADER;
    client->reply.http_status = (uint16_t)status;
    return OSFT_OK;
}

/* A length, or several equal ones with commas between, as some servers send. */
static int read_content_length(struct osft_http *http, const char *value, size_t len)
{
    size_t i = 0;

    do {
        size_t begin = i;
        int64_t length;

        while (i < len && value[i] != ',') {
            i++;
        }
        length = osft_parse_integer(value + begin, i - begin);
        if (length < 0 || (http->has_length && (uint64_t)length != http->length)) {
            return OSFT_E_HTTP;
        }
        http->has_length = 1;
        http->length = (uint64_t)length;
        while (i < len && (value[i] == ',' || value[i] == ' ')) {
            i++;
        }
    } while (i < len);
    return OSFT_OK;
}

static int read_transfer_encoding(struct osft_http *http, const char *value, size_t len)
{
    /* Said twice, it would mean chunks within chunks. */
    if (http->is_chunked || !osft_is_equal_ignoring_case(value, len, "chunked")) {
        return OSFT_E_HTTP;
    }
    http->is_chunked = 1;
    return OSFT_OK;
}

/* The header line that is stored is over, as the next line does not continue it. The two headers that
 * decide where the body ends must be understood; others matter to settings.retry only. */
static int read_header(struct osft_client *client)
{
    struct osft_http *http = &client->http;
    const struct osft_retry *retry = client->settings->retry;
    const char *name = client->response.buffer;
    size_t name_length = 0, begin, end = client->response.used;
    int is_cut = http->is_header_cut, is_length, is_coding;

    http->has_header = http->is_header_cut = 0;
    client->response.used = 0;
    while (name_length < end && name[name_length] > ' ' && name[name_length] != ':') {
        name_length++;
    }
    if (name_length == 0 || name_length == end || name[name_length] != ':') {
        return OSFT_E_HTTP;
    }
    for (begin = name_length + 1; begin < end && (uint8_t)name[begin] <= ' '; begin++) {
    }
    while (begin < end && (uint8_t)name[end - 1] <= ' ') {
        end--;
    }
    if (client->reply.http_status < 200) {
        return OSFT_OK;
    }
    is_length = osft_is_equal_ignoring_case(name, name_length, "content-length");
    is_coding = osft_is_equal_ignoring_case(name, name_length, "transfer-encoding");
    if (is_cut && (is_length || is_coding)) {
        return OSFT_E_HTTP; /* what was not stored could change its meaning */
    }
    if (is_length) {
        return read_content_length(http, name + begin, end - begin);
    }
    if (is_coding) {
        return read_transfer_encoding(http, name + begin, end - begin);
    }
    if (retry != NULL && !is_cut) {
        retry->read_header(client, name_length, name + begin, end - begin);
    }
    return OSFT_OK;
}

static int end_head(struct osft_client *client)
{
    struct osft_http *http = &client->http;
    unsigned status = client->reply.http_status;

    if (status < 200) { /* an interim response; the real one follows */
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

/* A part of the line with a chunk's size: digits, then white space or extensions, which are ignored. */
static int read_chunk_size(struct osft_http *http, const char *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len && !http->ended_size; i++) {
        char byte = bytes[i], letter = (char)(byte | 0x20);
        int is_digit = (byte >= '0' && byte <= '9') || (letter >= 'a' && letter <= 'f');

        if (is_digit && http->length >> 59 == 0) {
            http->length = http->length << 4 | osft_parse_hex(&byte, 1);
        } else if (http->line_bytes + i != 0 && (byte == ' ' || byte == '\t' || byte == ';')) {
            http->ended_size = 1;
        } else {
            return OSFT_E_HTTP;
        }
    }
    return OSFT_OK;
}

static void store_line(struct osft_client *client, const char *bytes, size_t len)
{
    struct osft_response *response = &client->response;
    size_t room = OSFT_LINE_MAX - response->used;

    if (len > room) {
        len = room;
        client->http.is_header_cut = 1;
    }
    memmove(response->buffer + response->used, bytes, len);
    response->used += len;
}

/* Bytes of a line, without what ends it. */
static int read_line(struct osft_client *client, const char *bytes, size_t len)
{
    switch (client->http.state) {
    case OSFT_HTTP_STATUS_LINE:
    case OSFT_HTTP_HEADER: store_line(client, bytes, len); return OSFT_OK;
    case OSFT_HTTP_CHUNK_SIZE: return read_chunk_size(&client->http, bytes, len);
    case OSFT_HTTP_CHUNK_END: return OSFT_E_HTTP;
    default: return OSFT_OK; /* trailers say nothing that matters */
    }
}

/* A line is over. */
static int end_line(struct osft_client *client)
{
    struct osft_http *http = &client->http;
    int is_empty = http->line_bytes == 0;

    http->line_bytes = 0;
    switch (http->state) {
    case OSFT_HTTP_STATUS_LINE: return read_status_line(client);
    case OSFT_HTTP_HEADER:
        http->has_header = !is_empty;
        return is_empty ? end_head(client) : OSFT_OK;
    case OSFT_HTTP_CHUNK_SIZE:
        if (is_empty) {
            return OSFT_E_HTTP;
        }
        http->ended_size = 0;
        http->head_bytes = 1; /* the body may be of any length; 0 would mean that nothing came */
        http->state = http->length != 0 ? OSFT_HTTP_CHUNK : OSFT_HTTP_TRAILER;
        return OSFT_OK;
    case OSFT_HTTP_CHUNK_END: http->state = OSFT_HTTP_CHUNK_SIZE; return OSFT_OK;
    default:
        if (is_empty) {
            http->state = OSFT_HTTP_COMPLETE;
        }
        return OSFT_OK;
    }
}

/* How many bytes are text, which no line break or other control character interrupts. */
static size_t count_text(const char *bytes, size_t len)
{
    size_t i = 0;

    while (i < len && (((uint8_t)bytes[i] >= ' ' && bytes[i] != 0x7f) || bytes[i] == '\t')) {
        i++;
    }
    return i;
}

/* Bytes of the head, or of the framing of chunks; *taken: how many were read. */
static int read_lines(struct osft_client *client, const char *bytes, size_t len, size_t *taken)
{
    struct osft_http *http = &client->http;
    int result = OSFT_OK;

    if (http->has_header && http->line_bytes == 0 && *bytes != ' ' && *bytes != '\t') {
        result = read_header(client);
    }
    *taken = 1;
    if (http->has_cr) {
        http->has_cr = 0;
        result = *bytes == '\n' ? end_line(client) : OSFT_E_HTTP;
    } else if (result == OSFT_OK && *bytes == '\r') {
        http->has_cr = 1;
    } else if (result == OSFT_OK) {
        *taken = count_text(bytes, len);
        result = *taken != 0 ? read_line(client, bytes, *taken) : OSFT_E_HTTP;
        http->line_bytes += (uint32_t)*taken;
    }
    if (*taken > OSFT_HEAD_MAX - http->head_bytes) {
        return OSFT_E_HTTP;
    }
    http->head_bytes += (uint32_t)*taken;
    return result;
}

/* Bytes of the body; *taken: how many were read. */
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
        client->http.may_stay_open = 0; /* these bytes answer nothing that was asked */
    }
    return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a header line of a response: a name without white space, a colon, and a value. */
#include <string.h>
#include "header.h"
#include "text.h"

/* Read a length, or several equal lengths with commas between them, as some servers send. */
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
    /* A second "chunked" would mean chunks within chunks. */
    if (http->is_chunked || !osft_is_equal_ignoring_case(value, len, "chunked")) {
        return OSFT_E_HTTP;
    }
    http->is_chunked = 1;
    return OSFT_OK;
}

/* Use a header. The two headers that decide where the body ends must be understood; all others are
 * read by settings.retry only. */
static int use_header(struct osft_client *client, size_t name_length, const char *value, size_t len)
{
    struct osft_http *http = &client->http;
    const struct osft_retry *retry = client->settings->retry;
    const char *name = client->response.buffer;
    int is_length = osft_is_equal_ignoring_case(name, name_length, "content-length");
    int is_coding = osft_is_equal_ignoring_case(name, name_length, "transfer-encoding");

    if (http->is_cut) { /* the part that was not stored could change the meaning */
        return is_length || is_coding ? OSFT_E_HTTP : OSFT_OK;
    }
    if (is_length) {
        return read_content_length(http, value, len);
    }
    if (is_coding) {
        return read_transfer_encoding(http, value, len);
    }
    if (retry != NULL) {
        retry->read_header(client, name_length, value, len);
    }
    return OSFT_OK;
}

int osft_read_header(struct osft_client *client)
{
    const char *name = client->response.buffer;
    size_t name_length = 0, begin, end = client->http.line_length;

    while (name_length < end && (int8_t)name[name_length] > ' ' && name[name_length] != ':') {
        name_length++;
    }
    /* A line that is only a name has no colon, unless the colon was cut off. */
    if (name_length == 0 ||
        (name_length == end ? !client->http.is_cut : name[name_length] != ':')) {
        return OSFT_E_HTTP;
    }
    while ((uint8_t)name[end - 1] <= ' ') { /* the name has none */
        end--;
    }
    begin = name_length + 1;
    while (begin < end && (uint8_t)name[begin] <= ' ') {
        begin++;
    }
    return client->reply.http_status < 200
               ? OSFT_OK
               : use_header(client, name_length, name + begin, end - begin);
}

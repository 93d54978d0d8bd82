/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "grammar.h"
#include "http.h"
#include "response.h"
#include "text.h"

/* Where each state begins in the table. The bytes that lead to the first four are stored. */
enum {
    IN_STATUS = 0, /* the status line, up to its three digits */
    AFTER_STATUS = IN_STATUS + 12,
    IN_REASON = AFTER_STATUS + 2,
    IN_NAME = IN_REASON + 4,
    IN_VALUE = IN_NAME + 3,
    BEFORE_VALUE = IN_VALUE + 4, /* white space */
    AT_LINE = BEFORE_VALUE + 6,  /* of a header, or a folded one: continues with AT_FIRST_LINE */
    AT_FIRST_LINE = AT_LINE + 2,
    STATUS_LF = AT_FIRST_LINE + 3,
    HEADER_LF = STATUS_LF + 1,
    HEAD_LF = HEADER_LF + 1,
    AT_TRAILER = HEAD_LF + 1,
    IN_TRAILER = AT_TRAILER + 2,
    TRAILER_LF = IN_TRAILER + 4,
    LAST_LF = TRAILER_LF + 1,
    IN_EXTENSION = LAST_LF + 1,
    SIZE_LF = IN_EXTENSION + 4,
    AT_SIZE = SIZE_LF + 1,
    IN_SIZE = AT_SIZE + 3, /* further digits: continues with AFTER_SIZE */
    AFTER_SIZE = IN_SIZE + 3,
    CHUNK_CR = AFTER_SIZE + 4,
    CHUNK_LF = CHUNK_CR + 1,
    STATES = CHUNK_LF + 1,

    IN_CHUNK = STATES, /* http.length bytes follow */
    IN_BODY,           /* the same, without chunks */

    DO_END_STATUS,
    DO_END_HEAD,
    DO_SIZE_DIGIT,
    DO_END_SIZE
};

#define REST_OF_LINE(state, at_cr)                                               \
    OSFT_RANGE(' ', '~', state), OSFT_BYTE('\r', at_cr), OSFT_BYTE('\t', state), \
        OSFT_LAST_RANGE(0x80, 0xff, state)
/* The characters of a header's name are checked as far as it matters: no white space, no colon. */
#define NAME_CHARACTERS OSFT_RANGE(';', '~', IN_NAME), OSFT_RANGE('!', '9', IN_NAME)
#define HEX_DIGITS      OSFT_RANGE('0', '9', DO_SIZE_DIGIT), OSFT_RANGE('A', 'F', DO_SIZE_DIGIT)

/* clang-format off */
static const struct osft_range grammar[] = {
    [IN_STATUS] =
        OSFT_LAST_BYTE('H', 1), OSFT_LAST_BYTE('T', 2), OSFT_LAST_BYTE('T', 3),
        OSFT_LAST_BYTE('P', 4), OSFT_LAST_BYTE('/', 5), OSFT_LAST_BYTE('1', 6),
        OSFT_LAST_BYTE('.', 7), OSFT_LAST_RANGE('0', '1', 8), OSFT_LAST_BYTE(' ', 9),
        OSFT_LAST_RANGE('1', '5', 10), OSFT_LAST_RANGE('0', '9', 11),
        OSFT_LAST_RANGE('0', '9', AFTER_STATUS),
    [AFTER_STATUS] = OSFT_BYTE(' ', IN_REASON), OSFT_LAST_BYTE('\r', STATUS_LF),
    [IN_REASON] = REST_OF_LINE(IN_REASON, STATUS_LF),
    [IN_NAME] = NAME_CHARACTERS, OSFT_LAST_BYTE(':', BEFORE_VALUE),
    [IN_VALUE] = REST_OF_LINE(IN_VALUE, HEADER_LF),
    [BEFORE_VALUE] =
        OSFT_BYTE(' ', BEFORE_VALUE), OSFT_BYTE('\t', BEFORE_VALUE),
        REST_OF_LINE(IN_VALUE, HEADER_LF),
    [AT_LINE] = OSFT_BYTE(' ', IN_VALUE), OSFT_BYTE('\t', IN_VALUE),
    [AT_FIRST_LINE] = NAME_CHARACTERS, OSFT_LAST_BYTE('\r', HEAD_LF),
    [STATUS_LF] = OSFT_LAST_BYTE('\n', DO_END_STATUS),
    [HEADER_LF] = OSFT_LAST_BYTE('\n', AT_LINE),
    [HEAD_LF] = OSFT_LAST_BYTE('\n', DO_END_HEAD),
    [AT_TRAILER] = OSFT_BYTE('\r', LAST_LF), OSFT_LAST_RANGE(' ', '~', IN_TRAILER),
    [IN_TRAILER] = REST_OF_LINE(IN_TRAILER, TRAILER_LF),
    [TRAILER_LF] = OSFT_LAST_BYTE('\n', AT_TRAILER),
    [LAST_LF] = OSFT_LAST_BYTE('\n', OSFT_HTTP_COMPLETE),
    [IN_EXTENSION] = REST_OF_LINE(IN_EXTENSION, SIZE_LF),
    [SIZE_LF] = OSFT_LAST_BYTE('\n', DO_END_SIZE),
    [AT_SIZE] = HEX_DIGITS, OSFT_LAST_RANGE('a', 'f', DO_SIZE_DIGIT),
    [IN_SIZE] = HEX_DIGITS, OSFT_RANGE('a', 'f', DO_SIZE_DIGIT),
    [AFTER_SIZE] =
        OSFT_BYTE('\r', SIZE_LF), OSFT_BYTE(';', IN_EXTENSION), OSFT_BYTE(' ', AFTER_SIZE),
        OSFT_LAST_BYTE('\t', AFTER_SIZE),
    [CHUNK_CR] = OSFT_LAST_BYTE('\r', CHUNK_LF),
    [CHUNK_LF] = OSFT_LAST_BYTE('\n', AT_SIZE),
};
/* clang-format on */
OSFT_STATIC_ASSERT(sizeof(grammar) == STATES * sizeof(struct osft_range), the_last_state_ends);
OSFT_STATIC_ASSERT((int)DO_END_SIZE < (int)OSFT_HTTP_UNTIL_CLOSE, the_states_fit);

void osft_begin_http(struct osft_client *client)
{
    memset(&client->http, 0, sizeof(client->http));
}

static int read_status_line(struct osft_client *client)
{
    const char *line = client->response.buffer; /* HTTP/1.1 200 ... */
    struct osft_http *http = &client->http;

    http->is_1_0 = line[7] == '0';
    http->is_chunked = http->has_length = http->is_line_cut = 0;
    http->may_stay_open = client->settings->retry != NULL && !http->is_1_0;
    client->reply.http_status = (uint16_t)osft_parse_integer(line + 9, 3);
    return client->reply.http_status == 101 ? OSFT_E_HTTP : OSFT_OK; /* no upgrade was asked for */
}

/* A length, or several equal ones between commas, as some servers send. */
static int read_content_length(struct osft_http *http, const char *value, size_t len)
{
    const char *end = value + len, *number;

    while (value < end) {
        int64_t length;

        for (number = value; value < end && *value != ',' && *value != ' '; value++) {
        }
        length = osft_parse_integer(number, (size_t)(value - number));
        if (length < 0 || (http->has_length && (uint64_t)length != http->length)) {
            return OSFT_E_HTTP;
        }
        http->has_length = 1;
        http->length = (uint64_t)length;
        while (value < end && (*value == ',' || *value == ' ')) {
            value++;
        }
    }
    return http->has_length ? OSFT_OK : OSFT_E_HTTP;
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

/* The header line that is stored is over, as the next one does not continue it. Those that decide where
 * the body ends must be understood; the others matter to settings.retry only. */
static int read_header_line(struct osft_client *client)
{
    struct osft_http *http = &client->http;
    const struct osft_retry *retry = client->settings->retry;
    const char *name = client->response.buffer, *value = name + http->value_start;
    size_t name_length = http->value_start, len = client->response.used - name_length;
    int is_length = osft_is_equal_ignoring_case(name, name_length, "content-length");
    int is_coding = osft_is_equal_ignoring_case(name, name_length, "transfer-encoding");
    int is_cut = http->is_line_cut;

    http->has_line = http->is_line_cut = 0;
    client->response.used = 0;
    while (len > 0 && (uint8_t)value[len - 1] <= ' ') {
        len--;
    }
    if (client->reply.http_status < 200) {
        return OSFT_OK;
    }
    if (is_length || is_coding) {
        if (is_cut) {
            return OSFT_E_HTTP; /* what was not stored could change its meaning */
        }
        return is_length ? read_content_length(http, value, len)
                         : read_transfer_encoding(http, value, len);
    }
    if (retry != NULL && !is_cut) {
        retry->read_header(client, name_length, value, len);
    }
    return OSFT_OK;
}

static int end_head(struct osft_client *client)
{
    struct osft_http *http = &client->http;
    unsigned status = client->reply.http_status;

    if (status < 200) { /* an interim response; the real one follows */
        client->reply.http_status = 0;
        http->state = IN_STATUS;
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
        http->state = AT_SIZE;
        http->length = 0;
        return http->has_length || http->is_1_0 ? OSFT_E_HTTP : OSFT_OK;
    }
    if (!http->has_length) {
        http->state = OSFT_HTTP_UNTIL_CLOSE;
    } else if (http->length != 0) {
        http->state = IN_BODY;
    }
    return OSFT_OK;
}

static int add_size_digit(struct osft_http *http, char digit)
{
    if (http->length >> 59 != 0) {
        return OSFT_E_HTTP;
    }
    http->length = http->length << 4 | osft_parse_hex(&digit, 1);
    http->state = IN_SIZE;
    return OSFT_OK;
}

/* Store bytes of a line, as far as there is room. */
static void store_line(struct osft_client *client, const char *bytes, size_t len)
{
    struct osft_response *response = &client->response;
    size_t room = OSFT_LINE_MAX - response->used;

    if (len > room) {
        len = room;
        client->http.is_line_cut = 1;
    }
    memmove(response->buffer + response->used, bytes, len);
    response->used += len;
}

/* A byte of the head, or of the framing of chunks. */
static int read_framing_byte(struct osft_client *client, const char *byte)
{
    struct osft_http *http = &client->http;
    int next = osft_next_state(&grammar[http->state], (uint8_t)*byte);

    if (next < 0 || ++http->head_bytes > OSFT_HEAD_MAX) {
        return OSFT_E_HTTP;
    }
    if (http->has_line && http->state == AT_LINE && next != IN_VALUE) {
        int error = read_header_line(client);
        if (error != OSFT_OK) {
            return error;
        }
    }
    switch (next) {
    case DO_END_STATUS:
        client->response.used = 0;
        http->state = AT_FIRST_LINE;
        return read_status_line(client);
    case DO_END_HEAD: return end_head(client);
    case DO_SIZE_DIGIT: return add_size_digit(http, *byte);
    case DO_END_SIZE:
        http->head_bytes = 1; /* the body may be of any length; 0 would mean that nothing came */
        http->state = http->length != 0 ? IN_CHUNK : AT_TRAILER;
        return OSFT_OK;
    case BEFORE_VALUE:
        if (http->state == IN_NAME) {
            http->value_start = client->response.used;
        }
        http->has_line = 1;
        break;
    default:
        if (next < BEFORE_VALUE) {
            store_line(client, byte, 1);
        }
    }
    http->state = (uint8_t)next;
    return OSFT_OK;
}

/* Bytes of the body; *taken: how many of them it has. */
static int read_body(struct osft_client *client, const char *bytes, size_t len, size_t *taken)
{
    struct osft_http *http = &client->http;

    if (http->state != OSFT_HTTP_UNTIL_CLOSE) {
        if (len > http->length) {
            len = (size_t)http->length;
        }
        http->length -= len;
        if (http->length == 0) {
            http->state = http->state == IN_BODY ? (int)OSFT_HTTP_COMPLETE : (int)CHUNK_CR;
        }
    }
    *taken = len;
    return osft_read_response(&client->response, bytes, len);
}

/* How many bytes leave the state as it is: most of a reason phrase, a header's name or its value. */
static size_t count_plain_bytes(const struct osft_http *http, const char *bytes, size_t len)
{
    size_t i = 0, max = OSFT_HEAD_MAX - http->head_bytes;

    if (http->state < IN_REASON || http->state > IN_VALUE) {
        return 0;
    }
    if (len > max) {
        len = max;
    }
    while (i < len && osft_next_state(&grammar[http->state], (uint8_t)bytes[i]) == http->state) {
        i++;
    }
    return i;
}

int osft_read_http(struct osft_client *client, const char *bytes, size_t len)
{
    struct osft_http *http = &client->http;
    int result = OSFT_OK;

    while (len > 0 && result == OSFT_OK) {
        size_t taken = 1;

        if (http->state == OSFT_HTTP_COMPLETE) {
            http->may_stay_open = 0; /* these bytes answer nothing that was asked */
            break;
        }
        if (http->state >= IN_CHUNK) {
            result = read_body(client, bytes, len, &taken);
        } else if ((taken = count_plain_bytes(http, bytes, len)) != 0) {
            store_line(client, bytes, taken);
            http->head_bytes += (uint32_t)taken;
        } else {
            taken = 1;
            result = read_framing_byte(client, bytes);
        }
        bytes += taken;
        len -= taken;
    }
    return result;
}

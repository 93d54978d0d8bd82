/* SPDX-License-Identifier: Apache-2.0 */
#include "osft_proxy.h"

#include <string.h>

/* proxy->state */
enum {
    OSFT_PROXY_CLOSED,
    OSFT_PROXY_CONNECTING,
    OSFT_PROXY_SENDING_REQUEST,
    OSFT_PROXY_READING_RESPONSE,
    OSFT_PROXY_OPEN,
    OSFT_PROXY_DEAD
};

/* The index of the credentials among the parts of the request, and the number of parts. */
enum { OSFT_PROXY_CREDENTIALS = 9, OSFT_PROXY_PARTS = 11 };

/* Wipe the buffer. Not by memset(), which a compiler may remove when the bytes are not read
 * again. */
static void osft_proxy_wipe(struct osft_proxy *proxy)
{
    volatile char *byte = proxy->buffer;

    for (size_t i = 0; i < sizeof proxy->buffer; i++) {
        byte[i] = 0;
    }
    proxy->sent = proxy->used = 0;
}

/* End the connection. From now on all calls return this result, until the port is closed. */
static int osft_proxy_fail(struct osft_proxy *proxy, int result, int32_t code)
{
    osft_proxy_wipe(proxy);
    proxy->state = OSFT_PROXY_DEAD;
    proxy->result = result;
    proxy->code = code;
    return result;
}

/* End the connection with an error of the lower port. */
static int osft_proxy_fail_with_lower_error(struct osft_proxy *proxy, int error)
{
    int32_t code = proxy->lower->code != NULL ? *proxy->lower->code : error;

    return osft_proxy_fail(proxy, error == OSFT_EOF ? OSFT_E_CUT : error,
                           error == OSFT_EOF ? 0 : code);
}

/* ---- the request ---- */

/* Return byte i of user:password. */
static uint8_t osft_proxy_get_credential_byte(const struct osft_proxy *proxy, size_t user_len,
                                              size_t i)
{
    if (i < user_len) {
        return (uint8_t)proxy->user[i];
    }
    return i == user_len ? ':' : (uint8_t)proxy->password[i - user_len - 1];
}

/* Write as much of user:password, in Base64, as there is room for. Returns 1 when all of it is
 * written. */
static int osft_proxy_write_credentials(struct osft_proxy *proxy)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t user_len = strlen(proxy->user);
    size_t len = user_len + 1 + (proxy->password != NULL ? strlen(proxy->password) : 0);

    while (proxy->part_offset < len && sizeof proxy->buffer - proxy->used >= 4) {
        uint32_t bits = 0;
        size_t count = len - proxy->part_offset < 3 ? len - proxy->part_offset : 3;

        for (size_t i = 0; i < count; i++) {
            bits |=
                (uint32_t)osft_proxy_get_credential_byte(proxy, user_len, proxy->part_offset + i)
                << (16 - 8 * i);
        }
        for (size_t i = 0; i < 4; i++) {
            proxy->buffer[proxy->used++] = i <= count ? digits[bits >> (18 - 6 * i) & 63] : '=';
        }
        proxy->part_offset += count;
    }
    return proxy->part_offset >= len;
}

/* Write as much of a text as there is room for. Returns 1 when all of it is written. */
static int osft_proxy_write_text(struct osft_proxy *proxy, const char *text)
{
    size_t left = strlen(text) - proxy->part_offset, room = sizeof proxy->buffer - proxy->used;
    size_t len = left < room ? left : room;

    memcpy(proxy->buffer + proxy->used, text + proxy->part_offset, len);
    proxy->used = (uint8_t)(proxy->used + len);
    proxy->part_offset += len;
    return len == left;
}

/* Write the next piece of the request into the buffer; nothing when the whole request was written
 * before. */
static void osft_proxy_write_request(struct osft_proxy *proxy, const char *host, uint16_t tcp_port)
{
    char number[sizeof ":65535"], *port = number + sizeof number - 1;
    const char *login = "";
    unsigned rest = tcp_port;
    int is_written = 1;

    *port = 0;
    do {
        *--port = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    *--port = ':';
    if (proxy->user != NULL) {
        login = "\r\nProxy-Authorization: Basic ";
    }
    const char *const parts[OSFT_PROXY_PARTS] = { "CONNECT ", host,     port,      " HTTP/1.1",
                                                  "\r\n",     "Host: ", host,      port,
                                                  login,      "",       "\r\n\r\n" };
    while (is_written && proxy->part < OSFT_PROXY_PARTS) {
        if (proxy->part == OSFT_PROXY_CREDENTIALS && proxy->user != NULL) {
            is_written = osft_proxy_write_credentials(proxy);
        } else {
            is_written = osft_proxy_write_text(proxy, parts[proxy->part]);
        }
        if (is_written) {
            proxy->part++;
            proxy->part_offset = 0;
        }
    }
}

/* ---- the response ---- */

/* Read a byte of "HTTP/1.1 200", or the byte behind it. Returns 0 when the byte is not allowed
 * there. */
static int osft_proxy_read_status_byte(struct osft_proxy *proxy, char byte)
{
    static const char begin[] = "HTTP/1.";
    unsigned offset = proxy->line_offset++;
    int is_digit = byte >= '0' && byte <= '9';

    if (offset < sizeof begin - 1) {
        return byte == begin[offset];
    }
    if (offset >= 9 && offset <= 11) {
        proxy->http_status = (uint16_t)(proxy->http_status * 10 + (byte - '0'));
    }
    switch (offset) {
    case 7: return is_digit;
    case 8: return byte == ' ';
    case 9: return is_digit && byte != '0';
    case 10:
    case 11: return is_digit;
    default: return byte == ' ' || byte == '\r';
    }
}

/* Whether the response is an interim one, such as 103, which is followed by the final one. */
static int osft_proxy_is_interim(const struct osft_proxy *proxy)
{
    return proxy->http_status < 200 && proxy->http_status != 101;
}

static int osft_proxy_refuse_response(struct osft_proxy *proxy)
{
    proxy->http_status = 0;
    return OSFT_E_PROXY;
}

static void osft_proxy_begin_response(struct osft_proxy *proxy)
{
    proxy->http_status = 0;
    proxy->line_offset = proxy->has_cr = proxy->line_is_empty = 0;
}

/* Read the next byte of the header. Returns 1 when it was the last byte and the tunnel is open, 0
 * when more bytes follow, or OSFT_E_PROXY. */
static int osft_proxy_read_header_byte(struct osft_proxy *proxy, char byte)
{
    enum { STATUS_END = 12 };

    if (++proxy->header_len > OSFT_PROXY_HEADER_MAX) {
        return osft_proxy_refuse_response(proxy);
    }
    if (proxy->line_offset <= STATUS_END) {
        if (!osft_proxy_read_status_byte(proxy, byte)) {
            return osft_proxy_refuse_response(proxy);
        }
        if (proxy->line_offset <= STATUS_END) {
            return 0;
        }
        if (proxy->http_status >= 300 || proxy->http_status == 101) {
            return OSFT_E_PROXY;
        }
    }
    if (proxy->has_cr != (byte == '\n')) {
        return osft_proxy_refuse_response(proxy); /* CR and LF are allowed only together */
    }
    proxy->has_cr = byte == '\r';
    if (byte == '\n' && proxy->line_is_empty) {
        if (!osft_proxy_is_interim(proxy)) {
            return 1;
        }
        osft_proxy_begin_response(proxy);
    } else if (byte != '\r') {
        proxy->line_is_empty = byte == '\n';
    }
    return 0;
}

/* Read the response byte by byte, because the bytes behind its header belong to the tunnel. Returns
 * 1 when the tunnel is open, 0 when it would block, or < 0. */
static int osft_proxy_read_response(struct osft_proxy *proxy)
{
    int result = 0;

    while (result == 0) {
        char byte;
        int count = proxy->lower->recv(proxy->lower->ctx, &byte, 1);

        if (count <= 0) {
            return count;
        }
        result = osft_proxy_read_header_byte(proxy, byte);
    }
    return result;
}

/* Send the request. Returns 1 when all of it was sent, 0 when it would block, or < 0. */
static int osft_proxy_send_request(struct osft_proxy *proxy, const char *host, uint16_t tcp_port)
{
    for (;;) {
        if (proxy->sent == proxy->used) {
            osft_proxy_wipe(proxy);
            osft_proxy_write_request(proxy, host, tcp_port);
        }
        if (proxy->used == 0) {
            return 1;
        }
        size_t left = (size_t)proxy->used - proxy->sent;
        int count = proxy->lower->send(proxy->lower->ctx, proxy->buffer + proxy->sent, left);
        if (count < 0) {
            /* A proxy that refuses early does not read the rest of the request. */
            return osft_proxy_read_response(proxy) == OSFT_E_PROXY ? OSFT_E_PROXY : count;
        }
        if (count == 0) {
            return 0;
        }
        if ((size_t)count > left) {
            return OSFT_E_IO;
        }
        proxy->sent = (uint8_t)(proxy->sent + count);
    }
}

/* ---- the port ---- */

/* Whether the host can be written into the request line, which white space or a control character
 * would end. */
static int osft_proxy_is_host(const char *host)
{
    for (; *host != 0; host++) {
        if ((uint8_t)*host <= ' ' || *host == 0x7f) {
            return 0;
        }
    }
    return 1;
}

static int osft_proxy_start(struct osft_proxy *proxy, const char *host)
{
    proxy->code = 0;
    proxy->is_through = 0;
    proxy->header_len = 0;
    proxy->part = 0;
    proxy->part_offset = 0;
    osft_proxy_wipe(proxy);
    osft_proxy_begin_response(proxy);
    if (!osft_proxy_is_host(host)) {
        return osft_proxy_fail(proxy, OSFT_E_RESOLVE, 0);
    }
    proxy->state = OSFT_PROXY_CONNECTING;
    return OSFT_OK;
}

static int osft_proxy_open(void *ctx, const char *host, uint16_t tcp_port)
{
    struct osft_proxy *proxy = ctx;
    const struct osft_port *lower = proxy->lower;
    int result = 1;

    if (proxy->state == OSFT_PROXY_DEAD) {
        return proxy->result;
    }
    if (proxy->state == OSFT_PROXY_CLOSED && osft_proxy_start(proxy, host) != OSFT_OK) {
        return proxy->result;
    }
    if (proxy->state == OSFT_PROXY_CONNECTING) {
        result = lower->open(lower->ctx, proxy->host, proxy->tcp_port);
        proxy->state = result > 0 ? OSFT_PROXY_SENDING_REQUEST : OSFT_PROXY_CONNECTING;
    }
    if (proxy->state == OSFT_PROXY_SENDING_REQUEST) {
        result = osft_proxy_send_request(proxy, host, tcp_port);
        proxy->state = result > 0 ? OSFT_PROXY_READING_RESPONSE : OSFT_PROXY_SENDING_REQUEST;
    }
    if (proxy->state == OSFT_PROXY_READING_RESPONSE) {
        result = osft_proxy_read_response(proxy);
        proxy->is_through = result > 0;
        proxy->state = result > 0 ? OSFT_PROXY_OPEN : OSFT_PROXY_READING_RESPONSE;
    }
    if (result == OSFT_E_PROXY) {
        return osft_proxy_fail(proxy, result, proxy->http_status);
    }
    return result < 0 ? osft_proxy_fail_with_lower_error(proxy, result) : result;
}

/* Note the result of the lower port's send or recv. Returns the result for this port's function. */
static int osft_proxy_pass_result(struct osft_proxy *proxy, int result)
{
    if (result < 0 && result != OSFT_EOF) {
        proxy->code = proxy->lower->code != NULL ? *proxy->lower->code : result;
    }
    return result;
}

static int osft_proxy_send(void *ctx, const void *bytes, size_t len)
{
    struct osft_proxy *proxy = ctx;

    if (proxy->state != OSFT_PROXY_OPEN) {
        return proxy->state == OSFT_PROXY_DEAD ? proxy->result : OSFT_E_IO;
    }
    return osft_proxy_pass_result(proxy, proxy->lower->send(proxy->lower->ctx, bytes, len));
}

static int osft_proxy_recv(void *ctx, void *buffer, size_t room)
{
    struct osft_proxy *proxy = ctx;

    if (proxy->state != OSFT_PROXY_OPEN) {
        return proxy->state == OSFT_PROXY_DEAD ? proxy->result : OSFT_E_IO;
    }
    return osft_proxy_pass_result(proxy, proxy->lower->recv(proxy->lower->ctx, buffer, room));
}

/* Return the events that the lower port must wait for when the caller of this port waits for events
 * (not 0). Sets *ms to 0 when there is something to do at once. */
static unsigned osft_proxy_events_below(const struct osft_proxy *proxy, unsigned events,
                                        uint32_t *ms)
{
    switch (proxy->state) {
    case OSFT_PROXY_SENDING_REQUEST: return OSFT_WRITABLE;
    case OSFT_PROXY_READING_RESPONSE: return OSFT_READABLE;
    case OSFT_PROXY_DEAD: *ms = 0; return events;
    default: return events;
    }
}

static unsigned osft_proxy_awaits(void *ctx, unsigned events, uint32_t *ms)
{
    const struct osft_proxy *proxy = ctx;
    unsigned below = osft_proxy_events_below(proxy, events, ms);

    return proxy->lower->awaits != NULL ? proxy->lower->awaits(proxy->lower->ctx, below, ms)
                                        : below;
}

static int osft_proxy_wait(void *ctx, unsigned events, uint32_t ms)
{
    const struct osft_proxy *proxy = ctx;
    uint32_t limit_ms = ms;
    unsigned below = events != 0 ? osft_proxy_events_below(proxy, events, &limit_ms) : 0;

    return proxy->lower->wait(proxy->lower->ctx, below, limit_ms);
}

static void osft_proxy_close(void *ctx)
{
    struct osft_proxy *proxy = ctx;

    osft_proxy_wipe(proxy);
    proxy->lower->close(proxy->lower->ctx);
    proxy->state = OSFT_PROXY_CLOSED;
}

static int64_t osft_proxy_utc_s(void *ctx)
{
    const struct osft_proxy *proxy = ctx;
    return proxy->lower->utc_s(proxy->lower->ctx);
}

static uint32_t osft_proxy_ticks_ms(void *ctx)
{
    const struct osft_proxy *proxy = ctx;
    return proxy->lower->ticks_ms(proxy->lower->ctx);
}

static int osft_proxy_random(void *ctx, void *buffer, size_t len)
{
    const struct osft_proxy *proxy = ctx;
    return proxy->lower->random(proxy->lower->ctx, buffer, len);
}

static void osft_proxy_learn_utc(void *ctx, int64_t utc_s)
{
    const struct osft_proxy *proxy = ctx;
    proxy->lower->learn_utc(proxy->lower->ctx, utc_s);
}

void osft_proxy_init(struct osft_proxy *proxy, const struct osft_port *lower, const char *host,
                     uint16_t tcp_port)
{
    memset(proxy, 0, sizeof *proxy);
    proxy->lower = lower;
    proxy->host = host;
    proxy->tcp_port = tcp_port;
    proxy->port.ctx = proxy;
    proxy->port.open = osft_proxy_open;
    proxy->port.send = osft_proxy_send;
    proxy->port.recv = osft_proxy_recv;
    proxy->port.wait = lower->wait != NULL ? osft_proxy_wait : NULL;
    proxy->port.awaits = osft_proxy_awaits;
    proxy->port.close = osft_proxy_close;
    proxy->port.utc_s = osft_proxy_utc_s;
    proxy->port.ticks_ms = lower->ticks_ms != NULL ? osft_proxy_ticks_ms : NULL;
    proxy->port.random = osft_proxy_random;
    proxy->port.learn_utc = lower->learn_utc != NULL ? osft_proxy_learn_utc : NULL;
    proxy->port.code = &proxy->code;
}

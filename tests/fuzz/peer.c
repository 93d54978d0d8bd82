/* SPDX-License-Identifier: Apache-2.0 */
#include "peer.h"

#include <stdarg.h>

#define NOW_S        1709251199 /* 2024-02-29T23:59:59Z */
#define RESPONSE_MAX 262144

static const struct {
    const char *line;
    int http_status; /* the status that the client must report; 0: the response breaks the rules */
} statuses[] = {
    { "HTTP/1.1 200 OK", 200 },
    { "HTTP/1.1 200", 200 },
    { "HTTP/1.0 200 OK", 200 },
    { "HTTP/1.1 503 Service Unavailable", 503 },
    { "HTTP/1.1 429 Too Many Requests", 429 },
    { "HTTP/1.1 400 Bad Request", 400 },
    { "HTTP/1.1 403 Forbidden", 403 },
    { "HTTP/1.1 500 Internal Server Error", 500 },
    { "HTTP/1.1 301 Moved Permanently", 301 },
    { "HTTP/1.1 204 No Content", 204 },
    { "HTTP/1.1 101 Switching Protocols", 0 },
    { "HTTP/1.1 100 Continue\r\nx-interim: 1\r\n\r\nHTTP/1.1 200 OK", 200 },
    { "HTTP/1.1 599 \x80\xff", 599 },
    { "HTTP/1.1 304 Not Modified", 304 },
    { NULL, 0 }, /* the response is only the body */
    { "HTTP/1.1 2000 OK", 0 },
};
enum { RAW = 14 };

static void put(struct peer *peer, const void *bytes, size_t len)
{
    FUZZ_CHECK(len <= RESPONSE_MAX - peer->len);
    memcpy(peer->response + peer->len, bytes, len);
    peer->len += len;
}

static void print(struct peer *peer, const char *format, ...)
{
    char text[512];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    FUZZ_CHECK(len >= 0 && (size_t)len < sizeof(text));
    put(peer, text, (size_t)len);
}

static void put_body(struct peer *peer, size_t begin, size_t len)
{
    if (len != 0) {
        put(peer, peer->now.body.bytes + begin, len);
    }
}

static void put_headers(struct peer *peer)
{
    unsigned headers = peer->now.headers;

    if (headers & 1) {
        print(peer, "Connection: close\r\n");
    }
    if (headers & 2) {
        print(peer, "keep-alive: max=5, timeout=1\r\n");
    }
    if (headers & 4) {
        print(peer, "Retry-After: 2\r\n");
    }
    if (headers & 8) {
        print(peer, "Date: Fri, 01 Mar 2024 07:00:00 GMT\r\n");
    }
    if (headers & 16) {
        print(peer, "X-Acs-Retry-After:3000\r\n");
    }
    if (headers & 32) {
        print(peer, "x-long: %0200d\r\nx-folded: a\r\n b\r\n\tc\r\n", 0);
    }
}

/* Append the body in chunks, whose sizes depend only on the body's length. */
static void put_chunks(struct peer *peer, int is_odd)
{
    uint32_t sizes = (uint32_t)peer->now.body.left;
    size_t at = 0, left = peer->now.body.left;

    print(peer, "Transfer-Encoding: chunked\r\n\r\n");
    while (left > 0) {
        size_t size = 1 + fuzz_random(&sizes, fuzz_random(&sizes, 2) != 0 ? 5 : 70);

        size = size < left ? size : left;
        print(peer, is_odd ? "%05lX \t;name=\"value\"\r\n" : "%lx\r\n", (unsigned long)size);
        put_body(peer, at, size);
        print(peer, "\r\n");
        at += size;
        left -= size;
    }
    print(peer, is_odd ? "000  \r\nx-trailer: 1\r\n\r\n" : "0\r\n\r\n");
}

static void put_framed_body(struct peer *peer)
{
    size_t len = peer->now.body.left, said = len;

    switch (peer->now.framing) {
    case BY_CHUNKS: put_chunks(peer, 0); return;
    case BY_ODD_CHUNKS: put_chunks(peer, 1); return;
    case BY_BOTH:
        print(peer, "Content-Length: %lu\r\n", (unsigned long)len);
        put_chunks(peer, 0);
        return;
    case BY_END: print(peer, "\r\n"); break;
    case TWICE:
        print(peer, "Content-Length: %lu, %lu\r\n\r\n", (unsigned long)len, (unsigned long)len);
        break;
    default:
        said = peer->now.framing == TOO_LONG    ? len + 7
               : peer->now.framing == TOO_SHORT ? len / 2
                                                : len;
        print(peer, "Content-Length: %lu\r\n\r\n", (unsigned long)said);
    }
    put_body(peer, 0, len);
}

/* Append a body that is the whole response; its | are line ends. */
static void put_raw(struct peer *peer)
{
    size_t i;

    for (i = 0; i < peer->now.body.left; i++) {
        if (peer->now.body.bytes[i] == '|') {
            put(peer, "\r\n", 2);
        } else {
            put_body(peer, i, 1);
        }
    }
}

static void make_response(struct peer *peer)
{
    const char *line = statuses[peer->now.status].line;

    peer->len = peer->given = 0;
    if (line == NULL) {
        put_raw(peer);
    } else {
        print(peer, "%s\r\n", line);
        put_headers(peer);
        put_framed_body(peer);
    }
    if (peer->now.ending == CUT_IN_HALF) {
        peer->len /= 2;
    } else if (peer->now.ending == CUT_EARLY) {
        peer->len = peer->now.body.left % 40 < peer->len ? peer->now.body.left % 40 : peer->len;
    }
}

/* Whether the client can know where the response ends and that it is complete. */
static int is_honest(const struct peer_exchange *now)
{
    if (now->status == RAW || now->ending == CUT_IN_HALF || now->ending == CUT_EARLY ||
        now->ending > COMES_EARLY) {
        return 0;
    }
    switch (now->framing) {
    case BY_CHUNKS:
    case BY_ODD_CHUNKS: return now->status != 2; /* HTTP/1.0 has no chunks */
    case BY_END: return now->ending == ENDS && now->body.left != 0;
    case BY_LENGTH:
    case TWICE: return 1;
    default: return 0;
    }
}

/* Begin the next exchange of the script, unless one has begun. After the last one, nothing
 * responds. */
static void begin_exchange(struct peer *peer)
{
    struct peer_exchange *now = &peer->now;
    struct fuzz_input line = { NULL, 0 };
    int is_over = peer->script.left == 0;

    if (peer->has_exchange) {
        return;
    }
    peer->has_exchange = 1;
    peer->begun++;
    line = fuzz_line(&peer->script);
    now->status = fuzz_option(&line) % 16;
    now->framing = fuzz_option(&line) % 8;
    now->headers = fuzz_option(&line) % 64;
    now->ending = is_over ? STAYS : fuzz_option(&line) % 8;
    now->body = line;
    now->http_status = statuses[now->status].http_status;
    now->is_honest = is_honest(now) && !is_over;
    peer->taken = now->ending == COMES_EARLY ? 100 : sizeof(peer->request);
    make_response(peer);
    peer->len = is_over ? 0 : peer->len;
}

/* Whether this call would block: with peer->blocks, every other call of each function does. */
static int would_block(struct peer *peer, unsigned function)
{
    if (!peer->blocks) {
        return 0;
    }
    peer->turns ^= 1U << function;
    if (!(peer->turns >> function & 1)) {
        return 0;
    }
    peer->has_blocked = 1;
    return 1;
}

static int die(struct peer *peer, int result)
{
    peer->is_dead = 1;
    return result;
}

static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct peer *peer = ctx;

    FUZZ_CHECK(!peer->is_open && !peer->is_dead && strcmp(host, "h") == 0 && tcp_port == 443);
    if (would_block(peer, 0)) {
        return 0;
    }
    begin_exchange(peer);
    peer->request_len = 0;
    if (peer->now.ending == NO_CONNECTION) {
        return die(peer, OSFT_E_RESOLVE);
    }
    peer->is_open = 1;
    return 1;
}

static int is_whole(const struct peer *peer)
{
    return peer->request_len >= 4 &&
           memcmp(peer->request + peer->request_len - 4, "\r\n\r\n", 4) == 0;
}

/* Check that the nonce consists of all random bytes that were drawn for it. */
static void check_nonce(const struct peer *peer)
{
    static const char name[] = "\r\nx-acs-signature-nonce: ";
    const char *nonce = strstr(peer->request, name);
    unsigned value;
    size_t i;

    FUZZ_CHECK(nonce != NULL);
    for (i = 0; i < sizeof(peer->nonce); i++) {
        FUZZ_CHECK(sscanf(nonce + sizeof(name) - 1 + 2 * i, "%2x", &value) == 1);
        FUZZ_CHECK(value == peer->nonce[i]);
    }
}

static int send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct peer *peer = ctx;

    FUZZ_CHECK(peer->is_open && !peer->is_dead && !peer->cannot_send && len > 0);
    if (would_block(peer, 1)) {
        return 0;
    }
    if (peer->request_len == 0 || is_whole(peer)) { /* a second request on a kept connection */
        peer->request_len = 0;
        begin_exchange(peer);
    }
    if (peer->now.ending == NO_REQUEST || peer->now.ending == NO_CONNECTION) {
        peer->cannot_send = 1; /* what the peer had sent before may still be read */
        return OSFT_E_IO;
    }
    len = len < peer->taken - peer->request_len ? len : peer->taken - peer->request_len;
    memcpy(peer->request + peer->request_len, bytes, len);
    peer->request_len += len;
    peer->request[peer->request_len < sizeof(peer->request) ? peer->request_len : 0] = 0;
    if (is_whole(peer)) {
        check_nonce(peer);
        peer->has_exchange = 0;
    }
    return (int)len;
}

static int holds_token(const void *memory, size_t size)
{
    const char *at = memory, *end = at + size;
    size_t len = sizeof(PEER_TOKEN) - 1;

    while (size != 0 && (at = memchr(at, PEER_TOKEN[0], (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) >= len && memcmp(at, PEER_TOKEN, len) == 0) {
            return 1;
        }
        at++;
    }
    return 0;
}

int peer_sees_token(const struct peer *peer)
{
    return !peer->script_has_token && holds_token(peer->work, peer->work_size);
}

/* Return what recv returns after the last byte of the response. */
static int end_response(struct peer *peer)
{
    peer->has_exchange = 0;
    switch (peer->now.ending) {
    case STAYS:
    case COMES_EARLY: return 0;
    case FAILS: return die(peer, OSFT_E_IO);
    default: return die(peer, OSFT_EOF);
    }
}

static int recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct peer *peer = ctx;
    size_t len = peer->len - peer->given;

    FUZZ_CHECK(peer->is_open && !peer->is_dead && room > 0);
    if (would_block(peer, 2)) {
        return 0;
    }
    if (peer->cannot_send) {
        return die(peer, OSFT_E_IO);
    }
    if (peer->request_len == 0 || (!is_whole(peer) && peer->request_len < peer->taken)) {
        return 0; /* no request has arrived */
    }
    if (peer->given == 0 && is_whole(peer)) {
        FUZZ_CHECK(!peer_sees_token(peer));
    }
    if (len == 0) {
        return end_response(peer);
    }
    if (peer->cuts != 0) {
        size_t most = 1 + fuzz_random(&peer->cuts, fuzz_random(&peer->cuts, 2) != 0 ? 4 : 64);
        len = len < most ? len : most;
    }
    len = len < room ? len : room;
    memcpy(buffer, peer->response + peer->given, len);
    peer->given += len;
    return (int)len;
}

static int wait_for_events(void *ctx, unsigned events, uint32_t ms)
{
    struct peer *peer = ctx;

    FUZZ_CHECK(ms > 0);
    if (events != 0 && peer->has_blocked) {
        peer->has_blocked = 0; /* the same call does not block again */
        peer->now_ms++;
        return 0;
    }
    FUZZ_CHECK(ms != UINT32_MAX);
    peer->now_ms += ms;
    peer->paused_ms += events == 0 ? ms : 0;
    return 0;
}

static void close_connection(void *ctx)
{
    struct peer *peer = ctx;

    peer->is_open = peer->is_dead = peer->cannot_send = peer->has_exchange = 0;
    peer->request_len = 0;
}

static int64_t utc_s(void *ctx)
{
    (void)ctx;
    return NOW_S;
}

static uint32_t ticks_ms(void *ctx)
{
    return ((struct peer *)ctx)->now_ms;
}

static int draw_random(void *ctx, void *buffer, size_t len)
{
    struct peer *peer = ctx;
    size_t i;

    for (i = 0; i < len; i++) {
        ((uint8_t *)buffer)[i] = (uint8_t)(++peer->drawn * 37);
    }
    if (len == sizeof(peer->nonce)) {
        memcpy(peer->nonce, buffer, len);
    }
    return 0;
}

void peer_init(struct peer *peer, struct fuzz_input script, const char *work, size_t work_size)
{
    memset(peer, 0, sizeof(*peer));
    peer->script = script;
    peer->script_has_token = holds_token(script.bytes, script.left);
    peer->work = work;
    peer->work_size = work_size;
    peer->response = malloc(RESPONSE_MAX);
    FUZZ_CHECK(peer->response != NULL);
    peer->port.ctx = peer;
    peer->port.open = open_connection;
    peer->port.send = send_bytes;
    peer->port.recv = recv_bytes;
    peer->port.wait = wait_for_events;
    peer->port.close = close_connection;
    peer->port.utc_s = utc_s;
    peer->port.ticks_ms = ticks_ms;
    peer->port.random = draw_random;
}

void peer_free(struct peer *peer)
{
    free(peer->response);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy port with a proxy that sends any bytes, over a connection that splits them in any way.
 * The request must be complete. The tunnel must be open exactly when a second reader finds that the
 * response opens one, and every byte behind that response belongs to the tunnel. The input:
 *     an option: how many bytes a send takes
 *     an option: how the connection ends
 *     three lines: the host, the user, the password
 *     the bytes that the proxy sends
 */
#include "fuzz.h"
#include "osft_proxy.h"

static struct peer {
    const char *bytes;
    size_t len, given;
    size_t step;    /* bytes that one send takes; 0: all */
    int end;        /* what recv returns after the last byte */
    uint32_t turns; /* decides which calls would block */
    char request[8192];
    size_t request_len;
    int32_t code;
} peer;

static int blocks(void)
{
    return fuzz_random(&peer.turns, 3) == 0;
}

static int peer_open(void *ctx, const char *host, uint16_t tcp_port)
{
    (void)ctx;
    FUZZ_CHECK(strcmp(host, "proxy") == 0 && tcp_port == 3128);
    return !blocks();
}

static int peer_send(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    FUZZ_CHECK(len > 0);
    if (blocks()) {
        return 0;
    }
    len = peer.step != 0 && len > peer.step ? peer.step : len;
    FUZZ_CHECK(len <= sizeof(peer.request) - peer.request_len);
    memcpy(peer.request + peer.request_len, bytes, len);
    peer.request_len += len;
    return (int)len;
}

static int peer_recv(void *ctx, void *buffer, size_t room)
{
    size_t left = peer.len - peer.given;

    (void)ctx;
    if (blocks()) {
        return 0;
    }
    if (left == 0) {
        return peer.end;
    }
    left = left < room ? left : room;
    memcpy(buffer, peer.bytes + peer.given, left);
    peer.given += left;
    return (int)left;
}

static void peer_close(void *ctx)
{
    (void)ctx;
}

/* ---- a second reader ---- */

/* Return the end of a line, behind its CR LF; 0: the line is incomplete; SIZE_MAX: a CR or LF
 * before that stands alone. */
static size_t find_line_end(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n' || (bytes[i] == '\r' && i + 1 < len && bytes[i + 1] != '\n')) {
            return SIZE_MAX;
        }
        if (bytes[i] == '\r' && i + 1 < len) {
            return i + 2;
        }
    }
    return 0;
}

/* Compare bytes with a form, in which d is a digit, n a digit from 1 on, and e the byte that ends a
 * status. Returns how many bytes match. */
static size_t match(const char *bytes, size_t len, const char *form)
{
    size_t i = 0;

    for (; form[i] != 0 && i < len; i++) {
        int is_digit = bytes[i] >= '0' && bytes[i] <= '9';
        int is_right = form[i] == 'd'   ? is_digit
                       : form[i] == 'n' ? is_digit && bytes[i] != '0'
                       : form[i] == 'e' ? bytes[i] == ' ' || bytes[i] == '\r'
                                        : bytes[i] == form[i];
        if (!is_right) {
            break;
        }
    }
    return i;
}

/* Return what open must return: 1, OSFT_E_PROXY, or 0 when more bytes are needed. */
static int read_again(const char *bytes, size_t len, int *status, size_t *taken)
{
    static const char form[] = "HTTP/1.d ndde";
    const char *at = bytes, *end = bytes + len;

    for (;;) {
        size_t matched = match(at, (size_t)(end - at), form), line = 0;

        *status = 0;
        if (matched < sizeof(form) - 1) {
            return at + matched == end ? 0 : OSFT_E_PROXY;
        }
        *status = (at[9] - '0') * 100 + (at[10] - '0') * 10 + (at[11] - '0');
        if (*status == 101 || *status >= 300) {
            return OSFT_E_PROXY;
        }
        at += sizeof(form) - 2; /* to the byte that ends the status, if the line goes on */
        while ((line = find_line_end(at, (size_t)(end - at))) > 2 && line != SIZE_MAX) {
            at += line;
        }
        if (line == 2 && at[-1] != '\n') { /* the status line has no reason phrase */
            at += 2;
            while ((line = find_line_end(at, (size_t)(end - at))) > 2 && line != SIZE_MAX) {
                at += line;
            }
        }
        if (line == SIZE_MAX) {
            *status = 0;
            return OSFT_E_PROXY;
        }
        if (line == 0) {
            return 0;
        }
        at += line;
        *taken = (size_t)(at - bytes);
        if (*status >= 200) {
            return 1;
        }
    }
}

/* ---- what must hold ---- */

static size_t put_text(char *to, const char *text)
{
    memcpy(to, text, strlen(text));
    return strlen(text);
}

/* Encode as Base64, by bits and so in another way than the port. */
static size_t put_base64(char *to, const char *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t count = 0;

    for (size_t bit = 0; bit < len * 8; bit += 6) {
        unsigned digit = 0;

        for (size_t i = bit; i < bit + 6; i++) {
            unsigned byte = i / 8 < len ? (unsigned char)bytes[i / 8] : 0;
            digit = digit << 1 | (byte >> (7 - i % 8) & 1);
        }
        to[count++] = digits[digit];
    }
    while (count % 4 != 0) {
        to[count++] = '=';
    }
    return count;
}

static void check_request(const char *host, const char *user, const char *password)
{
    static char expected[sizeof(peer.request)], login[2100];
    size_t len = put_text(expected, "CONNECT "), login_len;

    len += put_text(expected + len, host);
    len += put_text(expected + len, ":443 HTTP/1.1\r\nHost: ");
    len += put_text(expected + len, host);
    len += put_text(expected + len, ":443");
    if (user != NULL) {
        login_len = put_text(login, user);
        login_len += put_text(login + login_len, ":");
        login_len += put_text(login + login_len, password);
        len += put_text(expected + len, "\r\nProxy-Authorization: Basic ");
        len += put_base64(expected + len, login, login_len);
    }
    len += put_text(expected + len, "\r\n\r\n");
    FUZZ_CHECK(peer.request_len == len && memcmp(peer.request, expected, len) == 0);
}

static void check_tunnel(struct osft_proxy *proxy, size_t taken)
{
    char byte;
    int count = 0;

    FUZZ_CHECK(peer.given == taken && proxy->is_through);
    while (peer.given < peer.len || count == 0) {
        count = proxy->port.recv(proxy->port.ctx, &byte, 1);
        FUZZ_CHECK(count <= 1 && (count == 1 || count == 0 || count == peer.end));
        FUZZ_CHECK(count != 1 || byte == peer.bytes[peer.given - 1]);
    }
    peer.request_len = 0;
    while ((count = proxy->port.send(proxy->port.ctx, "x", 1)) == 0) {
    }
    FUZZ_CHECK(count == 1 && peer.request_len == 1 && peer.request[0] == 'x');
}

static int is_good_host(const char *host)
{
    for (; *host != 0; host++) {
        if ((unsigned char)*host <= ' ' || *host == 0x7f) {
            return 0;
        }
    }
    return 1;
}

static void check_result(struct osft_proxy *proxy, int result)
{
    size_t taken = 0;
    int status, expected = read_again(peer.bytes, peer.len, &status, &taken);
    int32_t code = *proxy->port.code;

    if (expected == 1) {
        FUZZ_CHECK(result == 1 && proxy->http_status == status);
        check_tunnel(proxy, taken);
    } else if (expected == OSFT_E_PROXY) {
        FUZZ_CHECK(result == OSFT_E_PROXY && code == status && proxy->http_status == status);
    } else {
        FUZZ_CHECK(result == (peer.end == OSFT_EOF ? OSFT_E_CUT : peer.end));
        FUZZ_CHECK(code == (peer.end == OSFT_EOF ? 0 : peer.code));
    }
    FUZZ_CHECK(expected == 1 || !proxy->is_through);
}

static int open_through(struct osft_proxy *proxy, const char *host)
{
    int result;
    uint32_t ms;

    while ((result = proxy->port.open(proxy->port.ctx, host, 443)) == 0) {
        unsigned events;

        ms = 5;
        events = proxy->port.awaits(proxy->port.ctx, OSFT_READABLE | OSFT_WRITABLE, &ms);
        FUZZ_CHECK(ms == 5 && events != 0 && events <= 3);
    }
    return result;
}

static char *take_text(struct fuzz_input *in)
{
    struct fuzz_input line = fuzz_line(in);
    size_t len = line.left < 1000 ? line.left : 1000;
    char *text = malloc(len + 1);

    FUZZ_CHECK(text != NULL);
    memcpy(text, line.bytes, len);
    text[len] = 0;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int ends[] = { OSFT_EOF, OSFT_E_IO };
    struct fuzz_input in = { data, size };
    struct osft_port lower = { .open = peer_open,
                               .send = peer_send,
                               .recv = peer_recv,
                               .close = peer_close,
                               .code = &peer.code };
    struct osft_proxy proxy;
    char *host, *user, *password;

    memset(&peer, 0, sizeof(peer));
    peer.turns = (uint32_t)size;
    peer.step = fuzz_option(&in) % 10;
    peer.end = ends[fuzz_option(&in) % 2];
    peer.code = 104;
    host = take_text(&in);
    user = take_text(&in);
    password = take_text(&in);
    peer.bytes = fuzz_copy(in.bytes, in.left);
    peer.len = in.left;

    osft_proxy_init(&proxy, &lower, "proxy", 3128);
    if (user[0] != 0) {
        proxy.user = user;
        proxy.password = password;
    }
    int result = open_through(&proxy, host);
    if (is_good_host(host)) {
        check_request(host, proxy.user, password);
        check_result(&proxy, result);
    } else {
        FUZZ_CHECK(result == OSFT_E_RESOLVE && peer.request_len == 0);
    }
    proxy.port.close(proxy.port.ctx);
    for (size_t i = 0; i < sizeof(proxy.buffer); i++) {
        FUZZ_CHECK(proxy.buffer[i] == 0);
    }
    fuzz_free(peer.bytes);
    free(host);
    free(user);
    free(password);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching credentials from the metadata server of a cloud machine. The response to a PUT is a
 * token, which each GET must have in a header. The requests are plain HTTP to the host of this
 * machine, never through a proxy. The requests use the same sockets port as all other calls, and
 * the time of each request is limited. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "osft_posix.h"
#include "credentials.h"

#define METADATA_HOST      "100.100.100.200"
#define TOKEN_PATH         "/latest/api/token"
#define ROLE_PATH          "/latest/meta-data/ram/security-credentials/"
#define TOKEN_TTL_S        "21600"
#define EXCHANGE_MAX_MS    5000 /* for one request and its response */
#define ROLE_MAX           128
#define METADATA_TOKEN_MAX 512

/* One request and its response, which share a buffer. */
struct exchange {
    struct osft_posix sockets;
    struct endpoint server;
    int64_t end_ms;
    size_t len;
    char bytes[COMMAND_OUTPUT_MAX + 1]; /* the request, then the response, ended by a NUL */
    char *body;
    size_t body_len;
    int status; /* HTTP status of the response */
};

/* Find the address of the server: the fixed address, or, for tests, another address on this
 * machine. */
static int find_server(struct endpoint *server, struct credentials_problem *problem)
{
    const char *other = getenv("OSFT_METADATA_ENDPOINT"), *reason;

    if (other == NULL || *other == 0) {
        (void)snprintf(server->host, sizeof(server->host), METADATA_HOST);
        server->tcp_port = 80;
        return 0;
    }
    if (parse_endpoint(other, server, &reason) != 0 || !is_loopback_host(server->host)) {
        return set_problem(problem, "set it to HOST:PORT of this machine, such as 127.0.0.1:8080",
                           "OSFT_METADATA_ENDPOINT is not an address of this machine");
    }
    server->tcp_port = server->tcp_port != 0 ? server->tcp_port : 80;
    return 0;
}

/* ---- sending and receiving; each function returns > 0, or an osft_error < 0 ---- */

/* Sleep until the event. Returns 0, or -1 when the time is over or a signal was caught. */
static int wait_for(struct exchange *x, unsigned event)
{
    int64_t left_ms = x->end_ms - get_monotonic_ms();

    if (left_ms <= 0 || get_signal() != 0) {
        return -1;
    }
    wait_for_events(osft_posix_fd(&x->sockets), event, (uint32_t)left_ms);
    return 0;
}

static int connect_server(struct exchange *x)
{
    const struct osft_port *port = &x->sockets.port;
    int result;

    while ((result = port->open(port->ctx, x->server.host, x->server.tcp_port)) == 0) {
        if (wait_for(x, OSFT_WRITABLE) != 0) {
            return OSFT_E_TIMEOUT;
        }
    }
    return result;
}

static int send_request(struct exchange *x)
{
    const struct osft_port *port = &x->sockets.port;
    size_t sent = 0;

    while (sent < x->len) {
        int n = port->send(port->ctx, x->bytes + sent, x->len - sent);
        if (n < 0) {
            return n;
        }
        sent += (size_t)n;
        if (n == 0 && wait_for(x, OSFT_WRITABLE) != 0) {
            return OSFT_E_TIMEOUT;
        }
    }
    return 1;
}

/* ---- reading the response ---- */

/* Return the value of a header; NULL: there is no such header. name: in lower case, with the
 * colon. */
static const char *find_header(const char *head, const char *name)
{
    size_t len = strlen(name), i;

    while ((head = strstr(head, "\r\n")) != NULL) {
        head += 2;
        for (i = 0; i < len && tolower((unsigned char)head[i]) == name[i]; i++) {
        }
        if (i == len) {
            return head + len + strspn(head + len, " \t");
        }
    }
    return NULL;
}

/* Whether the body has as many bytes as Content-Length announces. Some servers do not close the
 * connection after the body. */
static int has_whole_body(struct exchange *x)
{
    char *head_end;
    const char *length;
    int is_whole;

    x->bytes[x->len] = 0;
    head_end = strstr(x->bytes, "\r\n\r\n");
    if (head_end == NULL) {
        return 0;
    }
    head_end[2] = 0;
    length = find_header(x->bytes, "content-length:");
    is_whole = length != NULL && find_header(x->bytes, "transfer-encoding:") == NULL &&
               x->len - (size_t)(head_end + 4 - x->bytes) >= strtoul(length, NULL, 10);
    head_end[2] = '\r';
    return is_whole;
}

/* Receive up to the end of the body, or up to the end of the stream, which the request asks the
 * server to close. */
static int receive_response(struct exchange *x)
{
    const struct osft_port *port = &x->sockets.port;

    x->len = 0;
    for (;;) {
        int n = port->recv(port->ctx, x->bytes + x->len, COMMAND_OUTPUT_MAX - x->len);
        if (n < 0 && n != OSFT_EOF) {
            return n;
        }
        x->len += n > 0 ? (size_t)n : 0;
        if (has_whole_body(x) || n == OSFT_EOF) {
            return 1;
        }
        if (x->len == COMMAND_OUTPUT_MAX) {
            return OSFT_E_SPACE;
        }
        if (n == 0 && wait_for(x, OSFT_READABLE) != 0) {
            return OSFT_E_TIMEOUT;
        }
    }
}

/* Read the length of a chunk. Returns the byte behind its line, or NULL when the line is not
 * valid. */
static char *read_chunk_length(char *line, const char *end, size_t *len)
{
    size_t digits = strspn(line, "0123456789abcdefABCDEF");
    unsigned long value = strtoul(line, NULL, 16);

    if (digits == 0 || line[digits] == 'x' || value > (unsigned long)(end - line)) {
        return NULL;
    }
    *len = (size_t)value;
    line += strcspn(line, "\r");
    return end - line >= 2 && memcmp(line, "\r\n", 2) == 0 ? line + 2 : NULL;
}

int join_chunks(char *body, size_t *len)
{
    char *from = body, *to = body, *end = body + *len;
    size_t n = 0;

    while ((from = read_chunk_length(from, end, &n)) != NULL && n > 0) {
        if ((size_t)(end - from) < n + 2 || memcmp(from + n, "\r\n", 2) != 0) {
            return -1;
        }
        memmove(to, from, n);
        to += n;
        from += n + 2;
    }
    *len = (size_t)(to - body);
    return from != NULL ? 0 : -1;
}

/* Read the status and find the body. Returns 0, or -1 when the bytes are not one whole HTTP
 * response. */
static int read_response(struct exchange *x)
{
    static const char version[] = "HTTP/1.";
    char *head_end = strstr(x->bytes, "\r\n\r\n");
    const char *length, *coding;

    if (strlen(x->bytes) != x->len || head_end == NULL ||
        strncmp(x->bytes, version, sizeof(version) - 1) != 0 || x->bytes[8] != ' ') {
        return -1;
    }
    x->status = (int)strtol(x->bytes + 9, NULL, 10);
    x->body = head_end + 4;
    x->body_len = x->len - (size_t)(x->body - x->bytes);
    head_end[2] = 0;
    length = find_header(x->bytes, "content-length:");
    coding = find_header(x->bytes, "transfer-encoding:");
    if (coding != NULL) {
        return strncmp(coding, "chunked\r\n", 9) == 0 ? join_chunks(x->body, &x->body_len) : -1;
    }
    return length == NULL || (strtoul(length, NULL, 10) == x->body_len &&
                              length[strspn(length, "0123456789")] == '\r')
               ? 0
               : -1;
}

/* ---- requests ---- */

static int report_server(const struct exchange *x, const char *what,
                         struct credentials_problem *problem)
{
    return set_problem(problem,
                       "see that this machine is one of Alibaba Cloud's, can reach the server, and "
                       "has a RAM role, of the name that was given if one was",
                       "the metadata server at %s port %u %s", x->server.host,
                       (unsigned)x->server.tcp_port, what);
}

/* Send the request in x->bytes, and receive the response in its place. Returns 0, or -1 with
 * *problem set. */
static int run_exchange(struct exchange *x, struct credentials_problem *problem)
{
    char what[64];
    int result;

    osft_posix_init(&x->sockets);
    x->end_ms = get_monotonic_ms() + EXCHANGE_MAX_MS;
    result = connect_server(x);
    result = result > 0 ? send_request(x) : result;
    result = result > 0 ? receive_response(x) : result;
    x->sockets.port.close(x->sockets.port.ctx);
    if (result <= 0) {
        return report_server(x,
                             result == OSFT_E_TIMEOUT ? "does not respond"
                             : result == OSFT_E_SPACE ? "sends too much"
                                                      : "cannot be reached",
                             problem);
    }
    if (read_response(x) != 0) {
        return report_server(x, "does not send a whole HTTP response", problem);
    }
    if (x->status != 200) {
        (void)snprintf(what, sizeof(what), "responds with HTTP status %d", x->status);
        return report_server(x, what, problem);
    }
    return 0;
}

/* Send a request and receive its response. name: appended to the path; header: a line without its
 * end. */
static int send_and_receive(struct exchange *x, const char *method, const char *path,
                            const char *name, const char *header,
                            struct credentials_problem *problem)
{
    int n = snprintf(x->bytes, sizeof(x->bytes),
                     "%s %s%s HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\n"
                     "Content-Length: 0\r\n\r\n",
                     method, path, name, x->server.host, header);

    x->len = (size_t)n;
    return run_exchange(x, problem);
}

/* Copy the body, which must be one word of the allowed characters. Returns 0, or -1. */
static int copy_word(char *to, size_t size, const struct exchange *x, const char *allowed)
{
    size_t len = x->body_len;

    while (len > 0 && strchr("\r\n ", x->body[len - 1]) != NULL) {
        len--;
    }
    memcpy(to, x->body, len < size ? len : 0);
    to[len < size ? len : 0] = 0;
    return len > 0 && len < size && strspn(to, allowed) == len ? 0 : -1;
}

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static int fetch_key(struct exchange *x, struct access_key *key, const char *role,
                     struct credentials_problem *problem)
{
    static const char header_name[] = "X-aliyun-ecs-metadata-token: ";
    char header[sizeof(header_name) + METADATA_TOKEN_MAX], found[ROLE_MAX], where[400];

    if (send_and_receive(x, "PUT", TOKEN_PATH, "",
                         "X-aliyun-ecs-metadata-token-ttl-seconds: " TOKEN_TTL_S, problem) != 0) {
        return -1;
    }
    memcpy(header, header_name, sizeof(header_name));
    if (copy_word(header + sizeof(header_name) - 1, METADATA_TOKEN_MAX, x,
                  LETTERS_AND_DIGITS "+/=_-.:~") != 0) {
        return report_server(x, "sends a token that cannot be used", problem);
    }
    if (*role == 0) {
        if (send_and_receive(x, "GET", ROLE_PATH, "", header, problem) != 0) {
            return -1;
        }
        if (copy_word(found, sizeof(found), x, LETTERS_AND_DIGITS "_-.") != 0) {
            return report_server(x, "does not name one role", problem);
        }
        role = found;
    }
    if (send_and_receive(x, "GET", ROLE_PATH, role, header, problem) != 0) {
        return -1;
    }
    (void)snprintf(where, sizeof(where), "what the metadata server at %s sends", x->server.host);
    return read_role_key(key, x->body, x->body_len, where, problem);
}

int fetch_role_key(struct access_key *key, const char *role, struct credentials_problem *problem)
{
    static struct exchange x;
    int result;

    if (strspn(role, LETTERS_AND_DIGITS "_-.") != strlen(role) || strlen(role) >= ROLE_MAX) {
        return set_problem(problem, "name it as in the RAM console: letters, digits, - _ .",
                           "the name of the RAM role cannot be one");
    }
    result = find_server(&x.server, problem);
    result = result == 0 ? fetch_key(&x, key, role, problem) : result;
    osft_wipe(&x, sizeof(x));
    return result;
}

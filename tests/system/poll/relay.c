/* SPDX-License-Identifier: Apache-2.0 */
#include "poll.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(uint16_t tcp_port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons(tcp_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void relay_open(struct relay *relay, uint16_t endpoint_port, size_t piece)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);

    memset(relay, 0, sizeof(*relay));
    relay->endpoint_port = endpoint_port;
    relay->piece = piece;
    relay->caller = relay->endpoint = -1;
    relay->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(relay->listener >= 0);
    assert_int_equal(bind(relay->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(relay->listener, 8), 0);
    assert_int_equal(getsockname(relay->listener, (struct sockaddr *)&address, &size), 0);
    relay->tcp_port = ntohs(address.sin_port);
}

static void end_connection(struct relay *relay)
{
    if (relay->caller >= 0) {
        close(relay->caller);
        close(relay->endpoint);
    }
    relay->caller = relay->endpoint = -1;
    relay->len = relay->given = 0;
    relay->has_ended = relay->has_tunnel = 0;
}

void relay_close(struct relay *relay)
{
    end_connection(relay);
    close(relay->listener);
}

/* Accept a new connection of the caller, which has closed the one before it. */
static void accept_connection(struct relay *relay)
{
    struct sockaddr_in address = loopback(relay->endpoint_port);

    end_connection(relay);
    relay->caller = accept(relay->listener, NULL, NULL);
    relay->endpoint = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(relay->caller >= 0 && relay->endpoint >= 0);
    assert_int_equal(connect(relay->endpoint, (struct sockaddr *)&address, sizeof(address)), 0);
    relay->connections++;
}

/* Give the caller one piece of the bytes that the endpoint has sent. Returns 0 when there are none.
 */
static int give_piece(struct relay *relay)
{
    size_t len = relay->len - relay->given;

    if (relay->is_silent || (len == 0 && !relay->has_ended)) {
        return 0;
    }
    if (len == 0) {
        end_connection(relay);
        relay->pieces++;
        return 1;
    }
    len = len < relay->piece ? len : relay->piece;
    /* A caller that has closed its connection does not want these bytes. */
    if (send(relay->caller, relay->bytes + relay->given, len, MSG_NOSIGNAL) != (ssize_t)len) {
        end_connection(relay);
        return 0;
    }
    relay->given += len;
    relay->pieces++;
    return 1;
}

static void open_tunnel(struct relay *relay, const char *request, size_t len)
{
    static const char response[] = "HTTP/1.1 200 Connection established\r\nVia: relay\r\n\r\n";

    assert_memory_equal(request, "CONNECT 127.0.0.1:", 18);
    assert_memory_equal(request + len - 4, "\r\n\r\n", 4);
    relay->len = sizeof(response) - 1;
    relay->given = 0;
    memcpy(relay->bytes, response, relay->len);
    relay->has_tunnel = 1;
}

/* Forward bytes from the caller to the endpoint. */
static void forward(struct relay *relay)
{
    char bytes[16384];
    ssize_t count = recv(relay->caller, bytes, sizeof(bytes), 0);

    if (count <= 0) {
        end_connection(relay);
        return;
    }
    if (relay->is_proxy && !relay->has_tunnel) {
        open_tunnel(relay, bytes, (size_t)count);
        return;
    }
    assert_int_equal(send(relay->endpoint, bytes, (size_t)count, MSG_NOSIGNAL), count);
}

static void receive(struct relay *relay)
{
    ssize_t count = recv(relay->endpoint, relay->bytes, sizeof(relay->bytes), 0);

    relay->given = 0;
    relay->len = count > 0 ? (size_t)count : 0;
    relay->has_ended = count <= 0;
}

void relay_move(struct relay *relay)
{
    struct pollfd listener = { relay->listener, POLLIN, 0 };

    if (poll(&listener, 1, 0) > 0) {
        accept_connection(relay);
    }
    while (!give_piece(relay)) {
        struct pollfd fds[] = { { relay->listener, POLLIN, 0 },
                                { relay->caller, POLLIN, 0 },
                                { relay->endpoint, POLLIN, 0 } };

        /* This wait always ends: the caller has sent all that it must, and waits for the endpoint.
         */
        assert_true(poll(fds, 3, relay->is_silent ? 0 : -1) >= 0);
        if (fds[0].revents) {
            accept_connection(relay);
        } else if (fds[1].revents) {
            forward(relay);
        } else if (fds[2].revents && !relay->is_silent) {
            receive(relay);
        } else {
            return; /* the relay is silent */
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Opens connections with the sockets of osft_hosted, but only after a child process has looked up
 * the name of the host or of the proxy (resolver.h). */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include "connection.h"
#include "resolver.h"

static struct connection *get_connection(void *sockets)
{
    return (struct connection *)(void *)((char *)sockets - offsetof(struct connection, hosted) -
                                         offsetof(struct osft_hosted, sockets));
}

static int end_lookup(struct connection *connection)
{
    int error = finish_resolver(connection->resolver, connection->resolver_pipe);

    connection->resolver = 0;
    return error;
}

static int has_answer(const struct connection *connection)
{
    struct pollfd pipe_end = { connection->resolver_pipe, POLLIN, 0 };

    return poll(&pipe_end, 1, 0) > 0;
}

/* Look the name up in a child process, unless it was looked up already. Returns 1 when the name has
 * an address, 0 while the child has not ended, or OSFT_E_RESOLVE. */
static int look_up_host(struct connection *connection, const char *host)
{
    int error;

    if (connection->is_looked_up || is_address(host)) {
        return 1;
    }
    if (connection->resolver == 0) {
        connection->resolver = start_resolver(host, &connection->resolver_pipe);
        if (connection->resolver < 0) { /* there is no child, so the loop waits */
            connection->resolver = 0;
            return 1;
        }
        return 0;
    }
    if (!has_answer(connection)) {
        return 0;
    }
    error = end_lookup(connection);
    if (error != 0) {
        connection->hosted.sockets.code = error;
        return OSFT_E_RESOLVE;
    }
    return 1;
}

/* Open a socket once the name was looked up; the port's open function. */
static int open_looked_up(void *ctx, const char *host, uint16_t tcp_port)
{
    struct connection *connection = get_connection(ctx);
    int result = look_up_host(connection, host);

    if (result <= 0) {
        return result;
    }
    connection->is_looked_up = 1;
    result = connection->open_sockets(ctx, host, tcp_port);
    if (result < 0) {
        connection->is_looked_up = 0;
    }
    return result;
}

/* Stop a lookup in progress and close the socket; the port's close function. */
static void close_looked_up(void *ctx)
{
    struct connection *connection = get_connection(ctx);

    if (connection->resolver != 0) {
        (void)end_lookup(connection);
    }
    connection->is_looked_up = 0;
    connection->close_sockets(ctx);
}

void open_by_resolver(struct connection *connection)
{
    struct osft_port *port = &connection->hosted.sockets.port;

    connection->open_sockets = port->open;
    connection->close_sockets = port->close;
    connection->resolver = 0;
    connection->is_looked_up = 0;
    port->open = open_looked_up;
    port->close = close_looked_up;
}

struct pollfd get_connection_wait(const struct connection *connection)
{
    struct pollfd wait = { connection->resolver_pipe, POLLIN, 0 };
    unsigned events = osft_wait_events(&connection->client);

    if (connection->resolver == 0) {
        wait.fd = osft_hosted_fd(&connection->hosted);
        wait.events = (short)(((events & OSFT_READABLE) != 0 ? POLLIN : 0) |
                              ((events & OSFT_WRITABLE) != 0 ? POLLOUT : 0));
    }
    return wait;
}

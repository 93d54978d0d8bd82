/* SPDX-License-Identifier: Apache-2.0 */
/* A service and a name server, in threads over lwIP's sockets. */
#ifndef SERVICE_H
#define SERVICE_H

/* What the service does with a connection depends on the TCP port. */
enum {
    RESPONDS = 8001, /* to each request on the connection */
    TRICKLES,        /* to each request, in small pieces */
    CLOSES,          /* after one response, the connection */
    CUTS,            /* ends the stream within a response */
    RESETS,          /* resets the connection within a response */
    REFUSES,         /* the first request, because of its date; responds to the others */
    ECHOES, /* receives ECHO_SIZE bytes after service_echo() was called, then sends them back */
    SERVICE_END,
    NOT_SERVED = 9000
};
enum { ECHO_SIZE = 300000 };

/* Start lwIP, the service and the name server. They end with the program. */
void service_start(void);
void service_echo(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A service and a name server, in threads over lwIP's sockets. */
#ifndef SERVICE_H
#define SERVICE_H

/* What the service does with a connection depends on the TCP port. */
enum {
    RESPONDS = 8001, /* to each request, as long as they come */
    TRICKLES,        /* the same, in small pieces */
    CLOSES,          /* after one response */
    CUTS,            /* ends the stream in the middle of a response */
    RESETS,          /* the same with a reset */
    REFUSES,         /* the first request for its date, and responds to the others */
    ECHOES,          /* after service_echo(): receives ECHO_SIZE bytes, then sends them back */
    SERVICE_END,
    NOT_SERVED = 9000
};
enum { ECHO_SIZE = 300000 };

/* Starts lwIP and all of them; they end with the program. */
void service_start(void);
void service_echo(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A service and a name server in threads, over lwIP's sockets. */
#ifndef SERVICE_H
#define SERVICE_H

/* What the service does with a connection depends on the port. */
enum {
    ANSWERS = 8001, /* each request, for as long as they come */
    DRIBBLES,       /* the same, in small pieces */
    CLOSES,         /* after one answer */
    CUTS,           /* ends in the middle of one */
    RESETS,         /* resets in the middle of one */
    REFUSES,        /* the first request for its date, and answers the others */
    ECHOES,         /* after service_echo(): receives SERVICE_ECHO bytes, then sends them back */
    SERVICE_END,
    NOT_SERVED = 9000,
    SERVICE_ECHO = 300000
};

/* Starts lwIP and all of them; they end with the program. */
void service_start(void);
void service_echo(void);

#endif

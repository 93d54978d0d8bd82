/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out in a child process whether a name has an address. getaddrinfo() sleeps until the
 * resolver answers or gives up, which takes many seconds while DNS is away, and would stop the
 * whole loop. So it is only called here after a child has called it with success. */
#ifndef RESOLVER_H
#define RESOLVER_H

#define RESOLVER_LIMIT_MS 30000 /* then the child ends without an answer */

/* 1: the host is an address in numbers, and needs no resolver. An IPv6 address may be in brackets.
 */
int is_address(const char *host);
/* Returns the process, with the pipe that can be read as soon as it has ended; or -1: errno. */
int start_resolver(const char *host, int *pipe_end);
/* End the process, which may be running still. Returns 0 when the name has an address, else what
 * getaddrinfo() returned: a number for gai_strerror(). */
int finish_resolver(int process, int pipe_end);

#endif

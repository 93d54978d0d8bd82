/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out in a child process whether a name has an address. getaddrinfo() blocks until the
 * resolver responds or gives up, which takes many seconds while DNS does not work, and would block
 * the whole loop. So the loop calls getaddrinfo() only after a call in a child process has
 * succeeded. */
#ifndef RESOLVER_H
#define RESOLVER_H

#define RESOLVER_LIMIT_MS 30000 /* after this time the child ends without a result */

/* Whether the host is a numeric address, which needs no resolver. An IPv6 address may be in
 * brackets. */
int is_address(const char *host);
/* Start a lookup. Returns the id of the child process, and sets *pipe_end to a pipe that becomes
 * readable when the lookup has ended; or -1 with errno. */
int start_resolver(const char *host, int *pipe_end);
/* End the child process, which may still be running. Returns 0 when the name has an address, or
 * else the error of getaddrinfo(), for gai_strerror(). */
int finish_resolver(int process, int pipe_end);

#endif

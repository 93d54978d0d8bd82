/* SPDX-License-Identifier: Apache-2.0 */
/* Guards against DNS rebinding. A browser on this machine has loaded a page from another server.
 * The owner of the page makes the name of that server point to the loopback address, so that the
 * browser lets the page read what is served here. The Host field of such a request has the name of
 * the other server. */
#ifndef HTTP_HOST_H
#define HTTP_HOST_H

/* Whether the Host field names this machine: it is a numeric address, localhost, or one of the
 * given names. A request without the field is accepted, as browsers always send it.
 * field: of the request; NULL: it has none. names: separated by spaces; NULL: none */
int is_expected_host(const char *field, const char *names);

/* Whether the text is a list of names with spaces between them, without schemes, ports and commas:
 * other texts would match no request. */
int is_name_list(const char *names);

#endif

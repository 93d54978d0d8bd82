/* SPDX-License-Identifier: Apache-2.0 */
/* Guards against DNS rebinding: a page that a browser has loaded from elsewhere can make the name
 * of its own server point to this machine's loopback address, and then read what is served here as
 * if it were its own. The Host field of such a request has that name. */
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

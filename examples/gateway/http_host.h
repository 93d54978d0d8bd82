/* SPDX-License-Identifier: Apache-2.0 */
/* A page that a browser has loaded from elsewhere can let the name of its own server point to this
 * machine's loopback, and then read what is served there as if it were its own (DNS rebinding).
 * Such a request bears that name in its Host field. */
#ifndef HTTP_HOST_H
#define HTTP_HOST_H

/* 1: the field names this machine: an address in numbers, localhost, or one of these names; or
 * there is no field, as browsers always send one.
 * field: of the request; NULL: none. names: with spaces between them; NULL: none */
int is_expected_host(const char *field, const char *names);

#endif

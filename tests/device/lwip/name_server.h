/* SPDX-License-Identifier: Apache-2.0 */
/* A name server's responses to queries. */
#ifndef NAME_SERVER_H
#define NAME_SERVER_H

#include <stddef.h>
#include <stdint.h>

/* Turn a query of len bytes, in a buffer with room for more, into its response. service.test and
 * other.test have these addresses; silent.test gets no response; no other name exists. Returns the
 * response's length; 0: there is none. */
size_t answer_query(uint8_t *message, size_t len, size_t room, const uint8_t service[4],
                    const uint8_t other[4]);

#endif

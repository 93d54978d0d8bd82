/* SPDX-License-Identifier: Apache-2.0 */
/* A name server's answers. */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Turns the query of len bytes at message, with room for size, into its answer. Returns its length;
 * 0: there is none. service.test and other.test have addresses; silent.test gets no answer; no
 * other name exists. */
size_t names_answer(uint8_t *message, size_t len, size_t size, const uint8_t service[4],
                    const uint8_t other[4]);

#endif

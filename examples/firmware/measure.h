/* SPDX-License-Identifier: Apache-2.0 */
/* TEST-ONLY: measures how long a handshake and a poll take, and how much memory the program uses.
 * Leave measure.c and the calls of its functions out of a product. */
#ifndef MEASURE_H
#define MEASURE_H

#include "osft.h"

/* Measure from now on how long open() of the port over TLS takes. */
void measure_port(struct osft_port *tls);
/* Log the microseconds of open() since the last call of this function, if there are any. */
void measure_log_handshake(void);
/* Measure from now on how long the functions of SHA-256 take. */
void measure_sha256(struct osft_sha256 *functions);
/* Measure a turn of the super-loop. */
void measure_turn_start(void);
void measure_turn_end(void);
/* Log how long the turns, and the functions of SHA-256 in them, have taken since the last call of
 * this function. */
void measure_log_poll(void);
/* Log how much of mbedTLS's arena and of the stack was used. */
void measure_log(void);

#endif

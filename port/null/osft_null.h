/* SPDX-License-Identifier: Apache-2.0 */
/* A port without a network: the template for a new one. Copy this folder, rename it, and replace
 * the body of each function by code that does what its comment says. The template links and runs on
 * any system: a client over it ends each call with an error at once.
 *
 *     struct osft_null null;
 *     osft_null_init(&null);     then give &null.port to osft_tls_init() or to a client
 */
#ifndef OSFT_NULL_H
#define OSFT_NULL_H

#include "osft_port.h"
#include "osft_port_tools.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The whole state of a port, so that several ports can be in use, each with one connection. */
struct osft_null {
    struct osft_port port; /* *port.code: 1: there is no network, 2: there is no random source */

    /* private */
    int32_t code;
    uint32_t ticks_ms;               /* a clock that moves when it is read, and in port.wait */
    struct osft_learned_clock clock; /* only for a device without a clock of its own */
};

/* Fill in *null and its port. The port owns nothing until open; after use, call port.close.
 * lifetime: *null must not move while the port is in use. */
void osft_null_init(struct osft_null *null);

#ifdef __cplusplus
}
#endif
#endif

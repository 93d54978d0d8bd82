/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a device as the client and TLS need them: the service, the AccessKey, what to
 * watch, and which servers to trust. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "osft.h"
#include "osft_tls.h"

struct account {
    char host[64];
    uint16_t tcp_port; /* 0: the default */
    struct osft_credentials credentials;
    struct osft_query query;
};

/* Read the settings. Returns OSFT_OK, or an osft_error after logging what is missing. */
int account_read(struct account *account);
/* Load the root certificates in the sector, and set the pin, if there is one. Returns OSFT_OK, or
 * an osft_error after logging what is wrong. */
int account_load_roots_and_pin(struct osft_tls *tls);

#endif

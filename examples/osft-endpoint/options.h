/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of osft-endpoint. */
#ifndef EP_OPTIONS_H
#define EP_OPTIONS_H

#include <stdio.h>

#include "fault.h"

/* The options. Texts point into argv; NULL: not given, and no default. */
struct ep_options {
    const char *bind, *names, *cert, *key, *ca_out, *tasks, *spelling, *log, *events;
    const char *id, *secret, *token, *next_token, *ram_role;
    int64_t port, generate, run_s, run_ms, cert_days, cert_from, seed, token_uses;
    int64_t arrive_ms, arrive_per_request, vanish_every; /* 0: not given */
    int plain, rsa, help;
    struct ep_faults faults;
};

/* Parse the arguments. Returns 0, or -1 with the reason in *why. When help is set, the other
 * members are not valid. */
int ep_options_parse(struct ep_options *o, int argc, char **argv, struct ep_text *why);
void ep_options_help(FILE *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A sample of a request, to be changed and built. */
#ifndef SUPPORT_SAMPLE_H
#define SUPPORT_SAMPLE_H

#include "fake.h"
#include "request.h"

struct sample {
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_query query;
    char wire[8192];     /* the request as sent; ended by a NUL */
    size_t need;         /* its length, also when it did not fit */
    const char *refused; /* the argument that a refusal named; NULL: none */
};

void sample_init(struct sample *sample);
/* Build into a buffer. returns: as osft_build_request() does */
int sample_build_in(struct sample *sample, char *buffer, size_t size);
/* Build into sample->wire, which must succeed, and return it. */
const char *sample_build(struct sample *sample);

/* It is built, and asks for this target. */
void assert_target(struct sample *sample, const char *target);
void assert_has(const struct sample *sample, const char *part);
void assert_has_not(const struct sample *sample, const char *part);

#endif

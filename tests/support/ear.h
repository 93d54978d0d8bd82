/* SPDX-License-Identifier: Apache-2.0 */
/* A hash that hears what is signed: the canonical request and the string to sign. */
#ifndef SUPPORT_EAR_H
#define SUPPORT_EAR_H

#include "fake.h"
#include "request.h"

struct ear {
    struct osft_sha256 hash; /* for settings.sha256 */
    const struct osft_sha256 *real;
    char canonical[8192]; /* both ended by a NUL */
    size_t canonical_len;
    char string_to_sign[128];
};

/* Nothing heard yet. lifetime: *e must not move while the hash is in use. */
void ear_init(struct ear *e);

#endif

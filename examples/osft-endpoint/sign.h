/* SPDX-License-Identifier: Apache-2.0 */
/* ACS3-HMAC-SHA256 on the side of the server. The code is independent of the library's. */
#ifndef EP_SIGN_H
#define EP_SIGN_H

#include "wire.h"

/* The parts of an Authorization header. */
struct ep_authorization {
    struct osft_span id, names, signature;
};
/* Parse an Authorization header. Returns 0, or -1 when it is of another scheme or incomplete. */
int ep_authorization(struct osft_span value, struct ep_authorization *a);

/* Check the names of signed headers: lower-case, sorted, each once, each sent exactly once, and
 * among them every header that must be signed. Returns 0, or -1 with the wrong or missing header in
 * *which. */
int ep_signed_names(const struct ep_request *r, struct osft_span names, struct osft_span *which);

/* Put the canonical request of a request. names must have passed ep_signed_names(). bare:
 * characters that names in the path may have without encoding ("": none). Returns 0, or -1 on a
 * broken %. */
int ep_canonical_request(const struct ep_request *r, struct osft_span names, const char *bare,
                         struct ep_text *out);
void ep_string_to_sign(struct osft_span canonical, struct ep_text *out);
void ep_signature(struct osft_span string_to_sign, const char *secret, struct ep_text *out);
void ep_sha256(struct osft_span text, unsigned char digest[32]);

#endif

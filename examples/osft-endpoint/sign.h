/* SPDX-License-Identifier: Apache-2.0 */
/* ACS3-HMAC-SHA256 from the server's side, written apart from the library's. */
#ifndef EP_SIGN_H
#define EP_SIGN_H

#include "wire.h"

/* The parts of an Authorization header. */
struct ep_authorization {
    struct osft_span id, names, signature;
};
/* Returns 0, or -1 when the header is not of this scheme or not whole. */
int ep_authorization(struct osft_span value, struct ep_authorization *a);

/* Whether names may stand: lower-case, sorted, each once, each sent exactly once, and among them
 * every header that has to be signed. Returns 0, or -1 with the header at fault in *which. */
int ep_signed_names(const struct ep_request *r, struct osft_span names, struct osft_span *which);

/* The canonical request as the server sees it; names has passed ep_signed_names(). bare: characters
 * that the path's names may show without encoding ("": none). Returns 0, or -1 on a broken %. */
int ep_canonical_request(const struct ep_request *r, struct osft_span names, const char *bare,
                         struct ep_text *out);
void ep_string_to_sign(struct osft_span canonical, struct ep_text *out);
void ep_signature(struct osft_span string_to_sign, const char *secret, struct ep_text *out);
void ep_sha256(struct osft_span text, unsigned char digest[32]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata server of a cloud machine, with tokens; only the part that serves RAM roles. */
#ifndef EP_METADATA_H
#define EP_METADATA_H

#include "service.h"

#define EP_TOKEN_PATH "/latest/api/token"

/* Whether the request is for the metadata server. Always false without --ram-role. */
int ep_is_metadata(const struct ep_service *s, const struct ep_request *r);

/* Put the response into *reply. Returns 0, or -1 with *why set. */
int ep_metadata_serve(const struct ep_service *s, const struct ep_request *r, int64_t clock_s,
                      struct ep_reply *reply, struct ep_refusal *why);

#endif

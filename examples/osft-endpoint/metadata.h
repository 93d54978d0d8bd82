/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata server of a cloud machine, in its token form, as far as a RAM role needs it. */
#ifndef EP_METADATA_H
#define EP_METADATA_H

#include "service.h"

#define EP_TOKEN_PATH "/latest/api/token"

/* Is the request one for it? Only where --ram-role says that the machine has a role. */
int ep_is_metadata(const struct ep_service *s, const struct ep_request *r);

/* Put the response into *reply. Returns 0, or -1 with *why set. */
int ep_metadata_serve(const struct ep_service *s, const struct ep_request *r, int64_t clock_s,
                      struct ep_reply *reply, struct ep_refusal *why);

#endif

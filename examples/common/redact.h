/* SPDX-License-Identifier: Apache-2.0 */
/* Decides which texts may be shown. Texts of the service about a call (code, message, request id)
 * can repeat what was signed. Such a text is shown up to the place where the signed text begins.
 * Texts of a task are data, and are shown whole unless a credential is in them. */
#ifndef REDACT_H
#define REDACT_H

#include "osft.h"
#include "text.h"

/* Put a text of the service about a call. used: the credentials with which the call was signed. */
void put_shown_text(struct output *out, enum sink sink, const struct osft_span *text,
                    const struct osft_credentials *used);
/* Replace those texts of a task that hold the secret or the token. */
void hide_used_credentials(struct osft_task *task, const struct osft_credentials *used);

#endif

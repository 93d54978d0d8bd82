/* SPDX-License-Identifier: Apache-2.0 */
/* What may be shown, by what kind of text it is. What the service says about a call (code, message,
 * request id) can repeat what was signed: it is shown up to there. A text of a task is data: it is
 * shown whole, unless a credential is in it. */
#ifndef REDACT_H
#define REDACT_H

#include "osft.h"
#include "text.h"

/* A text of the first kind. used: what the request was signed with */
void put_shown_text(struct output *out, enum sink sink, const struct osft_span *text,
                    const struct osft_credentials *used);
/* Texts of the second kind: one with the secret or the token in it is replaced. */
void hide_used_credentials(struct osft_task *task, const struct osft_credentials *used);

#endif

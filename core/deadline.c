/* SPDX-License-Identifier: Apache-2.0 */
/* Time limits. Without a limit, or without a clock, a deadline is never reached, except one of 0
 * ms. */
#include "deadline.h"

void osft_start_deadline(struct osft_deadline *deadline, const struct osft_port *port,
                         uint32_t limit_ms)
{
    deadline->limit_ms = limit_ms;
    if (port->ticks_ms != NULL) {
        deadline->start_ms = port->ticks_ms(port->ctx);
    }
}

uint32_t osft_time_left(const struct osft_deadline *deadline, const struct osft_port *port)
{
    uint32_t spent;

    if (deadline->limit_ms == UINT32_MAX || port->ticks_ms == NULL) {
        return deadline->limit_ms == 0 ? 0 : UINT32_MAX;
    }
    spent = port->ticks_ms(port->ctx) - deadline->start_ms; /* correct also when the ticks wrap */
    return spent < deadline->limit_ms ? deadline->limit_ms - spent : 0;
}

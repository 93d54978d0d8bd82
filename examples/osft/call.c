/* SPDX-License-Identifier: Apache-2.0 */
/* Stepping a call until it is done, or until a signal ends it. */
#include "command.h"

void wait_for_client(const struct osft_client *client, uint32_t at_most_ms)
{
    uint32_t ms = osft_wait_ms(client);

    flush_output(&standard_output); /* buffered output is shown before the wait */
    flush_output(&standard_error);
    wait_for_events(get_socket(), osft_wait_events(client), ms < at_most_ms ? ms : at_most_ms);
}

/* Report the failed attempt, and how long the client waits before the next one. */
static void report_retry(const struct osft_client *client)
{
    put_text(&standard_error, "osft: attempt ");
    put_integer(&standard_error, client->reply.attempts);
    put_text(&standard_error, " failed: ");
    put_text(&standard_error, osft_strerror(client->reply.last_error));
    put_text(&standard_error, "; the next one follows in ");
    put_integer(&standard_error, osft_wait_ms(client));
    put_text(&standard_error, " ms\n");
}

int run_call(struct osft_client *client, const struct plan *plan)
{
    unsigned reported = 0; /* the failed attempt that was reported; 0: none */
    int result;

    while ((result = osft_step(client)) == OSFT_PENDING) {
        const struct osft_reply *reply = &client->reply;

        if (get_signal() != 0) {
            osft_close(client);
            return OSFT_E_STOPPED;
        }
        if (osft_wait_events(client) != 0) {
            reported = 0;
        } else if (reply->attempts != reported && plan->verbose) {
            reported = reply->attempts;
            flush_output(&standard_output);
            report_retry(client);
        }
        wait_for_client(client, UINT32_MAX);
    }
    return result;
}

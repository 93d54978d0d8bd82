/* SPDX-License-Identifier: Apache-2.0 */
/* What to do where more is known than the error says. */
#include <errno.h>
#include "command.h"

static int has_quotes(const struct osft_span *text)
{
    return text->len >= 2 && (text->ptr[0] == '"' || text->ptr[0] == '\'') &&
           text->ptr[text->len - 1] == text->ptr[0];
}

/* A shell takes quotes away; what reads files of variables often does not. */
static const char *find_quoted_credential(int error, const struct osft_reply *reply)
{
    enum osft_cause cause = error == OSFT_E_REFUSED ? osft_cause_of(reply) : OSFT_CAUSE_OTHER;

    if (cause != OSFT_CAUSE_SIGNATURE && cause != OSFT_CAUSE_KEY && cause != OSFT_CAUSE_TOKEN) {
        return NULL;
    }
    if (has_quotes(&credentials.id)) {
        return "the AccessKey id has quotes around it: remove them";
    }
    if (has_quotes(&credentials.secret)) {
        return "the AccessKey secret has quotes around it: remove them";
    }
    return has_quotes(&credentials.token) ? "the STS token has quotes around it: remove them"
                                          : NULL;
}

/* A server that expects TLS drops the connection, sends an alert, which is no HTTP, or says so on a
 * web page; one that expects plain HTTP answers in it. */
static const char *find_wrong_protocol(int error, const struct osft_reply *reply,
                                       const struct plan *plan)
{
    int is_dropped =
        error == OSFT_E_IO && (reply->port_code == ECONNRESET || reply->port_code == EPIPE);

    if (!plan->plain_http) {
        return speaks_no_tls(error, reply->port_code)
                   ? "the server does not speak TLS on that port: check the port in --endpoint"
                   : NULL;
    }
    if (is_dropped || error == OSFT_E_HTTP || (error == OSFT_E_CUT && reply->http_status == 0) ||
        (error == OSFT_E_HTML && reply->http_status == 400)) {
        return "if the server speaks TLS on that port, leave out --plain-http; else try again";
    }
    return NULL;
}

const char *find_special_advice(int error, const struct osft_reply *reply, const struct plan *plan)
{
    const char *text = find_quoted_credential(error, reply);

    return text != NULL ? text : find_wrong_protocol(error, reply, plan);
}

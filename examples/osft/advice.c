/* SPDX-License-Identifier: Apache-2.0 */
/* Advice for failures about which more is known than the error says. */
#include <errno.h>
#include "command.h"

static int has_quotes(const struct osft_span *text)
{
    return text->len >= 2 && (text->ptr[0] == '"' || text->ptr[0] == '\'') &&
           text->ptr[text->len - 1] == text->ptr[0];
}

/* Return the advice to remove quotes from a credential that the service refuses; NULL: none has
 * quotes. A shell removes quotes; programs that read files of variables often do not. */
static const char *find_quotes_advice(int error, const struct osft_reply *reply)
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

/* Return the advice for a server that speaks TLS where plain HTTP is expected, or the reverse;
 * NULL: nothing suggests that. To plain HTTP, a TLS server responds with a closed connection, an
 * alert (which is not HTTP), or a web page. To TLS, an HTTP server responds in plain HTTP. */
static const char *find_protocol_advice(int error, const struct osft_reply *reply,
                                        const struct plan *plan)
{
    int is_dropped =
        error == OSFT_E_IO && (reply->port_code == ECONNRESET || reply->port_code == EPIPE);

    if (!plan->plain_http) {
        return is_server_without_tls(error, reply->port_code)
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
    const char *text = find_quotes_advice(error, reply);

    return text != NULL ? text : find_protocol_advice(error, reply, plan);
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_hosted.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Append to the text in hosted->error, as far as there is room. */
static void osft_hosted_append_arguments(struct osft_hosted *hosted, const char *format,
                                         va_list arguments)
{
    size_t len = strlen(hosted->error);
    (void)vsnprintf(hosted->error + len, sizeof hosted->error - len, format, arguments);
}

static void osft_hosted_append(struct osft_hosted *hosted, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    osft_hosted_append_arguments(hosted, format, arguments);
    va_end(arguments);
}

/* Note a failure of init and the text that explains it. Returns result. */
static int osft_hosted_fail_init(struct osft_hosted *hosted, int result, const char *format, ...)
{
    va_list arguments;

    if (hosted->init_result != OSFT_OK) {
        osft_hosted_append(hosted, "; ");
    }
    va_start(arguments, format);
    osft_hosted_append_arguments(hosted, format, arguments);
    va_end(arguments);
    hosted->init_result = result;
    return result;
}

static const char *osft_hosted_read_variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static int osft_hosted_is_blank(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

/* Read one credential. White space around it is refused, because it is most often a line end that
 * was copied by mistake, and the service's error would be hard to understand. */
static int osft_hosted_read_credential(struct osft_hosted *hosted, struct osft_span *credential,
                                       const char *name, int is_required)
{
    *credential = osft_span_from(osft_hosted_read_variable(name));
    if (credential->ptr == NULL) {
        return is_required ? osft_hosted_fail_init(
                                 hosted, OSFT_E_ARG,
                                 "there are no credentials: %s is not set in the environment", name)
                           : OSFT_OK;
    }
    if (osft_hosted_is_blank(credential->ptr[0]) ||
        osft_hosted_is_blank(credential->ptr[credential->len - 1])) {
        return osft_hosted_fail_init(hosted, OSFT_E_ARG, "%s begins or ends with white space",
                                     name);
    }
    return OSFT_OK;
}

static int osft_hosted_read_credentials(struct osft_hosted *hosted)
{
    struct osft_credentials *credentials = &hosted->credentials;
    int result =
        osft_hosted_read_credential(hosted, &credentials->id, "ALIBABA_CLOUD_ACCESS_KEY_ID", 1);

    if (result == OSFT_OK) {
        result = osft_hosted_read_credential(hosted, &credentials->secret,
                                             "ALIBABA_CLOUD_ACCESS_KEY_SECRET", 1);
    }
    if (result == OSFT_OK) {
        result = osft_hosted_read_credential(hosted, &credentials->token,
                                             "ALIBABA_CLOUD_SECURITY_TOKEN", 0);
    }
    return result;
}

/* Put a proxy between sockets and TLS, if there is one. *lower: the port below TLS */
static int osft_hosted_start_proxy(struct osft_hosted *hosted, const char *url, const char *host,
                                   const struct osft_port **lower)
{
    struct osft_hosted_proxy *choice = &hosted->proxy_choice;

    int error = osft_hosted_choose_proxy(choice, url, host);

    *lower = &hosted->sockets.port;
    if (error != OSFT_OK || choice->host[0] != 0) {
        osft_proxy_init(&hosted->proxy, *lower, choice->host, choice->tcp_port);
        hosted->proxy.user = choice->user;
        hosted->proxy.password = choice->password;
        *lower = &hosted->proxy.port; /* after an error the proxy has no host, and opens no
                                       * connection */
    }
    if (error != OSFT_OK) {
        error = osft_hosted_fail_init(hosted, error, "%s is no proxy: %s",
                                      choice->source != NULL ? choice->source : "options.proxy",
                                      choice->fault);
    }
    return error;
}

static int osft_hosted_start_tls(struct osft_hosted *hosted, const struct osft_port *lower,
                                 const struct osft_hosted_options *options)
{
    const char *roots = options->roots;
    int result = osft_tls_init(&hosted->tls, lower, NULL, NULL);
    const char *reason;

    hosted->settings.port = &hosted->tls.port;
    if (result != OSFT_OK) {
        return osft_hosted_fail_init(hosted, result, "TLS cannot start: %s", osft_strerror(result));
    }
    if (options->shared_roots != NULL) {
        osft_tls_share_ca(&hosted->tls, options->shared_roots);
        return OSFT_OK;
    }
    roots = roots != NULL ? roots : osft_hosted_find_roots();
    result = osft_hosted_load_roots(&hosted->tls, roots, &reason);
    return result == OSFT_OK
               ? result
               : osft_hosted_fail_init(hosted, result, "there are no root certificates at %s: %s",
                                       roots, reason);
}

int osft_hosted_init_with(struct osft_hosted *hosted, const char *host,
                          const struct osft_hosted_options *options)
{
    static const struct osft_hosted_options usual;
    struct osft_settings *settings = &hosted->settings;
    int result = OSFT_OK;

    options = options != NULL ? options : &usual;
    memset(hosted, 0, sizeof *hosted);
    osft_posix_init(&hosted->sockets);
    osft_mbedtls_sha256_init(&hosted->sha256);
    /* Until TLS has started, this port opens no connection, so that nothing is sent without TLS by
     * mistake. */
    settings->port = options->plain_http ? &hosted->sockets.port : &hosted->tls.port;
    settings->sha256 = &hosted->sha256.hash;
    settings->credentials = options->credentials;
    settings->host = host;
    settings->tcp_port = options->tcp_port;
    settings->plain_http = options->plain_http;
    settings->work = hosted->work;
    settings->work_size = sizeof hosted->work;
    settings->retry = &osft_retry_default;
    if (!options->plain_http) {
        const struct osft_port *lower;

        int error = osft_hosted_start_proxy(hosted, options->proxy, host, &lower);

        result = osft_hosted_start_tls(hosted, lower, options);
        result = error != OSFT_OK ? error : result;
    }
    if (options->credentials == NULL) {
        int error = osft_hosted_read_credentials(hosted);

        settings->credentials = &hosted->credentials;
        result = error != OSFT_OK ? error : result;
    }
    return result;
}

int osft_hosted_init(struct osft_hosted *hosted, const char *host)
{
    return osft_hosted_init_with(hosted, host, NULL);
}

/* Append the meaning of the port's own number. */
static void osft_hosted_append_port_code(struct osft_hosted *hosted, int result, int code)
{
    const struct osft_tls *tls = hosted->settings.plain_http ? NULL : &hosted->tls;
    const char *words = osft_hosted_cause(tls, result, code);

    if (result == OSFT_E_PROXY) {
        osft_hosted_append(hosted, ": its HTTP status is %d", code);
    } else if (words != NULL) {
        osft_hosted_append(hosted, ": %s", words);
    }
}

static void osft_hosted_append_span(struct osft_hosted *hosted, const char *before,
                                    const struct osft_span *text)
{
    if (text->len > 0) {
        osft_hosted_append(hosted, "%s%.*s", before, text->len < 80 ? (int)text->len : 80,
                           text->ptr);
    }
}

/* Append the proxy's address if the failure is the proxy's (OSFT_E_PROXY), or may be, because the
 * tunnel was not open. */
static void osft_hosted_append_proxy(struct osft_hosted *hosted, int result)
{
    const struct osft_hosted_proxy *choice = &hosted->proxy_choice;
    int may_be_proxy = result == OSFT_E_IO || result == OSFT_E_TIMEOUT ||
                       result == OSFT_E_RESOLVE || result == OSFT_E_CUT;

    if (choice->host[0] != 0 &&
        (result == OSFT_E_PROXY || (may_be_proxy && !hosted->proxy.is_through))) {
        osft_hosted_append(hosted, " (proxy %s:%u)", choice->host, (unsigned)choice->tcp_port);
    }
}

/* Append which part of the call or of the response is at fault. */
static void osft_hosted_append_details(struct osft_hosted *hosted, int result,
                                       const struct osft_reply *reply)
{
    switch (result) {
    case OSFT_E_ARG: osft_hosted_append(hosted, ": %s", osft_argument_name(reply->argument)); break;
    case OSFT_E_SPACE:
        osft_hosted_append(hosted, ": %lu bytes suffice", (unsigned long)reply->need);
        break;
    case OSFT_E_TASKS: osft_hosted_append(hosted, ": %lu", (unsigned long)reply->tasks); break;
    case OSFT_E_JSON:
        osft_hosted_append(hosted, ": byte %lu of it should be %s", (unsigned long)reply->offset,
                           osft_json_reason(reply->expected));
        break;
    case OSFT_E_RESPONSE:
        osft_hosted_append(hosted, ": %s",
                           reply->member != NULL ? reply->member : "result is missing");
        break;
    case OSFT_E_BAD_TASK:
        osft_hosted_append(hosted, ": %s of task %lu",
                           reply->omission.member != NULL ? reply->omission.member : "a member",
                           (unsigned long)reply->omission.task.index);
        break;
    default: break;
    }
    if (reply->http_status != 0) {
        osft_hosted_append(hosted, " (HTTP %u", (unsigned)reply->http_status);
        osft_hosted_append_span(hosted, ", ", &reply->code);
        osft_hosted_append_span(hosted, ", request ", &reply->request_id);
        osft_hosted_append(hosted, ")");
    }
}

/* Replace control characters, so that the text is one line that is safe to print. */
static void osft_hosted_replace_controls(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' ')) {
        text[--len] = '\0';
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
            text[i] = ' ';
        }
    }
}

const char *osft_hosted_error(struct osft_hosted *hosted, int result,
                              const struct osft_reply *reply)
{
    if (hosted->init_result == OSFT_OK) {
        hosted->error[0] = '\0';
        osft_hosted_append(hosted, "%s", osft_strerror(result));
        if (reply != NULL && reply->port_code != 0 && result < 0) {
            osft_hosted_append_port_code(hosted, result, (int)reply->port_code);
        }
        if (reply != NULL && result < 0) {
            osft_hosted_append_details(hosted, result, reply);
        }
        osft_hosted_append_proxy(hosted, result);
        osft_hosted_replace_controls(hosted->error);
    }
    return hosted->error;
}

int osft_hosted_fd(const struct osft_hosted *hosted)
{
    return osft_posix_fd(&hosted->sockets);
}

void osft_hosted_free(struct osft_hosted *hosted)
{
    if (hosted->settings.port == &hosted->tls.port) {
        osft_tls_free(&hosted->tls);
    }
    hosted->sockets.port.close(hosted->sockets.port.ctx);
    osft_wipe(hosted->work, sizeof hosted->work);
    memset(&hosted->credentials, 0, sizeof hosted->credentials);
    osft_hosted_forget_proxy(&hosted->proxy_choice);
}

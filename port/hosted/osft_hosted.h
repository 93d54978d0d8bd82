/* SPDX-License-Identifier: Apache-2.0 */
/* All that a client needs on Linux and other hosted systems, in one struct: sockets, a proxy where
 * the environment names one, TLS, SHA-256, the system's root certificates, the environment's
 * credentials, and memory to work in.
 *
 *     static struct osft_hosted hosted;
 *     struct osft_client client;
 *     struct osft_query query = { .app_group = OSFT_LIT("my_app"), .function = OSFT_LIT("ctr"),
 *                                 .instance = OSFT_LIT("ctr_test"), .page_size = 10 };
 *     struct osft_task tasks[10];
 *     struct osft_page page = { .tasks = tasks, .max = 10 };
 *
 *     int result = osft_hosted_init(&hosted, "opensearch.cn-hangzhou.aliyuncs.com");
 *     osft_init(&client, &hosted.settings);
 *     if (result == OSFT_OK)
 *         result = osft_list(&client, &query, &page, 30000);
 *     if (result != OSFT_OK)
 *         fprintf(stderr, "%s\n", osft_hosted_error(&hosted, result, &client.reply));
 *     ... page.tasks[0] to page.tasks[page.count - 1] ...
 *     osft_close(&client);
 *     osft_hosted_free(&hosted);
 *
 * environment: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, and with an STS
 *              token ALIBABA_CLOUD_SECURITY_TOKEN; SSL_CERT_FILE: a file or a folder of root
 *              certificates to trust instead of the system's; HTTPS_PROXY and NO_PROXY: see
 *              osft_hosted_proxy.h. A variable that is empty counts as not set.
 * blocks:      osft_hosted_init() reads files; see osft_posix.h for the rest.
 * memory:      the struct is large (75 KB with mbedTLS 2.28, 38 KB with 3.6): make it static. Only
 *              mbedTLS allocates, for certificates and connections, and getaddrinfo(), for a
 *              lookup.
 * threads:     one at a time for each struct; any number of structs.
 *
 * Link with -lmbedtls -lmbedx509 -lmbedcrypto.
 */
#ifndef OSFT_HOSTED_H
#define OSFT_HOSTED_H

#include "osft.h"
#include "osft_hosted_proxy.h"
#include "osft_mbedtls_sha256.h"
#include "osft_posix.h"
#include "osft_proxy.h"
#include "osft_tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The work buffer; bytes. It holds a request, and then a response, less what osft does not know. */
#ifndef OSFT_HOSTED_WORK
#define OSFT_HOSTED_WORK 32768
#endif

/* What may differ from the usual. All zero is the usual. */
struct osft_hosted_options {
    /* The root certificates to trust, instead of SSL_CERT_FILE and the system's: a PEM or DER file,
     * or a folder of them. */
    const char *roots;
    /* Instead of the environment's. They must outlive the struct, and may change between calls. */
    const struct osft_credentials *credentials;
    /* Instead of the environment's: http://USER:PASSWORD@HOST:PORT; empty: no proxy. */
    const char *proxy;
    uint16_t tcp_port; /* 0: 443, or 80 with plain_http */
    /* 1: no TLS, and no proxy. Requests can be read on the way; for tests on one machine. */
    uint8_t plain_http;
};

struct osft_hosted {
    /* For osft_init(). It has retries (osft_retry_default); each member may be changed between
     * osft_hosted_init() and the first call. */
    struct osft_settings settings;
    struct osft_credentials credentials; /* of the environment; they point into it */

    /* Public: for osft_tls_pin(&hosted.tls, ...), hosted.sockets.attempt_delay_ms and all else that
     * their headers offer. */
    struct osft_posix sockets;
    struct osft_proxy proxy; /* between sockets and TLS, where there is a proxy */
    struct osft_tls tls;
    struct osft_mbedtls_sha256 sha256;

    /* private */
    struct osft_hosted_proxy proxy_choice;
    int32_t init_result;
    char error[320]; /* the text of osft_hosted_error(); after a failure of init, why it failed */
    char work[OSFT_HOSTED_WORK];
};

/* Make everything ready for calls to this host, such as opensearch.cn-hangzhou.aliyuncs.com. No
 * connection is opened yet.
 * lifetime: *hosted must not move, and host and the environment must stay as they are, until
 *           osft_hosted_free(), which is called also when this failed
 * returns:  OSFT_OK; OSFT_E_ARG: a variable is not set, has white space at one of its ends, or
 *           names no proxy; OSFT_E_CERT: there are no root certificates; OSFT_E_RANDOM or
 *           OSFT_E_TLS. osft_hosted_error() says more */
int osft_hosted_init(struct osft_hosted *hosted, const char *host);
/* The same with options, which are not needed any more when it returns. NULL: none. */
int osft_hosted_init_with(struct osft_hosted *hosted, const char *host,
                          const struct osft_hosted_options *options);

/* The socket, for a poll loop of your own; see osft_posix_fd().
 * returns: -1 while there is none */
int osft_hosted_fd(const struct osft_hosted *hosted);

/* What a result means, in one line of English, with what the system, TLS or the service said. The
 * service's message is left out, because it can repeat what was signed.
 * reply:   of the call that had this result; NULL, and not looked at when osft_hosted_init() failed
 * returns: a text in *hosted that stays until the next call of this function */
const char *osft_hosted_error(struct osft_hosted *hosted, int result,
                              const struct osft_reply *reply);

/* Find the root certificates that this system trusts: SSL_CERT_FILE, or else the first of the usual
 * places that is there. This and the next one are an object of their own.
 * returns: a file or a folder, for osft_tls_ca_file() or osft_tls_ca_dir(); when no place is there,
 *          the first of them. The text stays as long as the environment does */
const char *osft_hosted_find_roots(void);

/* Trust the root certificates of a file or a folder, between osft_tls_init() and the first call.
 * blocks:  it reads files; a pipe or a device is refused, and not waited for
 * returns: OSFT_OK; or OSFT_E_CERT, and in *reason why: the end of a sentence, in a
 *          text that stays until the next call of a function of the C library */
int osft_hosted_load_roots(struct osft_tls *tls, const char *path, const char **reason);

/* What the port's own number for a failed call means. An object of its own.
 * tls:     what the call went over; NULL: plain HTTP
 * result:  of the call, < 0; code: its reply.port_code
 * returns: words, for as long as those of strerror() stay; NULL: there are none, as with the number
 *          of an error of mbedTLS's, or a proxy's HTTP status */
const char *osft_hosted_cause(const struct osft_tls *tls, int result, int32_t code);

/* Close the connection, give all memory back, wipe all keys and the work buffer. Close the client
 * first. Harmless when called twice. */
void osft_hosted_free(struct osft_hosted *hosted);

#ifdef __cplusplus
}
#endif
#endif

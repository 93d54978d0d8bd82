/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that a client needs on Linux and other hosted systems, in one struct: sockets, a proxy
 * if the environment names one, TLS, SHA-256, the system's root certificates, the environment's
 * credentials, and a work buffer.
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
 * memory:      the struct is large (38 KB): make it static. Only mbedTLS allocates, for
 *              certificates and connections, and getaddrinfo(), for a lookup.
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

/* The size of the work buffer; bytes. The buffer holds a request, and then a response without its
 * unknown members. */
#ifndef OSFT_HOSTED_WORK
#define OSFT_HOSTED_WORK 32768
#endif

/* Options that replace the defaults. All zero: the defaults. */
struct osft_hosted_options {
    /* The root certificates to trust, instead of SSL_CERT_FILE and the system's: a PEM or DER file,
     * or a folder of them. */
    const char *roots;
    /* A struct whose roots are trusted: see osft_tls_share_ca(). No roots are then loaded, and
     * `roots` is not used. NULL: roots are loaded. */
    struct osft_tls *shared_roots;
    /* The credentials, instead of the environment's. They must outlive the struct, and may change
     * between calls. */
    const struct osft_credentials *credentials;
    /* The URL of a proxy, instead of the environment's: http://USER:PASSWORD@HOST:PORT; empty: no
     * proxy. */
    const char *proxy;
    uint16_t tcp_port; /* 0: 443, or 80 with plain_http */
    /* 1: no TLS, and no proxy. Others can read the requests; for tests on one machine only. */
    uint8_t plain_http;
};

struct osft_hosted {
    /* The settings for osft_init(). Their retry is osft_retry_default; each member may be changed
     * between osft_hosted_init() and the first call. */
    struct osft_settings settings;
    struct osft_credentials credentials; /* from the environment, which keeps the texts */

    /* The parts of the port. They are public, so that programs can use the functions and members of
     * their headers, such as osft_tls_pin(&hosted.tls, ...) and hosted.sockets.attempt_delay_ms. */
    struct osft_posix sockets;
    struct osft_proxy proxy; /* between sockets and TLS, if there is a proxy */
    struct osft_tls tls;
    struct osft_mbedtls_sha256 sha256;

    /* private */
    struct osft_hosted_proxy proxy_choice;
    int32_t init_result;
    char error[320]; /* the text of osft_hosted_error(); after init has failed, the reason */
    char work[OSFT_HOSTED_WORK];
};

/* Prepare calls to a host, such as opensearch.cn-hangzhou.aliyuncs.com. No connection is opened
 * yet.
 * lifetime: *hosted must not move, and host and the environment must stay as they are, until
 *           osft_hosted_free(), which must be called also when this fails
 * returns:  OSFT_OK; OSFT_E_ARG: a variable is not set, begins or ends with white space, or names
 *           no proxy; OSFT_E_CERT: there are no root certificates; OSFT_E_RANDOM or OSFT_E_TLS.
 *           osft_hosted_error() gives the reason */
int osft_hosted_init(struct osft_hosted *hosted, const char *host);
/* Prepare calls as osft_hosted_init() does, with options, which need not outlive this call. NULL:
 * none. */
int osft_hosted_init_with(struct osft_hosted *hosted, const char *host,
                          const struct osft_hosted_options *options);

/* Return the socket, for a poll loop of your own; see osft_posix_fd(). -1: there is none now */
int osft_hosted_fd(const struct osft_hosted *hosted);

/* Describe a result in one line of English, with the reason that the system, TLS or the service
 * gave. The service's message is left out, because it can repeat the text that was signed.
 * reply:   the reply of the call that had this result; may be NULL. Ignored when osft_hosted_init()
 *          failed
 * returns: a text in *hosted that stays until the next call of this function */
const char *osft_hosted_error(struct osft_hosted *hosted, int result,
                              const struct osft_reply *reply);

/* Find the root certificates that this system trusts: SSL_CERT_FILE, or else the first of the usual
 * places that exists. Only programs that call this function or osft_hosted_load_roots() link them.
 * returns: a file or a folder, for osft_tls_ca_file() or osft_tls_ca_dir(); when none exists, the
 *          first place. The text stays as long as the environment does */
const char *osft_hosted_find_roots(void);

/* Trust the root certificates of a file or a folder. Call it between osft_tls_init() and the first
 * call of the client.
 * blocks:  while it reads files; a pipe or a device is refused and not opened
 * returns: OSFT_OK; or OSFT_E_CERT. *reason then says why, as the end of a sentence, and is valid
 *          until the next call of a function of the C library */
int osft_hosted_load_roots(struct osft_tls *tls, const char *path, const char **reason);

/* Describe the port's own number for a call that failed. Only programs that call this function link
 * it.
 * tls:     the TLS port of the call; NULL: plain HTTP
 * result:  the call's result, < 0
 * code:    reply.port_code
 * returns: words, valid until the next call of strerror(); NULL: there are no words, as for
 *          mbedTLS's numbers and a proxy's HTTP status */
const char *osft_hosted_cause(const struct osft_tls *tls, int result, int32_t code);

/* Close the connection, free all memory, and wipe all keys and the work buffer. Close the client
 * first. Harmless when called twice. */
void osft_hosted_free(struct osft_hosted *hosted);

#ifdef __cplusplus
}
#endif
#endif

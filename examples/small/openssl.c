/* SPDX-License-Identifier: Apache-2.0 */
/* TLS by OpenSSL instead of mbedTLS: lists the newest task over the port of openssl_port.c. mbedTLS
 * only signs the request. usage: openssl HOST TCP-PORT ROOTS-FILE */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "openssl_port.h"
#include "osft_mbedtls_sha256.h"
#include "osft.h"
#include "osft_posix.h"

int main(int argc, char **argv)
{
    static char work[4096];
    struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test") };
    struct osft_credentials credentials;
    struct osft_mbedtls_sha256 sha256;
    struct osft_posix posix; /* for its clocks and random bytes */
    struct osft_settings settings = { .port = &posix.port, .work = work, .work_size = sizeof work };
    static struct osft_task task;
    struct osft_page page = { .tasks = &task, .max = 1 };
    struct osft_client client;
    if (argc != 4) {
        fprintf(stderr, "usage: openssl HOST TCP-PORT ROOTS-FILE\n");
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL's write() raises it after the server has closed */
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_load_verify_locations(context, argv[3], NULL) != 1) {
        fprintf(stderr, "%s: there are no roots that OpenSSL can read\n", argv[3]);
        return 1;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    osft_mbedtls_sha256_init(&sha256);
    osft_posix_init(&posix);
    openssl_port_init(&posix.port, context);
    credentials.id = osft_span_from(getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"));
    credentials.secret = osft_span_from(getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"));
    credentials.token = osft_span_from(getenv("ALIBABA_CLOUD_SECURITY_TOKEN"));
    settings.sha256 = &sha256.hash;
    settings.credentials = &credentials;
    settings.retry = &osft_retry_default;
    settings.host = argv[1];
    settings.tcp_port = (uint16_t)atoi(argv[2]);
    osft_init(&client, &settings);
    int result = osft_list(&client, &query, &page, 30000);
    if (result == OSFT_OK && page.count == 1) {
        printf("%" PRId32 "%%\n", task.progress);
    } else if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_strerror(result));
    }
    osft_close(&client);
    SSL_CTX_free(context);
    return result != OSFT_OK;
}

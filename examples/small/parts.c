/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a client one by one, as a device has them, over the port of own_port.c.
 * usage: parts IPV4-ADDRESS TCP-PORT ROOTS-FILE */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "osft.h"
#include "osft_mbedtls_sha256.h"
#include "osft_tls.h"

extern const struct osft_port my_port;

static struct osft_tls tls;
static struct osft_mbedtls_sha256 sha256;
static struct osft_credentials credentials;
static char work[2048]; /* the request, then the texts of the tasks */
static struct osft_settings settings = { .port = &tls.port,
                                         .sha256 = &sha256.hash,
                                         .credentials = &credentials,
                                         .retry = &osft_retry_default,
                                         .work = work,
                                         .work_size = sizeof work };
static struct osft_client client;
static const struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                         .function = OSFT_LIT("ctr"),
                                         .instance = OSFT_LIT("ctr_test") };

int main(int argc, char **argv)
{
    static struct osft_task task;
    struct osft_page page = { .tasks = &task, .max = 1 };
    int result;

    if (argc != 4) {
        fprintf(stderr, "usage: parts IPV4-ADDRESS TCP-PORT ROOTS-FILE\n");
        return 2;
    }
    settings.host = argv[1];
    settings.tcp_port = (uint16_t)atoi(argv[2]);
    credentials.id = osft_span_from(getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"));
    credentials.secret = osft_span_from(getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"));
    osft_mbedtls_sha256_init(&sha256);
    osft_init(&client, &settings);
    result = osft_tls_init(&tls, &my_port, NULL, NULL);
    result = result == OSFT_OK ? osft_tls_ca_file(&tls, argv[3]) : result;
    result = result == OSFT_OK ? osft_list(&client, &query, &page, 30000) : result;
    if (result == OSFT_OK && page.count == 1) {
        printf("%" PRId32 "%%\n", task.progress);
    } else if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_strerror(result));
    }
    osft_close(&client);
    osft_tls_free(&tls);
    return result != OSFT_OK;
}

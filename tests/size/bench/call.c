/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "osft_mbedtls_sha256.h"
#include "osft_posix.h"

#define TASKS 10

int list_tasks(const char *tcp_port, unsigned long times)
{
    static const struct osft_query query = { .app_group = OSFT_LIT("my-app"),
                                             .function = OSFT_LIT("ctr"),
                                             .instance = OSFT_LIT("ctr_test"),
                                             .page_size = TASKS };
    static char work[8192];
    static struct osft_task tasks[TASKS];
    static struct osft_posix net;
    static struct osft_mbedtls_sha256 sha256;
    static struct osft_client client;
    struct osft_credentials credentials = {
        .id = osft_span_from(getenv("ALIBABA_CLOUD_ACCESS_KEY_ID")),
        .secret = osft_span_from(getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"))
    };
    struct osft_settings settings = { .port = &net.port,
                                      .sha256 = &sha256.hash,
                                      .credentials = &credentials,
                                      .host = "127.0.0.1",
                                      .tcp_port = (uint16_t)strtoul(tcp_port, NULL, 10),
                                      .plain_http = 1,
                                      .work = work,
                                      .work_size = sizeof(work),
                                      .retry = &osft_retry_default };
    struct osft_page page = { .tasks = tasks, .max = TASKS };
    unsigned long i;
    int result = OSFT_OK;

    osft_posix_init(&net);
    osft_mbedtls_sha256_init(&sha256);
    osft_init(&client, &settings);
    for (i = 0; i < times && result == OSFT_OK; i++) {
        result = osft_list(&client, &query, &page, 60000);
        if (page.count != TASKS || client.reply.attempts != 1 || client.reply.reopened) {
            fprintf(stderr, "%lu tasks, %u attempts\n", (unsigned long)page.count,
                    client.reply.attempts);
            result = result != OSFT_OK ? result : OSFT_E_RESPONSE;
        }
    }
    osft_close(&client);
    if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_strerror(result));
        return -1;
    }
    printf("%lu lists\n", i);
    return 0;
}

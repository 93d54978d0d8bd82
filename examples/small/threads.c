/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads, each with a client of its own, whose call blocks. Clients share nothing, so there is
 * no lock. usage: threads HOST [TCP-PORT] */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"

static const char *host;
static uint16_t tcp_port;

/* List the newest task of an instance, and print it. Returns NULL, or the argument on failure. */
static void *list(void *instance)
{
    struct osft_hosted_options options = { .tcp_port = tcp_port };
    struct osft_query query = { .app_group = OSFT_LIT("my_app"), .function = OSFT_LIT("ctr") };
    struct osft_task task = { .progress = OSFT_UNKNOWN };
    struct osft_page page = { .tasks = &task, .max = 1 };
    struct osft_client client;
    struct osft_hosted *hosted = malloc(sizeof *hosted); /* large for a thread's stack */
    int result;
    if (hosted == NULL) {
        return instance;
    }
    query.instance = osft_span_from(instance);
    result = osft_hosted_init_with(hosted, host, &options);
    osft_init(&client, &hosted->settings);
    result = result == OSFT_OK ? osft_list(&client, &query, &page, 30000) : result;
    if (result == OSFT_OK && page.count == 1) {
        printf("%s: %" PRId32 "%%\n", (const char *)instance, task.progress);
    } else if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_hosted_error(hosted, result, &client.reply));
    }
    osft_close(&client);
    osft_hosted_free(hosted);
    free(hosted);
    return result == OSFT_OK ? NULL : instance;
}

int main(int argc, char **argv)
{
    static char a[] = "ctr_a", b[] = "ctr_b";
    pthread_t first, second;
    void *failed[2];

    if (argc < 2) {
        fprintf(stderr, "usage: threads HOST [TCP-PORT]\n");
        return 2;
    }
    host = argv[1];
    tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0);
    if (pthread_create(&first, NULL, list, a) != 0 || pthread_create(&second, NULL, list, b) != 0) {
        return 1;
    }
    (void)pthread_join(first, &failed[0]);
    (void)pthread_join(second, &failed[1]);
    return failed[0] != NULL || failed[1] != NULL;
}

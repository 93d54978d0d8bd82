/* SPDX-License-Identifier: Apache-2.0 */
/* usage: list PORT. List the tasks of the endpoint on this machine over TLS; print their number. */
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"

static struct osft_hosted hosted;
static struct osft_task tasks[20];

int main(int argc, char **argv)
{
    struct osft_query query = { .app_group = OSFT_LIT("my-app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test"),
                                .page_size = 20 };
    struct osft_page page = { .tasks = tasks, .max = 20 };
    struct osft_hosted_options options = { .tcp_port = (uint16_t)atoi(argc > 1 ? argv[1] : "0") };
    struct osft_client client;
    int result = osft_hosted_init_with(&hosted, "127.0.0.1", &options);

    osft_init(&client, &hosted.settings);
    if (result == OSFT_OK) {
        result = osft_list(&client, &query, &page, 30000);
    }
    if (result == OSFT_OK) {
        printf("%u tasks\n", (unsigned)page.count);
    } else {
        fprintf(stderr, "%s\n", osft_hosted_error(&hosted, result, &client.reply));
    }
    osft_close(&client);
    osft_hosted_free(&hosted);
    return result != OSFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One call: lists the newest tasks.
 * usage: list HOST [TCP-PORT]; README.md says which environment the programs of this folder need.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"

#define TASKS 10

static struct osft_hosted hosted; /* large, so better static than on the stack */

int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0) };
    struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test"),
                                .page_size = TASKS };
    static struct osft_task tasks[TASKS];
    struct osft_page page = { .tasks = tasks, .max = TASKS };
    struct osft_client client;

    if (argc < 2) {
        fprintf(stderr, "usage: list HOST [TCP-PORT]\n");
        return 2;
    }
    int result = osft_hosted_init_with(&hosted, argv[1], &options);
    osft_init(&client, &hosted.settings);
    if (result == OSFT_OK) {
        result = osft_list(&client, &query, &page, 30000); /* ms, for the whole call */
    }
    /* The tasks in the array are complete also after an error. */
    for (size_t i = 0; i < page.count; i++) {
        printf("%s %s %" PRId32 "%%\n",
               tasks[i].generation.ptr != NULL ? tasks[i].generation.ptr : "-",
               tasks[i].status.ptr != NULL ? tasks[i].status.ptr : "-", tasks[i].progress);
    }
    if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_hosted_error(&hosted, result, &client.reply));
    }
    osft_close(&client);
    osft_hosted_free(&hosted);
    return result != OSFT_OK;
}

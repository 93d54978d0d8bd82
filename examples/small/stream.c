/* SPDX-License-Identifier: Apache-2.0 */
/* A long history in constant memory: walks over all pages, and gets each task as soon as the task
 * has arrived. Counts how the runs ended. usage: stream HOST [TCP-PORT] */
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"
#include "osft_pages.h"

struct counts {
    unsigned long tasks, succeeded, failed, left_out;
};

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct counts *counts = ctx;
    if (omission != NULL) { /* the task is too large, or has a bad member; the walk goes on */
        counts->left_out++;
        return 0;
    }
    counts->tasks++;
    counts->succeeded += osft_task_state(task) == OSFT_SUCCESS;
    counts->failed += osft_task_state(task) == OSFT_FAILED;
    return 0;
}

int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0) };
    struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test") };
    struct counts counts = { 0, 0, 0, 0 };
    struct osft_page page = { .on_task = on_task, .on_task_ctx = &counts };
    static struct osft_hosted hosted;
    struct osft_client client;
    struct osft_pages pages;
    if (argc < 2) {
        fprintf(stderr, "usage: stream HOST [TCP-PORT]\n");
        return 2;
    }
    int result = osft_hosted_init_with(&hosted, argv[1], &options);
    osft_init(&client, &hosted.settings);
    osft_pages_init(&pages, &client, &query, 100); /* new tasks that one request brings */
    while (result == OSFT_OK && osft_pages_more(&pages)) {
        result = osft_pages_next(&pages, &page, 30000);
        /* Without left_out, OSFT_E_SPACE means that the request does not fit into work. */
        if (result == OSFT_E_BAD_TASK || (result == OSFT_E_SPACE && client.reply.left_out != 0)) {
            result = OSFT_OK; /* on_task has counted the task that was left out */
        }
    }
    printf("%lu tasks: %lu succeeded, %lu failed; %lu left out\n", counts.tasks, counts.succeeded,
           counts.failed, counts.left_out);
    if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_hosted_error(&hosted, result, &client.reply));
    }
    osft_close(&client);
    osft_hosted_free(&hosted);
    return result != OSFT_OK;
}

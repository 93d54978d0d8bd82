/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the metrics and errors of the newest run that succeeded. usage: metrics HOST [TCP-PORT] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"
#include "osft_metrics.h"

/* Print a task's metrics. Returns OSFT_OK or an osft_error. */
static int print_metrics(const struct osft_task *task)
{
    struct osft_metrics m;
    char path[64];
    int64_t thousandths;
    int result;
    osft_metrics_init(&m, &task->extend_info);
    while ((result = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        osft_metrics_path(&m, path, sizeof path);
        if (m.is_error && m.kind == OSFT_METRIC_TEXT) {
            printf("error: %s\n", m.text.ptr);
        } else if (m.kind == OSFT_METRIC_NUMBER) {
            printf("%s = %.*s", path, (int)m.text.len, m.text.ptr);
            if (osft_metrics_scaled(&m, 3, &thousandths) == OSFT_OK) { /* needs no floating point */
                printf(" (%" PRId64 " thousandths)", thousandths);
            }
            printf("\n");
        }
    }
    return result;
}

int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0) };
    struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test"),
                                .status = OSFT_LIT("success") };
    static struct osft_hosted hosted;
    static struct osft_task task;
    struct osft_page page = { .tasks = &task, .max = 1 };
    struct osft_client client;
    if (argc < 2) {
        fprintf(stderr, "usage: metrics HOST [TCP-PORT]\n");
        return 2;
    }
    int result = osft_hosted_init_with(&hosted, argv[1], &options);
    osft_init(&client, &hosted.settings);
    result = result == OSFT_OK ? osft_list(&client, &query, &page, 30000) : result;
    if (result == OSFT_OK && page.count == 1) {
        result = print_metrics(&task);
    }
    if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_hosted_error(&hosted, result, &client.reply));
    }
    osft_close(&client);
    osft_hosted_free(&hosted);
    return result != OSFT_OK;
}

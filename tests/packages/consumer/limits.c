/* SPDX-License-Identifier: Apache-2.0 */
/* Print the limits that this program and the library were built with. The smallest response that
 * nests too deep shows the limit of the library. */
#include <stdio.h>
#include <string.h>
#include "osft_metrics.h"
#include "osft_pages.h"
#include "osft_watch.h"

int main(void)
{
    static struct osft_client client;
    static struct osft_pages pages;
    static struct osft_metrics metrics;
    struct osft_settings settings;
    struct osft_query query;
    struct osft_span text = OSFT_LIT("1");
    struct osft_task task;
    struct osft_page page;
    struct osft_reply reply;
    int depth = 0, result;
    char body[1000];

    memset(&settings, 0, sizeof settings);
    memset(&query, 0, sizeof query);
    memset(&page, 0, sizeof page);
    page.tasks = &task;
    osft_init(&client, &settings);
    osft_pages_init(&pages, &client, &query, 10);
    osft_metrics_init(&metrics, &text);
    do {
        depth++;
        memset(body, '[', sizeof body);
        result = osft_parse_list(body, (size_t)depth, &page, &reply);
    } while (result == OSFT_E_JSON);
    printf("%d: depth %d %d, recent %d, metrics %d\n", result, depth - 1, OSFT_JSON_DEPTH,
           OSFT_PAGES_RECENT, OSFT_METRIC_DEPTH);
    return 0;
}

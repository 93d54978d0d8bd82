/* SPDX-License-Identifier: Apache-2.0 */
/* Many clients in one poll loop and one thread. usage: poll_loop HOST [TCP-PORT] */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"

enum { COUNT = 2 };
static struct instance {
    struct osft_query query;
    struct osft_hosted hosted; /* when its initialisation fails, calls fail, too */
    struct osft_client client;
    struct osft_task task;
    struct osft_page page;
} instances[COUNT] = { { .query.instance = OSFT_LIT("a") }, { .query.instance = OSFT_LIT("b") } };
/* Step a call, and fill in what the call waits for. Returns 1 while the call goes on. */
static int step_instance(struct instance *instance, struct pollfd *polled, int *timeout_ms)
{
    int result = osft_step(&instance->client);
    uint32_t events = osft_wait_events(&instance->client), ms = osft_wait_ms(&instance->client);
    polled->fd = result == OSFT_PENDING && events != 0 ? osft_hosted_fd(&instance->hosted) : -1;
    polled->events = (events & OSFT_READABLE ? POLLIN : 0) | (events & OSFT_WRITABLE ? POLLOUT : 0);
    *timeout_ms = ms < (uint32_t)*timeout_ms ? (int)ms : *timeout_ms;
    return result == OSFT_PENDING;
}
int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0) };
    struct pollfd awaited[COUNT]; /* add the descriptors of the rest of the program */
    int pending, timeout_ms, failed = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: poll_loop HOST [TCP-PORT]\n");
        return 2;
    }
    for (struct instance *instance = instances; instance < instances + COUNT; instance++) {
        instance->query.app_group = osft_span_from("my_app");
        instance->query.function = osft_span_from("ctr");
        instance->page = (struct osft_page){ .tasks = &instance->task, .max = 1 };
        osft_hosted_init_with(&instance->hosted, argv[1], &options);
        osft_init(&instance->client, &instance->hosted.settings);
        osft_list_start(&instance->client, &instance->query, &instance->page, 30000);
    }
    do {
        pending = 0;
        timeout_ms = 60000; /* or less, when the rest of the program has something to do */
        for (size_t k = 0; k < COUNT; k++) {
            pending += step_instance(&instances[k], &awaited[k], &timeout_ms);
        }
    } while (pending > 0 && poll(awaited, COUNT, timeout_ms) >= 0);
    for (struct instance *instance = instances; instance < instances + COUNT; instance++) {
        int result = osft_step(&instance->client); /* the result of the finished call */
        printf("%s: %d tasks, %s\n", instance->query.instance.ptr, (int)instance->page.count,
               osft_hosted_error(&instance->hosted, result, &instance->client.reply));
        failed |= result != OSFT_OK;
        osft_close(&instance->client);
        osft_hosted_free(&instance->hosted);
    }
    return failed;
}

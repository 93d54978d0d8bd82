/* SPDX-License-Identifier: Apache-2.0 */
/* Many clients in one poll loop and one thread. usage: poll_loop HOST [TCP-PORT] */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"

enum { COUNT = 2 };
static struct instance {
    struct osft_query query;
    struct osft_hosted hosted;
    struct osft_client client;
    struct osft_task task;
    struct osft_page page;
} instances[COUNT] = { { .query.instance = OSFT_LIT("a") }, { .query.instance = OSFT_LIT("b") } };

/* Do what a client can do now, and fill in what it waits for. Returns 1 while its call goes on. */
static int step(struct instance *i, struct pollfd *awaited, int *timeout_ms)
{
    int result = osft_step(&i->client);
    unsigned events = osft_wait_events(&i->client);
    uint32_t ms = osft_wait_ms(&i->client);
    awaited->fd = result == OSFT_PENDING && events != 0 ? osft_hosted_fd(&i->hosted) : -1;
    awaited->events = (short)(events & OSFT_READABLE ? POLLIN : 0);
    awaited->events |= (short)(events & OSFT_WRITABLE ? POLLOUT : 0);
    *timeout_ms = ms < (uint32_t)*timeout_ms ? (int)ms : *timeout_ms;
    return result == OSFT_PENDING;
}

int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0) };
    struct pollfd awaited[COUNT]; /* and the descriptors of the rest of the program */
    int pending, timeout_ms, failed = 0;
    for (struct instance *i = instances; i < instances + COUNT; i++) {
        i->query.app_group = osft_span_from("my_app");
        i->query.function = osft_span_from("ctr");
        i->page = (struct osft_page){ .tasks = &i->task, .max = 1 };
        osft_hosted_init_with(&i->hosted, argc > 1 ? argv[1] : "", &options);
        osft_init(&i->client, &i->hosted.settings); /* after a failed init, the call fails, too */
        osft_list_start(&i->client, &i->query, &i->page, 30000);
    }
    do {
        pending = 0;
        timeout_ms = 60000; /* or less, when the rest of the program has something to do */
        for (size_t k = 0; k < COUNT; k++) {
            pending += step(&instances[k], &awaited[k], &timeout_ms);
        }
    } while (pending > 0 && poll(awaited, COUNT, timeout_ms) >= 0);
    for (struct instance *i = instances; i < instances + COUNT; i++) {
        int result = osft_step(&i->client); /* the call is over: its result, again */
        printf("%s: %d tasks, %s\n", i->query.instance.ptr, (int)i->page.count,
               osft_hosted_error(&i->hosted, result, &i->client.reply));
        failed |= result != OSFT_OK;
        osft_close(&i->client);
        osft_hosted_free(&i->hosted);
    }
    return failed;
}

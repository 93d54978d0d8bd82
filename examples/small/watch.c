/* SPDX-License-Identifier: Apache-2.0 */
/* A watch that goes on after a restart: polls once, prints the new events, and saves its state for
 * the next run, as for cron or a deep sleep. usage: watch STATE-FILE HOST [TCP-PORT] */
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"
#include "osft_watch.h"

#define RUNS 32

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    const char *generation = task != NULL ? task->generation.ptr : NULL;
    (void)ctx, (void)run;
    printf("%s %s\n", osft_watch_event_name(event), generation != NULL ? generation : "-");
    return 0;
}

int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 3 ? atoi(argv[3]) : 0) };
    struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test") };
    static struct osft_hosted hosted;
    static struct osft_run runs[RUNS];
    static char saved[OSFT_WATCH_BYTES(RUNS)];
    struct osft_client client;
    struct osft_watch watch;
    if (argc < 3) {
        fprintf(stderr, "usage: watch STATE-FILE HOST [TCP-PORT]\n");
        return 2;
    }
    int result = osft_hosted_init_with(&hosted, argv[2], &options);
    osft_init(&client, &hosted.settings);
    osft_watch_init(&watch, &client, &query, runs, RUNS, on_event, NULL);
    FILE *file = fopen(argv[1], "rb");
    if (file != NULL) {
        size_t len = fread(saved, 1, sizeof saved, file);
        fclose(file);
        if (osft_watch_load(&watch, saved, len) != OSFT_OK) {
            fprintf(stderr, "%s cannot be used; the watch begins anew\n", argv[1]);
        }
    }
    result = result == OSFT_OK ? osft_watch_poll(&watch, 60000) : result;
    if (result != OSFT_OK) {
        fprintf(stderr, "%s\n", osft_hosted_error(&hosted, result, &client.reply));
    }
    /* Save also after a failed poll, which may have reported events. */
    file = fopen(argv[1], "wb");
    if (file == NULL || fwrite(saved, osft_watch_save(&watch, saved, sizeof saved), 1, file) != 1 ||
        fclose(file) != 0) {
        perror(argv[1]);
    }
    osft_close(&client);
    osft_hosted_free(&hosted);
    return result != OSFT_OK;
}

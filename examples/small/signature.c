/* SPDX-License-Identifier: Apache-2.0 */
/* Shows why a signature does not match: prints the canonical request and the string to sign as this
 * client makes them. A service that refuses the signature sends both as it has made them: the first
 * difference is the fault; without any, the secret is wrong. Do not publish the message of the
 * service, which can hold the AccessKey's id. usage: signature HOST [TCP-PORT] */
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"

static struct osft_hosted hosted;
static const struct osft_sha256 *real_hash; /* the hash that computes */

/* A hash that prints what it is given: first the canonical request, then the string to sign. */
static int print_start(void *ctx)
{
    printf("\n--- canonical request:\n");
    return real_hash->start(ctx);
}
static int print_update(void *ctx, const void *bytes, size_t len)
{
    (void)fwrite(bytes, 1, len, stdout);
    return real_hash->update(ctx, bytes, len);
}
static int print_hmac(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                      uint8_t mac[32])
{
    printf("\n--- string to sign:\n%.*s\n", (int)len, (const char *)bytes);
    return real_hash->hmac(ctx, key, key_len, bytes, len, mac);
}

int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0) };
    struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test") };
    static struct osft_task task;
    struct osft_page page = { .tasks = &task, .max = 1 };
    struct osft_client client;
    const char *token = getenv("ALIBABA_CLOUD_SECURITY_TOKEN");
    if (argc < 2 || (token != NULL && *token != '\0')) {
        fprintf(stderr, "usage: signature HOST [TCP-PORT]\n"
                        "Use an AccessKey without an STS token, which would be printed.\n");
        return 2;
    }
    int result = osft_hosted_init_with(&hosted, argv[1], &options);
    real_hash = hosted.settings.sha256;
    struct osft_sha256 printing = { real_hash->ctx, print_start, print_update, real_hash->finish,
                                    print_hmac };
    hosted.settings.sha256 = &printing;
    osft_init(&client, &hosted.settings);
    result = result == OSFT_OK ? osft_list(&client, &query, &page, 30000) : result;
    printf("\n--- %s\n%.*s\n", osft_hosted_error(&hosted, result, &client.reply),
           (int)client.reply.message.len,
           client.reply.message.len > 0 ? client.reply.message.ptr : "");
    osft_close(&client);
    osft_hosted_free(&hosted);
    return result != OSFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Why does a signature not match? Prints what this client signs: the canonical request, and the
 * string to sign. When the service refuses the signature, its message has both as the service made
 * them: the first difference is the fault; without any, the secret is wrong. The message can hold
 * the AccessKey's id: do not publish it. usage: signature HOST [TCP-PORT] */
#include <stdio.h>
#include <stdlib.h>
#include "osft_hosted.h"

static struct osft_hosted hosted;
static const struct osft_sha256 *real; /* computes */

/* A hash that prints what it is given: first the canonical request, then the string to sign. */
static int print_start(void *ctx)
{
    printf("\n--- hashed:\n");
    return real->start(ctx);
}
static int print_update(void *ctx, const void *bytes, size_t len)
{
    (void)fwrite(bytes, 1, len, stdout);
    return real->update(ctx, bytes, len);
}
static int print_hmac(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                      uint8_t mac[32])
{
    printf("\n--- signed:\n%.*s\n", (int)len, (const char *)bytes);
    return real->hmac(ctx, key, key_len, bytes, len, mac);
}

int main(int argc, char **argv)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0) };
    struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                .function = OSFT_LIT("ctr"),
                                .instance = OSFT_LIT("ctr_test") };
    static struct osft_task task;
    struct osft_page page = { .tasks = &task, .max = 1 };
    struct osft_sha256 printing;
    struct osft_client client;
    int result = osft_hosted_init_with(&hosted, argc > 1 ? argv[1] : "", &options);

    real = hosted.settings.sha256;
    printing =
        (struct osft_sha256){ real->ctx, print_start, print_update, real->finish, print_hmac };
    hosted.settings.sha256 = &printing;
    osft_init(&client, &hosted.settings);
    if (hosted.credentials.token.len > 0) { /* it would be printed, as a part of the request */
        fprintf(stderr, "use an AccessKey without an STS token for this\n");
        return 2;
    }
    result = result == OSFT_OK ? osft_list(&client, &query, &page, 30000) : result;
    printf("\n--- %s\n%.*s\n", osft_hosted_error(&hosted, result, &client.reply),
           (int)client.reply.message.len,
           client.reply.message.len > 0 ? client.reply.message.ptr : "");
    osft_close(&client);
    osft_hosted_free(&hosted);
    return result != OSFT_OK;
}

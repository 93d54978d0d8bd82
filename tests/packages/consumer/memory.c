/* SPDX-License-Identifier: Apache-2.0 */
/* A program that lists a task over a proxy. Its port has no network: the responses of the proxy and
 * of the service are texts in this file. The program prints the end of the request's signature, and
 * the task. The time and the random bytes are fixed, so the output is the same on each machine. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "osft.h"
#include "osft_mbedtls_sha256.h"
#include "osft_proxy.h"
#include "osft_tls_arena.h"

/* The response of the proxy, then that of the service. */
static const char *const responses[] = {
    "HTTP/1.1 200 Connection established\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 111\r\n\r\n"
    "{\"requestId\":\"r\",\"totalCount\":1,\"result\":[{\"runId\":\"run-7\",\"generation\":\"3\","
    "\"status\":\"running\",\"progress\":42}]}"
};
static char request[2048]; /* the last request, ended by a NUL */
static size_t request_len;
static size_t requests;  /* complete requests */
static size_t delivered; /* bytes of the response to the last request */

static int open_memory(void *ctx, const char *host, uint16_t tcp_port)
{
    (void)ctx;
    printf("to %s:%u\n", host, (unsigned)tcp_port);
    return 1;
}

static int send_to_memory(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    if (delivered > 0) {
        request_len = delivered = 0;
    }
    if (len >= sizeof(request) - request_len) {
        return OSFT_E_IO;
    }
    memcpy(request + request_len, bytes, len);
    request_len += len;
    request[request_len] = 0;
    if (strstr(request, "\r\n\r\n") != NULL) {
        requests++;
    }
    return (int)len;
}

/* Receive one byte of the response to the last request. */
static int receive_from_memory(void *ctx, void *buffer, size_t room)
{
    const char *response = responses[requests > 1];

    (void)ctx, (void)room;
    if (requests == 0 || response[delivered] == 0) {
        return 0;
    }
    *(char *)buffer = response[delivered++];
    return 1;
}

static void close_memory(void *ctx)
{
    (void)ctx;
}

static int64_t get_fixed_time(void *ctx)
{
    (void)ctx;
    return 1700000000;
}

static int fill_with_fixed_bytes(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    memset(buffer, 7, len);
    return 0;
}

static const struct osft_port memory = { .open = open_memory,
                                         .send = send_to_memory,
                                         .recv = receive_from_memory,
                                         .close = close_memory,
                                         .utc_s = get_fixed_time,
                                         .random = fill_with_fixed_bytes };

int main(void)
{
    static uint64_t arena[512]; /* memory for mbedTLS on a device; on a host, mbedTLS uses the
                                 * heap */
    static char work[2048];
    static struct osft_proxy proxy;
    static struct osft_mbedtls_sha256 sha256;
    static struct osft_client client;
    static struct osft_task task;
    struct osft_page page = { .tasks = &task, .max = 1 };
    const struct osft_credentials credentials = { OSFT_LIT("id"), OSFT_LIT("secret"), { NULL, 0 } };
    const struct osft_query query = { .app_group = OSFT_LIT("my-app"),
                                      .function = OSFT_LIT("ctr"),
                                      .instance = OSFT_LIT("ctr_test") };
    const struct osft_settings settings = { .port = &proxy.port,
                                            .sha256 = &sha256.hash,
                                            .credentials = &credentials,
                                            .host = "opensearch.cn-hangzhou.aliyuncs.com",
                                            .work = work,
                                            .work_size = sizeof(work) };
    const char *signature;
    int result;

    osft_tls_arena_init(arena, sizeof(arena));
    osft_mbedtls_sha256_init(&sha256);
    osft_proxy_init(&proxy, &memory, "proxy.example", 3128);
    osft_init(&client, &settings);
    result = osft_list(&client, &query, &page, 0);
    osft_close(&client);
    signature = strstr(request, "Signature=");
    printf("signature %.16s\n", signature != NULL ? signature + strlen("Signature=") : "-");
    if (result != OSFT_OK || page.count != 1) {
        printf("%s\n", osft_strerror(result));
        return 1;
    }
    printf("%s: %s, %" PRId32 "%%\n", task.run_id.ptr, task.status.ptr, task.progress);
    return 0;
}

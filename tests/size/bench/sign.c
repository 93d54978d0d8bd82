/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "osft_mbedtls_sha256.h"
#include "request.h"

/* The hash, and a count of the blocks that it hashes. */
static struct osft_mbedtls_sha256 mbedtls;
static size_t hashed, blocks;

/* Return the number of blocks of a message. A message is padded with one bit and its length in 8
 * bytes. */
static size_t count_blocks(size_t len)
{
    return (len + 1 + 8 + 63) / 64;
}

static int start(void *ctx)
{
    hashed = 0;
    return mbedtls.hash.start(ctx);
}

static int update(void *ctx, const void *bytes, size_t len)
{
    hashed += len;
    return mbedtls.hash.update(ctx, bytes, len);
}

static int finish(void *ctx, uint8_t digest[32])
{
    blocks += count_blocks(hashed);
    return mbedtls.hash.finish(ctx, digest);
}

/* Count the blocks of an HMAC: the message behind the key's block, then the digest behind the key's
 * block; a key longer than a block is hashed first. */
static int hmac(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                uint8_t mac[32])
{
    blocks += count_blocks(64 + len) + count_blocks(64 + 32);
    blocks += key_len > 64 ? count_blocks(key_len) : 0;
    return mbedtls.hash.hmac(ctx, key, key_len, bytes, len, mac);
}

int sign_requests(unsigned long times)
{
    static const struct osft_credentials credentials = {
        .id = OSFT_LIT("LTAI5tTESTtestTESTtest01"),
        .secret = OSFT_LIT("sEcReTkEyForLocalTestsOnly0123"),
    };
    static const struct osft_query query = {
        .app_group = OSFT_LIT("my-app"),
        .function = OSFT_LIT("ctr"),
        .instance = OSFT_LIT("ctr_test"),
        .page_number = 1,
        .page_size = 50,
    };
    static const uint8_t nonce[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
    struct osft_sha256 counting;
    struct osft_settings settings = { .host = "opensearch.cn-hangzhou.aliyuncs.com",
                                      .sha256 = &counting,
                                      .credentials = &credentials };
    char buffer[1024], nonce_hex[OSFT_NONCE_LENGTH], date[OSFT_DATE_LENGTH];
    struct osft_request request = { .settings = &settings,
                                    .query = &query,
                                    .date = date,
                                    .nonce = nonce_hex,
                                    .buffer = buffer,
                                    .size = sizeof(buffer) };
    unsigned long i;

    osft_mbedtls_sha256_init(&mbedtls);
    counting = mbedtls.hash;
    counting.start = start;
    counting.update = update;
    counting.finish = finish;
    counting.hmac = hmac;
    for (i = 0; i < times; i++) {
        blocks = 0;
        osft_write_hex(nonce_hex, nonce, sizeof(nonce));
        if (osft_format_date(INT64_C(1795657140), date) != OSFT_OK ||
            osft_build_request(&request) != OSFT_OK) {
            return -1;
        }
    }
    printf("%lu blocks\n", (unsigned long)blocks);
    return 0;
}

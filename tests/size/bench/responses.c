/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../examples/osft-endpoint/reply.h"

#define NOW_MS INT64_C(1795657200000)

struct bytes make_body(size_t tasks)
{
    static const struct osft_span function = OSFT_LIT("ctr");
    struct ep_filter filter = { .page = 1, .size = (int64_t)tasks };
    struct ep_reply reply = { .id = "8C5A0E5B-2C6E-5E0F-9B4F-0A3C4B1D2E3F", .huge = -1 };
    struct bytes body;
    struct ep_store store;

    memset(&store, 0, sizeof(store));
    ep_store_make(&store, tasks, 60000, NOW_MS);
    ep_reply_list(&reply, &store, &filter, &function, 7);
    ep_store_free(&store);
    body.bytes = reply.body.mem;
    body.len = reply.body.len;
    return body;
}

struct bytes make_response(size_t tasks, size_t chunk, size_t *body_length)
{
    struct bytes body = make_body(tasks), response;
    struct ep_text out = { NULL, 0, 0 };
    size_t at;

    ep_puts(&out, "HTTP/1.1 200 OK\r\n");
    if (chunk == 0) {
        ep_putf(&out, "Content-Length: %lu\r\n\r\n", (unsigned long)body.len);
        ep_put(&out, body.bytes, body.len);
    } else {
        ep_puts(&out, "Transfer-Encoding: chunked\r\n\r\n");
        for (at = 0; at < body.len; at += chunk) {
            size_t len = body.len - at < chunk ? body.len - at : chunk;
            ep_putf(&out, "%lx\r\n", (unsigned long)len);
            ep_put(&out, body.bytes + at, len);
            ep_puts(&out, "\r\n");
        }
        ep_puts(&out, "0\r\n\r\n");
    }
    *body_length = body.len;
    free(body.bytes);
    response.bytes = out.mem;
    response.len = out.len;
    return response;
}

struct bytes make_head(void)
{
    static const char text[] = "HTTP/1.1 200 OK\r\n"
                               "Date: Thu, 26 Nov 2026 01:39:00 GMT\r\n"
                               "Content-Type: application/json;charset=utf-8\r\n"
                               "Content-Length: 11711\r\n"
                               "Connection: keep-alive\r\n"
                               "Keep-Alive: timeout=25, max=99\r\n"
                               "Access-Control-Allow-Origin: *\r\n"
                               "x-acs-request-id: 8C5A0E5B-2C6E-5E0F-9B4F-0A3C4B1D2E3F\r\n"
                               "x-acs-trace-id: 1f9d0f6a3b7c4e5d8a9b0c1d2e3f4a5b\r\n"
                               "\r\n";
    struct ep_text out = { NULL, 0, 0 };
    struct bytes head;

    ep_puts(&out, text);
    head.bytes = out.mem;
    head.len = out.len;
    return head;
}

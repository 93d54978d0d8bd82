/* SPDX-License-Identifier: Apache-2.0 */
#include "caller.h"

#include <string.h>

#define TASK(run, status, progress)                                                             \
    "{\"functionName\":\"ctr\",\"runId\":\"" run "\",\"generation\":\"1\",\"status\":\"" status \
    "\",\"progress\":" progress ",\"startTime\":1777000000000,\"endTime\":0,\"extendInfo\":"    \
    "\"{\\\"auc\\\":0.71}\"}"
#define BODY                                                                       \
    "{\"requestId\":\"r-1\",\"status\":\"OK\",\"totalCount\":3,\"result\":[" TASK( \
        "a", "success", "100") "," TASK("b", "failed", "40") "," TASK("c", "running", "7") "]}"
#define DATE_BODY "{\"RequestId\":\"q\",\"Code\":\"InvalidTimeStamp.Expired\",\"Message\":\"no\"}"

/* The body in two chunks, the first of 0x64 bytes. */
#define CHUNKED                                                                \
    "HTTP/1.1 200 OK\r\nDate: Sat, 02 May 2026 12:00:00 GMT\r\nContent-Type: " \
    "application/json\r\n"

static char *append(char *at, const char *text, size_t len)
{
    memcpy(at, text, len);
    return at + len;
}

static char *append_hex(char *at, size_t n)
{
    int shift;
    for (shift = 12; shift >= 0; shift -= 4) {
        *at++ = "0123456789abcdef"[n >> shift & 15];
    }
    return append(at, "\r\n", 2);
}

const char *caller_answer(void)
{
    static char answer[2048];
    static const char body[] = BODY;
    const size_t len = sizeof body - 1, half = 100;
    char *at = answer;

    if (answer[0] != '\0') {
        return answer;
    }
    at = append(at, CHUNKED "Transfer-Encoding: chunked\r\n\r\n",
                sizeof CHUNKED "Transfer-Encoding: chunked\r\n\r\n" - 1);
    at = append(append_hex(at, half), body, half);
    at = append(append_hex(append(at, "\r\n", 2), len - half), body + half, len - half);
    (void)append(at, "\r\n0\r\n\r\n", 8);
    return answer;
}

const char *caller_refusal(void)
{
    static char answer[512];
    char *at = answer;

    if (answer[0] != '\0') {
        return answer;
    }
    at = append(at, "HTTP/1.1 400 Bad Request\r\nDate: Sat, 02 May 2026 12:00:00 GMT\r\n", 63);
    at = append(at, "Content-Length: ", 16);
    *at++ = (char)('0' + (sizeof DATE_BODY - 1) / 10);
    *at++ = (char)('0' + (sizeof DATE_BODY - 1) % 10);
    (void)append(append(at, "\r\n\r\n", 4), DATE_BODY, sizeof DATE_BODY);
    return answer;
}

void caller_init(struct caller *c, const struct osft_port *port, const char *host,
                 uint16_t tcp_port)
{
    static const struct osft_span names[] = { OSFT_LIT("app"), OSFT_LIT("ctr"), OSFT_LIT("i1"),
                                              OSFT_LIT("testid"), OSFT_LIT("testsecret") };

    memset(c, 0, sizeof *c);
    osft_mbedtls_sha256_init(&c->sha);
    c->query.app_group = names[0];
    c->query.function = names[1];
    c->query.instance = names[2];
    c->credentials.id = names[3];
    c->credentials.secret = names[4];
    c->settings.port = port;
    c->settings.sha256 = &c->sha.hash;
    c->settings.credentials = &c->credentials;
    c->settings.host = host;
    c->settings.tcp_port = tcp_port;
    c->settings.plain_http = 1;
    c->settings.work = c->work;
    c->settings.work_size = sizeof c->work;
    c->page.tasks = c->tasks;
    c->page.max = 8;
    osft_init(&c->client, &c->settings);
}

int caller_is_whole(const struct caller *c)
{
    static const char *const runs[CALLER_TASKS] = { "a", "b", "c" };
    int i;

    if (c->page.count != CALLER_TASKS || c->client.reply.tasks != CALLER_TASKS ||
        c->client.reply.total != 3) {
        return 0;
    }
    for (i = 0; i < CALLER_TASKS; i++) {
        if (strcmp(c->page.tasks[i].run_id.ptr, runs[i]) != 0) {
            return 0;
        }
    }
    return c->page.tasks[2].progress == 7;
}

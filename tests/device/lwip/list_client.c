/* SPDX-License-Identifier: Apache-2.0 */
#include "list_client.h"

#include <stdio.h>
#include <string.h>

#define TASK(run, status, progress)                                                             \
    "{\"functionName\":\"ctr\",\"runId\":\"" run "\",\"generation\":\"1\",\"status\":\"" status \
    "\",\"progress\":" progress ",\"startTime\":1777000000000,\"endTime\":0,\"extendInfo\":"    \
    "\"{\\\"auc\\\":0.71}\"}"
#define TASKS                                                                      \
    "{\"requestId\":\"r-1\",\"status\":\"OK\",\"totalCount\":3,\"result\":[" TASK( \
        "a", "success", "100") "," TASK("b", "failed", "40") "," TASK("c", "running", "7") "]}"
#define REFUSAL "{\"RequestId\":\"q\",\"Code\":\"InvalidTimeStamp.Expired\",\"Message\":\"no\"}"
#define DATE    "Date: Sat, 02 May 2026 12:00:00 GMT\r\n"

/* The body comes in two chunks. */
const char *task_response(void)
{
    static char response[2048];
    static const char body[] = TASKS;
    const int first = 100, rest = (int)sizeof body - 1 - first;

    if (response[0] == '\0') {
        snprintf(response, sizeof response,
                 "HTTP/1.1 200 OK\r\n" DATE "Transfer-Encoding: chunked\r\n\r\n"
                 "%x\r\n%.*s\r\n%x\r\n%s\r\n0\r\n\r\n",
                 (unsigned)first, first, body, (unsigned)rest, body + first);
    }
    return response;
}

const char *date_refusal(void)
{
    static char response[512];

    if (response[0] == '\0') {
        snprintf(response, sizeof response,
                 "HTTP/1.1 400 Bad Request\r\n" DATE "Content-Length: %d\r\n\r\n%s",
                 (int)sizeof REFUSAL - 1, REFUSAL);
    }
    return response;
}

void list_client_init(struct list_client *list, const struct osft_port *port, const char *host,
                      uint16_t tcp_port)
{
    memset(list, 0, sizeof *list);
    osft_mbedtls_sha256_init(&list->sha256);
    list->query.app_group = osft_span_from("app");
    list->query.function = osft_span_from("ctr");
    list->query.instance = osft_span_from("i1");
    list->credentials.id = osft_span_from("testid");
    list->credentials.secret = osft_span_from("testsecret");
    list->settings.port = port;
    list->settings.sha256 = &list->sha256.hash;
    list->settings.credentials = &list->credentials;
    list->settings.host = host;
    list->settings.tcp_port = tcp_port;
    list->settings.plain_http = 1;
    list->settings.work = list->work;
    list->settings.work_size = sizeof list->work;
    list->page.tasks = list->tasks;
    list->page.max = sizeof list->tasks / sizeof list->tasks[0];
    osft_init(&list->client, &list->settings);
}

int has_all_tasks(const struct list_client *list)
{
    static const char *const runs[TASK_COUNT] = { "a", "b", "c" };

    if (list->page.count != TASK_COUNT || list->client.reply.tasks != TASK_COUNT ||
        list->client.reply.total != TASK_COUNT) {
        return 0;
    }
    for (size_t i = 0; i < TASK_COUNT; i++) {
        if (strcmp(list->tasks[i].run_id.ptr, runs[i]) != 0) {
            return 0;
        }
    }
    return list->tasks[2].progress == 7;
}

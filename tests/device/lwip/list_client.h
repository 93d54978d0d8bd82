/* SPDX-License-Identifier: Apache-2.0 */
/* A client over any port, and the responses of a service to its requests. */
#ifndef LIST_CLIENT_H
#define LIST_CLIENT_H

#include "osft.h"
#include "osft_mbedtls_sha256.h"

struct list_client {
    struct osft_mbedtls_sha256 sha256;
    struct osft_credentials credentials;
    struct osft_settings settings; /* without retries */
    struct osft_query query;
    struct osft_client client;
    struct osft_task tasks[8];
    struct osft_page page;
    char work[4096];
};

void list_client_init(struct list_client *list, const struct osft_port *port, const char *host,
                      uint16_t tcp_port);
/* Whether the page has all tasks of task_response() and nothing else. */
int has_all_tasks(const struct list_client *list);

/* Return a response with TASK_COUNT tasks; static text. */
enum { TASK_COUNT = 3 };
const char *task_response(void);
/* Return a refusal of a request's date, with a Date header that says REFUSAL_UTC; static text. */
const char *date_refusal(void);
#define REFUSAL_UTC INT64_C(1777723200) /* 2026-05-02 12:00:00 */

#endif

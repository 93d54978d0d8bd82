/* SPDX-License-Identifier: Apache-2.0 */
/* Cells with osft-endpoint over loopback: mbedTLS at both ends, and sockets between them. */
#include "tls_matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"

#define TITLE    "osft-endpoint"
#define ARGS_MAX 8

struct endpoint_cell {
    const char *name;
    const char *args[ARGS_MAX];
    int visits, resumes;
    int result;
    const char *words;
    int is_plain; /* 1: the endpoint speaks plain HTTP */
};

static const struct endpoint_cell cells[] = {
    { .name = "P-256" },
    { .name = "RSA", .args = { "--rsa" } },
    { .name = "an address alone", .args = { "--names", "127.0.0.1" } },
    { .name = "names without the address",
      .args = { "--names", "localhost,example.com" },
      .result = OSFT_E_CERT,
      .words = "another name" },
    { .name = "the address as IPv6",
      .args = { "--names", "::ffff:127.0.0.1" },
      .result = OSFT_E_CERT,
      .words = "another name" },
    { .name = "expired a day ago",
      .args = { "--cert-days", "-1" },
      .result = OSFT_E_CERT_TIME,
      .words = "the server's certificate has expired" },
    { .name = "RSA, expired a day ago",
      .args = { "--cert-days", "-1", "--rsa" },
      .result = OSFT_E_CERT_TIME,
      .words = "the server's certificate has expired" },
    { .name = "valid from tomorrow",
      .args = { "--cert-from-days", "1" },
      .result = OSFT_E_CERT_TIME,
      .words = "the server's certificate is not valid yet" },
    { .name = "a session resumed", .visits = 3, .resumes = 1 },
    { .name = "a session resumed, RSA", .args = { "--rsa" }, .visits = 3, .resumes = 1 },
    { .name = "plain HTTP",
      .args = { "--plain-http" },
      .is_plain = 1,
      .result = OSFT_E_TLS,
      .words = "not TLS" },
};

static int start(struct live *endpoint, const struct endpoint_cell *cell, char *pem, size_t size)
{
    char path[LIVE_PATH_MAX];
    const char *args[ARGS_MAX + 12] = {
        "--port",     "0", "--access-key-id", "testid", "--access-key-secret", "testsecret",
        "--generate", "1"
    };
    size_t count = 8;

    live_path(path, "tls-matrix.pem");
    remove(path);
    if (!cell->is_plain) {
        args[count++] = "--ca-out";
        args[count++] = path;
    }
    for (size_t i = 0; i < ARGS_MAX && cell->args[i] != NULL; i++) {
        args[count++] = cell->args[i];
    }
    if (live_start(endpoint, args) != 0) {
        return -1;
    }
    return cell->is_plain ? 0 : live_read(path, pem, size);
}

/* Run a cell. Returns NULL, or the reason why it failed. */
static const char *visit(struct live_client *client, const struct endpoint_cell *cell)
{
    static struct osft_task tasks[1];
    static char why[300];
    struct osft_page page = { .tasks = tasks, .max = 1 };
    int visits = cell->visits != 0 ? cell->visits : 1;

    client->settings.retry = NULL;
    for (int i = 0; i < visits; i++) {
        int result = osft_list(&client->client, &client->query, &page, 0);
        const char *words = osft_tls_cause(&client->tls, result);
        int should_resume = cell->resumes && i > 0;

        osft_close(&client->client);
        words = words != NULL ? words : osft_strerror(result);
        if (result != cell->result || (result == OSFT_OK && page.count != 1)) {
            snprintf(why, sizeof why, "result %d, not %d: %s; %u tasks", result, cell->result,
                     words, (unsigned)page.count);
            return why;
        }
        if (cell->words != NULL && strstr(words, cell->words) == NULL) {
            snprintf(why, sizeof why, "'%s' does not say '%s'", words, cell->words);
            return why;
        }
        if (client->tls.resumed != should_resume) {
            return should_resume ? "no session was resumed" : "a session was resumed";
        }
    }
    return NULL;
}

static const char *run(struct live *endpoint, const struct endpoint_cell *cell)
{
    static struct live_client client;
    static char pem[8192];
    const char *why = "the client could not begin";

    if (start(endpoint, cell, pem, sizeof pem) != 0) {
        return "the endpoint did not start";
    }
    /* With plain HTTP any root will do, so the client keeps that of the cell before. */
    memset(&client, 0, sizeof client);
    if (live_client_init(&client, pem) == OSFT_OK) {
        live_client_begin(&client, endpoint);
        why = visit(&client, cell);
        live_client_end(&client);
    }
    live_client_free(&client);
    return why;
}

void run_endpoint_cells(void)
{
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        struct live endpoint = { 0 };
        const char *why = run(&endpoint, &cells[i]);

        live_stop(&endpoint);
        print_result(TITLE, cells[i].name, why);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_matrix.h"

#include <stdio.h>
#include <string.h>

#include "osft.h"
#include "osft_mbedtls_sha256.h"

/* The time limit, by the client's clock, which stands still unless nothing happens. */
#define LIMIT_MS 10000

static unsigned printed, failed;

void print_result(const char *title, const char *name, const char *why)
{
    printf("%sok %u - %s: %s\n", why != NULL ? "not " : "", ++printed, title, name);
    if (why != NULL) {
        printf("# %s\n", why);
        failed++;
    }
    fflush(stdout);
}

/* ---- the client of a cell ---- */

struct visitor {
    struct osft_tls tls;
    struct osft_port clockless; /* the port of a client that does not know the time */
    struct osft_mbedtls_sha256 sha256;
    struct osft_client client;
    struct osft_settings settings;
    struct osft_task task;
    struct osft_page page;
    char work[4096];
};

static int trust_root(struct osft_tls *tls, X509 *root)
{
    unsigned char *der = NULL;
    int len = i2d_X509(root, &der);
    int result = len > 0 ? osft_tls_ca(tls, der, (size_t)len) : OSFT_E_ARG;

    OPENSSL_free(der);
    return result;
}

static int trust_roots(struct osft_tls *tls, const struct chain *chain,
                       const struct made_chain *made)
{
    int result = OSFT_OK;

    for (size_t i = 0; i < chain->root_count && result == OSFT_OK; i++) {
        result = trust_root(tls, made->roots[i]);
    }
    if (result == OSFT_OK && !chain->distrusted) {
        result = trust_root(tls, made->certificates[0]);
    }
    if (result == OSFT_OK && chain->trusts_server) {
        result = trust_root(tls, made->certificates[made->count - 1]);
    }
    return result;
}

static int64_t unknown_time(void *ctx)
{
    (void)ctx;
    return -1;
}

static int begin_visitor(struct visitor *v, struct openssl_server *server, const struct cell *cell,
                         const struct made_chain *made)
{
    static const struct osft_credentials credentials = { .id = OSFT_LIT("testid"),
                                                         .secret = OSFT_LIT("testsecret") };

    memset(v, 0, sizeof *v);
    v->clockless = server->port;
    if (cell->floor_s != 0) {
        v->clockless.utc_s = unknown_time;
        /* Only a client that retries can learn the time from the service. */
        v->settings.retry = &osft_retry_default;
    }
    int result = osft_tls_init(&v->tls, &v->clockless, NULL, NULL);
    v->tls.floor_s = cell->floor_s;
    if (result == OSFT_OK) {
        result = trust_roots(&v->tls, &cell->chain, made);
    }
    osft_mbedtls_sha256_init(&v->sha256);
    v->settings.port = &v->tls.port;
    v->settings.sha256 = &v->sha256.hash;
    v->settings.credentials = &credentials;
    v->settings.host = cell->host != NULL ? cell->host : HOST;
    v->settings.tcp_port = 443;
    v->settings.work = v->work;
    v->settings.work_size = sizeof v->work;
    osft_init(&v->client, &v->settings);
    v->page.tasks = &v->task;
    v->page.max = 1;
    return result;
}

static int visit(struct visitor *v)
{
    static const struct osft_query query = { .app_group = OSFT_LIT("my_app"),
                                             .function = OSFT_LIT("ctr"),
                                             .instance = OSFT_LIT("ctr_test") };
    int result = osft_list(&v->client, &query, &v->page, LIMIT_MS);

    if (result == OSFT_OK && (v->page.count != 1 || v->task.run_id.len != strlen(RUN) ||
                              memcmp(v->task.run_id.ptr, RUN, strlen(RUN)) != 0)) {
        result = OSFT_E_RESPONSE; /* a result that no cell expects */
    }
    osft_close(&v->client);
    return result;
}

/* ---- the expected outcome ---- */

static int expected_result(const struct cell *cell)
{
    return cell->differs && MBEDTLS_VERSION_NUMBER >= 0x03000000 ? cell->result3 : cell->result;
}

static const char *expected_words(const struct cell *cell)
{
    return cell->differs && MBEDTLS_VERSION_NUMBER >= 0x03000000 ? cell->words3 : cell->words;
}

static const char *words_of(const struct osft_tls *tls, int result)
{
    const char *words = osft_tls_cause(tls, result);
    return words != NULL ? words : osft_strerror(result);
}

/* Whether the dates that the client reports with OSFT_E_CERT_TIME are not those for which the
 * certificate was refused. */
static int dates_are_wrong(const struct visitor *v, int result)
{
    struct osft_tls_validity validity;

    if (result != OSFT_E_CERT_TIME) {
        return 0;
    }
    return !osft_tls_get_validity(&v->tls, &validity) ||
           (validity.now_s >= validity.from_s && validity.now_s <= validity.until_s);
}

/* Whether the text contains one of the words, which are separated by bars. */
static int says(const char *text, const char *words)
{
    char one[120];

    for (;;) {
        size_t len = strcspn(words, "|");
        snprintf(one, sizeof one, "%.*s", (int)len, words);
        if (strstr(text, one) != NULL) {
            return 1;
        }
        if (words[len] == '\0') {
            return 0;
        }
        words += len + 1;
    }
}

/* Whether the client asked the server for a wrong name. The client must ask for the host's name
 * without a final dot. When the host is an address, it must not ask for a name. */
static int name_is_wrong(const struct cell *cell, const struct openssl_server *server)
{
    const char *host = cell->host != NULL ? cell->host : HOST;
    size_t len = strlen(host);

    if (host[0] == '[' || (host[0] >= '0' && host[0] <= '9')) {
        len = 0;
    } else if (host[len - 1] == '.') {
        len--;
    }
    return strlen(server->name) != len || memcmp(server->name, host, len) != 0;
}

static int is_expected(const struct cell *cell, int result)
{
    return cell->fails_somehow ? result != OSFT_OK && result != OSFT_E_RESPONSE
                               : result == expected_result(cell);
}

static int check_visit(const struct cell *cell, const struct visitor *v,
                       const struct openssl_server *server, int result, char *why, size_t size)
{
    const char *words = expected_words(cell), *told = words_of(&v->tls, result);

    if (!is_expected(cell, result)) {
        snprintf(why, size, "result %d, not %d: %s (TLS: %ld, alert %u, flags %lx)", result,
                 expected_result(cell), told, (long)*v->tls.port.code, v->tls.alert,
                 (unsigned long)v->tls.verify_flags);
    } else if (words != NULL && !says(told, words)) {
        snprintf(why, size, "'%s' does not say '%s'", told, words);
    } else if (result <= OSFT_E_TLS && result >= OSFT_E_CERT_TIME && !v->tls.handshake_done &&
               server->request_len != 0) {
        snprintf(why, size, "a server that is refused has received the request");
    } else if (result == OSFT_OK && name_is_wrong(cell, server)) {
        snprintf(why, size, "the server was asked for '%s'", server->name);
    } else if (dates_are_wrong(v, result)) {
        snprintf(why, size, "the dates that are told do not say why");
    } else {
        return 1;
    }
    return 0;
}

static int check_connections(const struct cell *cell, const struct openssl_server *server,
                             unsigned visits, char *why, size_t size)
{
    unsigned resumed = cell->resumes ? visits - 1 : 0;

    if (server->resumed != resumed) {
        snprintf(why, size, "%u sessions were resumed, not %u", server->resumed, resumed);
    } else if (server->connections > visits + cell->reconnects) {
        snprintf(why, size, "%u connections", server->connections);
    } else {
        return 1;
    }
    return 0;
}

int run_cell(const struct cell *cell, char *why, size_t size)
{
    static struct openssl_server server;
    static struct visitor visitor;
    struct made_chain made;
    unsigned visits = cell->visits != 0 ? cell->visits : 1;

    chain_make(&made, &cell->chain);
    server_make(&server, &cell->server, &cell->chain, &made);
    int begun = begin_visitor(&visitor, &server, cell, &made), is_good = begun == OSFT_OK;
    if (!is_good) {
        snprintf(why, size, "the client could not begin: %d", begun);
    }
    for (unsigned i = 0; i < visits && is_good; i++) {
        is_good = check_visit(cell, &visitor, &server, visit(&visitor), why, size);
    }
    is_good = is_good && check_connections(cell, &server, visits, why, size);
    osft_tls_free(&visitor.tls);
    unsigned records = server.records;
    server_free(&server);
    chain_free(&made);
    return is_good ? (int)records : -1;
}

static void run_cells(const struct cells *cells)
{
    for (size_t i = 0; i < cells->count; i++) {
        char why[400];
        int result = run_cell(&cells->cells[i], why, sizeof why);
        print_result(cells->title, cells->cells[i].name, result < 0 ? why : NULL);
    }
}

int main(void)
{
    printf("# mbedTLS %s, %s\n", MBEDTLS_VERSION_STRING, OPENSSL_VERSION_TEXT);
    run_cells(&name_cells);
    run_cells(&chain_cells);
    run_cells(&key_cells);
    run_cells(&protocol_cells);
    run_broken_connections();
    run_endpoint_cells();
    chain_forget_keys();
    printf("1..%u\n", printed);
    return failed != 0;
}

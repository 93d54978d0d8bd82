/* SPDX-License-Identifier: Apache-2.0 */
#include "connection.h"
#include <stdio.h>
#include <string.h>
#include "instance.h"
#include "pages.h"

static struct roots *loaded_roots; /* shared by all connections */

static void set_identity(struct connection *connection, const struct config *config,
                         const char *section)
{
    const char *ca = config_text(config, section, "ca"), *proxy = read_proxy(config, section);

    (void)read_endpoint(config, section, &connection->endpoint);
    connection->plain_http = config_integer(config, section, "plain_http") != 0;
    (void)snprintf(connection->ca, sizeof(connection->ca), "%s", ca != NULL ? ca : "");
    (void)snprintf(connection->proxy, sizeof(connection->proxy), "%s", proxy != NULL ? proxy : "");
    connection->has_proxy = proxy != NULL;
    open_key_source(&connection->source, config_text(config, section, "credentials"),
                    config_text(config, section, "profile"));
}

static int is_same_connection(const struct connection *a, const struct connection *b)
{
    return strcmp(a->endpoint.host, b->endpoint.host) == 0 &&
           a->endpoint.tcp_port == b->endpoint.tcp_port && a->plain_http == b->plain_http &&
           strcmp(a->ca, b->ca) == 0 && strcmp(a->proxy, b->proxy) == 0 &&
           a->has_proxy == b->has_proxy && strcmp(a->source.path, b->source.path) == 0 &&
           strcmp(a->source.profile, b->source.profile) == 0;
}

struct connection *find_connection(struct connection **list, const struct config *config,
                                   const char *section)
{
    struct connection *wanted = map_zeroed(sizeof(*wanted)), *known;

    if (wanted == NULL) {
        return NULL;
    }
    set_identity(wanted, config, section);
    for (known = *list; known != NULL; known = known->next) {
        if (is_same_connection(known, wanted)) {
            unmap_zeroed(wanted, sizeof(*wanted));
            known->is_used = 1;
            return known;
        }
    }
    wanted->listing = make_listing();
    if (wanted->listing == NULL) {
        unmap_zeroed(wanted, sizeof(*wanted));
        return NULL;
    }
    wanted->is_used = 1;
    wanted->next = *list;
    *list = wanted;
    return wanted;
}

/* Count a request, and renew the key when that is needed. This is the function for
 * osft_settings.renew, which is called before each request. */
static int before_request(void *ctx, int expired)
{
    struct connection *connection = ctx;

    if (connection->polled_instance != NULL) {
        connection->polled_instance->counters.requests++;
    }
    return renew_key(&connection->source, expired);
}

/* Load the roots that the connection needs, unless they are loaded already. Returns an
 * osft_error. */
static int load_needed_roots(struct connection *connection)
{
    connection->roots_problem[0] = 0;
    if (connection->plain_http || connection->roots != NULL) {
        return OSFT_OK;
    }
    return use_roots(&loaded_roots, connection->ca, &connection->roots, connection->roots_problem,
                     sizeof(connection->roots_problem));
}

int ready_connection(struct connection *connection)
{
    struct osft_hosted_options options;
    int result;

    if (connection->is_ready) {
        return OSFT_OK;
    }
    if (connection->source.key.id[0] == 0 && read_key(&connection->source) != 0) {
        return OSFT_E_TOKEN;
    }
    result = load_needed_roots(connection);
    if (result != OSFT_OK) {
        return result;
    }
    memset(&options, 0, sizeof(options));
    options.shared_roots = connection->roots != NULL ? &connection->roots->tls : NULL;
    options.credentials = &connection->source.credentials;
    options.proxy = connection->has_proxy ? connection->proxy : NULL;
    options.tcp_port = connection->endpoint.tcp_port;
    options.plain_http = connection->plain_http;
    result = osft_hosted_init_with(&connection->hosted, connection->endpoint.host, &options);
    if (result != OSFT_OK) {
        return result;
    }
    open_by_resolver(connection);
    connection->hosted.settings.renew = before_request;
    connection->hosted.settings.renew_ctx = connection;
    osft_init(&connection->client, &connection->hosted.settings);
    connection->is_ready = 1;
    return OSFT_OK;
}

void forget_response(struct connection *connection)
{
    clear_mapped(connection->hosted.work, sizeof(connection->hosted.work));
    clear_mapped(connection->listing, sizeof(*connection->listing));
}

const char *describe_result(struct connection *connection, int result)
{
    static char text[640];
    const char *error;

    if (result == OSFT_E_TOKEN && connection->source.problem.what[0] != 0) {
        return connection->source.problem.what;
    }
    if (!connection->is_ready && connection->roots_problem[0] != 0) {
        return connection->roots_problem;
    }
    error = osft_hosted_error(&connection->hosted, result,
                              connection->is_ready ? &connection->client.reply : NULL);
    (void)snprintf(text, sizeof(text), "%s", error);
    if (!connection->is_ready) {
        osft_hosted_free(&connection->hosted); /* the next poll initializes hosted again */
    }
    return text;
}

static void close_connection(struct connection *connection)
{
    if (connection->is_ready) {
        osft_close(&connection->client);
        osft_hosted_free(&connection->hosted);
    }
    release_roots(&loaded_roots, connection->roots); /* after hosted was freed, as it shares them */
    close_key_source(&connection->source);
    osft_wipe(connection->proxy, sizeof(connection->proxy));
    free_listing(connection->listing);
    unmap_zeroed(connection, sizeof(*connection));
}

void close_unused_connections(struct connection **list)
{
    struct connection **at = list;

    while (*at != NULL) {
        struct connection *connection = *at;

        if (connection->is_used) {
            at = &connection->next;
        } else {
            *at = connection->next;
            close_connection(connection);
        }
    }
}

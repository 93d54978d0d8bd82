/* SPDX-License-Identifier: Apache-2.0 */
/* Serves /metrics, /healthz and the page over HTTP, with libmicrohttpd and without threads. A
 * single descriptor, that of the library's epoll, stands for all connections.
 *
 * bounds: at most CONNECTIONS_MAX connections are open, each with CONNECTION_BYTES of memory for
 *         its request. A connection that is silent for CONNECTION_SECONDS is closed, and so is one
 *         that has not brought a whole request within REQUEST_MS: otherwise a few clients that send
 *         slowly could keep all others out. A body is made once for all requests within SHARED_MS,
 *         unless another configuration is put in force meanwhile.
 * Bodies that slow clients still read are kept; a further body is made only if all bodies then have
 * at most BODY_BYTES_MAX, if it is the only one, or if it has at most SMALL_BYTES. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "channel.h"
#include "health.h"
#include "http_host.h"
#include "listen.h"
#include "log.h"
#include "page.h"

#define CONNECTIONS_MAX    16
#define CONNECTION_BYTES   8192
#define CONNECTION_SECONDS 15
#define REQUEST_MS         10000 /* from the start of the connection, or from the last response */
#define SHARED_MS          1000
#define BODY_BYTES_MAX     (1024 * 1024)
#define SMALL_BYTES        4096

/* ---- state ---- */

struct path {
    const char *path, *content_type;
    unsigned (*put)(struct output *out); /* put the body; returns the status code */
    struct MHD_Response *response;       /* made last; NULL: there is none */
    unsigned status;
    int64_t made_ms;
};

static struct MHD_Daemon *http_daemon;
static struct health health;
static struct problem http_problem;
static int checks_host;            /* 1: requests to other names are refused */
static const char *expected_names; /* of this machine, from the configuration; NULL: none */
static size_t body_bytes;          /* the total length of all bodies in memory */
static uint64_t shared_reloads;    /* of the configuration that shared bodies were made under */
static char buffer[OUTPUT_BYTES];

/* An open connection. */
struct client {
    int fd;              /* its socket */
    int64_t deadline_ms; /* when its request must be whole, by get_monotonic_ms(); INT64_MAX: it is
                          * whole; 0: this entry is free */
};
static struct client clients[CONNECTIONS_MAX];

static const unsigned statuses[] = { 200, 400, 404, 405, 421, 503 };
#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))
static uint64_t response_counts[STATUSES]; /* responses sent, in the order of statuses[] */

static const struct config_key http_keys[] = {
    { "address", VALUE_TEXT, "an address in numbers, such as 127.0.0.1 or ::1", "127.0.0.1", 1, 63,
      NULL, 0, 0 },
    { "port", VALUE_INTEGER, "a TCP port, from 1 to 65535, or 0 for any that is free", "9473", 0,
      65535, NULL, 0, 0 },
    { "names", VALUE_TEXT,
      "names of this machine that clients use besides its addresses, with spaces between them",
      NULL, 1, 1000, NULL, 0, 0 },
    { "unhealthy_after", VALUE_DURATION,
      "how long an instance may go without a poll that goes well, such as 10m", NULL, 1,
      INT64_C(7) * 24 * 3600 * 1000, NULL, 0, 0 },
    { NULL, VALUE_TEXT, NULL, NULL, 0, 0, NULL, 0, 0 }
};

/* ---- bodies of the paths ---- */

static unsigned put_page_path(struct output *out)
{
    put_page(out, health.reporter, get_utc_ms());
    return MHD_HTTP_OK;
}

static unsigned put_style_path(struct output *out)
{
    put_text(out, page_style);
    return MHD_HTTP_OK;
}

static unsigned put_metrics_path(struct output *out)
{
    put_exposition(out, health.reporter);
    return MHD_HTTP_OK;
}

static unsigned put_health_path(struct output *out)
{
    return put_health(out, &health, get_monotonic_ms()) == 0 ? MHD_HTTP_OK
                                                             : MHD_HTTP_SERVICE_UNAVAILABLE;
}

static struct path paths[] = {
    { "/", "text/html; charset=utf-8", put_page_path, NULL, 0, 0 },
    { PAGE_STYLE_PATH, "text/css; charset=utf-8", put_style_path, NULL, 0, 0 },
    { "/metrics", "text/plain; version=0.0.4; charset=utf-8", put_metrics_path, NULL, 0, 0 },
    { "/healthz", "text/plain; charset=utf-8", put_health_path, NULL, 0, 0 },
};
#define PATHS (sizeof(paths) / sizeof(paths[0]))

/* ---- the time limit of requests ---- */

/* Enter a connection in clients[] when it begins, and remove it before its socket is closed. */
static void on_connection(void *ctx, struct MHD_Connection *connection, void **client,
                          enum MHD_ConnectionNotificationCode code)
{
    size_t i = 0;

    (void)ctx;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*client != NULL) {
            ((struct client *)*client)->deadline_ms = 0;
        }
        return;
    }
    while (i < CONNECTIONS_MAX && clients[i].deadline_ms != 0) {
        i++;
    }
    if (i < CONNECTIONS_MAX) {
        clients[i].fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        clients[i].deadline_ms = get_monotonic_ms() + REQUEST_MS;
        *client = &clients[i];
    }
}

static void set_request_deadline(struct MHD_Connection *connection, int64_t deadline_ms)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    if (info != NULL && info->socket_context != NULL) {
        ((struct client *)info->socket_context)->deadline_ms = deadline_ms;
    }
}

/* Give the next request of a connection its time, after a response was sent. */
static void on_completed(void *ctx, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode code)
{
    (void)ctx, (void)request, (void)code;
    set_request_deadline(connection, get_monotonic_ms() + REQUEST_MS);
}

/* Shut down connections whose request is not whole in time. libmicrohttpd then closes them. Returns
 * the time until this function must be called again; ms, INT64_MAX: there is no deadline. */
static int64_t end_slow_requests(void)
{
    int64_t now_ms = get_monotonic_ms(), next_ms = INT64_MAX;
    size_t i;

    for (i = 0; i < CONNECTIONS_MAX; i++) {
        struct client *client = &clients[i];

        if (client->deadline_ms == 0 || client->deadline_ms == INT64_MAX) {
            continue;
        }
        if (client->deadline_ms <= now_ms) {
            (void)shutdown(client->fd, SHUT_RDWR);
            client->deadline_ms = INT64_MAX;
        } else if (client->deadline_ms - now_ms < next_ms) {
            next_ms = client->deadline_ms - now_ms;
        }
    }
    return next_ms;
}

/* ---- responses ---- */

/* Free a body. Its length is stored in front of it. */
static void free_body(void *body)
{
    char *begin = (char *)body - sizeof(size_t);
    size_t len;

    memcpy(&len, begin, sizeof(len));
    body_bytes -= len;
    free(begin);
}

/* Make a response from the memory, which begins with room for the body's length. Returns NULL when
 * there is no room for the body. */
static struct MHD_Response *keep_body(struct memory *memory)
{
    size_t len = memory->len - sizeof(len);
    char *fitted = realloc(memory->bytes, memory->len); /* frees unused room */
    struct MHD_Response *response = NULL;

    memory->bytes = fitted != NULL ? fitted : memory->bytes;
    memcpy(memory->bytes, &len, sizeof(len));
    if (body_bytes == 0 || len <= SMALL_BYTES || body_bytes + len <= BODY_BYTES_MAX) {
        response = MHD_create_response_from_buffer_with_free_callback(
            len, memory->bytes + sizeof(len), free_body);
    }
    if (response != NULL) {
        body_bytes += len;
    } else {
        free(memory->bytes);
    }
    /* cppcheck-suppress memleak ; the response frees the text, by free_body() */
    return response;
}

/* Add the headers that all responses have: caches store nothing, the page can load nothing but its
 * own style sheet, no other page may frame it, and no browser guesses another content type. */
static void add_headers(struct MHD_Response *response, const char *content_type)
{
    static const char *const headers[][2] = {
        { "Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; "
                                     "form-action 'none'; frame-ancestors 'none'" },
        { "X-Content-Type-Options", "nosniff" },
        { "Referrer-Policy", "no-referrer" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
        { "Cache-Control", "no-store" },
    };
    size_t i;

    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        (void)MHD_add_response_header(response, headers[i][0], headers[i][1]);
    }
}

/* Make the response of a path, with its present content. Returns NULL when there is no memory or no
 * room for it. */
static struct MHD_Response *make_response(struct path *path)
{
    struct memory memory = { NULL, 0, 0 };
    struct output out = { .fd = -1, .memory = &memory, .buffer = buffer };
    struct MHD_Response *response;
    size_t len = 0;

    put_bytes(&out, (const char *)&len, sizeof(len)); /* room for the length */
    path->status = path->put(&out);
    flush_output(&out);
    if (out.error != 0) {
        free(memory.bytes);
        return NULL;
    }
    response = keep_body(&memory);
    if (response != NULL) {
        add_headers(response, path->content_type);
    }
    return response;
}

static void drop_response(struct path *path)
{
    if (path->response != NULL) {
        MHD_destroy_response(path->response); /* connections that still send it keep it */
        path->response = NULL;
    }
}

/* Drop responses that are too old to be sent again, or that show another configuration than the
 * present one. */
static void drop_old_responses(void)
{
    int64_t now_ms = get_monotonic_ms();
    int is_reloaded = shared_reloads != health.reporter->reloads;
    size_t i;

    shared_reloads = health.reporter->reloads;
    for (i = 0; i < PATHS; i++) {
        if (is_reloaded || now_ms - paths[i].made_ms >= SHARED_MS) {
            drop_response(&paths[i]);
        }
    }
}

/* Return the response of a path, made now or less than SHARED_MS ago. NULL: there are too many
 * bodies in memory, or there is no memory. */
static struct MHD_Response *get_response(struct path *path)
{
    drop_old_responses();
    if (path->response == NULL) {
        path->response = make_response(path);
        path->made_ms = get_monotonic_ms();
    }
    return path->response;
}

static enum MHD_Result queue_response(struct MHD_Connection *connection, unsigned status,
                                      struct MHD_Response *response)
{
    size_t i;

    for (i = 0; i < STATUSES; i++) {
        response_counts[i] += statuses[i] == status;
    }
    set_request_deadline(connection, INT64_MAX);
    return MHD_queue_response(connection, status, response);
}

static enum MHD_Result queue_text(struct MHD_Connection *connection, unsigned status,
                                  const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL) {
        return MHD_NO; /* the connection is closed */
    }
    add_headers(response, "text/plain; charset=utf-8");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    }
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "5");
    }
    result = queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- requests ---- */

static int has_request_body(struct MHD_Connection *connection)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return (length != NULL && strcmp(length, "0") != 0) ||
           MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                       MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;
}

static struct path *find_path(const char *url)
{
    size_t i = 0;

    while (i < PATHS && strcmp(paths[i].path, url) != 0) {
        i++;
    }
    return i < PATHS ? &paths[i] : NULL;
}

static enum MHD_Result queue_path(struct MHD_Connection *connection, struct path *path)
{
    struct MHD_Response *response = get_response(path);

    if (response == NULL) {
        return queue_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                          "Too many clients read slowly. Try again in a few seconds.\n");
    }
    return queue_response(connection, path->status, response);
}

static int has_expected_host(struct MHD_Connection *connection)
{
    return !checks_host || is_expected_host(MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                                        MHD_HTTP_HEADER_HOST),
                                            expected_names);
}

/* Answer a request. libmicrohttpd calls this function twice for each request: after the header, and
 * after the whole request. A response to the first call makes libmicrohttpd close the connection.
 * That is right only for a request that is refused and may have a body. */
static enum MHD_Result answer_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                      const char *method, const char *version, const char *data,
                                      size_t *data_size, void **request)
{
    struct path *path = find_path(url);

    (void)ctx, (void)version, (void)data, (void)data_size;
    if (!has_expected_host(connection)) {
        return queue_text(connection, MHD_HTTP_MISDIRECTED_REQUEST,
                          "This is no name of this machine. Ask by its address, or add the name to "
                          "names in [http].\n");
    }
    if (path == NULL) {
        return queue_text(connection, MHD_HTTP_NOT_FOUND,
                          "There is nothing here. Ask for /, /metrics or /healthz.\n");
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        return queue_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "Use GET or HEAD.\n");
    }
    if (has_request_body(connection)) {
        return queue_text(connection, MHD_HTTP_BAD_REQUEST, "Send no body.\n");
    }
    if (*request == NULL) {
        *request = path;
        return MHD_YES;
    }
    return queue_path(connection, path);
}

/* ---- the channel ---- */

static int check_http(const struct config *config)
{
    const char *names = config_text(config, "http", "names");
    int result = 0;

    if (!is_numeric_address(config_text(config, "http", "address"))) {
        result = config_report(config, "http", "address", "this is no address in numbers",
                               "127.0.0.1 for this machine only, or 0.0.0.0 for the network");
    }
    if (names != NULL && !is_name_list(names)) {
        result = config_report(config, "http", "names", "no request could match this",
                               "names with spaces between them, without http:// and port");
    }
    return result;
}

static int start_daemon(int fd)
{
    http_daemon = MHD_start_daemon(
        MHD_USE_EPOLL, 0, NULL, NULL, answer_request, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_SECONDS,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, NULL, MHD_OPTION_END);
    return http_daemon != NULL ? 0 : -1;
}

static int start_http(const struct reporter *reporter)
{
    const char *address = config_text(reporter->config, "http", "address");
    uint16_t port = (uint16_t)config_integer(reporter->config, "http", "port");
    struct listen_problem problem;
    char url[URL_SIZE];
    int fd = open_listener(address, port, url, &problem);

    if (fd < 0) { /* the loop calls start() again, so the failure is reported once */
        problem_set(&http_problem, "http: %s; write %s as [http] %s", problem.what, problem.advice,
                    problem.key);
        return -1;
    }
    if (start_daemon(fd) != 0) {
        (void)close(fd);
        problem_set(&http_problem,
                    "http: there is no memory or no descriptor for libmicrohttpd; end "
                    "other programs, or raise the limit (ulimit -n)");
        return -1;
    }
    expected_names = config_text(reporter->config, "http", "names");
    checks_host = expected_names != NULL || is_loopback_address(address);
    problem_clear(&http_problem, "http: requests are taken again");
    start_health(&health, reporter, get_monotonic_ms());
    if (config_is_set(reporter->config, "http", "unhealthy_after")) {
        health.allowed_ms = config_integer(reporter->config, "http", "unhealthy_after");
    }
    log_line("http: the page is at %s", url);
    if (!is_loopback_address(address)) {
        log_line("http: whoever reaches %s can read it: there is no login", url);
    }
    return 0;
}

static void stop_http(void)
{
    size_t i;

    if (http_daemon != NULL) {
        MHD_stop_daemon(http_daemon); /* also closes the listening socket */
        http_daemon = NULL;
    }
    for (i = 0; i < PATHS; i++) {
        drop_response(&paths[i]);
    }
}

static void on_http_poll(const struct instance *instance, const struct poll_result *result)
{
    (void)result;
    note_poll(&health, instance, get_monotonic_ms());
}

static size_t prepare_http(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    const union MHD_DaemonInfo *info;
    MHD_UNSIGNED_LONG_LONG due_ms = 0;

    if (http_daemon == NULL || room == 0) {
        return 0;
    }
    lower_timeout(timeout_ms, end_slow_requests());
    info = MHD_get_daemon_info(http_daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (MHD_get_timeout(http_daemon, &due_ms) == MHD_YES &&
        due_ms < (unsigned long long)*timeout_ms) {
        *timeout_ms = (int64_t)due_ms;
    }
    descriptors[0].fd = info->epoll_fd;
    descriptors[0].events = POLLIN;
    descriptors[0].revents = 0;
    return 1;
}

static unsigned count_connections(void)
{
    return MHD_get_daemon_info(http_daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections;
}

/* Run libmicrohttpd. While CONNECTIONS_MAX connections are open, it does not listen. After a
 * connection has ended, it must be run once more to listen again, and its descriptor does not
 * signal that. */
static void run_daemon(void)
{
    static int was_full;

    (void)MHD_run(http_daemon);
    if (was_full && count_connections() < CONNECTIONS_MAX) {
        (void)MHD_run(http_daemon);
    }
    was_full = count_connections() >= CONNECTIONS_MAX;
}

static void run_http(const struct pollfd *descriptors, size_t count)
{
    (void)descriptors, (void)count; /* runs without events as well, as connections may time out */
    if (http_daemon != NULL) {
        refresh_health(&health, get_monotonic_ms());
        run_daemon();
        drop_old_responses();
    }
}

static const char *describe_http(void)
{
    static char text[48];

    (void)snprintf(text, sizeof(text), "libmicrohttpd %s", MHD_get_version());
    return text;
}

static void put_http_metrics(struct output *out)
{
    size_t i;

    put_text(out, "# HELP osft_reporter_http_responses_total Responses to HTTP requests.\n"
                  "# TYPE osft_reporter_http_responses_total counter\n");
    for (i = 0; i < STATUSES; i++) {
        put_text(out, "osft_reporter_http_responses_total{code=\"");
        put_integer(out, statuses[i]);
        put_text(out, "\"} ");
        put_integer(out, (int64_t)response_counts[i]);
        put_text(out, "\n");
    }
}

extern const struct channel http_channel;
const struct channel http_channel = {
    .name = "http",
    .keys = http_keys,
    .check = check_http,
    .start = start_http,
    .on_poll = on_http_poll,
    .prepare = prepare_http,
    .run = run_http,
    .stop = stop_http,
    .describe = describe_http,
    .put_metrics = put_http_metrics,
    .needs_no_instances = 1, /* open connections, and a port that was chosen by the system, stay */
};

/* SPDX-License-Identifier: Apache-2.0 */
/* Serves /metrics, /healthz and the page over HTTP, with libmicrohttpd and without threads. A
 * single descriptor, that of the library's epoll, stands for all connections.
 *
 * bounds: at most HTTP_CLIENTS_MAX connections are open, each with CONNECTION_BYTES of memory for
 *         its request. The limits of time keep a few slow clients from using all connections. A
 *         connection is closed when the client sends and reads nothing for CONNECTION_SECONDS, when
 *         it has not sent a whole request within HTTP_REQUEST_MS, or when it has not read a whole
 *         response within HTTP_RESPONSE_MS. The limit for a response is HTTP_SCARCE_MS while all
 *         connections are in use, and while a path has no room for a new body. While all
 *         connections are in use, a connection is closed after its response.
 * bodies: all requests for a path within SHARED_MS get the same body, unless another configuration
 *         is put in force meanwhile. A body stays in memory while clients read it. A new body is
 *         made if it is the only body of its path, if it has at most SMALL_BYTES, or if all bodies
 *         of the path together then have at most BODY_BYTES_MAX. Otherwise the path has no room
 *         for the new body, and the last body is sent again until it is STALE_MS old. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "channel.h"
#include "health.h"
#include "http_clients.h"
#include "http_host.h"
#include "listen.h"
#include "log.h"
#include "page.h"

#define CONNECTION_BYTES   8192
#define CONNECTION_SECONDS 15
#define SHARED_MS          1000
#define STALE_MS           60000 /* by then the readers of all older bodies are closed */
#define BODY_BYTES_MAX     (1024 * 1024)
#define SMALL_BYTES        4096

/* ---- state ---- */

struct path {
    const char *path, *content_type;
    unsigned (*put)(struct output *out); /* puts the body; returns the status code */
    struct MHD_Response *response; /* the last one that was made; NULL: none, or it was dropped */
    unsigned status;
    int64_t made_ms;
    size_t body_bytes; /* the total length of all bodies of this path in memory */
    unsigned requests; /* the number of requests that are being answered */
    int lacks_room;    /* 1: the last new body had no room beside the older ones */
};

static struct MHD_Daemon *http_daemon;
static struct health health;
static struct problem http_problem;
static int must_check_host;        /* 1: requests with other names in the Host field are refused */
static const char *expected_names; /* names of this machine in the configuration; NULL: none */
static uint64_t reloads_of_bodies; /* the value of reporter->reloads when bodies were made */
static char buffer[OUTPUT_BYTES];

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
    { "/", "text/html; charset=utf-8", put_page_path, NULL, 0, 0, 0, 0, 0 },
    { PAGE_STYLE_PATH, "text/css; charset=utf-8", put_style_path, NULL, 0, 0, 0, 0, 0 },
    { "/metrics", "text/plain; version=0.0.4; charset=utf-8", put_metrics_path, NULL, 0, 0, 0, 0,
      0 },
    { "/healthz", "text/plain; charset=utf-8", put_health_path, NULL, 0, 0, 0, 0, 0 },
};
#define PATHS (sizeof(paths) / sizeof(paths[0]))

/* ---- the time limits of connections ---- */

/* Add an entry for a connection that begins, and remove the entry of a connection whose socket is
 * about to be closed. */
static void on_connection(void *ctx, struct MHD_Connection *connection, void **client,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)ctx;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *client = add_http_client(
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
            get_monotonic_ms());
    } else if (*client != NULL) {
        remove_http_client(*client);
    }
}

/* Return the entry of a connection; NULL: the connection has none. */
static struct http_client *get_client(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

/* Note that a request has ended: its response was sent, or its connection has failed. */
static void on_completed(void *ctx, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode code)
{
    struct path *path = *request;
    struct http_client *client = get_client(connection);

    (void)ctx, (void)code;
    if (path != NULL) {
        path->requests--;
    }
    if (client != NULL) {
        note_http_response_end(client, get_monotonic_ms());
    }
}

/* ---- responses ---- */

/* The bytes in front of each body in memory. */
struct body_head {
    struct path *path;
    size_t len; /* of the body */
};

static void free_body(void *body)
{
    char *begin = (char *)body - sizeof(struct body_head);
    struct body_head head;

    memcpy(&head, begin, sizeof(head));
    head.path->body_bytes -= head.len;
    free(begin);
}

/* Make a response whose body is the memory behind the room for a head, and fill in the head. Takes
 * the memory over. Returns NULL, with the memory freed, when the path has no room for the body. */
static struct MHD_Response *make_response_of(struct path *path, struct memory *memory)
{
    struct body_head head = { path, memory->len - sizeof(head) };
    char *fitted = realloc(memory->bytes, memory->len); /* frees unused room */
    struct MHD_Response *response = NULL;

    memory->bytes = fitted != NULL ? fitted : memory->bytes;
    memcpy(memory->bytes, &head, sizeof(head));
    if (path->body_bytes == 0 || head.len <= SMALL_BYTES ||
        path->body_bytes + head.len <= BODY_BYTES_MAX) {
        response = MHD_create_response_from_buffer_with_free_callback(
            head.len, memory->bytes + sizeof(head), free_body);
    }
    if (response != NULL) {
        path->body_bytes += head.len;
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

static void drop_response(struct path *path)
{
    if (path->response != NULL) {
        MHD_destroy_response(path->response); /* connections that are sending it keep it */
        path->response = NULL;
    }
}

/* Replace the response of a path by one with the present content. When the memory or the path has
 * no room for the new response, the old one stays. */
static void renew_response(struct path *path)
{
    struct memory memory = { NULL, 0, 0 };
    struct output out = { .fd = -1, .memory = &memory, .buffer = buffer };
    const struct body_head head = { NULL, 0 };
    struct MHD_Response *response = NULL;
    unsigned status;

    put_bytes(&out, (const char *)&head, sizeof(head)); /* overwritten with the head of the body */
    status = path->put(&out);
    flush_output(&out);
    if (out.error == 0) {
        response = make_response_of(path, &memory);
    } else {
        free(memory.bytes);
    }
    path->lacks_room = response == NULL;
    if (response != NULL) {
        add_headers(response, path->content_type);
        drop_response(path);
        path->response = response;
        path->status = status;
        path->made_ms = get_monotonic_ms();
    }
}

/* Drop responses that will not be sent again: those of an earlier configuration, and those that are
 * older than SHARED_MS. A response that clients are reading is dropped only after STALE_MS. Until
 * then dropping it would free no memory, and it can be sent again when there is no room for a new
 * response. */
static void drop_old_responses(void)
{
    int64_t now_ms = get_monotonic_ms();
    int is_reloaded = reloads_of_bodies != health.reporter->reloads;
    size_t i;

    reloads_of_bodies = health.reporter->reloads;
    for (i = 0; i < PATHS; i++) {
        struct path *path = &paths[i];

        if (is_reloaded || now_ms - path->made_ms >= (path->requests > 0 ? STALE_MS : SHARED_MS)) {
            drop_response(path);
        }
        path->lacks_room = path->lacks_room && path->body_bytes > 0;
    }
}

/* Return the response of a path: one that was made less than SHARED_MS ago, or a new one, or the
 * old one when there is no room for a new one. Returns NULL when there is no old one either. */
static struct MHD_Response *get_response(struct path *path)
{
    drop_old_responses();
    if (path->response == NULL || get_monotonic_ms() - path->made_ms >= SHARED_MS) {
        renew_response(path);
    }
    return path->response;
}

static enum MHD_Result queue_response(struct MHD_Connection *connection, unsigned status,
                                      struct MHD_Response *response)
{
    struct http_client *client = get_client(connection);
    size_t i;

    for (i = 0; i < STATUSES; i++) {
        response_counts[i] += statuses[i] == status;
    }
    if (client != NULL) {
        note_http_response(client, get_monotonic_ms());
    }
    return MHD_queue_response(connection, status, response);
}

static enum MHD_Result queue_text(struct MHD_Connection *connection, unsigned status,
                                  const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL) {
        return MHD_NO; /* libmicrohttpd then closes the connection */
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
    return !must_check_host ||
           is_expected_host(
               MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST),
               expected_names);
}

/* Answer a request. libmicrohttpd calls this function twice for each request: after the header, and
 * after the whole request. A response to the first call makes libmicrohttpd close the connection.
 * Therefore only a request that is refused, and that may have a body, gets its response in the
 * first call. */
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
        path->requests++;
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
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CLIENTS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
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
    must_check_host = expected_names != NULL || is_loopback_address(address);
    problem_clear(&http_problem, "http: requests are taken again");
    start_health(&health, reporter, get_monotonic_ms());
    if (config_is_set(reporter->config, "http", "unhealthy_after")) {
        health.allowed_ms = config_integer(reporter->config, "http", "unhealthy_after");
    }
    if (!is_loopback_address(address)) {
        log_line("http: whoever reaches %s can read it: there is no login", url);
    }
    log_line("http: the page is at %s", url); /* last, as scripts wait for this line */
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

/* Whether the last new body of a path had no room. */
static int has_path_without_room(void)
{
    size_t i = 0;

    while (i < PATHS && !paths[i].lacks_room) {
        i++;
    }
    return i < PATHS;
}

static size_t prepare_http(struct pollfd *descriptors, size_t room, int64_t *timeout_ms)
{
    const union MHD_DaemonInfo *info;
    MHD_UNSIGNED_LONG_LONG due_ms = 0;

    if (http_daemon == NULL || room == 0) {
        return 0;
    }
    lower_timeout(timeout_ms, end_slow_http_clients(get_monotonic_ms(), has_path_without_room()));
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

/* Run libmicrohttpd. While HTTP_CLIENTS_MAX connections are open, libmicrohttpd does not listen.
 * When one of them has ended, libmicrohttpd listens again only after a further run, and its
 * descriptor does not signal that the run is needed. */
static void run_daemon(void)
{
    static int was_full;

    (void)MHD_run(http_daemon);
    if (was_full && count_connections() < HTTP_CLIENTS_MAX) {
        (void)MHD_run(http_daemon);
    }
    was_full = count_connections() >= HTTP_CLIENTS_MAX;
}

static void run_http(const struct pollfd *descriptors, size_t count)
{
    (void)descriptors, (void)count; /* runs also without events, to close slow connections */
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
    .needs_no_instances = 1, /* so open connections, and a port chosen by the system, stay */
};

/* SPDX-License-Identifier: Apache-2.0 */
/* struct osft_hosted with a client, against a service on loopback that a child process plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "osft_hosted.h"
#include "tls_server.h"

#define ANSWER                                                                                \
    "HTTP/1.1 200 OK\r\nContent-Length: 105\r\nConnection: close\r\n\r\n"                     \
    "{\"requestId\":\"r-1\",\"status\":\"OK\",\"totalCount\":1,\"result\":[{\"runId\":\"a\"," \
    "\"status\":"                                                                             \
    "\"running\",\"progress\":7}]}        "
#define REFUSAL                                                                 \
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 73\r\nConnection: close\r\n\r\n" \
    "{\"RequestId\":\"q-9\\u001b[31m\",\"Code\":\"Forbidden.Ram\",\"Message\":\"secret\"}     "

static struct pki good, other;
static char folder[] = "/tmp/osft-hosted-XXXXXX";
static char good_path[64], other_path[64], no_path[64];

static struct osft_hosted hosted;
static struct osft_client client;
static struct osft_task tasks[4];
static struct osft_page page;
static const struct osft_query query = { .app_group = OSFT_LIT("app"),
                                         .function = OSFT_LIT("ctr"),
                                         .instance = OSFT_LIT("i1") };
static pid_t child;
static uint16_t tcp_port;

/* The proxy's response to CONNECT, where the child process plays both proxy and service; NULL:
 * there is no proxy. */
static const char *proxy_response;

static int write_file(char *path, const char *name, const char *text)
{
    snprintf(path, sizeof good_path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    return f == NULL || fputs(text, f) < 0 || fclose(f) != 0 ? -1 : 0;
}

static int make_files(void **state)
{
    (void)state;
    if (test_tls_pki(&good, &other, NULL) != 0 || mkdtemp(folder) == NULL) {
        return -1;
    }
    return write_file(good_path, "good.pem", good.ca_pem) +
           write_file(other_path, "other.pem", other.ca_pem) +
           write_file(no_path, "none.pem", "none");
}

static int remove_files(void **state)
{
    (void)state;
    unlink(good_path);
    unlink(other_path);
    unlink(no_path);
    return rmdir(folder);
}

static int begin(void **state)
{
    (void)state;
    static const char *const others[] = { "SSL_CERT_FILE", "ALIBABA_CLOUD_SECURITY_TOKEN",
                                          "https_proxy",   "HTTPS_PROXY",
                                          "no_proxy",      "NO_PROXY" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        unsetenv(others[i]);
    }
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "testid", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "testsecret", 1);
    memset(&client, 0, sizeof client);
    memset(&page, 0, sizeof page);
    page.tasks = tasks;
    page.max = 4;
    return 0;
}

static int end(void **state)
{
    (void)state;
    osft_hosted_free(&hosted);
    osft_hosted_free(&hosted); /* must do no harm */
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    child = 0;
    proxy_response = NULL;
    return 0;
}

/* Listen on a free TCP port, and set tcp_port. Returns the socket. */
static int make_listener(void)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    tcp_port = ntohs(at.sin_port);
    return listener;
}

/* Read up to an empty line. Returns whether the bytes contain this text. */
static int read_request(int fd, const char *text)
{
    char request[4096] = { 0 };
    size_t len = 0;
    ssize_t n;

    while (strstr(request, "\r\n\r\n") == NULL &&
           (n = read(fd, request + len, sizeof request - 1 - len)) > 0) {
        len += (size_t)n;
    }
    return strstr(request, text) != NULL;
}

static void play_service(int fd, const struct pki *pki, const char *answer)
{
    if (proxy_response != NULL && read_request(fd, "CONNECT 127.0.0.1:") &&
        write(fd, proxy_response, strlen(proxy_response)) < 0) {
        return;
    }
    if (pki != NULL) {
        test_tls_serve(pki, answer);
        server.bye = TEST_STAY;
        test_tls_over_socket(&server, fd);
        test_tls_free(&server);
        return;
    }
    (void)read_request(fd, "");
    (void)poll(NULL, 0, 50); /* in this time, a client that does not sleep would turn many times */
    (void)!write(fd, answer, strlen(answer));
}

/* Start a service that sends this response to each request; over TLS unless pki is NULL. */
static void start_service(const struct pki *pki, const char *answer)
{
    int listener = make_listener();

    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        for (;;) {
            int fd = accept(listener, NULL, NULL);
            if (fd < 0) {
                _exit(1);
            }
            play_service(fd, pki, answer);
            close(fd);
        }
    }
    close(listener);
}

static void forget(void)
{
    if (hosted.settings.port != NULL) {
        osft_hosted_free(&hosted);
    }
}

static int start(const char *host, const struct osft_hosted_options *given)
{
    struct osft_hosted_options options = *given;
    options.tcp_port = tcp_port;
    forget();
    int result = osft_hosted_init_with(&hosted, host, &options);
    osft_init(&client, &hosted.settings);
    return result;
}

static void assert_lists(void)
{
    int result = osft_list(&client, &query, &page, 60000);
    if (result != OSFT_OK) {
        fail_msg("%s", osft_hosted_error(&hosted, result, &client.reply));
    }
    assert_int_equal(page.count, 1);
    assert_string_equal(page.tasks[0].run_id.ptr, "a");
    osft_close(&client);
}

/* Assert that the text of a result is one line and contains all of these words. */
static void assert_text(int result, const struct osft_reply *reply, const char *one,
                        const char *two)
{
    const char *text = osft_hosted_error(&hosted, result, reply);
    if (strstr(text, one) == NULL || strstr(text, two) == NULL || strchr(text, '\n') != NULL) {
        fail_msg("\"%s\" lacks \"%s\" or \"%s\"", text, one, two);
    }
}

static void a_list_over_plain_http_for_tests(void **state)
{
    (void)state;
    start_service(NULL, ANSWER);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .plain_http = 1 }), OSFT_OK);
    assert_lists();
}

static void a_list_over_tls_with_roots_of_the_caller(void **state)
{
    (void)state;
    start_service(&good, ANSWER);
    const char *const roots[] = { good_path, folder };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = roots[i] }),
                         OSFT_OK);
        assert_lists();
    }
}

static void a_list_over_tls_with_roots_that_another_struct_has_loaded(void **state)
{
    static struct osft_tls owner;
    const char *reason;
    (void)state;
    start_service(&good, ANSWER);
    assert_int_equal(osft_tls_init(&owner, &hosted.sockets.port, NULL, NULL), OSFT_OK);
    assert_int_equal(osft_hosted_load_roots(&owner, good_path, &reason), OSFT_OK);
    /* the path is not used */
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .shared_roots = &owner,
                                                                       .roots = no_path }),
                     OSFT_OK);
    assert_lists();
    forget();
    osft_tls_free(&owner);
}

static void a_list_over_tls_with_the_roots_that_the_environment_names(void **state)
{
    static const struct osft_hosted_options usual;
    (void)state;
    start_service(&good, ANSWER);
    setenv("SSL_CERT_FILE", good_path, 1);
    assert_int_equal(start("127.0.0.1", &usual), OSFT_OK);
    assert_lists();
}

static void a_list_over_tls_through_a_proxy(void **state)
{
    char url[80];
    (void)state;
    proxy_response = "HTTP/1.1 200 Go\r\n\r\n";
    start_service(&good, ANSWER);
    snprintf(url, sizeof url, "http://me:sEcReT@127.0.0.1:%u", (unsigned)tcp_port);
    assert_int_equal(
        start("127.0.0.1", &(struct osft_hosted_options){ .roots = good_path, .proxy = url }),
        OSFT_OK);
    assert_lists();
    assert_int_equal(hosted.proxy.http_status, 200);
    setenv("HTTPS_PROXY", url, 1);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = good_path }),
                     OSFT_OK);
    assert_lists();
    assert_int_equal(hosted.proxy.http_status, 200);
    /* Without the proxy, the client begins TLS with a server that waits for CONNECT. */
    setenv("NO_PROXY", "127.0.0.1", 1);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = good_path }),
                     OSFT_OK);
    assert_string_equal(hosted.proxy_choice.host, "");
    assert_int_equal(hosted.proxy.http_status, 0);
}

static void a_proxy_that_refuses_is_named_with_its_status(void **state)
{
    char url[80], address[40];
    (void)state;
    proxy_response = "HTTP/1.1 407 Login\r\n\r\n";
    start_service(&good, ANSWER);
    snprintf(url, sizeof url, "http://me:sEcReT@127.0.0.1:%u", (unsigned)tcp_port);
    snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned)tcp_port);
    assert_int_equal(
        start("127.0.0.1", &(struct osft_hosted_options){ .roots = good_path, .proxy = url }),
        OSFT_OK);
    int result = osft_list(&client, &query, &page, 60000);
    assert_int_equal(result, OSFT_E_PROXY);
    assert_int_equal(client.reply.attempts, 1);
    assert_int_equal(client.reply.port_code, 407);
    assert_text(result, &client.reply, "its HTTP status is 407", address);
    assert_null(strstr(osft_hosted_error(&hosted, result, &client.reply), "sEcReT"));
    osft_close(&client);
}

static void a_proxy_that_is_not_there_is_named(void **state)
{
    char url[80], address[40];
    (void)state;
    close(make_listener()); /* nobody listens on this port any more */
    snprintf(url, sizeof url, "127.0.0.1:%u", (unsigned)tcp_port);
    snprintf(address, sizeof address, "(proxy 127.0.0.1:%u)", (unsigned)tcp_port);
    assert_int_equal(
        start("127.0.0.1", &(struct osft_hosted_options){ .roots = good_path, .proxy = url }),
        OSFT_OK);
    hosted.settings.retry = NULL;
    int result = osft_list(&client, &query, &page, 60000);
    assert_int_equal(result, OSFT_E_IO);
    assert_text(result, &client.reply, "Connection refused", address);
    osft_close(&client);
}

static void an_invalid_proxy_is_explained_and_nothing_is_sent_without_one(void **state)
{
    static const char *const urls[] = { "https://me:sEcReT@proxy:443", "http://me:sEcReT@proxy" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        setenv("https_proxy", urls[i], 1);
        assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = good_path }),
                         OSFT_E_ARG);
        assert_text(OSFT_E_ARG, NULL, "https_proxy is no proxy: it", "");
        assert_null(strstr(osft_hosted_error(&hosted, OSFT_E_ARG, NULL), "sEcReT"));
        hosted.settings.retry = NULL;
        assert_int_equal(osft_list(&client, &query, &page, 60000), OSFT_E_RESOLVE);
        osft_close(&client);
    }
    /* Plain HTTP is for tests on this machine, and does not use a proxy. */
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .plain_http = 1 }), OSFT_OK);
}

static void a_server_of_another_root_is_refused(void **state)
{
    (void)state;
    start_service(&good, ANSWER);
    setenv("SSL_CERT_FILE", good_path, 1);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = other_path }),
                     OSFT_OK);
    int result = osft_list(&client, &query, &page, 60000);
    assert_int_equal(result, OSFT_E_CERT);
    assert_text(result, &client.reply, "not trusted", "no trusted root certificate stands behind");
    osft_close(&client);
}

static void roots_that_are_not_there_are_named(void **state)
{
    static const char absent[] = "/nonexistent/roots.pem";
    (void)state;
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = absent }),
                     OSFT_E_CERT);
    assert_text(OSFT_E_CERT, NULL, absent, "No such file");
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = no_path }),
                     OSFT_E_CERT);
    assert_text(OSFT_E_CERT, &client.reply, no_path, "no whole certificate in PEM or DER");
    setenv("SSL_CERT_FILE", absent, 1);
    forget();
    assert_int_equal(osft_hosted_init(&hosted, "127.0.0.1"), OSFT_E_CERT);
    assert_text(OSFT_E_CERT, NULL, absent, "No such file");
    osft_close(&client); /* must do no harm after an init that failed */
}

/* A pipe is refused before it is opened, as opening it would wait for a writer. */
static void a_pipe_is_not_waited_for_to_send_roots(void **state)
{
    static const char name[] = "/pipe";
    char path[sizeof folder + sizeof name];

    (void)state;
    snprintf(path, sizeof path, "%s%s", folder, name);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = path }),
                     OSFT_E_CERT);
    assert_text(OSFT_E_CERT, &client.reply, path, "it is no file and no directory");
    assert_int_equal(unlink(path), 0);
}

static void the_systems_roots_are_found_or_their_place_is_named(void **state)
{
    (void)state;
    setenv("SSL_CERT_FILE", "", 1); /* an empty variable counts as not set */
    forget();
    int result = osft_hosted_init(&hosted, "opensearch.example");
    if (result == OSFT_OK) {
        assert_non_null(hosted.tls.ca.raw.p);
    } else {
        assert_int_equal(result, OSFT_E_CERT);
        assert_text(result, NULL, "/etc/ssl/certs/ca-certificates.crt", "root certificates");
    }
    assert_string_equal(hosted.settings.host, "opensearch.example");
    assert_int_equal(osft_tcp_port(&hosted.settings), 443);
}

/* List with the poll loop of port/README.md. *turns gets the number of its turns. */
static int list_by_poll(int *turns)
{
    int result = osft_list_start(&client, &query, &page, 60000);

    assert_int_equal(result, OSFT_OK);
    *turns = 0;
    while ((result = osft_step(&client)) == OSFT_PENDING) {
        unsigned events = osft_wait_events(&client);
        uint32_t ms = osft_wait_ms(&client);
        struct pollfd poller = { events != 0 ? osft_hosted_fd(&hosted) : -1, 0, 0 };
        poller.events =
            (short)((events & OSFT_READABLE ? POLLIN : 0) | (events & OSFT_WRITABLE ? POLLOUT : 0));
        assert_true(poll(&poller, 1, ms < INT_MAX ? (int)ms : -1) >= 0);
        ++*turns;
    }
    return result;
}

static void a_poll_loop_turns_only_when_there_is_something_to_do(void **state)
{
    int turns;
    (void)state;
    for (int has_tls = 0; has_tls < 2; has_tls++) {
        start_service(has_tls ? &good : NULL, ANSWER);
        assert_int_equal(osft_hosted_fd(&hosted), -1);
        assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .plain_http = !has_tls,
                                                                           .roots = good_path }),
                         OSFT_OK);
        assert_int_equal(list_by_poll(&turns), OSFT_OK);
        assert_int_equal(page.count, 1);
        assert_in_range(turns, 1, 40); /* a loop without sleeps would turn thousands of times */
        osft_close(&client);
        assert_int_equal(osft_hosted_fd(&hosted), -1);
        end(NULL);
    }
}

static void a_failure_is_described_in_words(void **state)
{
    (void)state;
    close(make_listener()); /* nobody listens on this port any more */
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .plain_http = 1 }), OSFT_OK);
    hosted.settings.retry = NULL;
    int result = osft_list(&client, &query, &page, 60000);
    assert_int_equal(result, OSFT_E_IO);
    assert_text(result, &client.reply, osft_strerror(result), "Connection refused");

    assert_int_equal(start("a..b", &(struct osft_hosted_options){ .plain_http = 1 }), OSFT_OK);
    hosted.settings.retry = NULL;
    result = osft_list(&client, &query, &page, 60000);
    assert_int_equal(result, OSFT_E_RESOLVE);
    assert_text(result, &client.reply, osft_strerror(result), ": ");
}

static void a_tls_failure_is_described_in_words(void **state)
{
    (void)state;
    struct osft_reply reply;
    memset(&reply, 0, sizeof reply);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .roots = good_path }),
                     OSFT_OK);
    reply.port_code = hosted.tls.code = MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE;
    hosted.tls.alert = MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE;
    assert_text(OSFT_E_TLS, &reply, osft_strerror(OSFT_E_TLS), "in common with this client");
    hosted.tls.verify_flags = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_CN_MISMATCH;
    assert_text(OSFT_E_CERT, &reply, "not trusted", "for another name");
    hosted.tls.verify_flags = MBEDTLS_X509_BADCERT_EXPIRED;
    assert_text(OSFT_E_CERT_TIME, &reply, "not valid now", "has expired");
}

static void a_refusal_is_described_without_the_services_message(void **state)
{
    (void)state;
    start_service(NULL, REFUSAL);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .plain_http = 1 }), OSFT_OK);
    int result = osft_list(&client, &query, &page, 60000);
    assert_int_equal(result, OSFT_E_REFUSED);
    assert_text(result, &client.reply, "refused (HTTP 403, Forbidden.Ram, request q-9 [31m)", "");
    assert_null(strstr(hosted.error, "secret"));
    osft_close(&client);
}

static void each_result_has_a_text_that_fits(void **state)
{
    static char long_text[500];
    struct osft_reply reply;
    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    memset(&reply, 0, sizeof reply);
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .plain_http = 1 }), OSFT_OK);
    for (int round = 0; round < 3; round++) {
        for (int result = -70; result <= 1; result++) {
            const char *text = osft_hosted_error(&hosted, result, round == 0 ? NULL : &reply);
            assert_in_range(strlen(text), 4, sizeof hosted.error - 1);
        }
        reply.port_code = INT32_MIN;
        reply.http_status = UINT16_MAX;
        reply.need = reply.offset = SIZE_MAX;
        reply.argument = UINT8_MAX;
        reply.tasks = reply.omission.task.index = UINT32_MAX;
        reply.code.ptr = reply.request_id.ptr = reply.member = long_text;
        reply.code.len = reply.request_id.len = sizeof long_text - 1;
    }
    assert_text(OSFT_E_ARG, &reply, "unknown", "65535");
    reply.need = 1234;
    assert_text(OSFT_E_SPACE, &reply, "work buffer", "1234 bytes");
    reply.omission.member = "progress";
    reply.omission.task.index = 17;
    assert_text(OSFT_E_BAD_TASK, &reply, "progress", "task 17");
    assert_string_equal(osft_hosted_error(&hosted, OSFT_OK, &reply), osft_strerror(OSFT_OK));
}

static void secrets_do_not_stay_behind(void **state)
{
    (void)state;
    assert_int_equal(start("127.0.0.1", &(struct osft_hosted_options){ .plain_http = 1 }), OSFT_OK);
    memset(hosted.work, 'x', sizeof hosted.work);
    osft_hosted_free(&hosted);
    for (size_t i = 0; i < sizeof hosted.work; i++) {
        assert_int_equal(hosted.work[i], 0);
    }
    assert_null(hosted.credentials.secret.ptr);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_over_plain_http_for_tests),
        TEST(a_list_over_tls_with_roots_of_the_caller),
        TEST(a_list_over_tls_with_roots_that_another_struct_has_loaded),
        TEST(a_list_over_tls_with_the_roots_that_the_environment_names),
        TEST(a_list_over_tls_through_a_proxy),
        TEST(a_proxy_that_refuses_is_named_with_its_status),
        TEST(a_proxy_that_is_not_there_is_named),
        TEST(an_invalid_proxy_is_explained_and_nothing_is_sent_without_one),
        TEST(a_server_of_another_root_is_refused),
        TEST(roots_that_are_not_there_are_named),
        TEST(a_pipe_is_not_waited_for_to_send_roots),
        TEST(the_systems_roots_are_found_or_their_place_is_named),
        TEST(a_poll_loop_turns_only_when_there_is_something_to_do),
        TEST(a_failure_is_described_in_words),
        TEST(a_tls_failure_is_described_in_words),
        TEST(a_refusal_is_described_without_the_services_message),
        TEST(each_result_has_a_text_that_fits),
        TEST(secrets_do_not_stay_behind),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}

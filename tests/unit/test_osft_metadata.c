/* SPDX-License-Identifier: Apache-2.0 */
/* How the command reads unusual responses of a metadata server that keeps each connection open. */
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/osft/credentials.h"

#define KEY                                                                                     \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"id\",\"AccessKeySecret\":\"s\",\"SecurityToken\":" \
    "\"t\"}"
#define LEN "79"
#define OK  "HTTP/1.1 200 OK\r\n"

static struct credentials_problem problem;
static struct access_key key;

/* Whether the server closes the connection after its response. */
enum end { STAYS, CLOSES };

static void respond(int listener, const char *response, enum end end)
{
    char request[2048];
    int fd = accept(listener, NULL, NULL);
    size_t len = 0;
    ssize_t n = 1;

    request[0] = 0;
    while (strstr(request, "\r\n\r\n") == NULL && n > 0) {
        n = read(fd, request + len, sizeof(request) - 1 - len);
        len += n > 0 ? (size_t)n : 0;
        request[len] = 0;
    }
    if (write(fd, response, strlen(response)) < 0) {
        _exit(1);
    }
    while (end == STAYS && read(fd, request, sizeof(request)) > 0) {
    }
    close(fd);
}

/* Fetch a key from a server that sends these two responses. Returns 0, or -1 with problem set. */
static int fetch(const char *to_put, const char *to_get, enum end end)
{
    struct sockaddr_in at;
    socklen_t size = sizeof(at);
    char where[64];
    int listener = socket(AF_INET, SOCK_STREAM, 0), result;
    pid_t server;

    memset(&at, 0, sizeof(at));
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(listener, 2), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        respond(listener, to_put, end);
        respond(listener, to_get, end);
        _exit(0);
    }
    close(listener);
    snprintf(where, sizeof(where), "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
    setenv("OSFT_METADATA_ENDPOINT", where, 1);
    problem.what[0] = problem.advice[0] = 0;
    result = fetch_role_key(&key, "role", &problem);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    return result;
}

static const char token[] = OK "Content-Length: 3\r\n\r\ntok";

static void a_body_ends_where_its_length_says_though_the_server_stays_connected(void **state)
{
    (void)state;
    assert_int_equal(fetch(token, OK "content-length:\t" LEN "\r\n\r\n" KEY, STAYS), 0);
    assert_string_equal(key.id, "id");
    assert_string_equal(key.token, "t");
    assert_int_equal(fetch(token, OK "X: \r\nContent-Length: " LEN "\r\nY: z\r\n\r\n" KEY, CLOSES),
                     0);
}

static void without_a_length_a_body_ends_with_the_stream(void **state)
{
    (void)state;
    assert_int_equal(fetch(token, OK "\r\n" KEY, CLOSES), 0);
    /* a line of the body is not read as a header */
    assert_int_equal(fetch(token, OK "X: y\r\n\r\n\r\nContent-Length: 1\r\n\r\n" KEY, CLOSES), -1);
    assert_non_null(strstr(problem.what, "is not JSON"));
}

static void a_response_without_a_key_is_refused_with_advice_about_the_server(void **state)
{
    static const char *const responses[] = { "",
                                             "HTTP/1.1 200",
                                             OK,
                                             OK "Content-Length: 99\r\n\r\n" KEY,
                                             OK "Content-Length: 4\r\n\r\n" KEY,
                                             OK "Content-Length: " LEN "x\r\n\r\n" KEY,
                                             OK "Content-Length: -1\r\n\r\n" KEY,
                                             OK "Transfer-Encoding: gzip\r\n\r\n" KEY,
                                             OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello",
                                             "HTTP/1.1 302 Found\r\n\r\n" KEY,
                                             "HTTP/1.1 -200 OK\r\n\r\n" KEY,
                                             OK "\r\n",
                                             OK "\r\n[]",
                                             OK "\r\n{\"Code\":\"Success\"}",
                                             OK "\r\n" KEY "x",
                                             OK "\r\n{\"a\":" KEY "}" };
    (void)state;
    for (size_t i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
        assert_int_equal(fetch(token, responses[i], CLOSES), -1);
        if (strstr(problem.what, "the metadata server at 127.0.0.1") == NULL ||
            strncmp(problem.advice, "see ", 4) != 0) {
            fail_msg("%s: %s, %s", responses[i], problem.what, problem.advice);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_ends_where_its_length_says_though_the_server_stays_connected),
        cmocka_unit_test(without_a_length_a_body_ends_with_the_stream),
        cmocka_unit_test(a_response_without_a_key_is_refused_with_advice_about_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

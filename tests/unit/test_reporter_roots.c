/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the root certificates that connections of osft-reporter share. The address sanitizer finds
 * memory that is not freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../examples/gateway/config_load.h"
#include "../../examples/gateway/connection.h"
#include "tls_server.h"

#define CONNECTIONS 20

static struct pki one, two;
static char path[] = "/tmp/test_reporter_roots.XXXXXX";
static struct roots *list;
static char problem[320];

static int make_certificates(void **state)
{
    (void)state;
    (void)setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1);
    (void)setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret", 1);
    return test_tls_pki(&one, &two, NULL);
}

/* Write certificates into a new file, which takes the place of the old one. */
static void write_roots(const char *pem)
{
    char new_path[sizeof(path) + 4];
    FILE *file;

    (void)snprintf(new_path, sizeof(new_path), "%s.new", path);
    file = fopen(new_path, "w");
    assert_non_null(file);
    assert_true(fputs(pem, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(new_path, path), 0);
}

static int set_up(void **state)
{
    int fd;
    (void)state;
    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    fd = mkstemp(path);
    if (fd < 0) {
        return -1;
    }
    close(fd);
    write_roots(one.ca_pem);
    problem[0] = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(path);
    return list == NULL ? 0 : -1;
}

static struct roots *use_test_roots(const char *from)
{
    struct roots *roots = NULL;

    assert_int_equal(use_roots(&list, from, &roots, problem, sizeof(problem)), OSFT_OK);
    return roots;
}

static void the_roots_of_a_path_are_loaded_once_and_freed_after_the_last_user(void **state)
{
    struct roots *first = use_test_roots(path);

    (void)state;
    assert_ptr_equal(use_test_roots(path), first);
    assert_int_equal(first->users, 2);
    assert_non_null(first->tls.roots->raw.p);
    release_roots(&list, first);
    assert_ptr_equal(list, first);
    release_roots(&list, first);
    assert_null(list);
}

static void each_path_has_roots_of_its_own(void **state)
{
    char other_path[sizeof(path) + 8];
    struct roots *first = use_test_roots(path), *second;

    (void)state;
    (void)snprintf(other_path, sizeof(other_path), "%s.link", path);
    assert_int_equal(link(path, other_path), 0);
    second = use_test_roots(other_path);
    assert_ptr_not_equal(first, second);
    release_roots(&list, first); /* the one behind the head of the list */
    assert_ptr_equal(list, second);
    release_roots(&list, second);
    (void)unlink(other_path);
}

static void the_systems_roots_are_those_of_ssl_cert_file(void **state)
{
    struct roots *first = use_test_roots(path);

    (void)state;
    assert_int_equal(setenv("SSL_CERT_FILE", path, 1), 0);
    assert_ptr_equal(use_test_roots(""), first);
    assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
    release_roots(&list, first);
    release_roots(&list, first);
}

static void a_file_that_has_changed_is_read_again_for_new_users_only(void **state)
{
    struct roots *old = use_test_roots(path), *new;

    (void)state;
    write_roots(two.ca_pem);
    new = use_test_roots(path);
    assert_ptr_not_equal(new, old);
    assert_ptr_equal(use_test_roots(path), new);
    assert_int_equal(old->users, 1);
    release_roots(&list, old);
    release_roots(&list, new);
    release_roots(&list, new);
}

static void roots_that_cannot_be_loaded_have_a_reason_and_are_tried_again(void **state)
{
    struct roots *roots = NULL;
    char expected[320];

    (void)state;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(use_roots(&list, path, &roots, problem, sizeof(problem)), OSFT_E_CERT);
    (void)snprintf(expected, sizeof(expected),
                   "there are no root certificates at %s: No such file or directory", path);
    assert_string_equal(problem, expected);
    assert_null(list);
    write_roots("no certificate");
    assert_int_equal(use_roots(&list, path, &roots, problem, sizeof(problem)), OSFT_E_CERT);
    assert_null(list);
    write_roots(one.ca_pem);
    release_roots(&list, use_test_roots(path));
}

/* ---- connections ---- */

static void add(struct config *config, const char *section, const char *key, const char *value)
{
    char text[200];

    (void)snprintf(text, sizeof(text), "%s.%s=%s", section, key, value);
    assert_int_equal(add_argument(config, text), 0);
}

/* Make a configuration of instances, each with a server of its own. */
static struct config *make_instances(size_t count)
{
    struct config *config = make_config();
    char section[40], endpoint[40];
    size_t i;

    assert_non_null(config);
    for (i = 0; i < count; i++) {
        (void)snprintf(section, sizeof(section), "instance i%zu", i);
        (void)snprintf(endpoint, sizeof(endpoint), "127.0.0.1:%zu", i + 1);
        add(config, section, "app", "a");
        add(config, section, "function", "f");
        add(config, section, "instance", "i");
        add(config, section, "endpoint", endpoint);
        add(config, section, "ca", path);
    }
    return config;
}

static void find_connections(struct connection **connections, const struct config *config,
                             struct connection *found[CONNECTIONS])
{
    const char *section;
    size_t i;

    for (i = 0; (section = config_instance(config, i)) != NULL; i++) {
        found[i] = find_connection(connections, config, section);
        assert_non_null(found[i]);
    }
}

static void close_all(struct connection **connections)
{
    struct connection *connection;

    for (connection = *connections; connection != NULL; connection = connection->next) {
        connection->is_used = 0;
    }
    close_unused_connections(connections);
    assert_null(*connections);
}

static void connections_with_the_same_ca_share_its_roots(void **state)
{
    struct config *config = make_instances(CONNECTIONS);
    struct connection *connections = NULL, *found[CONNECTIONS];
    size_t i;

    (void)state;
    find_connections(&connections, config, found);
    for (i = 0; i < CONNECTIONS; i++) {
        assert_int_equal(ready_connection(found[i]), OSFT_OK);
        assert_ptr_equal(found[i]->roots, found[0]->roots);
        assert_ptr_equal(found[i]->hosted.tls.roots, found[0]->roots->tls.roots);
        assert_int_equal(found[0]->roots->users, i + 1);
    }
    found[3]->is_used = 0; /* as after a reload without that instance */
    close_unused_connections(&connections);
    assert_int_equal(found[0]->roots->users, CONNECTIONS - 1);
    for (i = 1; i < CONNECTIONS; i++) {
        if (i != 3) {
            found[i]->is_used = 0;
        }
    }
    close_unused_connections(&connections);
    assert_int_equal(found[0]->roots->users, 1);
    close_all(&connections);
    free_config(config);
}

static void a_connection_without_roots_tries_again_at_its_next_poll(void **state)
{
    struct config *config = make_instances(1);
    struct connection *connections = NULL, *found[CONNECTIONS];

    (void)state;
    find_connections(&connections, config, found);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(ready_connection(found[0]), OSFT_E_CERT);
    assert_non_null(strstr(describe_result(found[0], OSFT_E_CERT), "No such file or directory"));
    assert_null(found[0]->roots);
    write_roots(one.ca_pem);
    assert_int_equal(ready_connection(found[0]), OSFT_OK);
    assert_null(strstr(describe_result(found[0], OSFT_E_CERT), "No such file or directory"));
    close_all(&connections);
    free_config(config);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_roots_of_a_path_are_loaded_once_and_freed_after_the_last_user),
        TEST(each_path_has_roots_of_its_own),
        TEST(the_systems_roots_are_those_of_ssl_cert_file),
        TEST(a_file_that_has_changed_is_read_again_for_new_users_only),
        TEST(roots_that_cannot_be_loaded_have_a_reason_and_are_tried_again),
        TEST(connections_with_the_same_ca_share_its_roots),
        TEST(a_connection_without_roots_tries_again_at_its_next_poll),
    };
    return cmocka_run_group_tests(tests, make_certificates, NULL);
}

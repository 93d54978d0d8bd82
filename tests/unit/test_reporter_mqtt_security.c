/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the MQTT channel: login and TLS with a real broker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "reporter_mqtt.h"
#include "../../examples/osft-endpoint/pki.h"

#define PASSWORD "sEcReT-of-the-test"

static void make_password_file(void)
{
    char command[512];

    (void)broker_file(&broker, "passwords", "");
    snprintf(command, sizeof(command), "mosquitto_passwd -b %s/passwords gateway %s 2>/dev/null",
             broker.folder, PASSWORD);
    assert_int_equal(system(command), 0);
}

static void start_broker_with_login(void)
{
    char more[256];

    make_password_file();
    snprintf(more, sizeof(more), "allow_anonymous false\npassword_file %s/passwords\n",
             broker.folder);
    start_broker(more);
}

static void the_password_comes_from_a_file(void **state)
{
    (void)state;
    add_instance("ctr");
    set("user", "gateway");
    set_file("password_file", "password", PASSWORD "\n");
    assert_int_equal(mqtt_channel.check(config), 0);
    start_broker_with_login();
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
}

/* The password is read again for each attempt. */
static void a_wrong_password_is_reported_once_until_it_is_corrected(void **state)
{
    (void)state;
    add_instance("ctr");
    set("user", "gateway");
    set_file("password_file", "password", PASSWORD "x");
    start_broker_with_login();
    start_channel();
    expect_report("no connection with the broker 127.0.0.1");
    expect_report("Connection Refused: not authorised; see user, password_file and client_id\n");
    (void)broker_file(&broker, "password", PASSWORD);
    expect_metric("\nosft_mqtt_connected 1\n");
    assert_int_equal(count_reports("no connection"), 1);
    assert_int_equal(count_reports("sEcReT"), 0);
}

static void write_pki(const char *name, const struct pki *pki)
{
    char file[32];

    snprintf(file, sizeof(file), "%s-ca", name);
    (void)broker_file(&broker, file, pki->ca_pem);
    snprintf(file, sizeof(file), "%s-cert", name);
    (void)broker_file(&broker, file, pki->cert_pem);
    snprintf(file, sizeof(file), "%s-key", name);
    (void)broker_file(&broker, file, pki->key_pem);
}

static void set_path(const char *key, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", broker.folder, name);
    set(key, path);
}

/* Start a broker with TLS. ca: the authority whose client certificates the broker requires; NULL:
 * it requires none. */
static void start_broker_with_tls(const char *names, const char *ca)
{
    static struct pki pki;
    struct pki_options options;
    char more[512], asks[160] = "";

    pki_defaults(&options);
    options.names = names;
    assert_int_equal(pki_make(&pki, &options), 0);
    write_pki("server", &pki);
    if (ca != NULL) {
        snprintf(asks, sizeof(asks), "cafile %s/%s\nrequire_certificate true\n", broker.folder, ca);
    }
    snprintf(more, sizeof(more),
             "allow_anonymous true\ncertfile %s/server-cert\nkeyfile "
             "%s/server-key\n%s",
             broker.folder, broker.folder, asks);
    start_broker(more);
}

static void tls_works_with_a_private_authority(void **state)
{
    struct instance *instance = add_instance("ctr");

    (void)state;
    start_broker_with_tls("127.0.0.1", NULL);
    set("tls", "yes");
    set_path("ca_file", "server-ca");
    assert_int_equal(mqtt_channel.check(config), 0);
    start_channel();
    announce_event(instance, "run-1", NULL);
    expect_metric("\nosft_mqtt_events_published_total ");
    expect_metric("\nosft_mqtt_connected 1\n");
    expect_metric("\nosft_mqtt_events_waiting 0\n");
}

static void another_authority_is_refused(void **state)
{
    static struct pki other;
    struct pki_options options;

    (void)state;
    add_instance("ctr");
    pki_defaults(&options);
    assert_int_equal(pki_make(&other, &options), 0);
    write_pki("other", &other);
    start_broker_with_tls("127.0.0.1", NULL);
    set("tls", "yes");
    set_path("ca_file", "other-ca");
    start_channel();
    expect_report("certificate verify failed); see that ca_file is right");
    assert_non_null(strstr(get_metrics(), "\nosft_mqtt_connected 0\n"));
}

static void a_certificate_for_another_host_is_refused(void **state)
{
    (void)state;
    add_instance("ctr");
    start_broker_with_tls("127.0.0.2", NULL);
    set("tls", "yes");
    set_path("ca_file", "server-ca");
    start_channel();
    expect_report("no connection with the broker");
    assert_non_null(strstr(get_metrics(), "\nosft_mqtt_connected 0\n"));
}

static void a_client_certificate_is_sent(void **state)
{
    static struct pki client;
    struct pki_options options;

    (void)state;
    add_instance("ctr");
    pki_defaults(&options);
    options.is_client = 1;
    assert_int_equal(pki_make(&client, &options), 0);
    write_pki("client", &client);
    start_broker_with_tls("127.0.0.1", "client-ca");
    set("tls", "yes");
    set_path("ca_file", "server-ca");
    start_channel();
    expect_report("no connection with the broker"); /* the client has no certificate */
    stop_channel();
    set_path("certificate", "client-cert");
    set_path("key", "client-key");
    assert_int_equal(mqtt_channel.check(config), 0);
    start_channel();
    expect_metric("\nosft_mqtt_connected 1\n");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        MQTT_TEST(the_password_comes_from_a_file),
        MQTT_TEST(a_wrong_password_is_reported_once_until_it_is_corrected),
        MQTT_TEST(tls_works_with_a_private_authority),
        MQTT_TEST(another_authority_is_refused),
        MQTT_TEST(a_certificate_for_another_host_is_refused),
        MQTT_TEST(a_client_certificate_is_sent),
    };

    return RUN_MQTT_TESTS(tests, argc, argv);
}

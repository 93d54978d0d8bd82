/* SPDX-License-Identifier: Apache-2.0 */
/* TLS sessions as bytes: what is saved, and what is taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_tls_internal.h"
#include "tls_server.h"

#define DAY  86400
#define HOST "localhost"
#define HEAD sizeof(struct osft_tls_session_info)
#define SEAL 32

static struct pki good, other;
static uint8_t blob[8192];
static size_t blob_len;

static int make_pki(void **state)
{
    (void)state;
    return test_tls_pki(&good, &other, NULL);
}

/* As a device starts: the server, and whom it remembers, stays. */
static void boot(void)
{
    osft_tls_free(&tls);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_int_equal(osft_tls_ca(&tls, good.ca_der, good.ca_der_len), 0);
}

static int begin(void **state)
{
    (void)state;
    return test_tls_begin(&good, "the answer");
}

static void save(void)
{
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    blob_len = osft_tls_session_save(&tls, blob, sizeof blob);
    assert_in_range(blob_len, HEAD + 64 + SEAL, sizeof blob);
}

static void assert_not_loaded(const void *src, size_t len)
{
    assert_int_equal(osft_tls_session_load(&tls, src, len), OSFT_E_SAVED);
    assert_int_equal(osft_tls_session_save(&tls, NULL, 0), 0);
}

static void a_saved_session_is_taken_up_after_a_restart(void **state)
{
    int ways = 0;
    (void)state;
    for (int way = 0; way < 3; way++) {
        if (test_tls_max(&server, way == 2 ? 4 : 3) != 0) {
            continue;
        }
        ways++;
        assert_int_equal(test_tls_forget(&server, way == 0), 0);
        boot();
        save();
        boot();
        assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
        assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
        assert_int_equal(tls.resumed, 1);
        save(); /* and again, of a connection that was resumed */
        boot();
        assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
        assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
        assert_int_equal(tls.resumed, 1);
        boot();
        assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
        assert_int_equal(tls.resumed, 0);
    }
    assert_in_range(ways, 2, 3);
}

static void a_loaded_session_is_for_its_host_and_its_time(void **state)
{
    int64_t now = server.now;
    (void)state;
    save();
    boot();
    assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
    assert_int_equal(test_tls_visit("127.0.0.1", 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 0);
    boot();
    assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
    assert_int_equal(test_tls_visit("example.com", 443), OSFT_E_CERT);
    static const int64_t not_then[] = { -2 * DAY, DAY + 1, 366 * (int64_t)DAY };
    for (size_t i = 0; i < 3; i++) {
        boot();
        assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
        server.now = now + not_then[i];
        assert_int_equal(test_tls_visit(HOST, 443), i == 1 ? OSFT_EOF : OSFT_E_CERT_TIME);
        assert_int_equal(tls.resumed, 0);
    }
}

static void a_blob_with_any_byte_damaged_is_refused(void **state)
{
    (void)state;
    save();
    for (size_t i = 0; i < blob_len; i++) {
        for (unsigned bit = 1; bit < 256; bit *= 8) {
            blob[i] ^= (uint8_t)bit;
            assert_not_loaded(blob, blob_len);
            blob[i] ^= (uint8_t)bit;
        }
    }
    assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
}

static void a_blob_of_any_other_length_is_refused(void **state)
{
    (void)state;
    save();
    assert_not_loaded(NULL, 0);
    for (size_t len = 1; len < blob_len; len++) {
        uint8_t *part = malloc(len); /* so that sanitizers see a byte too many */
        assert_non_null(part);
        memcpy(part, blob, len);
        assert_not_loaded(part, len);
        free(part);
    }
    assert_not_loaded(blob, blob_len + 1);
    assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
}

/* Compute the checksum of a saved session, independently of the port. */
static void seal(const uint8_t *body, size_t len, uint8_t sum[32])
{
    uint8_t both[64];
    const void *const parts[] = { "", good.ca_der, body };
    const size_t lens[] = { 0, good.ca_der_len, len };
    memset(sum, 0, 32);
    for (size_t i = 0; i < 3; i++) {
        memcpy(both, sum, 32);
        assert_int_equal(osft_tls_sha256(parts[i], lens[i], both + 32), 0);
        assert_int_equal(osft_tls_sha256(both, 64, sum), 0);
    }
}

static void a_blob_of_another_version_is_refused_though_it_is_whole(void **state)
{
    static const size_t at[] = { offsetof(struct osft_tls_session_info, magic), HEAD, HEAD + 2 };
    (void)state;
    save();
    for (size_t i = 0; i < 3; i++) {
        blob[at[i]] ^= 1; /* ours, and mbedTLS's two */
        seal(blob, blob_len - SEAL, blob + blob_len - SEAL);
        assert_not_loaded(blob, blob_len);
        blob[at[i]] ^= 1;
    }
    seal(blob, HEAD, blob + HEAD);
    assert_not_loaded(blob, HEAD + SEAL); /* no session in it */
}

static void a_blob_made_under_other_trust_is_refused(void **state)
{
    static const uint8_t pin[2][32] = { { 1 }, { 2 } };
    (void)state;
    save();
    assert_int_equal(osft_tls_ca(&tls, other.ca_der, other.ca_der_len), 0);
    assert_not_loaded(blob, blob_len);
    for (int i = 0; i < 2; i++) {
        boot();
        assert_int_equal(osft_tls_pin(&tls, pin[i]), 0);
        assert_not_loaded(blob, blob_len);
    }
    osft_tls_free(&tls);
    assert_int_equal(osft_tls_init(&tls, &server.port, NULL, NULL), 0);
    assert_not_loaded(blob, blob_len); /* no root at all */
    assert_int_equal(osft_tls_ca(&tls, other.ca_der, other.ca_der_len), 0);
    assert_not_loaded(blob, blob_len);
    boot();
    assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
    assert_int_equal(osft_tls_pin(&tls, pin[0]), 0);
    assert_int_equal(osft_tls_session_save(&tls, NULL, 0), 0); /* gone with the pin */
}

static void saving_says_how_much_room_it_needs(void **state)
{
    static uint8_t room[sizeof blob];
    (void)state;
    assert_int_equal(osft_tls_session_save(&tls, room, sizeof room), 0); /* there is none yet */
    save();
    memset(room, 0x77, sizeof room);
    for (size_t cap = 0; cap < blob_len; cap++) {
        assert_int_equal(osft_tls_session_save(&tls, room, cap), blob_len);
    }
    for (size_t i = 0; i < sizeof room; i++) {
        assert_int_equal(room[i], 0x77);
    }
    assert_int_equal(osft_tls_session_save(&tls, room, blob_len), blob_len);
    assert_memory_equal(room, blob, blob_len);
    assert_int_equal(room[blob_len], 0x77);
}

static void an_open_connection_can_be_saved_but_not_loaded_into(void **state)
{
    (void)state;
    assert_int_equal(test_tls_max(&server, 3), 0);
    assert_int_equal(test_tls_open(HOST, 443), 1);
    blob_len = osft_tls_session_save(&tls, blob, sizeof blob);
    assert_in_range(blob_len, HEAD + 64 + SEAL, sizeof blob);
    assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), OSFT_E_STATE);
    assert_int_equal(test_tls_drain(), OSFT_EOF);
    tls.port.close(&tls);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 1); /* saving took nothing away */
    boot();
    assert_int_equal(osft_tls_session_load(&tls, blob, blob_len), 0);
    assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
    assert_int_equal(tls.resumed, 1);
}

#ifdef MBEDTLS_SSL_PROTO_TLS1_3
static void a_connection_that_brought_no_ticket_leaves_no_session(void **state)
{
    (void)state;
    assert_int_equal(test_tls_max(&server, 4), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(test_tls_open(HOST, 443), 1); /* tickets are under way, and never read */
        assert_int_equal(tls.resumed, i);
        assert_int_equal(osft_tls_session_save(&tls, blob, sizeof blob), 0);
        tls.port.close(&tls);
        assert_int_equal(osft_tls_session_save(&tls, blob, sizeof blob), 0);
        assert_int_equal(test_tls_visit(HOST, 443), OSFT_EOF);
        assert_int_equal(tls.resumed, 0); /* also when a ticket had been used up */
    }
}
#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, test_tls_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_saved_session_is_taken_up_after_a_restart),
        TEST(a_loaded_session_is_for_its_host_and_its_time),
        TEST(a_blob_with_any_byte_damaged_is_refused),
        TEST(a_blob_of_any_other_length_is_refused),
        TEST(a_blob_of_another_version_is_refused_though_it_is_whole),
        TEST(a_blob_made_under_other_trust_is_refused),
        TEST(saving_says_how_much_room_it_needs),
        TEST(an_open_connection_can_be_saved_but_not_loaded_into),
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
        TEST(a_connection_that_brought_no_ticket_leaves_no_session),
#endif
    };
    return cmocka_run_group_tests(tests, make_pki, NULL);
}

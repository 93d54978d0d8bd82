/* SPDX-License-Identifier: Apache-2.0 */
/* After a call, no memory of osft holds a secret, whatever the call came to. */
#include <pthread.h>
#include "script.h"
#include "osft_mbedtls_sha256.h"

#define MAY_1 "Date: Fri, 01 May 2026 12:00:00 GMT\r\n"

/* Secrets that would be found wherever they were left. */
#define SECRET "sEcReT-of-the-test-0123456789"
#define TOKEN  "tOkEn-of-the-test-0123456789"

static struct script *secretive;
static int secretive_result;

static void *call(void *arg)
{
    (void)arg;
    secretive_result = osft_list(&secretive->client, &secretive->query, &secretive->page, 60000);
    return NULL;
}

/* The call on a stack that can be searched afterwards; returns what was found. */
static int leaks(struct script *s)
{
    static char stack[256 * 1024] __attribute__((aligned(4096)));
    const void *hash = s->settings.sha256->ctx;
    pthread_attr_t attributes;
    pthread_t thread;

    memset(stack, 0, sizeof(stack));
    secretive = s;
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, sizeof(stack)), 0);
    assert_int_equal(pthread_create(&thread, &attributes, call, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    return script_holds(stack, sizeof(stack), SECRET) + script_holds(stack, sizeof(stack), TOKEN) +
           script_holds(s->work, sizeof(s->work), SECRET) +
           script_holds(s->work, sizeof(s->work), TOKEN) +
           script_holds(s->work, sizeof(s->work), "Signature=") +
           script_holds(&s->client, sizeof(s->client), SECRET) +
           script_holds(&s->client, sizeof(s->client), TOKEN) +
           script_holds(&s->page, sizeof(s->page), TOKEN) +
           script_holds(s->tasks, sizeof(s->tasks), TOKEN) +
           script_holds(hash, sizeof(struct osft_mbedtls_sha256), SECRET) +
           script_holds(hash, sizeof(struct osft_mbedtls_sha256), TOKEN);
}

static void no_memory_of_ours_keeps_a_secret(void **state)
{
    const struct exchange firsts[] = {
        { script_good(""), 0, 0, 0 },
        { NULL, OSFT_E_IO, 0, 0 },
        { NULL, 0, OSFT_E_IO, 0 },
        { NULL, 0, 0, OSFT_E_IO },
        { NULL, 0, 0, OSFT_EOF },
        { NULL, 0, 0, 0 },
        { "garbage", 0, 0, 0 },
        { script_response("200 OK", "", "oops"), 0, 0, 0 },
        { script_response("302 No", "", ""), 0, 0, 0 },
        { script_refusal("400 No", "", "SignatureDoesNotMatch"), 0, 0, 0 },
        { script_refusal("400 No", "", "InvalidSecurityToken.Expired"), 0, 0, 0 },
        { script_refusal("400 No", MAY_1, "InvalidTimeStamp.Expired"), 0, 0, 0 },
        { script_response("503 No", "", ""), 0, 0, 0 }
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(firsts); i++) {
        size_t room;
        /* With all the room that it needs, and with none for the request or for the answer. */
        for (room = sizeof(secretive->work); room > 100; room = room * 3 / 4) {
            struct exchange list[2];
            struct script *s = script_new(list, 2);
            list[0] = list[1] = firsts[i];
            s->credentials.secret.ptr = SECRET;
            s->credentials.secret.len = strlen(SECRET);
            s->credentials.token.ptr = TOKEN;
            s->credentials.token.len = strlen(TOKEN);
            s->settings.work_size = room;
            s->retry.attempts = 2;
            if (leaks(s) != 0) {
                fail_msg("case %zu, room %zu, result %d: a secret is left", i, room,
                         secretive_result);
            }
            script_free(s);
        }
    }
}

/* The search itself: it finds what lies there. */
static void the_search_for_secrets_finds_one(void **state)
{
    struct exchange list[1] = { { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 1);
    (void)state;
    strcpy(s->work + 1000, TOKEN); /* beyond the short answer, and beyond the request */
    s->settings.work_size = 900;
    assert_int_equal(leaks(s), 1);
    assert_int_equal(secretive_result, OSFT_OK);
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory_of_ours_keeps_a_secret),
        cmocka_unit_test(the_search_for_secrets_finds_one),
    };
    return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}

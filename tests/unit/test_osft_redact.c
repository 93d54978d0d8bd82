/* SPDX-License-Identifier: Apache-2.0 */
/* How texts of the service are shown that repeat a signed value in another encoding. */
#include <string.h>
#include "../../examples/osft/command.h"
#include "capture.h"

static const char *shown(const char *message)
{
    struct osft_span text = osft_span_from(message);

    start_capture(&standard_error);
    put_redacted_text(&text);
    return end_capture(&standard_error);
}

static int set_up(void **state)
{
    (void)state;
    credentials.id = osft_span_from("LTAI5tTESTtestTESTtest01");
    credentials.secret = osft_span_from("sEcReTkEyForLocalTestsOnly0123");
    credentials.token = osft_span_from("CAISn3cr/et+Token==pct%25end");
    return 0;
}

/* A server that decodes a header like a form replaces each plus by a space. */
static void a_token_whose_plus_became_a_space_is_not_shown(void **state)
{
    (void)state;
    assert_null(strstr(shown("No such token: CAISn3cr/et Token==pct%25end"), "CAISn3cr"));
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static void a_signature_in_percent_encoding_is_not_shown(void **state)
{
    (void)state;
    assert_null(strstr(shown("Wrong: Signature%3D" HEX), HEX));
    assert_null(strstr(shown("Wrong: Signature%253d" HEX), HEX));
}

static void a_signature_by_itself_is_not_shown(void **state)
{
    (void)state;
    assert_null(strstr(shown("The signature " HEX " does not match."), HEX));
}

static const char *in_json(const char *message)
{
    static char buffer[OUTPUT_BYTES];
    static struct output out = { .fd = -1, .buffer = buffer }; /* never flushed */
    struct osft_span span = osft_span_from(message);

    out.used = 0;
    put_service_text(&out, SINK_JSON, &span);
    out.buffer[out.used] = 0;
    return out.buffer;
}

static void a_message_is_cut_in_json_as_well(void **state)
{
    (void)state;
    assert_string_equal(in_json("No \"app\".\nTry"), "No \\\"app\\\".\\nTry");
    assert_string_equal(in_json("No. CAISn3cr/et+Token==pct%25end"),
                        "No. ... (the rest repeats what was signed, or is too long, and is not "
                        "shown)");
    assert_null(strstr(in_json("Signature=" HEX), HEX));
}

/* print_json() is the only function that prints the texts of a reply as JSON. */
static void json_of_a_reply_has_nothing_of_what_was_signed(void **state)
{
    static char buffer[OUTPUT_BYTES];
    static struct output out = { .fd = -1, .buffer = buffer };
    static const struct osft_span signed_text = OSFT_LIT("a. Signature=" HEX);
    const struct osft_reply reply = { .status = signed_text,
                                      .code = signed_text,
                                      .message = signed_text,
                                      .request_id = signed_text,
                                      .total = 1 };
    const struct display display = { .is_cut = 1 };
    struct osft_task task = { .progress = 5, .run_id = OSFT_LIT("r") };
    const struct osft_page page = { .tasks = &task, .count = 1 };
    (void)state;
    print_json(&out, &display, &page, &reply);
    out.buffer[out.used] = 0;
    assert_null(strstr(out.buffer, HEX));
    assert_non_null(strstr(out.buffer, "\"runId\": \"r\""));
    out.used = 0;
    print_json_end(&out, &reply, 0);
    out.buffer[out.used] = 0;
    assert_null(strstr(out.buffer, HEX));
    assert_non_null(strstr(out.buffer, "\"totalCount\": 1"));
}

static void a_task_s_text_with_a_credential_in_it_is_not_shown(void **state)
{
    static const char note[] = "(not shown: it repeats a credential)";
    struct osft_task tasks[2] = { { .run_id = OSFT_LIT("run CAISn3cr/et+Token==pct%25end"),
                                    .generation = OSFT_LIT("CAISn3cr/et+Toke"),
                                    .status = OSFT_LIT("CAISn3cr/et+Tok"),
                                    .function = OSFT_LIT("LTAI5tTESTtestTESTtest01") },
                                  { .extend_info = OSFT_LIT("{\"a\":\"ssEcReTkEyForLocalTestsOnl"),
                                    .run_id = OSFT_LIT("Signature=" HEX) } };
    (void)state;
    hide_credentials(tasks, 2);
    assert_string_equal(tasks[0].run_id.ptr, note);
    assert_int_equal(tasks[0].run_id.len, strlen(note));
    assert_string_equal(tasks[0].generation.ptr, note);
    /* the part that is left is too short to be useful */
    assert_string_equal(tasks[0].status.ptr, "CAISn3cr/et+Tok");
    assert_string_equal(tasks[0].function.ptr,
                        "LTAI5tTESTtestTESTtest01"); /* the AccessKey id is not secret */
    assert_string_equal(tasks[1].extend_info.ptr, note);
    assert_string_equal(tasks[1].run_id.ptr, "Signature=" HEX);
    assert_null(tasks[1].generation.ptr);
}

/* The credential at each place of a text, in each encoding of JSON, URLs and forms, also in one
 * within another. */
static void a_task_s_text_with_an_encoded_credential_in_it_is_not_shown(void **state)
{
    static const char *const spellings[] = {
        "CAISn3cr%2Fet%2BToken%3D%3Dpct",
        "CAISn3cr%2fet+Token",
        "CAISn3cr/et Token",
        "CAISn3cr%252Fet%252BToken",
        "%43AISn3cr%25%32%46et%2BToken",
        "CAISn3cr\\/et+Token",
        "CAISn3cr\\u002Fet\\u002bToken",
        "CAISn3cr\\\\\\/et+Token",
        "CAISn3cr\\\\u002fet+Token",
        "CAISn3cr%5C%2Fet%2BToken",
        "\\u0025\\u0034\\u0033AISn3cr/et+Token",
        "sEcReT%4BeyForLocal",
        ("\\u0073\\u0045\\u0063\\u0052\\u0065\\u0054\\u006b\\u0045\\u0079\\u0046\\u006f\\u0072"
         "\\u004c\\u006f\\u0063\\u0061\\u006c"),
    };
    static char text[5000];
    (void)state;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        size_t len = strlen(spellings[i]);
        for (size_t at = 0; at + len <= sizeof(text); at += 7) {
            struct osft_task task = { .extend_info = { text, sizeof(text) } };
            memset(text, '.', sizeof(text));
            memcpy(text + at, spellings[i], len);
            hide_credentials(&task, 1);
            if (task.extend_info.ptr == text) {
                fail_msg("%s at %u", spellings[i], (unsigned)at);
            }
        }
    }
}

static void a_message_with_a_token_in_escapes_of_json_is_cut(void **state)
{
    (void)state;
    assert_null(strstr(shown("Bad. {\"token\":\"CAISn3cr\\/et+Token==\"}"), "CAISn3cr"));
    assert_null(strstr(shown("Bad. CAISn3cr\\u002fet\\u002BToken=="), "CAISn3cr"));
}

static void a_token_behind_what_could_be_an_encoding_of_its_beginning_is_not_shown(void **state)
{
    struct osft_task task = { .run_id = OSFT_LIT("100%CAISn3cr/et+Token") };
    (void)state;
    assert_null(strstr(shown("Bad. 100%CAISn3cr/et+Token=="), "AISn3cr"));
    hide_credentials(&task, 1);
    assert_null(strstr(task.run_id.ptr, "AISn3cr"));
}

static void without_a_token_no_text_is_taken_for_it(void **state)
{
    struct osft_task task = { .run_id = OSFT_LIT("run"), .generation = OSFT_LIT("") };
    (void)state;
    credentials.token = osft_span_from(NULL);
    hide_credentials(&task, 1);
    assert_string_equal(task.run_id.ptr, "run");
    assert_int_equal(task.generation.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_token_whose_plus_became_a_space_is_not_shown, set_up),
        cmocka_unit_test_setup(a_signature_in_percent_encoding_is_not_shown, set_up),
        cmocka_unit_test_setup(a_signature_by_itself_is_not_shown, set_up),
        cmocka_unit_test_setup(a_message_is_cut_in_json_as_well, set_up),
        cmocka_unit_test_setup(json_of_a_reply_has_nothing_of_what_was_signed, set_up),
        cmocka_unit_test_setup(a_task_s_text_with_a_credential_in_it_is_not_shown, set_up),
        cmocka_unit_test_setup(a_task_s_text_with_an_encoded_credential_in_it_is_not_shown, set_up),
        cmocka_unit_test_setup(a_message_with_a_token_in_escapes_of_json_is_cut, set_up),
        cmocka_unit_test_setup(
            a_token_behind_what_could_be_an_encoding_of_its_beginning_is_not_shown, set_up),
        cmocka_unit_test_setup(without_a_token_no_text_is_taken_for_it, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

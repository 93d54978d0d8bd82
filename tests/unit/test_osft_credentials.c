/* SPDX-License-Identifier: Apache-2.0 */
/* The parsers of credentials: commands, chunked bodies, INI files and JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../../examples/osft/credentials.h"

static struct credentials_problem problem;
static struct access_key key;

/* Return a copy in an allocation of exactly its length, so that ASan finds a read past its end. */
static char *copy_of(const char *text, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);

    assert_non_null(copy);
    memcpy(copy, text, len);
    return copy;
}

/* ---- commands ---- */

/* Return the arguments of a command, each in brackets; "-" when the command cannot be split. */
static const char *split(const char *command)
{
    static char shown[512];
    char copy[256], *arguments[ARGUMENTS_MAX + 1];
    int count, i;

    assert_true(strlen(command) < sizeof(copy));
    memcpy(copy, command, strlen(command) + 1);
    count = split_command(copy, arguments);
    shown[0] = 0;
    for (i = 0; i < count; i++) {
        snprintf(shown + strlen(shown), sizeof(shown) - strlen(shown), "[%s]", arguments[i]);
    }
    if (count >= 0) {
        assert_null(arguments[count]);
    }
    return count < 0 ? "-" : shown;
}

static void a_command_is_split_at_white_space_outside_of_quotes(void **state)
{
    (void)state;
    assert_string_equal(split("one"), "[one]");
    assert_string_equal(split("  one\ttwo \n three  "), "[one][two][three]");
    assert_string_equal(split("'one two' \"three four\" five"), "[one two][three four][five]");
    assert_string_equal(split("a'b c'd\"e f\"g"), "[ab cde fg]");
    assert_string_equal(split("one '' \"\""), "[one][][]");
    assert_string_equal(split("one\\ two \\\"three\\' \\\\"), "[one two][\"three'][\\]");
    assert_string_equal(split("\"a\\\"b\\c\\\\\" 'a\\b'"), "[a\"b\\c\\][a\\b]");
    assert_string_equal(split("$HOME;`id`|*"), "[$HOME;`id`|*]");
}

static void a_command_that_cannot_be_split_is_refused(void **state)
{
    static const char *const commands[] = { "",          "  ",    "'",       "one 'two",
                                            "one \"two", "one\\", "\"one\\", "one \"two\\\"" };
    char many[2 * ARGUMENTS_MAX + 3];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_string_equal(split(commands[i]), "-");
    }
    for (i = 0; i <= ARGUMENTS_MAX; i++) {
        memcpy(many + 2 * i, "x ", 2);
    }
    many[2 * ARGUMENTS_MAX + 2] = 0;
    assert_string_equal(split(many), "-");
    many[2 * ARGUMENTS_MAX] = 0;
    assert_int_equal(strlen(split(many)), 3 * ARGUMENTS_MAX);
}

/* ---- chunks ---- */

static const char *join(const char *body)
{
    static char joined[256];
    size_t len = strlen(body);

    memcpy(joined, body, len + 1);
    if (join_chunks(joined, &len) != 0) {
        return "-";
    }
    joined[len] = 0;
    return joined;
}

static void chunks_are_joined(void **state)
{
    (void)state;
    assert_string_equal(join("0\r\n\r\n"), "");
    assert_string_equal(join("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), "abc0123456789");
    assert_string_equal(join("3;name=value\r\nabc\r\n00\r\n"), "abc");
}

static void chunks_that_are_cut_or_broken_are_refused(void **state)
{
    static const char *const bodies[] = { "",
                                          "3",
                                          "3\r\n",
                                          "3\r\nab",
                                          "3\r\nabc",
                                          "3\r\nabc\r\n",
                                          "3\nabc\r\n0\r\n\r\n",
                                          "3\r\nabcd\r\n0\r\n\r\n",
                                          "-3\r\nabc\r\n0\r\n\r\n",
                                          "x\r\nabc\r\n0\r\n\r\n",
                                          "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
                                          "7fffffffffffffff\r\nabc\r\n0\r\n\r\n",
                                          "\r\n0\r\n\r\n",
                                          "0x3\r\nabc\r\n0\r\n\r\n" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_string_equal(join(bodies[i]), "-");
    }
}

/* ---- profiles ---- */

static struct profile profile;

typedef enum search find_in_text(struct profile *, const char *path, const char *name, char *text,
                                 size_t len, struct credentials_problem *);

static enum search find(find_in_text *find_in, const char *text, const char *name)
{
    static char *copy; /* the profile points into it */
    size_t len = strlen(text);

    free(copy);
    copy = copy_of(text, len);
    memset(&profile, 0, sizeof(profile));
    return find_in(&profile, "FILE", name, copy, len, &problem);
}

/* ---- the INI file ---- */

static enum search find_ini(const char *text, const char *name)
{
    return find(find_ini_profile, text, name);
}

static void a_profile_is_found_by_its_name(void **state)
{
    static const char text[] = "[a]\ntype = access_key\naccess_key_id = 1\n[b]\ntype = sts\n"
                               "access_key_id = 2\naccess_key_secret=s=3\nsecurity_token = t==";
    (void)state;
    assert_int_equal(find_ini(text, "b"), SEARCH_FOUND);
    assert_int_equal(profile.kind, PROFILE_STS);
    assert_true(is_equal(&profile.texts.id, "2"));
    assert_true(is_equal(&profile.texts.secret, "s=3"));
    assert_true(is_equal(&profile.texts.token, "t=="));
    assert_int_equal(find_ini(text, "a"), SEARCH_FOUND);
    assert_int_equal(profile.kind, PROFILE_KEY);
    assert_null(profile.texts.secret.ptr);
    assert_int_equal(find_ini(text, "c"), SEARCH_ABSENT);
    assert_int_equal(find_ini(text, NULL), SEARCH_ABSENT);
    assert_int_equal(find_ini("", "a"), SEARCH_ABSENT);
}

static void a_value_ends_where_its_comment_begins(void **state)
{
    (void)state;
    find_ini("[a]\ntype = ecs_ram_role # x\nrole_name = r;s#t ;u", "a");
    assert_int_equal(profile.kind, PROFILE_ROLE);
    assert_true(is_equal(&profile.role, "r;s#t"));
    find_ini("[a]\ntype = ecs_ram_role\nrole_name = # none", "a");
    assert_int_equal(profile.role.len, 0);
    find_ini("[a]\ntype = ecs_ram_role\nrole_name = \"r\"", "a");
    assert_true(is_equal(&profile.role, "r"));
    find_ini("[a]\ntype = ecs_ram_role\nrole_name = \"", "a");
    assert_true(is_equal(&profile.role, "\""));
}

static void a_line_that_is_none_is_named_and_not_shown(void **state)
{
    static const char *const texts[] = { "# one\nsEcReT", "\n[sEcReT", "[a]\n[", "[a]\nsEcReT\n" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(find_ini(texts[i], "a"), SEARCH_FAILED);
        assert_non_null(strstr(problem.what, "line 2 of the file FILE"));
        assert_null(strstr(problem.what, "sEcReT"));
    }
}

/* ---- JSON ---- */

static enum search find_json(const char *text, const char *name)
{
    return find(find_json_profile, text, name);
}

static void a_profile_of_the_vendors_tool_is_found_wherever_its_members_stand(void **state)
{
    (void)state;
    assert_int_equal(find_json("{\"profiles\":[{\"access_key_secret\":\"s\\u0021\",\"mode\":\"AK\","
                               "\"access_key_id\":\"i\",\"name\":\"x\"},{\"name\":\"y\",\"mode\":"
                               "\"External\",\"process_command\":\"a \\\"b\\\"\"}],\"current\":"
                               "\"x\"}",
                               NULL),
                     SEARCH_FOUND);
    assert_int_equal(profile.kind, PROFILE_KEY);
    assert_true(is_equal(&profile.texts.id, "i"));
    assert_true(is_equal(&profile.texts.secret, "s!"));
    assert_int_equal(find_json("{\"current\":\"x\",\"profiles\":[{\"name\":\"y\",\"mode\":"
                               "\"External\",\"process_command\":\"a \\\"b\\\"\"}]}",
                               "y"),
                     SEARCH_FOUND);
    assert_int_equal(profile.kind, PROFILE_COMMAND);
    assert_string_equal(profile.command, "a \"b\"");
}

static void a_document_without_the_profile_is_told_from_one_that_is_broken(void **state)
{
    static const char *const absent[] = { "{}",
                                          "{\"current\":\"x\",\"profiles\":[]}",
                                          "{\"profiles\":{\"name\":\"x\"}}",
                                          "{\"profiles\":[{\"name\":{\"name\":\"x\"}}]}",
                                          "{\"profiles\":[[\"x\"]]}",
                                          "{\"other\":[{\"name\":\"x\",\"mode\":\"AK\"}]}",
                                          "{\"profiles\":[{\"name\":7}]}" };
    static const char *const broken[] = { "{", "{\"profiles\":[{\"name\":\"x\",\"mode\":\"AK\"}]",
                                          "{}{}", "{\"a\":[[[[[[[1]]]]]]]}",
                                          "{\"profiles\":[{\"name\":\"x\",\"mode\":\"AK\",}]}" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        assert_int_equal(find_json(absent[i], "x"), SEARCH_ABSENT);
    }
    for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        assert_int_equal(find_json(broken[i], "x"), SEARCH_FAILED);
        assert_non_null(strstr(problem.what, "the file FILE: line 1 "));
    }
}

static int read_command(const char *text)
{
    size_t len = strlen(text);
    char *copy = copy_of(text, len);
    int result = read_command_key(&key, copy, len, "HERE", &problem);

    free(copy);
    return result;
}

static void what_a_command_prints_is_an_access_key(void **state)
{
    (void)state;
    assert_int_equal(read_command("{\"mode\":\"StsToken\",\"access_key_id\":\"i\","
                                  "\"access_key_secret\":\"s\",\"sts_token\":\"t\","
                                  "\"expiration\":\"2024-02-29T23:59:59Z\"}\n"),
                     0);
    assert_string_equal(key.id, "i");
    assert_string_equal(key.secret, "s");
    assert_string_equal(key.token, "t");
    assert_true(key.expires_ms == INT64_C(1709251199000));
    assert_int_equal(read_command("{\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":"
                                  "\"s\",\"sts_token\":\"t\",\"expiration\":\"soon\"}"),
                     0);
    assert_string_equal(key.token, "");
    assert_true(key.expires_ms == 0);
}

static void what_is_no_access_key_is_refused_and_not_shown(void **state)
{
    static const char *const texts[] = {
        "sEcReT",
        "\"sEcReT\"",
        "{\"mode\":\"sEcReT\",\"access_key_id\":\"i\",\"access_key_secret\":\"sEcReT\"}",
        "{\"access_key_id\":\"i\",\"access_key_secret\":\"sEcReT\"}",
        "{\"mode\":\"AK\",\"access_key_id\":\"sEcReT\"}",
        "{\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":7}",
        "{\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":\"\"}",
        "{\"mode\":\"AK\",\"access_key_id\":\"i\\u0000\",\"access_key_secret\":\"sEcReT\"}",
        "{\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":\"sEcReT\\n\"}",
        "{\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":\"sEc\\u0000ReT\"}",
        "{\"mode\":\"StsToken\",\"access_key_id\":\"i\",\"access_key_secret\":\"sEcReT\"}",
        "{\"mode\":\"AK\",\"nested\":{\"access_key_id\":\"i\",\"access_key_secret\":\"sEcReT\"}}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(read_command(texts[i]), -1);
        assert_int_equal(strncmp(problem.what, "HERE: ", 6), 0);
        assert_int_equal(strncmp(problem.advice, "have it print one JSON object ", 30), 0);
        assert_null(strstr(problem.what, "sEcReT"));
        assert_null(strstr(problem.advice, "sEcReT"));
    }
}

static int read_role(const char *code)
{
    char text[256];

    snprintf(text, sizeof(text),
             "{ \"AccessKeyId\" : \"i\", \"AccessKeySecret\" : \"s\", \"SecurityToken\" : \"t\",\n"
             "  \"Expiration\" : \"1970-01-01T00:00:01Z\", \"Code\" : \"%s\" }",
             code);
    return read_role_key(&key, text, strlen(text), "HERE", &problem);
}

static void what_the_metadata_server_sends_is_an_access_key_when_it_says_success(void **state)
{
    (void)state;
    assert_int_equal(read_role("Success"), 0);
    assert_string_equal(key.id, "i");
    assert_string_equal(key.secret, "s");
    assert_string_equal(key.token, "t");
    assert_true(key.expires_ms == 1000);
    assert_int_equal(read_role("Failure"), -1);
}

static void texts_that_do_not_fit_are_refused(void **state)
{
    char long_text[TOKEN_MAX + 1];
    struct osft_credentials texts = { OSFT_LIT("i"), OSFT_LIT("s"), { long_text, TOKEN_MAX - 1 } };

    (void)state;
    memset(long_text, 'x', sizeof(long_text));
    assert_int_equal(set_access_key(&key, &texts, 1, "HERE", &problem), 0);
    assert_int_equal(strlen(key.token), TOKEN_MAX - 1);
    texts.token.len = TOKEN_MAX;
    assert_int_equal(set_access_key(&key, &texts, 1, "HERE", &problem), -1);
    texts.token.len = 0;
    texts.id.ptr = long_text;
    texts.id.len = sizeof(key.id);
    assert_int_equal(set_access_key(&key, &texts, 0, "HERE", &problem), -1);
}

static uint32_t random_state = 1;

static size_t draw(size_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

/* Replace, insert or remove bytes at a random place. */
static void spoil(char *text, size_t size)
{
    static const char characters[] = "[]=#; \n\r\"'{}:,\\u0x1\xef\xbb";
    size_t len = strlen(text), at = draw(len + 1);

    switch (draw(8)) {
    case 0: text[at] = 0; break;
    case 1: memmove(text, text + at, len + 1 - at); break;
    case 2:
    case 3:
    case 4:
        if (len + 2 < size) {
            memmove(text + at + 1, text + at, len + 1 - at);
            text[at] = characters[draw(sizeof(characters) - 1)];
        }
        break;
    default:
        if (at < len) {
            text[at] = characters[draw(sizeof(characters) - 1)];
        }
    }
}

/* Each text is an allocation of its own, so that sanitizers find a read outside of it. The secret
 * must not be part of a message. */
static void a_text_that_was_spoiled_is_read_within_its_bounds_and_not_shown(void **state)
{
    static const char *const texts[] = {
        "# x\n[x]\ntype = sts\naccess_key_id = i\naccess_key_secret=\"sEcReT\" ; y\n"
        "security_token = sEcReT",
        "[d]\r\na=b\r\n [ x "
        "]\r\ntype=access_key\r\naccess_key_id='i'\r\naccess_key_secret=sEcReT\r\n",
        "{\"current\":\"x\",\"profiles\":[{\"name\":\"x\",\"mode\":\"External\","
        "\"process_command\":\"a 'sEcReT' \\\"b\\\"\"}]}",
        "{\"mode\":\"StsToken\",\"access_key_id\":\"i\",\"access_key_secret\":\"sEcReT\",\n"
        "\"sts_token\":\"sEcReT\",\"expiration\":\"2024-02-29T23:59:59Z\"}",
        "one 'sEcReT two' \"three\\\" four\" fi\\ ve"
    };
    unsigned found = 0, refused = 0, i;

    (void)state;
    for (i = 0; i < 40000; i++) {
        char text[400], *arguments[ARGUMENTS_MAX + 1];
        size_t edits = draw(4);

        snprintf(text, sizeof(text), "%s", texts[i % 5]);
        while (edits-- > 0) {
            spoil(text, sizeof(text));
        }
        problem.what[0] = problem.advice[0] = 0;
        found += find_ini(text, "x") == SEARCH_FOUND;
        found += find_json(text, "x") == SEARCH_FOUND;
        found += read_command(text) == 0;
        found += split_command(text, arguments) > 0;
        refused += problem.what[0] != 0;
        assert_null(strstr(problem.what, "sEcReT"));
        assert_null(strstr(problem.advice, "sEcReT"));
    }
    assert_true(found > 10000);
    assert_true(refused > 10000);
}

static int set_up(void **state)
{
    (void)state;
    return unsetenv("ALIBABA_CLOUD_PROFILE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_split_at_white_space_outside_of_quotes),
        cmocka_unit_test(a_command_that_cannot_be_split_is_refused),
        cmocka_unit_test(chunks_are_joined),
        cmocka_unit_test(chunks_that_are_cut_or_broken_are_refused),
        cmocka_unit_test(a_profile_is_found_by_its_name),
        cmocka_unit_test(a_value_ends_where_its_comment_begins),
        cmocka_unit_test(a_line_that_is_none_is_named_and_not_shown),
        cmocka_unit_test(a_profile_of_the_vendors_tool_is_found_wherever_its_members_stand),
        cmocka_unit_test(a_document_without_the_profile_is_told_from_one_that_is_broken),
        cmocka_unit_test(what_a_command_prints_is_an_access_key),
        cmocka_unit_test(what_is_no_access_key_is_refused_and_not_shown),
        cmocka_unit_test(what_the_metadata_server_sends_is_an_access_key_when_it_says_success),
        cmocka_unit_test(texts_that_do_not_fit_are_refused),
        cmocka_unit_test(a_text_that_was_spoiled_is_read_within_its_bounds_and_not_shown),
    };
    return cmocka_run_group_tests_name("osft credentials", tests, set_up, NULL);
}

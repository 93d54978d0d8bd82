/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of extendInfo are exact, or marked as huge. They are compared with tables, and with
 * numbers that are made from known digits and written in every form that JSON allows. */
#include "fake.h"
#include "osft_metrics.h"

/* Read a text that is one number, as an array's element and by itself, and assert that both give
 * the same. */
static void read_number(struct osft_metrics *m, const char *text)
{
    size_t len = strlen(text);
    struct osft_span span = { NULL, len }, inside = { NULL, len + 2 };
    char *copy = malloc(len), *array = malloc(len + 2);
    struct osft_metrics bare;

    assert_non_null(copy);
    assert_non_null(array);
    memcpy(copy, text, len);
    memcpy(array + 1, text, len);
    array[0] = '[';
    array[len + 1] = ']';
    span.ptr = copy;
    inside.ptr = array;
    osft_metrics_init(&bare, &span);
    assert_int_equal(osft_metrics_next(&bare), OSFT_OK);
    osft_metrics_init(m, &inside);
    assert_int_equal(osft_metrics_next(m), OSFT_OK);
    assert_int_equal(bare.kind, m->kind);
    assert_true(bare.number == m->number);
    assert_int_equal(bare.scale, m->scale);
    assert_int_equal(bare.text.len, len);
    assert_int_equal(m->text.len, len);
    assert_memory_equal(m->text.ptr, text, len);
    assert_memory_equal(bare.text.ptr, text, len);
    free(copy);
    free(array);
}

struct exact {
    const char *text;
    int64_t number;
    unsigned scale;
};

static void metrics_numbers_are_exact(void **state)
{
    static const struct exact table[] = {
        { "0", 0, 0 },
        { "-0", 0, 0 },
        { "-0.0", 0, 0 },
        { "0.000", 0, 0 },
        { "0e0", 0, 0 },
        { "0e999999", 0, 0 },
        { "0e-999999", 0, 0 },
        { "-0.000E+99999999999999999999999999", 0, 0 },
        { "7", 7, 0 },
        { "-7", -7, 0 },
        { "91.49", 9149, 2 },
        { "0.7745", 7745, 4 },
        { "-0.7745", -7745, 4 },
        { "1.50", 15, 1 },
        { "1.0", 1, 0 },
        { "10", 10, 0 },
        { "1e3", 1000, 0 },
        { "1E3", 1000, 0 },
        { "1e+3", 1000, 0 },
        { "1e-3", 1, 3 },
        { "1e-7", 1, 7 },
        { "1e-0", 1, 0 },
        { "1e00000000000000000000000000000000000002", 100, 0 },
        { "1e-00000000000000000000000000000000000002", 1, 2 },
        { "1.5e3", 1500, 0 },
        { "1.5e1", 15, 0 },
        { "1.5e0", 15, 1 },
        { "1.5e-1", 15, 2 },
        { "100e-2", 1, 0 },
        { "120e-2", 12, 1 },
        { "0.001e3", 1, 0 },
        { "0.30000000000000004", 30000000000000004, 17 },
        { "1.7976931348623157", 17976931348623157, 16 },
        { "2.220446049250313e-16", 2220446049250313, 31 },
        { "9007199254740993", 9007199254740993, 0 },
        { "9223372036854775807", INT64_MAX, 0 },
        { "-9223372036854775808", INT64_MIN, 0 },
        { "-9223372036854775807", -INT64_MAX, 0 },
        { "9223372036854775807e0", INT64_MAX, 0 },
        { "9.223372036854775807", INT64_MAX, 18 },
        { "-9.223372036854775808", INT64_MIN, 18 },
        { "922337203685477580.7e1", INT64_MAX, 0 },
        { "-92233720368547758080e-1", INT64_MIN, 0 },
        { "0.9223372036854775807", INT64_MAX, 19 },
        { "9223372036854775807e-255", INT64_MAX, 255 },
        { "9223372036854775800", 9223372036854775800, 0 },
        { "92233720368547758e2", 9223372036854775800, 0 },
        { "1e18", 1000000000000000000, 0 },
        { "9e18", 9000000000000000000, 0 },
        { "1e-255", 1, 255 },
        { "10e-256", 1, 255 },
        { "1.0000000000000000000000000000000000000000000", 1, 0 },
        { "10000000000000000000000000000000000000000e-40", 1, 0 },
        { "0.00000000000000000000000000000000000000001e41", 1, 0 },
        { "12300000000000000000000000000000000000000e-40", 123, 2 },
    };
    struct osft_metrics m;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        read_number(&m, table[i].text);
        if (m.kind != OSFT_METRIC_NUMBER || m.number != table[i].number ||
            m.scale != table[i].scale) {
            fail_msg("%s is kind %d, %lld, scale %u", table[i].text, (int)m.kind,
                     (long long)m.number, m.scale);
        }
    }
}

static void metrics_numbers_that_do_not_fit_are_huge(void **state)
{
    static const char *const table[] = {
        "9223372036854775808",
        "-9223372036854775809",
        "9223372036854775808e0",
        "922337203685477580.8e1",
        "-922337203685477580.9e1",
        "9223372036854775810",
        "92233720368547758071",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709551617",
        "36893488147419103233",
        "1152921504606846976e1",
        "1e19",
        "-1e19",
        "1e400",
        "1e999999999",
        "1e2147483647",
        "1e2147483648",
        "1e4294967296",
        "1e18446744073709551616",
        "-1e99999999999999999999999999999999999999",
        "1e-256",
        "1e-400",
        "1.5e-255",
        "1e-4294967296",
        "1e-18446744073709551616",
        "1e-99999999999999999999999999999999999999",
        "0.1e-255",
        "123456789012345678901234567890",
        "0.123456789012345678901234567890",
        "0.92233720368547758070001",
        "1000000000000000000000000000000000000001e-39",
    };
    struct osft_metrics m;
    int64_t value = 4711;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        read_number(&m, table[i]);
        if (m.kind != OSFT_METRIC_HUGE || m.number != 0 || m.scale != 0) {
            fail_msg("%s is kind %d, %lld, scale %u", table[i], (int)m.kind, (long long)m.number,
                     m.scale);
        }
        assert_int_equal(osft_metrics_scaled(&m, 2, &value), OSFT_E_RANGE);
        assert_int_equal(value, 4711);
    }
}

/* Numbers with thousands of digits before the point, behind it, or in the exponent. */
static void metrics_numbers_may_be_long(void **state)
{
    static char text[20100];
    struct osft_metrics m;
    (void)state;
    memset(text, '9', 20000); /* 999...9 */
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_HUGE);
    memcpy(text, "1e-", 3); /* 1e-999...9 */
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_HUGE);
    memcpy(text, "0e+", 3);
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_NUMBER);
    assert_int_equal(m.number, 0);
    memset(text + 3, '0', 19996); /* 1E+000...09 */
    memcpy(text, "1E+", 3);
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_NUMBER);
    assert_int_equal(m.number, 1000000000);
    memset(text, '0', 20000); /* 1000...0e-19999 */
    text[0] = '1';
    strcpy(text + 20000, "e-19999");
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_NUMBER);
    assert_int_equal(m.number, 1);
    assert_int_equal(m.scale, 0);
    memset(text, '0', 20000); /* 0.000...05e19999 */
    text[1] = '.';
    text[19999] = '5';
    strcpy(text + 20000, "e19999");
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_NUMBER);
    assert_int_equal(m.number, 50);
    assert_int_equal(m.scale, 0);
}

/* A number longer than the limit is marked as huge without being read to its end, as its zeros
 * could cancel an exponent that is not read. The walk ends after it as after any other number. */
static void metrics_numbers_of_megabytes_are_huge(void **state)
{
    size_t zeros = 5000000;
    char *text = malloc(zeros + 32);
    struct osft_metrics m;
    (void)state;
    assert_non_null(text);
    memset(text, '0', zeros);
    text[0] = '1';
    strcpy(text + zeros, "e-4999998");
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_HUGE);
    free(text);
}

/* The longest number that is read has 4 MiB. */
static void metrics_numbers_of_up_to_4_MiB_are_read(void **state)
{
    size_t limit = 4194304;
    char *text = malloc(limit + 2);
    struct osft_metrics m;
    (void)state;
    assert_non_null(text);
    memset(text, '0', limit + 1);
    text[0] = '7';
    text[1] = '.';
    text[limit + 1] = 0;
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_HUGE);
    text[limit] = 0;
    read_number(&m, text);
    assert_int_equal(m.kind, OSFT_METRIC_NUMBER);
    assert_int_equal(m.number, 7);
    assert_int_equal(m.scale, 0);
    free(text);
}

/* The state of a xorshift generator, which gives the same numbers in each run. */
static uint64_t random_state;
static unsigned below(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 20) % n);
}

/* Make random digits that neither begin nor end with a zero. Returns their number. */
static size_t make_digits(char *digits)
{
    size_t len = below(4) == 0 ? 18 + below(3) : 1 + below(22), i;
    for (i = 0; i < len; i++) {
        digits[i] = (char)('0' + below(10));
    }
    if (len == 19 && below(3) == 0) { /* values near the limits of 64 bits */
        memcpy(digits, "922337203685477580", 18);
        digits[18] = (char)('5' + below(5));
    }
    if (digits[0] == '0') {
        digits[0] = '1';
    }
    if (digits[len - 1] == '0') {
        digits[len - 1] = '5';
    }
    digits[len] = 0;
    return len;
}

/* Write digits * 10^power in a random one of the forms that JSON allows. */
static void write_number(char *text, int is_negative, const char *digits, int power)
{
    char all[64];
    int zeros = (int)below(4), point, len, exponent, at = 0;

    len = sprintf(all, "%s%.*s", digits, zeros, "0000");
    point = (int)below((unsigned)len + 6) - 3; /* the number of digits before the point */
    exponent = power - zeros + len - point;
    at += sprintf(text, "%s", is_negative ? "-" : "");
    if (point <= 0) {
        at += sprintf(text + at, "0.%.*s%s", -point, "000", all);
    } else if (point < len) {
        at += sprintf(text + at, "%.*s.%s", point, all, all + point);
    } else {
        at += sprintf(text + at, "%s%.*s", all, point - len, "000");
        at += sprintf(text + at, "%s", below(3) == 0 ? ".000" : "");
    }
    if (exponent != 0 || below(4) == 0) {
        at += sprintf(text + at, "%c%s%.*s%d", below(2) == 0 ? 'e' : 'E',
                      exponent < 0    ? "-"
                      : below(2) == 0 ? "+"
                                      : "",
                      (int)below(3), "00", exponent < 0 ? -exponent : exponent);
    }
}

/* Whether the number fits into 64 bits, decided by its digits as text. If so, *want gets the
 * number. */
static int fits(const char *digits, int is_negative, int power, char *want)
{
    const char *limit = is_negative ? "9223372036854775808" : "9223372036854775807";
    size_t len = strlen(digits), zeros = power > 0 ? (size_t)power : 0;

    if (power < -255 || len + zeros > 19) {
        return 0;
    }
    sprintf(want, "%s%.*s", digits, (int)zeros, "0000000000000000000");
    return len + zeros < 19 || strcmp(want, limit) <= 0;
}

static void metrics_numbers_are_the_same_however_they_are_written(void **state)
{
    struct osft_metrics m;
    unsigned round, counted[2] = { 0, 0 };
    (void)state;
    random_state = 0x9e3779b97f4a7c15;
    for (round = 0; round < 100000; round++) {
        char digits[32], want[64], text[128], got[64];
        int is_negative = (int)below(2), fit;
        int power = below(8) == 0 ? (int)below(600) - 300 : (int)below(24) - 20;
        (void)make_digits(digits);
        write_number(text, is_negative, digits, power);
        fit = fits(digits, is_negative, power, want);
        counted[fit]++;
        read_number(&m, text);
        if (m.kind != (fit ? OSFT_METRIC_NUMBER : OSFT_METRIC_HUGE)) {
            fail_msg("%s is kind %d", text, (int)m.kind);
        }
        if (fit) {
            sprintf(got, "%lld", (long long)m.number);
            if (strcmp(got + is_negative, want) != 0 || (got[0] == '-') != is_negative ||
                m.scale != (power < 0 ? -power : 0)) {
                fail_msg("%s is %s, scale %u", text, got, m.scale);
            }
        }
    }
    assert_true(counted[0] > 10000 && counted[1] > 10000);
}

struct scaled {
    const char *text;
    unsigned scale;
    int err;
    int64_t value;
};

static void metrics_scaled_rounds_half_away_from_zero(void **state)
{
    static const struct scaled table[] = {
        { "0.7745", 4, OSFT_OK, 7745 },
        { "0.7745", 3, OSFT_OK, 775 },
        { "0.7745", 2, OSFT_OK, 77 },
        { "0.7745", 1, OSFT_OK, 8 },
        { "0.7745", 0, OSFT_OK, 1 },
        { "0.7745", 6, OSFT_OK, 774500 },
        { "-0.7745", 3, OSFT_OK, -775 },
        { "0.5", 0, OSFT_OK, 1 },
        { "-0.5", 0, OSFT_OK, -1 },
        { "0.49999999999999999", 0, OSFT_OK, 0 },
        { "-0.49999999999999999", 0, OSFT_OK, 0 },
        { "1.5", 0, OSFT_OK, 2 },
        { "2.5", 0, OSFT_OK, 3 },
        { "0.05", 0, OSFT_OK, 0 },
        { "0.45", 0, OSFT_OK, 0 }, /* rounding to 0.5 first would give 1 */
        { "99.995", 2, OSFT_OK, 10000 },
        { "0", 0, OSFT_OK, 0 },
        { "0", 18, OSFT_OK, 0 },
        { "0", 4000000000, OSFT_OK, 0 },
        { "3", 18, OSFT_OK, 3000000000000000000 },
        { "9.223372036854775807", 18, OSFT_OK, INT64_MAX },
        { "-9.223372036854775808", 18, OSFT_OK, INT64_MIN },
        { "9.223372036854775807", 17, OSFT_OK, 922337203685477581 },
        { "-9.223372036854775808", 0, OSFT_OK, -9 },
        { "9223372036854775807", 0, OSFT_OK, INT64_MAX },
        { "-9223372036854775808", 0, OSFT_OK, INT64_MIN },
        { "922337203685477580", 1, OSFT_OK, 9223372036854775800 },
        { "9e-255", 0, OSFT_OK, 0 },
        { "9e-255", 254, OSFT_OK, 1 },
        { "9e-255", 255, OSFT_OK, 9 },
        { "9223372036854775807", 1, OSFT_E_RANGE, 0 },
        { "-9223372036854775808", 1, OSFT_E_RANGE, 0 },
        { "922337203685477581", 1, OSFT_E_RANGE, 0 },
        { "10", 18, OSFT_E_RANGE, 0 },
        { "9.3", 18, OSFT_E_RANGE, 0 },
        { "-9.3", 18, OSFT_E_RANGE, 0 },
        { "1", 19, OSFT_E_RANGE, 0 },
        { "1", 4294967295, OSFT_E_RANGE, 0 },
        { "true", 0, OSFT_E_RANGE, 0 },
        { "null", 0, OSFT_E_RANGE, 0 },
        { "\"1\"", 0, OSFT_E_RANGE, 0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct scaled *s = &table[i];
        char text[64];
        struct osft_span span = { text, strlen(s->text) };
        struct osft_metrics m;
        int64_t value = 4711, want = s->err == OSFT_OK ? s->value : 4711;
        strcpy(text, s->text);
        osft_metrics_init(&m, &span);
        assert_int_equal(osft_metrics_next(&m), OSFT_OK);
        if (osft_metrics_scaled(&m, s->scale, &value) != s->err || value != want) {
            fail_msg("%s at %u: %lld", s->text, s->scale, (long long)value);
        }
    }
}

/* Compare osft_metrics_scaled() with a division by the processor. */
static void metrics_scaled_agrees_with_division(void **state)
{
    unsigned round;
    (void)state;
    random_state = 88172645463325252;
    for (round = 0; round < 20000; round++) {
        char digits[32], text[64];
        struct osft_metrics m;
        int64_t number, by = 1, want, got = 0;
        unsigned cut = below(19), i;
        do {
            digits[make_digits(digits) % 18 + 1] = 0;
        } while (digits[strlen(digits) - 1] == '0');
        sprintf(text, "%s%se-30", below(2) == 0 ? "-" : "", digits);
        read_number(&m, text);
        assert_int_equal(m.kind, OSFT_METRIC_NUMBER);
        assert_int_equal(m.scale, 30);
        number = m.number;
        for (i = 0; i < cut; i++) {
            by *= 10;
        }
        want = number / by;
        if (cut > 0 && (number < 0 ? -(number % by) : number % by) >= by / 2) {
            want += number < 0 ? -1 : 1;
        }
        assert_int_equal(osft_metrics_scaled(&m, 30 - cut, &got), OSFT_OK);
        if (got != want) {
            fail_msg("%s at %u: %lld, not %lld", text, 30 - cut, (long long)got, (long long)want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_numbers_are_exact),
        cmocka_unit_test(metrics_numbers_that_do_not_fit_are_huge),
        cmocka_unit_test(metrics_numbers_may_be_long),
        cmocka_unit_test(metrics_numbers_of_megabytes_are_huge),
        cmocka_unit_test(metrics_numbers_of_up_to_4_MiB_are_read),
        cmocka_unit_test(metrics_numbers_are_the_same_however_they_are_written),
        cmocka_unit_test(metrics_scaled_rounds_half_away_from_zero),
        cmocka_unit_test(metrics_scaled_agrees_with_division),
    };
    return cmocka_run_group_tests_name("metrics numbers", tests, NULL, NULL);
}

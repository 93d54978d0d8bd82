/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which proxy is chosen for a host, by URLs, environment variables, and lists of hosts that
 * need no proxy. test_port_hosted.c connects through a proxy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "osft_hosted_proxy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HOST         "opensearch.cn-hangzhou.aliyuncs.com"

static struct osft_hosted_proxy choice;

static int begin(void **state)
{
    static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY" };
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        unsetenv(names[i]);
    }
    memset(&choice, 0xee, sizeof choice);
    return 0;
}

static void assert_text(const char *text, const char *expected)
{
    if (expected == NULL) {
        assert_null(text);
    } else {
        assert_string_equal(text, expected);
    }
}

static void a_url_is_taken_apart(void **state)
{
    static const struct {
        const char *url, *host, *user, *password;
        uint16_t tcp_port;
    } urls[] = {
        { "http://proxy.example:3128", "proxy.example", NULL, NULL, 3128 },
        { "http://proxy.example:3128/", "proxy.example", NULL, NULL, 3128 },
        { "HTTP://Proxy_1:1", "Proxy_1", NULL, NULL, 1 },
        { "proxy.example:65535", "proxy.example", NULL, NULL, 65535 },
        { "10.0.0.1:8080", "10.0.0.1", NULL, NULL, 8080 },
        { "http://[2001:db8::1]:3128", "[2001:db8::1]", NULL, NULL, 3128 },
        { "http://[fe80::1%eth0.1]:3128", "[fe80::1%eth0.1]", NULL, NULL, 3128 },
        { "http://[fe80::1%25eth0]:3128", "[fe80::1%eth0]", NULL, NULL, 3128 },
        { "http://[fe80::1%25]:3128", "[fe80::1%25]", NULL, NULL, 3128 },
        { "[fe80::1%eth0]:3128", "[fe80::1%eth0]", NULL, NULL, 3128 },
        { "http://me:secret@proxy.example:3128", "proxy.example", "me", "secret", 3128 },
        { "me@proxy:00080", "proxy", "me", NULL, 80 },
        { "http://me:@proxy:80", "proxy", "me", "", 80 },
        { "http://:p@proxy:80", "proxy", "", "p", 80 },
        { "http://@proxy:80", "proxy", "", NULL, 80 },
        { "http://a%40b:c%3a%2F%25%20d:e@[::1]:80", "[::1]", "a@b", "c:/% d:e", 80 },
        { "http://me:p/w?@p:80", "p", "me", "p/w?", 80 },
        { "http://%C3%A4:%ff@p:80", "p", "\xc3\xa4", "\xff", 80 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        begin(NULL);
        assert_int_equal(osft_hosted_choose_proxy(&choice, urls[i].url, HOST), OSFT_OK);
        assert_string_equal(choice.host, urls[i].host);
        assert_int_equal(choice.tcp_port, urls[i].tcp_port);
        assert_text(choice.user, urls[i].user);
        assert_text(choice.password, urls[i].password);
        assert_null(choice.source);
        assert_null(choice.fault);
    }
}

static void an_invalid_url_is_refused_and_explained(void **state)
{
    static const struct {
        const char *url, *why;
    } urls[] = {
        { "https://proxy:443", "not http://" },
        { "socks5://proxy:1080", "not http://" },
        { "http://proxy", "needs a port" },
        { "proxy", "needs a port" },
        { "http://[::1]", "needs a port" },
        { "http://[::1]3128", "needs a port" },
        { "http://proxy:", "port is not" },
        { "http://proxy:0", "port is not" },
        { "http://proxy:65536", "port is not" },
        { "http://proxy:999999", "port is not" },
        { "http://proxy:31x", "port is not" },
        { "http://proxy:+1", "port is not" },
        { "http://proxy:3128/path", "port is not" },
        { "http://proxy:3128?x", "port is not" },
        { "http://proxy:3128//", "port is not" },
        { "http://", "host is no name" },
        { "http:///", "host is no name" },
        { "http://:3128", "host is no name" },
        { "http://me:pw@:3128", "host is no name" },
        { "http://-x:3128", "host is no name" },
        { "http://.x:3128", "host is no name" },
        { "http://a b:3128", "host is no name" },
        { "http://pro\r\nxy:3128", "host is no name" },
        { "http://[proxy]:3128", "host is no name" },
        { "http://[::1:3128", "host is no name" },
        { "http://[127.0.0.1]:3128", "host is no name" },
        { "http://[fe80::1%]:3128", "host is no name" },
        { "http://[fe80::1%eth0\033[31m]:3128", "host is no name" },
        { "http://[fe80::1%eth0\177]:3128", "host is no name" },
        { "http://[fe80::1%a b]:3128", "host is no name" },
        { "http://[fe80::1%a\r\nb]:3128", "host is no name" },
        { "http://[fe80::1%\302\233]:3128", "host is no name" },
        { "http://::1:3128", "host is no name" },
        { "http://me:p@ss@proxy:3128", "host is no name" },
        { "http://me:100%@proxy:3128", "two hexadecimal digits" },
        { "http://me:%4@proxy:3128", "two hexadecimal digits" },
        { "http://me:%g0@proxy:3128", "two hexadecimal digits" },
        { "http://%:x@proxy:3128", "two hexadecimal digits" },
        { "http://me:%00@proxy:3128", "control character" },
        { "http://me:%0d%0aX@proxy:3128", "control character" },
        { "http://me:%7f@proxy:3128", "control character" },
        { "http://me:a\tb@proxy:3128", "control character" },
        { "http://m%3ae:pw@proxy:3128", "colon" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        begin(NULL);
        assert_int_equal(osft_hosted_choose_proxy(&choice, urls[i].url, HOST), OSFT_E_ARG);
        if (strstr(choice.fault, urls[i].why) == NULL) {
            fail_msg("%s: %s", urls[i].url, choice.fault);
        }
        assert_string_equal(choice.host, "");
    }
}

/* proxy.login must have room for user and password, each with a NUL. */
static void a_login_that_is_too_long_is_refused_and_not_cut(void **state)
{
    static char url[2 * OSFT_HOSTED_PROXY_LOGIN];
    (void)state;
    for (size_t user_len = 0; user_len <= OSFT_HOSTED_PROXY_LOGIN; user_len++) {
        for (size_t password_len = 0; password_len < 3; password_len++) {
            int fits = user_len + 1 + password_len + 1 <= OSFT_HOSTED_PROXY_LOGIN;

            memset(url, 'u', user_len);
            snprintf(url + user_len, sizeof url - user_len, ":%.*s@proxy:3128", (int)password_len,
                     "pp");
            begin(NULL);
            assert_int_equal(osft_hosted_choose_proxy(&choice, url, HOST),
                             fits ? OSFT_OK : OSFT_E_ARG);
            if (fits) {
                assert_int_equal(strlen(choice.user), user_len);
                assert_int_equal(strlen(choice.password), password_len);
            } else {
                assert_string_equal(choice.fault, "its user and password are too long");
            }
        }
    }
    for (size_t len = 250; len < 262; len++) {
        memset(url, 'h', len);
        strcpy(url + len, ":3128");
        begin(NULL);
        assert_int_equal(osft_hosted_choose_proxy(&choice, url, HOST),
                         len < sizeof choice.host ? OSFT_OK : OSFT_E_ARG);
    }
}

static void a_lower_case_variable_counts_before_an_upper_case_one(void **state)
{
    (void)state;
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, HOST), OSFT_OK);
    assert_string_equal(choice.host, "");
    setenv("HTTPS_PROXY", "http://big:1", 1);
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, HOST), OSFT_OK);
    assert_string_equal(choice.host, "big");
    assert_string_equal(choice.source, "HTTPS_PROXY");
    setenv("https_proxy", "", 1); /* an empty variable counts as not set */
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, HOST), OSFT_OK);
    assert_string_equal(choice.host, "big");
    setenv("https_proxy", "http://small:2", 1);
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, HOST), OSFT_OK);
    assert_string_equal(choice.host, "small");
    assert_string_equal(choice.source, "https_proxy");
    assert_int_equal(osft_hosted_choose_proxy(&choice, "passed:3", HOST), OSFT_OK);
    assert_string_equal(choice.host, "passed");
    assert_int_equal(osft_hosted_choose_proxy(&choice, "", HOST), OSFT_OK);
    assert_string_equal(choice.host, "");
    setenv("https_proxy", "http://me:sEcReT%@small:2", 1);
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, HOST), OSFT_E_ARG);
    assert_string_equal(choice.source, "https_proxy");
    assert_null(strstr(choice.fault, "sEcReT"));
}

static void the_variable_no_proxy_applies_wherever_the_proxy_comes_from(void **state)
{
    (void)state;
    setenv("HTTPS_PROXY", "http://big:1", 1);
    setenv("NO_PROXY", "aliyuncs.com", 1);
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, HOST), OSFT_OK);
    assert_string_equal(choice.host, "");
    assert_int_equal(osft_hosted_choose_proxy(&choice, "passed:3", HOST), OSFT_OK);
    assert_string_equal(choice.host, "");
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, "127.0.0.1"), OSFT_OK);
    assert_string_equal(choice.host, "big");
    /* only the lower-case variable is used */
    setenv("no_proxy", "127.0.0.1", 1);
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, "127.0.0.1"), OSFT_OK);
    assert_string_equal(choice.host, "");
    assert_int_equal(osft_hosted_choose_proxy(&choice, NULL, HOST), OSFT_OK);
    assert_string_equal(choice.host, "big");
}

static void a_list_has_names_suffixes_and_addresses(void **state)
{
    static const struct {
        const char *list, *host;
        int is_in;
    } cases[] = {
        { "", "a.example", 0 },
        { ",, ,", "a.example", 0 },
        { ".", "a.example", 0 },
        { "*", "a.example", 1 },
        { "*", "[::1]", 1 },
        { "*,x", "a.example", 0 }, /* like curl, "*" counts only when it is the whole list */
        { "*.example", "a.example", 0 },
        { "example", "a.example", 1 },
        { ".example", "a.example", 1 },
        { "EXAMPLE", "a.Example", 1 },
        { "a.example", "a.example", 1 },
        { ".a.example", "a.example", 1 },
        { "a.example.", "a.example", 1 },
        { "a.example", "a.example.", 1 },
        { "a.example:443", "a.example", 0 },
        { "xample", "a.example", 0 },
        { "b.a.example", "a.example", 0 },
        { "local.com", "www.notlocal.com", 0 },
        { "local.com", "www.local.com", 1 },
        { "ample.com", "ample.com.org", 0 },
        { "x,y ,  a.example", "a.example", 1 },
        { "x y\ta.example z", "a.example", 1 },
        { "x,a.example,", "a.example", 1 },
        { "127.0.0.1", "127.0.0.1", 1 },
        { "127.0.0.1", "127.0.0.11", 0 },
        { "0.0.1", "127.0.0.1", 0 },
        { ".0.0.1", "127.0.0.1", 0 },
        { ".127.0.0.1", "127.0.0.1", 0 },
        { "127.0.0.1.", "127.0.0.1", 0 },
        { "127.0.0.1", "1.127.0.0.1.example", 0 },
        { "10.0.0.0/8", "10.255.3.4", 1 },
        { "10.0.0.0/8", "11.0.0.0", 0 },
        { "192.168.0.0/16", "192.168.1.1", 1 },
        { "192.168.128.0/17", "192.168.127.255", 0 },
        { "192.168.128.0/17", "192.168.255.255", 1 },
        { "192.168.1.1/32", "192.168.1.1", 1 },
        { "192.168.1.1/33", "192.168.1.1", 0 },
        { "192.168.1.1/", "192.168.1.1", 0 },
        { "192.168.1.1/x", "192.168.1.1", 0 },
        { "192.168.1.1/-1", "192.168.1.1", 0 },
        { "192.168.1.1/0032", "192.168.1.1", 0 },
        { "::1", "[::1]", 1 },
        { "[::1]", "[::1]", 1 },
        { "0:0:0:0:0:0:0:1", "[::1]", 1 },
        { "::1", "[::2]", 0 },
        { "fe80::1", "[fe80::1%eth0]", 1 },
        { "2001:db8::/32", "[2001:db8:1::9]", 1 },
        { "[2001:db8::]/32", "[2001:db8:1::9]", 1 },
        { "2001:db8::/32", "[2001:db9::9]", 0 },
        { "2001:db8::/129", "[2001:db8::]", 0 },
        { "::ffff:10.0.0.1", "10.0.0.1", 0 },
        { "10.0.0.1", "[::1]", 0 },
        { "0.0.0.0/0", "10.0.0.1", 0 },
        { "10.0.0.1/0", "10.0.0.1", 1 },
        { "0.0.0.0/0", "[::1]", 0 },
        { "::/0", "[::1]", 0 },
        { "::1/0", "[::1]", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (osft_hosted_is_in_no_proxy(cases[i].list, cases[i].host) != cases[i].is_in) {
            fail_msg("\"%s\" and %s", cases[i].list, cases[i].host);
        }
    }
}

static void entries_longer_than_any_host_are_skipped(void **state)
{
    static char list[1000];
    (void)state;
    for (size_t len = 1; len < 600; len++) {
        memset(list, 'a', len);
        strcpy(list + len, ",b.example");
        assert_true(osft_hosted_is_in_no_proxy(list, "b.example"));
        assert_false(osft_hosted_is_in_no_proxy(list, "c.example"));
        assert_false(osft_hosted_is_in_no_proxy(list, "10.0.0.1"));
    }
    memset(list, 'a', 400);
    assert_false(osft_hosted_is_in_no_proxy("a", list)); /* not a valid host */
}

static void the_password_can_be_wiped(void **state)
{
    (void)state;
    assert_int_equal(osft_hosted_choose_proxy(&choice, "me:sEcReT@proxy:3128", HOST), OSFT_OK);
    osft_hosted_forget_proxy(&choice);
    for (size_t i = 0; i < sizeof choice; i++) {
        assert_int_equal(((const char *)&choice)[i], 0);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_url_is_taken_apart),
        TEST(an_invalid_url_is_refused_and_explained),
        TEST(a_login_that_is_too_long_is_refused_and_not_cut),
        TEST(a_lower_case_variable_counts_before_an_upper_case_one),
        TEST(the_variable_no_proxy_applies_wherever_the_proxy_comes_from),
        TEST(a_list_has_names_suffixes_and_addresses),
        TEST(entries_longer_than_any_host_are_skipped),
        TEST(the_password_can_be_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

void sample_init(struct sample *sample)
{
    memset(sample, 0, sizeof(*sample));
    sample->credentials.id = osft_span_from("testid");
    sample->credentials.secret = osft_span_from("testsecret");
    sample->query.app_group = osft_span_from("my_app");
    sample->query.function = osft_span_from("ctr");
    sample->query.instance = osft_span_from("ctr_test");
    sample->settings.host = "opensearch.cn-hangzhou.aliyuncs.com";
    sample->settings.sha256 = real_sha256();
    sample->settings.credentials = &sample->credentials;
}

int sample_build_in(struct sample *sample, char *buffer, size_t size)
{
    struct osft_request r;
    int error;

    memset(&r, 0x5a, sizeof(r)); /* what it needs, it sets */
    r.settings = &sample->settings;
    r.query = &sample->query;
    r.date = "2024-02-29T23:59:59Z not sent";
    r.nonce = "3156853299f313e23d1673dc12e1703d not sent";
    r.buffer = buffer;
    r.size = size;
    error = osft_build_request(&r);
    sample->need = r.len;
    sample->refused = r.argument != 0 ? osft_argument_name(r.argument) : NULL;
    assert_true((sample->refused != NULL) == (error == OSFT_E_ARG));
    return error;
}

const char *sample_build(struct sample *sample)
{
    assert_int_equal(sample_build_in(sample, sample->wire, sizeof(sample->wire) - 1), OSFT_OK);
    assert_true(sample->need < sizeof(sample->wire));
    sample->wire[sample->need] = 0;
    return sample->wire;
}

void assert_target(struct sample *sample, const char *target)
{
    static char start[8192];
    snprintf(start, sizeof(start), "GET %s HTTP/1.1\r\n", target);
    sample_build(sample);
    sample->wire[strlen(start)] = 0;
    assert_string_equal(sample->wire, start);
}

void assert_has(const struct sample *sample, const char *part)
{
    if (strstr(sample->wire, part) == NULL) {
        fail_msg("%s is not in %s", part, sample->wire);
    }
}

void assert_has_not(const struct sample *sample, const char *part)
{
    if (strstr(sample->wire, part) != NULL) {
        fail_msg("%s is in %s", part, sample->wire);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A request made of any query, credentials and host. Either it is refused for the right value; or
 * it is, byte for byte, what RFC 3986 and ACS3 require, fits where it must fit, and is what was
 * signed. The input is nine lines:
 *     plain_http TCP_PORT END_MS START_MS PAGE_NUMBER PAGE_SIZE    numbers
 *     names of application, function, instance; generation; status; AccessKey; token; host
 * A line that begins with ! is an absent text. Byte 1 stands for a line feed. */
#include "fuzz.h"
#include "request.h"

#include <stdarg.h>

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DATE       "2024-02-29T23:59:59Z"
#define NONCE      "0123456789abcdef0123456789abcdef"
enum { TEXTS = 8, TEXT_MAX = 1024 };

static struct fuzz_hash hash;

/* A text that grows as it is appended to. */
struct output {
    char text[65536];
    size_t len;
};

static void put(struct output *out, const char *text, size_t len)
{
    FUZZ_CHECK(len < sizeof(out->text) - out->len);
    memcpy(out->text + out->len, text, len);
    out->len += len;
    out->text[out->len] = 0;
}

static void print(struct output *out, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(out->text + out->len, sizeof(out->text) - out->len, format, args);
    va_end(args);
    FUZZ_CHECK(len >= 0 && (size_t)len < sizeof(out->text) - out->len);
    out->len += (size_t)len;
}

/* Append a text in percent-encoding (RFC 3986, 2.1): all bytes except the unreserved characters. */
static void put_encoded(struct output *out, struct osft_span text)
{
    static const char unreserved[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    size_t i;

    for (i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.ptr[i];

        if (byte != 0 && strchr(unreserved, byte) != NULL) {
            put(out, &text.ptr[i], 1);
        } else {
            print(out, "%%%02X", byte);
        }
    }
}

static void put_parameter(struct output *out, const char *name, int64_t value)
{
    if (value != 0) {
        print(out, "%s%s=%lld", out->len != 0 ? "&" : "", name, (long long)value);
    }
}

/* Make the path and the query, which the request line and the canonical request have in common. */
static void put_target(const struct osft_query *query, struct output *path,
                       struct output *parameters)
{
    path->len = parameters->len = 0;
    print(path, "/v4/openapi/app-groups/");
    put_encoded(path, query->app_group);
    print(path, "/functions/");
    put_encoded(path, query->function);
    print(path, "/instances/");
    put_encoded(path, query->instance);
    print(path, "/tasks");
    parameters->text[0] = 0;
    if (query->generation.ptr != NULL) {
        print(path, "/");
        put_encoded(path, query->generation);
        return;
    }
    put_parameter(parameters, "endTime", query->end_ms);
    put_parameter(parameters, "pageNumber", query->page_number);
    put_parameter(parameters, "pageSize", query->page_size);
    put_parameter(parameters, "startTime", query->start_ms);
    if (query->status.ptr != NULL) {
        print(parameters, "%sstatus=", parameters->len != 0 ? "&" : "");
        put_encoded(parameters, query->status);
    }
}

static void put_host(struct output *out, const struct osft_settings *settings)
{
    uint16_t usual = settings->plain_http ? 80 : 443;
    size_t len = strcspn(settings->host, "%");

    put(out, settings->host, len);
    /* the zone of an address is not sent */
    if (settings->host[len] != 0 && settings->host[0] == '[') {
        print(out, "]");
    }
    if (settings->tcp_port != 0 && settings->tcp_port != usual) {
        print(out, ":%u", (unsigned)settings->tcp_port);
    }
}

/* Append a header as it is sent, or as it is signed. */
static void put_header(struct output *out, int is_signed, const char *name, struct osft_span value)
{
    print(out, is_signed ? "%s:" : "%s: ", name);
    put(out, value.ptr, value.len);
    print(out, is_signed ? "\n" : "\r\n");
}

static void put_headers(struct output *out, int is_signed, const struct osft_request *r)
{
    static struct output host;
    const struct osft_credentials *credentials = r->settings->credentials;
    struct osft_span value = { host.text, 0 };

    host.len = 0;
    put_host(&host, r->settings);
    value.len = host.len;
    put_header(out, is_signed, "host", value);
    if (credentials->token.len != 0) {
        put_header(out, is_signed, "x-acs-accesskey-id", credentials->id);
    }
    put_header(
        out, is_signed, "x-acs-action",
        osft_span_from(r->query->generation.ptr != NULL ? "GetFunctionTask" : "ListFunctionTasks"));
    put_header(out, is_signed, "x-acs-content-sha256", osft_span_from(EMPTY_HASH));
    put_header(out, is_signed, "x-acs-date", osft_span_from(DATE));
    if (credentials->token.len != 0) {
        put_header(out, is_signed, "x-acs-security-token", credentials->token);
    }
    put_header(out, is_signed, "x-acs-signature-nonce", osft_span_from(NONCE));
    put_header(out, is_signed, "x-acs-version", osft_span_from("2017-12-25"));
}

static const char *signed_names(const struct osft_credentials *credentials)
{
    return credentials->token.len != 0
               ? "host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;"
                 "x-acs-security-token;x-acs-signature-nonce;x-acs-version"
               : "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;"
                 "x-acs-version";
}

static void check_request(const struct osft_request *r)
{
    static struct output wanted, path, parameters;
    const struct osft_credentials *credentials = r->settings->credentials;
    int i;

    put_target(r->query, &path, &parameters);
    wanted.len = 0;
    print(&wanted, "GET %s%s%s HTTP/1.1\r\n", path.text, parameters.len != 0 ? "?" : "",
          parameters.text);
    put_headers(&wanted, 0, r);
    print(&wanted, "user-agent: osft/" OSFT_VERSION "\r\naccept: application/json\r\n"
                   "authorization: ACS3-HMAC-SHA256 Credential=");
    put(&wanted, credentials->id.ptr, credentials->id.len);
    print(&wanted, ",SignedHeaders=%s,Signature=", signed_names(credentials));
    for (i = 0; i < 32; i++) {
        print(&wanted, "ac");
    }
    print(&wanted, "\r\n\r\n");
    FUZZ_CHECK(r->len == wanted.len && memcmp(r->buffer, wanted.text, wanted.len) == 0);

    wanted.len = 0;
    print(&wanted, "GET\n%s\n%s\n", path.text, parameters.text);
    put_headers(&wanted, 1, r);
    print(&wanted, "\n%s\n" EMPTY_HASH, signed_names(credentials));
    FUZZ_CHECK(hash.len == wanted.len && memcmp(hash.heard, wanted.text, wanted.len) == 0);
}

static int is_name(struct osft_span name)
{
    return name.len != 0 && !(name.len == 1 && name.ptr[0] == '.') &&
           !(name.len == 2 && memcmp(name.ptr, "..", 2) == 0);
}

static int is_value(struct osft_span value)
{
    size_t i;

    for (i = 0; i < value.len; i++) {
        if ((uint8_t)value.ptr[i] <= 0x20 || value.ptr[i] == 0x7f) {
            return 0;
        }
    }
    return value.len != 0;
}

/* Return the value for which the request must be refused; 0: none. */
static int find_refused(const struct osft_request *r)
{
    const struct osft_query *query = r->query;
    const struct osft_credentials *credentials = r->settings->credentials;

    if (!is_value(credentials->id)) {
        return OSFT_ARG_ID;
    }
    if (credentials->token.len != 0 && !is_value(credentials->token)) {
        return OSFT_ARG_TOKEN;
    }
    if (!is_value(osft_span_from(r->settings->host))) {
        return OSFT_ARG_HOST;
    }
    if (query->generation.ptr == NULL && query->start_ms < 0) {
        return OSFT_ARG_START_TIME;
    }
    if (query->generation.ptr == NULL && query->end_ms < 0) {
        return OSFT_ARG_END_TIME;
    }
    if (query->generation.ptr != NULL && !is_name(query->generation)) {
        return OSFT_ARG_GENERATION;
    }
    if (!is_name(query->instance)) {
        return OSFT_ARG_INSTANCE;
    }
    if (!is_name(query->function)) {
        return OSFT_ARG_FUNCTION;
    }
    return is_name(query->app_group) ? 0 : OSFT_ARG_APP_GROUP;
}

/* Take the next decimal number of a line. A number that does not fit wraps. */
static int64_t read_number(struct fuzz_input *line)
{
    int is_negative = line->left != 0 && *line->bytes == '-';
    uint64_t value = 0;

    if (is_negative) {
        (void)fuzz_byte(line);
    }
    while (line->left != 0 && *line->bytes >= '0' && *line->bytes <= '9') {
        value = value * 10 + (fuzz_byte(line) - '0');
    }
    (void)fuzz_byte(line);
    return (int64_t)(is_negative ? 0 - value : value);
}

/* Take a line as a text in an allocation of its own; the text is absent when the line begins with
 * !. */
static struct osft_span read_text(struct fuzz_input *in)
{
    struct fuzz_input line = fuzz_line(in);
    struct osft_span text = { NULL, 0 };
    char *copy;
    size_t i;

    if (line.left != 0 && *line.bytes == '!') {
        return text;
    }
    text.len = line.left < TEXT_MAX ? line.left : TEXT_MAX;
    copy = fuzz_copy(line.bytes, text.len);
    for (i = 0; i < text.len; i++) {
        if (copy[i] == 1) {
            copy[i] = '\n';
        }
    }
    text.ptr = copy;
    return text;
}

static int build(struct osft_request *r, size_t size)
{
    int result;

    r->buffer = malloc(size != 0 ? size : 1);
    FUZZ_CHECK(r->buffer != NULL);
    r->size = size;
    result = osft_build_request(r);
    FUZZ_CHECK(result != OSFT_OK || r->len <= size);
    return result;
}

static void check_build(struct osft_request *r)
{
    int refused = find_refused(r), result = build(r, 0);
    size_t need = r->len;

    free(r->buffer);
    if (refused != 0) {
        FUZZ_CHECK(result == OSFT_E_ARG && r->argument == refused);
        FUZZ_CHECK(strcmp(osft_argument_name(r->argument), osft_argument_name(0)) != 0);
        return;
    }
    FUZZ_CHECK(result == OSFT_E_SPACE);
    FUZZ_CHECK(build(r, need - 1) == OSFT_E_SPACE && r->len == need);
    free(r->buffer);
    FUZZ_CHECK(build(r, need) == OSFT_OK && r->len == need);
    check_request(r);
    free(r->buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = { data, size };
    struct fuzz_input numbers = fuzz_line(&in);
    struct osft_query query;
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_request r;
    struct osft_span texts[TEXTS];
    char *host = NULL;
    size_t i;

    memset(&settings, 0, sizeof(settings));
    for (i = 0; i < TEXTS; i++) {
        texts[i] = read_text(&in);
    }
    settings.plain_http = read_number(&numbers) & 1;
    settings.tcp_port = (uint16_t)read_number(&numbers);
    query.end_ms = read_number(&numbers);
    query.start_ms = read_number(&numbers);
    query.page_number = (uint32_t)read_number(&numbers);
    query.page_size = (uint32_t)read_number(&numbers);
    query.app_group = texts[0];
    query.function = texts[1];
    query.instance = texts[2];
    query.generation = texts[3];
    query.status = texts[4];
    credentials.id = credentials.secret = texts[5];
    credentials.token = texts[6];
    if (texts[7].ptr != NULL) {
        host = malloc(texts[7].len + 1);
        FUZZ_CHECK(host != NULL);
        memcpy(host, texts[7].ptr, texts[7].len);
        host[texts[7].len] = 0;
    }
    settings.host = host;
    settings.credentials = &credentials;
    settings.sha256 = fuzz_hash_init(&hash);
    r.settings = &settings;
    r.query = &query;
    r.date = DATE;
    r.nonce = NONCE;
    FUZZ_CHECK(osft_tcp_port(&settings) == (settings.tcp_port != 0 ? settings.tcp_port
                                            : settings.plain_http  ? 80
                                                                   : 443));
    check_build(&r);
    for (i = 0; i < TEXTS; i++) {
        fuzz_free(texts[i].ptr);
    }
    free(host);
    return 0;
}

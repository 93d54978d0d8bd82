/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of errors. They are in a separate file, so that a program that does not print them does
 * not link them. */
#include "json.h"
#include "request.h"

const char *osft_strerror(int error)
{
    switch (error) {
    case OSFT_PENDING: return "the call is not over yet";
    case OSFT_OK: return "done";
    case OSFT_E_ARG: return "a value cannot be sent as it is";
    case OSFT_E_SPACE: return "the work buffer is too small for the request or the response";
    case OSFT_E_TASKS: return "the response has more tasks than the array holds";
    case OSFT_E_STATE: return "another call is in progress, or none was started";
    case OSFT_E_STOPPED: return "the call was stopped";
    case OSFT_E_SAVED: return "the saved bytes are damaged, or were made for something else";
    case OSFT_E_FULL: return "a table of fixed size has no room for more";
    case OSFT_E_RANGE: return "a number does not fit";
    case OSFT_E_IO: return "the connection failed";
    case OSFT_E_TIMEOUT: return "no response came in time";
    case OSFT_E_RESOLVE: return "the host name has no address";
    case OSFT_E_TLS: return "TLS failed";
    case OSFT_E_CERT: return "the server's certificate is not trusted";
    case OSFT_E_CERT_TIME: return "the server's certificate is not valid now";
    case OSFT_E_CLOCK: return "the time is not known";
    case OSFT_E_RANDOM: return "there is no source of random bytes";
    case OSFT_E_HASH: return "SHA-256 failed";
    case OSFT_E_CUT: return "the connection ended before the response did";
    case OSFT_E_PROXY: return "the proxy did not connect";
    case OSFT_E_HTTP: return "the response breaks the rules of HTTP/1.1";
    case OSFT_E_JSON: return "the response is not JSON";
    case OSFT_E_RESPONSE: return "the response is JSON, but no list of tasks";
    case OSFT_E_HTML: return "HTML or XML came instead of JSON";
    case OSFT_E_EMPTY: return "the response is empty";
    case OSFT_E_REDIRECT: return "the response is a redirect, which is not followed";
    case OSFT_E_DEPTH: return "arrays and objects nest too deep";
    case OSFT_E_BAD_TASK: return "a task cannot be read, and was left out";
    case OSFT_E_REFUSED: return "the service refused";
    case OSFT_E_TOKEN: return "there are no valid credentials: the STS token expired";
    case OSFT_EOF: return "the stream ended";
    default: return "unknown error";
    }
}

const char *osft_json_reason(uint8_t expected)
{
    static const struct {
        uint8_t from;
        const char *text;
    } reasons[] = {
        { OSFT_JSON_IN_INTEGER, "a digit, a comma or a closing bracket" },
        { OSFT_JSON_IN_NUMBER, "a digit" },
        { OSFT_JSON_IN_HEX, "four hex digits of a \\u escape" },
        { OSFT_JSON_IN_LITERAL, "true, false or null" },
        { OSFT_JSON_AT_LOW_SURROGATE, "the second \\u escape of a surrogate pair" },
        { OSFT_JSON_IN_ESCAPE, "one of \" \\ / b f n r t u after a backslash" },
        { OSFT_JSON_IN_UTF8, "a further byte of a UTF-8 character" },
        { OSFT_JSON_IN_STRING, "a character of a string (no control character, valid UTF-8)" },
        { OSFT_JSON_AFTER_VALUE, "a comma or a closing bracket" },
        { OSFT_JSON_AT_COLON, "a colon" },
        { OSFT_JSON_AT_NAME, "a member's name in quotes" },
        { OSFT_JSON_AT_FIRST_NAME, "a member's name in quotes or a closing brace" },
        { OSFT_JSON_AT_VALUE, "a value" },
        { OSFT_JSON_AT_ELEMENT, "a value or a closing bracket" },
    };
    unsigned i = 0;

    while (expected < reasons[i].from) {
        i++;
    }
    return reasons[i].text;
}

const char *osft_argument_name(uint8_t argument)
{
    static const char *const names[OSFT_ARGS] = {
        [0] = NULL,
        [OSFT_ARG_APP_GROUP] = "app_group",
        [OSFT_ARG_FUNCTION] = "function",
        [OSFT_ARG_INSTANCE] = "instance",
        [OSFT_ARG_GENERATION] = "generation",
        [OSFT_ARG_STATUS] = "status",
        [OSFT_ARG_ID] = "id",
        [OSFT_ARG_TOKEN] = "token",
        [OSFT_ARG_HOST] = "host",
        [OSFT_ARG_END_TIME] = "end_ms",
        [OSFT_ARG_START_TIME] = "start_ms",
    };
    const char *name = argument < OSFT_ARGS ? names[argument] : NULL;

    return name != NULL ? name : "unknown";
}

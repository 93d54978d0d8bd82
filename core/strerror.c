/* SPDX-License-Identifier: Apache-2.0 */
/* In an object of its own: who does not print errors does not link their texts. */
#include "osft.h"
#include "json.h"
#include "request.h"

const char *osft_strerror(int err)
{
    switch (err) {
    case OSFT_OK: return "done";
    case OSFT_E_ARG: return "a value cannot be sent as it is";
    case OSFT_E_SPACE: return "the work buffer is too small for the request or the answer";
    case OSFT_E_TASKS: return "the answer has more tasks than the array holds";
    case OSFT_E_STATE: return "the call is out of order";
    case OSFT_E_STOPPED: return "the call was stopped";
    case OSFT_E_SAVED: return "the saved state is damaged, or not of this";
    case OSFT_E_IO: return "the connection failed";
    case OSFT_E_TIMEOUT: return "the time allowed for the call ran out";
    case OSFT_E_RESOLVE: return "the host name has no address";
    case OSFT_E_TLS: return "TLS failed";
    case OSFT_E_CERT: return "the server's certificate is not to be trusted";
    case OSFT_E_CERT_TIME: return "the server's certificate is not valid now";
    case OSFT_E_CLOCK: return "the time is not known";
    case OSFT_E_RANDOM: return "there is no source of random bytes";
    case OSFT_E_HASH: return "SHA-256 failed";
    case OSFT_E_CUT: return "the connection ended before the answer was whole";
    case OSFT_E_HTTP: return "the answer breaks the rules of HTTP/1.1";
    case OSFT_E_JSON: return "the answer is not JSON";
    case OSFT_E_ANSWER: return "the answer is JSON, but no list of tasks";
    case OSFT_E_HTML: return "a web page came instead of an answer";
    case OSFT_E_EMPTY: return "the answer is empty";
    case OSFT_E_REDIRECT: return "the answer points elsewhere, which is not followed";
    case OSFT_E_REFUSED: return "the service refused";
    case OSFT_E_TOKEN: return "the STS token expired, and there is no other";
    case OSFT_EOF: return "the stream ended";
    default: return "unknown error";
    }
}

const char *osft_json_reason(uint8_t expected)
{
    static const struct {
        uint8_t from;
        const char *text;
    } reasons[] = { { OSFT_J_INTEGER, "a digit, a comma or a closing bracket" },
                    { OSFT_J_NUMBER, "a digit" },
                    { OSFT_J_HEX, "four hex digits of a \\u escape" },
                    { OSFT_J_LITERAL, "true, false or null" },
                    { OSFT_J_LOW_SURROGATE, "the second \\u escape of a surrogate pair" },
                    { OSFT_J_ESCAPE, "one of \" \\ / b f n r t u after a backslash" },
                    { OSFT_J_UTF8, "a further byte of a UTF-8 character" },
                    { OSFT_J_STRING,
                      "a character of a string (no control character, valid UTF-8)" },
                    { OSFT_J_NEXT, "a comma or a closing bracket" },
                    { OSFT_J_COLON, "a colon" },
                    { OSFT_J_NAME, "a member's name in quotes" },
                    { OSFT_J_FIRST_NAME, "a member's name in quotes or a closing brace" },
                    { OSFT_J_VALUE, "a value" },
                    { OSFT_J_ELEMENT, "a value or a closing bracket" } };
    unsigned i = 0;

    while (expected < reasons[i].from) {
        i++;
    }
    return reasons[i].text;
}

const char *osft_arg_name(uint8_t expected)
{
    static const char *const names[OSFT_ARGS] = { "app_group", "function", "instance", "generation",
                                                  "status",    "id",       "secret",   "token",
                                                  "nonce",     "date",     "host" };
    return expected < OSFT_ARGS ? names[expected] : "unknown";
}

/* SPDX-License-Identifier: Apache-2.0 */
/* In an object of its own: who does not print errors does not link their texts. */
#include "osft.h"
#include "json.h"

const char *osft_strerror(int err)
{
    switch (err) {
    case OSFT_OK: return "done";
    case OSFT_E_ARG: return "a value cannot be sent as it is";
    case OSFT_E_SPACE: return "the work buffer is too small for the request or the answer";
    case OSFT_E_TASKS: return "the answer has more tasks than the array holds";
    case OSFT_E_STATE: return "the call is out of order";
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
    case OSFT_EOF: return "the stream ended";
    default: return "unknown error";
    }
}

const char *osft_json_reason(uint8_t expected)
{
    switch (expected) {
    case OSFT_J_VALUE: return "a value";
    case OSFT_J_ELEMENT: return "a value or a closing bracket";
    case OSFT_J_FIRST_NAME: return "a member's name in quotes or a closing brace";
    case OSFT_J_NAME: return "a member's name in quotes";
    case OSFT_J_COLON: return "a colon";
    case OSFT_J_NEXT: return "a comma or a closing bracket";
    case OSFT_J_STRING: return "a character of a string (no control character, valid UTF-8)";
    case OSFT_J_ESCAPE: return "one of \" \\ / b f n r t u after a backslash";
    case OSFT_J_HEX: return "four hex digits of a \\u escape, in pairs for surrogates";
    case OSFT_J_LOW_BACKSLASH:
    case OSFT_J_LOW_U: return "the second \\u escape of a surrogate pair";
    case OSFT_J_UTF8: return "a further byte of a UTF-8 character";
    case OSFT_J_LITERAL: return "true, false or null";
    default: return "a digit";
    }
}

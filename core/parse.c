/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "response.h"

static int parse_body(char *body, size_t len, struct osft_page *page, struct osft_reply *reply,
                      int expects_one)
{
    struct osft_response response;
    int result;

    memset(reply, 0, sizeof(*reply));
    response.page = page;
    response.reply = reply;
    response.buffer = body;
    response.size = len + OSFT_SPARE_BYTES; /* no byte must stay free, because nothing is
                                             * received */
    response.expects_one = (uint8_t)expects_one;
    osft_begin_response(&response);
    result = osft_read_response(&response, body, len);
    if (result == OSFT_OK) {
        result = osft_end_response(&response);
    }
    if (result == OSFT_E_JSON) {
        reply->expected = response.json.state;
    }
    return result;
}

int osft_parse_list(char *body, size_t len, struct osft_page *page, struct osft_reply *reply)
{
    return parse_body(body, len, page, reply, 0);
}

int osft_parse_get(char *body, size_t len, struct osft_page *page, struct osft_reply *reply)
{
    return parse_body(body, len, page, reply, 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

int osft_parse(char *body, size_t len, int one, struct osft_page *page)
{
    struct osft_client c;
    size_t i;
    int err = OSFT_OK;

    c.set = NULL;
    osft_answer_init(&c, page, one != 0);
    c.mem = body;
    c.size = len + 2; /* nothing more is received, so no byte need stay free */
    for (i = 0; i < len && err == OSFT_OK; i++) {
        err = osft_answer_byte(&c, (uint8_t)body[i]);
    }
    if (err == OSFT_OK) {
        err = osft_answer_end(&c);
    }
    if (err == OSFT_E_JSON) {
        page->expected = c.json.state;
    }
    return err;
}

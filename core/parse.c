/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

int osft_parse(char *body, size_t len, int one, struct osft_page *page)
{
    struct osft_answer answer;
    struct osft_work work;
    size_t i;

    osft_page_clear(page);
    osft_answer_init(&answer, one);
    work.mem = body;
    work.size = len + 1; /* nothing more is received, so no byte need stay free */
    work.used = 0;
    for (i = 0; i < len; i++) {
        int err = osft_answer_byte(&answer, &work, page, (uint8_t)body[i]);
        if (err != OSFT_OK) {
            return err;
        }
    }
    return osft_answer_end(&answer, page);
}

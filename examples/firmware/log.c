/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include "board.h"

void log_text(const char *text)
{
    while (*text != '\0') {
        board_putc(*text++);
    }
}

void log_bytes(const char *text, size_t len)
{
    for (; len != 0; len--, text++) {
        board_putc(*text >= ' ' && *text <= '~' ? *text : '?');
    }
}

void log_number(int32_t n)
{
    char digits[10];
    unsigned count = 0;
    uint32_t left = n < 0 ? 0 - (uint32_t)n : (uint32_t)n;

    if (n < 0) {
        board_putc('-');
    }
    do {
        digits[count++] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    while (count != 0) {
        board_putc(digits[--count]);
    }
}

void log_hex(uint32_t n)
{
    for (unsigned i = 0; i < 8; i++, n <<= 4) {
        board_putc("0123456789abcdef"[n >> 28]);
    }
}

void log_end(void)
{
    board_putc('\n');
}

void log_say(const char *text)
{
    log_text(text);
    log_end();
}

void log_line(const char *what, int32_t n)
{
    log_text(what);
    log_number(n);
    log_end();
}

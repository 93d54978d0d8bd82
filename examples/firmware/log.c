/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include "board.h"

void log_text(const char *text)
{
    while (*text != '\0') {
        board_putc(*text++);
    }
}

void log_bytes(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        board_putc(bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?');
    }
}

void log_number(int32_t number)
{
    char digits[10];
    unsigned count = 0;
    uint32_t left = number < 0 ? 0 - (uint32_t)number : (uint32_t)number;

    if (number < 0) {
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

void log_hex(uint32_t number)
{
    for (unsigned i = 0; i < 8; i++, number <<= 4) {
        board_putc("0123456789abcdef"[number >> 28]);
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

void log_line(const char *text, int32_t number)
{
    log_text(text);
    log_number(number);
    log_end();
}

static void log_span(const char *text, const struct osft_span *span)
{
    log_text(text);
    log_bytes(span->ptr, span->len);
}

void log_task(const struct osft_task *task)
{
    log_span(" generation ", &task->generation);
    log_span(" ", &task->status);
    log_text(" ");
    log_number(task->progress);
}

void log_event(enum osft_watch_event event, const struct osft_task *task)
{
    log_text("event: ");
    log_text(osft_watch_event_name(event));
    if (task != NULL) {
        log_task(task);
    }
    log_end();
}

void log_result(int result, const struct osft_reply *reply, uint32_t verify_flags)
{
    log_line("call: ", result);
    log_line("call: attempts ", reply->attempts);
    if (result != OSFT_OK) {
        log_line("call: port code ", reply->port_code);
        log_line("call: http ", reply->http_status);
        log_line("call: need ", (int32_t)reply->need);
        log_text("call: verify flags ");
        log_hex(verify_flags);
        log_end();
    }
}

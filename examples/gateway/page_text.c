/* SPDX-License-Identifier: Apache-2.0 */
/* Puts texts from outside, dates and durations as HTML. */
#include <string.h>
#include "page.h"
#include "../common/text.h"
#include "../common/utc.h"

/* Return the entity of a byte; NULL: the byte needs none. */
static const char *get_entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* Whether the text begins with a noncharacter, which HTML parsers report as an error. */
static int is_noncharacter(const char *text, size_t len)
{
    uint32_t character = 0;

    if (decode_utf8(text, len, &character) == 0) {
        return 0;
    }
    return (character & 0xfffe) == 0xfffe || (character >= 0xfdd0 && character <= 0xfdef);
}

void put_html(struct output *out, const char *text, size_t len)
{
    struct safe_character safe;
    size_t at = 0;

    while (at < len) {
        const char *entity = get_entity(text[at]);
        int is_strange = is_noncharacter(text + at, len - at);

        at += read_safe_character(text + at, len - at, is_strange, &safe);
        if (entity != NULL) {
            put_text(out, entity);
        } else {
            put_bytes(out, safe.bytes, safe.len);
        }
    }
}

void put_isolated(struct output *out, const char *text, size_t len)
{
    put_text(out, "<bdi>");
    put_html(out, text, len);
    put_text(out, "</bdi>");
}

void put_html_duration(struct output *out, int64_t ms)
{
    static const struct {
        int64_t s;
        const char *name;
    } units[] = { { 86400, " d" }, { 3600, " h" }, { 60, " min" }, { 1, " s" } };
    int64_t s = ms / 1000;
    size_t i = 0;

    while (i < 3 && s < units[i].s) {
        i++;
    }
    put_integer(out, s / units[i].s);
    put_text(out, units[i].name);
    /* At most two units are put; the second one is left out when it is 0. */
    if (i < 3 && s % units[i].s / units[i + 1].s > 0) {
        put_text(out, " ");
        put_integer(out, s % units[i].s / units[i + 1].s);
        put_text(out, units[i + 1].name);
    }
}

int put_html_time(struct output *out, int64_t time_ms)
{
    char text[UTC_SIZE];

    if (time_ms < 0 || format_utc(time_ms / 1000, text) != 0) {
        put_integer(out, time_ms);
        put_text(out, " ms since 1970");
        return -1;
    }
    put_text(out, "<time datetime=\"");
    put_text(out, text);
    put_text(out, "\">");
    put_bytes(out, text, 10); /* the day */
    put_text(out, " ");
    put_bytes(out, text + 11, 8); /* the time of day */
    put_text(out, " UTC</time>");
    return 0;
}

void put_html_date(struct output *out, int64_t time_ms, int64_t now_ms)
{
    if (put_html_time(out, time_ms) == 0) { /* the date is valid: no overflow below */
        put_text(out, time_ms > now_ms ? " <span class=\"age\">(in " : " <span class=\"age\">(");
        put_html_duration(out, time_ms > now_ms ? time_ms - now_ms : now_ms - time_ms);
        put_text(out, time_ms > now_ms ? ")</span>" : " ago)</span>");
    }
}

/* ---- rows of a list ---- */

void begin_row(struct output *out, const char *term)
{
    put_text(out, "<div><dt>");
    put_text(out, term);
    put_text(out, "</dt><dd>");
}

void end_row(struct output *out)
{
    put_text(out, "</dd></div>\n");
}

void put_text_row(struct output *out, const char *term, const char *text, size_t len)
{
    if (text != NULL) {
        begin_row(out, term);
        put_isolated(out, text, len);
        end_row(out);
    }
}

void put_date_row(struct output *out, const char *term, int64_t time_ms, int64_t now_ms)
{
    begin_row(out, term);
    put_html_date(out, time_ms, now_ms);
    end_row(out);
}

/* ---- states ---- */

const char *get_state_name(enum osft_state state)
{
    switch (state) {
    case OSFT_SUCCESS: return "success";
    case OSFT_FAILED: return "failed";
    case OSFT_RUNNING: return "running";
    case OSFT_STATE_OTHER: break;
    }
    return "other";
}

void put_status(struct output *out, enum osft_state state, const char *status, size_t len)
{
    put_text(out, "<span class=\"state ");
    put_text(out, get_state_name(state));
    put_text(out, "\">");
    if (len > 0) {
        put_isolated(out, status, len);
    } else {
        put_text(out, "status not known");
    }
    put_text(out, "</span>");
}

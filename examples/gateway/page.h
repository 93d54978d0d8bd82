/* SPDX-License-Identifier: Apache-2.0 */
/* The page: all instances with their newest runs, timelines and failed polls, as HTML and SVG
 * without a script. Nothing here knows of HTTP: the functions write text.
 *
 * Whatever comes from elsewhere goes through put_html(), so that it cannot become markup, and where
 * it is shown, through put_isolated(), so that its letters cannot reorder what stands beside it.
 */
#ifndef PAGE_H
#define PAGE_H

#include "../common/output.h"
#include "reporter.h"

/* The whole page, as it is at now_ms: ms since 1970 by this machine's clock. */
void put_page(struct output *out, const struct reporter *reporter, int64_t now_ms);

/* Its style sheet, which it asks for as PAGE_STYLE_PATH. */
#define PAGE_STYLE_PATH "/style.css"
extern const char page_style[];

/* ---- page_text.c: the texts of which the page is made ---- */

/* Text as text of an element, or within an attribute's quotes. Controls, what reorders text, and
 * broken UTF-8 become escapes, as in SINK_TEXT of text.h. */
void put_html(struct output *out, const char *text, size_t len);
/* The same in an element of its own, so that its direction is its own affair. */
void put_isolated(struct output *out, const char *text, size_t len);
/* A date. Returns 0; or -1 when it is outside of the calendar, and only its number was put. */
int put_html_time(struct output *out, int64_t time_ms);
/* A date with the age that it has at now_ms. */
void put_html_date(struct output *out, int64_t time_ms, int64_t now_ms);
/* Such as "5 min" or "3 h 20 min". */
void put_html_duration(struct output *out, int64_t ms);

/* A row of a list of terms: "<dt>TERM</dt><dd>", and what ends it. */
void begin_row(struct output *out, const char *term);
void end_row(struct output *out);
/* A row with a text from elsewhere; none when the text is absent. */
void put_text_row(struct output *out, const char *term, const char *text, size_t len);
void put_date_row(struct output *out, const char *term, int64_t time_ms, int64_t now_ms);

/* The word for a state: success, failed, running, or other. */
const char *get_state_name(enum osft_state state);
/* What a run's status is shown as: its colour by the state, its words by the service. */
void put_status(struct output *out, enum osft_state state, const char *status, size_t len);

/* ---- parts of the page ---- */

/* page_run.c: the newest run. */
void put_newest_run(struct output *out, const struct instance *instance, int64_t now_ms);
/* page_timeline.c: recent runs as bars, and as a table. */
void put_timeline(struct output *out, const struct instance *instance, int64_t now_ms);
/* page_failures.c: polls that failed, newest first. */
void put_failures(struct output *out, const struct instance *instance, int64_t now_ms);

#endif

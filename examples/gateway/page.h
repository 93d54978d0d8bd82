/* SPDX-License-Identifier: Apache-2.0 */
/* The page: all instances with their newest runs, timelines and failed polls, as HTML and SVG
 * without scripts. The functions write text, and do not depend on HTTP.
 *
 * Texts from outside are put with put_html(), so that they cannot become markup. Where they are
 * shown, they are put with put_isolated(), so that they cannot reorder the text beside them. */
#ifndef PAGE_H
#define PAGE_H

#include "../common/output.h"
#include "reporter.h"

/* Put the whole page. now_ms: the time for which ages are computed; ms since 1970 by this machine's
 * clock. */
void put_page(struct output *out, const struct reporter *reporter, int64_t now_ms);

/* The style sheet, which the page loads from PAGE_STYLE_PATH. */
#define PAGE_STYLE_PATH "/style.css"
extern const char page_style[];

/* ---- page_text.c: texts as HTML ---- */

/* Put a text within an element, or within an attribute's quotes. Controls, characters that reorder
 * text, and broken UTF-8 become escapes, as in SINK_TEXT of text.h. */
void put_html(struct output *out, const char *text, size_t len);
/* Put a text in an element of its own, whose direction does not affect other text. */
void put_isolated(struct output *out, const char *text, size_t len);
/* Put a date. Returns 0; or -1 for a time that is outside the calendar and is put as a number. */
int put_html_time(struct output *out, int64_t time_ms);
/* Put a date, with its age at now_ms. */
void put_html_date(struct output *out, int64_t time_ms, int64_t now_ms);
/* Put a duration, such as "5 min" or "3 h 20 min". */
void put_html_duration(struct output *out, int64_t ms);

/* begin_row() puts the beginning of a row of a list of terms, "<div><dt>TERM</dt><dd>"; end_row()
 * puts its end. */
void begin_row(struct output *out, const char *term);
void end_row(struct output *out);
/* Put a row with a text from outside; no row when the text is absent. */
void put_text_row(struct output *out, const char *term, const char *text, size_t len);
void put_date_row(struct output *out, const char *term, int64_t time_ms, int64_t now_ms);

/* Return the name of a state: success, failed, running, or other. */
const char *get_state_name(enum osft_state state);
/* Put the status of a run: the state decides the colour, and the service's own text is shown. */
void put_status(struct output *out, enum osft_state state, const char *status, size_t len);

/* ---- parts of the page ---- */

/* Put the newest run. page_run.c */
void put_newest_run(struct output *out, const struct instance *instance, int64_t now_ms);
/* Put the recent runs as bars, and as a table. page_timeline.c */
void put_timeline(struct output *out, const struct instance *instance, int64_t now_ms);
/* Put the polls that failed, newest first. page_failures.c */
void put_failures(struct output *out, const struct instance *instance, int64_t now_ms);

#endif

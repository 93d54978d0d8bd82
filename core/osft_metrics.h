/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the metrics of a run: a walk over the JSON text in task->extend_info, in place, without a
 * heap and without floating point.
 *
 *     struct osft_metrics m;
 *     osft_metrics_init(&m, &task->extend_info);
 *     while ((result = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END)
 *         if (m.kind == OSFT_METRIC_NUMBER && m.depth == 1)
 *             printf("%s: %lld / 10^%u\n", m.name.ptr, (long long)m.number, m.scale);
 *
 * Each call gives one scalar: a number, a text, true, false or null. Objects and arrays are
 * entered, and the path says where the scalar stands. A number is given exactly, or as
 * OSFT_METRIC_HUGE (which a number of more than 4 MiB of text always is); nothing is rounded. A
 * member that occurs twice is given twice.
 * buffers:  texts and names are unescaped in the text itself. Its memory must be writable, as the
 *           work buffer is, and after the walk the text is no longer JSON
 * lifetime: name, text and path stay valid as long as the text itself, which is in the work buffer
 */
#ifndef OSFT_METRICS_H
#define OSFT_METRICS_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

enum osft_metric_kind {
    OSFT_METRIC_END = 0, /* the text has ended, and was complete */
    OSFT_METRIC_NUMBER,  /* number and scale; text as written */
    OSFT_METRIC_HUGE,    /* a number that number and scale cannot hold; text as written */
    OSFT_METRIC_TEXT,    /* text, unescaped */
    OSFT_METRIC_TRUE,
    OSFT_METRIC_FALSE,
    OSFT_METRIC_NULL
};

/* One step down into an object or array. */
struct osft_metric_step {
    struct osft_span name; /* of the member; ptr NULL: the step leads to an element of an array */
    uint32_t index;        /* of the member or element, from 0 */
};

struct osft_metrics {
    enum osft_metric_kind kind;
    uint8_t depth;         /* steps in path; 0: the whole text is one scalar */
    uint8_t is_error;      /* 1: the scalar is in the member "errors" (in any case) of the outermost
                            * object */
    uint8_t scale;         /* digits behind the decimal point, as few as possible; 1.50: 1 */
    int64_t number;        /* the value times 10 to the power of scale, exactly; 0.7745 has number
                            * 7745, scale 4 */
    struct osft_span name; /* of the innermost member that holds the scalar; ptr NULL: none */
    struct osft_span text; /* see kind; only that of OSFT_METRIC_TEXT is ended by a NUL */
    size_t offset;         /* bytes read; with OSFT_E_JSON, where the text stops being JSON */
    struct osft_metric_step path[OSFT_METRIC_DEPTH];

    /* private */
    char *memory;
    size_t size;
    int32_t result;
    uint8_t is_after_comma; /* the next member or element begins */
    struct osft_json json;
};

/* Begin a walk over a text. An absent text (ptr NULL) holds nothing: the first osft_metrics_next()
 * gives OSFT_METRIC_END. An empty text is not JSON: OSFT_E_JSON, offset 0. */
#define osft_metrics_init OSFT_WITH_LIMITS(osft_metrics_init)
void osft_metrics_init(struct osft_metrics *m, const struct osft_span *text);

/* Go to the next scalar. A scalar is given when the comma, the bracket or the end behind it has
 * been read, so that a scalar that was cut is never given.
 * returns: OSFT_OK; or OSFT_E_JSON; or OSFT_E_DEPTH when objects and arrays nest deeper than
 *          OSFT_METRIC_DEPTH. After an error all further calls return the same error. Scalars that
 *          were given before the error are right */
int osft_metrics_next(struct osft_metrics *m);

/* Write the path as text, such as "eval.recall" or "errors.0.code", ended by a NUL if cap is not 0.
 * A dot within a name looks like a dot between names; m->path tells them apart.
 * returns: the length of the whole path; when it is not less than cap, the path was cut to fit */
size_t osft_metrics_path(const struct osft_metrics *m, char *dst, size_t cap);

/* Give the number with `scale` digits behind the decimal point, rounded half away from zero: 0.7745
 * with scale 2 is 77.
 * returns: OSFT_OK; or OSFT_E_RANGE, and *value is unchanged, when the result does not fit into 64
 *          bits or the scalar is no OSFT_METRIC_NUMBER */
int osft_metrics_scaled(const struct osft_metrics *m, unsigned scale, int64_t *value);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a run measured: a walk over the JSON text in task->extend_info, in place, without a heap and
 * without floating point.
 *
 *     struct osft_metrics m;
 *     osft_metrics_init(&m, &task->extend_info);
 *     while ((err = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END)
 *         if (m.kind == OSFT_METRIC_NUMBER && m.depth == 1)
 *             printf("%s: %lld / 10^%u\n", m.name.ptr, (long long)m.number, m.scale);
 *
 * Each call gives one scalar; objects and arrays are entered, and path says where one is. A number is
 * exact, or it is OSFT_METRIC_HUGE (so is one of more than 4 MiB): nothing is rounded. A name said twice
 * is given twice.
 * buffers: texts and names are unescaped in the text itself, which is JSON no more after the walk; it
 *          must be memory that can be written, as the work buffer is
 * lifetime: of name, text and path as long as the text's own, which is the work buffer
 */
#ifndef OSFT_METRICS_H
#define OSFT_METRICS_H

#include "osft.h"

#ifdef __cplusplus
extern "C" {
#endif

enum osft_metric_kind {
    OSFT_METRIC_END = 0, /* the text is over, and was whole */
    OSFT_METRIC_NUMBER,  /* number and scale; text as written */
    OSFT_METRIC_HUGE, /* a number that number and scale cannot hold: text as written, nothing else */
    OSFT_METRIC_TEXT, /* text, unescaped */
    OSFT_METRIC_TRUE,
    OSFT_METRIC_FALSE,
    OSFT_METRIC_NULL
};

/* One step down: a member, or an element. */
struct osft_metric_step {
    struct osft_span name; /* of the member; ptr NULL: an element */
    uint32_t index;        /* of the element, or of the member, from 0 */
};

struct osft_metrics {
    enum osft_metric_kind kind;
    uint8_t depth;         /* steps in path; 0: the text is one bare scalar */
    uint8_t is_error;      /* 1: it is the member errors of the outermost object, or within it */
    uint8_t scale;         /* digits behind the decimal point, as few as will do; 1.50: 1 */
    int64_t number;        /* the value times 10 to the power of scale, exactly; 0.7745: 7745, 4 */
    struct osft_span name; /* of the innermost member, ended by a NUL; ptr NULL: none */
    struct osft_span text; /* ended by a NUL for OSFT_METRIC_TEXT; all else as written, and not */
    size_t offset;         /* bytes read; with OSFT_E_JSON, where it stops being JSON */
    struct osft_metric_step path[OSFT_METRIC_DEPTH];

    /* private */
    char *mem;
    size_t size;
    int result;
    struct osft_json json;
};

/* Begin a walk over text. An absent one (ptr NULL) has nothing in it: the first call says END. An empty
 * one is no JSON: OSFT_E_JSON, offset 0. */
void osft_metrics_init(struct osft_metrics *m, const struct osft_span *text);

/* The next scalar. returns: 0; or OSFT_E_JSON, or OSFT_E_SPACE when objects and arrays nest deeper than
 * OSFT_METRIC_DEPTH. An error stays: what came before it is right, what comes after is not known. An
 * object or array that was cut, wherever, ends in OSFT_E_JSON, and a number that was cut is not given. */
int osft_metrics_next(struct osft_metrics *m);

/* Where the walk is, as text: "eval.recall", "errors.0.code". Returns its length; when that is not
 * less than cap, it was cut to fit, as with snprintf. Always ends in a NUL, if cap is not 0. A name's own
 * dots look like any other: who must tell them apart looks at m->path. */
size_t osft_metrics_path(const struct osft_metrics *m, char *dst, size_t cap);

/* The number with so many digits behind the point, rounded half away from zero: 0.7745 with scale 2 is
 * 77. returns: 0; or OSFT_E_SPACE: it does not fit into 64 bits, or is no number; *value is unchanged */
int osft_metrics_scaled(const struct osft_metrics *m, unsigned scale, int64_t *value);

#ifdef __cplusplus
}
#endif
#endif

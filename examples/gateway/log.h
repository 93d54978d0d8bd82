/* SPDX-License-Identifier: Apache-2.0 */
/* What the reporter says on standard error: a line each, which begins with "osft-reporter: ". What
 * comes from elsewhere is made safe for a terminal. No secret may be handed in. */
#ifndef LOG_H
#define LOG_H

/* One line, as by printf. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A state of affairs that lasts, such as a broker that cannot be reached: it is reported once until
 * it changes. All zero: there is none. */
struct problem {
    char text[320];
};
/* Report it, unless it was reported already in the same words. */
void problem_set(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* It is over: says so, in these words, if there was one. */
void problem_clear(struct problem *problem, const char *over);
/* 1: there is one. */
int problem_is_set(const struct problem *problem);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Messages on standard error, one line each, which begins with "osft-reporter: ". Characters that
 * are unsafe for a terminal are escaped. Callers must not pass secrets. */
#ifndef LOG_H
#define LOG_H

/* Print one line, formatted as by printf. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A problem that lasts, such as a broker that cannot be reached. A problem is reported again only
 * when its text changes. A struct of all zero means that there is no problem. */
struct problem {
    char text[320];
};
/* Set the problem, and report it unless the last report has the same text. */
void problem_set(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Clear the problem. over: the line that reports the end of the problem; printed only if there was
 * one. */
void problem_clear(struct problem *problem, const char *over);
/* Whether there is a problem. */
int problem_is_set(const struct problem *problem);

#endif

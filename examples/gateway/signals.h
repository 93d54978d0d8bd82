/* SPDX-License-Identifier: Apache-2.0 */
/* Turns SIGHUP, SIGINT and SIGTERM into bytes of a pipe. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

int catch_signals(void); /* returns 0, or errno */
/* Return the next signal that was caught; 0: there is none. */
int get_signal(void);
int get_signal_fd(void); /* readable while a signal is pending */

#endif

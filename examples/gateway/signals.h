/* SPDX-License-Identifier: Apache-2.0 */
/* Signals, as readable bytes: SIGHUP, SIGINT and SIGTERM. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

int catch_signals(void); /* 0, or errno */
/* The next signal that was caught; 0: none is left. */
int get_signal(void);
int get_signal_fd(void); /* readable while there is one */

#endif

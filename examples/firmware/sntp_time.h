/* SPDX-License-Identifier: Apache-2.0 */
/* The time by SNTP, which anybody between here and the server can forge. The rule: it sets a clock
 * that does not know the time, and corrects one that it has set itself; it never moves a time that
 * the service told over TLS. It must be no earlier than tls.floor_s and no later than 2099. When a
 * certificate is refused for its dates by a time from SNTP, that time is forgotten, and SNTP is not
 * used again until a start that is no wake-up.
 */
#ifndef SNTP_TIME_H
#define SNTP_TIME_H

#include "lwip/opt.h"

#if FIRMWARE_SNTP
#include <stdint.h>

/* Ask the settings' time server, if there is one and the rule allows to use what it says. Call it
 * after device_wake(). */
void sntp_time_start(void);
/* 0 while an answer is waited for. */
int sntp_time_has_answered(void);
/* Called by lwIP: the time server says that this is the time. */
void sntp_time_take(uint32_t utc_s);
/* A certificate was refused for its dates. */
void sntp_time_doubt(void);
#endif

#endif

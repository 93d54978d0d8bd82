/* SPDX-License-Identifier: Apache-2.0 */
/* The time by SNTP, which anybody between the device and the time server can forge. Therefore SNTP
 * sets a clock that does not know the time, and corrects a clock that it has set, but never changes
 * a time that the service has told over TLS. The time must be no earlier than tls.floor_s and no
 * later than 2099. When a certificate is refused for its dates by a time from SNTP, that time is
 * forgotten, and SNTP is not used again until a start that is no wake-up. */
#ifndef SNTP_TIME_H
#define SNTP_TIME_H

#include "lwip/opt.h"

#if FIRMWARE_SNTP
#include <stdint.h>

/* Ask the time server in the settings, if there is one and its time may be used. Call it after
 * device_load_retained(). */
void sntp_time_start(void);
/* Whether the time server has answered, or was not asked. */
int sntp_time_has_answered(void);
/* Use the time of the time server, if the rules above allow it. lwIP calls this function. */
void sntp_time_take(uint32_t utc_s);
/* Forget a time from SNTP, as a certificate was refused for its dates. */
void sntp_time_reject(void);
#endif

#endif

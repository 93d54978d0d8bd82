/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that several ports share: hosts in the form that resolvers and certificates use, a
 * clock that is set from a learned time, and dates as numbers. The client itself uses none of
 * them. */
#ifndef OSFT_PORT_TOOLS_H
#define OSFT_PORT_TOOLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Enough room for every IPv6 address with a zone, and for every DNS name; bytes, with the final
 * NUL. */
enum { OSFT_ADDRESS_ROOM = 64, OSFT_NAME_ROOM = 256 };

/* Whether to keep the zone of an address such as [fe80::1%eth0]. Connecting needs the zone. A
 * certificate has none, because a zone has a meaning on one device only. */
enum osft_zone { OSFT_KEEP_ZONE, OSFT_DROP_ZONE };

/* Copy the host that port.open was given, in the form that resolvers and certificates use: an IPv6
 * address without its brackets, a name without a final dot. Text in brackets is copied as it is;
 * the caller must check whether it is an address.
 * buffers: bare has room for `room` bytes, and is ended by a NUL
 * returns: the length of the copy; 0 when nothing is left, the copy does not fit, or one of the two
 *          brackets is missing */
size_t osft_bare_host(const char *host, enum osft_zone zone, char *bare, size_t room);

/* The clock of a port that has no clock of its own, but learns the time. All zero: the time is not
 * known. */
struct osft_learned_clock {
    int64_t utc_s;     /* the time, UTC seconds, at the moment ticks_ms */
    uint32_t ticks_ms; /* the port's ticks_ms at the time utc_s */
    uint8_t is_known;
};

/* Set the clock; for port.learn_utc. A time before 1970 or after the year 9999 is rejected, and
 * changes nothing. */
void osft_learn_utc(struct osft_learned_clock *clock, int64_t utc_s, uint32_t ticks_ms);

/* Return the time of the clock; for port.utc_s. Must be called at least every 49 days, because
 * ticks_ms wraps.
 * returns: UTC seconds; -1 when the time is not known */
int64_t osft_learned_utc_s(struct osft_learned_clock *clock, uint32_t ticks_ms);

/* Return the seconds from 1970 to a date and time of day, both UTC, in the years 1 to 9999 of the
 * Gregorian calendar. month: 1 to 12; day: 1 to 31. */
int64_t osft_seconds_of_date(int year, int month, int day, int hour, int minute, int second);

#ifdef __cplusplus
}
#endif
#endif

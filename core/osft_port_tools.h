/* SPDX-License-Identifier: Apache-2.0 */
/* What several ports need, so that each need not write it anew: hosts as a network knows them, a
 * clock that was learned, dates as numbers. The client needs none of it.
 */
#ifndef OSFT_PORT_TOOLS_H
#define OSFT_PORT_TOOLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for every IPv6 address with a zone, and for every name in DNS; bytes, with the final NUL. */
enum { OSFT_ADDRESS_ROOM = 64, OSFT_NAME_ROOM = 256 };

/* What becomes of the zone in an address such as [fe80::1%eth0]: connecting needs it; a certificate
 * knows none, because it means something on one device only. */
enum osft_zone { OSFT_KEEP_ZONE, OSFT_DROP_ZONE };

/* Copy the host that port.open was given, as resolvers and certificates know it: an IPv6 address
 * without its brackets, a name without the dot that may end it. What is in brackets is copied as it
 * is: whether it is an address is for the caller to find out.
 * buffers: bare has room for so many bytes, and is ended by a NUL
 * returns: its length; 0 when nothing is left, it does not fit, or a bracket lacks the other one */
size_t osft_bare_host(const char *host, enum osft_zone zone, char *bare, size_t room);

/* The clock of a port that has none, but is told the time once. All zero: the time is not known. */
struct osft_learned_clock {
    int64_t utc_s;     /* the time, UTC seconds, ... */
    uint32_t ticks_ms; /* ... when the port's ticks_ms was this */
    uint8_t is_known;
};

/* Set the clock: port.learn_utc calls it. A time before 1970 or after the year 9999 is not
 * believed, and changes nothing. */
void osft_learn_utc(struct osft_learned_clock *clock, int64_t utc_s, uint32_t ticks_ms);

/* What the clock says now: port.utc_s calls it. It must be asked at least every 49 days, because
 * ticks_ms wraps.
 * returns: UTC seconds; -1 when the time is not known */
int64_t osft_learned_utc_s(struct osft_learned_clock *clock, uint32_t ticks_ms);

/* Seconds from 1970 to a date and time of day, both UTC, in the years 1 to 9999 of the Gregorian
 * calendar. month: 1 to 12; day: 1 to 31. */
int64_t osft_seconds_of_date(int year, int month, int day, int hour, int minute, int second);

#ifdef __cplusplus
}
#endif
#endif

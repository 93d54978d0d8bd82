/* SPDX-License-Identifier: Apache-2.0 */
/* The channels that were built in, in the order in which they get events. */
#include "channel.h"

#ifdef HAVE_MICROHTTPD
extern const struct channel http_channel;
#endif
#ifdef HAVE_MOSQUITTO
extern const struct channel mqtt_channel;
#endif
#ifdef HAVE_SYSTEMD
extern const struct channel systemd_channel;
#endif
extern const struct channel textfile_channel, hook_channel;

const struct channel *const channels[] = { &textfile_channel,
                                           &hook_channel,
#ifdef HAVE_MOSQUITTO
                                           &mqtt_channel,
#endif
#ifdef HAVE_MICROHTTPD
                                           &http_channel,
#endif
#ifdef HAVE_SYSTEMD
                                           &systemd_channel,
#endif
                                           NULL };

const struct absent_channel absent_channels[] = {
#ifndef HAVE_MOSQUITTO
    { "mqtt", "libmosquitto" },
#endif
#ifndef HAVE_MICROHTTPD
    { "http", "libmicrohttpd" },
#endif
#ifndef HAVE_SYSTEMD
    { "systemd", "libsystemd" },
#endif
    { NULL, NULL }
};

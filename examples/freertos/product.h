/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that watch_task.c and service_client.c need from your product. product.c has those
 * of this program. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "osft_tls.h"
#include "osft_watch.h"

struct product_settings {
    char host[64];                       /* the service */
    uint16_t tcp_port;                   /* 0: the default */
    struct osft_credentials credentials; /* the AccessKey */
    struct osft_query query;             /* what to watch */
    uint32_t interval_ms;                /* between two polls */
    /* The first poll waits for a random part of this time; 0: it does not wait. */
    uint32_t spread_ms;
};

/* Read the settings of the device. Returns OSFT_OK, or an osft_error. */
int product_read_settings(struct product_settings *settings);
/* Load the root certificates with osft_tls_ca_static(), and set the pin with osft_tls_pin(), if
 * there is one. Returns OSFT_OK, or an osft_error. */
int product_load_roots(struct osft_tls *tls);

/* Call netconn_thread_init() of lwIP for the calling task, and sleep until the device has an
 * address. */
void product_wait_for_network(void);

/* Report that the client could not be initialised: result is an osft_error. */
void product_report_bad_settings(int result);
/* Report how long the first poll waits. */
void product_report_first_wait(uint32_t ms);
/* Report an event of a watch. task may be NULL. */
void product_report_event(enum osft_watch_event event, const struct osft_task *task);
/* Report how a poll has ended, and which runs are known. tls->verify_flags tell why a certificate
 * was refused. */
void product_report_poll(int result, const struct osft_reply *reply, const struct osft_tls *tls,
                         const struct osft_run *runs, uint32_t count);

#endif

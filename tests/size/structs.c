/* SPDX-License-Identifier: Apache-2.0 */
/* One array a struct, as long as the struct is big: a cross compiler's nm then tells the sizes. */
#include "osft_metrics.h"
#include "osft_watch.h"

char size_osft_client[sizeof(struct osft_client)];
char size_osft_settings[sizeof(struct osft_settings)];
char size_osft_credentials[sizeof(struct osft_credentials)];
char size_osft_query[sizeof(struct osft_query)];
char size_osft_page[sizeof(struct osft_page)];
char size_osft_task[sizeof(struct osft_task)];
char size_osft_stream[sizeof(struct osft_stream)];
char size_osft_link[sizeof(struct osft_link)];
char size_osft_pages[sizeof(struct osft_pages)];
char size_osft_watch[sizeof(struct osft_watch)];
char size_osft_run[sizeof(struct osft_run)];
char size_osft_metrics[sizeof(struct osft_metrics)];

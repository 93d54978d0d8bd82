/* SPDX-License-Identifier: Apache-2.0 */
/* One array a struct, as long as the struct is big: a cross compiler's nm then tells the sizes. */
#include "osft.h"

char size_osft_client[sizeof(struct osft_client)];
char size_osft_settings[sizeof(struct osft_settings)];
char size_osft_credentials[sizeof(struct osft_credentials)];
char size_osft_query[sizeof(struct osft_query)];
char size_osft_page[sizeof(struct osft_page)];
char size_osft_task[sizeof(struct osft_task)];

/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: reads a header line of a response. */
#ifndef OSFT_HEADER_H
#define OSFT_HEADER_H

#include "osft.h"

/* Read the header line that is stored at the beginning of the work buffer, and apply it. Returns
 * OSFT_OK or OSFT_E_HTTP. */
int osft_read_header(struct osft_client *client);

#endif

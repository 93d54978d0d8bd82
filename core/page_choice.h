/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: the choice of the page that a walk asks for. */
#ifndef OSFT_PAGE_CHOICE_H
#define OSFT_PAGE_CHOICE_H

#include "osft_pages.h"

/* Whether the walk recognises new tasks by their positions, because the list is not ordered by
 * start. */
static inline int osft_is_disordered(const struct osft_pages *pages)
{
    return pages->changed & OSFT_PAGES_DISORDER;
}

/* Choose the page that the walk asks for next, so that it brings `size` new tasks: set the members
 * of *pages that describe the page that was asked for, and the query's page number and size. */
void osft_choose_page(struct osft_pages *pages, uint32_t size);

#endif

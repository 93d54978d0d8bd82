/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: which page a walk asks for. */
#ifndef OSFT_PAGE_CHOICE_H
#define OSFT_PAGE_CHOICE_H

#include "osft_pages.h"

/* Does the walk tell new tasks by their positions, because the starts do not tell them? */
static inline int osft_is_disordered(const struct osft_pages *pages)
{
    return pages->changed & OSFT_PAGES_DISORDER;
}

/* Choose the page that the walk asks for next, so that it brings `size` new tasks: set all members
 * of *pages that are about the page that was asked for, and the query's page number and size. */
void osft_choose_page(struct osft_pages *pages, uint32_t size);

#endif

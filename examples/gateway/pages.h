/* SPDX-License-Identifier: Apache-2.0 */
/* Saves memory: maps zeroed memory of which only the written pages are resident, and releases pages
 * of files that are no longer needed. */
#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>

/* Map zeroed memory for a large struct of which little is used. The system spends memory on a page
 * only when the page is written to; calloc() may write to all pages. Returns NULL when there is no
 * memory. */
void *map_zeroed(size_t size);
void unmap_zeroed(void *memory, size_t size); /* NULL: nothing is done */
/* Set a part of memory from map_zeroed() to zero. Pages that lie wholly in the part are given back
 * to the system until they are written to. */
void clear_mapped(void *part, size_t size);

/* Unmap the resident pages of the program's and its libraries' files, as far as they are read-only.
 * The system maps a page again when it is read. This lowers the resident size, which supervisors
 * limit, by the pages that were needed only at the start. The memory that the process has written
 * to stays resident, and the page cache of the system may keep the unmapped pages. */
void release_file_pages(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Memory by pages: what is never written to, and what was only needed to start, takes none. */
#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>

/* Memory of all zero for a large struct of which little is used: in a page that is never written to
 * no memory is spent, while calloc() writes to all of them. Returns NULL when there is none. */
void *map_zeroed(size_t size);
void unmap_zeroed(void *memory, size_t size); /* NULL: nothing is done */
/* Make a part of such memory zero again; no memory is spent on its whole pages until they are next
 * written to. */
void clear_mapped(void *part, size_t size);

/* Give back the pages of the program's and its libraries' files that are mapped read-only. The
 * system maps a page again when something reads it. What is resident afterwards is what is used
 * from then on: relocation tables, and code that only runs at start, are not part of it. */
void release_file_pages(void);

#endif

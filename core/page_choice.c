/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the page that a walk asks for. The service counts pages by number and size, so several
 * sizes are tried to find a page that begins with a known task. */
#include "page_choice.h"

/* Choose the shortest page of at most `most` tasks that begins before a position and holds `size`
 * tasks from that position on; when there is none, choose the page that holds most of these tasks.
 * Returns the number of these tasks that the page holds; 0: no page begins before the position. */
static uint32_t choose_overlap(struct osft_pages *pages, uint32_t position, uint32_t size,
                               uint32_t most)
{
    uint32_t length, found = 0;

    for (length = pages->smallest + 1; length <= most && found < size; length++) {
        uint32_t repeats = (position - 1) % length + 1;

        if (length - repeats > found) {
            found = length - repeats;
            pages->asked = length;
            pages->first_position = position - repeats;
        }
    }
    return found;
}

void osft_choose_page(struct osft_pages *pages, uint32_t size)
{
    int is_ordered = !osft_is_disordered(pages);
    /* The number of times that the page size is doubled, because pages brought only known tasks. */
    uint32_t doublings = is_ordered ? pages->full_of_repeats / 3 : 0;
    uint32_t position, most, found = 0;

    size <<= doublings;
    most = size + size / 8 + 16;
    if (most > pages->largest) {
        most = pages->largest;
    }
    if (size > most) {
        size = most;
    }
    if (size < pages->smallest) {
        size = pages->smallest;
    }
    position = pages->next + doublings;
    pages->asked = size;
    pages->first_position = position - position % size;
    pages->may_lack_overlap = 1;
    if (is_ordered) {
        if (position != 0 && pages->without_new < OSFT_PAGES_PATIENCE / 2) {
            found = choose_overlap(pages, position, size, most);
        }
        pages->may_lack_overlap =
            found == 0 && pages->first_position == pages->next && pages->gap_count == 0;
    }
    pages->query.page_number = pages->first_position / pages->asked + 1;
    pages->query.page_size = pages->asked;
}

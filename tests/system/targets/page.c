/* SPDX-License-Identifier: Apache-2.0 */
/* page TASKS: print the response of `make bench` with this many tasks as an array in C. */
#include <stdio.h>
#include <stdlib.h>

#include "../../size/bench/bench.h"

int main(int argc, char **argv)
{
    size_t body_length, i;
    struct bytes response;

    if (argc != 2) {
        return 2;
    }
    response = make_response(strtoul(argv[1], NULL, 10), 0, &body_length);
    printf("#define PAGE_BODY %lu\nstatic const char page[] = {", (unsigned long)body_length);
    for (i = 0; i < response.len; i++) {
        printf("%s'\\%03o',", i % 12 == 0 ? "\n" : "", (unsigned char)response.bytes[i]);
    }
    printf("\n};\n");
    free(response.bytes);
    return 0;
}

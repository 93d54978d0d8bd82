/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include <dirent.h>
#include "fake.h"

#define FOLDER "../shared/json"

static size_t read_file(const char *name, char *to, size_t size)
{
    char path[512];
    FILE *f;
    size_t n;
    snprintf(path, sizeof(path), FOLDER "/%s", name);
    f = fopen(path, "rb");
    assert_non_null(f);
    n = fread(to, 1, size, f);
    assert_true(n < size);
    fclose(f);
    return n;
}

void suite_each(void (*check)(const char *name, char *text, size_t len))
{
    static char text[SUITE_TEXT_MAX];
    DIR *dir = opendir(FOLDER);
    struct dirent *entry;
    int files = 0;
    if (dir == NULL) {
        print_message("# skipped: there is no folder " FOLDER "\n");
        skip();
    }
    while ((entry = readdir(dir)) != NULL) {
        if (strstr(entry->d_name, ".json") != NULL) {
            check(entry->d_name, text, read_file(entry->d_name, text, sizeof(text)));
            files++;
        }
    }
    closedir(dir);
    assert_true(files > 100);
}

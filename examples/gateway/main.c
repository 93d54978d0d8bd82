/* SPDX-License-Identifier: Apache-2.0 */
/* osft-reporter: a daemon for gateways. */
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>
#include "channel.h"
#include "config_load.h"
#include "log.h"
#include "loop.h"
#include "pages.h"
#include "signals.h"

enum exit_status { EXIT_DONE = 0, EXIT_CONFIG = 2, EXIT_LOCAL = 8 };

static int run_reporter(const struct options *options, struct config *config)
{
    int error = catch_signals();

    if (error != 0) {
        log_line("cannot catch signals: %s", strerror(error));
        return EXIT_LOCAL;
    }
    release_file_pages();
    if (put_in_force(config) != 0) {
        free_config(config);
        return EXIT_LOCAL;
    }
    run_loop(options);
    return EXIT_DONE;
}

/* Open /dev/null in place of each standard file that the caller has closed. Otherwise the next file
 * that is opened would get the number of a closed standard file, and then the lines for standard
 * error. */
static void open_standard_files(void)
{
    int fd = open("/dev/null", O_RDWR);

    while (fd >= 0 && fd <= STDERR_FILENO) {
        fd = dup(fd);
    }
    if (fd > STDERR_FILENO) {
        (void)close(fd);
    }
}

int main(int argc, char **argv)
{
    static struct options options;
    struct config *config;

    open_standard_files();
    (void)setlocale(LC_CTYPE, "");
    detect_character_sets();
    if (read_options(&options, argc, argv) != 0) {
        return EXIT_CONFIG;
    }
    if (options.show_help || options.show_version) {
        (options.show_help ? print_help : print_version)();
        return standard_output.error == 0 ? EXIT_DONE : EXIT_LOCAL;
    }
    config = load_config(&options);
    if (config == NULL) {
        return EXIT_CONFIG;
    }
    if (options.check_only) {
        print_check_result(config);
        free_config(config);
        return standard_output.error == 0 ? EXIT_DONE : EXIT_LOCAL;
    }
    return run_reporter(&options, config);
}

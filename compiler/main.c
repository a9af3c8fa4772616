/* SPDX-License-Identifier: MIT */
/* main.c: the command `acc`: reads the command line, does what it says, prints what was said about
 * it.
 *
 * Exit status: 0, 1 after an error in the input or on the way, 2 for a wrong command line; of
 * `acc run`, the program's. */
#include "acc.h"

#include <stdio.h>

static int dispatch(struct invocation *v, const char *argv0)
{
    switch (v->mode) {
    case MODE_VERSION: puts("acc " ACC_VERSION); return 0;
    case MODE_HELP: fputs(options_help, stdout); return 0;
    default: break;
    }
    if (!drive_prefix(v, argv0)) return 1;
    switch (v->mode) {
    case MODE_FLAGS: return drive_flags(v);
    case MODE_BUILD:
    case MODE_RUN: return drive_build(v);
    default: return drive_translate(v);
    }
}

int main(int argc, char **argv)
{
    struct invocation v = {.mode = MODE_TRANSLATE};
    int status = options_read(&v, argc, argv);
    if (status == 0) status = dispatch(&v, argv[0]);
    diag_end(&v.diag);
    fwrite(v.diag.out.s ? v.diag.out.s : "", 1, v.diag.out.len, stderr);
    buf_free(&v.diag.out);
    arena_free(&v.arena);
    if (fflush(stdout) != 0 && status == 0) {
        fputs("acc: error: cannot write to standard output\n", stderr);
        status = 1;
    }
    return status;
}

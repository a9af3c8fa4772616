/* SPDX-License-Identifier: MIT */
/* driver.h: what stands around the passes: files, other programs, the command line.  acc.h includes it. */
#ifndef ACC_DRIVER_H
#define ACC_DRIVER_H
#include "acc.h"

/* ---------------------------------------------------------------- file.c: reading, writing, what must not stay */

bool file_read(struct diagnostics *d, const char *path, struct buf *to); /* "-": standard input; refuses binary files */
bool file_write(struct diagnostics *d, const char *path, const char *text, size_t len); /* whole or not at all */
char *temp_folder(struct diagnostics *d, struct arena *a);               /* NULL after an error */
char *temp_file(struct arena *a, const char *folder, const char *name);  /* a path in it; removed at the end too */
int temp_fd(struct diagnostics *d, const char *text, size_t len);        /* nameless file with that text, read from its start */
void temp_remove(void);                                                  /* all of them; also done on a fatal signal */
void temp_keep(void);
void temp_forward_signals(int pid); /* from now on: signals that were sent to acc alone go to that process */

/* ---------------------------------------------------------------- command.c: other programs */

void words_add(struct arena *a, struct words *w, const char *word);
void words_add_all(struct arena *a, struct words *w, const struct words *more);
void words_split(struct arena *a, struct words *w, const char *text); /* at blanks */
/* The same, but the path of a program that is there is one word, whatever it holds. */
void words_add_program(struct arena *a, struct words *w, const char *command);
struct command {
    struct words words;
    int in;             /* its standard input; -1: ours */
    struct buf *out;    /* takes its standard output; NULL: ours */
    bool quiet;         /* its standard error is thrown away */
    bool forward;       /* it is the user's program: signals go to it */
};
/* Runs it to its end. Its wait status, or -errno if it could not be started. */
int command_run(struct arena *a, struct command *c);
/* True if it ended with 0; else says what happened. `what`: "the preprocessor", ... */
bool command_succeeded(struct diagnostics *d, const struct command *c, const char *what, int status);

/* ---------------------------------------------------------------- options.c: the command line */

enum mode { MODE_TRANSLATE, MODE_BUILD, MODE_RUN, MODE_FLAGS, MODE_VERSION, MODE_HELP };
/* Of a word of `acc build`: a file to translate; seen when its output is compiled; seen by the last command, which
 * links; there only if it compiles plain C files too. */
enum word_use { USE_INPUT = 1, USE_COMPILE = 2, USE_LINK = 4, USE_SOURCE = 8 };
struct invocation {
    enum mode mode;
    struct options opt;
    struct diagnostics diag;
    struct arena arena;
    struct words inputs;             /* translate: all; build, run: those that end with .ac, and "-" */
    const char *output;              /* -o */
    struct words build;              /* build, run: every word that the compiler shall see, in order */
    VEC(unsigned char) use;          /* word_use of each of them */
    struct words arguments;          /* run: of the program */
    const char *prefix;              /* holds include/acc and lib/libacc.a */
    bool keep, verbose, cflags, libs;
};
/* 0: go on; else the exit status, after a message. */
int options_read(struct invocation *v, int argc, char **argv);
extern const char options_help[];

/* ---------------------------------------------------------------- driver.c: files through the translator, programs */

/* Each returns an exit status. */
int drive_translate(struct invocation *v);
int drive_build(struct invocation *v);
int drive_flags(struct invocation *v);
bool drive_prefix(struct invocation *v, const char *argv0); /* finds include/ and lib/ beside the executable */

#endif

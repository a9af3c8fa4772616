/* SPDX-License-Identifier: MIT */
/* preprocess.c: runs the C preprocessor of the compiler that will compile the output.
 *
 * Input: the options and the source, read already.  Output: its text with line markers and comments
 * (a lost fallthrough comment is a warning), and the rule that -MD asks for.
 *
 * The runtime's declarations come in by -include, before any header: abi.h includes none itself, so
 * feature-test macros of the user's still come in time.  Its folder is a system folder, so that it
 * is found after the user's own and its text stays quiet.  A regular file is named to the
 * preprocessor, since its folder counts for #include "..."; anything else, read once, is passed as
 * standard input. */
#include "acc.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A path that no program takes for an option. */
static const char *safe_path(struct arena *a, const char *path)
{
    return path[0] == '-' ? arena_printf(a, "./%s", path) : path;
}

static bool is_regular(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void add_words(struct arena *a, struct words *w, const struct options *opt)
{
    words_add_program(a, w, opt->cc);
    words_add(a, w, "-E");
    words_add(a, w, "-C");
    words_add(a, w, "-D__ACC__=1");
    const char *first = opt->sync ? "sync.h" : "abi.h";
    words_add(a, w, "-include");
    words_add(a, w, arena_printf(a, "%s/acc/%s", opt->include_dir, first));
    words_add_all(a, w, &opt->cpp);
    words_add(a, w, "-isystem");
    words_add(a, w, opt->include_dir);
}

static void add_depends(struct arena *a, struct words *w, const struct options *opt,
                        const char *target, const char *file)
{
    bool named = false;
    words_add(a, w, opt->user_depends ? "-MMD" : "-MD");
    words_add(a, w, "-MF");
    words_add(a, w, file);
    words_add_all(a, w, &opt->dep);
    for (unsigned i = 0; i < opt->dep.n; i++)
        named |= strncmp(opt->dep.v[i], "-MT", 3) == 0 || strncmp(opt->dep.v[i], "-MQ", 3) == 0;
    if (named) return;
    words_add(a, w, "-MQ");
    words_add(a, w, target);
}

static bool run(struct arena *a, const struct options *opt, struct diagnostics *d,
                const struct buf *source, struct command *c)
{
    bool regular = is_regular(opt->input);
    words_add(a, &c->words, "-x");
    words_add(a, &c->words, "c");
    words_add(a, &c->words, regular ? safe_path(a, opt->input) : "-");
    c->in = regular ? open("/dev/null", O_RDONLY | O_CLOEXEC) : temp_fd(d, source->s, source->len);
    if (c->in < 0 && !regular) return false;
    int status = command_run(a, c);
    if (c->in >= 0) close(c->in);
    return command_succeeded(d, c, "the preprocessor", status);
}

bool preprocess(struct options *opt, struct diagnostics *d, const struct buf *source,
                const char *target, struct buf *text, struct buf *deps)
{
    struct arena a = {0};
    struct command c = {.in = -1, .out = text};
    add_words(&a, &c.words, opt);
    bool ok = c.words.n > 0;
    const char *rule = NULL;
    if (opt->depends) {
        char *folder = temp_folder(d, &a);
        rule = folder ? temp_file(&a, folder, "depends") : NULL;
        ok = rule != NULL;
        if (ok) add_depends(&a, &c.words, opt, target, rule);
    }
    ok = ok && run(&a, opt, d, source, &c);
    if (ok && rule) ok = file_read(d, rule, deps);
    arena_free(&a);
    return ok;
}

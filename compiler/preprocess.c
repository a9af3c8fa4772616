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
 * standard input.
 *
 * With -C comments are tokens: among a macro's arguments they become part of the strings that #
 * makes, and come between what ## joins; behind its name there is no call.  So it runs twice, and
 * the text with comments is taken if its tokens are those of the text without. */
#include "acc.h"

#include <ctype.h>
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

/* Its wait status, or a negative number. */
static int run(struct arena *a, const struct options *opt, struct diagnostics *d,
               const struct buf *source, struct command *c)
{
    bool regular = is_regular(opt->input);
    words_add(a, &c->words, "-x");
    words_add(a, &c->words, "c");
    words_add(a, &c->words, regular ? safe_path(a, opt->input) : "-");
    c->in = regular ? open("/dev/null", O_RDONLY | O_CLOEXEC) : temp_fd(d, source->s, source->len);
    if (c->in < 0 && !regular) return -1;
    int status = command_run(a, c);
    if (c->in >= 0) close(c->in);
    return status;
}

/* ---------------------------------------------------------------- comments */

/* First byte behind the white space, comments and line markers at p. */
static const char *skip_gap(const struct buf *text, const char *p)
{
    const char *end = text->s + text->len;
    while (p < end) {
        bool marker = end - p > 2 && p[0] == '#' && p[1] == ' ' && isdigit((unsigned char)p[2]) &&
                      (p == text->s || p[-1] == '\n');
        if (isspace((unsigned char)*p)) {
            p++;
        } else if (marker || (end - p > 1 && p[0] == '/' && p[1] == '/')) {
            while (p < end && *p != '\n')
                p += *p == '\\' && end - p > 1 ? 2 : 1;
        } else if (end - p > 1 && p[0] == '/' && p[1] == '*') {
            for (p += 2; end - p > 1 && (p[0] != '*' || p[1] != '/');)
                p++;
            p = end - p > 1 ? p + 2 : end;
        } else {
            break;
        }
    }
    return p;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* Bytes of the word, number, string or character constant at p, or 1. */
static size_t piece_length(const struct buf *text, const char *p)
{
    const char *q = p + 1, *end = text->s + text->len;
    if (*p == '"' || *p == '\'') {
        while (q < end && *q != *p && *q != '\n')
            q += *q == '\\' && end - q > 1 ? 2 : 1;
        return (size_t)(q < end ? q + 1 - p : q - p);
    }
    while (is_word(*p) && q < end && (is_word(*q) || (*q == '\'' && isdigit((unsigned char)*p))))
        q++;
    return (size_t)(q - p);
}

static bool are_same_tokens(const struct buf *a, const struct buf *b)
{
    const char *p = a->s, *q = b->s;
    if (!p || !q) return p == q;
    for (;;) {
        p = skip_gap(a, p);
        q = skip_gap(b, q);
        bool ended = p == a->s + a->len;
        if (ended || q == b->s + b->len) return ended && q == b->s + b->len;
        size_t len = piece_length(a, p);
        if (len != piece_length(b, q) || memcmp(p, q, len) != 0) return false;
        p += len;
        q += len;
    }
}

/* Its messages have been told. */
static void add_comments(struct arena *a, const struct options *opt, struct diagnostics *d,
                         const struct buf *source, struct buf *text)
{
    struct buf commented = {0};
    struct command c = {.in = -1, .out = &commented, .quiet = true};
    add_words(a, &c.words, opt);
    words_add(a, &c.words, "-C");
    if (run(a, opt, d, source, &c) == 0 && are_same_tokens(text, &commented)) {
        struct buf bare = *text;
        *text = commented;
        commented = bare;
    }
    buf_free(&commented);
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
    unsigned errors = d->errors;
    if (ok) {
        int status = run(&a, opt, d, source, &c);
        ok = d->errors == errors && command_succeeded(d, &c, "the preprocessor", status);
    }
    if (ok) add_comments(&a, opt, d, source, text);
    if (ok && rule) ok = file_read(d, rule, deps);
    arena_free(&a);
    return ok;
}

/* SPDX-License-Identifier: MIT */
/* driver.c: files through the translator, and programs out of them.
 *
 * The runtime is found beside the executable, <prefix>/bin/acc: the headers in <prefix>/include,
 * the library in <prefix>/lib.  A build folder has the same shape as an installed prefix.
 *
 * build: each .ac is translated into a temporary folder and compiled by itself, since its text is
 * preprocessed already and must not see -include or -D again; then one command compiles what else
 * was given and links.  run: the same, and the program's end is acc's own end. Invariant: no output
 * is written for an input with an error in it. */
#include "acc.h"

#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __has_feature
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || HAS_FEATURE(address_sanitizer)
enum { SANITIZED = 1 }; /* then so is the library that was built along */
#else
enum { SANITIZED = 0 };
#endif

/* ---------------------------------------------------------------- the prefix */

bool drive_prefix(struct invocation *v, const char *argv0)
{
    char *path = realpath("/proc/self/exe", NULL);
    if (!path && strchr(argv0, '/')) path = realpath(argv0, NULL);
    if (!path) {
        diag_file(&v->diag, NULL, "cannot find the folder of '%s', where the runtime lies", argv0);
        return false;
    }
    char *copy = arena_strdup(&v->arena, path, strlen(path));
    const char *prefix = dirname(dirname(copy));
    v->prefix = strcmp(prefix, "/") == 0 ? "" : prefix;
    v->opt.include_dir = arena_printf(&v->arena, "%s/include", v->prefix);
    free(path);
    return true;
}

/* Path of a file of the runtime, NULL with an error if it is not there. */
static const char *runtime_file(struct invocation *v, const char *name)
{
    const char *path = arena_printf(&v->arena, "%s/%s", v->prefix, name);
    if (access(path, R_OK) == 0) return path;
    diag_file(&v->diag, NULL, "cannot find the runtime: no '%s'", path);
    return NULL;
}

static bool links_static(const struct invocation *v)
{
    for (unsigned i = 0; i < v->build.n; i++)
        if (v->use.v[i] == USE_LINK && !strncmp(v->build.v[i], "-static", 7) && strcmp(v->build.v[i], "-static-libgcc"))
            return true;
    return false;
}

/* What pkg-config says of a package. */
static bool add_package(struct invocation *v, struct words *w, const char *options)
{
    const char *tool = getenv("PKG_CONFIG");
    struct buf out = {0};
    struct command c = {.in = -1, .out = &out, .quiet = true};
    words_add_program(&v->arena, &c.words, tool && *tool ? tool : "pkg-config");
    words_split(&v->arena, &c.words, options);
    bool ok = command_run(&v->arena, &c) == 0 && out.len;
    if (ok) words_split(&v->arena, w, out.s);
    buf_free(&out);
    return ok;
}

static void add_uv(struct invocation *v, struct words *w)
{
    bool found = links_static(v) && add_package(v, w, "--static --libs libuv-static");
    if (!found && !add_package(v, w, "--libs libuv")) words_split(&v->arena, w, "-luv -ldl -lrt");
    words_add(&v->arena, w, "-pthread");
    if (SANITIZED) words_add(&v->arena, w, "-fsanitize=address,undefined");
}

static bool add_libs(struct invocation *v, struct words *w)
{
    const char *library = runtime_file(v, "lib/libacc.a");
    if (!library) return false;
    words_add(&v->arena, w, library);
    add_uv(v, w);
    return true;
}

/* One line for the shell, as pkg-config prints it. */
static void print_words(FILE *to, const struct words *w)
{
    for (unsigned i = 0; i < w->n; i++) {
        if (i) putc(' ', to);
        for (const char *s = w->v[i]; *s; s++) {
            if (strchr(" \t\n\"'\\$`;&|<>()*?[]#~!", *s)) putc('\\', to);
            putc(*s, to);
        }
    }
    putc('\n', to);
}

int drive_flags(struct invocation *v)
{
    struct words w = {0};
    if (v->cflags) words_add(&v->arena, &w, arena_printf(&v->arena, "-I%s", v->opt.include_dir));
    if (v->libs && !add_libs(v, &w)) return 1;
    print_words(stdout, &w);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---------------------------------------------------------------- one file */

static void show_diagnostics(struct invocation *v)
{
    struct diagnostics *d = &v->diag;
    if (d->json) return;
    fwrite(d->out.s ? d->out.s : "", 1, d->out.len, stderr);
    d->out.len = d->last = 0;
}

static void depends_without_cpp(struct buf *deps, const char *target, const char *input)
{
    const char *const name[] = {target, input};
    for (int i = 0; i < 2; i++) {
        for (const char *s = name[i]; *s; s++) {
            if (*s == '$') buf_putc(deps, '$');
            if (strchr(" \t#\\", *s)) buf_putc(deps, '\\');
            buf_putc(deps, *s);
        }
        buf_puts(deps, i ? "\n" : ": ");
    }
}

/* In front of text that is not preprocessed: its words go before the compiler sees them. */
static void sync_include(struct buf *text, const char *path)
{
    buf_puts(text, "#define ACC__WORDS_ARE_GONE\n#include <acc/sync.h>\n#line 1 \"");
    for (const char *s = path; *s; s++)
        buf_printf(text, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
    buf_puts(text, "\"\n");
}

/* The text that the passes read. Takes `source` for it where nothing is to be done. */
static bool expand(struct invocation *v, struct buf *source, const char *target, struct buf *text,
                   struct buf *deps)
{
    struct options *opt = &v->opt;
    if (!opt->no_cpp) {
        if (!runtime_file(v, "include/acc/abi.h")) return false;
        return preprocess(opt, &v->diag, source, target, text, deps);
    }
    if (opt->depends) depends_without_cpp(deps, target, opt->input);
    if (opt->sync) sync_include(text, opt->input);
    buf_write(text, source->s ? source->s : "", source->len);
    return true;
}

/* Translates one input to `out`. `target` is what the rule in `deps` makes. */
static bool translate_input(struct invocation *v, const char *input, const char *target,
                            struct buf *out, struct buf *deps)
{
    struct buf source = {0}, text = {0};
    struct options *opt = &v->opt;
    bool is_stdin = strcmp(input, "-") == 0;
    opt->input = input;
    v->diag.errors = v->diag.warnings = 0;
    bool ok = file_read(&v->diag, input, &source) && expand(v, &source, target, &text, deps);
    opt->stdin_text = is_stdin ? source.s : NULL;
    opt->stdin_len = is_stdin ? source.len : 0;
    if (ok) {
        const char *path = is_stdin ? "<stdin>" : input;
        struct result r = translate(opt, &v->diag, path, text.s ? text.s : "", text.len);
        *out = r.out;
        ok = r.status == 0 && v->diag.errors == 0;
    }
    opt->stdin_text = NULL;
    buf_free(&source);
    buf_free(&text);
    return ok;
}

/* ---------------------------------------------------------------- acc x.ac -o x.c */

/* The path with what follows the last dot of its last part replaced. */
static char *with_extension(struct arena *a, const char *path, const char *extension)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t len = dot && dot > name ? (size_t)(dot - path) : strlen(path);
    return arena_printf(a, "%.*s%s", (int)len, path, extension);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return strcmp(a, "-") != 0 && strcmp(b, "-") != 0 && stat(a, &x) == 0 && stat(b, &y) == 0 &&
           S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool not_the_input(struct invocation *v, const char *input, const char *output)
{
    if (!same_file(input, output)) return true;
    diag_file(&v->diag, NULL, "the output '%s' is the input", output);
    return false;
}

/* A slip: the object, or another source, would be overwritten with C. */
static bool may_hold_c(struct invocation *v, const char *output)
{
    static const char *const others[] = {".o", ".a", ".so", ".ac"};
    const char *dot = strrchr(base_name(output), '.');
    for (size_t i = 0; dot && !v->opt.dump && i < sizeof others / sizeof *others; i++)
        if (strcmp(dot, others[i]) == 0) {
            diag_file(&v->diag, NULL, "the output is C, and '%s' has the name of something else", output);
            return false;
        }
    return true;
}

static const char *output_name(struct invocation *v, const char *input)
{
    if (v->output) return v->output;
    if (v->opt.dump || strcmp(input, "-") == 0) return "-";
    return with_extension(&v->arena, input, ".c");
}

/* Where the rule goes; NULL: there is none to write. */
static const char *depends_name(struct invocation *v, const char *input, const char *output)
{
    if (!v->opt.depends || v->opt.dump) return NULL;
    if (v->opt.depfile) return v->opt.depfile;
    const char *base = strcmp(output, "-") == 0 ? base_name(input) : output;
    return with_extension(&v->arena, strcmp(base, "-") == 0 ? "stdin" : base, ".d");
}

static bool translate_file(struct invocation *v, const char *input)
{
    struct diagnostics *d = &v->diag;
    const char *output = output_name(v, input), *rule = depends_name(v, input, output);
    struct buf out = {0}, deps = {0};
    bool ok = not_the_input(v, input, output) && may_hold_c(v, output) && (!rule || not_the_input(v, input, rule));
    const char *target =
        strcmp(output, "-") == 0 ? with_extension(&v->arena, base_name(input), ".c") : output;
    ok = ok && translate_input(v, input, target, &out, &deps);
    if (ok && rule) ok = file_write(d, rule, deps.s ? deps.s : "", deps.len);
    if (ok) ok = file_write(d, output, out.s ? out.s : "", out.len);
    buf_free(&out);
    buf_free(&deps);
    temp_remove();
    show_diagnostics(v);
    return ok;
}

int drive_translate(struct invocation *v)
{
    bool ok = true;
    for (unsigned i = 0; i < v->inputs.n; i++)
        ok &= translate_file(v, v->inputs.v[i]);
    return ok ? 0 : 1;
}

/* ---------------------------------------------------------------- acc build, acc run */

static bool run_tool(struct invocation *v, struct command *c, const char *what)
{
    if (v->verbose) print_words(stderr, &c->words);
    int status = command_run(&v->arena, c);
    return command_succeeded(&v->diag, c, what, status);
}

/* Translates input number i; its C file, NULL after an error. */
static const char *build_translate(struct invocation *v, const char *folder, unsigned i)
{
    const char *input = v->inputs.v[i];
    const char *stem = strcmp(input, "-") == 0 ? "stdin" : base_name(input);
    const char *name = arena_printf(&v->arena, "%u-%s", i, with_extension(&v->arena, stem, ".c"));
    const char *path = temp_file(&v->arena, folder, name);
    struct buf out = {0}, deps = {0};
    bool ok = translate_input(v, input, path, &out, &deps) &&
              file_write(&v->diag, path, out.s ? out.s : "", out.len);
    buf_free(&out);
    buf_free(&deps);
    show_diagnostics(v);
    return ok ? path : NULL;
}

/* Compiles a translated file; its object, NULL after an error. */
static const char *build_compile(struct invocation *v, const char *folder, const char *path)
{
    struct arena *a = &v->arena;
    const char *name = with_extension(a, base_name(path), ".o");
    const char *object = temp_file(a, folder, name);
    struct command c = {.in = -1};
    words_add_program(a, &c.words, v->opt.cc);
    for (unsigned i = 0; i < v->build.n; i++)
        if (v->use.v[i] & USE_COMPILE) words_add(a, &c.words, v->build.v[i]);
    if (v->opt.sync && v->opt.no_cpp)
        words_add(a, &c.words, arena_printf(a, "-I%s", v->opt.include_dir));
    words_add(a, &c.words, "-c");
    words_add(a, &c.words, path);
    words_add(a, &c.words, "-o");
    words_add(a, &c.words, object);
    return run_tool(v, &c, "the compiler") ? object : NULL;
}

/* True if the last command has more to compile than what acc wrote. */
static bool has_plain_source(const struct invocation *v)
{
    for (unsigned i = 0; i < v->build.n; i++) {
        const char *dot = strrchr(v->build.v[i], '.');
        bool file = v->build.v[i][0] != '-' && v->use.v[i] == USE_LINK;
        if (file && dot && (strcmp(dot, ".c") == 0 || strcmp(dot, ".i") == 0)) return true;
    }
    return false;
}

static bool build_link(struct invocation *v, const struct words *objects, const char *program)
{
    struct arena *a = &v->arena;
    struct command c = {.in = -1};
    bool sources = has_plain_source(v);
    words_add_program(a, &c.words, v->opt.cc);
    /* Ours first: of acc run, what they need can only stand before the .ac file. */
    words_add_all(a, &c.words, objects);
    for (unsigned i = 0; i < v->build.n; i++) {
        bool seen = v->use.v[i] & (sources ? USE_LINK | USE_SOURCE : USE_LINK);
        if (seen && !(v->use.v[i] & USE_INPUT)) words_add(a, &c.words, v->build.v[i]);
    }
    if (sources) words_add(a, &c.words, arena_printf(a, "-I%s", v->opt.include_dir));
    words_add(a, &c.words, "-o");
    words_add(a, &c.words, program);
    return add_libs(v, &c.words) && run_tool(v, &c, "the compiler");
}

static bool build_program(struct invocation *v, const char *folder, const char *program)
{
    struct words sources = {0}, objects = {0};
    bool ok = true;
    for (unsigned i = 0; i < v->inputs.n; i++) {
        const char *path = build_translate(v, folder, i);
        if (path) words_add(&v->arena, &sources, path);
        ok &= path != NULL;
    }
    for (unsigned i = 0; ok && i < sources.n; i++) {
        const char *object = build_compile(v, folder, sources.v[i]);
        if (object) words_add(&v->arena, &objects, object);
        ok = object != NULL;
    }
    return ok && build_link(v, &objects, program);
}

/* Ends as the program did. */
static int end_like(int status)
{
    if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

static int run_program(struct invocation *v, const char *program)
{
    struct command c = {.in = -1, .forward = true};
    words_add(&v->arena, &c.words, program);
    words_add_all(&v->arena, &c.words, &v->arguments);
    int status = command_run(&v->arena, &c);
    if (status < 0) {
        command_succeeded(&v->diag, &c, "the program", status);
        return 1 << 8;
    }
    return status;
}

/* What the compiler put there of its own accord (--coverage, -gsplit-dwarf) is not ours to remove. */
static void remove_or_keep(struct invocation *v, const char *folder)
{
    if (v->keep)
        temp_keep();
    else
        temp_remove();
    if (access(folder, F_OK) == 0) fprintf(stderr, "acc: kept in %s\n", folder);
}

int drive_build(struct invocation *v)
{
    char *folder = temp_folder(&v->diag, &v->arena);
    if (!folder) return 1;
    const char *first = v->inputs.v[0];
    const char *stem = strcmp(first, "-") == 0 ? "a.out" : base_name(first);
    const char *name = with_extension(&v->arena, stem, strcmp(first, "-") == 0 ? ".out" : "");
    bool runs = v->mode == MODE_RUN;
    const char *program = runs ? temp_file(&v->arena, folder, name) : v->output ? v->output : name;
    bool ok = true;
    for (unsigned i = 0; i < v->inputs.n; i++)
        ok &= not_the_input(v, v->inputs.v[i], program);
    ok = ok && build_program(v, folder, program);
    show_diagnostics(v);
    int status = ok && runs ? run_program(v, program) : 0;
    remove_or_keep(v, folder);
    show_diagnostics(v);
    if (!ok) return 1;
    return runs ? end_like(status) : 0;
}

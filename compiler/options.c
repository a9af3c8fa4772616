/* SPDX-License-Identifier: MIT */
/* options.c: the command line.
 *
 * Most options are the C compiler's and go on to it in their order; a table says how each is spelt
 * and who shall see it: the preprocessor, the compilation of translated files, or only the linker.
 * `acc build` and `acc run` keep every word, for they are the C compiler's own command line with
 * .ac files in it.
 *
 * Invariant: after an error nothing has been read or written. */
#include "acc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { USAGE = 2 };
enum spelling {
    WHOLE,   /* -pthread */
    PREFIX,  /* -std=c11, -fwrapv */
    OPERAND, /* -I dir or -Idir */
    NEXT     /* -include file */
};
enum owner {
    CPP,      /* the preprocessor alone: its effect is in the translated text */
    COMPILER, /* preprocessor and compiler */
    LINKER,
    DEPENDS, /* -MT, -MQ: for the rule */
    QUALITY  /* warnings: for the compilation; harmless elsewhere */
};
struct spelled {
    const char *name;
    enum spelling spelling;
    enum owner owner;
};
/* The first that fits counts. */
static const struct spelled passed_on[] = {
    {"-include", NEXT, CPP},
    {"-imacros", NEXT, CPP},
    {"-isystem", OPERAND, CPP},
    {"-iquote", OPERAND, CPP},
    {"-idirafter", OPERAND, CPP},
    {"-iprefix", OPERAND, CPP},
    {"-iwithprefix", OPERAND, CPP},
    {"-isysroot", OPERAND, COMPILER},
    {"-I", OPERAND, CPP},
    {"-D", OPERAND, CPP},
    {"-U", OPERAND, CPP},
    {"-nostdinc", WHOLE, CPP},
    {"-undef", WHOLE, CPP},
    {"-trigraphs", WHOLE, CPP},
    {"-Wp,", PREFIX, CPP},
    {"-Xpreprocessor", NEXT, CPP},
    {"-Wl,", PREFIX, LINKER},
    {"-fuse-ld=", PREFIX, LINKER},
    {"-std=", PREFIX, COMPILER},
    {"-ansi", WHOLE, COMPILER},
    {"-pthread", WHOLE, COMPILER},
    {"-pipe", WHOLE, COMPILER},
    {"-pg", WHOLE, COMPILER},
    {"--coverage", WHOLE, COMPILER},
    {"--sysroot=", PREFIX, COMPILER},
    {"--sysroot", NEXT, COMPILER},
    {"--param=", PREFIX, COMPILER},
    {"--param", NEXT, COMPILER},
    {"--target=", PREFIX, COMPILER},
    {"-target", NEXT, COMPILER},
    {"-Xclang", NEXT, COMPILER},
    {"-B", OPERAND, COMPILER},
    {"-f", PREFIX, COMPILER},
    {"-m", PREFIX, COMPILER},
    {"-O", PREFIX, COMPILER},
    {"-g", PREFIX, COMPILER},
    {"-MT", OPERAND, DEPENDS},
    {"-MQ", OPERAND, DEPENDS},
    {"-MP", WHOLE, DEPENDS},
    {"-pedantic", PREFIX, QUALITY},
    {"-W", PREFIX, QUALITY},
    {"-w", WHOLE, QUALITY},
    {"-l", OPERAND, LINKER},
    {"-L", OPERAND, LINKER},
    {"-Xlinker", NEXT, LINKER},
    {"-T", OPERAND, LINKER},
    {"-u", OPERAND, LINKER},
    {"-z", NEXT, LINKER},
    {"-static", PREFIX, LINKER},
    {"-shared", PREFIX, LINKER},
    {"-rdynamic", WHOLE, LINKER},
    {"-pie", WHOLE, LINKER},
    {"-no-pie", WHOLE, LINKER},
    {"-nostdlib", WHOLE, LINKER},
    {"-nostartfiles", WHOLE, LINKER},
    {"-nodefaultlibs", WHOLE, LINKER},
    {"-s", WHOLE, LINKER},
};

enum own {
    OWN_CC,
    OWN_OUTPUT,
    OWN_NO_CPP,
    OWN_SYNC,
    OWN_DUMP,
    OWN_EMIT,
    OWN_REPORT,
    OWN_REPORT_AS,
    OWN_NO_LINES,
    OWN_MD,
    OWN_MMD,
    OWN_MF,
    OWN_KEEP,
    OWN_VERBOSE,
    OWN_CFLAGS,
    OWN_LIBS,
    OWN_WORDS,
    OWN_VERSION,
    OWN_HELP,
    OWN_COUNT
};
enum { ON_BUILD = 1, ON_TRANSLATE = 2 };
static const struct {
    const char *name;
    bool operand;
    unsigned where;
} own_option[OWN_COUNT] = {
    [OWN_CC] = {"--cc", true, ON_BUILD | ON_TRANSLATE},
    [OWN_OUTPUT] = {"-o", true, ON_BUILD | ON_TRANSLATE},
    [OWN_NO_CPP] = {"--no-cpp", false, ON_BUILD | ON_TRANSLATE},
    [OWN_NO_LINES] = {"-P", false, ON_BUILD | ON_TRANSLATE},
    [OWN_SYNC] = {"--sync", false, ON_BUILD | ON_TRANSLATE},
    [OWN_DUMP] = {"--dump", true, ON_TRANSLATE},
    [OWN_EMIT] = {"--emit", true, ON_TRANSLATE},
    [OWN_REPORT] = {"--frame-report", false, ON_TRANSLATE},
    [OWN_REPORT_AS] = {"--frame-report", true, ON_TRANSLATE},
    [OWN_MD] = {"-MD", false, ON_TRANSLATE},
    [OWN_MMD] = {"-MMD", false, ON_TRANSLATE},
    [OWN_MF] = {"-MF", true, ON_TRANSLATE},
    [OWN_KEEP] = {"--keep", false, ON_BUILD},
    [OWN_VERBOSE] = {"--verbose", false, ON_BUILD},
    [OWN_CFLAGS] = {"--cflags", false, ON_TRANSLATE},
    [OWN_LIBS] = {"--libs", false, ON_TRANSLATE},
    [OWN_WORDS] = {"--words", true, ON_BUILD | ON_TRANSLATE},
    [OWN_VERSION] = {"--version", false, ON_BUILD | ON_TRANSLATE},
    [OWN_HELP] = {"--help", false, ON_BUILD | ON_TRANSLATE},
};

const char options_help[] =
    "usage: acc [option...] file.ac... [-o file.c]\n"
    "       acc build [option...] file... [-o program]\n"
    "       acc run [option...] [file...] file.ac [argument...]\n"
    "\n"
    "acc translates C with async and await to C. Without -o, x.ac becomes x.c beside it. The file "
    "'-'\n"
    "is standard input, the output '-' standard output. build also compiles and links, with the\n"
    "runtime; any .c, .o, .a and options of the C compiler may stand among the words. run does\n"
    "that in a temporary folder and runs the program.\n"
    "\n"
    "  -o FILE               the output; of build, the program (default: name of the first .ac)\n"
    "  --cc COMMAND          the C compiler that will compile the output; it preprocesses the "
    "input\n"
    "                        (default: $ACC_CC, else $CC, else cc)\n"
    "  -I -D -U -include -isystem -iquote -idirafter -std= -m* -f* -O* -g* ...\n"
    "                        passed on to it, in order\n"
    "  --no-cpp              the input is preprocessed already\n"
    "  -P                    no #line in translated functions: for reading the output\n"
    "  --sync                write the plain sequential program of the same source\n"
    "  -MD -MMD -MF -MT -MQ -MP\n"
    "                        write a dependency rule for make, as the C compiler does\n"
    "  --frame-report[=json] print each coroutine frame: sizes, offsets, what is kept and why\n"
    "  --dump=WHAT           print ast, scope, type, order, cfg, live or frame instead\n"
    "  --emit=dot            draw --dump=cfg, the state machines, for Graphviz\n"
    "  -W[no-]NAME  -Werror[=NAME]  -w\n"
    "                        warnings: unawaited, unevaluated-await, blocking-call,\n"
    "                        escaping-local, await-before-defer, return-value, pragma-name,\n"
    "                        frame-size=N; other names are the C compiler's\n"
    "  -fmax-errors=N        show N errors at most (default: 20; 0: all)\n"
    "  -fdiagnostics-color=always|never   --diagnostics-format=text|json\n"
    "  --keep                build, run: leave the translated files, and say where\n"
    "  --verbose             build, run: print the commands\n"
    "  --words FILE          the lines of FILE stand here, each a word of the command line\n"
    "  --cflags  --libs      print what compiles and links the output\n"
    "  --version  --help\n"
    "\n"
    "Exit status: 0, 1 after an error in the input, 2 for a wrong command line; of run, the "
    "program's.\n";

/* ---------------------------------------------------------------- wrong command lines */

static int usage(struct invocation *v)
{
    const char *how = v->mode == MODE_BUILD ? "build [option...] file... [-o program]"
                      : v->mode == MODE_RUN ? "run [option...] [file...] file.ac [argument...]"
                                            : "[option...] file.ac... [-o file.c]";
    if (!v->diag.json) buf_printf(&v->diag.out, "usage: acc %s (acc --help says more)\n", how);
    return USAGE;
}

static int unknown(struct invocation *v, const char *word)
{
    struct suggestion s = {.word = word, .len = strcspn(word, "=")};
    for (int i = 0; i < OWN_COUNT && strncmp(word, "--", 2) == 0; i++)
        suggest_try(&s, own_option[i].name);
    bool stops_early = strlen(word) == 2 && strchr("cSE", word[1]);
    if (stops_early)
        diag_file(&v->diag, NULL, "unknown option '%s': it is for the compiler of the C that 'acc x.ac -o x.c' gives", word);
    else if (s.nearest)
        diag_file(&v->diag, NULL, "unknown option '%s'; did you mean '%s'?", word, s.nearest);
    else
        diag_file(&v->diag, NULL, "unknown option '%s'", word);
    return usage(v);
}

/* Nearly one of acc's warnings. */
static int unknown_warning(struct invocation *v, const char *word)
{
    const char *name = diag_nearest(word);
    size_t stem = strncmp(word, "-Wno-error=", 11) == 0 ? 11
                  : strncmp(word, "-Werror=", 8) == 0   ? 8
                  : strncmp(word, "-Wno-", 5) == 0      ? 5
                                                        : 2;
    bool number = stem == 2 && strcmp(name, "frame-size") == 0;
    diag_file(&v->diag, NULL, "unknown option '%s'; did you mean '%.*s%s%s'?", word, (int)stem,
              word, name, number ? "=N" : "");
    return usage(v);
}

static int misplaced(struct invocation *v, const char *word)
{
    const char *where = v->mode == MODE_BUILD ? "acc build"
                        : v->mode == MODE_RUN ? "acc run"
                                              : NULL;
    if (where)
        diag_file(&v->diag, NULL, "'%s' has no meaning for '%s'", word, where);
    else
        diag_file(&v->diag, NULL, "'%s' is for 'acc build' and 'acc run'", word);
    return usage(v);
}

/* ---------------------------------------------------------------- reading */

struct reader {
    struct invocation *v;
    char **argv;
    int argc, at;
    bool names_only; /* behind "--" */
    bool in_file;    /* reading a file of words */
};

static bool builds(const struct invocation *v)
{
    return v->mode == MODE_BUILD || v->mode == MODE_RUN;
}

static void add_build(struct invocation *v, const char *word, unsigned use)
{
    words_add(&v->arena, &v->build, word);
    vec_push(&v->arena, &v->use, (unsigned char)use);
}

/* True if the word is the option; then `*value` is its operand, NULL if it has none. */
static bool is_option(struct reader *r, const char *name, enum spelling spelling,
                      const char **value)
{
    const char *word = r->argv[r->at];
    size_t len = strlen(name);
    *value = NULL;
    if (strncmp(word, name, len) != 0) return false;
    bool whole = word[len] == '\0';
    if (spelling == PREFIX) return true;
    if (spelling == WHOLE || spelling == NEXT || whole) {
        if (whole && spelling != WHOLE && r->at + 1 < r->argc) *value = r->argv[++r->at];
        return whole;
    }
    if (strncmp(name, "--", 2) != 0)
        *value = word + len;
    else if (word[len] == '=')
        *value = word + len + 1;
    return *value != NULL;
}

static int set_dump(struct invocation *v, const char *what)
{
    static const char *const known[] = {"ast", "scope", "type", "order", "cfg", "live", "frame"};
    struct suggestion s = {.word = what, .len = strlen(what)};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (suggest_try(&s, known[i]) && s.distance == 0) v->opt.dump = known[i];
    if (v->opt.dump) return 0;
    diag_file(&v->diag, NULL,
              "'--dump=%s': one of ast, scope, type, order, cfg, live, frame expected%s%s%s", what,
              s.nearest ? "; did you mean '" : "", s.nearest ? s.nearest : "",
              s.nearest ? "'?" : "");
    return usage(v);
}

/* Pictures are made of what --dump=cfg shows. */
static int set_emit(struct invocation *v, const char *what)
{
    v->opt.dot = strcmp(what, "dot") == 0;
    if (v->opt.dot) return 0;
    diag_file(&v->diag, NULL, "'--emit=%s': dot expected", what);
    return usage(v);
}

static int set_report(struct invocation *v, const char *form)
{
    v->opt.dump = "report";
    v->opt.json = strcmp(form, "json") == 0;
    if (v->opt.json || strcmp(form, "text") == 0) return 0;
    diag_file(&v->diag, NULL, "'--frame-report=%s': one of text, json expected", form);
    return usage(v);
}

static int read_words(struct reader *r);

/* The words of a file, one a line, in the place of its name. Paths and definitions may hold any
 * character but the end of a line, so no quoting is needed. */
static int read_words_file(struct reader *r, const char *path)
{
    struct invocation *v = r->v;
    if (r->in_file) {
        diag_file(&v->diag, NULL, "'--words=%s' in a file of words", path);
        return usage(v);
    }
    struct buf text = {0};
    if (!file_read(&v->diag, path, &text)) return 1;
    VEC(char *) lines = {0};
    for (const char *s = text.s, *end = s + text.len; s && s < end;) {
        size_t len = strcspn(s, "\r\n");
        if (len) vec_push(&v->arena, &lines, arena_strdup(&v->arena, s, len));
        s += len + 1;
    }
    buf_free(&text);
    struct reader inner = {.v = v, .argv = lines.v, .argc = (int)lines.n, .in_file = true};
    return read_words(&inner);
}

static int set_own(struct reader *r, enum own which, const char *value)
{
    struct invocation *v = r->v;
    switch (which) {
    case OWN_CC: v->opt.cc = value; break;
    case OWN_OUTPUT: v->output = value; break;
    case OWN_NO_CPP: v->opt.no_cpp = true; break;
    case OWN_EMIT: return set_emit(v, value);
    case OWN_REPORT: v->opt.dump = "report"; break;
    case OWN_REPORT_AS: return set_report(v, value);
    case OWN_NO_LINES: v->opt.no_lines = true; break;
    case OWN_SYNC: v->opt.sync = true; break;
    case OWN_DUMP: return set_dump(v, value);
    case OWN_MMD: v->opt.user_depends = true; /* fallthrough */
    case OWN_MD: v->opt.depends = true; break;
    case OWN_MF:
        v->opt.depends = true;
        v->opt.depfile = value;
        break;
    case OWN_KEEP: v->keep = true; break;
    case OWN_VERBOSE: v->verbose = true; break;
    case OWN_CFLAGS: v->cflags = true; break;
    case OWN_LIBS: v->libs = true; break;
    case OWN_WORDS: return read_words_file(r, value);
    case OWN_VERSION: v->mode = MODE_VERSION; break;
    case OWN_HELP: v->mode = MODE_HELP; break;
    case OWN_COUNT: break;
    }
    return 0;
}

static int no_operand(struct invocation *v, const char *name)
{
    diag_file(&v->diag, NULL, "an operand expected after '%s'", name);
    return usage(v);
}

/* 0: taken; -1: none of acc's own; else an exit status. */
static int read_own(struct reader *r)
{
    struct invocation *v = r->v;
    for (int i = 0; i < OWN_COUNT; i++) {
        const char *value, *name = own_option[i].name;
        if (!is_option(r, name, own_option[i].operand ? OPERAND : WHOLE, &value)) continue;
        if (own_option[i].operand && (!value || !*value)) return no_operand(v, name);
        if (!(own_option[i].where & (builds(v) ? ON_BUILD : ON_TRANSLATE)))
            return misplaced(v, name);
        return set_own(r, (enum own)i, value);
    }
    return -1;
}

/* Hands the option's words, argv[first] to argv[r->at], to those who shall see it. */
static int pass_on(struct reader *r, int first, enum owner owner)
{
    static const unsigned use[] = {[CPP] = USE_SOURCE,
                                   [COMPILER] = USE_COMPILE | USE_LINK,
                                   [QUALITY] = USE_COMPILE | USE_LINK,
                                   [LINKER] = USE_LINK,
                                   [DEPENDS] = 0};
    struct invocation *v = r->v;
    if (builds(v) ? owner == DEPENDS : owner == LINKER) return misplaced(v, r->argv[first]);
    for (int i = first; i <= r->at; i++) {
        const char *word = r->argv[i];
        if (owner == CPP || owner == COMPILER) words_add(&v->arena, &v->opt.cpp, word);
        if (owner == COMPILER) words_add(&v->arena, &v->opt.codegen, word);
        if (owner == DEPENDS) words_add(&v->arena, &v->opt.dep, word);
        if (builds(v)) add_build(v, word, use[owner]);
    }
    return 0;
}

static int read_passed_on(struct reader *r)
{
    int first = r->at;
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) {
        const struct spelled *o = &passed_on[i];
        const char *value;
        if (!is_option(r, o->name, o->spelling, &value)) continue;
        if ((o->spelling == OPERAND || o->spelling == NEXT) && !value)
            return no_operand(r->v, o->name);
        return pass_on(r, first, o->owner);
    }
    return unknown(r->v, r->argv[first]);
}

static int read_option(struct reader *r)
{
    int status = read_own(r);
    if (status >= 0) return status;
    switch (diag_option(&r->v->diag, r->argv[r->at])) {
    case OPTION_OURS: return 0;
    case OPTION_WRONG: return unknown_warning(r->v, r->argv[r->at]);
    default: return read_passed_on(r);
    }
}

static bool is_ac(const char *word)
{
    size_t len = strlen(word);
    return strcmp(word, "-") == 0 || (len > 3 && strcmp(word + len - 3, ".ac") == 0);
}

/* `@file`: the C compiler would read it, but at the end alone, when nothing is preprocessed any more. */
static bool is_response_file(const char *word)
{
    return word[0] == '@' && !is_ac(word) && access(word + 1, R_OK) == 0 && access(word, F_OK) != 0;
}

static int read_file_name(struct reader *r)
{
    struct invocation *v = r->v;
    const char *word = r->argv[r->at];
    bool ac = is_ac(word);
    if (is_response_file(word)) {
        diag_file(&v->diag, NULL, "'%s' is not read; '--words=%s' stands for its lines, each a word", word, word + 1);
        return usage(v);
    }
    if (ac || !builds(v)) words_add(&v->arena, &v->inputs, word);
    if (!builds(v)) return 0;
    add_build(v, word, ac ? USE_INPUT | USE_LINK : USE_LINK);
    if (v->mode == MODE_RUN && ac) {
        while (++r->at < r->argc)
            words_add(&v->arena, &v->arguments, r->argv[r->at]);
    }
    return 0;
}

/* What can only be said of the command line as a whole. */
static int check(struct invocation *v)
{
    struct diagnostics *d = &v->diag;
    if (v->mode == MODE_VERSION || v->mode == MODE_HELP) return 0;
    if ((v->cflags || v->libs) && !v->inputs.n) {
        v->mode = MODE_FLAGS;
        return 0;
    }
    if (v->opt.dot && !v->opt.dump) v->opt.dump = "cfg";
    if (v->opt.dot && strcmp(v->opt.dump, "cfg") != 0)
        diag_file(d, NULL, "'--emit=dot' draws '--dump=cfg' and nothing else");
    else if (v->opt.sync && v->opt.dump)
        diag_file(d, NULL, "'--sync' leaves no async function to report on");
    else if (!v->inputs.n)
        diag_file(d, NULL, builds(v) ? "no .ac file given" : "no input file given");
    else if (v->mode == MODE_RUN && v->output)
        diag_file(d, NULL, "'-o' has no meaning for 'acc run'");
    else if (!builds(v) && v->output && v->inputs.n > 1)
        diag_file(d, NULL, "'-o' with %u input files: one expected", v->inputs.n);
    else if (!builds(v) && v->opt.depfile && v->inputs.n > 1)
        diag_file(d, NULL, "'-MF' with %u input files: one expected", v->inputs.n);
    else
        return 0;
    return usage(v);
}

static const char *default_cc(void)
{
    static const char *const variable[] = {"ACC_CC", "CC"};
    for (int i = 0; i < 2; i++) {
        const char *value = getenv(variable[i]);
        if (value && value[strspn(value, " \t")]) return value;
    }
    return "cc";
}

/* 0: go on; else the exit status. */
static int read_words(struct reader *r)
{
    for (; r->at < r->argc; r->at++) {
        const char *word = r->argv[r->at];
        if (r->names_only || word[0] != '-' || !word[1]) {
            int status = read_file_name(r);
            if (status) return status;
        } else if (strcmp(word, "--") == 0) {
            r->names_only = true;
        } else {
            int status = read_option(r);
            if (status) return status;
            if (r->v->mode == MODE_VERSION || r->v->mode == MODE_HELP) return 0;
        }
    }
    return 0;
}

int options_read(struct invocation *v, int argc, char **argv)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    v->diag.color =
        isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !(no_color && *no_color);
    struct reader r = {.v = v, .argv = argv, .argc = argc, .at = 1};
    if (argc > 1 && strcmp(argv[1], "build") == 0) v->mode = MODE_BUILD;
    if (argc > 1 && strcmp(argv[1], "run") == 0) v->mode = MODE_RUN;
    if (v->mode != MODE_TRANSLATE) r.at++;
    int status = read_words(&r);
    if (status || v->mode == MODE_VERSION || v->mode == MODE_HELP) return status;
    if (!v->opt.cc) v->opt.cc = default_cc();
    return check(v);
}

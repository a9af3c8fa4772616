/* SPDX-License-Identifier: MIT */
/* translate.c: the order of the passes, one call a line.
 *
 * In: the text of one unit (preprocessed, or as it is with --no-cpp).  Out: the translated text or a dump.
 * A unit in which nothing of the dialect stands comes out byte for byte.  Errors stop the way at the end of
 * the stage that found them, so that several are told in one run. */
#include "acc.h"

#include <string.h>
#include <sys/resource.h>

void dump_ast(struct unit *u, struct node *n, struct buf *out);
void dump_scope(struct unit *u, struct fn *fn, struct buf *out);
void dump_type(struct unit *u, struct fn *fn, struct buf *out);

static struct fn *fn_new(struct unit *u, struct external *x) {
    struct fn *fn = NEW(&u->arena, struct fn);
    fn->unit = u;
    fn->ext = x;
    fn->is_async = x->is_async;
    x->fn = fn;
    vec_push(&u->arena, &u->fns, fn);
    return fn;
}

/* Reads what must be understood: parse, scopes, types, rules. */
static void read_function(struct unit *u, struct external *x) {
    struct fn *fn;
    if (!x->is_async && check_plain(u, x)) return;
    if (!parse_external(u, x, true)) return;
    fn = fn_new(u, x);
    fn->node = x->node;
    if (scope_function(u, fn)) {
        fn->is_main = fn->is_async && !strcmp(fn->name->s, "main");
        fn->brace = u->text[fn->body->range.start] == '<' ? 2 : 1;
        type_function(u, fn);
        ast_count_awaits(fn->node); /* now that it is known which are chosen */
        check_function(u, fn);
    } else {
        fn->refused = true;
    }
}

static void read_unit(struct unit *u) {
    for (unsigned i = 0; i < u->ext.n; i++) {
        struct external *x = &u->ext.v[i];
        if (external_has_dialect(x)) read_function(u, x);
        else if (x->kind == EXT_DECLARATION && x->is_async) parse_external(u, x, true);
    }
    check_unit(u);
}

/* The passes after reading; each needs the one above it for all functions that are embedded, hence the loops. */
static void lower_unit(struct unit *u) {
    for (unsigned i = 0; i < u->fns.n; i++) guard_function(u, u->fns.v[i]);
    frame_unit(u);
    for (unsigned i = 0; i < u->fns.n; i++) {
        struct fn *fn = u->fns.v[i];
        frame_names(u, fn);
        guard_names(u, fn);
        live_escapes(u, fn);
        order_function(u, fn);
        cfg_build(u, fn);
        live_function(u, fn);
        frame_function(u, fn);
        warn_pragmas(u, fn);
    }
    frame_sizes(u);
}

static void dump_unit(struct unit *u, struct buf *out) {
    for (unsigned i = 0; i < u->fns.n; i++) {
        struct fn *fn = u->fns.v[i];
        if (!strcmp(u->opt->dump, "ast")) dump_ast(u, fn->node, out);
        else if (!strcmp(u->opt->dump, "scope")) dump_scope(u, fn, out);
        else if (!strcmp(u->opt->dump, "type")) dump_type(u, fn, out);
        else dump_function(u, fn, u->opt->dump, out);
    }
}

static bool dumps_after_reading(const char *dump) {
    return !strcmp(dump, "ast") || !strcmp(dump, "scope") || !strcmp(dump, "type");
}

/* Macros that compilers predefine in the user's name space. One that the preprocessor left as a name was undefined
 * (-Ulinux), and the output is preprocessed again. */
static void put_undefined(struct unit *u, struct buf *out) {
    static const char *const macros[] = {"linux", "unix", "i386"};
    for (size_t k = 0; !u->opt->no_cpp && k < sizeof macros / sizeof *macros; k++) {
        const struct name *n = name_intern(&u->names, macros[k], strlen(macros[k]));
        for (unsigned i = 0; i < u->tok.n; i++) {
            if (u->tok.v[i].name != n) continue;
            buf_printf(out, "#undef %s\n", n->s);
            break;
        }
    }
}

static void run_passes(struct unit *u, struct buf *out) {
    source_markers(u);
    lex_unit(u);
    unit_split(u);
    if (!u->opt->dump) put_undefined(u, out);
    if (u->opt->sync) {
        sync_unit(u, out);
        return;
    }
    read_unit(u);
    if (u->opt->dump && dumps_after_reading(u->opt->dump)) {
        dump_unit(u, out);
        return;
    }
    if (u->diag->errors) return;
    lower_unit(u);
    if (u->diag->errors) return;
    if (u->opt->dump && !strcmp(u->opt->dump, "report")) report_unit(u, out);
    else if (u->opt->dump) dump_unit(u, out);
    else emit_unit(u, out);
}

static uintptr_t stack_pointer(void) { return (uintptr_t)__builtin_frame_address(0); }

/* Passes recurse where texts nest, and along what refers to what: a hundred thousand typedefs may be each of the one
 * before.  That takes some hundred bytes a level; gcc asks for as much.  Where no more is to be had, a part of what there
 * is will do; a quarter of it is left to what does not ask unit_may_follow. */
static struct rlimit grow_stack(struct unit *u) {
    const rlim_t wanted = 64 << 20;
    struct rlimit was, now;
    if (getrlimit(RLIMIT_STACK, &was)) return (struct rlimit){0, 0};
    now = was;
    if (now.rlim_cur != RLIM_INFINITY && now.rlim_cur < wanted) now.rlim_cur = wanted;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_cur > now.rlim_max) now.rlim_cur = now.rlim_max;
    if (now.rlim_cur != was.rlim_cur && setrlimit(RLIMIT_STACK, &now)) now = was;
    u->stack_end = stack_pointer() - (now.rlim_cur < wanted ? now.rlim_cur : wanted) / 4 * 3;
    return was;
}

bool unit_may_follow(struct unit *u, const struct decl *d) {
    if (stack_pointer() >= u->stack_end) return true;
    if (!u->is_too_deep) {
        const struct mention *m = d->name ? d->name->mentions : NULL;
        diag_error(u, d->node ? d->node->range : u->ext.v[m ? m->ext : 0].range,
                   "what '%s' refers to refers to too much, one thing through another, for acc to follow it",
                   d->name ? d->name->s : "this");
    }
    u->is_too_deep = true;
    return false;
}

struct result translate(struct options *opt, struct diagnostics *diag, const char *path, const char *text, size_t len) {
    struct result r = {0};
    struct unit u = {.opt = opt, .diag = diag, .path = path, .text = text, .len = (uint32_t)len};
    struct rlimit stack = grow_stack(&u);
    u.names.arena = &u.arena;
    run_passes(&u, &r.out);
    if (stack.rlim_max) setrlimit(RLIMIT_STACK, &stack); /* programs that are run get what the user set */
    if (diag->errors) {
        r.status = 1;
        if (!opt->dump) buf_free(&r.out);
    }
    names_free(&u.names);
    arena_free(&u.arena);
    return r;
}

/* SPDX-License-Identifier: MIT */
/* bind.c: acc_bind(f, a, b): a callback with its arguments.
 *
 * In: E_BIND nodes with types.  Out: for each a structure that holds the function and its arguments, converted to
 * the parameter types, a function that fills it, one that makes the call, one that gives it back; the expression
 * becomes a call of the first.
 * Futures among the arguments are held by the binding (docs/dialect.md, ownership). */
#include "emit.h"

#include <string.h>

/* Names declared where types are named must hide none. */
static const char *own_name(struct emit *e, const char *stem) {
    while (unit_is_typedef(e->u, name_intern(&e->u->names, stem, strlen(stem)))) stem = arena_printf(&e->u->arena, "%s_", stem);
    return stem;
}

static const char *argument_name(struct emit *e, unsigned i) { return own_name(e, arena_printf(&e->u->arena, "a%u", i + 1)); }

static struct type *callee_type(struct node *f) {
    struct type *t = f->type;
    if (t && t->kind == TY_POINTER) t = t->base;
    return t && t->kind == TY_FUNCTION ? t : NULL;
}

static const char *bind_name(struct emit *e, struct fn *fn, unsigned i) {
    return unit_fresh_name(e->u, arena_printf(&e->u->arena, "%s__bind%u", fn->name->s, i + 1));
}

/* A pointer whose type has a size among the other parameters cannot be held as one. */
static struct type *argument_type(struct emit *e, struct type *f, struct node *n, unsigned i) {
    struct type *t = !f->unprototyped && i < f->nparams ? f->params[i] : type_promoted(e->u, n->kid[i + 1]);
    return type_is_variably_modified(t) ? type_pointer(e->u, type_basic(TY_VOID)) : t;
}

static bool check_bind(struct emit *e, struct node *n, struct type *f) {
    unsigned given = n->nkids - 1;
    if (!f) {
        diag_error(e->u, n->kid[0]->range, "the first argument of 'acc_bind' is not a function whose type is known");
        return false;
    }
    if (!f->unprototyped && (given < f->nparams || (given > f->nparams && !f->variadic))) {
        diag_error(e->u, n->range, "'acc_bind' gives %u argument%s to a function that takes %u", given, given == 1 ? "" : "s",
                   f->nparams);
        return false;
    }
    return true;
}

static void put_members(struct emit *e, struct node *n, struct type *f, const char *sep) {
    struct type pointer = {.kind = TY_POINTER, .base = f, .count = -1};
    put_type(e, &pointer, own_name(e, "call"), true, n->kid[0]->range);
    for (unsigned i = 0; i + 1 < n->nkids; i++) {
        struct type *t = argument_type(e, f, n, i);
        put(e, "%s", sep);
        put_type(e, t, argument_name(e, i), true, n->kid[i + 1]->range);
        if (*sep == ';') put_frame_alignment(e, t);
    }
}

static void put_maker(struct emit *e, struct node *n, struct type *f, const char *s) {
    const char *b = own_name(e, "b"), *c = own_name(e, "c"), *call = own_name(e, "call");
    put(e, "static acc_callback %s(", s);
    put_members(e, n, f, ", ");
    put(e, ") {\n    struct %s *%s = (struct %s *)acc__alloc(sizeof *%s);\n", s, b, s, b);
    put(e, "    acc_callback %s = {%s__run, %s__drop, %s};\n    if (!%s) return acc__bind_no_memory();\n", c, s, s, b, b);
    put(e, "    %s->%s = %s;\n", b, call, call);
    for (unsigned i = 0; i + 1 < n->nkids; i++) {
        struct type *t = argument_type(e, f, n, i);
        const char *a = argument_name(e, i);
        put(e, "    ");
        put_assign(e, arena_printf(&e->u->arena, "%s->%s", b, a), t, NULL, a);
        put(e, "\n");
        if (type_future_result(t)) put(e, "    acc__ref(%s);\n", a);
    }
    put(e, "    return %s;\n}\n", c);
}

static void put_thunk(struct emit *e, struct node *n, const char *s) {
    struct type *f = callee_type(n->kid[0]);
    if (!check_bind(e, n, f)) return;
    put_line(e, n->range.start);
    put(e, "struct %s { ", s);
    put_members(e, n, f, "; ");
    put(e, "; };\nstatic void %s__run(void *p) {\n    struct %s *b = (struct %s *)p;\n    b->%s(", s, s, s, own_name(e, "call"));
    for (unsigned i = 0; i + 1 < n->nkids; i++) put(e, i ? ", b->%s" : "b->%s", argument_name(e, i));
    put(e, ");\n}\nstatic void %s__drop(void *p) {\n    struct %s *b = (struct %s *)p;\n", s, s, s);
    for (unsigned i = 0; i + 1 < n->nkids; i++)
        if (type_future_result(argument_type(e, f, n, i))) put(e, "    acc__unref(b->%s);\n", argument_name(e, i));
    put(e, "    acc__free(b, sizeof *b);\n}\n");
    put_maker(e, n, f, s);
}

void bind_emit(struct emit *e, struct fn *fn) {
    for (unsigned i = 0; i < fn->binds.n; i++) {
        fn->binds.v[i]->saved = bind_name(e, fn, i);
        put_thunk(e, fn->binds.v[i], fn->binds.v[i]->saved);
    }
}

void put_bind(struct emit *e, struct node *n) {
    put(e, "%s(", n->saved);
    for (unsigned k = 0; k < n->nkids; k++) {
        if (k) put(e, ", ");
        put_node(e, n->kid[k]);
    }
    put(e, ")");
}

/* SPDX-License-Identifier: MIT */
/* warn_forgotten.c: a call of an async function whose future stands where its value was meant.
 *
 * Input: a node of a function with its names bound and its types known.  Output: an error where a future is converted to a
 * type that none converts to, or calculated with (C11 6.5.16.1 p1, 6.5.5 and the like: no C compiler takes it in silence, but
 * each speaks of pointers to pointers to functions, in the column of the output); a warning where it is tested, for it is
 * never NULL.  Only calls by the name of a function, or of a macro of the library's, count: what else gives a future is
 * somebody's to store and to compare. */
#include "acc.h"
#include "order.h"

#include <string.h>

/* What stands for a value: a call of a function by its name, or of a macro of the library's that casts what its function
 * gives (`((T *)acc__wait_for((void *)(f), ...))`). */
struct forgotten {
    struct node *node;
    const char *name;   /* NULL: nothing of that kind */
    bool has_arguments;
};

static bool is_librarys(const char *name)
{
    return !strncmp(name, "acc__", 5);
}

const char *warn_callee_shown(struct unit *u, const struct node *call, struct range at)
{
    const char *name = node_callee_name(call);
    if (!is_librarys(name)) return name;
    const char *macro = source_spot(u, at).macro;
    return macro && !strncmp(macro, "acc_", 4) ? macro : arena_printf(&u->arena, "acc_%s", name + 5);
}

static struct forgotten forgotten_in(struct unit *u, struct node *e)
{
    e = e ? node_strip(e) : NULL;
    while (e && e->kind == E_COMMA)
        e = node_strip(e->kid[1]);
    if (!e || !type_future_result(e->type)) return (struct forgotten){0};
    struct node *call = e->kind == E_CAST ? node_uncast(e) : e;
    struct node *f = call->kind == E_CALL ? node_strip(call->kid[0]) : NULL;
    bool named = f && f->kind == E_IDENT && f->decl && f->decl->kind == DECL_FUNCTION;
    if (!named || (e != call && !is_librarys(f->name->s))) return (struct forgotten){0};
    return (struct forgotten){e, warn_callee_shown(u, call, e->range), call->nkids > 1};
}

/* These may give NULL. */
static bool is_lookup(const char *name)
{
    return !strcmp(name, "acc_current_task") || !strcmp(name, "acc_ref");
}

static void tested(struct unit *u, struct node *e)
{
    struct forgotten f = forgotten_in(u, e);
    if (!f.name || is_lookup(f.name)) return;
    diag_warn(u, WARN_UNAWAITED, f.node->range,
              "'%s' is called but not awaited: this tests its future, which is never NULL; did you mean 'await %s(%s)'?", f.name,
              f.name, f.has_arguments ? "..." : "");
}

/* `f() == 0`, `f() != NULL`.  What is no async function, nor of the library, may give NULL, and this may ask for it. */
static void tested_for_null(struct unit *u, struct node *e, const struct node *null)
{
    struct forgotten f = forgotten_in(u, e);
    struct node *callee = f.name && f.node->kind == E_CALL ? node_strip(f.node->kid[0]) : NULL;
    bool own = callee && !callee->decl->is_async && strncmp(f.name, "acc_", 4) != 0;
    if (!own || type_is_arithmetic(null->type)) tested(u, e);
}

/* Of pointers C takes a sum; but a future is no element of an array. */
static void counted(struct unit *u, struct node *e)
{
    struct forgotten f = forgotten_in(u, e);
    if (!f.name) return;
    diag_error(u, f.node->range, "'%s' gives a future, and its value is needed here; did you mean 'await %s(%s)'?", f.name,
               f.name, f.has_arguments ? "..." : "");
}

/* `f().x`; behind an await check.c tells of it, whatever gives the future. */
static void has_member(struct unit *u, struct node *n)
{
    struct forgotten f = forgotten_in(u, n->kid[0]);
    if (!f.name || n->parent->kind == E_AWAIT) return;
    diag_error(u, f.node->range, "'%s' gives a future, and its value is needed here; did you mean '(await %s(%s))%s%s'?", f.name,
               f.name, f.has_arguments ? "..." : "", n->op == '.' ? "." : "->", n->name->s);
}

/* None converts to it: C11 6.5.16.1 p1. Of a union a parameter may be transparent. */
static bool is_other_type(struct type *to)
{
    enum gives gives;
    if (type_given_result(to, &gives) || type_is_void(to) || to->kind == TY_UNION) return false;
    return to->kind != TY_POINTER || (to->base && !type_is_void(to->base));
}

/* An async function where a plain one is needed: its caller would lose the coroutine. */
static void called_back(struct unit *u, struct type *to, struct node *e)
{
    struct type *f = to->kind == TY_POINTER ? to->base : NULL;
    enum gives gives;
    if (!f || f->kind != TY_FUNCTION || !f->base || type_given_result(f->base, &gives)) return;
    if (e->kind == E_UNARY && e->op == '&') e = node_strip(e->kid[0]);
    if (e->kind != E_IDENT || !e->decl || e->decl->kind != DECL_FUNCTION || !e->decl->is_async) return;
    diag_error(u, e->range, "'%s' is async, and a plain function is needed here: its coroutine would be lost; let one 'acc_go' it",
               e->name->s);
}

/* What an assignment, a parameter, a return makes of a future. */
static void converted(struct unit *u, struct type *to, struct node *e)
{
    if (!to || !e) return;
    struct node *choice = node_strip(e);
    called_back(u, to, choice);
    if (choice->kind == E_COND) {
        converted(u, to, choice->kid[1]);
        converted(u, to, choice->kid[2]);
        return;
    }
    struct forgotten f = forgotten_in(u, e);
    if (!f.name || !is_other_type(to)) return;
    struct buf b = {0};
    if (to->kind == TY_BOOL)
        tested(u, e);
    else if (type_print(u, &b, to, NULL, true))
        diag_error(u, f.node->range, "'%s' gives a future, and '%.*s' is needed here; did you mean 'await %s(%s)'?", f.name,
                   (int)b.len, b.s, f.name, f.has_arguments ? "..." : "");
    buf_free(&b);
}

/* What stands behind the parameters is printed. */
static bool is_printing(const struct node *f)
{
    static const char *const names[] = {"printf", "fprintf", "sprintf", "snprintf", "dprintf", "asprintf",
                                        "syslog", "warn",    "warnx",   "err",      "errx"};
    for (size_t i = 0; f->kind == E_IDENT && f->decl && f->decl->ext && i < sizeof names / sizeof *names; i++)
        if (!strcmp(f->name->s, names[i])) return f->decl->ext->system_header;
    return false;
}

static void arguments(struct unit *u, struct node *call)
{
    struct type *t = type_value(u, call->kid[0]), *f = t && t->kind == TY_POINTER ? t->base : NULL;
    struct node *name = node_strip(call->kid[0]);
    if (!f || f->kind != TY_FUNCTION || (name->kind == E_IDENT && type_is_overloaded(u, name->name))) return;
    for (unsigned i = 0; i < f->nparams && i + 1 < call->nkids; i++)
        converted(u, f->params[i], call->kid[i + 1]);
    for (unsigned i = f->nparams; f->variadic && is_printing(name) && i + 1 < call->nkids; i++)
        counted(u, call->kid[i + 1]);
}

/* `a == b` may compare two futures. */
static void operands(struct unit *u, struct node *n)
{
    bool equality = n->op == P_EQ || n->op == P_NE;
    for (unsigned i = 0; i < 2; i++) {
        struct type *other = equality ? type_value(u, n->kid[!i]) : NULL;
        if (equality && n->kid[!i]->flags & NODE_NULL_CONSTANT)
            tested_for_null(u, n->kid[i], n->kid[!i]);
        else if (!equality || type_is_arithmetic(other))
            counted(u, n->kid[i]);
    }
}

/* Members of structures are left to the C compiler. */
static void elements(struct unit *u, struct node *n)
{
    if (!n->type || n->type->kind == TY_STRUCT || n->type->kind == TY_UNION) return;
    struct type *to = n->type->kind == TY_ARRAY ? n->type->base : n->type;
    if (!to || !type_is_scalar(to)) return;
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i]) converted(u, to, n->kid[i]->kind == E_DESIGNATED ? node_kid(n->kid[i], 0) : n->kid[i]);
}

static void initialiser(struct unit *u, struct node *n)
{
    struct node *name = scope_declarator_name(node_kid(n, 0));
    struct decl *d = name ? name->decl : NULL;
    if (d && d->kind == DECL_VAR && node_kid(n, 1)) converted(u, type_of_decl(u, d), n->kid[1]);
}

static void warn_in_statement(struct unit *u, struct fn *fn, struct node *n)
{
    switch (n->kind) {
    case S_IF:
    case S_WHILE: tested(u, n->kid[0]); break;
    case S_DO:
    case S_FOR: tested(u, node_kid(n, 1)); break;
    case S_SWITCH: counted(u, n->kid[0]); break;
    case S_RETURN: converted(u, fn->result, node_kid(n, 0)); break;
    case N_INIT_DECLARATOR: initialiser(u, n); break;
    default: break;
    }
}

void warn_forgotten(struct unit *u, struct fn *fn, struct node *n, bool unused)
{
    if (n->flags & NODE_UNEVALUATED) return;
    switch (n->kind) {
    case E_COND: tested(u, n->kid[0]); break;
    case E_LOGICAL:
        tested(u, n->kid[0]);
        if (!unused) tested(u, n->kid[1]);
        break;
    case E_UNARY:
        if (n->op == '!') tested(u, n->kid[0]);
        if (n->op == '-' || n->op == '+' || n->op == '~') counted(u, n->kid[0]);
        break;
    case E_BINARY: operands(u, n); break;
    case E_SUBSCRIPT: counted(u, n->kid[1]); break;
    case E_MEMBER: has_member(u, n); break;
    case E_ASSIGN:
        if (n->op == '=') converted(u, n->kid[0]->type, n->kid[1]);
        else counted(u, n->kid[1]);
        break;
    case E_CALL: arguments(u, n); break;
    case E_INIT: elements(u, n); break;
    case E_YIELD: converted(u, fn->result, node_kid(n, 0)); break;
    default: warn_in_statement(u, fn, n); break;
    }
}

/* SPDX-License-Identifier: MIT */
/* warn_forgotten.c: a call of an async function whose future stands where its value was meant.
 *
 * Input: a node of a function with its names bound and its types known.  Output: an error where a future is converted to a
 * type that none converts to, or calculated with (C11 6.5.16.1 p1, 6.5.5 and the like: no C compiler takes it in silence, but
 * each speaks of pointers to pointers to functions, in the column of the output); a warning where it is tested, for it is
 * never NULL.  Only calls by the name of a function count: what else gives a future is somebody's to store and to compare. */
#include "acc.h"
#include "order.h"

/* The call of a function by its name whose future the expression is. */
static struct node *call_in(struct node *e)
{
    e = e ? node_strip(e) : NULL;
    while (e && e->kind == E_COMMA)
        e = node_strip(e->kid[1]);
    struct node *f = e && e->kind == E_CALL ? node_strip(e->kid[0]) : NULL;
    bool named = f && f->kind == E_IDENT && f->decl && f->decl->kind == DECL_FUNCTION;
    return named && type_future_result(e->type) ? e : NULL;
}

static const char *arguments_of(const struct node *call)
{
    return call->nkids > 1 ? "..." : "";
}

static void tested(struct unit *u, struct node *e)
{
    struct node *call = call_in(e);
    const char *f = call ? node_callee_name(call) : NULL;
    if (!f) return;
    diag_warn(u, WARN_UNAWAITED, call->range,
              "'%s' is called but not awaited: this tests its future, which is never NULL; did you mean 'await %s(%s)'?", f, f,
              arguments_of(call));
}

/* Of pointers C takes a sum; but a future is no element of an array. */
static void counted(struct unit *u, struct node *e)
{
    struct node *call = call_in(e);
    const char *f = call ? node_callee_name(call) : NULL;
    if (!f) return;
    diag_error(u, call->range, "'%s' gives a future, and its value is needed here; did you mean 'await %s(%s)'?", f, f,
               arguments_of(call));
}

/* `f().x`; behind an await check.c tells of it, whatever gives the future. */
static void has_member(struct unit *u, struct node *n)
{
    struct node *call = call_in(n->kid[0]);
    const char *f = call ? node_callee_name(call) : NULL;
    if (!f || n->parent->kind == E_AWAIT) return;
    diag_error(u, call->range, "'%s' gives a future, and its value is needed here; did you mean '(await %s(%s))%s%s'?", f, f,
               arguments_of(call), n->op == '.' ? "." : "->", n->name->s);
}

/* None converts to it: C11 6.5.16.1 p1. Of a union a parameter may be transparent. */
static bool is_other_type(struct type *to)
{
    enum gives gives;
    if (type_given_result(to, &gives) || type_is_void(to) || to->kind == TY_UNION) return false;
    return to->kind != TY_POINTER || (to->base && !type_is_void(to->base));
}

/* What an assignment, a parameter, a return makes of a future. */
static void converted(struct unit *u, struct type *to, struct node *e)
{
    if (!to || !e) return;
    struct node *choice = node_strip(e);
    if (choice->kind == E_COND) {
        converted(u, to, choice->kid[1]);
        converted(u, to, choice->kid[2]);
        return;
    }
    struct node *call = call_in(e);
    if (!call || !is_other_type(to)) return;
    const char *f = node_callee_name(call);
    struct buf b = {0};
    if (to->kind == TY_BOOL)
        tested(u, e);
    else if (type_print(u, &b, to, NULL, true))
        diag_error(u, call->range, "'%s' gives a future, and '%.*s' is needed here; did you mean 'await %s(%s)'?", f,
                   (int)b.len, b.s, f, arguments_of(call));
    buf_free(&b);
}

static void arguments(struct unit *u, struct node *call)
{
    struct type *t = type_value(u, call->kid[0]), *f = t && t->kind == TY_POINTER ? t->base : NULL;
    struct node *name = node_strip(call->kid[0]);
    if (!f || f->kind != TY_FUNCTION || (name->kind == E_IDENT && type_is_overloaded(u, name->name))) return;
    for (unsigned i = 0; i < f->nparams && i + 1 < call->nkids; i++)
        converted(u, f->params[i], call->kid[i + 1]);
}

/* `a == b` may compare two futures. */
static void operands(struct unit *u, struct node *n)
{
    bool equality = n->op == P_EQ || n->op == P_NE;
    for (unsigned i = 0; i < 2; i++) {
        struct type *other = equality ? type_value(u, n->kid[!i]) : NULL;
        if (equality && (!type_is_arithmetic(other) || n->kid[!i]->flags & NODE_NULL_CONSTANT)) continue;
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

/* SPDX-License-Identifier: MIT */
/* warn_return.c: returns that do not fit the function.
 *
 * Input: an async function with its names bound and its types known.  Output: warnings.  In the output the value
 * lies in the frame, so the C compiler sees neither that a `return` has none or one too many, nor that the end is
 * reached without one (C11 6.8.6.4, 6.9.1p12), nor whose address it is.  Whether the end is reached is asked as
 * gcc and clang do: conditions that are no constants go either way, functions declared noreturn do not come back.
 * In doubt nothing is said. */
#include "acc.h"
#include "order.h"

static bool completes(struct unit *u, const struct node *n);

static bool has_label(const struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return false;
    if (n->kind == S_LABEL || n->kind == S_CASE || n->kind == S_DEFAULT) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (has_label(n->kid[i])) return true;
    return false;
}

/* A break, or a continue, of the loop or switch whose body n is a part of. */
static bool jumps(const struct node *n, enum node_kind kind)
{
    if (!n || n->kind == N_FUNCTION) return false;
    switch (n->kind) {
    case S_SWITCH:
        if (kind == S_BREAK) return false;
        break;
    case S_WHILE:
    case S_DO:
    case S_FOR:
    case S_FOR_IN: return false;
    default: break;
    }
    if (n->kind == kind) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (jumps(n->kid[i], kind)) return true;
    return false;
}

static bool has_default(const struct node *n)
{
    if (!n || n->kind == N_FUNCTION || n->kind == S_SWITCH) return false;
    if (n->kind == S_DEFAULT) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (has_default(n->kid[i])) return true;
    return false;
}

static bool block_completes(struct unit *u, const struct node *n)
{
    bool reached = true;
    for (unsigned i = 0; n && i < n->nkids; i++)
        reached = (reached || has_label(n->kid[i])) && completes(u, n->kid[i]);
    return reached;
}

/* 0, 1, or -1: no constant. No condition at all is true. */
static int truth(struct unit *u, struct node *cond)
{
    long long v = 1;
    if (cond && !type_constant(u, cond, &v)) return -1;
    return v != 0;
}

static bool loop_completes(struct unit *u, const struct node *n)
{
    const struct node *body = n->kid[n->kind == S_FOR ? 3 : n->kind == S_WHILE];
    int goes_on = truth(u, n->kid[n->kind != S_WHILE]);
    if (jumps(body, S_BREAK)) return true;
    if (n->kind != S_DO) return goes_on != 1;
    return goes_on != 1 && (completes(u, body) || jumps(body, S_CONTINUE));
}

static bool switch_completes(struct unit *u, const struct node *n)
{
    struct type *t = type_value(u, n->kid[0]);
    bool all = has_default(n->kid[1]) || !t || t->kind == TY_ENUM;
    return !all || jumps(n->kid[1], S_BREAK) || completes(u, n->kid[1]);
}

static bool try_completes(struct unit *u, const struct node *n)
{
    if (completes(u, n->kid[0])) return true;
    for (unsigned i = 1; i < n->nkids; i++) /* a `catch cancel` passes the cancellation on */
        if (n->kid[i]->kid[0] && completes(u, n->kid[i]->kid[1])) return true;
    return false;
}

static bool expr_completes(struct unit *u, const struct node *n)
{
    struct node *e = n->kid[0] ? node_strip(n->kid[0]) : NULL;
    while (e && (e->kind == E_CAST || e->kind == E_COMMA))
        e = node_strip(e->kid[1]);
    if (e && e->kind == E_STMT) return block_completes(u, e->kid[0]);
    return !e || !guard_is_noreturn(u, e);
}

static bool completes(struct unit *u, const struct node *n)
{
    if (!n) return true;
    switch (n->kind) {
    case S_RETURN:
    case S_GOTO:
    case S_GOTO_COMPUTED:
    case S_BREAK:
    case S_CONTINUE:
    case S_THROW: return false;
    case S_EXPR: return expr_completes(u, n);
    case S_LABEL:
    case S_DEFAULT: return completes(u, node_kid(n, 0));
    case S_CASE: return completes(u, node_kid(n, 2));
    case S_COMPOUND: return block_completes(u, n);
    case S_IF: {
        int way = truth(u, n->kid[0]);
        return (way != 0 && completes(u, n->kid[1])) || (way != 1 && completes(u, n->kid[2]));
    }
    case S_FOR:
    case S_WHILE:
    case S_DO: return loop_completes(u, n);
    case S_SWITCH: return switch_completes(u, n);
    case S_TRY: return try_completes(u, n);
    case S_WITH: return completes(u, n->kid[1]);
    default: return true;
    }
}

/* ---------------------------------------------------------------- */

/* A local whose address the expression is. */
static struct decl *addressed(struct node *e)
{
    e = node_strip(e);
    while (e->kind == E_CAST)
        e = node_strip(e->kid[1]);
    if (e->kind == E_UNARY && e->op == '&') return check_local_of(e->kid[0]);
    return e->type && e->type->kind == TY_ARRAY ? check_local_of(e) : NULL;
}

static bool gives_nothing(const struct fn *fn)
{
    return fn->result && type_is_void(fn->result);
}

void warn_return(struct unit *u, struct fn *fn, struct node *n)
{
    struct node *e = node_kid(n, 0);
    if (!fn->is_async || fn->gives != GIVES_FUTURE) return;
    if (!e && fn->result && !gives_nothing(fn)) {
        diag_warn(u, WARN_RETURN_VALUE, n->range, "'return' without a value in '%s', which gives '%s'", fn->name->s,
                  check_type_text(u, fn->result));
        return;
    }
    struct type *t = e ? type_value(u, e) : NULL;
    if (t && gives_nothing(fn) && !type_is_void(t))
        diag_warn(u, WARN_RETURN_VALUE, e->range, "'return' with a value in '%s', which gives none", fn->name->s);
    struct decl *d = e && fn->result && fn->result->kind == TY_POINTER ? addressed(e) : NULL;
    if (d)
        diag_warn(u, WARN_ESCAPING_LOCAL, e->range, "this is the address of '%s', which ends with the function",
                  d->name->s);
}

void warn_end(struct unit *u, struct fn *fn)
{
    uint32_t end = fn->body->range.end;
    if (!fn->is_async || fn->is_main || fn->gives != GIVES_FUTURE || !fn->result || gives_nothing(fn)) return;
    if (scope_declared_attribute(u, fn->decl ? fn->decl->specs : NULL, fn->decl ? fn->decl->declarator : NULL, "noreturn"))
        return;
    if (!completes(u, fn->body)) return;
    diag_warn(u, WARN_RETURN_VALUE, (struct range){end - 1, end},
              "the end of '%s' is reached without 'return', and it gives '%s'", fn->name->s, check_type_text(u, fn->result));
}

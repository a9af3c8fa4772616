/* SPDX-License-Identifier: MIT */
/* reach.c: may control come to the end of a statement?
 *
 * Input: a statement of a function, with names and types.  Output: an answer, found as gcc and clang do: conditions that are
 * no constants go either way, functions declared noreturn do not come back, what has a label is reached.
 * guard.c asks whether a block needs a choice behind its guards, and is told no where that is sure.  warn_return.c asks whether
 * to warn, and is told no, too, where somebody hardly gets there: behind a `switch` over an enumeration, a `with` whose scope
 * would have to clear a failure, a `catch cancel`. */
#include "acc.h"
#include "order.h"

#include <string.h>

struct reach {
    struct unit *u;
    bool likely; /* warn_return.c asks */
};

static bool ends(const struct reach *r, const struct node *n);

/* By what its declarations say: a program's own function of that name may return. A call of an async one comes back, what
 * is awaited does not. */
static bool is_noreturn(const struct node *call, bool awaited)
{
    const struct node *f = call && call->kind == E_CALL ? node_strip(call->kid[0]) : NULL;
    if (!f || f->kind != E_IDENT || !f->name) return false;
    if (f->decl) return f->decl->kind == DECL_FUNCTION && f->decl->is_noreturn && f->decl->is_async == awaited;
    return !strcmp(f->name->s, "__builtin_unreachable") || !strcmp(f->name->s, "__builtin_trap") ||
           !strcmp(f->name->s, "__builtin_abort") || !strcmp(f->name->s, "__builtin_exit");
}

static bool has_label(const struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return false;
    if (n->kind == S_LABEL || n->kind == S_CASE || n->kind == S_DEFAULT) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (has_label(n->kid[i])) return true;
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

/* The part of a loop or switch that is evaluated once before it, whose jumps are those of what is around. */
static const struct node *head_of(const struct node *n)
{
    return n->kind == S_SWITCH || n->kind == S_FOR ? n->kid[0] : n->kind == S_FOR_IN ? n->kid[1] : NULL;
}

/* A break, or a continue, of the loop or switch whose body n is a part of. */
static bool jumps(const struct node *n, enum node_kind kind)
{
    if (!n || n->kind == N_FUNCTION) return false;
    if (node_is_loop(n) || (n->kind == S_SWITCH && kind == S_BREAK)) return jumps(head_of(n), kind);
    if (n->kind == kind) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (jumps(n->kid[i], kind)) return true;
    return false;
}

/* ---------------------------------------------------------------- expressions */

/* 0, 1, or -1: no constant. No condition at all is true. */
static int truth(const struct reach *r, struct node *cond)
{
    struct node *e = cond ? node_strip(cond) : NULL;
    long long v = 1;
    if (e && e->kind == E_LOGICAL) {
        int left = truth(r, e->kid[0]), right = truth(r, e->kid[1]), decides = e->op == P_OR;
        return left == decides || right == decides ? decides : left < 0 || right < 0 ? -1 : !decides;
    }
    if (e && e->kind == E_UNARY && e->op == '!') {
        int operand = truth(r, e->kid[0]);
        return operand < 0 ? -1 : !operand;
    }
    if (!e || e->kind == E_STRING) return 1; /* assert(!"reached") */
    return type_constant(r->u, e, &v) ? v != 0 : -1;
}

/* One of two parts is reached, as the condition says; NULL ends at once. */
static bool choice_ends(const struct reach *r, struct node *cond, const struct node *yes, const struct node *no)
{
    int way = truth(r, cond);
    return ((way != 0 || has_label(yes)) && ends(r, yes)) || ((way != 1 || has_label(no)) && ends(r, no));
}

static bool block_ends(const struct reach *r, const struct node *n)
{
    bool reached = true;
    for (unsigned i = 0; n && i < n->nkids; i++)
        reached = (reached || has_label(n->kid[i])) && ends(r, n->kid[i]);
    return reached;
}

static bool expr_ends(const struct reach *r, struct node *e)
{
    e = e ? node_strip(e) : NULL;
    if (!e || e->flags & NODE_UNEVALUATED) return true;
    switch (e->kind) {
    case E_CAST: return expr_ends(r, e->kid[1]);
    case E_COMMA: return expr_ends(r, e->kid[0]) && expr_ends(r, e->kid[1]);
    case E_COND: return expr_ends(r, e->kid[0]) && choice_ends(r, e->kid[0], e->kid[1], e->kid[2]);
    case E_LOGICAL: /* the right operand may be left out */
        return expr_ends(r, e->kid[0]) && (truth(r, e->kid[0]) != (e->op == P_AND) || expr_ends(r, e->kid[1]));
    case E_STMT: return block_ends(r, e->kid[0]);
    case E_CALL: return !is_noreturn(e, false);
    case E_AWAIT: return !r->likely || !is_noreturn(node_strip(e->kid[0]), true);
    default: return true;
    }
}

/* ---------------------------------------------------------------- statements */

static bool loop_ends(const struct reach *r, const struct node *n)
{
    const struct node *body = n->kid[n->kind == S_FOR ? 3 : n->kind == S_WHILE];
    if (jumps(body, S_BREAK)) return true;
    if (truth(r, n->kid[n->kind != S_WHILE]) == 1) return false;
    return n->kind != S_DO || ends(r, body) || jumps(body, S_CONTINUE);
}

static bool switch_ends(const struct reach *r, const struct node *n)
{
    struct type *t = type_value(r->u, n->kid[0]);
    bool all = has_default(n->kid[1]) || (r->likely && (!t || t->kind == TY_ENUM));
    return !all || jumps(n->kid[1], S_BREAK) || ends(r, n->kid[1]);
}

static bool try_ends(const struct reach *r, const struct node *n)
{
    if (!r->likely || ends(r, n->kid[0])) return true;
    for (unsigned i = 1; i < n->nkids; i++) /* a `catch cancel` passes the cancellation on */
        if (n->kid[i]->kid[0] && ends(r, n->kid[i]->kid[1])) return true;
    return false;
}

static bool ends(const struct reach *r, const struct node *n)
{
    if (!n) return true;
    switch (n->kind) {
    case S_RETURN:
    case S_GOTO:
    case S_GOTO_COMPUTED:
    case S_BREAK:
    case S_CONTINUE:
    case S_THROW: return false;
    case S_EXPR: return expr_ends(r, n->kid[0]);
    case S_LABEL:
    case S_DEFAULT: return ends(r, node_kid(n, 0));
    case S_CASE: return ends(r, node_kid(n, 2));
    case S_COMPOUND: return block_ends(r, n);
    case S_IF: return choice_ends(r, n->kid[0], n->kid[1], node_kid(n, 2));
    case S_FOR:
    case S_WHILE:
    case S_DO: return loop_ends(r, n);
    case S_SWITCH: return switch_ends(r, n);
    case S_TRY: return try_ends(r, n);
    case S_WITH: return !r->likely || ends(r, n->kid[1]);
    default: return n->kind >= N_ASSOC || expr_ends(r, (struct node *)n);
    }
}

bool reach_end(struct unit *u, const struct node *n)
{
    return ends(&(struct reach){.u = u}, n);
}

bool reach_end_likely(struct unit *u, const struct node *n)
{
    return ends(&(struct reach){.u = u, .likely = true}, n);
}

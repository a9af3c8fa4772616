/* SPDX-License-Identifier: MIT */
/* reach.c: may control come to the end of a statement?
 *
 * Input: a statement of a function, with names and types.  Output: an answer, found as gcc and clang do: conditions that are
 * no constants go either way, functions declared noreturn do not come back, what has a label is reached, a break counts where
 * it is reached itself.
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

/* How control leaves a statement. */
enum ways { WAY_END = 1, WAY_BREAK = 2, WAY_CONTINUE = 4 };

static unsigned ways(const struct reach *r, const struct node *n);

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

/* The breaks and continues in an expression or a declaration, reached or not: of the loop or switch it stands in. */
static unsigned jumps(const struct node *n)
{
    unsigned found = 0;
    if (!n || n->kind == N_FUNCTION) return 0;
    if (n->kind == S_BREAK) return WAY_BREAK;
    if (n->kind == S_CONTINUE) return WAY_CONTINUE;
    if (node_is_loop(n)) return jumps(head_of(n));
    for (unsigned i = 0; i < n->nkids; i++)
        found |= jumps(n->kid[i]);
    return n->kind == S_SWITCH ? (found & ~(unsigned)WAY_BREAK) | jumps(head_of(n)) : found;
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
static unsigned ways_of_choice(const struct reach *r, struct node *cond, const struct node *yes, const struct node *no)
{
    int way = truth(r, cond);
    return (way != 0 || has_label(yes) ? ways(r, yes) : 0) | (way != 1 || has_label(no) ? ways(r, no) : 0);
}

/* What stands behind a statement without an end, and has no label, is not reached, nor are its jumps. */
static unsigned ways_of_block(const struct reach *r, const struct node *n)
{
    unsigned found = 0, last = WAY_END;
    for (unsigned i = 0; n && i < n->nkids; i++) {
        last = last & WAY_END || has_label(n->kid[i]) ? ways(r, n->kid[i]) : 0;
        found |= last & ~(unsigned)WAY_END;
    }
    return found | (last & WAY_END);
}

static bool expr_ends(const struct reach *r, struct node *e)
{
    e = e ? node_strip(e) : NULL;
    if (!e || e->flags & NODE_UNEVALUATED) return true;
    switch (e->kind) {
    case E_CAST: return expr_ends(r, e->kid[1]);
    case E_COMMA: return expr_ends(r, e->kid[0]) && expr_ends(r, e->kid[1]);
    case E_COND: return expr_ends(r, e->kid[0]) && (ways_of_choice(r, e->kid[0], e->kid[1], e->kid[2]) & WAY_END);
    case E_LOGICAL: /* the right operand may be left out */
        return expr_ends(r, e->kid[0]) && (truth(r, e->kid[0]) != (e->op == P_AND) || expr_ends(r, e->kid[1]));
    case E_STMT: return ways_of_block(r, e->kid[0]) & WAY_END;
    case E_CALL: return !is_noreturn(e, false);
    case E_AWAIT: return !r->likely || !is_noreturn(node_strip(e->kid[0]), true);
    default: return true;
    }
}

/* ---------------------------------------------------------------- statements */

static unsigned ways_of_loop(const struct reach *r, const struct node *n)
{
    int way = truth(r, n->kid[n->kind != S_WHILE]);
    unsigned body = ways(r, n->kid[n->kind == S_FOR ? 3 : n->kind == S_WHILE]);
    bool asked = n->kind != S_DO || body & (WAY_END | WAY_CONTINUE);
    return (body & WAY_BREAK || (way != 1 && asked) ? WAY_END : 0) | jumps(head_of(n));
}

static unsigned ways_of_switch(const struct reach *r, const struct node *n)
{
    struct type *t = type_value(r->u, n->kid[0]);
    unsigned body = ways(r, n->kid[1]);
    bool all = has_default(n->kid[1]) || (r->likely && (!t || t->kind == TY_ENUM));
    return (!all || body & (WAY_END | WAY_BREAK) ? WAY_END : 0) | (body & WAY_CONTINUE) | jumps(head_of(n));
}

static unsigned ways_of_try(const struct reach *r, const struct node *n)
{
    unsigned found = ways(r, n->kid[0]) | (r->likely ? 0 : WAY_END);
    for (unsigned i = 1; i < n->nkids; i++) { /* a `catch cancel` passes the cancellation on */
        unsigned handler = ways(r, n->kid[i]->kid[1]);
        found |= n->kid[i]->kid[0] ? handler : handler & ~(unsigned)WAY_END;
    }
    return found;
}

static unsigned ways(const struct reach *r, const struct node *n)
{
    if (!n) return WAY_END;
    switch (n->kind) {
    case S_RETURN:
    case S_GOTO_COMPUTED:
    case S_THROW: return jumps(n);
    case S_GOTO: return 0;
    case S_BREAK: return WAY_BREAK;
    case S_CONTINUE: return WAY_CONTINUE;
    case S_LABEL:
    case S_DEFAULT: return ways(r, node_kid(n, 0));
    case S_CASE: return ways(r, node_kid(n, 2));
    case S_COMPOUND: return ways_of_block(r, n);
    case S_IF: return ways_of_choice(r, n->kid[0], n->kid[1], node_kid(n, 2)) | jumps(n->kid[0]);
    case S_FOR:
    case S_WHILE:
    case S_DO: return ways_of_loop(r, n);
    case S_SWITCH: return ways_of_switch(r, n);
    case S_TRY: return ways_of_try(r, n);
    case S_WITH: return ways(r, n->kid[1]) | jumps(n->kid[0]) | (r->likely ? 0 : WAY_END);
    case S_EXPR: return (expr_ends(r, n->kid[0]) ? WAY_END : 0) | jumps(n);
    default: return (n->kind >= N_ASSOC || expr_ends(r, (struct node *)n) ? WAY_END : 0) | jumps(n);
    }
}

bool reach_end(struct unit *u, const struct node *n)
{
    return ways(&(struct reach){.u = u}, n) & WAY_END;
}

bool reach_end_likely(struct unit *u, const struct node *n)
{
    return ways(&(struct reach){.u = u, .likely = true}, n) & WAY_END;
}

/* SPDX-License-Identifier: MIT */
/* warn.c: what is legal and likely wrong: dropped results here, warn_blocking.c and its kin.
 *
 * Input: a function with its names bound and its types known.  Output: warnings; the tree stays as
 * it is.  One walk over what is evaluated: of a generic selection only what is chosen.  A value is
 * dropped where nobody looks at it: an expression statement, a for's first and third part, the left
 * side of a comma and what that passes the question on to (C11 6.8.3 p2: evaluated as a void
 * expression).  A cast to void says that it is meant. */
#include "acc.h"
#include "order.h"

#include <string.h>

struct warner {
    struct unit *u;
    struct fn *fn;
    struct waits *waits;    /* warn_escape.c's own */
    struct node *looked_at; /* the value of the statement expression around, where one looks at it */
};

/* ---------------------------------------------------------------- dropped results */

static bool is_librarys(const struct node *call)
{
    return !strncmp(node_callee_name(call), "acc_", 4);
}

/* at: what is dropped, which is the call or a macro's cast of it. */
static void drop_future(struct warner *w, struct node *at, struct node *call)
{
    const char *f = warn_callee_shown(w->u, call, at->range);
    diag_warn(w->u, WARN_UNAWAITED, at->range, "the future that '%s' gives is dropped; did you mean 'await %s(%s)'?", f, f,
              call->nkids > 1 ? "..." : "");
}

static void drop_call(struct warner *w, struct node *e)
{
    struct node *f = node_strip(e->kid[0]);
    enum gives gives;
    if (!type_given_result(e->type, &gives)) return;
    bool future = gives == GIVES_FUTURE;
    if (f->kind == E_IDENT && f->decl && f->decl->is_async)
        diag_warn(w->u, WARN_UNAWAITED, e->range,
                  future ? "'%s' is called but not awaited: the coroutine is lost and never runs"
                         : "'%s' is called and nobody takes its generator, which is lost and never runs",
                  f->name->s);
    else if (future && *node_callee_name(e) && (!source_spot(w->u, e->range).macro || is_librarys(e)))
        drop_future(w, e, e);
    else if (!source_spot(w->u, e->range).macro)
        diag_warn(w->u, WARN_UNAWAITED, e->range, "the %s that this call gives is dropped",
                  future ? "future" : "generator");
}

/* Macros of the library's cast what their functions give: `acc_spawn(f(x));` is `((T *)acc__spawn((void *)(f(x))));`. */
static void drop_cast(struct warner *w, struct node *e)
{
    static const char *const tasks[][2] = {{"acc__spawn", "acc_go"},
                                           {"acc__loop_spawn", "acc_go"},
                                           {"acc__spawn_eager", "acc_go"},
                                           {"acc__group_spawn", "acc_group_go"}};
    static const char *const futures[] = {"acc__gather", "acc__gather_n", "acc__wait_for", "acc__shield"};
    struct node *call = node_uncast(e);
    const char *f = node_callee_name(call);
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks && call->nkids > 1; i++)
        if (!strcmp(f, tasks[i][0]))
            diag_warn(w->u, WARN_UNAWAITED, node_uncast(call->kid[call->nkids - 1])->range,
                      "the task of this is dropped and never released: '%s' makes one that nobody holds", tasks[i][1]);
    for (size_t i = 0; i < sizeof futures / sizeof *futures; i++)
        if (!strcmp(f, futures[i])) drop_future(w, e, call);
}

/* ---------------------------------------------------------------- the walk */

static void walk(struct warner *w, struct node *n, bool unused);

/* Which operand's value is nobody's concern if that of n is not. */
static bool hands_through(const struct node *n, unsigned i)
{
    switch (n->kind) {
    case E_PAREN: return true;
    case E_UNARY: return n->op == K_EXTENSION;
    case E_COMMA:
    case E_LOGICAL: return i == 1;
    case E_COND: return i > 0;
    default: return false;
    }
}

/* What a callback returns is dropped. */
static void warn_bound(struct warner *w, struct node *n)
{
    struct node *f = node_kid(n, 0) ? node_strip(n->kid[0]) : NULL;
    if (!f || f->kind != E_IDENT || !f->decl || !f->decl->is_async) return;
    diag_warn(w->u, WARN_UNAWAITED, f->range,
              "'%s' is called back but not awaited: the coroutine is lost and never runs",
              f->name->s);
}

static void walk_call(struct warner *w, struct node *n, bool unused)
{
    if (unused) drop_call(w, n);
    if (n->flags & NODE_UNEVALUATED) return;
    if (w->fn->is_async) warn_blocking(w->u, n);
    warn_escaping(w->u, w->fn, &w->waits, n);
}

/* The block's last expression is its value, which somebody looks at or not. */
static void walk_block(struct warner *w, struct node *n, bool unused)
{
    struct node *was = w->looked_at;
    w->looked_at = unused ? NULL : ast_block_value(node_kid(n, 0));
    walk(w, node_kid(n, 0), false);
    w->looked_at = was;
}

static bool drops_kid(const struct warner *w, const struct node *n, unsigned i, bool unused)
{
    switch (n->kind) {
    case S_EXPR: return n->kid[0] != w->looked_at;
    case S_FOR: return i == 0 || i == 2;
    case E_COMMA:
        if (i == 0) return true;
        break;
    default: break;
    }
    return unused && hands_through(n, i);
}

static void walk(struct warner *w, struct node *n, bool unused)
{
    if (!n || n->kind == N_FUNCTION) return;
    unused = unused && !(n->flags & NODE_UNEVALUATED);
    if (n->kind == E_CALL) walk_call(w, n, unused);
    if (w->fn->is_async) warn_forgotten(w->u, w->fn, n, unused);
    if (n->kind == S_RETURN) warn_return(w->u, w->fn, n);
    if (n->kind == E_BIND && !(n->flags & NODE_UNEVALUATED)) warn_bound(w, n);
    if (n->kind == E_CAST && unused && !type_is_void(n->type)) drop_cast(w, n);
    if (n->kind == S_COMPOUND && w->fn->ext->has_defer && w->fn->is_async) warn_defer(w->u, n);
    if (n->kind == E_STMT) {
        walk_block(w, n, unused);
        return;
    }
    struct node *choice = n->kind == E_GENERIC ? type_generic_choice(w->u, n) : NULL;
    if (choice) {
        walk(w, choice, unused);
        return;
    }
    for (unsigned i = 0; i < n->nkids; i++)
        walk(w, n->kid[i], drops_kid(w, n, i, unused));
}

void warn_function(struct unit *u, struct fn *fn)
{
    struct warner w = {.u = u, .fn = fn};
    walk(&w, fn->body, false);
    warn_end(u, fn);
}

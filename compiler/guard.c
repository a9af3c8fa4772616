/* SPDX-License-Identifier: MIT */
/* guard.c: scopes that are left through something: a deferred statement, the cleanup of an object,
 * a `with`, a loop over a generator.
 *
 * In: an async function, or a plain one with `defer`, with names and types.  Out: fn->guards, fn->ways; node->guard
 * for every node, node->way.
 * The idea: a guard is in force from its declaration to the end of the block around it, so guards form a tree, and
 * a jump leaves those that are in force where it stands but not where it leads.  Each guard is written once, at the
 * end of its block, behind a label; a jump says its way in a variable and goes to the label of the first guard it
 * leaves, each guard sends it on to the next, the last one to where it leads.  A failure does the same, told by the
 * coroutine's error.
 * Invariant: where a jump leads, no guard is in force that is not where it stands (check_jump.c refuses others). */
#include "acc.h"
#include "order.h"

#include <string.h>

/* A statement that goes away, and where to: the loop or switch, the label; NULL: out of the function. */
struct exit {
    struct node *node, *target;
};
struct guards {
    struct unit *u;
    struct fn *fn;
    struct guard *in_force;
    struct node *loop, *breakable; /* where continue and break lead */
    unsigned returns;              /* number of the way out of the function + 1 */
    bool has_blocks;               /* an array was declared whose memory is given back where the function is left */
    bool leaves_cleanups;          /* leaves_cleanup of the body */
    VEC(struct exit) exits;
};

static void walk(struct guards *g, struct node *n);

static void walk_kids(struct guards *g, struct node *n)
{
    for (unsigned i = 0; i < n->nkids; i++)
        walk(g, n->kid[i]);
}

static struct guard *guard_new(struct guards *g, enum guard_kind kind, struct node *n, struct node *block)
{
    struct guard *guard = NEW(&g->u->arena, struct guard);
    guard->kind = kind;
    guard->outer = g->in_force;
    guard->node = n;
    guard->block = block;
    guard->completes = true;
    if (kind != GUARD_BODY) vec_push(&g->u->arena, &g->fn->guards, guard);
    guard->number = g->fn->guards.n;
    return guard;
}

/* An object of the output's own, kept across the awaits of `scope`. */
static struct decl *new_object(struct guards *g, struct type *type, struct node *n, struct scope *scope)
{
    struct arena *a = &g->u->arena;
    struct decl *d = NEW(a, struct decl);
    d->kind = DECL_VAR;
    d->fn = g->fn;
    d->node = n;
    d->type = type;
    d->typed = true;
    d->scope = scope;
    d->index = g->fn->locals.n;
    vec_push(a, &g->fn->locals, d);
    return d;
}

static struct decl *new_int(struct guards *g, struct node *n, struct scope *scope)
{
    return new_object(g, type_basic(TY_INT), n, scope);
}

/* ---------------------------------------------------------------- what follows in the same block */

/* What is declared behind a guard in its block must not stand between the jumps to the guard's label and the label if
 * it gives another meaning to a name in the guard's text, is a variable length array (C11 6.8.6.1p1), or has a cleanup,
 * which the C compiler runs before: then it stands in braces.
 * While a block is looked at, name->behind holds the last declaration of each of its names. */

static bool is_behind(const struct decl *later, const struct guard *guard)
{
    return later && later != guard->decl && later->node->range.start >= guard->node->range.end;
}

/* Does the deferred text name something that means another thing at the end of the block? */
static bool names_behind(const struct node *n, const struct guard *guard)
{
    const struct decl *later = n->name ? n->name->behind[n->kind == N_STRUCT || n->kind == N_ENUM] : NULL;
    if (is_behind(later, guard) && n->decl != later && n->kind != E_MEMBER) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && names_behind(n->kid[i], guard)) return true;
    return false;
}

/* The same of the function in the attribute, which is text. */
static bool cleanup_behind(struct unit *u, const struct guard *guard)
{
    struct range f;
    if (!guard->decl->cleanup || !scope_attribute(u, guard->decl->cleanup, "cleanup", &f)) return false;
    const struct token *t = &u->tok.v[scope_token(u, f.start)];
    return t->kind == TOK_NAME && is_behind(t->name->behind[0], guard);
}

static bool needs_braces(const struct decl *later)
{
    if ((later->kind == DECL_VAR || later->kind == DECL_TYPEDEF) && type_is_variably_modified(later->type)) return true;
    return decl_is_local(later) && later->cleanup && !later->guard;
}

static void find_braces(struct unit *u, struct node *block)
{
    const struct decl *last = NULL; /* that needs them */
    struct scope *s = block->scope;
    for (unsigned i = 0; s && i < s->decls.n; i++) {
        struct decl *d = s->decls.v[i];
        if (!d->node || d->kind == DECL_LABEL || !d->name) continue;
        d->name->behind[d->kind == DECL_TAG] = d;
        if (needs_braces(d)) last = d;
    }
    for (unsigned i = 0; i < block->nguards; i++) {
        struct guard *guard = block->guards[i];
        if (guard->kind == GUARD_WITH || guard->kind == GUARD_FOR) continue;
        guard->braced = is_behind(last, guard) ||
                        (guard->kind == GUARD_CLEANUP ? cleanup_behind(u, guard) : names_behind(guard->node, guard));
    }
    for (unsigned i = 0; s && i < s->decls.n; i++)
        if (s->decls.v[i]->name) s->decls.v[i]->name->behind[0] = s->decls.v[i]->name->behind[1] = NULL;
}

static void note_failure(struct guards *g)
{
    struct guard *guard = g->in_force;
    for (; guard && !(guard->fails && guard->entered); guard = guard->kind == GUARD_BODY ? NULL : guard->outer)
        guard->fails = guard->entered = true;
}

/* ---------------------------------------------------------------- cleanups */

static bool has_await(const struct node *n)
{
    return n && n->flags & NODE_HAS_AWAIT;
}

/* Where the last await stands across which an object of the block may live; 0: there is none.  The same text counts
 * as in live.c. */
static size_t last_await(const struct guards *g, const struct node *block)
{
    if (!has_await(block)) return 0;
    if (g->fn->labels.n || g->fn->defer_awaits || block->kind == S_FOR) return SIZE_MAX;
    unsigned i = block->nkids;
    while (i > 0 && !has_await(block->kid[i - 1]))
        i--;
    return i > 0 ? block->kid[i - 1]->range.end : 0;
}

static bool may_fail(const struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return false;
    if (n->kind == S_THROW || n->kind == S_WITH || n->kind == S_FOR_IN) return true;
    if (n->kind == E_AWAIT || n->kind == E_YIELD) return !(n->flags & NODE_UNEVALUATED);
    for (unsigned i = 0; i < n->nkids; i++)
        if (may_fail(n->kid[i])) return true;
    return false;
}

static bool may_return(const struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return false;
    for (unsigned i = 0; i < n->nkids; i++)
        if (may_return(n->kid[i])) return true;
    return n->kind == S_RETURN;
}

/* A cleanup that the C compiler runs would find no array any more that was given back before.  Behind the value of a
 * statement expression that stays one nothing else can stand. */
static bool outlives_blocks(const struct guards *g, const struct decl *d, const struct node *block)
{
    for (const struct node *n = block; d->cleanup && g->has_blocks && n; n = n->parent)
        if (n->kind == E_STMT && !has_await(n)) return false;
    return d->cleanup && g->has_blocks;
}

static bool has_cleanup(const struct node *n)
{
    bool found = n && n->scope && n->scope->has_cleanup;
    for (unsigned i = 0; n && i < n->nkids && !found; i++)
        found = has_cleanup(n->kid[i]);
    return found;
}

/* Is the function left out of a statement expression that stays one and has a cleanup?  Only the C compiler can run that,
 * and must before arrays are given back: such an array is a guard, the way out goes by the end of its block. */
static bool leaves_cleanup(const struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return false;
    if (n->kind == E_STMT && !has_await(n)) return has_cleanup(n) && (may_return(n) || may_fail(n));
    for (unsigned i = 0; i < n->nkids; i++)
        if (leaves_cleanup(n->kid[i])) return true;
    return false;
}

/* `awaits`: last_await of the block. */
static void guard_declared(struct guards *g, struct node *declaration, struct node *block, size_t awaits)
{
    walk(g, declaration->kid[0]);
    for (unsigned i = 1; i < declaration->nkids; i++) {
        struct node *id = declaration->kid[i], *name = id ? scope_declarator_name(node_kid(id, 0)) : NULL;
        struct decl *d = name ? name->decl : NULL;
        walk(g, id);
        if (!d || !decl_is_local(d) || !g->fn->is_async) continue;
        if (awaits <= d->node->range.start && !outlives_blocks(g, d, block)) continue;
        if (decl_may_lack_memory(d)) {
            note_failure(g);
            g->has_blocks = true;
        }
        if (!d->cleanup && !(decl_may_lack_memory(d) && g->leaves_cleanups)) continue;
        d->guard = guard_new(g, GUARD_CLEANUP, id, block);
        d->guard->decl = d;
        g->in_force = d->guard;
    }
}

/* ---------------------------------------------------------------- deferred statements */

/* Of its own, so that what is put aside is kept across the awaits of the statement alone. */
static struct scope *scope_of(struct guards *g, struct node *defer)
{
    struct scope *s = NEW(&g->u->arena, struct scope);
    struct node *n = defer->parent;
    while (n && !n->scope)
        n = n->parent;
    s->outer = n ? n->scope : NULL;
    s->node = defer;
    s->fn = g->fn;
    s->depth = s->outer ? s->outer->depth + 1 : 1;
    return s;
}

static void walk_deferred(struct guards *g, struct guard *guard)
{
    struct node *n = guard->node;
    struct guard *outer = g->in_force;
    unsigned guards = g->fn->guards.n;
    if (g->fn->is_async && may_fail(n->kid[0])) {
        guard->body = guard_new(g, GUARD_BODY, n, n);
        guard->pending = new_int(g, n, scope_of(g, n));
        guard->pending->escapes = has_await(n);
        g->in_force = guard->body;
    }
    walk_kids(g, n);
    g->in_force = outer;
    guard->nests = g->fn->guards.n > guards;
    if (!guard->body) return;
    note_failure(g);
    guard->fails = true;
}

static void guard_deferred(struct guards *g, struct node *n, struct node *block)
{
    struct guard *guard = guard_new(g, GUARD_DEFER, n, block);
    n->guard = g->in_force;
    walk_deferred(g, guard);
    g->in_force = guard;
}

/* ---------------------------------------------------------------- try */

/* `throw;` within the handler n, not within one inside it. */
static bool throws_again(const struct node *n)
{
    if (!n) return false;
    if (n->kind == S_TRY) return throws_again(n->kid[0]);
    if (n->kind == S_THROW && !node_kid(n, 0)) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (throws_again(n->kid[i])) return true;
    return false;
}

static void walk_try(struct guards *g, struct node *n)
{
    struct guard *outer = g->in_force, *guard = guard_new(g, GUARD_TRY, n, n);
    bool asks = false, awaits = false;
    g->in_force = guard;
    walk(g, n->kid[0]);
    g->in_force = outer;
    for (unsigned i = 1; i < n->nkids; i++) {
        walk_kids(g, n->kid[i]);
        asks |= (!node_kid(n->kid[i], 0) && guard->entered) || throws_again(n->kid[i]->kid[1]);
        awaits |= has_await(n->kid[i]);
        if (!node_kid(n->kid[i], 0) && guard->entered) note_failure(g); /* a cancellation goes on behind it */
    }
    if (!asks) return;
    guard->pending = new_int(g, n, scope_of(g, n));
    guard->pending->escapes = awaits;
}

/* acc_try: what its operand awaits; a cancellation goes on behind it. */
static void walk_try_value(struct guards *g, struct node *n)
{
    struct guard *outer = g->in_force;
    walk(g, n->kid[0]);
    g->in_force = guard_new(g, GUARD_TRY, n, n);
    walk(g, n->kid[1]);
    g->in_force = outer;
    note_failure(g);
}

/* ---------------------------------------------------------------- with */

/* Leaving may fail, as entering may, and so may go on what the scope makes of a failure. */
static void walk_with(struct guards *g, struct node *n)
{
    struct guard *outer = g->in_force, *guard;
    walk(g, n->kid[0]);
    guard = guard_new(g, GUARD_WITH, n, n);
    guard->decl = new_object(g, type_pointer(g->u, type_basic(TY_VOID)), n, scope_of(g, n));
    guard->decl->escapes = true;
    g->in_force = guard;
    walk(g, n->kid[1]);
    g->in_force = outer;
    note_failure(g);
    guard->fails = g->fn->exit_awaits = true;
}

/* ---------------------------------------------------------------- loops over generators */

/* The head and the body are in the scope of the loop, whose end closes the generator. */
static void walk_for_in(struct guards *g, struct node *n)
{
    struct node *loop = g->loop, *breakable = g->breakable;
    struct guard *outer = g->in_force, *guard;
    walk(g, n->kid[1]);
    guard = guard_new(g, GUARD_FOR, n, n);
    guard->decl = new_object(g, type_pointer(g->u, type_basic(TY_VOID)), n, scope_of(g, n));
    guard->decl->escapes = true;
    g->in_force = n->guard = guard;
    g->loop = g->breakable = n;
    if (n->op == K_AWAIT) note_failure(g);
    walk(g, n->kid[0]);
    walk(g, n->kid[2]);
    g->loop = loop;
    g->breakable = breakable;
    g->in_force = outer;
    note_failure(g);
    guard->fails = true;
    g->fn->exit_awaits |= n->op == K_AWAIT;
}

/* ---------------------------------------------------------------- the walk */

static struct node *unlabelled(struct guards *g, struct node *n)
{
    for (; n; n = node_kid(n, n->kind == S_CASE ? 2 : 0)) {
        if (n->kind != S_LABEL && n->kind != S_CASE && n->kind != S_DEFAULT) return n;
        n->guard = g->in_force;
    }
    return NULL;
}

static void walk_block(struct guards *g, struct node *block)
{
    struct guard *outer = g->in_force;
    size_t awaits = last_await(g, block);
    for (unsigned i = 0; i < block->nkids; i++) {
        struct node *n = block->kid[i], *s = unlabelled(g, n);
        if (s && s->kind == S_DEFER) guard_deferred(g, s, block);
        else if (n && n->kind == S_DECL) guard_declared(g, n, block, awaits);
        else walk(g, n);
    }
    g->in_force = outer;
}

static void walk_loop(struct guards *g, struct node *n)
{
    struct node *loop = g->loop, *breakable = g->breakable;
    struct guard *outer = g->in_force;
    if (n->kind == S_FOR && n->kid[0] && n->kid[0]->kind == S_DECL) guard_declared(g, n->kid[0], n, last_await(g, n));
    else if (n->kind == S_FOR || n->kind == S_SWITCH) walk(g, n->kid[0]); /* its `break` is that of the one around it */
    n->guard = g->in_force;
    g->breakable = n;
    if (n->kind != S_SWITCH) g->loop = n;
    for (unsigned i = n->kind == S_FOR || n->kind == S_SWITCH; i < n->nkids; i++)
        walk(g, n->kid[i]);
    g->loop = loop;
    g->breakable = breakable;
    g->in_force = outer;
}

static void add_exit(struct guards *g, struct node *n, struct node *target)
{
    struct exit exit = {n, target};
    vec_push(&g->u->arena, &g->exits, exit);
}

static void walk(struct guards *g, struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return;
    n->guard = g->in_force;
    switch (n->kind) {
    case S_COMPOUND: walk_block(g, n); return;
    case S_WHILE:
    case S_DO:
    case S_FOR:
    case S_SWITCH: walk_loop(g, n); return;
    case S_DEFER: { /* the whole statement of an if or a loop: its scope ends behind it */
        struct guard *outer = g->in_force;
        guard_deferred(g, n, n);
        g->in_force = outer;
        return;
    }
    case S_TRY: walk_try(g, n); return;
    case S_WITH: walk_with(g, n); return;
    case S_FOR_IN: walk_for_in(g, n); return;
    case E_TRY:
        if (n->flags & NODE_UNEVALUATED) break;
        walk_try_value(g, n);
        return;
    case S_RETURN: add_exit(g, n, NULL); break;
    case S_BREAK: add_exit(g, n, g->breakable); break;
    case S_CONTINUE: add_exit(g, n, g->loop); break;
    case S_GOTO: add_exit(g, n, n->decl ? n->decl->node : NULL); break;
    case E_AWAIT:
    case E_YIELD:
        if (!(n->flags & NODE_UNEVALUATED)) note_failure(g);
        break;
    case S_THROW: note_failure(g); break;
    default: break;
    }
    walk_kids(g, n);
}

/* ---------------------------------------------------------------- ways */

struct guard *guard_left(struct guard *guard)
{
    while (guard && guard->kind == GUARD_TRY)
        guard = guard->outer;
    return guard;
}

static bool is_in_force(const struct guard *guard, const struct guard *at)
{
    if (!guard) return true;
    while (at && at != guard)
        at = at->kind == GUARD_BODY ? NULL : at->outer;
    return at == guard;
}

/* False: it is one already. */
static bool make_way(struct guards *g, const struct exit *exit, struct guard *to)
{
    unsigned *last = exit->target ? &exit->target->way : &g->returns;
    struct way way = {exit->node, exit->target, to, *last};
    for (unsigned i = *last; i > 0; i = g->fn->ways.v[i - 1].other) {
        exit->node->way = i;
        if (g->fn->ways.v[i - 1].node->kind == exit->node->kind) return false;
    }
    vec_push(&g->u->arena, &g->fn->ways, way);
    exit->node->way = *last = g->fn->ways.n;
    return true;
}

static void add_way(struct guards *g, const struct exit *exit)
{
    struct node *n = exit->node;
    struct guard *to = exit->target ? guard_left(exit->target->guard) : NULL, *guard = guard_left(n->guard);
    if (!guard || guard == to || !is_in_force(to, guard)) return;
    bool is_new = make_way(g, exit, to);
    g->fn->returns_through |= n->kind == S_RETURN && n->kid[0];
    for (; guard != to; guard = guard_left(guard->outer)) {
        bool known = false;
        guard->entered = true;
        for (unsigned i = 0; !is_new && i < guard->ways.n && !known; i++)
            known = guard->ways.v[i] == n->way;
        if (known) return;
        vec_push(&g->u->arena, &guard->ways, n->way);
    }
}

/* Says to each block which guards run at its end, and to them what there is to know of it. */
static void hang_guards(struct guards *g)
{
    struct fn *fn = g->fn;
    for (unsigned i = 0; i < fn->guards.n; i++)
        fn->guards.v[i]->block->nguards++;
    for (unsigned i = 0; i < fn->guards.n; i++) {
        struct node *block = fn->guards.v[i]->block;
        if (!block->guards) {
            block->guards = NEWN(&g->u->arena, struct guard *, block->nguards);
            block->nguards = 0;
        }
        block->guards[block->nguards++] = fn->guards.v[i];
    }
    for (unsigned i = 0; i < fn->guards.n; i++) {
        struct node *block = fn->guards.v[i]->block;
        if (block->guards[0] != fn->guards.v[i]) continue;
        bool completes = block->kind != S_COMPOUND || reach_end(g->u, block);
        for (unsigned k = 0; k < block->nguards; k++)
            block->guards[k]->completes &= completes;
        find_braces(g->u, block);
    }
}

/* Is there a choice behind any guard? */
static bool asks_way(const struct fn *fn)
{
    for (unsigned i = 0; i < fn->guards.n; i++) {
        const struct guard *guard = fn->guards.v[i];
        if (guard->ways.n > 1 || (guard->ways.n && guard->completes)) return true;
    }
    return false;
}

/* Within a deferred statement ways may be taken too: the one around it is put aside meanwhile. */
static void keep_ways(struct guards *g)
{
    for (unsigned i = 0; i < g->fn->guards.n; i++) {
        struct guard *guard = g->fn->guards.v[i];
        if (!guard->nests) continue;
        guard->way_kept = new_int(g, guard->node, scope_of(g, guard->node));
        guard->way_kept->escapes = has_await(guard->node);
    }
}

static void finish(struct guards *g)
{
    struct fn *fn = g->fn;
    for (unsigned i = 0; i < g->exits.n; i++)
        add_way(g, &g->exits.v[i]);
    hang_guards(g);
    if (!asks_way(fn)) return;
    fn->leave = new_int(g, fn->body, NULL);
    fn->leave->escapes = fn->defer_awaits || fn->exit_awaits;
    keep_ways(g);
}

static bool defer_awaits(const struct node *n)
{
    if (!has_await(n)) return false;
    if (n->kind == S_DEFER) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (defer_awaits(n->kid[i])) return true;
    return false;
}

void guard_function(struct unit *u, struct fn *fn)
{
    struct guards g = {.u = u, .fn = fn};
    if (fn->refused || (!fn->is_async && !fn->ext->has_defer)) return;
    fn->defer_awaits = fn->is_async && defer_awaits(fn->body);
    g.leaves_cleanups = fn->is_async && leaves_cleanup(fn->body);
    walk(&g, fn->body);
    finish(&g);
}

/* The result of a plain function is declared in its body: a parameter gives way to a type that has its name. */
static void name_returned(struct unit *u, struct fn *fn)
{
    fn->returned = fn_fresh_name(u, fn, "result");
    for (unsigned i = 0; i < fn->params.n; i++) {
        struct decl *d = fn->params.v[i];
        if (d->name && unit_is_typedef(u, d->name)) d->emitted = fn_fresh_name(u, fn, d->name->s);
    }
}

void guard_names(struct unit *u, struct fn *fn)
{
    if (fn->leave) fn->leave->emitted = fn_fresh_name(u, fn, "leave");
    if (fn->returns_through && !fn->is_async && !fn->result_void) name_returned(u, fn);
    for (unsigned i = 0; i < fn->guards.n; i++) {
        const struct guard *guard = fn->guards.v[i];
        if (guard->way_kept) guard->way_kept->emitted = fn_fresh_name(u, fn, "way");
        if (guard->pending) guard->pending->emitted = fn_fresh_name(u, fn, "pending");
        if (guard->kind == GUARD_WITH) guard->decl->emitted = fn_fresh_name(u, fn, "scope");
        if (guard->kind == GUARD_FOR) guard->decl->emitted = fn_fresh_name(u, fn, "gen");
    }
}

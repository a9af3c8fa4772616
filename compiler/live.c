/* SPDX-License-Identifier: MIT */
/* live.c: what is live across each suspension.
 *
 * live_escapes, before order_function: decl->escapes and assigned; slots for compound literals whose address
 * may be kept.  live_function: in the blocks of cfg.c; out decl->crosses, zero, kept_from, kept_to; await->live, rank.
 *
 * The idea: an object whose address never leaves is live where backward dataflow says so (Aho et al., 9.2.5);
 * one whose address may be known elsewhere is live to the end of its scope, which text alone decides: it
 * crosses each await of its block behind its declaration.  A forward pass finds objects that may be saved
 * before they were assigned (those are declared with a value, or the compiler would warn of our saving).
 * If unsure, an object is taken to escape; so is one that is live in so many blocks, or across so many awaits,
 * that to follow and to save all such objects would take more than the function is long.  Code that nothing
 * reaches is treated alike: to the compiler the jump table reaches it. */
#include "acc.h"
#include "order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct live {
    struct unit *u;
    struct fn *fn;
};

static bool is_array(const struct node *n) { return n->type && n->type->kind == TY_ARRAY; }

/* ---- escapes ---- */

/* Says of the object that an lvalue is part of, E_IDENT or E_COMPOUND, what `note` does; of each that it may be; of
 * none where it is reached through a pointer. */
static void note_root(struct live *l, struct node *n, void (*note)(struct live *, struct node *)) {
    struct node *arm;
    for (;;) {
        n = node_strip(n);
        if (n->kind == E_MEMBER && n->op == '.') n = n->kid[0];
        else if (n->kind == E_SUBSCRIPT && (is_array(n->kid[0]) || !n->kid[0]->type)) n = n->kid[0];
        else if (n->kind == E_SUBSCRIPT && n->kid[0]->type->kind == TY_VECTOR) n = n->kid[0];
        else if (n->kind == E_UNARY && (n->op == K_REAL || n->op == K_IMAG)) n = n->kid[0];
        else if (n->kind == E_UNARY && n->op == '*' && is_array(node_strip(n->kid[0]))) n = n->kid[0];
        else if (n->kind == E_MEMBER && is_array(node_strip(n->kid[0]))) n = n->kid[0]; /* a->m is a[0].m */
        else break;
    }
    if (n->kind == E_IDENT || n->kind == E_COMPOUND) note(l, n);
    for (unsigned i = 0; (arm = node_arm(n, i)); i++) note_root(l, arm, note);
}

static struct scope *enclosing_scope(struct node *n) {
    for (; n; n = n->parent)
        if (n->scope) return n->scope;
    return NULL;
}

static void make_literal(struct live *l, struct node *n) {
    struct arena *a = &l->u->arena;
    struct decl *d;
    if (n->literal || n->flags & NODE_UNEVALUATED) return;
    d = NEW(a, struct decl);
    d->kind = DECL_VAR;
    d->fn = l->fn;
    d->node = n;
    d->type = n->type;
    d->scope = enclosing_scope(n);
    d->index = l->fn->locals.n;
    d->emitted = fn_fresh_name(l->u, l->fn, "literal");
    d->escapes = true;
    vec_push(a, &l->fn->locals, d);
    n->literal = d;
}

static void note_escape(struct live *l, struct node *n) {
    if (n->kind == E_COMPOUND) make_literal(l, n);
    else if (n->decl) n->decl->escapes = true;
}

static void note_assigned(struct live *l, struct node *n) {
    (void)l;
    if (n->kind == E_IDENT && n->decl) n->decl->assigned = true;
}

static void escape(struct live *l, struct node *place) { note_root(l, place, note_escape); }

/* int a[] = (int[]){1, 2}: GNU C takes the braces. */
static bool gives_array(const struct node *n) {
    const struct node *name = n->kind == N_INIT_DECLARATOR ? scope_declarator_name(n->kid[0]) : NULL;
    return name && name->decl && name->decl->type && name->decl->type->kind == TY_ARRAY;
}

/* An array-valued expression that is not directly indexed, measured or dereferenced becomes a pointer. */
static bool decays(const struct node *n) {
    const struct node *p = n->parent;
    while (p && p->kind == E_PAREN) n = p, p = p->parent;
    if (!p) return true;
    if (gives_array(p)) return false;
    if (p->kind == E_SUBSCRIPT && p->kid[0] == n) return false;
    if (p->kind == E_UNARY && (p->op == '*' || p->op == '&')) return false;
    if (p->kind == E_COMPOUND || p->kind == E_INIT || p->kind == N_INIT_DECLARATOR || p->kind == E_DESIGNATED)
        return n->kind != E_STRING;
    return p->kind != E_SIZEOF && p->kind != E_MEMBER;
}

/* (T[]){...} is reached by its address from when it was evaluated until an await that stands behind it in the place it
 * is part of, or in what is assigned there. */
static bool is_held(struct node *n) {
    for (struct node *p = n->parent; p; n = p, p = p->parent) {
        switch (p->kind) {
        case E_SUBSCRIPT: case E_ASSIGN:
            if (p->kid[0] == n && p->kid[1]->flags & NODE_HAS_AWAIT) return true;
            if (p->kind == E_ASSIGN) return false;
            break;
        case E_PAREN: case E_MEMBER: case E_UNARY:
            break;
        default:
            return false;
        }
    }
    return false;
}

static void mark_used(struct node *n) {
    if (!n) return;
    if (n->kind == E_IDENT && n->decl) n->decl->used = true;
    for (unsigned i = 0; i < n->nkids; i++) mark_used(n->kid[i]);
}

static void escapes_in(struct live *l, struct node *n) {
    if (!n) return;
    switch (n->kind) {
    case E_SIZEOF: case N_TYPEOF:
        mark_used(n);
        if (!type_is_variably_modified(n->kid[0]->type)) return;
        break; /* evaluated, as the sizes in it are */
    case E_TYPES_COMPATIBLE:
        mark_used(n);
        return;
    case E_UNARY:
        if (n->op == '&') escape(l, n->kid[0]);
        break;
    case E_TRY:
        if (!node_try_code(n)) break;
        node_try_code(n)->assigned = node_try_code(n)->used = true;
        escapes_in(l, n->kid[1]);
        return;
    case E_ASSIGN: case E_PREFIX: case E_POSTFIX:
        note_root(l, n->kid[0], note_assigned);
        break;
    case S_ASM:
        for (unsigned i = 0; i < n->nkids; i++)
            if (n->kid[i]) escape(l, n->kid[i]);
        break;
    case E_GENERIC:
        mark_used(n->kid[0]);
        for (unsigned i = 1; i < n->nkids; i++) escapes_in(l, n->kid[i]->kid[1]);
        return;
    case E_IDENT: case E_MEMBER: case E_SUBSCRIPT: case E_COMPOUND:
        if (n->kind == E_IDENT && n->decl) n->decl->used = true;
        if ((is_array(n) || (!n->type && n->kind != E_IDENT)) && decays(n)) escape(l, n);
        else if (n->kind == E_COMPOUND && is_array(n) && is_held(n)) escape(l, n);
        break;
    default:
        break;
    }
    for (unsigned i = 0; i < n->nkids; i++) escapes_in(l, n->kid[i]);
}

void live_escapes(struct unit *u, struct fn *fn) {
    struct live l = {.u = u, .fn = fn};
    if (!fn->is_async || fn->refused) return;
    escapes_in(&l, fn->body);
    for (unsigned i = 0; i < fn->locals.n; i++) {
        struct decl *d = fn->locals.v[i];
        if (!d->type || d->type->quals & (Q_VOLATILE | Q_ATOMIC) || d->cleanup) d->escapes = true;
        else if (type_is_variably_modified(d->type)) d->escapes = true;
    }
}

/* ---- dataflow, one object at a time ----
 *
 * From each use upwards to the definitions, over the blocks the object is live in and no others: linear in what
 * there is to find (Boissinot, Brandner, Darte, Dupont de Dinechin, Rastello: "Computing Liveness Sets for SSA-Form
 * Programs", path exploration; it needs no SSA form). */

/* What a block does to one object. */
struct touch {
    struct block *block;
    bool uses;               /* its first event is a use */
    bool assigns, begins;    /* its last event that is no use: an assignment, or the begin of its life */
};
struct touches {
    VEC(struct touch) in;    /* in order of the blocks */
};
struct flow {
    struct unit *u;
    struct fn *fn;
    struct touches *touches; /* by index of the local */
    VEC(struct block *) todo;
    VEC(struct block *) live;   /* out of which the present object is live */
    unsigned most_blocks, most_awaits; /* that one object may be followed through and saved across */
};

/* Temporaries of a special form are declared as such: these are saved. */
static bool may_stay_in_frame(const struct decl *d) {
    return !d->frame_of && !d->is_void_pointer && !d->is_truth && !d->bits && !type_is_variably_modified(d->type);
}

/* Shares for each object of what is linear in the function; without these, n objects alive across n awaits would be
 * saved n * n times. */
static void find_shares(struct flow *f) {
    unsigned n = f->fn->locals.n + 1;
    f->most_blocks = 64 + (unsigned)((64 * (uint64_t)f->fn->blocks.n + (1 << 16)) / n);
    f->most_awaits = 16 + (unsigned)((32 * (uint64_t)f->fn->awaits.n + (1 << 14)) / n);
}

static void find_touches(struct flow *f) {
    f->touches = NEWN(&f->u->arena, struct touches, f->fn->locals.n + 1);
    for (unsigned i = 0; i < f->fn->blocks.n; i++) {
        struct block *b = f->fn->blocks.v[i];
        for (unsigned k = 0; k < b->events.n; k++) {
            struct event *e = &b->events.v[k];
            unsigned of = e->decl ? e->decl->index : 0, n;
            struct touch *t;
            if (e->kind == EV_SUSPEND || e->decl->escapes || e->decl->fn != f->fn) continue;
            n = f->touches[of].in.n;
            if (!n || f->touches[of].in.v[n - 1].block != b) {
                struct touch fresh = {.block = b, .uses = e->kind == EV_USE};
                vec_push(&f->u->arena, &f->touches[of].in, fresh);
                n++;
            }
            t = &f->touches[of].in.v[n - 1];
            if (e->kind == EV_USE) continue;
            t->assigns = e->kind == EV_DEF;
            t->begins = !t->assigns;
        }
    }
}

static void begin_live(struct flow *f, struct block *b, unsigned stamp) {
    if (b->live_in == stamp) return;
    b->live_in = stamp;
    vec_push(&f->u->arena, &f->todo, b);
}

/* Marks the blocks into and out of which local i is live with `stamp`.  False: there are too many. */
static bool find_live(struct flow *f, unsigned i, unsigned stamp) {
    bool bounded = may_stay_in_frame(f->fn->locals.v[i]);
    unsigned awaits = 0;
    f->live.n = f->todo.n = 0;
    for (unsigned k = 0; k < f->touches[i].in.n; k++) {
        struct touch *t = &f->touches[i].in.v[k];
        t->block->touched = stamp;
        t->block->touch = t;
        if (t->uses) begin_live(f, t->block, stamp);
    }
    while (f->todo.n) {
        struct block *b = f->todo.v[--f->todo.n];
        for (unsigned k = 0; k < b->pred.n; k++) {
            struct block *p = b->pred.v[k];
            if (p->live_out == stamp) continue;
            p->live_out = stamp;
            vec_push(&f->u->arena, &f->live, p);
            awaits += p->await != NULL;
            if (bounded && (f->live.n > f->most_blocks || awaits > f->most_awaits)) return false;
            if (p->touched != stamp || !(p->touch->assigns || p->touch->begins)) begin_live(f, p, stamp);
        }
    }
    return true;
}

static void leave_unassigned(struct flow *f, struct block *b, unsigned stamp) {
    if (b->live_out != stamp || b->unassigned == stamp) return;
    b->unassigned = stamp;
    vec_push(&f->u->arena, &f->todo, b);
}

/* Marks the blocks out of which it is live, perhaps without a value.  Where it is live no assignment lies between, so
 * it is enough to look there. */
static void find_unassigned(struct flow *f, unsigned i, unsigned stamp) {
    struct block *entry = f->fn->entry;
    f->todo.n = 0;
    for (unsigned k = 0; k < f->touches[i].in.n; k++)
        if (f->touches[i].in.v[k].begins) leave_unassigned(f, f->touches[i].in.v[k].block, stamp);
    if (entry->touched != stamp || !entry->touch->assigns) leave_unassigned(f, entry, stamp);
    while (f->todo.n) {
        struct block *b = f->todo.v[--f->todo.n];
        for (unsigned k = 0; k < b->succ.n; k++) {
            struct block *s = b->succ.v[k];
            if (s->live_in != stamp || (s->touched == stamp && (s->touch->assigns || s->touch->begins))) continue;
            leave_unassigned(f, s, stamp);
        }
    }
}

/* ---- what is kept to the end of its scope ---- */

static uint32_t decl_start(const struct decl *d) {
    return d->kind == DECL_PARAM || !d->node ? 0 : d->node->range.start;
}

/* A literal in the head of a loop stands behind the body it is alive in, or before it. */
static bool in_loop_head(const struct decl *d) {
    const struct node *n = d->node, *end = d->scope->node;
    if (n->kind != E_COMPOUND) return false;
    for (; n; n = n->parent) {
        if (node_is_loop(n)) return true;
        if (n == end) return false;
    }
    return false;
}

/* What awaits the end of a statement stands where that ends, where scopes around it may end too: in those it is still. */
static bool ends_within(const struct await *a, const struct node *outer) {
    const struct node *n = a->how == AWAIT_EXIT || a->how == AWAIT_CLOSE ? a->call->parent : NULL;
    while (n && n != outer) n = n->parent;
    return n != NULL;
}

static bool is_behind_scope(const struct decl *d, const struct await *a) {
    uint32_t at = a->node->range.start;
    if (!decl_has_block(d) || at < d->scope->node->range.end) return false;
    return at > d->scope->node->range.end || !ends_within(a, d->scope->node);
}

static bool in_scope(const struct decl *d, const struct await *a) {
    struct range s;
    if (!decl_has_block(d)) return true;
    s = d->scope->node->range;
    if (a->node->range.start < s.start || a->node->range.end > s.end) return false;
    /* behind a deferred statement, yet alive when it runs */
    if (d->fn->defer_awaits) return true;
    return d->fn->labels.n || in_loop_head(d) || a->node->range.end > decl_start(d);
}

/* Of several ends at one place, the innermost first. */
static int by_start(const void *a, const void *b) {
    const struct await *x = *(struct await *const *)a, *y = *(struct await *const *)b;
    uint32_t i = x->node->range.start, k = y->node->range.start;
    if (i == k) i = x->state, k = y->state;
    return (i > k) - (i < k);
}

static bool starts_in_scope(const struct decl *d, const struct await *a) {
    return !decl_has_block(d) || a->node->range.start >= d->scope->node->range.start;
}

/* Each behind what stands around it, which is among its `around`, theirs, and so on. */
static struct await **awaits_in_text(struct unit *u, struct fn *fn) {
    unsigned n = fn->awaits.n;
    struct await **sorted = NEWN(&u->arena, struct await *, n + 1), *around = NULL;
    for (unsigned k = 0; k < n; k++) sorted[k] = fn->awaits.v[k];
    if (n) qsort(sorted, n, sizeof *sorted, by_start);
    for (unsigned k = 0; k < n; k++) {
        struct await *a = sorted[k];
        while (around && around->node->range.end <= a->node->range.start) around = around->around;
        a->rank = k;
        a->around = around;
        around = a;
    }
    return sorted;
}

/* The first of the sorted awaits [from, to) for which `asks` is true; where it is, it stays so. */
static unsigned first_that(bool (*asks)(const struct decl *, const struct await *), const struct decl *d,
                           struct await **sorted, unsigned from, unsigned to) {
    while (from < to) {
        unsigned mid = from + (to - from) / 2;
        if (asks(d, sorted[mid])) to = mid;
        else from = mid + 1;
    }
    return from;
}

static bool starts_behind(const struct decl *d, const struct await *a) {
    return a->node->range.start >= decl_start(d);
}

/* Those of the scope behind the declaration, and those around it: a literal may stand in the operand of an await. */
static void keep_in_scope(struct fn *fn, struct decl *d, struct await **sorted) {
    unsigned n = fn->awaits.n, from = first_that(starts_in_scope, d, sorted, 0, n);
    unsigned to = first_that(is_behind_scope, d, sorted, from, n), begin = from;
    bool everywhere = from < to && in_scope(d, sorted[from]) && sorted[from]->node->range.end <= decl_start(d);
    if (!everywhere) from = first_that(starts_behind, d, sorted, from, to);
    if (from == to) to = 0;
    for (struct await *a = from > begin ? sorted[from - 1] : NULL; a && a->rank >= begin; a = a->around) {
        if (!in_scope(d, a)) continue;
        if (!to) to = a->rank + 1;
        from = a->rank;
    }
    if (!to) return;
    d->kept_from = from;
    d->kept_to = to;
    d->crosses = true;
}

bool live_across(const struct decl *d, const struct await *a) {
    if (d->escapes) return d->kept_from <= a->rank && a->rank < d->kept_to;
    for (unsigned i = 0; i < a->live.n; i++)
        if (a->live.v[i] == d) return true;
    return false;
}

/* ---- what dataflow says, where the object has a name ---- */

/* What a jump past the declaration reads has no value outside of the scope, and no name. */
static bool is_nameless_at(const struct decl *d, const struct await *a) {
    struct range s, at = a->node->range;
    if (!decl_has_block(d)) return false;
    s = d->scope->node->range;
    return at.start < s.start || at.end > s.end;
}

/* A jump back before the declaration leaves the value as it is, where nothing can save it (C11 6.2.4 p6). */
static bool is_live_before_declaration(const struct flow *f, const struct decl *d) {
    if (!decl_has_block(d)) return false;
    for (unsigned k = 0; k < f->live.n; k++) {
        const struct await *a = f->live.v[k]->await;
        if (a && !is_nameless_at(d, a) && a->node->range.end <= d->node->range.start && !in_loop_head(d)) return true;
    }
    return false;
}

static void track(struct flow *f, unsigned i, struct await **sorted) {
    struct decl *d = f->fn->locals.v[i];
    unsigned stamp = i + 1;
    if (!find_live(f, i, stamp) || is_live_before_declaration(f, d)) {
        d->escapes = true;
        keep_in_scope(f->fn, d, sorted);
        return;
    }
    for (unsigned k = 0; k < f->live.n; k++) {
        struct await *a = f->live.v[k]->await;
        if (!a || is_nameless_at(d, a)) continue;
        vec_push(&f->u->arena, &a->live, d);
        d->crosses = true;
    }
    if (!d->crosses) return;
    find_unassigned(f, i, stamp);
    for (unsigned k = 0; k < f->live.n && !d->zero; k++)
        d->zero = f->live.v[k]->await && f->live.v[k]->unassigned == stamp;
}

/* Is the literal written within braces that are not the user's: those of a choice that is taken apart, or of a statement
 * behind a label that becomes several? */
static bool is_in_our_braces(const struct node *n) {
    for (const struct node *p = n->parent; p; n = p, p = p->parent) {
        if (p->kind == E_LOGICAL && n == p->kid[1] && n->flags & NODE_HAS_AWAIT) return true;
        if (p->kind == E_COND && n != p->kid[0] && (p->subst || p->left_done)) return true;
        if (n->plan) return p->parent && (p->parent->kind == S_LABEL || p->parent->kind == S_CASE || p->parent->kind == S_DEFAULT);
        if (p->kind >= S_COMPOUND && p->kind <= S_FOR_IN) return false;
    }
    return false;
}

void live_function(struct unit *u, struct fn *fn) {
    struct flow f = {.u = u, .fn = fn};
    struct await **sorted;
    if (!fn->is_async || fn->refused) return;
    sorted = awaits_in_text(u, fn);
    for (unsigned i = 0; i < fn->awaits.n; i++) fn->awaits.v[i]->block->await = fn->awaits.v[i];
    find_touches(&f);
    find_shares(&f);
    for (unsigned i = 0; i < fn->locals.n; i++) {
        struct decl *d = fn->locals.v[i];
        if (d->escapes) keep_in_scope(fn, d, sorted);
        else track(&f, i, sorted);
        if (d->node && d->node->literal == d) d->crosses |= d->node->subst == d || is_in_our_braces(d->node);
        assert(!d->crosses || !d->cleanup || d->guard || !decl_is_local(d)); /* guard.c told the same from the text */
        d->crosses |= d->guard != NULL; /* declared in the frame, or the C compiler would run its cleanup too */
    }
}

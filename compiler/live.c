/* SPDX-License-Identifier: MIT */
/* live.c: what is live across each suspension.
 *
 * live_escapes, before order_function: decl->escapes and assigned; slots for compound literals whose address
 * may be kept.  live_function: in the blocks of cfg.c; out decl->crosses, zero; await->live.
 *
 * The idea: an object whose address never leaves is live where backward dataflow says so (Aho et al., 9.2.5);
 * one whose address may be known elsewhere is live to the end of its scope, which text alone decides: it
 * crosses each await of its block behind its declaration.  A forward pass finds objects that may be saved
 * before they were assigned (those are declared with a value, or the compiler would warn of our saving).
 * If unsure, an object is taken to escape.  Code that nothing reaches is treated alike: to the compiler the jump
 * table reaches it. */
#include "acc.h"
#include "order.h"

#include <stdlib.h>
#include <string.h>

struct live {
    struct unit *u;
    struct fn *fn;
};

static bool is_array(const struct node *n) { return n->type && n->type->kind == TY_ARRAY; }

/* ---- escapes ---- */

/* The object an lvalue is part of, NULL if it is reached through a pointer: E_IDENT or E_COMPOUND. */
static struct node *root_object(struct node *n) {
    for (;;) {
        n = node_strip(n);
        if (n->kind == E_MEMBER && n->op == '.') n = n->kid[0];
        else if (n->kind == E_SUBSCRIPT && (is_array(n->kid[0]) || !n->kid[0]->type)) n = n->kid[0];
        else if (n->kind == E_SUBSCRIPT && n->kid[0]->type->kind == TY_VECTOR) n = n->kid[0];
        else if (n->kind == E_UNARY && (n->op == K_REAL || n->op == K_IMAG)) n = n->kid[0];
        else if (n->kind == E_UNARY && n->op == '*' && is_array(node_strip(n->kid[0]))) n = n->kid[0];
        else if (n->kind == E_GENERIC && n->op && n->op < n->nkids) n = n->kid[n->op]->kid[1];
        else break;
    }
    return n->kind == E_IDENT || n->kind == E_COMPOUND ? n : NULL;
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

static void escape(struct live *l, struct node *place) {
    struct node *n = root_object(place);
    if (!n) return;
    if (n->kind == E_COMPOUND) make_literal(l, n);
    else if (n->decl) n->decl->escapes = true;
}

/* An array-valued expression that is not directly indexed, measured or dereferenced becomes a pointer. */
static bool decays(const struct node *n) {
    const struct node *p = n->parent;
    while (p && p->kind == E_PAREN) n = p, p = p->parent;
    if (!p) return true;
    if (p->kind == E_SUBSCRIPT && p->kid[0] == n) return false;
    if (p->kind == E_UNARY && (p->op == '*' || p->op == '&')) return false;
    if (p->kind == E_COMPOUND || p->kind == E_INIT || p->kind == N_INIT_DECLARATOR || p->kind == E_DESIGNATED)
        return n->kind != E_STRING;
    return p->kind != E_SIZEOF && p->kind != E_MEMBER;
}

static void mark_used(struct node *n) {
    if (!n) return;
    if (n->kind == E_IDENT && n->decl) n->decl->used = true;
    for (unsigned i = 0; i < n->nkids; i++) mark_used(n->kid[i]);
}

static void escapes_in(struct live *l, struct node *n) {
    if (!n) return;
    switch (n->kind) {
    case E_SIZEOF: case N_TYPEOF: case E_OFFSETOF: case E_TYPES_COMPATIBLE:
        mark_used(n);
        return;
    case E_UNARY:
        if (n->op == '&') escape(l, n->kid[0]);
        break;
    case E_ASSIGN: case E_PREFIX: case E_POSTFIX: {
        struct node *r = root_object(n->kid[0]);
        if (r && r->kind == E_IDENT && r->decl) r->decl->assigned = true;
        break;
    }
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
        break;
    default:
        break;
    }
    for (unsigned i = 0; i < n->nkids; i++) escapes_in(l, n->kid[i]);
}

/* op of each generic selection: which of its kids is chosen, 0 unknown. */
static void choose_generics(struct unit *u, struct node *n) {
    if (!n) return;
    if (n->kind == E_GENERIC) {
        struct node *choice = type_generic_choice(u, n);
        for (unsigned i = 1; choice && i < n->nkids; i++)
            if (n->kid[i]->kid[1] == choice) n->op = i;
    }
    for (unsigned i = 0; i < n->nkids; i++) choose_generics(u, n->kid[i]);
}

void live_escapes(struct unit *u, struct fn *fn) {
    struct live l = {.u = u, .fn = fn};
    if (!fn->is_async || fn->refused) return;
    choose_generics(u, fn->body);
    escapes_in(&l, fn->body);
    for (unsigned i = 0; i < fn->locals.n; i++) {
        struct decl *d = fn->locals.v[i];
        if (!d->type || d->type->quals & (Q_VOLATILE | Q_ATOMIC) || d->cleanup) d->escapes = true;
        else if (type_is_variably_modified(d->type)) d->escapes = true;
    }
}

/* ---- dataflow ---- */

static void block_sets(struct fn *fn, struct block *b) {
    for (unsigned i = b->events.n; i-- > 0;) {
        struct event *e = &b->events.v[i];
        if (e->kind == EV_SUSPEND || e->decl->escapes || e->decl->fn != fn) continue;
        if (e->kind == EV_USE) {
            bits_add(b->use, e->decl->index);
            bits_del(b->def, e->decl->index);
        } else {
            bits_del(b->use, e->decl->index);
            bits_add(b->def, e->decl->index);
        }
    }
}

static void solve_live(struct fn *fn, struct bits scratch) {
    bool changed = true;
    while (changed) {
        changed = false;
        for (unsigned i = fn->blocks.n; i-- > 0;) {
            struct block *b = fn->blocks.v[i];
            for (unsigned k = 0; k < b->succ.n; k++) bits_or(b->live_out, b->succ.v[k]->live_in);
            bits_copy(scratch, b->live_out);
            for (unsigned w = 0; w < (scratch.n + 63) / 64; w++)
                scratch.w[w] = (scratch.w[w] & ~b->def.w[w]) | b->use.w[w];
            changed |= bits_or(b->live_in, scratch);
        }
    }
}

static void assign_through(struct block *b, struct bits set) {
    for (unsigned i = 0; i < b->events.n; i++) {
        struct event *e = &b->events.v[i];
        if (e->kind == EV_DEF) bits_add(set, e->decl->index);
        else if (e->kind == EV_START) bits_del(set, e->decl->index);
    }
}

/* Surely assigned: forward, all paths. */
static void solve_assigned(struct fn *fn, struct bits scratch) {
    bool changed = true;
    for (unsigned i = 0; i < fn->blocks.n; i++) bits_fill(fn->blocks.v[i]->assigned_out);
    while (changed) {
        changed = false;
        for (unsigned i = 0; i < fn->blocks.n; i++) {
            struct block *b = fn->blocks.v[i];
            bits_fill(b->assigned_in);
            for (unsigned k = 0; k < b->pred.n; k++) bits_and(b->assigned_in, b->pred.v[k]->assigned_out);
            if (b == fn->entry)
                for (unsigned w = 0; w < (scratch.n + 63) / 64; w++) b->assigned_in.w[w] = 0;
            bits_copy(scratch, b->assigned_in);
            assign_through(b, scratch);
            if (bits_equal(scratch, b->assigned_out)) continue;
            bits_copy(b->assigned_out, scratch);
            changed = true;
        }
    }
}

/* ---- results ---- */

static uint32_t decl_start(const struct decl *d) {
    return d->kind == DECL_PARAM || !d->node ? 0 : d->node->range.start;
}

/* A literal in the head of a loop stands behind the body it is alive in, or before it. */
static bool in_loop_head(const struct decl *d) {
    const struct node *n = d->node, *end = d->scope->node;
    if (n->kind != E_COMPOUND) return false;
    for (; n; n = n->parent) {
        if (n->kind == S_FOR || n->kind == S_WHILE || n->kind == S_DO) return true;
        if (n == end) return false;
    }
    return false;
}

static bool is_behind_scope(const struct decl *d, const struct await *a) {
    if (d->kind == DECL_PARAM || !d->scope || !d->scope->node) return false;
    return a->node->range.start >= d->scope->node->range.end;
}

static bool in_scope(const struct decl *d, const struct await *a) {
    struct range s;
    if (d->kind == DECL_PARAM || !d->scope || !d->scope->node) return true;
    s = d->scope->node->range;
    if (a->node->range.start < s.start || a->node->range.end > s.end) return false;
    return d->fn->labels.n || in_loop_head(d) || a->node->range.end > decl_start(d);
}

static int by_start(const void *a, const void *b) {
    const struct await *x = *(struct await *const *)a, *y = *(struct await *const *)b;
    uint32_t i = x->node->range.start, k = y->node->range.start;
    return (i > k) - (i < k);
}

/* The first of the sorted awaits that does not start before the object's scope. */
static unsigned first_in_scope(const struct decl *d, struct await **sorted, unsigned n) {
    unsigned low = 0, high = n;
    if (d->kind == DECL_PARAM || !d->scope || !d->scope->node) return 0;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (sorted[mid]->node->range.start < d->scope->node->range.start) low = mid + 1;
        else high = mid;
    }
    return low;
}

static void escaped_crossings(struct unit *u, struct fn *fn) {
    unsigned n = fn->awaits.n;
    struct await **sorted = NEWN(&u->arena, struct await *, n + 1);
    for (unsigned k = 0; k < n; k++) sorted[k] = fn->awaits.v[k];
    qsort(sorted, n, sizeof *sorted, by_start);
    for (unsigned i = 0; i < fn->locals.n; i++) {
        struct decl *d = fn->locals.v[i];
        if (!d->escapes) continue;
        for (unsigned k = first_in_scope(d, sorted, n); k < n; k++) {
            if (is_behind_scope(d, sorted[k])) break;
            if (!in_scope(d, sorted[k])) continue;
            bits_add(sorted[k]->live, i);
            d->crosses = true;
        }
    }
}

static void tracked_crossings(struct fn *fn) {
    for (unsigned k = 0; k < fn->awaits.n; k++) {
        struct await *a = fn->awaits.v[k];
        bits_or(a->live, a->block->live_out);
        for (unsigned i = bits_next(a->live, 0); i < fn->locals.n; i = bits_next(a->live, i + 1)) {
            struct decl *d = fn->locals.v[i];
            if (d->escapes) continue;
            d->crosses = true;
            if (!bits_has(a->block->assigned_out, i)) d->zero = true;
        }
    }
}

void live_function(struct unit *u, struct fn *fn) {
    struct arena *a = &u->arena;
    struct bits scratch;
    unsigned n;
    if (!fn->is_async || fn->refused) return;
    n = fn->locals.n;
    scratch = bits_new(a, n);
    for (unsigned i = 0; i < fn->blocks.n; i++) {
        struct block *b = fn->blocks.v[i];
        struct bits *sets[] = {&b->live_in, &b->live_out, &b->use, &b->def, &b->assigned_in, &b->assigned_out};
        for (unsigned k = 0; k < sizeof sets / sizeof *sets; k++) *sets[k] = bits_new(a, n);
        block_sets(fn, b);
    }
    for (unsigned k = 0; k < fn->awaits.n; k++) fn->awaits.v[k]->live = bits_new(a, n);
    solve_live(fn, scratch);
    solve_assigned(fn, scratch);
    tracked_crossings(fn);
    escaped_crossings(u, fn);
}

/* SPDX-License-Identifier: MIT */
/* frame.c: which locals get a slot in the coroutine frame, and which slots overlap.
 *
 * In: what is live across each await.  Out: decl->resident, slot; fn->slots with their cells, fn->children; block-scope
 * types that the frame needs get a name at file scope (decl->emitted).
 *
 * The idea: a scalar stays a C local and is saved only at the awaits it is live across (a spill slot, Briggs,
 * Cooper, Torczon, TOPLAS 16(3), 1994, for the colouring); arrays, structs and all whose address is known
 * elsewhere live in the frame.  Two slots share a cell when no await needs both and, for residents, when their
 * scopes do not nest.  All children share one union: a coroutine awaits one thing at a time.
 * Invariant: a slot's value is never written while another slot of its cell is needed. */
#include "acc.h"
#include "emit.h"

#include <string.h>

/* ---- names in the frame ---- */

static bool slot_taken(const struct fn *fn, const struct name *n) {
    return n->slot_of == fn->number || !strcmp(n->s, "coro") || !strcmp(n->s, "value") || !strcmp(n->s, "u");
}

static const char *slot_name(struct unit *u, struct fn *fn, struct decl *d) {
    const char *stem = d->emitted ? d->emitted : d->name ? d->name->s : "unnamed";
    struct name *of = name_intern(&u->names, stem, strlen(stem)), *n = of;
    unsigned i = of->slots_in == fn->number ? of->slots : 2;
    for (; slot_taken(fn, n); i++) {
        const char *s = arena_printf(&u->arena, "%s_%u", stem, i);
        n = name_intern(&u->names, s, strlen(s));
    }
    of->slots_in = fn->number;
    of->slots = i;
    n->slot_of = fn->number;
    return n->s;
}

/* ---- overlap ---- */

/* A parameter that is never written is only loaded: its slot holds it from the call to the end. */
static bool keeps_argument(const struct decl *d) {
    return vla_is_kept(d) || (d->kind == DECL_PARAM && (d->resident || (d->crosses && !d->assigned)));
}

/* What the slots of one cell are needed for. */
struct cell {
    struct bits awaits;      /* across which one of them is live, by rank */
    bool has_param, keeps;   /* holds a parameter; holds one that must never be overwritten */
    bool everywhere;         /* holds a resident whose scope is the function */
    VEC(struct range) scopes; /* those of its residents, in order of the text: none in another */
};
/* Across which awaits an object is live, by rank: those of the list, or all in [from, to). */
struct need {
    VEC(unsigned) awaits;
    unsigned from, to;
};
enum { CELLS_TRIED = 64 }; /* keeps large functions linear; costs at most some bytes of frame */
struct frame {
    struct unit *u;
    struct fn *fn;
    VEC(struct cell) cells;
    struct bits rows[CELLS_TRIED]; /* the awaits of the cells that are still tried */
    struct await **by_rank;
    struct need *needs; /* by position in fn->locals */
};

/* The first of the scopes that ends behind `at`. */
static unsigned scope_behind(const struct cell *c, uint32_t at) {
    unsigned low = 0, high = c->scopes.n;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (c->scopes.v[mid].end <= at) low = mid + 1;
        else high = mid;
    }
    return low;
}

/* No resident of the cell is in the scope of d, nor d in one of theirs. */
static bool is_apart(const struct cell *c, const struct decl *d) {
    struct range r;
    unsigned i;
    if (c->everywhere || (c->scopes.n && !decl_has_block(d))) return false;
    if (!c->scopes.n) return true;
    r = d->scope->node->range;
    i = scope_behind(c, r.start);
    return i == c->scopes.n || c->scopes.v[i].start >= r.end;
}

static void add_resident(struct frame *f, struct cell *c, const struct decl *d) {
    unsigned i;
    if (!decl_has_block(d)) {
        c->everywhere = true;
        return;
    }
    i = scope_behind(c, d->scope->node->range.start);
    vec_push(&f->u->arena, &c->scopes, d->scope->node->range);
    memmove(&c->scopes.v[i + 1], &c->scopes.v[i], (c->scopes.n - 1 - i) * sizeof *c->scopes.v);
    c->scopes.v[i] = d->scope->node->range;
}

static bool fits(const struct cell *c, const struct decl *d, const struct need *need) {
    if (c->keeps || keeps_argument(d) || (c->has_param && d->kind == DECL_PARAM)) return false;
    for (unsigned i = 0; i < need->awaits.n; i++)
        if (bits_has(c->awaits, need->awaits.v[i])) return false;
    if (need->from < need->to && bits_next(c->awaits, need->from) < need->to) return false;
    return !d->resident || is_apart(c, d);
}

static void find_needs(struct frame *f) {
    struct arena *a = &f->u->arena;
    f->needs = NEWN(a, struct need, f->fn->locals.n + 1);
    f->by_rank = NEWN(a, struct await *, f->fn->awaits.n + 1);
    for (unsigned i = 0; i < f->fn->awaits.n; i++) {
        struct await *await = f->fn->awaits.v[i];
        for (unsigned k = 0; k < await->live.n; k++) vec_push(a, &f->needs[await->live.v[k]->index].awaits, await->rank);
        f->by_rank[await->rank] = await;
    }
    for (unsigned i = 0; i < f->fn->locals.n; i++) {
        f->needs[i].from = f->fn->locals.v[i]->kept_from;
        f->needs[i].to = f->fn->locals.v[i]->kept_to;
    }
}

/* The newest cell takes the bits of one that is not tried any more. */
static struct bits fresh_row(struct frame *f) {
    struct bits *row = &f->rows[f->cells.n % CELLS_TRIED];
    if (row->w) bits_clear(*row);
    else *row = bits_new(&f->u->arena, f->fn->awaits.n);
    return *row;
}

/* Greedy, first fit: good where live ranges come from nested blocks. */
static void place_slot(struct frame *f, struct decl *d) {
    struct slot s = {.decl = d};
    const struct need *need = &f->needs[d->index];
    struct cell *c;
    d->slot = slot_name(f->u, f->fn, d);
    s.cell = f->cells.n > CELLS_TRIED ? f->cells.n - CELLS_TRIED : 0;
    while (s.cell < f->cells.n && !fits(&f->cells.v[s.cell], d, need)) s.cell++;
    if (s.cell == f->cells.n) {
        struct cell fresh = {.awaits = fresh_row(f)};
        vec_push(&f->u->arena, &f->cells, fresh);
    }
    c = &f->cells.v[s.cell];
    for (unsigned i = 0; i < need->awaits.n; i++) bits_add(c->awaits, need->awaits.v[i]);
    bits_add_range(c->awaits, need->from, need->to);
    c->has_param |= d->kind == DECL_PARAM;
    c->keeps |= keeps_argument(d);
    if (d->resident) add_resident(f, c, d);
    vec_push(&f->u->arena, &f->fn->slots, s);
}

/* ---- types of slots at file scope ---- */

static void hoist_in(struct unit *u, struct fn *fn, struct node *n);

/* Gives a block-scope tag or typedef, and what its definition needs, a name at file scope. */
static void hoist_decl(struct unit *u, struct fn *fn, struct decl *d) {
    const char *stem;
    if (!d || d->ext || d->emitted || !d->scope || d->scope->depth == 0) return;
    if (d->kind != DECL_TAG && d->kind != DECL_TYPEDEF && d->kind != DECL_ENUMERATOR) return;
    if (d->kind == DECL_TYPEDEF && type_is_variably_modified(d->type)) return; /* what it is made of will do */
    stem = arena_printf(&u->arena, "%s__%s", fn->name->s, d->name ? d->name->s : "unnamed");
    d->emitted = unit_fresh_name(u, stem);
    if (d->kind == DECL_ENUMERATOR) {
        hoist_decl(u, fn, d->tag);
        return;
    }
    hoist_in(u, fn, d->kind == DECL_TAG ? d->node : d->specs);
    if (d->kind == DECL_TYPEDEF) hoist_in(u, fn, d->declarator);
}

static bool is_anonymous_member(const struct node *n) {
    const struct node *member = n->kind == N_STRUCT && !n->name && n->parent ? n->parent->parent : NULL;
    return member && member->kind == N_MEMBER && member->nkids == 1;
}

/* Instead of a constant that names what has static storage, its value. */
static bool put_constant(struct unit *u, struct node *n) {
    long long value;
    struct decl *d;
    while (n->parent && (n->parent->kind < N_ASSOC || n->parent->kind == N_TYPENAME || n->parent->kind == N_SPECS || n->parent->kind == N_TYPEOF)) n = n->parent;
    if (n->kind >= N_ASSOC || !type_expr(u, n) || !type_constant(u, n, &value)) return false;
    d = NEW(&u->arena, struct decl);
    d->kind = DECL_ENUMERATOR;
    d->emitted = arena_printf(&u->arena, "%lld", value);
    n->subst = d;
    return true;
}

static bool names_local(const struct node *n) {
    if (n->kind == N_TYPEDEF_NAME) return n->decl && type_is_variably_modified(n->decl->type);
    return n->kind == E_IDENT && decl_is_of_block(n->decl);
}

static void hoist_in(struct unit *u, struct fn *fn, struct node *n) {
    if (!n || n->subst) return;
    if (names_local(n)) {
        if (n->kind == E_IDENT && !decl_is_local(n->decl) && put_constant(u, n)) return;
        diag_error(u, n->range, "the type of an object that lives across 'await' depends on the local '%s'", n->name->s);
        fn->refused = true;
    }
    /* an anonymous member must stay one (C11 6.7.2.1 p13) */
    if (n->decl && !is_anonymous_member(n)) hoist_decl(u, fn, n->decl);
    if (n->kind == N_ENUM && n->decl) hoist_decl(u, fn, n->decl);
    for (unsigned i = 0; i < n->nkids; i++) hoist_in(u, fn, n->kid[i]);
}

static void hoist_type(struct unit *u, struct fn *fn, struct type *t, unsigned depth) {
    for (; t && depth < 64; t = t->base, depth++) {
        hoist_decl(u, fn, t->alias);
        hoist_decl(u, fn, t->tag);
        if (t->size && !t->is_vla && t->count < 0) hoist_in(u, fn, t->size);
        for (unsigned i = 0; i < t->nparams; i++) hoist_type(u, fn, t->params[i], depth + 1);
    }
}

static bool is_within(const struct node *n, const struct node *outer) {
    while (n && n != outer) n = n->parent;
    return n != NULL;
}

/* A type that has no name, or none where the object stands, gets one at file scope. */
static void name_type(struct unit *u, struct fn *fn, struct decl *d) {
    for (struct type *t = d->type; t; t = t->base) {
        struct decl *tag = t->tag;
        if (t->alias && t->alias->scope && is_within(d->node, t->alias->scope->node)) return;
        if (!tag || tag->ext || !tag->scope || tag->scope->depth == 0) continue;
        if (!tag->name || !is_within(d->node, tag->scope->node)) hoist_type(u, fn, t, 0);
    }
}

static void name_types(struct unit *u, struct fn *fn) {
    for (unsigned i = 0; i < fn->locals.n; i++) {
        struct decl *d = fn->locals.v[i];
        if (d->kind == DECL_TEMP ? d->node != NULL : d->init && d->init->plan) name_type(u, fn, d);
    }
}

/* Is a tag defined among an expression, a declarator or parameters, where text is moved to before what stands left of
 * it, or left out with the declaration of what lives in the frame? */
static bool is_stray(const struct decl *d) {
    const struct node *n = d->node;
    if (d->kind != DECL_TAG || !(n->flags & NODE_DEFINES) || !(d->name || n->kind == N_ENUM)) return false;
    while (n && n->kind != N_TYPENAME && n->kind != N_PARAM && (n->kind < S_COMPOUND || n->kind > S_FOR_IN)) n = n->parent;
    return n && (n->kind == N_TYPENAME || n->kind == N_PARAM);
}

static bool names_object(const struct node *n) {
    if (!n) return false;
    if (names_local(n)) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (names_object(n->kid[i])) return true;
    return false;
}

/* Its enumerators must mean the same behind it, and nothing in front of it (C11 6.2.1 p4, p7). */
static void hoist_strays(struct unit *u, struct fn *fn) {
    for (unsigned i = 0; fn->awaits.n && i < fn->types.n; i++) {
        struct decl *d = fn->types.v[i];
        if (is_stray(d) && !names_object(d->node)) hoist_decl(u, fn, d);
    }
}

/* ---- shadowing ---- */

static bool is_in_scope_of(const struct scope *s, const struct decl *d) {
    while (s && s->depth > d->scope->depth) s = s->outer;
    return s == d->scope;
}

/* Which objects have another declaration of their name in an inner scope.  Scopes stand in order of the text, an
 * outer one before those in it, so the next declaration of the name tells. */
static void find_shadowed(struct fn *fn) {
    for (unsigned i = 0; i < fn->scopes.n; i++) {
        struct scope *s = fn->scopes.v[i];
        for (unsigned k = 0; k < s->decls.n; k++) {
            struct decl *d = s->decls.v[k], *before;
            if (!d->name || d->kind == DECL_TAG || d->kind == DECL_LABEL) continue;
            before = d->name->declared_in == fn->number ? d->name->declared : NULL;
            if (before && before->scope != s && is_in_scope_of(s, before)) before->is_shadowed = true;
            d->name->declared_in = fn->number;
            d->name->declared = d;
        }
    }
}

/* What is saved and loaded must have a name where the await stands, though another object may have its own there. */
static void name_apart(struct unit *u, struct fn *fn, struct decl *d) {
    if (d->kind == DECL_TEMP || !d->name || d->emitted || d->resident || !d->crosses) return;
    if (!d->is_shadowed) return;
    d->emitted = fn_fresh_name(u, fn, d->name->s);
}

/* Is n an object of file scope by whose name alone its type can be told, as that has none? */
static bool tells_type(struct unit *u, const struct name *n) {
    for (const struct mention *m = n->mentions; m; m = m->next) {
        const struct external *x = &u->ext.v[m->ext];
        if (m->kind != MENTION_OBJECT || x->kind != EXT_DECLARATION) continue;
        for (unsigned i = x->first; i + 1 < x->last; i++) {
            const struct token *t = &u->tok.v[i], *next = t + 1;
            bool tag = t->name && lex_role(t->name->keyword) == ROLE_TAG;
            if (t->kind == TOK_PUNCT && t->punct == '=') break;
            if (tag && (!next->name || next->name->keyword == K_ATTRIBUTE)) return true;
        }
    }
    return false;
}

/* What is local gives way to a type of file scope that has its name, or is told by it: temporaries of that type may be
 * declared here. */
static void free_type_names(struct unit *u, struct fn *fn) {
    for (unsigned i = 0; i < fn->scopes.n; i++) {
        struct scope *s = fn->scopes.v[i];
        for (unsigned k = 0; k < s->decls.n; k++) {
            struct decl *d = s->decls.v[k];
            bool tag = d->kind == DECL_TAG;
            if (!d->name || d->emitted || d->ext) continue;
            if (tag ? !unit_mention(d->name, MENTION_TAG) && !unit_mention(d->name, MENTION_TAG_DEF)
                    : !unit_is_typedef(u, d->name) && !tells_type(u, d->name)) continue;
            if (tag || d->kind == DECL_TYPEDEF || d->kind == DECL_ENUMERATOR) hoist_decl(u, fn, d);
            else if ((d->kind == DECL_VAR || d->kind == DECL_PARAM) && d->storage != STORAGE_EXTERN) d->emitted = fn_fresh_name(u, fn, d->name->s);
        }
    }
}

/* ---- the frame ---- */

/* Scalars and vectors are held in registers, so they are saved only when it comes to that. */
static bool is_value(const struct type *t) { return type_is_scalar(t) || (t && t->kind == TY_VECTOR); }

static bool stays_in_frame(const struct decl *d) {
    if (d->kind == DECL_TEMP) return d->escapes;
    return d->escapes || !is_value(d->type);
}

static void add_child(struct unit *u, struct fn *fn, struct await *a) {
    unsigned *last;
    if (a->how == AWAIT_FRAME || !(a->callee || a->leaf) || a->how == AWAIT_FUTURE) return;
    last = a->callee ? &a->callee->child_of : &a->leaf->leaf_of;
    if (*last == fn->number) return;
    *last = fn->number;
    vec_push(&u->arena, &fn->children, a);
}

static bool is_special(const struct decl *d) { return d->frame_of || d->is_void_pointer || d->is_truth; }

/* Frames are aligned to 16: what is saved by value does not mind, what is reached by its address gets room to move.
 * Compilers warn of what is flexible where it does not stand at the end of a struct. */
static void find_alignment(struct frame *f, struct decl *d) {
    unsigned long align = type_align(f->u, d->type), declared;
    if (!d->resident || d->kind == DECL_TEMP) return;
    declared = d->declarator ? type_declared_align(f->u, d->specs, d->declarator) : 0;
    if (d->declarator && !type_align_is_known(f->u, d->specs, d->declarator))
        diag_error(f->u, d->node->range, "the alignment of this object, which lives across 'await', is not known");
    if (declared > align) align = declared;
    d->over_align = align > 16 ? (unsigned)align : type_is_flexible(f->u, d->type) ? 16 : 0;
}

/* What the sizes of a parameter name is read at the start, though the body may not. */
static void use_names(struct node *n) {
    if (n->kind == E_IDENT && n->decl) n->decl->used = true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i]) use_names(n->kid[i]);
}

static void add_slot(struct frame *f, struct decl *d) {
    if (d->is_constexpr) diag_error(f->u, d->node->range, "a constexpr object declared here cannot live across 'await'");
    find_alignment(f, d);
    if (vla_is_kept(d)) {
        vla_find_sizes(f->u, d);
        f->fn->has_blocks |= vla_is_array(d);
    }
    place_slot(f, d);
    vla_name_sizes(f->u, f->fn, d);
    for (unsigned i = 0; d->kind == DECL_PARAM && i < d->vla_sizes.n; i++) use_names(d->vla_sizes.v[i]);
    if (!is_special(d)) hoist_type(f->u, f->fn, d->type, 0);
}

/* Whether an await stands in its scope behind it, or around it. */
static bool awaits_behind(const struct frame *f, const struct decl *d) {
    uint32_t at = d->node->range.start;
    unsigned low = 0, high = f->fn->awaits.n;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (f->by_rank[mid]->node->range.start < at) low = mid + 1;
        else high = mid;
    }
    if (low < f->fn->awaits.n && f->by_rank[low]->node->range.start < d->scope->node->range.end) return true;
    for (struct await *a = low ? f->by_rank[low - 1] : NULL; a; a = a->around)
        if (a->node->range.end > at) return true;
    return false;
}

/* A typedef of variably modified type in whose scope an await stands: its sizes are kept, it goes. */
static void add_vla_typedefs(struct frame *f) {
    for (unsigned i = 0; i < f->fn->types.n; i++) {
        struct decl *d = f->fn->types.v[i];
        struct slot s = {.decl = d, .cell = f->cells.n};
        struct cell own = {.keeps = true};
        if (d->kind != DECL_TYPEDEF || !type_is_variably_modified(d->type) || !awaits_behind(f, d)) continue;
        d->crosses = true;
        vla_find_sizes(f->u, d);
        d->slot = slot_name(f->u, f->fn, d);
        vla_name_sizes(f->u, f->fn, d);
        vec_push(&f->u->arena, &f->cells, own);
        vec_push(&f->u->arena, &f->fn->slots, s);
        hoist_type(f->u, f->fn, d->type, 0);
    }
}

/* A binding holds the function and its arguments. */
static void name_bound_types(struct unit *u, struct fn *fn) {
    for (unsigned i = 0; i < fn->binds.n; i++)
        for (unsigned k = 0; k < fn->binds.v[i]->nkids; k++) {
            struct type *t = fn->binds.v[i]->kid[k]->type;
            if (!type_is_variably_modified(t)) hoist_type(u, fn, t, 0);
        }
}

void frame_function(struct unit *u, struct fn *fn) {
    struct frame f = {.u = u, .fn = fn};
    if (!fn->is_async || fn->refused) return;
    hoist_strays(u, fn);
    find_shadowed(fn);
    free_type_names(u, fn);
    find_needs(&f);
    for (unsigned i = 0; i < fn->params.n; i++) {
        struct decl *d = fn->params.v[i];
        d->crosses |= type_is_variably_modified(d->type);
        d->resident = d->escapes ? d->crosses : !is_value(d->type);
        name_apart(u, fn, d);
        add_slot(&f, d);
    }
    for (unsigned i = 0; i < fn->locals.n; i++) {
        struct decl *d = fn->locals.v[i];
        if (d->kind == DECL_PARAM || !d->crosses) continue;
        d->resident = stays_in_frame(d);
        name_apart(u, fn, d);
        add_slot(&f, d);
    }
    add_vla_typedefs(&f);
    name_types(u, fn);
    name_bound_types(u, fn);
    for (unsigned i = 0; i < fn->awaits.n; i++) add_child(u, fn, fn->awaits.v[i]);
    fn->ncells = f.cells.n;
}

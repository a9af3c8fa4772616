/* SPDX-License-Identifier: MIT */
/* vla.c: objects of variably modified type that live across an await.
 *
 * In: such a declaration (decl->vla_sizes set by frame.c).  Out: text.
 * No variably modified declaration may remain in a scope that resumption jumps into (C11 6.8.6.1 p1).  So its
 * sizes are saved in the frame when the declaration is passed (6.7.6.2 p5), the array is a block that the frame
 * owns, and each use is written through a pointer to the type with the saved sizes:
 *
 *     int a[n][m];    ->  f->a_n1 = n; f->a_n2 = m; acc__vla(&f->a, sizeof(int[f->a_n1][f->a_n2]))
 *     a[i][j]         ->  (*(int (*)[f->a_n1][f->a_n2])f->a)[i][j]
 *     int (*p)[m];    ->  f->p_n1 = m;        p: (*(int (**)[f->p_n1])&f->p)
 *
 * A block is freed when its declaration is passed again or the function is left, however. */
#include "emit.h"

static bool is_size(const struct node *n) {
    return n->kind == D_ARRAY && n->nkids > 1 && n->kid[1] && !(n->kid[1]->flags & NODE_CONSTANT);
}

/* The array a parameter is declared as is a pointer: its own size does not count (C11 6.7.6.3 p7). */
static bool is_adjusted(const struct decl *d, const struct node *n) {
    const struct node *inner = n->kid[0];
    if (d->kind != DECL_PARAM || n->kind != D_ARRAY) return false;
    while (inner->kind == D_PAREN || inner->kind == D_ATTRIBUTED) inner = inner->kid[0];
    return inner->kind == D_NAME;
}

static void collect_sizes(struct unit *u, struct decl *d, struct node *n) {
    if (!n || n->kind == D_NAME) return;
    collect_sizes(u, d, n->kid[0]);
    if (is_size(n) && !is_adjusted(d, n)) vec_push(&u->arena, &d->vla_sizes, n->kid[1]);
}

/* Is n of specifiers where sizes may stand that are none of the declared type? */
static bool has_own_sizes(const struct node *n) {
    return n->kind == E_SIZEOF || n->kind == E_STMT || n->kind == N_PARAM || n->kind == N_ATTRIBUTE || n->kind == N_ALIGNAS ||
           n->kind == N_STRUCT || n->kind == N_ENUM;
}

/* `__typeof__(int[n])`, `_Atomic(int (*)[n])`: sizes among the specifiers. What an earlier declarator of theirs keeps is
 * not evaluated again. */
static void collect_spec_sizes(struct unit *u, struct decl *d, struct node *n) {
    if (!n || has_own_sizes(n)) return;
    if (!is_size(n)) {
        for (unsigned i = 0; i < n->nkids; i++) collect_spec_sizes(u, d, n->kid[i]);
        return;
    }
    collect_spec_sizes(u, d, n->kid[0]);
    if (!n->kid[1]->saved) vec_push(&u->arena, &d->vla_sizes, n->kid[1]);
}

static bool specs_have_sizes(const struct node *n) {
    if (!n || has_own_sizes(n)) return false;
    if (is_size(n)) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (specs_have_sizes(n->kid[i])) return true;
    return false;
}

/* What typeof evaluates would be evaluated at each use of an object that lives across an await, or never. */
static void refuse_effects(struct unit *u, const struct node *specs) {
    for (unsigned i = 0; i < specs->nkids; i++) {
        const struct node *n = specs->kid[i], *operand = n->kind == N_TYPEOF ? n->kid[0] : NULL;
        if (operand && operand->kind < N_ASSOC && type_is_variably_modified(operand->type) && node_has_effect(operand))
            diag_error(u, n->range, "a call or a side effect in the 'typeof' of an object that lives across 'await'");
    }
}

bool vla_is_kept(const struct decl *d) { return d->crosses && d->kind != DECL_TEMP && type_is_variably_modified(d->type); }

bool vla_is_held(const struct decl *d) {
    return d->kind == DECL_TEMP && type_is_variably_modified(d->type) && !d->is_void_pointer && !d->is_truth && !d->frame_of;
}

bool vla_is_array(const struct decl *d) { return d->kind == DECL_VAR && d->type->kind == TY_ARRAY; }

void vla_find_sizes(struct unit *u, struct decl *d) {
    collect_spec_sizes(u, d, d->specs); /* evaluated before those of the declarator that follows */
    collect_sizes(u, d, d->declarator);
    refuse_effects(u, d->specs);
}

void vla_name_sizes(struct unit *u, struct fn *fn, struct decl *d) {
    for (unsigned i = 0; i < d->vla_sizes.n; i++)
        d->vla_sizes.v[i]->saved = arena_printf(&u->arena, "%s->%s", fn->frame, vla_size_slot(u, d, i));
}

const char *vla_size_slot(struct unit *u, const struct decl *d, unsigned i) {
    return arena_printf(&u->arena, "%s_n%u", d->slot, i + 1);
}

/* ---- the type, with saved sizes; `middle` stands where the name stood ---- */

static void put_declarator(struct emit *e, struct decl *d, struct node *n, const char *middle, unsigned *i) {
    switch (n->kind) {
    case D_NAME:
        put(e, "%s", middle);
        return;
    case D_PAREN:
        put(e, "(");
        put_declarator(e, d, n->kid[0], middle, i);
        put(e, ")");
        return;
    case D_POINTER:
        put(e, "*");
        put_declarator(e, d, n->kid[0], middle, i);
        return;
    case D_ARRAY:
        if (is_adjusted(d, n)) {
            put_declarator(e, d, n->kid[0], arena_printf(&e->u->arena, "(*%s)", middle), i);
            return;
        }
        put_declarator(e, d, n->kid[0], middle, i);
        put(e, "[");
        if (is_size(n)) put(e, "%s->%s", e->fn->frame, vla_size_slot(e->u, d, (*i)++));
        else if (n->kid[1]) put_node(e, n->kid[1]);
        put(e, "]");
        return;
    case D_FUNCTION:
        put_declarator(e, d, n->kid[0], middle, i);
        put_flat(e, n->kid[0]->range.end, n->range.end);
        return;
    default:
        put_declarator(e, d, n->kid[0], middle, i);
    }
}

/* __auto_type, typeof: the type of an object whose sizes are kept. */
static void put_inferred(struct emit *e, struct decl *d, const char *middle) {
    struct type *t = type_bare(e->u, d->type);
    struct buf b = {0};
    if (!type_print(e->u, &b, *middle ? type_pointer(e->u, t) : t, NULL, false))
        diag_error(e->u, d->node->range, "'%s' has a variably modified type that cannot be kept across an await", d->name->s);
    put(e, "%s", b.s ? b.s : "");
    buf_free(&b);
}

static void put_vla_type(struct emit *e, struct decl *d, const char *middle) {
    unsigned i = 0;
    if (type_is_inferred(e->u, d) || specs_have_sizes(d->specs)) {
        put_inferred(e, d, middle);
        return;
    }
    for (unsigned k = 0; k < d->specs->nkids; k++) {
        struct node *s = d->specs->kid[k];
        if (s->kind == N_ATTRIBUTE || s->kind == N_ALIGNAS) continue;
        if (s->kind == N_KEYWORD && (s->op == K_REGISTER || s->op == K_AUTO || s->op == K_EXTENSION ||
                                       s->op == K_TYPEDEF))
            continue;
        put_node(e, s);
        put(e, " ");
    }
    put_declarator(e, d, d->declarator, middle, &i);
}

/* What `put` writes, as text: an lvalue is asked for in the midst of other text. */
static const char *type_text(struct emit *e, struct decl *d, const char *middle) {
    struct buf *out = e->out, b = {0};
    bool fresh = e->fresh;
    unsigned line = e->line;
    bool no_lines = e->u->opt->no_lines;
    const char *s;
    e->out = &b;
    e->u->opt->no_lines = true;
    put_vla_type(e, d, middle);
    e->u->opt->no_lines = no_lines;
    s = arena_strdup(&e->u->arena, b.s, b.len);
    buf_free(&b);
    e->out = out;
    e->fresh = fresh;
    e->line = line;
    return s;
}

const char *vla_lvalue(struct emit *e, struct decl *d) {
    const char *address = arena_printf(&e->u->arena, "%s%s", vla_is_array(d) ? "" : "&", slot_text(e, d));
    if (d->over_align && vla_is_array(d)) address = aligned_text(e, address, d->over_align);
    return arena_printf(&e->u->arena, "(*(%s)%s)", type_text(e, d, "(*)"), address);
}

/* A specifier for the type that a typedef which is gone stood for. */
const char *vla_typedef(struct emit *e, struct decl *d) {
    return arena_printf(&e->u->arena, "__typeof__(%s)", type_text(e, d, ""));
}

/* ---- declarations and exits ---- */

void vla_put_sizes(struct emit *e, struct decl *d) {
    for (unsigned i = 0; i < d->vla_sizes.n; i++) {
        struct node *size = d->vla_sizes.v[i];
        if (size->plan) put_plan(e, size);
        if (d->kind != DECL_PARAM) put_line(e, size->range.start);
        put(e, "%s->%s = ", e->fn->frame, vla_size_slot(e->u, d, i));
        put_node(e, size);
        put(e, d->kind == DECL_PARAM ? "; " : ";");
    }
}

void vla_put_declaration(struct emit *e, struct decl *d, uint32_t at) {
    vla_put_sizes(e, d);
    if (!vla_is_array(d)) return;
    put_line(e, at);
    put(e, "if (!acc__vla(&%s->%s, sizeof(%s)%s)) ", e->fn->frame, d->slot, type_text(e, d, ""),
        d->over_align ? arena_printf(&e->u->arena, " + %u", d->over_align) : "");
    put_no_memory(e, d->node);
}

/* The function that gives back all blocks: called on each way out. */
void vla_put_leave(struct emit *e, struct fn *fn) {
    put(e, "static acc_coro *%s(struct %s *%s) {\n", fn->leaver, fn->frame_tag, fn->frame);
    for (unsigned i = 0; i < fn->slots.n; i++)
        if (vla_is_kept(fn->slots.v[i].decl) && vla_is_array(fn->slots.v[i].decl))
            put(e, "    acc__vla_free(&%s->%s);\n", fn->frame, fn->slots.v[i].decl->slot);
    put(e, "    return &%s->coro;\n}\n", fn->frame);
}

/* SPDX-License-Identifier: MIT */
/* type_expr.c: the type of every expression (C11 6.5, GNU C's and C23's additions).
 *
 * Input: an expression whose names are bound.  Output: node->type (before decay, NULL: unknown) and
 * the flags NODE_LVALUE, NODE_BITFIELD, NODE_CONSTANT, NODE_NULL_CONSTANT, each computed once, from
 * the operands up.  Constraint violations are the C compiler's to report: here they are "unknown".
 */
#include "acc.h"

#include <string.h>

static struct node *kid_at(struct node *e, unsigned i)
{
    return node_kid(e, i);
}

static void set_flags(struct node *e, unsigned flags)
{
    e->flags |= flags;
}

/* The flags that pass through parentheses and the like. */
enum { THROUGH = NODE_LVALUE | NODE_BITFIELD | NODE_CONSTANT | NODE_NULL_CONSTANT };

static struct type *through(struct unit *u, struct node *e, struct node *inner)
{
    struct type *t = inner ? type_expr(u, inner) : NULL;
    if (inner) set_flags(e, inner->flags & THROUGH);
    return t;
}

static bool all_constant(struct unit *u, struct node *e, unsigned first)
{
    bool constant = true;
    for (unsigned i = first; i < e->nkids; i++) {
        if (!e->kid[i]) continue;
        if (e->kid[i]->kind <= E_BIND) type_expr(u, e->kid[i]);
        constant &= (e->kid[i]->flags & NODE_CONSTANT) != 0;
    }
    return constant;
}

/* ---------------------------------------------------------------- values */

static struct member *member_of(struct unit *u, struct node *e, unsigned *quals);

static struct node *strip(struct node *e)
{
    while (e && (e->kind == E_PAREN || (e->kind == E_UNARY && e->op == K_EXTENSION)))
        e = kid_at(e, 0);
    return e;
}

bool type_is_clang(struct unit *u)
{
    return unit_mention(name_intern(&u->names, "acc__is_clang", 13), MENTION_TYPEDEF) != NULL;
}

/* The bit-field whose value e is, also as an assignment, a comma, with gcc a step behind and a statement expression
 * give it: clang makes the declared type of the last two.  NULL: none. */
const struct member *type_bitfield(struct unit *u, struct node *e)
{
    unsigned quals = 0;
    struct node *m = strip(e);
    for (;; m = strip(m)) {
        if (!m) return NULL;
        if (m->kind == E_ASSIGN || m->kind == E_PREFIX || (m->kind == E_POSTFIX && !type_is_clang(u))) m = kid_at(m, 0);
        else if (m->kind == E_COMMA) m = kid_at(m, 1);
        else if (m->kind == E_STMT && !type_is_clang(u)) m = ast_block_value(kid_at(m, 0));
        else if (m->kind == E_GENERIC) m = type_generic_choice(u, m);
        else if (m->kind == E_CALL) m = type_builtin_choice(u, m);
        else break;
    }
    return m->flags & NODE_BITFIELD && m->kind == E_MEMBER ? member_of(u, m, &quals) : NULL;
}

/* Promoted by its width (C11 6.3.1.1p2). NULL: no narrow one. */
static struct type *bitfield_promoted(struct unit *u, struct node *e)
{
    const struct member *f = type_bitfield(u, e);
    if (!f || !f->width || !type_is_integer(f->type)) return NULL;
    bool uns = type_is_unsigned(u, f->type);
    if (f->width < 32 || (f->width == 32 && !uns)) return type_basic(TY_INT);
    return f->width == 32 ? type_basic(TY_UINT) : NULL;
}

struct type *type_value(struct unit *u, struct node *e)
{
    return e ? type_decay(u, type_expr(u, e)) : NULL;
}

struct type *type_promoted(struct unit *u, struct node *e)
{
    struct type *t = type_value(u, e), *b = t ? bitfield_promoted(u, e) : NULL;
    return b ? b : type_integer_promoted(u, t);
}

/* ---------------------------------------------------------------- primary expressions */

static bool is_static_object(const struct decl *d)
{
    if (d->kind == DECL_FUNCTION) return true;
    return d->kind == DECL_VAR && (d->storage == STORAGE_STATIC || d->storage == STORAGE_EXTERN);
}

/* C89: a function nobody declared, and what is declared without a type, have to do with int. */
static struct type *implicit_int(struct unit *u, struct node *e)
{
    const struct mention *m = unit_mention(e->name, MENTION_OBJECT);
    const struct external *x = m ? &u->ext.v[m->ext] : NULL;
    bool called = e->parent && e->parent->kind == E_CALL && e->parent->kid[0] == e;
    if (x ? !x->implicit_int : !called || !strncmp(e->name->s, "__", 2)) return NULL;
    set_flags(e, NODE_LVALUE);
    if (x && x->implicit_int == IMPLICIT_OBJECT) return type_basic(TY_INT);
    return type_unprototyped(u, type_basic(TY_INT));
}

static struct type *expr_ident(struct unit *u, struct node *e)
{
    struct decl *d = e->decl;
    if (!d && e->name) return implicit_int(u, e);
    if (!d || d->kind == DECL_TAG || d->kind == DECL_LABEL || d->kind == DECL_TYPEDEF) return NULL;
    struct type *t = type_of_decl(u, d);
    if (d->kind == DECL_ENUMERATOR) {
        set_flags(e, NODE_CONSTANT | (d->value ? 0 : NODE_NULL_CONSTANT));
        return t;
    }
    set_flags(e, NODE_LVALUE);
    bool address = t && (t->kind == TY_ARRAY || t->kind == TY_FUNCTION) && is_static_object(d);
    if (address || d->is_constexpr) set_flags(e, NODE_CONSTANT);
    return t;
}

static struct type *expr_number(struct unit *u, struct node *e)
{
    long long v;
    struct type *t = type_number(u, e);
    set_flags(e, NODE_CONSTANT);
    if (type_is_integer(t) && type_literal_value(u, e, &v) && !v) set_flags(e, NODE_NULL_CONSTANT);
    return t;
}

static struct type *expr_char(struct unit *u, struct node *e)
{
    long long v;
    set_flags(e, NODE_CONSTANT);
    if (type_literal_value(u, e, &v) && !v) set_flags(e, NODE_NULL_CONSTANT);
    return type_character(u, e);
}

static struct type *expr_const(struct node *e)
{
    set_flags(e, NODE_CONSTANT | (e->op == K_TRUE ? 0 : NODE_NULL_CONSTANT));
    return type_basic(e->op == K_NULLPTR ? TY_NULLPTR : TY_BOOL);
}

static struct type *expr_func(struct unit *u, struct node *e)
{
    struct node *f = e->parent;
    while (f && f->kind != N_FUNCTION)
        f = f->parent;
    struct node *name = f ? scope_declarator_name(kid_at(f, 1)) : NULL;
    set_flags(e, NODE_LVALUE | NODE_CONSTANT);
    long long count = name && name->name ? (long long)name->name->len + 1 : -1;
    return type_array(u, type_with(u, type_basic(TY_CHAR), Q_CONST), count);
}

struct node *type_generic_choice(struct unit *u, struct node *e)
{
    struct node *control = kid_at(e, 0), *fallback = NULL;
    struct type *t = NULL;
    if (control && control->kind == N_TYPENAME)
        t = type_of_name(u, control);
    else
        t = type_value(u, control);
    if (!t) return NULL;
    for (unsigned i = 1; i < e->nkids; i++) {
        struct node *a = e->kid[i], *name = kid_at(a, 0);
        bool is_default = !name || name->kind != N_TYPENAME;
        if (is_default)
            fallback = kid_at(a, 1);
        else if (!type_of_name(u, name))
            return NULL;
        else if (type_compatible(u, t, type_of_name(u, name)))
            return kid_at(a, 1);
    }
    return fallback;
}

/* ---------------------------------------------------------------- postfix expressions */

static struct type *expr_subscript(struct unit *u, struct node *e)
{
    struct node *base = kid_at(e, 0), *index = kid_at(e, 1);
    struct type *written = type_expr(u, base), *b = type_decay(u, written),
                *i = type_value(u, index);
    set_flags(e, NODE_LVALUE);
    if (written && written->kind == TY_VECTOR) return type_with(u, written->base, written->quals);
    if (!b || b->kind != TY_POINTER) {
        if (!i || i->kind != TY_POINTER) return NULL;
        b = i;
        base = kid_at(e, 1);
        index = kid_at(e, 0);
    }
    bool stays_address = b->base && b->base->kind == TY_ARRAY;
    if (stays_address && (base->flags & NODE_CONSTANT) && (index->flags & NODE_CONSTANT))
        set_flags(e, NODE_CONSTANT);
    return b->base;
}

static struct type *aggregate_of(struct unit *u, struct node *e)
{
    struct type *t = e->op == P_ARROW ? type_value(u, kid_at(e, 0)) : type_expr(u, kid_at(e, 0));
    if (e->op == P_ARROW) t = t && t->kind == TY_POINTER ? t->base : NULL;
    return t && (t->kind == TY_STRUCT || t->kind == TY_UNION) ? t : NULL;
}

static struct member *member_of(struct unit *u, struct node *e, unsigned *quals)
{
    struct type *t = aggregate_of(u, e);
    unsigned long offset = 0;
    return t ? type_member(u, t, e->name, quals, &offset) : NULL;
}

static struct type *expr_member(struct unit *u, struct node *e)
{
    unsigned quals = 0;
    struct member *m = member_of(u, e, &quals);
    struct node *base = kid_at(e, 0);
    if (e->op == P_ARROW || (base->flags & NODE_LVALUE)) set_flags(e, NODE_LVALUE);
    if (!m) return NULL;
    if (m->bitfield) set_flags(e, NODE_BITFIELD);
    if (m->type && m->type->kind == TY_ARRAY && (base->flags & NODE_CONSTANT))
        set_flags(e, NODE_CONSTANT);
    return type_with(u, m->type, quals & ~(unsigned)(Q_RESTRICT | Q_ATOMIC));
}

static struct type *expr_call(struct unit *u, struct node *e)
{
    struct type *t = NULL, *f;
    for (unsigned i = 1; i < e->nkids; i++)
        type_expr(u, e->kid[i]);
    struct node *callee = strip(kid_at(e, 0));
    if (callee && callee->kind == E_IDENT && callee->decl && callee->decl->scope == u->file_scope &&
        type_is_overloaded(u, callee->name))
        return type_overloaded_call(u, e, callee->name);
    f = type_value(u, kid_at(e, 0));
    if (f && f->kind == TY_POINTER && f->base && f->base->kind == TY_FUNCTION) return f->base->base;
    if (type_builtin_call(u, e, &t)) return t;
    return NULL;
}

static struct type *expr_step(struct unit *u, struct node *e)
{
    struct type *t = type_expr(u, kid_at(e, 0));
    return t && (t->kind == TY_ARRAY || t->kind == TY_FUNCTION) ? NULL : type_bare(u, t);
}

/* ---------------------------------------------------------------- unary operators */

static bool is_static_lvalue(struct node *e)
{
    e = strip(e);
    if (!e) return false;
    switch (e->kind) {
    case E_IDENT: return e->decl && is_static_object(e->decl);
    case E_STRING:
    case E_FUNC: return true;
    case E_MEMBER:
        return e->op == P_ARROW ? (e->kid[0]->flags & NODE_CONSTANT) != 0
                                : is_static_lvalue(e->kid[0]);
    case E_SUBSCRIPT:
        if (!(e->kid[1]->flags & NODE_CONSTANT)) return false;
        return (e->kid[0]->flags & NODE_CONSTANT) ||
               (e->kid[0]->type && e->kid[0]->type->kind == TY_ARRAY &&
                is_static_lvalue(e->kid[0]));
    case E_UNARY: return e->op == '*' && (e->kid[0]->flags & NODE_CONSTANT);
    default: return false;
    }
}

static struct type *expr_address(struct unit *u, struct node *e)
{
    struct node *o = kid_at(e, 0);
    struct type *t = type_expr(u, o);
    if (is_static_lvalue(o)) set_flags(e, NODE_CONSTANT);
    return type_pointer(u, t);
}

static struct type *expr_deref(struct unit *u, struct node *e)
{
    struct type *t = type_value(u, kid_at(e, 0));
    set_flags(e, NODE_LVALUE);
    if (!t || t->kind != TY_POINTER) return NULL;
    bool address = t->base && (t->base->kind == TY_ARRAY || t->base->kind == TY_FUNCTION);
    if (address) set_flags(e, kid_at(e, 0)->flags & NODE_CONSTANT);
    return t->base;
}

/* What a comparison of vectors gives: signed integers as wide as the elements; params[0] is what was compared. */
static struct type *truth_vector(struct unit *u, struct type *t)
{
    static const enum type_kind by_size[] = {
        [1] = TY_SCHAR, [2] = TY_SHORT, [4] = TY_INT, [8] = TY_LONG};
    unsigned long size = type_size(u, t->base);
    if (size > 8 || !by_size[size]) return NULL;
    struct type *v = NEW(&u->arena, struct type);
    *v = (struct type){
        .kind = TY_VECTOR, .base = type_basic(by_size[size]), .count = t->count, .size = t->size};
    v->params = NEW(&u->arena, struct type *);
    v->params[v->nparams++] = t;
    return v;
}

static struct type *expr_part(struct unit *u, struct node *e)
{
    struct type *t = type_expr(u, kid_at(e, 0));
    set_flags(e, kid_at(e, 0)->flags & (NODE_LVALUE | NODE_CONSTANT));
    if (t && t->kind == TY_COMPLEX) return type_with(u, t->base, t->quals);
    return type_is_arithmetic(t) ? t : NULL;
}

static struct type *expr_unary(struct unit *u, struct node *e)
{
    struct node *o = kid_at(e, 0);
    if (!o) return NULL;
    switch (e->op) {
    case '&': return expr_address(u, e);
    case '*': return expr_deref(u, e);
    case K_REAL:
    case K_IMAG: return expr_part(u, e);
    case K_EXTENSION: return through(u, e, o);
    default: break;
    }
    struct type *t = type_promoted(u, o);
    set_flags(e, o->flags & NODE_CONSTANT);
    long long v;
    if ((o->flags & NODE_CONSTANT) && type_is_integer(t)) {
        /* Its own flag first: the folder asks for this node's type. */
        e->type = e->op == '!' ? type_basic(TY_INT) : t;
        e->flags |= NODE_TYPED;
        if (type_constant(u, e, &v) && !v) set_flags(e, NODE_NULL_CONSTANT);
    }
    if (e->op == '!') return t && t->kind == TY_VECTOR ? truth_vector(u, t) : type_basic(TY_INT);
    return t && (type_is_arithmetic(t) || t->kind == TY_VECTOR) ? t : NULL;
}

static struct type *expr_sizeof(struct unit *u, struct node *e)
{
    struct node *o = kid_at(e, 0);
    if (!o) return NULL;
    struct type *t = o->kind == N_TYPENAME ? type_of_name(u, o) : type_expr(u, o);
    bool vla = e->op == K_SIZEOF && t && t->kind == TY_ARRAY && type_is_variably_modified(t);
    if (!vla) set_flags(e, NODE_CONSTANT);
    return type_basic(TY_ULONG);
}

static bool is_void_pointer(const struct type *t)
{
    return t && t->kind == TY_POINTER && type_is_void(t->base);
}

static struct type *expr_cast(struct unit *u, struct node *e)
{
    struct type *t = type_bare(u, type_of_name(u, kid_at(e, 0)));
    struct node *o = kid_at(e, 1);
    struct type *from = o ? type_expr(u, o) : NULL;
    if (!o || !(o->flags & NODE_CONSTANT)) return t;
    set_flags(e, NODE_CONSTANT);
    long long v;
    bool zero = (o->flags & NODE_NULL_CONSTANT) && type_is_integer(from);
    if (is_void_pointer(t) && !t->base->quals && zero) set_flags(e, NODE_NULL_CONSTANT);
    if (!type_is_integer(t)) return t;
    e->type = t;
    e->flags |= NODE_TYPED;
    if (type_constant(u, e, &v) && !v) set_flags(e, NODE_NULL_CONSTANT);
    return t;
}

static struct type *expr_compound(struct unit *u, struct node *e)
{
    struct type *t = type_of_name(u, kid_at(e, 0));
    set_flags(e, NODE_LVALUE);
    return kid_at(e, 1) ? type_initialized(u, t, kid_at(e, 1)) : t;
}

/* ---------------------------------------------------------------- binary operators */

static bool is_comparison(unsigned op)
{
    return op == P_EQ || op == P_NE || op == '<' || op == '>' || op == P_LE || op == P_GE;
}

static struct type *additive(struct unit *u, unsigned op, struct type *l, struct type *r)
{
    bool lp = l->kind == TY_POINTER, rp = r->kind == TY_POINTER;
    if (op == '-' && lp && rp) return type_basic(TY_LONG);
    if (lp) return l;
    if (rp) return r;
    return type_arithmetic(u, l, r);
}

/* Both operands promoted, so bit-fields count with their width. */
static struct type *binary(struct unit *u, unsigned op, struct type *l, struct type *r)
{
    struct type *vector = l && l->kind == TY_VECTOR ? l : r && r->kind == TY_VECTOR ? r : NULL;
    if (is_comparison(op)) return vector ? truth_vector(u, vector) : type_basic(TY_INT);
    if (!l || !r) return NULL;
    if (vector) return vector;
    if (op == P_SHL || op == P_SHR) return type_is_integer(l) ? l : NULL;
    if (op == '+' || op == '-') return additive(u, op, l, r);
    return type_arithmetic(u, l, r);
}

/* Folding looks at the node's own type; NULL constants are found for what can be one. */
static void mark_constant(struct unit *u, struct node *e, struct type *t)
{
    long long v;
    set_flags(e, NODE_CONSTANT | NODE_TYPED);
    e->type = t;
    if (type_is_integer(t) && type_constant(u, e, &v) && !v) set_flags(e, NODE_NULL_CONSTANT);
}

static struct type *expr_binary(struct unit *u, struct node *e)
{
    struct type *l = type_promoted(u, kid_at(e, 0)), *r = type_promoted(u, kid_at(e, 1));
    struct type *t = binary(u, e->op, l, r);
    if (all_constant(u, e, 0)) mark_constant(u, e, t);
    return t;
}

static struct type *expr_logical(struct unit *u, struct node *e)
{
    struct type *l = type_value(u, kid_at(e, 0)), *r = type_value(u, kid_at(e, 1));
    struct type *t = type_basic(TY_INT);
    if (l && r && l->kind == TY_VECTOR) return truth_vector(u, l);
    if (all_constant(u, e, 0)) mark_constant(u, e, t);
    return t;
}

/* C11 6.5.15p6, and what GNU C lets pass. */
/* Types that no qualifier and no prototype could bring together. */
static bool are_apart(struct unit *u, struct type *a, struct type *b)
{
    while (a && b && a->kind == TY_ARRAY && b->kind == TY_ARRAY)
        a = a->base, b = b->base;
    if (!a || !b) return false;
    if (a->kind == TY_STRUCT || a->kind == TY_UNION) return a->kind != b->kind || a->tag != b->tag;
    return a->kind != b->kind && !type_compatible(u, type_bare(u, a), type_bare(u, b));
}

static struct type *common_pointer(struct unit *u, struct node *a, struct node *b, struct type *l,
                                   struct type *r)
{
    if (a->flags & NODE_NULL_CONSTANT && r->kind == TY_POINTER &&
        !(b->flags & NODE_NULL_CONSTANT && is_void_pointer(r)))
        return r;
    if (b->flags & NODE_NULL_CONSTANT && l->kind == TY_POINTER) return l;
    if (l->kind != TY_POINTER) return r;
    if (r->kind != TY_POINTER) return l;
    if (!l->base || !r->base) return NULL;
    if (l->alias && l->alias == r->alias && l->base->kind == TY_FUNCTION) return l; /* says more than acc can */
    unsigned quals = l->base->quals | r->base->quals;
    struct type *lb = type_bare(u, l->base), *rb = type_bare(u, r->base);
    if (lb->kind == TY_ARRAY) {
        for (struct type *t = r->base; t; t = t->kind == TY_ARRAY ? t->base : NULL)
            quals |= t->quals;
        lb = l->base;
        rb = r->base;
    }
    if (type_is_void(lb)) return type_pointer(u, type_with(u, lb, quals));
    if (type_is_void(rb)) return type_pointer(u, type_with(u, rb, quals));
    if (are_apart(u, lb, rb)) return type_pointer(u, type_basic(TY_VOID)); /* as gcc and clang go on */
    return type_pointer(u, type_with(u, type_composite(u, lb, rb), quals));
}

static struct type *conditional(struct unit *u, struct node *a, struct node *b)
{
    struct type *l = type_value(u, a), *r = type_value(u, b);
    if (!l || !r) return NULL;
    if (type_is_void(l) || type_is_void(r)) return type_basic(TY_VOID);
    if (l->kind == TY_POINTER || r->kind == TY_POINTER) return common_pointer(u, a, b, l, r);
    if (type_is_arithmetic(l) && type_is_arithmetic(r))
        return type_arithmetic(u, type_promoted(u, a), type_promoted(u, b));
    return l;
}

static struct type *expr_cond(struct unit *u, struct node *e)
{
    struct node *cond = kid_at(e, 0), *then = kid_at(e, 1);
    type_expr(u, cond);
    struct type *c = type_value(u, cond);
    struct type *t = conditional(u, then ? then : cond, kid_at(e, 2));
    if (c && c->kind == TY_VECTOR) t = type_value(u, kid_at(e, 2));
    if (all_constant(u, e, 0)) mark_constant(u, e, t);
    return t;
}

static struct type *expr_assign(struct unit *u, struct node *e)
{
    struct type *t = type_expr(u, kid_at(e, 0));
    type_expr(u, kid_at(e, 1));
    return type_bare(u, t);
}

static struct type *expr_await(struct unit *u, struct node *e)
{
    enum gives gives;
    struct type *result = type_given_result(type_value(u, kid_at(e, 0)), &gives);
    return result && (gives == GIVES_FUTURE || (gives == GIVES_GENERATOR && e->op == K_FROM)) ? result : NULL;
}

static struct type *expr_bind(struct unit *u, struct node *e)
{
    type_parts(u, e);
    struct decl *d = scope_file_lookup(u, name_intern(&u->names, "acc_callback", 12), false);
    if (!d || d->kind != DECL_TYPEDEF) return NULL;
    struct type *t = NEW(&u->arena, struct type);
    if (!type_of_decl(u, d)) return NULL;
    *t = *type_of_decl(u, d);
    t->alias = d;
    return t;
}

/* ---------------------------------------------------------------- the switch */

static struct type *expr_constant(struct node *e, enum type_kind k)
{
    set_flags(e, NODE_CONSTANT);
    return type_basic(k);
}

/* An index may be computed (GNU). */
static struct type *expr_offsetof(struct unit *u, struct node *e)
{
    bool constant = true;
    type_parts(u, e);
    for (unsigned i = 1; i < e->nkids; i++) {
        struct node *index = kid_at(e->kid[i], 0);
        if (index && !(index->flags & NODE_CONSTANT)) constant = false;
    }
    return constant ? expr_constant(e, TY_ULONG) : type_basic(TY_ULONG);
}

static struct type *expr_init(struct unit *u, struct node *e)
{
    if (all_constant(u, e, 0)) set_flags(e, NODE_CONSTANT);
    return e->type;
}

/* op: which of its kids is chosen, 0 unknown. */
static struct type *expr_generic(struct unit *u, struct node *e)
{
    struct node *choice = type_generic_choice(u, e);
    for (unsigned i = 1; choice && i < e->nkids; i++)
        if (e->kid[i]->kid[1] == choice) e->op = i;
    return through(u, e, choice);
}

static struct type *expr_stmt(struct unit *u, struct node *e)
{
    struct node *value = ast_block_value(kid_at(e, 0));
    return value ? type_value(u, value) : type_basic(TY_VOID);
}

static struct type *expr_raw(struct unit *u, struct node *e)
{
    switch (e->kind) {
    case E_IDENT: return expr_ident(u, e);
    case E_NUMBER: return expr_number(u, e);
    case E_CHAR: return expr_char(u, e);
    case E_STRING: set_flags(e, NODE_LVALUE | NODE_CONSTANT); return type_string(u, e);
    case E_CONST: return expr_const(e);
    case E_FUNC: return expr_func(u, e);
    case E_PAREN: return through(u, e, kid_at(e, 0));
    case E_SUBSCRIPT: return expr_subscript(u, e);
    case E_CALL: return expr_call(u, e);
    case E_MEMBER: return expr_member(u, e);
    case E_POSTFIX:
    case E_PREFIX: return expr_step(u, e);
    case E_UNARY: return expr_unary(u, e);
    case E_LABEL_ADDR: set_flags(e, NODE_CONSTANT); return type_pointer(u, type_basic(TY_VOID));
    case E_SIZEOF: return expr_sizeof(u, e);
    case E_CAST: return expr_cast(u, e);
    case E_COMPOUND: return expr_compound(u, e);
    case E_BINARY: return expr_binary(u, e);
    case E_LOGICAL: return expr_logical(u, e);
    case E_COND: return expr_cond(u, e);
    case E_ASSIGN: return expr_assign(u, e);
    case E_COMMA: type_expr(u, kid_at(e, 0)); return type_value(u, kid_at(e, 1));
    case E_GENERIC: return expr_generic(u, e);
    case E_STMT: type_parts(u, e); return expr_stmt(u, e);
    case E_VA_ARG: return type_bare(u, type_of_name(u, kid_at(e, 1)));
    case E_OFFSETOF: return expr_offsetof(u, e);
    case E_TYPES_COMPATIBLE: return expr_constant(e, TY_INT);
    case E_CONVERT: return type_of_name(u, kid_at(e, 1));
    case E_BIT_CAST: return type_bare(u, type_of_name(u, kid_at(e, 0)));
    case E_INIT: return expr_init(u, e);
    case E_DESIGNATED: return through(u, e, kid_at(e, 0));
    case E_AWAIT: return expr_await(u, e);
    case E_YIELD: type_expr(u, kid_at(e, 0)); return u->typed ? u->typed->result : NULL;
    case E_TRY: type_expr(u, kid_at(e, 0)); return type_value(u, kid_at(e, 1));
    case E_BIND: return expr_bind(u, e);
    default: return NULL;
    }
}

struct type *type_expr(struct unit *u, struct node *e)
{
    if (!e || (e->flags & NODE_TYPED)) return e ? e->type : NULL;
    struct type *t = expr_raw(u, e);
    e->type = t;
    e->flags |= NODE_TYPED;
    type_parts(u, e);
    return t;
}

/* SPDX-License-Identifier: MIT */
/* type_constant.c: the value of integer constant expressions (C11 6.6), as far as gcc and clang
 * fold them.
 *
 * Input: an expression, typed or not.  Output: its value, or "none".  Values are 64 bits, kept as
 * the expression's type would hold them (sign- or zero-extended); 128-bit arithmetic is folded where
 * it surely stays within them.
 * Old offsetof spellings (&((T *)0)->m) are: the kernel's headers live on them. */
#include "acc.h"
#include "order.h"

#include <limits.h>
#include <string.h>

static bool fold(struct unit *u, struct node *e, long long *v);

/* The value as an object of type t holds it. */
static bool fit(struct unit *u, struct type *t, long long *v)
{
    t = type_underlying(u, t);
    if (!t) return false;
    unsigned long size = type_size(u, t);
    if (t->kind == TY_BOOL) {
        *v = *v != 0;
        return true;
    }
    if (t->kind == TY_POINTER || t->kind == TY_NULLPTR) return true;
    if (!type_is_integer(t) || t->kind == TY_BITINT) return false;
    if (size == 16) return true; /* while it fits in 64 bits */
    if (!size || size > 8) return false;
    unsigned drop = (unsigned)(64 - size * 8);
    unsigned long long bits = (unsigned long long)*v << drop;
    /* Arithmetic right shift of a negative value is what every compiler here does. */
    *v = type_is_unsigned(u, t) ? (long long)(bits >> drop) : (long long)bits >> drop;
    return true;
}

/* ---------------------------------------------------------------- operators */

static bool divide(unsigned op, bool uns, long long a, long long b, long long *v)
{
    if (!b || (!uns && a == LLONG_MIN && b == -1)) return false;
    unsigned long long ua = (unsigned long long)a, ub = (unsigned long long)b;
    if (op == '/')
        *v = uns ? (long long)(ua / ub) : a / b;
    else
        *v = uns ? (long long)(ua % ub) : a % b;
    return true;
}

static bool arithmetic(unsigned op, bool uns, long long a, long long b, long long *v)
{
    unsigned long long ua = (unsigned long long)a, ub = (unsigned long long)b;
    switch (op) {
    case '+': *v = (long long)(ua + ub); return true;
    case '-': *v = (long long)(ua - ub); return true;
    case '*': *v = (long long)(ua * ub); return true;
    case '/':
    case '%': return divide(op, uns, a, b, v);
    case '&': *v = a & b; return true;
    case '|': *v = a | b; return true;
    case '^': *v = a ^ b; return true;
    case P_SHL: *v = (long long)(ua << (ub & 63)); return true;
    case P_SHR: *v = uns ? (long long)(ua >> (ub & 63)) : a >> (ub & 63); return true;
    case P_EQ: *v = a == b; return true;
    case P_NE: *v = a != b; return true;
    case '<': *v = uns ? ua < ub : a < b; return true;
    case '>': *v = uns ? ua > ub : a > b; return true;
    case P_LE: *v = uns ? ua <= ub : a <= b; return true;
    case P_GE: *v = uns ? ua >= ub : a >= b; return true;
    default: return false;
    }
}

static unsigned long pointee_size(struct unit *u, struct type *t)
{
    if (!t || t->kind != TY_POINTER) return 0;
    return type_is_void(t->base) ? 1 : type_size(u, t->base);
}

static bool fold_pointers(struct unit *u, struct node *e, long long a, long long b, long long *v)
{
    unsigned long size_a = pointee_size(u, type_value(u, e->kid[0])),
                  size_b = pointee_size(u, type_value(u, e->kid[1]));
    if (e->op == '-' && size_a && size_b) {
        *v = (a - b) / (long long)size_a;
        return true;
    }
    if (e->op != '+' && e->op != '-') return arithmetic(e->op, true, a, b, v);
    if (size_a)
        b *= (long long)size_a;
    else if (size_b)
        a *= (long long)size_b;
    else
        return false;
    return arithmetic(e->op, true, a, b, v);
}

/* A value of 64 bits that is one of 128 bits, too. */
static bool is_wide(struct unit *u, struct type *from, struct type *to, long long v)
{
    return type_size(u, to) < 16 || v >= 0 || !(type_is_unsigned(u, from) || type_is_unsigned(u, to));
}

static bool stays_narrow(struct node *e, long long a, long long b)
{
    const long long most = 0x7fffffff;
    return a >= -most && a <= most && b >= -most && b <= most && !(e->op == P_SHL && b > 31);
}

static bool fold_binary(struct unit *u, struct node *e, long long *v)
{
    long long a, b;
    struct type *l = type_value(u, e->kid[0]), *r = type_value(u, e->kid[1]);
    if (!l || !r || !fold(u, e->kid[0], &a) || !fold(u, e->kid[1], &b)) return false;
    if (l->kind == TY_POINTER || r->kind == TY_POINTER) return fold_pointers(u, e, a, b, v);
    bool shift = e->op == P_SHL || e->op == P_SHR;
    struct type *t = shift ? type_integer_promoted(u, l) : type_arithmetic(u, l, r);
    if (!t || !is_wide(u, l, t, a) || (!shift && !is_wide(u, r, t, b))) return false;
    if (!fit(u, t, &a) || (!shift && !fit(u, t, &b))) return false;
    if (type_size(u, t) == 16 && !stays_narrow(e, a, b)) return false;
    return arithmetic(e->op, type_is_unsigned(u, t), a, b, v);
}

static bool fold_logical(struct unit *u, struct node *e, long long *v)
{
    long long a, b;
    if (!fold(u, e->kid[0], &a)) return false;
    bool decided = (e->op == P_AND) == !a;
    if (!decided && !fold(u, e->kid[1], &b)) return false;
    *v = decided ? e->op == P_OR : b != 0;
    return true;
}

static bool fold_cond(struct unit *u, struct node *e, long long *v)
{
    long long c;
    if (!fold(u, e->kid[0], &c)) return false;
    if (c && !e->kid[1]) {
        *v = c;
        return true;
    }
    return fold(u, e->kid[c ? 1 : 2], v);
}

/* ---------------------------------------------------------------- addresses */

/* Where an lvalue over a constant pointer lies: (*(T *)16).m[2]. */
static bool place(struct unit *u, struct node *e, long long *v)
{
    long long i;
    unsigned quals = 0;
    unsigned long offset = 0;
    switch (e->kind) {
    case E_PAREN: return place(u, e->kid[0], v);
    case E_UNARY:
        return e->op == '*' ? fold(u, e->kid[0], v)
                            : e->op == K_EXTENSION && place(u, e->kid[0], v);
    case E_MEMBER: {
        struct type *t = type_value(u, e->kid[0]);
        if (e->op == P_ARROW) t = t && t->kind == TY_POINTER ? t->base : NULL;
        if (!t || !type_size(u, t) || !type_member(u, t, e->name, &quals, &offset)) return false;
        if (!(e->op == P_ARROW ? fold(u, e->kid[0], v) : place(u, e->kid[0], v))) return false;
        *v += (long long)offset;
        return true;
    }
    case E_SUBSCRIPT: {
        struct type *t = type_expr(u, e->kid[0]);
        unsigned long size = t && t->base ? type_size(u, t->base) : 0;
        if (!size || !fold(u, e->kid[1], &i)) return false;
        if (!(t->kind == TY_ARRAY ? place(u, e->kid[0], v) : fold(u, e->kid[0], v))) return false;
        *v += i * (long long)size;
        return true;
    }
    default: return false;
    }
}

static bool fold_offsetof(struct unit *u, struct node *e, long long *v)
{
    struct type *t = type_of_name(u, e->kid[0]);
    *v = 0;
    for (unsigned i = 1; i < e->nkids && t; i++) {
        struct node *d = e->kid[i];
        long long index = 0;
        unsigned quals = 0;
        unsigned long offset = 0;
        if (d->name) {
            if (!type_size(u, t)) return false; /* lays it out */
            struct member *m = type_member(u, t, d->name, &quals, &offset);
            if (!m) return false;
            *v += (long long)offset;
            t = m->type;
        } else {
            if (t->kind != TY_ARRAY || !node_kid(d, 0) || !fold(u, d->kid[0], &index)) return false;
            t = t->base;
            *v += index * (long long)type_size(u, t);
        }
    }
    return e->nkids > 1 && t;
}

/* ---------------------------------------------------------------- the switch */

/* Of an object or a member it is what that asks for, too. */
static unsigned long operand_align(struct unit *u, struct node *o, struct type *t)
{
    unsigned long align = type_align(u, t), asked = 0, offset = 0;
    unsigned quals = 0;
    o = node_strip(o);
    if (o->kind == E_IDENT && o->decl && o->decl->declarator)
        asked = type_declared_align(u, o->decl->specs, o->decl->declarator);
    if (o->kind == E_MEMBER) {
        struct type *of = type_value(u, o->kid[0]);
        if (of && o->op == P_ARROW) of = of->kind == TY_POINTER ? of->base : NULL;
        struct member *m = of && type_size(u, of) ? type_member(u, of, o->name, &quals, &offset) : NULL;
        while (m && !m->name) /* the one within structs without a name */
            m = type_size(u, m->type) ? type_own_member(u, m->type, o->name) : NULL;
        return m ? m->align : 0;
    }
    return asked > align ? asked : align;
}

static bool fold_sizeof(struct unit *u, struct node *e, long long *v)
{
    struct node *o = node_kid(e, 0);
    struct type *t = o && o->kind == N_TYPENAME ? type_of_name(u, o) : o ? type_expr(u, o) : NULL;
    if (!t || type_is_variably_modified(t)) return false;
    bool name = o->kind == N_TYPENAME;
    *v = (long long)(e->op != K_ALIGNOF ? type_size(u, t) : name ? type_align(u, t) : operand_align(u, o, t));
    return *v != 0;
}

static bool fold_unary(struct unit *u, struct node *e, long long *v)
{
    if (e->op == '&') return place(u, e->kid[0], v);
    if (!fold(u, e->kid[0], v)) return false;
    switch (e->op) {
    case '+':
    case K_EXTENSION: return true;
    case '-': *v = (long long)(0 - (unsigned long long)*v); return true;
    case '~': *v = ~*v; return true;
    case '!': *v = !*v; return true;
    default: return false;
    }
}

static bool fold_cast(struct unit *u, struct node *e, long long *v)
{
    struct node *from = e->kid[1];
    while (from && from->kind == E_PAREN)
        from = from->kid[0];
    struct type *t = from ? type_expr(u, from) : NULL, *to = e->type;
    /* A floating constant may be the operand of a cast, and nothing else (6.6p6). */
    if (from && from->kind == E_NUMBER && t && !type_is_integer(t))
        return type_floating_value(u, from, t, type_underlying(u, to), v);
    return fold(u, e->kid[1], v) && t && (!type_is_integer(t) || is_wide(u, t, to, *v));
}

static bool is_call_of(const struct node *e, const char *name)
{
    const struct node *f = node_kid(e, 0);
    return f && f->kind == E_IDENT && f->name && !strcmp(f->name->s, name);
}

/* What has no value of 64 bits, and is a constant to compilers all the same. */
static bool is_string_or_floating(struct unit *u, struct node *e)
{
    while (e && e->kind == E_PAREN)
        e = e->kid[0];
    struct type *t = e ? type_expr(u, e) : NULL;
    if (!t) return false;
    if (e->kind == E_STRING) return true;
    return type_is_arithmetic(t) && !type_is_integer(t) && e->flags & NODE_CONSTANT;
}

static bool fold_call(struct unit *u, struct node *e, long long *v)
{
    if (is_call_of(e, "__builtin_choose_expr") && e->nkids == 4)
        return fold(u, e->kid[1], v) && fold(u, e->kid[*v ? 2 : 3], v);
    if (is_call_of(e, "__builtin_expect") && e->nkids == 3) return fold(u, e->kid[1], v);
    if (is_call_of(e, "__builtin_constant_p") && e->nkids == 2) {
        *v = fold(u, e->kid[1], v) || is_string_or_floating(u, e->kid[1]);
        return true;
    }
    return false;
}

static bool fold_compatible(struct unit *u, struct node *e, long long *v)
{
    struct type *a = type_of_name(u, e->kid[0]), *b = type_of_name(u, e->kid[1]);
    if (!a || !b) return false;
    *v = type_compatible(u, type_bare(u, a), type_bare(u, b));
    return true;
}

static bool fold_ident(struct unit *u, struct node *e, long long *v)
{
    struct decl *d = e->decl;
    if (!d) return false;
    type_of_decl(u, d);
    if (d->kind == DECL_ENUMERATOR) {
        *v = d->value;
        return true;
    }
    return d->is_constexpr && d->init && fold(u, d->init, v);
}

static bool fold_raw(struct unit *u, struct node *e, long long *v)
{
    switch (e->kind) {
    case E_IDENT: return fold_ident(u, e, v);
    case E_NUMBER: return type_is_integer(e->type) && type_literal_value(u, e, v);
    case E_CHAR: return type_literal_value(u, e, v);
    case E_CONST: *v = e->op == K_TRUE; return true;
    case E_PAREN: return fold(u, e->kid[0], v);
    case E_UNARY: return fold_unary(u, e, v);
    case E_SIZEOF: return fold_sizeof(u, e, v);
    case E_CAST: return fold_cast(u, e, v);
    case E_BINARY: return fold_binary(u, e, v);
    case E_LOGICAL: return fold_logical(u, e, v);
    case E_COND: return fold_cond(u, e, v);
    case E_CALL: return fold_call(u, e, v);
    case E_OFFSETOF: return fold_offsetof(u, e, v);
    case E_TYPES_COMPATIBLE: return fold_compatible(u, e, v);
    case E_GENERIC: {
        struct node *chosen = type_generic_choice(u, e);
        return chosen && fold(u, chosen, v);
    }
    default: return false;
    }
}

static bool fold(struct unit *u, struct node *e, long long *v)
{
    struct type *t = e ? type_expr(u, e) : NULL;
    *v = 0;
    if (e && e->flags & NODE_FOLDED) {
        *v = e->value; /* else a long sum would be folded anew at each of its operators */
        return true;
    }
    if (!t || !fold_raw(u, e, v) || !fit(u, t, v)) return false;
    e->value = *v;
    e->flags |= NODE_FOLDED;
    return true;
}

bool type_constant(struct unit *u, struct node *e, long long *value)
{
    long long v = 0;
    struct type *t = e ? type_expr(u, e) : NULL;
    if (!type_is_integer(t) || !fold(u, e, &v)) return false;
    *value = v;
    return true;
}

/* ---------------------------------------------------------------- C11 6.6p6, to the letter */

static bool is_strict(struct unit *u, struct node *e, bool evaluated);

static bool is_strict_logical(struct unit *u, struct node *e, bool evaluated)
{
    long long a = 0;
    if (!is_strict(u, e->kid[0], evaluated)) return false;
    bool known = type_constant(u, e->kid[0], &a);
    return is_strict(u, e->kid[1], evaluated && !(known && (e->op == P_AND) == !a));
}

static bool is_strict_cond(struct unit *u, struct node *e, bool evaluated)
{
    long long c = 0;
    if (!is_strict(u, e->kid[0], evaluated)) return false;
    bool known = type_constant(u, e->kid[0], &c);
    return (!e->kid[1] || is_strict(u, e->kid[1], evaluated && !(known && !c))) &&
           is_strict(u, e->kid[2], evaluated && !(known && c));
}

static bool is_strict_call(struct unit *u, struct node *e, bool evaluated)
{
    long long v;
    if (is_call_of(e, "__builtin_choose_expr") && e->nkids == 4)
        return type_constant(u, e->kid[1], &v) && is_strict(u, e->kid[v ? 2 : 3], evaluated);
    if (is_call_of(e, "__builtin_expect") && e->nkids == 3)
        return is_strict(u, e->kid[1], evaluated) && is_strict(u, e->kid[2], evaluated);
    return is_call_of(e, "__builtin_constant_p");
}

static bool is_strict_operator(struct unit *u, struct node *e, bool evaluated)
{
    long long v;
    switch (e->kind) {
    case E_UNARY:
        return e->op != '&' && e->op != '*' && e->op != K_REAL && e->op != K_IMAG &&
               is_strict(u, e->kid[0], evaluated);
    case E_SIZEOF: return fold_sizeof(u, e, &v);
    case E_CAST: {
        struct node *from = node_strip(e->kid[1]);
        return from && ((from->kind == E_NUMBER && type_expr(u, from)) || is_strict(u, from, evaluated));
    }
    case E_COMMA:
        if (evaluated) return false; /* fallthrough */
    case E_BINARY: return is_strict(u, e->kid[0], evaluated) && is_strict(u, e->kid[1], evaluated);
    case E_LOGICAL: return is_strict_logical(u, e, evaluated);
    case E_COND: return is_strict_cond(u, e, evaluated);
    case E_CALL: return is_strict_call(u, e, evaluated);
    default: return fold_raw(u, e, &v);
    }
}

static bool is_strict(struct unit *u, struct node *e, bool evaluated)
{
    while (e && e->kind == E_PAREN)
        e = e->kid[0];
    if (!e || !type_is_integer(type_expr(u, e))) return false;
    if (e->kind == E_GENERIC) return is_strict(u, type_generic_choice(u, e), evaluated);
    return is_strict_operator(u, e, evaluated);
}

bool type_is_integer_constant(struct unit *u, struct node *e)
{
    return is_strict(u, e, true);
}

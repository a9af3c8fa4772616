/* SPDX-License-Identifier: MIT */
/* type.c: types, and what specifiers and declarators make of them (C11 6.2.5, 6.7).
 *
 * Input: an AST whose names are bound (scope.c).  Output: decl->type and node->type.  A type is
 * never changed once others can see it: qualifying, naming by a typedef or completing makes a copy.
 * Structs, unions and enums have one canonical type, tag->type, which alone holds their members;
 * copies point to it through their tag.  Everything is computed on first use, so that a function
 * pays for what it names.
 *
 * Invariant: what cannot be known is NULL and makes NULL of what is built on it; no diagnostics
 * here. The sisters: type_convert.c (relations, conversions), type_expr.c and type_builtin.c
 * (expressions), type_literal.c, type_constant.c, type_init.c, type_layout.c (sizes), type_print.c
 * (spelling). */
#include "acc.h"

#include <string.h>

/* ---------------------------------------------------------------- construction */

struct type *type_basic(enum type_kind kind)
{
    static struct type basic[TY_NULLPTR + 1];
    basic[kind].kind = kind;
    return &basic[kind];
}

static struct type *type_new(struct unit *u, enum type_kind kind, struct type *base)
{
    struct type *t = NEW(&u->arena, struct type);
    t->kind = kind;
    t->base = base;
    t->count = -1;
    return t;
}

static struct type *type_copy(struct unit *u, const struct type *t)
{
    struct type *c = NEW(&u->arena, struct type);
    *c = *t;
    return c;
}

struct type *type_pointer(struct unit *u, struct type *to)
{
    return to ? type_new(u, TY_POINTER, to) : NULL;
}

struct type *type_array(struct unit *u, struct type *element, long long count)
{
    if (!element) return NULL;
    struct type *t = type_new(u, TY_ARRAY, element);
    t->count = count;
    return t;
}

static struct type *type_spelled(struct unit *u, enum type_kind kind, struct node *n)
{
    struct type *t = type_new(u, kind, NULL);
    t->spelling = arena_strdup(&u->arena, u->text + n->range.start, n->range.end - n->range.start);
    return t;
}

struct type *type_unprototyped(struct unit *u, struct type *result)
{
    struct type *t = type_new(u, TY_FUNCTION, result);
    t->unprototyped = true;
    return t;
}

static struct type *function_of(struct unit *u, struct type *result, struct type *param)
{
    struct type *t = type_new(u, TY_FUNCTION, result);
    t->params = NEWN(&u->arena, struct type *, 1);
    t->params[0] = param;
    t->nparams = 1;
    return t;
}

static struct type *tag_type(struct unit *u, struct decl *d)
{
    if (d->type) return d->type;
    enum type_kind k = TY_STRUCT;
    if (d->node && d->node->kind == N_ENUM) k = TY_ENUM;
    if (d->node && d->node->op == K_UNION) k = TY_UNION;
    d->type = type_new(u, k, NULL);
    d->type->tag = d;
    return d->type;
}

/* future(T): pointer to pointer to function (struct acc_coro *) returning T; the others with another structure. */
struct type *type_given(struct unit *u, struct type *result, enum gives gives)
{
    if (!result) return NULL;
    struct type *coro = tag_type(u, scope_file_tag(u, gives_tag(gives)));
    struct type *f = function_of(u, type_bare(u, result), type_pointer(u, coro));
    return type_pointer(u, type_pointer(u, f));
}

/* Qualifiers of an array are its elements' (C11 6.7.3p9). */
struct type *type_with(struct unit *u, struct type *t, unsigned quals)
{
    if (!t || (t->quals & quals) == quals) return t;
    struct type *c = type_copy(u, t);
    if (t->kind == TY_ARRAY) {
        c->base = type_with(u, t->base, quals);
        if (c->base != t->base) c->alias = NULL;
        return c;
    }
    c->quals |= quals;
    return c;
}

struct type *type_bare(struct unit *u, struct type *t)
{
    if (!t || !t->quals) return t;
    struct type *c = type_copy(u, t);
    c->quals = 0;
    struct type *named = t->alias ? type_of_decl(u, t->alias) : NULL;
    if (!named || named->quals) c->alias = NULL;
    return c;
}

bool type_is_void(const struct type *t)
{
    return t && t->kind == TY_VOID;
}

bool type_is_integer(const struct type *t)
{
    return t && ((t->kind >= TY_BOOL && t->kind <= TY_UINT128) || t->kind == TY_ENUM ||
                 t->kind == TY_BITINT);
}

bool type_is_arithmetic(const struct type *t)
{
    return type_is_integer(t) || (t && t->kind >= TY_FLOAT && t->kind <= TY_COMPLEX);
}

bool type_is_scalar(const struct type *t)
{
    return t && (type_is_arithmetic(t) || t->kind == TY_POINTER || t->kind == TY_NULLPTR);
}

bool type_is_variably_modified(const struct type *t)
{
    for (; t; t = t->base) {
        if (t->kind == TY_ARRAY && t->is_vla) return true;
        if (t->kind != TY_ARRAY && t->kind != TY_POINTER && t->kind != TY_FUNCTION) return false;
    }
    return false;
}

struct type *type_decay(struct unit *u, struct type *t)
{
    if (!t) return NULL;
    switch (t->kind) {
    case TY_ARRAY: return type_pointer(u, t->base);
    case TY_FUNCTION: return type_pointer(u, t);
    case TY_VA_LIST: return NULL; /* an array here, a struct there */
    default: return type_bare(u, t);
    }
}

/* ---------------------------------------------------------------- specifiers */

struct spec_words {
    unsigned base; /* K_VOID, K_CHAR, K_INT, ...; 0: none */
    unsigned nlong, nshort, nsigned, nunsigned, ncomplex;
    unsigned quals;
    bool infer;        /* __auto_type */
    bool is_auto;      /* auto, which may stand for the same: infers_auto */
    struct node *word; /* the node of base, for its spelling */
};

static struct type *integer_from(const struct spec_words *w)
{
    bool uns = w->nunsigned > 0;
    if (w->nshort) return type_basic(uns ? TY_USHORT : TY_SHORT);
    if (w->nlong > 1) return type_basic(uns ? TY_ULLONG : TY_LLONG);
    if (w->nlong) return type_basic(uns ? TY_ULONG : TY_LONG);
    return type_basic(uns ? TY_UINT : TY_INT);
}

static struct type *builtin_typedef(struct unit *u, struct node *n)
{
    static const struct {
        const char *name;
        enum type_kind kind;
    } table[] = {
        {"__builtin_va_list", TY_VA_LIST}, {"__int128_t", TY_INT128}, {"__uint128_t", TY_UINT128}};
    size_t len = n->range.end - n->range.start;
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (strlen(table[i].name) == len && !memcmp(u->text + n->range.start, table[i].name, len))
            return type_basic(table[i].kind);
    return NULL;
}

/* Does `auto` without a type take that of the initialiser, as in C23 (6.7.10), or is it an int?  The header knows the
 * compiler; without it anything newer than C17 is assumed. */
static bool infers_auto(struct unit *u)
{
    if (unit_mention(name_intern(&u->names, "acc__infers_auto", 16), MENTION_TYPEDEF)) return true;
    return !unit_mention(name_intern(&u->names, "acc__abi_version", 16), MENTION_ENUMERATOR);
}

/* The multiset of C11 6.7.2p2. */
static struct type *type_from_words(struct unit *u, const struct spec_words *w)
{
    struct type *t;
    switch (w->base) {
    case K_VOID: return type_basic(TY_VOID);
    case K_BOOL: return type_basic(TY_BOOL);
    case K_CHAR: t = type_basic(w->nsigned ? TY_SCHAR : w->nunsigned ? TY_UCHAR : TY_CHAR); break;
    case K_FLOAT: t = type_basic(TY_FLOAT); break;
    case K_DOUBLE: t = type_basic(w->nlong ? TY_LDOUBLE : TY_DOUBLE); break;
    case K_INT128: t = type_basic(w->nunsigned ? TY_UINT128 : TY_INT128); break;
    case K_FLOATN: t = type_spelled(u, TY_FLOATN, w->word); break;
    case K_BUILTIN_TYPE: t = builtin_typedef(u, w->word); break;
    case K_INT: t = integer_from(w); break;
    default: {
        bool any = w->nlong || w->nshort || w->nsigned || w->nunsigned;
        if (!any && w->ncomplex)
            t = type_basic(TY_DOUBLE);
        else if (!any && (w->infer || (w->is_auto && infers_auto(u))))
            return NULL;
        else
            t = integer_from(w); /* implicit int too */
    }
    }
    return w->ncomplex && t ? type_new(u, TY_COMPLEX, t) : t;
}

static void count_word(struct spec_words *w, struct node *n)
{
    switch (n->op) {
    case K_LONG: w->nlong++; break;
    case K_SHORT: w->nshort++; break;
    case K_SIGNED: w->nsigned++; break;
    case K_UNSIGNED: w->nunsigned++; break;
    case K_COMPLEX: w->ncomplex++; break;
    case K_CONST:
    case K_CONSTEXPR: w->quals |= Q_CONST; break;
    case K_VOLATILE: w->quals |= Q_VOLATILE; break;
    case K_RESTRICT: w->quals |= Q_RESTRICT; break;
    case K_ATOMIC: w->quals |= Q_ATOMIC; break;
    case K_AUTO: w->is_auto = true; break;
    case K_AUTO_TYPE: w->infer = true; break;
    case K_VOID:
    case K_BOOL:
    case K_CHAR:
    case K_FLOAT:
    case K_DOUBLE:
    case K_INT128:
    case K_FLOATN:
    case K_BUILTIN_TYPE:
    case K_INT:
        if (w->base && w->base != K_INT) break;
        w->base = n->op;
        w->word = n;
        break;
    default: break;
    }
}

static struct type *typedef_type(struct unit *u, struct node *n)
{
    struct decl *d = n->decl;
    if (!d) return builtin_typedef(u, n);
    struct type *t = d->kind == DECL_TYPEDEF || !d->node ? type_of_decl(u, d) : NULL;
    if (!t || d->kind != DECL_TYPEDEF) return NULL;
    t = type_copy(u, t);
    t->alias = d;
    return t;
}

static struct type *typeof_type(struct unit *u, struct node *n)
{
    struct node *e = node_kid(n, 0);
    if (!e) return NULL;
    struct type *t = e->kind == N_TYPENAME ? type_of_name(u, e) : type_expr(u, e);
    return n->op == K_TYPEOF_UNQUAL ? type_bare(u, t) : t;
}

static struct type *bitint_type(struct unit *u, struct node *n, const struct spec_words *w)
{
    long long width;
    if (!type_constant(u, node_kid(n, 0), &width)) return NULL;
    struct type *t = type_new(u, TY_BITINT, NULL);
    t->spelling =
        arena_printf(&u->arena, "%s_BitInt(%lld)", w->nunsigned ? "unsigned " : "", width);
    t->count = width;
    return t;
}

/* Specifiers that are a type by themselves; false: n is none. */
static bool whole_type(struct unit *u, struct node *n, const struct spec_words *w, struct type **t)
{
    switch (n->kind) {
    case N_TYPEDEF_NAME: *t = typedef_type(u, n); return true;
    case N_STRUCT:
    case N_ENUM: *t = n->decl ? tag_type(u, n->decl) : NULL; return true;
    case N_TYPEOF: *t = typeof_type(u, n); return true;
    case N_ATOMIC: *t = type_with(u, type_of_name(u, node_kid(n, 0)), Q_ATOMIC); return true;
    case N_BITINT: *t = bitint_type(u, n, w); return true;
    default: return false;
    }
}

static bool text_is(struct unit *u, struct range r, const char *word)
{
    struct token *t = &u->tok.v[scope_token(u, r.start)];
    if (t->kind != TOK_NAME || t->start >= r.end) return false;
    const char *s = t->name->s;
    size_t len = strlen(word);
    if (!strncmp(s, "__", 2)) s += 2;
    return !strncmp(s, word, len) && (!s[len] || !strcmp(s + len, "__"));
}

/* __attribute__((mode(DI))): the size, with the signedness of what was declared. */
static struct type *type_of_mode(struct unit *u, struct type *t, struct range mode)
{
    static const struct {
        const char *mode;
        enum type_kind sign, uns;
    } table[] = {{"QI", TY_SCHAR, TY_UCHAR},         {"byte", TY_SCHAR, TY_UCHAR},
                 {"HI", TY_SHORT, TY_USHORT},        {"SI", TY_INT, TY_UINT},
                 {"DI", TY_LONG, TY_ULONG},          {"TI", TY_INT128, TY_UINT128},
                 {"word", TY_LONG, TY_ULONG},        {"pointer", TY_LONG, TY_ULONG},
                 {"unwind_word", TY_LONG, TY_ULONG}, {"SF", TY_FLOAT, TY_FLOAT},
                 {"DF", TY_DOUBLE, TY_DOUBLE},       {"XF", TY_LDOUBLE, TY_LDOUBLE}};
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (text_is(u, mode, table[i].mode))
            return type_basic(type_is_unsigned(u, t) ? table[i].uns : table[i].sign);
    return NULL;
}

static struct type *vector_of(struct unit *u, struct type *t, struct node *attr, struct range args,
                              bool elements)
{
    long long n;
    unsigned long size = type_size(u, t);
    if (!size || !type_attribute_number(u, attr, args, &n)) return NULL;
    struct type *v = type_new(u, TY_VECTOR, type_bare(u, t));
    v->size = attr;
    v->count = elements ? n : n / (long long)size;
    return type_with(u, v, t->quals);
}

/* Attributes that change the declared base type, wherever they stand. */
static struct type *type_attributed(struct unit *u, struct type *t, struct node *n)
{
    for (unsigned i = 0; t && n && i < n->nkids; i++) {
        struct node *a = n->kid[i];
        struct range args;
        if (!a || a->kind != N_ATTRIBUTE) continue;
        if (scope_attribute(u, a, "vector_size", &args))
            t = vector_of(u, t, a, args, false);
        else if (scope_attribute(u, a, "ext_vector_type", &args))
            t = vector_of(u, t, a, args, true);
        else if (scope_attribute(u, a, "mode", &args))
            t = type_of_mode(u, t, args);
    }
    return t;
}

static struct type *specs_type(struct unit *u, struct node *specs)
{
    if (!specs) return type_basic(TY_INT); /* K&R parameter without declaration */
    if (specs->flags & NODE_TYPED) return specs->type;
    specs->flags |= NODE_TYPED;
    struct spec_words w = {0};
    struct type *t = NULL;
    bool whole = false;
    for (unsigned i = 0; i < specs->nkids; i++)
        if (specs->kid[i]->kind == N_KEYWORD) count_word(&w, specs->kid[i]);
    for (unsigned i = 0; i < specs->nkids && !whole; i++)
        whole = whole_type(u, specs->kid[i], &w, &t);
    if (!whole) t = type_from_words(u, &w);
    t = type_attributed(u, t, specs);
    specs->type = type_with(u, t, w.quals);
    return specs->type;
}

/* In the head of a loop over a generator auto is acc's own, whatever the compiler. */
static bool in_loop_over_generator(const struct node *specs)
{
    const struct node *d = specs->parent, *loop = d ? d->parent : NULL;
    return loop && loop->kind == S_FOR_IN && loop->kid[0] == d;
}

/* C23 auto and __auto_type take the initialiser's type. */
static bool specs_infer(struct unit *u, const struct node *specs)
{
    bool infer = false;
    for (unsigned i = 0; specs && i < specs->nkids; i++) {
        struct node *n = specs->kid[i];
        if (n->kind != N_KEYWORD && n->kind != N_ATTRIBUTE && n->kind != N_ALIGNAS) return false;
        if (n->kind != N_KEYWORD) continue;
        struct spec_words w = {0};
        count_word(&w, n);
        infer |= w.infer || (w.is_auto && (in_loop_over_generator(specs) || infers_auto(u)));
        if (w.base || w.nlong || w.nshort || w.nsigned || w.nunsigned || w.ncomplex) return false;
    }
    return infer;
}

/* ---------------------------------------------------------------- declarators */

static struct type *declarator_type(struct unit *u, struct type *t, struct node *d);

static unsigned quals_among(struct node *n)
{
    struct spec_words w = {0};
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && n->kid[i]->kind == N_KEYWORD) count_word(&w, n->kid[i]);
    return w.quals;
}

static bool is_in_function(const struct node *n)
{
    while (n && n->kind != N_FUNCTION)
        n = n->parent;
    return n;
}

static struct type *array_from(struct unit *u, struct type *element, struct node *d)
{
    struct type *t = type_array(u, element, -1);
    if (!t) return NULL;
    t->size = node_kid(d, 1);
    if (d->flags & NODE_STAR) t->is_vla = true;
    if (!t->size) return t;
    long long n;
    type_expr(u, t->size);
    /* `1 || f()`, `0 && n` and `(0, 3)` have a value that is known, yet are no constant expressions: within
     * a function gcc and clang make such an array one of variable length; outside they fold. */
    bool constant = type_is_integer_constant(u, t->size);
    if ((constant || !is_in_function(d)) && type_constant(u, t->size, &n))
        t->count = n;
    else
        t->is_vla = !constant;
    return t;
}

/* C11 6.7.6.3p7, p8. */
static struct type *adjusted(struct unit *u, struct type *t, struct node *declarator)
{
    if (!t) return NULL;
    if (t->kind == TY_FUNCTION) return type_pointer(u, t);
    if (t->kind != TY_ARRAY) return t;
    struct node *d = scope_declarator_name(declarator), *array = d ? d->parent : declarator;
    while (array && (array->kind == D_PAREN || array->kind == D_ATTRIBUTED) && array != declarator)
        array = array->parent;
    unsigned quals = array && array->kind == D_ARRAY ? quals_among(array) : 0;
    return type_with(u, type_pointer(u, t->base), quals);
}

static struct type *declared_type(struct unit *u, struct node *specs, struct node *declarator)
{
    struct type *t = specs_type(u, specs);
    for (struct node *d = declarator; d && d->kind != D_NAME; d = node_kid(d, 0))
        if (d->kind == D_ATTRIBUTED) t = type_attributed(u, t, d);
    return declarator_type(u, t, declarator);
}

static struct type *param_type(struct unit *u, struct node *param)
{
    struct node *name = scope_declarator_name(node_kid(param, 1));
    struct decl *d = name ? name->decl : NULL;
    struct node *specs = d ? d->specs : node_kid(param, 0),
                *declarator = d ? d->declarator : node_kid(param, 1);
    return adjusted(u, declared_type(u, specs, declarator), declarator);
}

static struct type *function_from(struct unit *u, struct type *result, struct node *d)
{
    if (!result) return NULL;
    struct type *t = type_new(u, TY_FUNCTION, type_bare(u, result));
    t->variadic = d->flags & NODE_VARIADIC;
    t->unprototyped =
        (d->flags & NODE_KR) || (d->nkids < 2 && !(d->flags & (NODE_PROTO_VOID | NODE_VARIADIC)));
    if (d->nkids < 2) return t;
    t->params = NEWN(&u->arena, struct type *, d->nkids - 1);
    for (unsigned i = 1; i < d->nkids; i++) {
        struct type *p = d->kid[i] ? param_type(u, d->kid[i]) : NULL;
        if ((d->flags & NODE_PROTO_VOID) && d->nkids == 2 && type_is_void(p)) break;
        t->params[t->nparams++] = p;
    }
    return t;
}

static struct type *declarator_type(struct unit *u, struct type *t, struct node *d)
{
    if (!d) return t;
    switch (d->kind) {
    case D_POINTER: t = type_with(u, type_pointer(u, t), quals_among(d)); break;
    case D_ARRAY: t = array_from(u, t, d); break;
    case D_FUNCTION: t = function_from(u, t, d); break;
    default: break;
    }
    d->type = t;
    return d->kind == D_NAME ? t : declarator_type(u, t, node_kid(d, 0));
}

struct type *type_of_name(struct unit *u, struct node *n)
{
    if (!n || (n->flags & NODE_TYPED)) return n ? n->type : NULL;
    n->type = declared_type(u, node_kid(n, 0), node_kid(n, 1));
    n->flags |= NODE_TYPED;
    return n->type;
}

/* ---------------------------------------------------------------- enums, structs, unions */

struct enum_values {
    long long min;
    unsigned long long max;
    long long last;
    bool last_unsigned, known;
};

static void enumerator_value(struct unit *u, struct enum_values *v, struct node *n)
{
    long long value = 0;
    struct type *t = node_kid(n, 0) ? type_expr(u, n->kid[0]) : NULL;
    bool uns = t ? type_is_unsigned(u, t) : v->last_unsigned;
    if (node_kid(n, 0))
        v->known &= type_constant(u, n->kid[0], &value);
    else
        value = (long long)((unsigned long long)v->last + 1);
    if (!uns && value < v->min) v->min = value;
    if ((uns || value > 0) && (unsigned long long)value > v->max)
        v->max = (unsigned long long)value;
    v->last = value;
    v->last_unsigned = uns && value < 0;
    if (!n->decl) return;
    n->decl->value = value;
    n->decl->typed = true;
    bool fits = uns ? (unsigned long long)value <= 0x7fffffff
                    : value >= -0x7fffffffLL - 1 && value <= 0x7fffffff;
    n->decl->type = type_basic(fits  ? TY_INT
                               : uns ? TY_ULONG
                                     : TY_LONG); /* then the enum's, once it is known */
}

static bool tag_attribute(struct unit *u, const struct node *n, const char *word);

/* As gcc and clang choose it: unsigned where no value is negative, int before long. */
static struct type *enum_type(struct unit *u, struct node *n, const struct enum_values *v)
{
    bool negative = v->min < 0;
    if (tag_attribute(u, n, "packed")) {
        if (negative && v->min >= -128 && v->max <= 127) return type_basic(TY_SCHAR);
        if (!negative && v->max <= 255) return type_basic(TY_UCHAR);
        if (negative && v->min >= -32768 && v->max <= 32767) return type_basic(TY_SHORT);
        if (!negative && v->max <= 65535) return type_basic(TY_USHORT);
    }
    if (!negative) return type_basic(v->max <= 0xffffffffULL ? TY_UINT : TY_ULONG);
    return type_basic(v->min >= -0x7fffffffLL - 1 && v->max <= 0x7fffffff ? TY_INT : TY_LONG);
}

/* What the definition says behind a colon (C23 6.7.2.2), or NULL. */
static struct type *fixed_type(struct unit *u, const struct node *n)
{
    struct node *name = node_kid(n, 0);
    struct type *t = name && name->kind == N_TYPENAME ? type_of_name(u, name) : NULL;
    return t ? type_bare(u, type_underlying(u, t)) : NULL;
}

static void complete_enum(struct unit *u, struct decl *tag)
{
    scope_complete(u, tag);
    struct node *n = tag->node;
    struct type *t = tag_type(u, tag);
    if (t->base || !n || n->kind != N_ENUM) return;
    struct type *fixed = t->base = fixed_type(u, n);
    if (!(n->flags & NODE_DEFINES)) return;
    struct enum_values v = {.last = -1, .known = true};
    if (!fixed) t->base = type_basic(TY_UINT); /* while its own enumerators are being read */
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i]->kind == N_ENUMERATOR) enumerator_value(u, &v, n->kid[i]);
    if (!fixed) t->base = enum_type(u, n, &v);
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i]->kind == N_ENUMERATOR && n->kid[i]->decl && (fixed || n->kid[i]->decl->type != type_basic(TY_INT)))
            n->kid[i]->decl->type = t->base;
}

struct type *type_underlying(struct unit *u, struct type *t)
{
    if (!t || t->kind != TY_ENUM) return t;
    complete_enum(u, t->tag);
    struct type *base = t->tag->type->base;
    return base ? base : type_basic(TY_UINT);
}

/* An attribute of the tag itself: outside its braces. */
static bool tag_attribute(struct unit *u, const struct node *n, const char *word)
{
    unsigned depth = 0;
    for (unsigned i = scope_token(u, n->range.start); u->tok.v[i].start < n->range.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_END) break;
        if (t->kind == TOK_PUNCT) depth += (t->punct == '{') - (unsigned)(t->punct == '}');
        if (t->kind == TOK_NAME && !depth && text_is(u, (struct range){t->start, t->end}, word))
            return true;
    }
    for (unsigned i = 0; n->parent && n->parent->kind == N_SPECS && i < n->parent->nkids; i++)
        if (n->parent->kid[i]->kind == N_ATTRIBUTE &&
            scope_attribute(u, n->parent->kid[i], word, NULL))
            return true;
    return false;
}

static void add_member(struct unit *u, struct member ***tail, struct node *specs, struct node *init)
{
    struct member *m = NEW(&u->arena, struct member);
    struct node *declarator = node_kid(init, 0), *name = scope_declarator_name(declarator);
    m->name = name ? name->name : NULL;
    m->specs = specs;
    m->declarator = declarator;
    m->bits = node_kid(init, 2);
    m->bitfield = m->bits != NULL;
    m->type = declared_type(u, specs, declarator);
    long long width;
    if (m->bits && type_expr(u, m->bits) && type_constant(u, m->bits, &width))
        m->width = (unsigned)width;
    if (name) name->type = m->type;
    **tail = m;
    *tail = &m->next;
}

static bool is_anonymous_member(const struct node *specs)
{
    for (unsigned i = 0; i < specs->nkids; i++)
        if (specs->kid[i]->kind == N_STRUCT && !specs->kid[i]->name) return true;
    return false;
}

static struct type *canonical(struct unit *u, struct type *t)
{
    if (!t || (t->kind != TY_STRUCT && t->kind != TY_UNION)) return NULL;
    scope_complete(u, t->tag);
    struct type *c = tag_type(u, t->tag);
    if (t->tag->node && t->tag->node->op == K_UNION) c->kind = TY_UNION;
    return c;
}

bool type_is_complete(struct unit *u, struct type *t)
{
    if (!t || t->kind == TY_VOID) return false;
    if (t->kind == TY_ARRAY) return t->count >= 0 || t->size;
    struct type *c = canonical(u, t);
    return !c || (c->tag->node && (c->tag->node->flags & NODE_DEFINES));
}

struct member *type_members(struct unit *u, struct type *t)
{
    struct type *c = canonical(u, t);
    struct node *n = c ? c->tag->node : NULL;
    if (!n || !(n->flags & NODE_DEFINES) || (n->flags & NODE_TYPED)) return c ? c->members : NULL;
    n->flags |= NODE_TYPED;
    struct member **tail = &c->members;
    for (unsigned i = 0; i < n->nkids; i++) {
        struct node *m = n->kid[i];
        if (m->kind != N_MEMBER && m->kind != S_DECL) continue;
        for (unsigned k = 1; k < m->nkids; k++)
            add_member(u, &tail, m->kid[0], m->kid[k]);
        if (m->nkids == 1 && is_anonymous_member(m->kid[0])) add_member(u, &tail, m->kid[0], NULL);
    }
    c->members_read = true;
    return c->members;
}

/* ---------------------------------------------------------------- declarations */

/* In a block `future(T) f(void);` may declare what is async at file scope. */
static bool says_async(const struct decl *d)
{
    if (specs_say_async(d->specs)) return true;
    if (d->scope && d->scope->outer) return false;
    return d->ext && d->ext->is_async && d->ext->kind == EXT_FUNCTION && d->kind == DECL_FUNCTION;
}

/* `for (auto x : g)`: what g gives. */
static struct type *type_of_given(struct unit *u, const struct decl *d)
{
    struct node *n = d->specs ? d->specs->parent : NULL, *loop = n ? n->parent : NULL;
    enum gives gives;
    if (!loop || loop->kind != S_FOR_IN || loop->kid[0] != n) return NULL;
    return type_given_result(type_value(u, loop->kid[1]), &gives);
}

static struct type *inferred_type(struct unit *u, struct decl *d)
{
    struct type *given = d->init ? type_value(u, d->init) : type_of_given(u, d);
    if (!given) return NULL;
    struct type *t = type_with(u, given, quals_among(d->specs));
    if (d->node) d->node->type = t;
    return t;
}

/* extern int a[]; in a block is completed by file scope's. */
static struct type *linked_type(struct unit *u, struct decl *d, struct type *t)
{
    if (!t || t->kind != TY_ARRAY || t->count >= 0 || t->size || d->storage != STORAGE_EXTERN)
        return t;
    if (!d->scope || !d->scope->outer) return t;
    struct decl *f = scope_file_lookup(u, d->name, false);
    struct type *o = f && f->kind == d->kind ? type_of_decl(u, f) : NULL;
    return o && o->kind == TY_ARRAY ? o : t;
}

bool type_is_inferred(struct unit *u, const struct decl *d) { return specs_infer(u, d->specs); }

static struct type *object_type(struct unit *u, struct decl *d)
{
    if (specs_infer(u, d->specs)) return inferred_type(u, d);
    struct type *t = declared_type(u, d->specs, d->declarator);
    if (d->kind == DECL_PARAM) return adjusted(u, t, d->declarator);
    if (t && t->kind == TY_FUNCTION && says_async(d)) {
        t = type_copy(u, t);
        t->base = type_given(u, t->base, name_gives(d->specs, d->name));
    }
    if (d->kind == DECL_TYPEDEF) return t;
    d->type = t;
    if (d->init) t = type_initialized(u, t, d->init);
    return linked_type(u, d, t);
}

static struct type *enumerator_type(struct unit *u, struct decl *d)
{
    if (d->tag) complete_enum(u, d->tag);
    return d->type ? d->type : type_basic(TY_INT);
}

struct type *type_of_declarator(struct unit *u, struct node *specs, struct node *declarator)
{
    return declared_type(u, specs, declarator);
}

struct type *type_of_decl(struct unit *u, struct decl *d)
{
    if (!d) return NULL;
    scope_complete(u, d);
    switch (d->kind) {
    case DECL_TAG: return tag_type(u, d);
    case DECL_ENUMERATOR: return enumerator_type(u, d);
    case DECL_LABEL:
    case DECL_TEMP: return d->type;
    default: break;
    }
    if (d->typed || !d->node) return d->type;
    d->typed = true;
    if (!unit_may_follow(u, d)) return NULL;
    d->type = object_type(u, d);
    if (d->node->kind == D_NAME) d->node->type = d->type;
    return d->type;
}

/* ---------------------------------------------------------------- a function */

static void type_tree(struct unit *u, struct node *n);

static void type_declaration(struct unit *u, struct node *n)
{
    for (unsigned i = 1; i < n->nkids; i++) {
        struct node *init = node_kid(n->kid[i], 1),
                    *name = scope_declarator_name(node_kid(n->kid[i], 0));
        struct decl *d = name ? name->decl : NULL;
        struct type *t = type_of_decl(u, d);
        if (d && d->scope && d->scope->outer && type_is_variably_modified(t))
            d->scope->has_vla = true;
        if (init) type_expr(u, init);
    }
}

static void type_tag_body(struct unit *u, struct node *n)
{
    if (!n->decl) return;
    struct type *t = tag_type(u, n->decl);
    if (n->kind == N_ENUM)
        complete_enum(u, n->decl);
    else
        type_members(u, t);
}

static void type_tree(struct unit *u, struct node *n)
{
    if (!n) return;
    if (n->kind <= E_BIND) {
        type_expr(u, n);
        return;
    }
    if (n->kind == S_DECL) type_declaration(u, n);
    if (n->kind == N_TYPENAME) type_of_name(u, n);
    if (n->kind == N_STRUCT || n->kind == N_ENUM) type_tag_body(u, n);
    for (unsigned i = 0; i < n->nkids; i++)
        type_tree(u, n->kid[i]);
}

void type_parts(struct unit *u, struct node *n)
{
    for (unsigned i = 0; i < n->nkids; i++)
        type_tree(u, n->kid[i]);
}

void type_function(struct unit *u, struct fn *fn)
{
    struct type *t = fn->decl ? type_of_decl(u, fn->decl) : NULL;
    if (t && t->kind == TY_FUNCTION) {
        struct type *result = type_given_result(t->base, &fn->gives);
        fn->result = fn->is_async && result ? result : t->base;
    }
    fn->result_void = type_is_void(fn->result);
    u->typed = fn;
    for (unsigned i = 0; i < fn->params.n; i++)
        type_of_decl(u, fn->params.v[i]);
    for (unsigned i = 0; i < fn->node->nkids; i++)
        type_tree(u, fn->node->kid[i]);
}

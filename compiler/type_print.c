/* SPDX-License-Identifier: MIT */
/* type_print.c: a type as C text that means the same at file scope.
 *
 * Input: a type and the name it declares.  Output: `unsigned int (*name[3])(void)`.  A declarator
 * is built from the inside out while the type is walked from the outside in, so the text grows at
 * both ends; what remains is the base type's words in front.  Block-scope tags and typedefs have
 * their hoisted names (decl->emitted); a type that has no name there makes the whole fail, and
 * nothing is written. */
#include "acc.h"

#include <string.h>

/* ---------------------------------------------------------------- text that grows at both ends */

static void put_front(struct buf *b, const char *s)
{
    struct buf joined = {0};
    buf_puts(&joined, s);
    if (b->len) buf_write(&joined, b->s, b->len);
    buf_free(b);
    *b = joined;
}

static void put_quals(struct buf *b, unsigned quals)
{
    if (quals & Q_ATOMIC) buf_puts(b, "_Atomic ");
    if (quals & Q_CONST) buf_puts(b, "const ");
    if (quals & Q_VOLATILE) buf_puts(b, "volatile ");
    if (quals & Q_RESTRICT) buf_puts(b, "__restrict ");
}

/* ---------------------------------------------------------------- the words of a base type */

static const char *const basic_names[] = {[TY_VOID] = "void",
                                          [TY_BOOL] = "_Bool",
                                          [TY_CHAR] = "char",
                                          [TY_SCHAR] = "signed char",
                                          [TY_UCHAR] = "unsigned char",
                                          [TY_SHORT] = "short",
                                          [TY_USHORT] = "unsigned short",
                                          [TY_INT] = "int",
                                          [TY_UINT] = "unsigned int",
                                          [TY_LONG] = "long",
                                          [TY_ULONG] = "unsigned long",
                                          [TY_LLONG] = "long long",
                                          [TY_ULLONG] = "unsigned long long",
                                          [TY_INT128] = "__int128",
                                          [TY_UINT128] = "unsigned __int128",
                                          [TY_FLOAT] = "float",
                                          [TY_DOUBLE] = "double",
                                          [TY_LDOUBLE] = "long double",
                                          [TY_VA_LIST] = "__builtin_va_list",
                                          [TY_NULLPTR] = "__typeof__(nullptr)"};

/* The name under which file scope knows d, or NULL. */
static const char *file_name(const struct unit *u, const struct decl *d)
{
    if (!d) return NULL;
    if (d->emitted) return d->emitted;
    return d->scope == u->file_scope && d->name ? d->name->s : NULL;
}

/* The expression of the specifiers' type that a declarator makes possible: `x[0]` for `x[3]`, `*x`
 * for `*x`. */
static void put_use(struct buf *b, const struct node *n, const char *middle)
{
    if (n->kind == D_NAME) {
        buf_puts(b, middle);
        return;
    }
    if (n->kind == D_POINTER) buf_puts(b, "*");
    if (n->kind == D_PAREN) buf_puts(b, "(");
    put_use(b, n->kid[0], middle);
    if (n->kind == D_PAREN) buf_puts(b, ")");
    if (n->kind == D_ARRAY) buf_puts(b, "[0]");
    if (n->kind == D_FUNCTION) buf_puts(b, "(0)");
}

/* A tag without a name, known at file scope by an object or a member that is declared with it: its
 * value's type. Functions are left out: calling one might want arguments. */
static bool put_unnamed_tag(struct unit *u, struct buf *b, const struct node *tag)
{
    const struct node *owner = tag->parent ? tag->parent->parent : NULL;
    const struct node *declarator =
                          owner && owner->nkids > 1 && owner->kid[1] ? owner->kid[1]->kid[0] : NULL,
                      *n = declarator;
    struct buf middle = {0}, use = {0};
    while (n && n->kind != D_NAME && n->kind != D_FUNCTION)
        n = n->kid[0];
    if (!n || n->kind != D_NAME || (owner->kind != S_DECL && owner->kind != N_MEMBER)) return false;
    if (owner->kind == N_MEMBER) {
        const struct node *outer = owner->parent;
        buf_puts(&middle, "((");
        if (outer->name)
            buf_printf(&middle, "%s %s", outer->op == K_UNION ? "union" : "struct", outer->name->s);
        else if (!put_unnamed_tag(u, &middle, outer))
            buf_free(&middle);
        if (!middle.len) return false;
        buf_printf(&middle, " *)0)->%s", n->name->s);
    } else {
        buf_puts(&middle, n->name->s);
    }
    put_use(&use, declarator, middle.s);
    buf_printf(b, "__typeof__(1 ? (%s) : (%s))", use.s, use.s);
    buf_free(&middle);
    buf_free(&use);
    return true;
}

static bool put_tag(struct unit *u, struct buf *b, struct type *t)
{
    const char *name = file_name(u, t->tag),
               *named_by = name ? NULL : file_name(u, t->tag->named_by);
    static const char *const words[] = {
        [TY_STRUCT] = "struct ", [TY_UNION] = "union ", [TY_ENUM] = "enum "};
    if (!name && !named_by)
        return t->tag && t->tag->scope == u->file_scope && put_unnamed_tag(u, b, t->tag->node);
    if (name) buf_puts(b, words[t->kind]);
    buf_puts(b, name ? name : named_by);
    return true;
}

static bool put_base(struct unit *u, struct buf *b, struct type *t);

/* What a comparison gave: gcc converts it, and no other, to any vector of the same size. */
static bool put_comparison(struct unit *u, struct buf *b, struct type *compared)
{
    struct buf name = {0};
    bool ok = type_print(u, &name, compared, NULL, true);
    if (ok) buf_printf(b, "__typeof__((%s){0} == (%s){0})", name.s, name.s);
    buf_free(&name);
    return ok;
}

/* Of bytes as a whole: gcc calls `packed` in vain on a member whose type begins with char. */
static bool put_vector(struct unit *u, struct buf *b, struct type *t)
{
    if (t->nparams) return put_comparison(u, b, t->params[0]);
    unsigned long size = type_size(u, t->base);
    bool whole = size == 1 && t->count > 16;
    if (whole) buf_puts(b, "__typeof__(");
    if (!size || !put_base(u, b, t->base)) return false;
    buf_printf(b, " __attribute__((vector_size(%lu)))", (unsigned long)t->count * size);
    if (whole) buf_putc(b, ')');
    return true;
}

static bool put_base(struct unit *u, struct buf *b, struct type *t)
{
    switch (t->kind) {
    case TY_FLOATN:
    case TY_BITINT: buf_puts(b, t->spelling); return true;
    case TY_COMPLEX:
        if (!t->base) return false;
        buf_puts(b, "_Complex ");
        return put_base(u, b, t->base);
    case TY_VECTOR: return put_vector(u, b, t);
    case TY_STRUCT:
    case TY_UNION:
    case TY_ENUM: return put_tag(u, b, t);
    default:
        if (t->kind >= sizeof basic_names / sizeof *basic_names || !basic_names[t->kind])
            return false;
        buf_puts(b, basic_names[t->kind]);
        return true;
    }
}

/* The typedef a type can be named by: known at file scope, and not more qualified than wanted. */
static const char *usable_alias(struct unit *u, struct type *t, unsigned quals, unsigned *rest)
{
    const char *name = file_name(u, t->alias);
    if (!name) return NULL;
    struct type *named = type_of_decl(u, t->alias);
    if (!named || (named->quals & ~quals)) return NULL;
    *rest = quals & ~named->quals;
    return name;
}

/* ---------------------------------------------------------------- bounds */

/* May the bound's text be written at file scope, and in the functions? Its names must mean the same there. */
static bool bound_is_global(struct unit *u, struct node *n)
{
    if (!n) return true;
    switch (n->kind) {
    case E_IDENT:
    case N_TYPEDEF_NAME:
        if (n->decl && (n->decl->scope != u->file_scope || n->decl->emitted)) return false;
        if (n->kind == E_IDENT && n->name->declared_in) return false;
        break;
    case N_STRUCT:
    case N_ENUM:
        if (!n->decl || n->decl->scope != u->file_scope || (n->flags & NODE_DEFINES)) return false;
        break;
    case E_AWAIT: /* unevaluated, but a word of the dialect all the same */
    case E_COMPOUND:
    case E_STMT: return false;
    default: break;
    }
    for (unsigned i = 0; i < n->nkids; i++)
        if (!bound_is_global(u, n->kid[i])) return false;
    return true;
}

/* Does the value depend on sizes, which only the target's compiler knows for sure? */
static bool depends_on_layout(const struct node *n)
{
    if (!n) return false;
    if (n->kind == E_SIZEOF || n->kind == E_OFFSETOF ||
        (n->kind == E_IDENT && n->decl && n->decl->kind != DECL_ENUMERATOR))
        return true;
    if (n->kind == E_IDENT && n->decl && node_kid(n->decl->node, 0))
        return depends_on_layout(n->decl->node->kid[0]);
    for (unsigned i = 0; i < n->nkids; i++)
        if (depends_on_layout(n->kid[i])) return true;
    return false;
}

/* The tokens of a range, without comments and line markers. */
static void put_tokens(struct unit *u, struct buf *b, struct range r)
{
    bool first = true;
    for (unsigned i = scope_token(u, r.start);
         u->tok.v[i].kind != TOK_END && u->tok.v[i].start < r.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_DIRECTIVE) continue;
        if (!first) buf_putc(b, ' ');
        buf_write(b, u->text + t->start, t->end - t->start);
        first = false;
    }
}

static bool is_in_prototype(const struct node *n)
{
    while (n && n->kind != N_PARAM && (n->kind < S_COMPOUND || n->kind > S_FOR_IN))
        n = n->parent;
    return n && n->kind == N_PARAM;
}

bool type_bound_is_folded(struct unit *u, struct node *size)
{
    enum { obvious = 20 };
    const char *s = u->text + size->range.start;
    size_t len = size->range.end - size->range.start;
    if (len <= obvious && strspn(s, "0123456789+-*/ ()") >= len) return false;
    return type_is_integer_constant(u, size) && !(depends_on_layout(size) && bound_is_global(u, size));
}

static bool put_bound(struct unit *u, struct buf *b, struct type *t)
{
    bool text =
        t->size && bound_is_global(u, t->size) && (t->count < 0 || depends_on_layout(t->size));
    if (t->is_vla && t->size && t->size->saved) {
        buf_printf(b, "[%s]", t->size->saved);
        return true;
    }
    if (t->is_vla) { /* of a prototype, where it only has to be one (C11 6.7.6.2p4) */
        bool in_prototype = !t->size || is_in_prototype(t->size);
        if (in_prototype) buf_puts(b, "[*]");
        return in_prototype;
    }
    buf_putc(b, '[');
    if (text)
        put_tokens(u, b, t->size->range);
    else if (t->count >= 0)
        buf_printf(b, "%lld", t->count);
    else if (t->size)
        return false;
    buf_putc(b, ']');
    return true;
}

/* ---------------------------------------------------------------- derivations */

static bool print(struct unit *u, struct buf *b, struct type *t, unsigned quals, struct buf *inner);

static bool put_params(struct unit *u, struct buf *b, struct type *t)
{
    buf_putc(b, '(');
    if (!t->nparams && !t->unprototyped) buf_puts(b, t->variadic ? "" : "void");
    for (unsigned i = 0; i < t->nparams && !t->unprototyped; i++) {
        struct buf none = {0};
        if (i) buf_puts(b, ", ");
        bool ok = t->params[i] && print(u, b, t->params[i], t->params[i]->quals, &none);
        buf_free(&none);
        if (!ok) return false;
    }
    if (t->variadic) buf_puts(b, t->nparams ? ", ..." : "...");
    buf_putc(b, ')');
    return true;
}

static bool needs_parens(struct unit *u, struct type *t)
{
    unsigned rest;
    return t && (t->kind == TY_ARRAY || t->kind == TY_FUNCTION) &&
           !usable_alias(u, t, t->quals, &rest);
}

static bool derive(struct unit *u, struct type *t, unsigned quals, struct buf *inner)
{
    if (t->kind == TY_ARRAY) return put_bound(u, inner, t);
    if (t->kind == TY_FUNCTION) return put_params(u, inner, t);
    struct buf star = {0};
    buf_puts(&star, needs_parens(u, t->base) ? "(*" : "*");
    put_quals(&star, quals);
    if (!inner->len && star.s[star.len - 1] == ' ') star.s[--star.len] = 0;
    put_front(inner, star.s);
    if (needs_parens(u, t->base)) buf_putc(inner, ')');
    buf_free(&star);
    return true;
}

/* Writes t with the qualifiers given instead of its own around what inner holds; inner is used up.
 */
static bool print(struct unit *u, struct buf *b, struct type *t, unsigned quals, struct buf *inner)
{
    unsigned rest = quals;
    const char *alias = NULL;
    while (t && !(alias = usable_alias(u, t, quals, &rest)) &&
           (t->kind == TY_POINTER || t->kind == TY_ARRAY || t->kind == TY_FUNCTION)) {
        if (!derive(u, t, quals, inner)) return false;
        t = t->base;
        rest = quals = t ? t->quals : 0;
    }
    if (!t) return false;
    put_quals(b, rest);
    if (alias)
        buf_puts(b, alias);
    else if (!put_base(u, b, t))
        return false;
    if (inner->len) {
        buf_putc(b, ' ');
        buf_write(b, inner->s, inner->len);
    }
    return true;
}

/* The qualifiers of an array are its elements'. */
static struct type *unqualified_type(struct unit *u, struct type *t)
{
    if (!t || t->kind != TY_ARRAY) return type_bare(u, t);
    struct type *base = unqualified_type(u, t->base);
    if (base == t->base) return t;
    struct type *c = NEW(&u->arena, struct type);
    *c = *t;
    c->base = base;
    c->alias = NULL;
    return c;
}

bool type_print(struct unit *u, struct buf *b, struct type *t, const char *name, bool unqualified)
{
    if (!t) return false;
    if (unqualified) t = unqualified_type(u, t);
    struct buf inner = {0}, text = {0};
    if (name) buf_puts(&inner, name);
    bool ok = t && print(u, &text, t, t->quals, &inner);
    if (ok) buf_write(b, text.s, text.len);
    buf_free(&inner);
    buf_free(&text);
    return ok;
}

/* SPDX-License-Identifier: MIT */
/* check_decl.c: declarations of async functions that do not agree with each other.
 *
 * Input: the external declarations of a unit, async functions typed.  Output: errors.  The C
 * compiler would see these too, but in the output, where a future has the type of a pointer and a
 * frame has members of the user's types: its words would be about those.  The first async mention
 * of a name is held against all others of the name; plain C may declare the function, and define
 * it too, as one that returns future(T).
 * And what an async function declares that no type in a frame, and no scope that is resumed, can have. */
#include "acc.h"

#include <string.h>

struct mentioned {
    struct node *name; /* D_NAME */
    struct type *type;
    bool is_async, defines;
};

static struct mentioned from_declarator(struct unit *u, const struct external *x,
                                        struct node *specs, struct node *declarator)
{
    struct mentioned m = {.is_async = x->is_async, .defines = x->kind == EXT_FUNCTION};
    m.name = scope_declarator_name(declarator);
    m.type = type_of_declarator(u, specs, declarator);
    if (m.is_async && m.type && m.type->kind == TY_FUNCTION) {
        struct type *t = NEW(&u->arena, struct type);
        *t = *m.type;
        t->base = type_given(u, t->base, name_gives(specs, m.name ? m.name->name : NULL));
        m.type = t;
    }
    return m;
}

/* What the external says about the name; name NULL: it could not be read. */
static struct mentioned mentioned_in(struct unit *u, struct external *x, const struct name *name)
{
    struct node *n = parse_external(u, x, false);
    struct mentioned none = {0};
    if (!n) return none;
    if (n->kind == N_FUNCTION) return from_declarator(u, x, node_kid(n, 0), node_kid(n, 1));
    for (unsigned i = 1; n->kind == S_DECL && i < n->nkids; i++) {
        struct node *d = scope_declarator_name(node_kid(n->kid[i], 0));
        if (d && d->name == name)
            return from_declarator(u, x, node_kid(n, 0), node_kid(n->kid[i], 0));
    }
    return none;
}

static void note_other(struct unit *u, const struct mentioned *m)
{
    diag_note(u, m->name->range, "'%s' is declared here%s", m->name->name->s,
              m->is_async ? "" : " without 'async'");
}

/* Of two parameters, where that is sure: the rest is left to the C compiler, which knows more types. */
static bool differ(struct unit *u, struct type *a, struct type *b)
{
    if (!a || !b || a->kind == TY_ENUM || b->kind == TY_ENUM) return false;
    if (a->kind == TY_POINTER && b->kind == TY_POINTER) return differ(u, a->base, b->base);
    if (type_is_arithmetic(a) && type_is_arithmetic(b)) return !type_compatible(u, type_bare(u, a), type_bare(u, b));
    bool apart = a->kind == TY_POINTER || b->kind == TY_POINTER;
    return apart && (type_is_arithmetic(a) || type_is_arithmetic(b));
}

static bool agree(struct unit *u, const struct type *a, const struct type *b)
{
    enum gives ours, theirs;
    struct type *r = type_given_result(a->base, &ours), *s = type_given_result(b->base, &theirs);
    bool counted = !a->unprototyped && !b->unprototyped;
    if (counted && (a->nparams != b->nparams || a->variadic != b->variadic)) return false;
    for (unsigned i = 0; counted && i < a->nparams; i++)
        if (differ(u, a->params[i], b->params[i])) return false;
    return !r || !s || (ours == theirs && type_compatible(u, type_bare(u, r), type_bare(u, s)));
}

static void compare(struct unit *u, const struct mentioned *a, const struct mentioned *b)
{
    bool b_later = a->name->range.start < b->name->range.start;
    const struct mentioned *later = b_later ? b : a, *first = b_later ? a : b;
    const char *s = a->name->name->s;
    bool function = b->type->kind == TY_FUNCTION;
    enum gives gives;
    bool future = function && (!b->type->base || type_given_result(b->type->base, &gives));
    if (a->defines && b->defines && b->is_async)
        diag_error(u, later->name->range, "async function '%s' is defined twice", s);
    else if (!future && function && b->defines)
        diag_error(u, later->name->range, "'%s' is defined without 'async' but declared with it",
                   s);
    else if (!future)
        diag_error(u, later->name->range,
                   "'%s' is async, but is declared as what returns no future", s);
    else if (!agree(u, a->type, b->type))
        diag_error(u, later->name->range, "async function '%s' is declared with different types",
                   s);
    else
        return;
    note_other(u, first);
}

static void check_name(struct unit *u, struct external *x, struct name *name)
{
    struct mentioned first = {0};
    for (const struct mention *m = name->mentions; m && !first.name; m = m->next)
        if (m->kind == MENTION_OBJECT && u->ext.v[m->ext].is_async) {
            if (m->ext != x->index) return; /* was done there */
            first = mentioned_in(u, x, name);
        }
    if (!first.name || !first.type || first.type->kind != TY_FUNCTION) return;
    for (const struct mention *m = name->mentions; m; m = m->next) {
        if (m->kind != MENTION_OBJECT || m->ext == x->index) continue;
        struct mentioned other = mentioned_in(u, &u->ext.v[m->ext], name);
        if (other.name && other.type) compare(u, &first, &other);
    }
}

void check_redeclared(struct unit *u, struct external *x)
{
    struct node *n = x->node;
    if (!n) return;
    for (unsigned i = 1; i < n->nkids; i++) {
        struct node *d =
            scope_declarator_name(n->kind == N_FUNCTION ? n->kid[i] : node_kid(n->kid[i], 0));
        if (d && d->name && scope_file_lookup(u, d->name, false)) check_name(u, x, d->name);
        if (n->kind == N_FUNCTION) return;
    }
}

/* ---------------------------------------------------------------- calling conventions */

static bool is_convention(struct unit *u, struct node *attribute)
{
    static const char *const words[] = {"ms_abi",       "vectorcall",    "regcall",   "preserve_most",
                                        "preserve_all", "preserve_none", "swiftcall", "aarch64_vector_pcs"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (scope_attribute(u, attribute, words[i], NULL)) return true;
    return false;
}

/* Does the declaration declare an object that may lie in a frame? */
static bool declares_local(const struct node *declaration)
{
    for (unsigned i = 1; i < declaration->nkids; i++) {
        const struct node *name = scope_declarator_name(node_kid(declaration->kid[i], 0));
        const struct decl *d = name ? name->decl : NULL;
        if (d && d->kind == DECL_VAR && d->storage != STORAGE_STATIC && d->storage != STORAGE_EXTERN) return true;
    }
    return false;
}

/* acc has no name for a type with one: what is kept would be called in the usual way. A typedef names it. */
void check_convention(struct unit *u, struct node *attribute)
{
    const struct node *n = attribute->parent;
    while (n && n->kind != S_DECL && n->kind != N_MEMBER && n->kind != N_PARAM && n->kind != N_TYPENAME &&
           n->kind != N_FUNCTION)
        n = n->parent;
    if (!n || n->kind == N_MEMBER || n->kind == N_FUNCTION || !is_convention(u, attribute)) return;
    if (n->kind != S_DECL || declares_local(n))
        diag_error(u, attribute->range,
                   "a calling convention in the type of an object of an async function, which a typedef must name");
}

/* Resumption may not jump into its scope (C11 6.8.6.1p1), and what is static has no slot that could take its place. */
void check_static(struct unit *u, const struct decl *d)
{
    bool kept = d->kind == DECL_VAR && (d->storage == STORAGE_STATIC || d->storage == STORAGE_THREAD);
    const struct node *scope = d->scope ? d->scope->node : NULL;
    if (kept && type_is_variably_modified(d->type) && scope && scope->flags & NODE_HAS_AWAIT)
        diag_error(u, d->node->range, "'%s' is static, has a variably modified type, and 'await' stands in its scope", d->name->s);
}

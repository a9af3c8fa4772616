/* SPDX-License-Identifier: MIT */
/* ast_decl.c: declarations, types and declarators, from the concrete tree to the AST.
 *
 * Input: one entry of a cst_tree whose children are built.  Output: its node, or NULL for a part
 * that the node around it reads.  Declarations, members, parameters, type names and function
 * definitions are all a row of specifiers and then declarators with what hangs on them (attributes,
 * asm labels, initialisers, widths): one scan reads the row, the five callers differ in what they
 * make of it.
 *
 * Specifiers stay in the order of the text, one node a word; N_ATTRIBUTE's op says which form it
 * has: K_ATTRIBUTE, '[' for [[ ]], K_ASM for an asm label. */
#include "ast.h"

/* ---------------------------------------------------------------- specifiers */

bool cst_is_type(const struct cst *c)
{
    switch (c->kind) {
    case CST_STRUCT_SPECIFIER:
    case CST_UNION_SPECIFIER:
    case CST_ENUM_SPECIFIER:
    case CST_TYPE_IDENTIFIER:
    case CST_PRIMITIVE_TYPE:
    case CST_SIZED_TYPE_SPECIFIER:
    case CST_TYPEOF_SPECIFIER:
    case CST_AUTO_TYPE_SPECIFIER:
    case CST_ATOMIC_TYPE_SPECIFIER:
    case CST_BIT_INT_SPECIFIER: return true;
    default: return false;
    }
}

static struct node *keyword_node(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, N_KEYWORD, cst_range(c), 0);
    n->op = cst_keyword(t, c);
    return n;
}

/* Two levels at most: a qualifier holds its word, or an _Alignas. */
static void add_specifier(struct cst_tree *t, struct cst *c, node_vec *specs)
{
    if (c->ast) {
        vec_push(&t->u->arena, specs, c->ast);
    } else if (c->kind == CST_ASYNC_SPECIFIER || c->kind == CST_GENERATOR_SPECIFIER) {
        struct node *n = keyword_node(t, c);
        n->op = c->kind == CST_ASYNC_SPECIFIER ? K_ASYNC : K_GENERATOR;
        vec_push(&t->u->arena, specs, n);
    } else if (!c->inner) {
        vec_push(&t->u->arena, specs, keyword_node(t, c));
    } else {
        for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
            add_specifier(t, k, specs);
    }
}

static struct node *specs_node(struct cst_tree *t, node_vec *specs, uint32_t at)
{
    struct range r = {at, at};
    if (specs->n) {
        r.start = specs->v[0]->range.start;
        r.end = specs->v[specs->n - 1]->range.end;
    }
    return ast_list(t, N_SPECS, r, specs);
}

struct node *ast_bare_type(struct cst_tree *t, struct cst *c, uint32_t end)
{
    node_vec specs = {0};
    struct node *n = ast_new(t, S_DECL, (struct range){c->start, end}, 1);
    add_specifier(t, c, &specs);
    n->kid[0] = specs_node(t, &specs, c->start);
    return n;
}

/* ---------------------------------------------------------------- the scan */

/* A declarator with what stands around it, up to the next comma. */
struct hanging {
    bool any;
    struct range range;
    struct node *made; /* N_INIT_DECLARATOR that the parser saw as one, or NULL */
    struct node *declarator, *bits;
    node_vec attributes; /* and asm labels */
};
struct scan {
    node_vec specs;
    node_vec inits; /* N_INIT_DECLARATOR */
    struct hanging now;
};

static void cover(struct range *r, struct range by)
{
    if (by.start < r->start) r->start = by.start;
    if (by.end > r->end) r->end = by.end;
}

static void hang(struct scan *s, struct cst *c)
{
    if (!s->now.any) s->now.range = cst_range(c);
    s->now.any = true;
    cover(&s->now.range, cst_range(c));
}

/* inner with attributes around it; attributes is not empty. */
static struct node *attributed(struct cst_tree *t, struct node *inner, node_vec *attributes)
{
    node_vec kids = {0};
    struct range r = inner ? inner->range : attributes->v[0]->range;
    vec_push(&t->u->arena, &kids, inner);
    for (unsigned i = 0; i < attributes->n; i++) {
        cover(&r, attributes->v[i]->range);
        vec_push(&t->u->arena, &kids, attributes->v[i]);
    }
    return ast_list(t, D_ATTRIBUTED, r, &kids);
}

/* Ends the declarator at a comma or at the end. */
static void finish_declarator(struct cst_tree *t, struct scan *s)
{
    struct hanging *h = &s->now;
    struct node *n = h->made;
    if (!h->any) return;
    if (!n) {
        n = ast_new(t, N_INIT_DECLARATOR, h->range, 3);
        n->kid[0] = h->declarator;
        n->kid[2] = h->bits;
    }
    n->range = h->range;
    if (h->attributes.n) n->kid[0] = attributed(t, n->kid[0], &h->attributes);
    vec_push(&t->u->arena, &s->inits, n);
    *h = (struct hanging){0};
}

/* False at what ends the row of specifiers and declarators. */
static bool scan_one(struct cst_tree *t, struct scan *s, struct cst *c, bool *declarators)
{
    bool in_declarators = *declarators;
    if (c->kind == CST_TOKEN) {
        unsigned p = cst_punct(t, c);
        if (p == ',')
            finish_declarator(t, s);
        else if (p == ':' || p == ';')
            return false;
        else if (!p && (cst_keyword(t, c) == K_TYPEDEF || cst_keyword(t, c) == K_EXTENSION))
            vec_push(&t->u->arena, &s->specs, keyword_node(t, c));
    } else if (c->kind == CST_BITFIELD_CLAUSE) {
        *declarators = true;
        hang(s, c);
        for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
            if (k->ast) s->now.bits = k->ast;
    } else if (in_declarators && (cst_is_attribute(c) || c->kind == CST_GNU_ASM_EXPRESSION)) {
        hang(s, c);
        vec_push(&t->u->arena, &s->now.attributes, c->ast);
    } else if (c->kind == CST_INIT_DECLARATOR) {
        *declarators = true;
        hang(s, c);
        s->now.made = c->ast;
    } else if (c->field == FIELD_DECLARATOR) {
        *declarators = true;
        hang(s, c);
        s->now.declarator = c->ast;
    } else if (c->kind == CST_DECLARATION || c->kind == CST_COMPOUND_STATEMENT) {
        return false; /* a function's */
    } else {
        add_specifier(t, c, &s->specs);
    }
    return true;
}

/* Returns the first child of c that is no part of the row, or NULL. */
static struct cst *scan_row(struct cst_tree *t, struct cst *c, struct scan *s)
{
    bool declarators = false;
    struct cst *k = cst_child(t, c);
    while (k && scan_one(t, s, k, &declarators))
        k = cst_next(t, k);
    finish_declarator(t, s);
    return k;
}

static struct node *declarator_of(struct scan *s)
{
    return s->inits.n ? s->inits.v[0]->kid[0] : NULL;
}

/* ---------------------------------------------------------------- what is made of the row */

static struct node *row_specs(struct cst_tree *t, struct cst *c, struct scan *s)
{
    return specs_node(t, &s->specs, s->inits.n ? s->inits.v[0]->range.start : c->start);
}

static struct node *build_declaration(struct cst_tree *t, struct cst *c, enum node_kind k)
{
    struct scan s = {0};
    node_vec kids = {0};
    scan_row(t, c, &s);
    vec_push(&t->u->arena, &kids, row_specs(t, c, &s));
    for (unsigned i = 0; i < s.inits.n; i++)
        vec_push(&t->u->arena, &kids, s.inits.v[i]);
    return ast_list(t, k, cst_range(c), &kids);
}

/* N_PARAM, N_TYPENAME: at most one declarator, and nothing but attributes hang on it. */
static struct node *build_typed(struct cst_tree *t, struct cst *c, enum node_kind k)
{
    struct scan s = {0};
    struct node *n = ast_new(t, k, cst_range(c), 2);
    scan_row(t, c, &s);
    n->kid[0] = row_specs(t, c, &s);
    n->kid[1] = declarator_of(&s);
    return n;
}

static struct node *build_function(struct cst_tree *t, struct cst *c)
{
    struct scan s = {0};
    node_vec kids = {0};
    struct cst *k = scan_row(t, c, &s);
    vec_push(&t->u->arena, &kids, row_specs(t, c, &s));
    vec_push(&t->u->arena, &kids, declarator_of(&s));
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_BODY));
    for (; k; k = cst_next(t, k))
        if (k->kind == CST_DECLARATION) vec_push(&t->u->arena, &kids, k->ast);
    return ast_list(t, N_FUNCTION, cst_range(c), &kids);
}

/* `T x` of `for (T x : e)`. */
struct node *ast_for_in_decl(struct cst_tree *t, struct cst *c)
{
    struct scan s = {0};
    struct node *n = ast_new(t, S_DECL, cst_range(c), 2);
    scan_row(t, c, &s);
    n->kid[0] = row_specs(t, c, &s);
    n->range = n->kid[0]->range;
    if (s.inits.n) {
        n->kid[1] = s.inits.v[0];
        cover(&n->range, n->kid[1]->range);
    }
    return n;
}

/* `d asm("x") __attribute__((y)) = value` */
static struct node *build_init_declarator(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, N_INIT_DECLARATOR, cst_range(c), 3);
    node_vec attributes = {0};
    n->kid[0] = ast_get(t, c, FIELD_DECLARATOR);
    n->kid[1] = ast_get(t, c, FIELD_VALUE);
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (cst_is_attribute(k) || k->kind == CST_GNU_ASM_EXPRESSION)
            vec_push(&t->u->arena, &attributes, k->ast);
    if (attributes.n) n->kid[0] = attributed(t, n->kid[0], &attributes);
    return n;
}

/* ---------------------------------------------------------------- declarators */

/* The name a declarator ends in, where the same word could be a type, a tag or a member's use. */
static struct node *build_name(struct cst_tree *t, struct cst *c)
{
    enum cst_kind around = cst_parent(t, c)->kind;
    struct node *n;
    if (c->field == FIELD_DECLARATOR || around == CST_PARENTHESIZED_DECLARATOR ||
        around == CST_ATTRIBUTED_DECLARATOR) {
        n = ast_new(t, D_NAME, cst_range(c), 0);
    } else if (c->kind == CST_FIELD_IDENTIFIER || c->field == FIELD_NAME) {
        return NULL;
    } else if (c->kind == CST_PRIMITIVE_TYPE && cst_keyword(t, c) != K_NONE) {
        return keyword_node(t, c);
    } else {
        n = ast_new(t, N_TYPEDEF_NAME, cst_range(c), 0);
    }
    ast_name(t, n, c);
    return n;
}

static struct node *build_pointer(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_DECLARATOR));
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->kind == CST_TYPE_QUALIFIER || cst_is_attribute(k)) add_specifier(t, k, &kids);
    return ast_list(t, D_POINTER, cst_range(c), &kids);
}

static struct node *build_array(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    unsigned flags = 0;
    struct node *n;
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_DECLARATOR));
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_SIZE));
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (k->kind == CST_TYPE_QUALIFIER)
            add_specifier(t, k, &kids);
        else if (cst_punct(t, k) == '*')
            flags |= NODE_STAR;
        else if (k->kind == CST_TOKEN && cst_keyword(t, k) == K_STATIC)
            flags |= NODE_STATIC;
    }
    n = ast_list(t, D_ARRAY, cst_range(c), &kids);
    n->flags = flags;
    return n;
}

static bool is_void_param(const struct node *param)
{
    const struct node *specs = param->kid[0];
    return !param->kid[1] && specs->nkids == 1 && specs->kid[0]->kind == N_KEYWORD &&
           specs->kid[0]->op == K_VOID;
}

/* A name of a K&R list: a parameter whose specifiers stand elsewhere. */
static struct node *kr_param(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, N_PARAM, cst_range(c), 2);
    n->kid[1] = c->ast;
    n->kid[1]->kind = D_NAME;
    return n;
}

static unsigned add_params(struct cst_tree *t, struct cst *list, node_vec *kids)
{
    unsigned flags = 0;
    for (struct cst *k = cst_child(t, list); k; k = cst_next(t, k)) {
        if (k->kind == CST_VARIADIC_PARAMETER) {
            flags |= NODE_VARIADIC;
        } else if (k->kind == CST_PARAMETER_DECLARATION) {
            vec_push(&t->u->arena, kids, k->ast);
        } else if (k->kind == CST_IDENTIFIER) {
            flags |= NODE_KR;
            vec_push(&t->u->arena, kids, kr_param(t, k));
        } else if (k->kind != CST_TOKEN) {
            ast_refuse(t, cst_range(k), "expected a parameter");
        }
    }
    if (kids->n == 2 && is_void_param(kids->v[1]) && !(flags & (NODE_KR | NODE_VARIADIC))) {
        kids->n = 1;
        flags |= NODE_PROTO_VOID;
    }
    return flags;
}

static struct node *build_function_declarator(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0}, attributes = {0};
    struct range r = cst_range(c);
    unsigned flags = 0;
    struct node *n;
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_DECLARATOR));
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (k->kind == CST_PARAMETER_LIST) {
            flags = add_params(t, k, &kids);
            r.end = k->end;
        } else if (cst_is_attribute(k) || k->kind == CST_GNU_ASM_EXPRESSION) {
            vec_push(&t->u->arena, &attributes, k->ast);
        } else if (k->field != FIELD_DECLARATOR) {
            ast_refuse(t, cst_range(k), "expected ';' or '{' after the parameters");
        }
    }
    n = ast_list(t, D_FUNCTION, r, &kids);
    n->flags = flags;
    return attributes.n ? attributed(t, n, &attributes) : n;
}

/* D_PAREN, with attributes inside the parentheses around what it holds; D_ATTRIBUTED. */
static struct node *build_wrapped(struct cst_tree *t, struct cst *c)
{
    node_vec attributes = {0};
    struct node *inner = NULL, *n;
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (cst_is_attribute(k))
            vec_push(&t->u->arena, &attributes, k->ast);
        else if (k->ast)
            inner = k->ast;
    }
    if (attributes.n) inner = attributed(t, inner, &attributes);
    if (c->kind == CST_ATTRIBUTED_DECLARATOR) return inner;
    n = ast_new(t, D_PAREN, cst_range(c), 1);
    n->kid[0] = inner;
    return n;
}

/* ---------------------------------------------------------------- types */

/* The type behind the colon of `enum e : T`, as a type name. */
static struct node *underlying_type(struct cst_tree *t, struct cst *c)
{
    node_vec specs = {0};
    struct node *n = ast_new(t, N_TYPENAME, cst_range(c), 2);
    add_specifier(t, c, &specs);
    n->kid[0] = specs_node(t, &specs, c->start);
    return n;
}

/* struct, union, enum: the name, and the kids of the body in braces. */
static struct node *build_tagged(struct cst_tree *t, struct cst *c, enum node_kind k, unsigned op)
{
    node_vec kids = {0};
    struct cst *name = cst_get(t, c, FIELD_NAME), *body = cst_get(t, c, FIELD_BODY);
    struct cst *under = cst_get(t, c, FIELD_UNDERLYING_TYPE);
    struct node *n;
    if (under) vec_push(&t->u->arena, &kids, underlying_type(t, under));
    for (struct cst *m = body ? cst_child(t, body) : NULL; m; m = cst_next(t, m))
        if (m->ast) vec_push(&t->u->arena, &kids, m->ast);
    n = ast_list(t, k, cst_range(c), &kids);
    n->op = op;
    if (body) n->flags |= NODE_DEFINES;
    if (name) ast_name(t, n, name);
    return n;
}

static struct node *build_enumerator(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_fields(t, c, N_ENUMERATOR, 1, FIELD_VALUE);
    struct cst *name = cst_get(t, c, FIELD_NAME);
    if (name) ast_name(t, n, name);
    return n;
}

static struct node *build_typeof(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_fields(t, c, N_TYPEOF, 1, FIELD_VALUE);
    if (!n->kid[0]) n->kid[0] = ast_get(t, c, FIELD_TYPE);
    n->op = cst_keyword(t, c);
    return n;
}

/* `_Alignas(e)`: no field. */
static struct node *build_alignas(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, N_ALIGNAS, cst_range(c), 1);
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->ast) n->kid[0] = k->ast;
    return n;
}

static struct node *build_attribute(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, N_ATTRIBUTE, cst_range(c), 0);
    n->op = c->kind == CST_ATTRIBUTE_SPECIFIER ? K_ATTRIBUTE : '[';
    return n;
}

struct node *ast_decl(struct cst_tree *t, struct cst *c)
{
    switch (c->kind) {
    case CST_FUNCTION_DEFINITION: return build_function(t, c);
    case CST_DECLARATION:
    case CST_TYPE_DEFINITION: return build_declaration(t, c, S_DECL);
    case CST_FIELD_DECLARATION: return build_declaration(t, c, N_MEMBER);
    case CST_INIT_DECLARATOR: return build_init_declarator(t, c);
    case CST_PARAMETER_DECLARATION: return build_typed(t, c, N_PARAM);
    case CST_TYPE_DESCRIPTOR: return build_typed(t, c, N_TYPENAME);
    case CST_TYPE_IDENTIFIER:
    case CST_PRIMITIVE_TYPE:
    case CST_FIELD_IDENTIFIER: return build_name(t, c);
    case CST_STRUCT_SPECIFIER: return build_tagged(t, c, N_STRUCT, K_STRUCT);
    case CST_UNION_SPECIFIER: return build_tagged(t, c, N_STRUCT, K_UNION);
    case CST_ENUM_SPECIFIER: return build_tagged(t, c, N_ENUM, K_ENUM);
    case CST_ENUMERATOR: return build_enumerator(t, c);
    case CST_TYPEOF_SPECIFIER: return build_typeof(t, c);
    case CST_ATOMIC_TYPE_SPECIFIER: return ast_fields(t, c, N_ATOMIC, 1, FIELD_TYPE);
    case CST_BIT_INT_SPECIFIER: return ast_fields(t, c, N_BITINT, 1, FIELD_WIDTH);
    case CST_ALIGNAS_QUALIFIER: return build_alignas(t, c);
    case CST_ATTRIBUTE_SPECIFIER:
    case CST_ATTRIBUTE_DECLARATION: return build_attribute(t, c);
    case CST_POINTER_DECLARATOR:
    case CST_ABSTRACT_POINTER_DECLARATOR: return build_pointer(t, c);
    case CST_ARRAY_DECLARATOR:
    case CST_ABSTRACT_ARRAY_DECLARATOR: return build_array(t, c);
    case CST_FUNCTION_DECLARATOR:
    case CST_ABSTRACT_FUNCTION_DECLARATOR: return build_function_declarator(t, c);
    case CST_PARENTHESIZED_DECLARATOR:
    case CST_ABSTRACT_PARENTHESIZED_DECLARATOR:
    case CST_ATTRIBUTED_DECLARATOR: return build_wrapped(t, c);
    default: return NULL;
    }
}

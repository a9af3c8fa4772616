/* SPDX-License-Identifier: MIT */
/* ast.c: from the flat concrete tree of one external to its AST.
 *
 * Input: a cst_tree without errors (parse.c).  Output: one tree of struct node in the unit's arena, every
 * node with its range of the text, parents set, NODE_HAS_AWAIT computed.  The idea: entries stand in
 * preorder, so one backward walk builds every node after its children (a bottom-up pass in the sense of
 * attribute grammars) and no depth of nesting costs C stack.  What kinds become is in ast_expr.c,
 * ast_stmt.c and ast_decl.c; here are the walk and what they share.
 *
 * The first thing that is well-formed for the grammar but means nothing here stops the walk (ast_refuse). */
#include "ast.h"

#include <stdlib.h>

const char *const node_kind_name[NODE_KIND_COUNT] = {
#define X(kind, dump, kids) [kind] = dump,
    NODE_KINDS(X)
#undef X
};

/* ---------------------------------------------------------------- reading the concrete tree */

struct cst *cst_child(struct cst_tree *t, struct cst *c)
{
    (void)t;
    return c->inner ? c + 1 : NULL;
}

struct cst *cst_next(struct cst_tree *t, struct cst *c)
{
    return c->next ? &t->v[c->next] : NULL;
}

struct cst *cst_parent(struct cst_tree *t, struct cst *c)
{
    return &t->v[c->parent];
}

struct cst *cst_get(struct cst_tree *t, struct cst *c, enum cst_field f)
{
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->field == f) return k;
    return NULL;
}

struct node *ast_get(struct cst_tree *t, struct cst *c, enum cst_field f)
{
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->field == f && k->ast) return k->ast;
    return NULL;
}

struct token *cst_token(struct cst_tree *t, struct cst *c)
{
    return &t->u->tok.v[c->tok];
}

unsigned cst_punct(struct cst_tree *t, struct cst *c)
{
    struct token *tok = cst_token(t, c);
    return c->kind == CST_TOKEN && tok->kind == TOK_PUNCT ? tok->punct : 0;
}

unsigned cst_keyword(struct cst_tree *t, struct cst *c)
{
    struct token *tok = cst_token(t, c);
    return tok->kind == TOK_NAME && tok->name ? tok->name->keyword : K_NONE;
}

bool cst_is_attribute(const struct cst *c)
{
    return c->kind == CST_ATTRIBUTE_SPECIFIER || c->kind == CST_ATTRIBUTE_DECLARATION;
}

struct range cst_range(const struct cst *c)
{
    return (struct range){c->start, c->end};
}

/* ---------------------------------------------------------------- making nodes */

struct node *ast_new(struct cst_tree *t, enum node_kind k, struct range r, unsigned nkids)
{
    struct node *n = NEW(&t->u->arena, struct node);
    n->kind = k;
    n->range = r;
    n->nkids = nkids;
    if (nkids) n->kid = NEWN(&t->u->arena, struct node *, nkids);
    return n;
}

struct node *ast_list(struct cst_tree *t, enum node_kind k, struct range r, node_vec *kids)
{
    struct node *n = ast_new(t, k, r, 0);
    n->kid = kids->v;
    n->nkids = kids->n;
    return n;
}

struct node *ast_fields(struct cst_tree *t, struct cst *c, enum node_kind k, unsigned n, ...)
{
    struct node *node = ast_new(t, k, cst_range(c), n);
    va_list ap;
    va_start(ap, n);
    for (unsigned i = 0; i < n; i++) node->kid[i] = ast_get(t, c, (enum cst_field)va_arg(ap, int));
    va_end(ap);
    return node;
}

void ast_name(struct cst_tree *t, struct node *n, struct cst *leaf)
{
    struct token *tok = cst_token(t, leaf);
    n->name = tok->name;
    n->name_range = (struct range){tok->start, tok->end};
}

void ast_refuse(struct cst_tree *t, struct range r, const char *why)
{
    if (t->why) return;
    t->why = why;
    t->where = r;
}

/* ---------------------------------------------------------------- the walk */

static struct node *build_none(struct cst_tree *t, struct cst *c)
{
    (void)t, (void)c;
    return NULL;
}

typedef struct node *builder(struct cst_tree *t, struct cst *c);
#define BUILD_NONE build_none
#define BUILD_EXPR ast_expr
#define BUILD_STMT ast_stmt
#define BUILD_DECL ast_decl
static builder *const builders[CST_KIND_COUNT] = {
    [CST_TOKEN] = build_none,
#define X(name, text, where) [CST_##name] = BUILD_##where,
    CST_KINDS(X)
#undef X
};

/* The one item that the whole slice is. */
static struct node *root_item(struct cst_tree *t)
{
    node_vec items = {0};
    struct cst *first = cst_child(t, &t->v[0]);
    if (first) ast_items(t, first, &items);
    if (t->why || !items.n) return NULL;
    if (items.n > 1) ast_refuse(t, items.v[1]->range, "this does not belong to the declaration before it");
    return items.v[0];
}

struct node *ast_convert(struct cst_tree *t)
{
    struct node *n;
    for (uint32_t i = t->n; i-- > 1 && !t->why;) {
        struct cst *c = &t->v[i];
        if (builders[c->kind]) c->ast = builders[c->kind](t, c);
        else ast_refuse(t, cst_range(c), NULL), t->why = "acc does not know this construct";
    }
    if (t->why) return NULL;
    n = root_item(t);
    if (!n || t->why) return NULL;
    ast_number_parents(n);
    return n;
}

/* ---------------------------------------------------------------- parents, and who awaits */

/* Whether an await in kid i of n counts as one of n: see NODE_HAS_AWAIT. */
static bool awaits_count(const struct node *n, unsigned i)
{
    switch (n->kind) {
    case E_SIZEOF:
    case E_TYPES_COMPATIBLE:
    case N_TYPEOF:
    case N_ALIGNAS: return false;
    case E_GENERIC: return i > 0;
    default: return n->kid[i]->kind != N_FUNCTION;
    }
}

/* Breadth first into a list, then backwards over it: kids before parents, without recursion. */
void ast_number_parents(struct node *root)
{
    size_t n = 0, cap = 256;
    struct node **list = xmalloc(cap * sizeof *list);
    list[n++] = root;
    for (size_t at = 0; at < n; at++) {
        struct node *node = list[at];
        if (n + node->nkids > cap) {
            cap = (n + node->nkids) * 2;
            list = xrealloc(list, cap * sizeof *list);
        }
        for (unsigned i = 0; i < node->nkids; i++) {
            if (!node->kid[i]) continue;
            node->kid[i]->parent = node;
            list[n++] = node->kid[i];
        }
    }
    while (n--) {
        struct node *node = list[n];
        if (node->kind == E_AWAIT || node->kind == E_YIELD) node->flags |= NODE_HAS_AWAIT;
        for (unsigned i = 0; i < node->nkids; i++)
            if (node->kid[i] && awaits_count(node, i))
                node->flags |= node->kid[i]->flags & NODE_HAS_AWAIT;
    }
    free(list);
}

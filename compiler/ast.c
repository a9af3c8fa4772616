/* SPDX-License-Identifier: MIT */
/* ast.c: from the flat concrete tree of one external to its AST.
 *
 * Input: a cst_tree without errors (parse.c).  Output: one tree of struct node in the unit's arena,
 * every node with its range of the text, parents set, NODE_HAS_AWAIT computed.  The idea: entries
 * stand in preorder, so one backward walk builds every node after its children (a bottom-up pass in
 * the sense of attribute grammars) and no depth of nesting costs C stack.  What kinds become is in
 * ast_expr.c, ast_stmt.c and ast_decl.c; here are the walk and what they share.
 *
 * The first thing that is well-formed for the grammar but means nothing here stops the walk
 * (ast_refuse). */
#include "ast.h"

#include <stdlib.h>
#include <string.h>

const char *const node_kind_name[NODE_KIND_COUNT] = {
#define X(kind, dump, kids) [kind] = dump,
    NODE_KINDS(X)
#undef X
};

static const struct {
    unsigned punct;
    const char *spelling;
} puncts[] = {
    {P_ARROW, "->"},      {P_INC, "++"},         {P_DEC, "--"},         {P_SHL, "<<"},
    {P_SHR, ">>"},        {P_LE, "<="},          {P_GE, ">="},          {P_EQ, "=="},
    {P_NE, "!="},         {P_AND, "&&"},         {P_OR, "||"},          {P_ELLIPSIS, "..."},
    {P_MUL_ASSIGN, "*="}, {P_DIV_ASSIGN, "/="},  {P_MOD_ASSIGN, "%="},  {P_ADD_ASSIGN, "+="},
    {P_SUB_ASSIGN, "-="}, {P_SHL_ASSIGN, "<<="}, {P_SHR_ASSIGN, ">>="}, {P_AND_ASSIGN, "&="},
    {P_XOR_ASSIGN, "^="}, {P_OR_ASSIGN, "|="},   {P_COLONCOLON, "::"},  {P_HASHHASH, "##"},
};

const char *ast_punct_spelling(unsigned punct)
{
    for (size_t i = 0; i < sizeof puncts / sizeof *puncts; i++)
        if (puncts[i].punct == punct) return puncts[i].spelling;
    return NULL;
}

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

unsigned cst_class(struct cst_tree *t, struct cst *c)
{
    return t->class[c->tok - t->ext->first];
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
    for (unsigned i = 0; i < n; i++)
        node->kid[i] = ast_get(t, c, (enum cst_field)va_arg(ap, int));
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

/* ---------------------------------------------------------------- parents, and who awaits */

/* All nodes below root, breadth first: backwards, kids come before their parents. malloc'ed. */
static struct node **list_nodes(struct node *root, size_t *count)
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
        for (unsigned i = 0; i < node->nkids; i++)
            if (node->kid[i]) list[n++] = node->kid[i];
    }
    *count = n;
    return list;
}

/* The statement that gives a statement expression its value: labels may stand before it, empty statements behind it. */
struct node *ast_last_statement(const struct node *block)
{
    struct node *last = NULL;
    for (unsigned i = block ? block->nkids : 0; i-- > 0 && !last;)
        if (block->kid[i] && block->kid[i]->kind != S_NULL) last = block->kid[i];
    while (last && last->kind == S_LABEL)
        last = node_kid(last, 0);
    return last;
}

struct node *ast_block_value(const struct node *block)
{
    struct node *last = ast_last_statement(block);
    return last && last->kind == S_EXPR ? node_kid(last, 0) : NULL;
}

/* gcc and clang look at the arguments of these and do not evaluate them. */
bool ast_calls_unevaluated(const struct node *call)
{
    static const char *const names[] = {"__builtin_constant_p", "__builtin_classify_type",
                                        "__builtin_object_size", "__builtin_dynamic_object_size"};
    const struct node *f = node_kid(call, 0);
    if (!f || f->kind != E_IDENT || !f->name) return false;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(f->name->s, names[i])) return true;
    return false;
}

/* Whether an await in kid i of n counts as one of n: see NODE_HAS_AWAIT. */
static bool awaits_count(const struct node *n, unsigned i)
{
    switch (n->kind) {
    case E_SIZEOF: /* sizes of arrays in a type name are evaluated (C11 6.7.6.2 p5) */
        return n->op == K_SIZEOF && n->kid[i]->kind == N_TYPENAME;
    case E_TYPES_COMPATIBLE:
    case N_TYPEOF:
    case N_ALIGNAS: return false;
    case E_GENERIC: return n->op ? i == n->op : i > 0; /* type.c chooses one */
    case E_CALL: return i == 0 || !ast_calls_unevaluated(n);
    default: return n->kid[i]->kind != N_FUNCTION;
    }
}

static bool is_for_await(const struct node *n)
{
    return n->kind == S_FOR_IN && n->op == K_AWAIT;
}

static void count_awaits(struct node *n)
{
    n->flags &= ~(unsigned)NODE_HAS_AWAIT;
    if (n->kind == E_AWAIT || n->kind == E_YIELD || n->kind == S_WITH || is_for_await(n)) n->flags |= NODE_HAS_AWAIT;
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && awaits_count(n, i)) n->flags |= n->kid[i]->flags & NODE_HAS_AWAIT;
}

void ast_number_parents(struct node *root)
{
    size_t n;
    struct node **list = list_nodes(root, &n);
    while (n--) {
        struct node *node = list[n];
        for (unsigned i = 0; i < node->nkids; i++)
            if (node->kid[i]) node->kid[i]->parent = node;
        count_awaits(node);
    }
    free(list);
}

void ast_count_awaits(struct node *root)
{
    size_t n;
    struct node **list = list_nodes(root, &n);
    while (n--)
        count_awaits(list[n]);
    free(list);
}

/* ---------------------------------------------------------------- what must not be missing */

const char *const node_kid_roles[NODE_KIND_COUNT] = {
#define X(kind, dump, kids) [kind] = kids,
    NODE_KINDS(X)
#undef X
};

/* Bit i: kid i may not be NULL. The last kinds of kids may repeat; then none of those may. */
static unsigned required_kids(enum node_kind k)
{
    unsigned mask = 0, bit = 1;
    for (const char *s = node_kid_roles[k]; *s; bit <<= 1) {
        size_t len = strcspn(s, " ");
        if (s[len - 1] != '?' && s[len - 1] != '*') mask |= bit;
        s += len + (s[len] == ' ');
    }
    return k == N_PARAM ? 0 : mask; /* names of K&R lists have no specifiers */
}

/* The passes rely on the shape that NODE_KINDS gives: a tree without it is refused, whatever the
 * grammar let through. */
static bool is_complete(struct cst_tree *t, struct node *root)
{
    static unsigned required[NODE_KIND_COUNT];
    size_t n;
    struct node **list = list_nodes(root, &n);
    if (!required[E_PAREN])
        for (unsigned k = 0; k < NODE_KIND_COUNT; k++)
            required[k] = required_kids(k);
    for (size_t at = 0; at < n && !t->why; at++) {
        struct node *node = list[at];
        for (unsigned i = 0, mask = required[node->kind]; mask; i++, mask >>= 1)
            if ((mask & 1) && (i >= node->nkids || !node->kid[i]))
                ast_refuse(t, node->range, "cannot parse this");
    }
    free(list);
    return !t->why;
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
static builder *const builders[CST_KIND_COUNT] = {[CST_TOKEN] = build_none,
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
    if (items.n > 1)
        ast_refuse(t, items.v[1]->range, "this does not belong to the declaration before it");
    return items.v[0];
}

struct node *ast_convert(struct cst_tree *t)
{
    struct node *n;
    for (uint32_t i = t->n; i-- > 1 && !t->why;) {
        struct cst *c = &t->v[i];
        if (builders[c->kind])
            c->ast = builders[c->kind](t, c);
        else
            ast_refuse(t, cst_range(c), "acc does not know this construct");
    }
    if (t->why) return NULL;
    n = root_item(t);
    if (!n || t->why || !is_complete(t, n)) return NULL;
    ast_number_parents(n);
    return n;
}

/* SPDX-License-Identifier: MIT */
/* ast_expr.c: expressions and initialisers, from the concrete tree to the AST.
 *
 * Input: one entry of a cst_tree whose children are built.  Output: its node, or NULL for what only
 * the node around it can tell.  Grouping is the parser's; operators are read from the tokens, so
 * that every spelling (`and` digraphs, underscored keywords) means the same. */
#include "ast.h"

/* E_UNARY's op is either, and the two must differ. */
_Static_assert(K_EXTENSION > '-' && K_REAL > '-' && K_IMAG < '[', "keywords are no operators");

/* An identifier stands where a declarator is wanted, or where an expression is: the node around it
 * says. */
static bool names_declarator(struct cst_tree *t, struct cst *c)
{
    switch (cst_parent(t, c)->kind) {
    case CST_PARENTHESIZED_DECLARATOR:
    case CST_ATTRIBUTED_DECLARATOR: return true;
    default: return c->field == FIELD_DECLARATOR;
    }
}

static struct node *build_identifier(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, E_IDENT, cst_range(c), 0);
    ast_name(t, n, c);
    if (names_declarator(t, c)) {
        n->kind = D_NAME;
    } else if (cst_keyword(t, c) == K_FUNC) {
        n->kind = E_FUNC;
    } else if (c->kind != CST_IDENTIFIER) { /* before C23 a program may declare them */
        n->kind = E_CONST;
        n->op = cst_keyword(t, c);
    }
    return n;
}

static struct node *build_leaf(struct cst_tree *t, struct cst *c, enum node_kind k)
{
    return ast_new(t, k, cst_range(c), 0);
}

static struct node *build_paren(struct cst_tree *t, struct cst *c)
{
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        struct node *n;
        if (!k->ast) continue;
        n = ast_new(t, k->kind == CST_COMPOUND_STATEMENT ? E_STMT : E_PAREN, cst_range(c), 1);
        n->kid[0] = k->ast;
        return n;
    }
    return NULL;
}

/* The operator: a token of its own, or for a builtin-like prefix the keyword that the expression
 * begins with. */
static unsigned operator_of(struct cst_tree *t, struct cst *c)
{
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        unsigned op = k->kind == CST_TOKEN ? cst_punct(t, k) : 0;
        if (op) return op;
        if (k->kind == CST_TOKEN) return cst_keyword(t, k);
    }
    return 0;
}

static struct node *build_unary(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_fields(t, c, E_UNARY, 1, FIELD_ARGUMENT);
    n->op = operator_of(t, c);
    return n;
}

static struct node *build_update(struct cst_tree *t, struct cst *c)
{
    bool prefix = cst_child(t, c)->kind == CST_TOKEN;
    struct node *n = ast_fields(t, c, prefix ? E_PREFIX : E_POSTFIX, 1, FIELD_ARGUMENT);
    n->op = operator_of(t, c);
    return n;
}

static struct node *build_binary(struct cst_tree *t, struct cst *c, enum node_kind k)
{
    struct node *n = ast_fields(t, c, k, 2, FIELD_LEFT, FIELD_RIGHT);
    n->op = operator_of(t, c);
    if (k == E_BINARY && (n->op == P_AND || n->op == P_OR)) n->kind = E_LOGICAL;
    return n;
}

/* `__extension__ e`: no field, the only child that is an expression. */
static struct node *build_extension(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, E_UNARY, cst_range(c), 1);
    n->op = K_EXTENSION;
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->ast) n->kid[0] = k->ast;
    return n;
}

static struct node *build_sizeof(struct cst_tree *t, struct cst *c, unsigned op)
{
    struct node *n = ast_fields(t, c, E_SIZEOF, 1, FIELD_VALUE);
    if (!n->kid[0]) n->kid[0] = ast_get(t, c, FIELD_TYPE);
    n->op = op;
    return n;
}

static struct node *build_member(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_fields(t, c, E_MEMBER, 1, FIELD_ARGUMENT);
    struct cst *op = cst_get(t, c, FIELD_OPERATOR);
    struct cst *name = cst_get(t, c, FIELD_FIELD);
    n->op = op ? cst_punct(t, op) : 0;
    if (name) ast_name(t, n, name);
    return n;
}

static struct node *build_label_address(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, E_LABEL_ADDR, cst_range(c), 0);
    struct cst *label = cst_get(t, c, FIELD_LABEL);
    if (label) ast_name(t, n, label);
    return n;
}

/* ---------------------------------------------------------------- calls and what looks like one */

/* acc_bind(f, ...), unless the program declares that name itself. */
/* What is spelled as a call and is none. */
static enum node_kind called_kind(struct cst_tree *t, struct cst *callee)
{
    struct name *n = cst_token(t, callee)->name;
    unsigned keyword = callee->kind == CST_IDENTIFIER && n ? unit_keyword(n) : K_NONE;
    return keyword == K_BIND ? E_BIND : keyword == K_TRY_VALUE ? E_TRY : E_CALL;
}

static struct node *build_call(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    struct cst *callee = cst_get(t, c, FIELD_FUNCTION), *list = cst_get(t, c, FIELD_ARGUMENTS);
    enum node_kind kind = called_kind(t, callee);
    if (kind == E_CALL) vec_push(&t->u->arena, &kids, callee->ast);
    for (struct cst *k = list ? cst_child(t, list) : NULL; k; k = cst_next(t, k)) {
        if (k->kind == CST_COMPOUND_STATEMENT)
            ast_refuse(t, cst_range(k), "expected an expression as argument, saw '{'");
        if (k->ast) vec_push(&t->u->arena, &kids, k->ast);
    }
    if (kind != E_CALL && !kids.n) vec_push(&t->u->arena, &kids, NULL); /* check.c says so */
    return ast_list(t, kind, cst_range(c), &kids);
}

static struct node *build_generic(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    struct cst *type = NULL;
    struct node *n;
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (k->field == FIELD_SELECTOR) vec_push(&t->u->arena, &kids, k->ast);
        if (k->field == FIELD_TYPE) type = k;
        if (k->field != FIELD_VALUE || !k->ast || !type) continue;
        n = ast_new(t, N_ASSOC, (struct range){type->start, k->end}, 2);
        n->kid[0] = type->ast;
        n->kid[1] = k->ast;
        vec_push(&t->u->arena, &kids, n);
    }
    return ast_list(t, E_GENERIC, cst_range(c), &kids);
}

static struct node *name_designator(struct cst_tree *t, struct range r, struct cst *name)
{
    struct node *n = ast_new(t, N_DESIGNATOR, r, 2);
    ast_name(t, n, name);
    return n;
}

static struct node *build_offsetof(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_TYPE));
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (k->field != FIELD_MEMBER || k->kind == CST_TOKEN) continue;
        vec_push(&t->u->arena, &kids,
                 k->kind == CST_FIELD_IDENTIFIER ? name_designator(t, cst_range(k), k) : k->ast);
    }
    return ast_list(t, E_OFFSETOF, cst_range(c), &kids);
}

static struct node *build_types_compatible(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, E_TYPES_COMPATIBLE, cst_range(c), 2);
    unsigned i = 0;
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->kind == CST_TYPE_DESCRIPTOR && i < 2) n->kid[i++] = k->ast;
    return n;
}

/* ---------------------------------------------------------------- initialisers */

static struct node *build_init_list(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->ast) vec_push(&t->u->arena, &kids, k->ast);
    return ast_list(t, E_INIT, cst_range(c), &kids);
}

/* `.a[1] = v`, and the old `a: v`. */
static struct node *build_designated(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_VALUE));
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (k->field != FIELD_DESIGNATOR || k->kind == CST_TOKEN) continue;
        vec_push(&t->u->arena, &kids,
                 k->kind == CST_FIELD_IDENTIFIER ? name_designator(t, cst_range(k), k) : k->ast);
    }
    return ast_list(t, E_DESIGNATED, cst_range(c), &kids);
}

static struct node *build_designator(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, N_DESIGNATOR, cst_range(c), 2);
    unsigned i = 0;
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (c->kind == CST_FIELD_DESIGNATOR && k->kind == CST_FIELD_IDENTIFIER)
            ast_name(t, n, k);
        else if (k->ast && i < 2)
            n->kid[i++] = k->ast;
    }
    return n;
}

/* ---------------------------------------------------------------- the switch */

static struct node *build_await(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_fields(t, c, E_AWAIT, 1, FIELD_ARGUMENT);
    if (c->kind == CST_YIELD_FROM_EXPRESSION) n->op = K_FROM;
    return n;
}

struct node *ast_expr(struct cst_tree *t, struct cst *c)
{
    switch (c->kind) {
    case CST_IDENTIFIER:
    case CST_TRUE:
    case CST_FALSE:
    case CST_NULL: return build_identifier(t, c);
    case CST_NUMBER_LITERAL: return build_leaf(t, c, E_NUMBER);
    case CST_CHAR_LITERAL: return build_leaf(t, c, E_CHAR);
    case CST_STRING_LITERAL:
    case CST_CONCATENATED_STRING: return build_leaf(t, c, E_STRING);
    case CST_PARENTHESIZED_EXPRESSION: return build_paren(t, c);
    case CST_SUBSCRIPT_EXPRESSION:
        return ast_fields(t, c, E_SUBSCRIPT, 2, FIELD_ARGUMENT, FIELD_INDEX);
    case CST_CALL_EXPRESSION: return build_call(t, c);
    case CST_FIELD_EXPRESSION: return build_member(t, c);
    case CST_UPDATE_EXPRESSION: return build_update(t, c);
    case CST_UNARY_EXPRESSION:
    case CST_POINTER_EXPRESSION: return build_unary(t, c);
    case CST_EXTENSION_EXPRESSION: return build_extension(t, c);
    case CST_LABEL_ADDRESS_EXPRESSION: return build_label_address(t, c);
    case CST_SIZEOF_EXPRESSION: return build_sizeof(t, c, K_SIZEOF);
    case CST_ALIGNOF_EXPRESSION: return build_sizeof(t, c, K_ALIGNOF);
    case CST_CAST_EXPRESSION: return ast_fields(t, c, E_CAST, 2, FIELD_TYPE, FIELD_VALUE);
    case CST_COMPOUND_LITERAL_EXPRESSION:
        return ast_fields(t, c, E_COMPOUND, 2, FIELD_TYPE, FIELD_VALUE);
    case CST_BINARY_EXPRESSION: return build_binary(t, c, E_BINARY);
    case CST_CONDITIONAL_EXPRESSION:
        return ast_fields(t, c, E_COND, 3, FIELD_CONDITION, FIELD_CONSEQUENCE, FIELD_ALTERNATIVE);
    case CST_ASSIGNMENT_EXPRESSION: return build_binary(t, c, E_ASSIGN);
    case CST_COMMA_EXPRESSION: return ast_fields(t, c, E_COMMA, 2, FIELD_LEFT, FIELD_RIGHT);
    case CST_GENERIC_EXPRESSION: return build_generic(t, c);
    case CST_VA_ARG_EXPRESSION: return ast_fields(t, c, E_VA_ARG, 2, FIELD_VALUE, FIELD_TYPE);
    case CST_OFFSETOF_EXPRESSION: return build_offsetof(t, c);
    case CST_TYPES_COMPATIBLE_EXPRESSION: return build_types_compatible(t, c);
    case CST_BIT_CAST_EXPRESSION: return ast_fields(t, c, E_BIT_CAST, 2, FIELD_TYPE, FIELD_VALUE);
    case CST_CONVERT_VECTOR_EXPRESSION:
        return ast_fields(t, c, E_CONVERT, 2, FIELD_VALUE, FIELD_TYPE);
    case CST_INITIALIZER_LIST: return build_init_list(t, c);
    case CST_INITIALIZER_PAIR: return build_designated(t, c);
    case CST_SUBSCRIPT_DESIGNATOR:
    case CST_SUBSCRIPT_RANGE_DESIGNATOR:
    case CST_FIELD_DESIGNATOR: return build_designator(t, c);
    case CST_AWAIT_EXPRESSION:
    case CST_YIELD_FROM_EXPRESSION: return build_await(t, c);
    case CST_YIELD_EXPRESSION: return ast_fields(t, c, E_YIELD, 1, FIELD_ARGUMENT);
    default: return NULL;
    }
}

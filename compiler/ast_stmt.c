/* SPDX-License-Identifier: MIT */
/* ast_stmt.c: statements, from the concrete tree to the AST.
 *
 * Input: one entry of a cst_tree whose children are built.  Output: its node; its range ends with
 * the ';'. The one idea: C 6.8.1 says that a label labels exactly one statement, the parser gathers
 * differently (a case holds all up to the next case, a label may stand before a declaration or
 * before nothing). So labels are built as shells without a statement; ast_items lays a block's
 * labels, statements and declarations out in a row, and then, from the right, each label takes the
 * statement that follows it.
 *
 * Attributes in front of a statement belong to its range and make no node, alone with a ';' they
 * are S_ATTRIBUTE. */
#include "ast.h"

/* ---------------------------------------------------------------- items of a block */

/* Whether a label can take n as its statement: declarations stay items of their own. */
static bool is_statement(const struct node *n)
{
    switch (n->kind) {
    case S_DECL:
    case N_FUNCTION:
    case S_LOCAL_LABEL:
    case S_STATIC_ASSERT: return false;
    default: return true;
    }
}

static struct node **labelled(struct node *n)
{
    switch (n->kind) {
    case S_CASE:
    case S_DEFAULT:
    case S_LABEL: return &n->kid[n->nkids - 1];
    default: return NULL;
    }
}

/* Everything is still apart: labels hold nothing. */
static void attach_labels(node_vec *items)
{
    unsigned to = items->n;
    for (unsigned i = items->n; i-- > 0;) {
        struct node *n = items->v[i], **stmt = labelled(n);
        if (stmt && !*stmt && to < items->n && is_statement(items->v[to])) {
            *stmt = items->v[to++];
            n->range.end = (*stmt)->range.end;
        }
        items->v[--to] = n;
    }
    for (unsigned i = to; i < items->n; i++)
        items->v[i - to] = items->v[i];
    items->n -= to;
}

static void lay_out(struct cst_tree *t, struct cst *first, node_vec *items);

/* What follows the ':' of a label. */
static struct cst *after_colon(struct cst_tree *t, struct cst *c)
{
    struct cst *k = cst_child(t, c);
    while (k && cst_punct(t, k) != ':')
        k = cst_next(t, k);
    return k ? cst_next(t, k) : NULL;
}

/* Makes what was laid out from `at` on begin with the attributes at `start`. */
static void begin_at(node_vec *items, unsigned at, uint32_t start)
{
    struct node *n;
    if (at >= items->n) return;
    n = items->v[at];
    n->range.start = start;
    if (n->kind == S_NULL) n->kind = S_ATTRIBUTE;
}

/* One entry of a block, without what its labels label. */
static void lay_out_one(struct cst_tree *t, struct cst *c, node_vec *items)
{
    unsigned at = items->n;
    if (c->kind == CST_ATTRIBUTED_STATEMENT) {
        lay_out(t, cst_child(t, c), items);
        begin_at(items, at, c->start);
        return;
    }
    if (!c->ast) return;
    vec_push(&t->u->arena, items, c->ast);
    if (c->kind == CST_LABELED_STATEMENT || c->kind == CST_CASE_STATEMENT)
        lay_out(t, after_colon(t, c), items);
}

/* Siblings from `first` on. A bare type specifier and the ';' after it are one declaration. */
static void lay_out(struct cst_tree *t, struct cst *first, node_vec *items)
{
    struct cst *attributes = NULL;
    for (struct cst *c = first; c; c = cst_next(t, c)) {
        unsigned at = items->n;
        struct cst *next = cst_next(t, c);
        if (cst_is_attribute(c)) {
            if (!attributes) attributes = c;
            if (!next && items->n) items->v[items->n - 1]->range.end = c->end;
            continue;
        }
        if (cst_is_type(c)) {
            bool ended = next && cst_punct(t, next) == ';';
            vec_push(&t->u->arena, items, ast_bare_type(t, c, ended ? next->end : c->end));
        } else {
            lay_out_one(t, c, items);
        }
        if (attributes && items->n > at) {
            begin_at(items, at, attributes->start);
            attributes = NULL;
        }
    }
}

void ast_items(struct cst_tree *t, struct cst *first, node_vec *items)
{
    lay_out(t, first, items);
    attach_labels(items);
}

struct node *ast_single(struct cst_tree *t, struct cst *c)
{
    node_vec items = {0};
    struct node *n;
    if (!c) return NULL;
    lay_out_one(t, c, &items);
    attach_labels(&items);
    if (!items.n) return NULL;
    n = items.v[0];
    if (items.n > 1 && labelled(n)) /* a label before a declaration, as the branch of an if */
        ast_refuse(t, items.v[1]->range, "expected a statement, saw a declaration");
    return n;
}

/* ---------------------------------------------------------------- conditions and bodies */

/* The parentheses of `if (e)` belong to the statement: the expression is what is in them. */
static struct node *condition(struct cst_tree *t, struct cst *c, enum cst_field f)
{
    struct node *n = ast_get(t, c, f);
    return n && n->kind == E_PAREN ? n->kid[0] : n;
}

static struct node *body(struct cst_tree *t, struct cst *c, enum cst_field f)
{
    return ast_single(t, cst_get(t, c, f));
}

static struct node *build_if(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, S_IF, cst_range(c), 3);
    struct cst *other = cst_get(t, c, FIELD_ALTERNATIVE);
    n->kid[0] = condition(t, c, FIELD_CONDITION);
    n->kid[1] = body(t, c, FIELD_CONSEQUENCE);
    for (struct cst *k = other ? cst_child(t, other) : NULL; k; k = cst_next(t, k))
        if (k->kind != CST_TOKEN) n->kid[2] = ast_single(t, k);
    return n;
}

static struct node *build_head_and_body(struct cst_tree *t, struct cst *c, enum node_kind k,
                                        enum cst_field head)
{
    struct node *n = ast_new(t, k, cst_range(c), 2);
    n->kid[0] = condition(t, c, head);
    n->kid[1] = body(t, c, FIELD_BODY);
    return n;
}

static struct node *build_do(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, S_DO, cst_range(c), 2);
    n->kid[0] = body(t, c, FIELD_BODY);
    n->kid[1] = condition(t, c, FIELD_CONDITION);
    return n;
}

static struct node *build_for(struct cst_tree *t, struct cst *c)
{
    struct node *n =
        ast_fields(t, c, S_FOR, 4, FIELD_INITIALIZER, FIELD_CONDITION, FIELD_UPDATE, FIELD_BODY);
    n->kid[3] = body(t, c, FIELD_BODY);
    return n;
}

static struct node *build_for_in(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, S_FOR_IN, cst_range(c), 3);
    if (cst_get(t, c, FIELD_AWAIT)) n->op = K_AWAIT;
    n->kid[0] = ast_for_in_decl(t, c);
    n->kid[1] = ast_get(t, c, FIELD_ITERABLE);
    n->kid[2] = body(t, c, FIELD_BODY);
    return n;
}

/* ---------------------------------------------------------------- labels and jumps */

/* The range is the label's alone until it takes its statement. */
static struct node *build_case(struct cst_tree *t, struct cst *c)
{
    bool is_default = cst_keyword(t, c) == K_DEFAULT;
    struct range r = cst_range(c);
    struct node *n;
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (cst_punct(t, k) != ':') continue;
        r.end = k->end;
        break;
    }
    n = ast_new(t, is_default ? S_DEFAULT : S_CASE, r, is_default ? 1 : 3);
    if (is_default) return n;
    n->kid[0] = ast_get(t, c, FIELD_VALUE);
    n->kid[1] = ast_get(t, c, FIELD_END);
    return n;
}

static struct node *build_label(struct cst_tree *t, struct cst *c)
{
    struct cst *label = cst_get(t, c, FIELD_LABEL), *colon = cst_child(t, c);
    struct node *n;
    while (colon && cst_punct(t, colon) != ':')
        colon = cst_next(t, colon);
    n = ast_new(t, S_LABEL, (struct range){c->start, colon ? colon->end : c->end}, 1);
    if (label) ast_name(t, n, label);
    return n;
}

static struct node *build_goto(struct cst_tree *t, struct cst *c)
{
    struct cst *label = cst_get(t, c, FIELD_LABEL);
    struct node *n;
    if (!label) return ast_fields(t, c, S_GOTO_COMPUTED, 1, FIELD_ADDRESS);
    n = ast_new(t, S_GOTO, cst_range(c), 0);
    ast_name(t, n, label);
    return n;
}

/* The only child that is an expression, or none: `return e;`, `throw;`. */
static struct node *build_optional(struct cst_tree *t, struct cst *c, enum node_kind k)
{
    struct node *n = ast_new(t, k, cst_range(c), 1);
    for (struct cst *e = cst_child(t, c); e; e = cst_next(t, e))
        if (e->ast) n->kid[0] = e->ast;
    return n;
}

/* ---------------------------------------------------------------- expression statements, asm */

static struct node *build_expression(struct cst_tree *t, struct cst *c)
{
    struct node *n = build_optional(t, c, S_EXPR), *e = n->kid[0];
    if (!e) return ast_new(t, S_NULL, cst_range(c), 0);
    if (e->kind != S_ASM) return n;
    e->range = n->range;
    return e;
}

static bool is_read_and_written(struct cst_tree *t, struct cst *constraint)
{
    for (uint32_t i = constraint->start; i < constraint->end; i++)
        if (t->u->text[i] == '+') return true;
    return false;
}

static void add_operands(struct cst_tree *t, struct cst *list, node_vec *kids)
{
    for (struct cst *k = cst_child(t, list); k; k = cst_next(t, k)) {
        struct node *e = k->kind == CST_TOKEN ? NULL : ast_get(t, k, FIELD_VALUE);
        struct cst *constraint = e ? cst_get(t, k, FIELD_CONSTRAINT) : NULL;
        if (!e) continue;
        if (k->kind == CST_GNU_ASM_OUTPUT_OPERAND) {
            e->flags |= NODE_OUT;
            if (constraint && is_read_and_written(t, constraint)) e->flags |= NODE_INOUT;
        }
        vec_push(&t->u->arena, kids, e);
    }
}

static struct node *build_asm(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    unsigned op = 0;
    struct node *n;
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k)) {
        if (k->kind == CST_GNU_ASM_QUALIFIER && cst_keyword(t, k) == K_GOTO) op = K_GOTO;
        if (k->kind == CST_GNU_ASM_OUTPUT_OPERAND_LIST || k->kind == CST_GNU_ASM_INPUT_OPERAND_LIST)
            add_operands(t, k, &kids);
    }
    n = ast_list(t, S_ASM, cst_range(c), &kids);
    n->op = op;
    return n;
}

/* A statement, or the name a declarator has for the assembler. */
static struct node *build_asm_or_label(struct cst_tree *t, struct cst *c)
{
    struct node *n;
    switch (cst_parent(t, c)->kind) {
    case CST_EXPRESSION_STATEMENT: return build_asm(t, c);
    case CST_DECLARATION:
    case CST_INIT_DECLARATOR:
    case CST_FUNCTION_DECLARATOR:
    case CST_FUNCTION_DEFINITION:
    case CST_FIELD_DECLARATION:
    case CST_TYPE_DEFINITION:
    case CST_PARAMETER_DECLARATION:
        n = ast_new(t, N_ATTRIBUTE, cst_range(c), 0);
        n->op = K_ASM;
        return n;
    default: ast_refuse(t, cst_range(c), "expected an expression, saw 'asm'"); return NULL;
    }
}

/* ---------------------------------------------------------------- the dialect's */

static struct node *build_try(struct cst_tree *t, struct cst *c)
{
    node_vec kids = {0};
    vec_push(&t->u->arena, &kids, ast_get(t, c, FIELD_BODY));
    for (struct cst *k = cst_child(t, c); k; k = cst_next(t, k))
        if (k->kind == CST_CATCH_CLAUSE || k->kind == CST_CATCH_CANCEL_CLAUSE)
            vec_push(&t->u->arena, &kids, k->ast);
    return ast_list(t, S_TRY, cst_range(c), &kids);
}

static struct node *build_defer(struct cst_tree *t, struct cst *c)
{
    struct node *n = ast_new(t, S_DEFER, cst_range(c), 1);
    n->kid[0] = body(t, c, FIELD_BODY);
    return n;
}

static struct node *build_block(struct cst_tree *t, struct cst *c)
{
    node_vec items = {0};
    ast_items(t, cst_child(t, c), &items);
    return ast_list(t, S_COMPOUND, cst_range(c), &items);
}

struct node *ast_stmt(struct cst_tree *t, struct cst *c)
{
    switch (c->kind) {
    case CST_COMPOUND_STATEMENT: return build_block(t, c);
    case CST_EXPRESSION_STATEMENT: return build_expression(t, c);
    case CST_IF_STATEMENT: return build_if(t, c);
    case CST_SWITCH_STATEMENT: return build_head_and_body(t, c, S_SWITCH, FIELD_CONDITION);
    case CST_WHILE_STATEMENT: return build_head_and_body(t, c, S_WHILE, FIELD_CONDITION);
    case CST_WITH_STATEMENT: return build_head_and_body(t, c, S_WITH, FIELD_SCOPE);
    case CST_DO_STATEMENT: return build_do(t, c);
    case CST_FOR_STATEMENT: return build_for(t, c);
    case CST_FOR_IN_STATEMENT: return build_for_in(t, c);
    case CST_CASE_STATEMENT: return build_case(t, c);
    case CST_LABELED_STATEMENT: return build_label(t, c);
    case CST_GOTO_STATEMENT: return build_goto(t, c);
    case CST_RETURN_STATEMENT: return build_optional(t, c, S_RETURN);
    case CST_THROW_STATEMENT: return build_optional(t, c, S_THROW);
    case CST_BREAK_STATEMENT: return ast_new(t, S_BREAK, cst_range(c), 0);
    case CST_CONTINUE_STATEMENT: return ast_new(t, S_CONTINUE, cst_range(c), 0);
    case CST_GNU_ASM_EXPRESSION: return build_asm_or_label(t, c);
    case CST_STATIC_ASSERT_DECLARATION:
        return ast_fields(t, c, S_STATIC_ASSERT, 1, FIELD_CONDITION);
    case CST_LABEL_DECLARATION: return ast_new(t, S_LOCAL_LABEL, cst_range(c), 0);
    case CST_DEFER_STATEMENT: return build_defer(t, c);
    case CST_TRY_STATEMENT: return build_try(t, c);
    case CST_CATCH_CLAUSE: return ast_fields(t, c, N_CATCH, 2, FIELD_PARAMETER, FIELD_BODY);
    case CST_CATCH_CANCEL_CLAUSE: return ast_fields(t, c, N_CATCH, 2, FIELD_PARAMETER, FIELD_BODY);
    default: return NULL;
    }
}

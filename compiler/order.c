/* SPDX-License-Identifier: MIT */
/* order.c: takes awaits out of expressions, in the order of evaluation that docs/dialect.md promises.
 *
 * In: typed AST.  Out: for each full expression with awaits a plan (node->plan): a list of steps, after which
 * what is left of the expression, with temporaries in place of what was evaluated (node->subst), gives its
 * value.  fn->awaits in order of the states.
 *
 * The idea: of the operands of a node, all to the left of the last one with an await are evaluated into
 * temporaries before it, in order; what stands to its right stays where it is.  So every operand is evaluated
 * once and never later than an await it stands left of.  Lvalues are captured by their parts (base pointer and
 * index, not the value): "operands in C have places", C11 6.5.16.2.
 *
 * Needs frame_unit (which awaits are direct). Expressions without an await are not touched. */
#include "acc.h"
#include "order.h"

#include <assert.h>
#include <string.h>

struct order {
    struct unit *u;
    struct fn *fn;
    struct plan *plan;
    struct node *root;
    unsigned number, *numbers;  /* of the full expression: greater than that of one it stands in; the last given */
    bool written_known;         /* what it assigns to bears its number, or that of one that stands in it */
};

static void lower(struct order *o, struct node *n);
static void lower_generic(struct order *o, struct node *n);
static void capture(struct order *o, struct node *n);
static void order_node(struct order *o, struct node *n);

static bool has_await(const struct node *n) { return n && (n->flags & NODE_HAS_AWAIT); }

struct node *node_strip(struct node *n) {
    while (n && (n->kind == E_PAREN || (n->kind == E_UNARY && n->op == K_EXTENSION))) n = n->kid[0];
    return n;
}

struct node *node_uncast(struct node *n) {
    while (n && (n->kind == E_PAREN || n->kind == E_CAST)) n = n->kid[n->nkids - 1];
    return n;
}

const char *node_callee_name(const struct node *call) {
    struct node *f = call && call->kind == E_CALL ? node_strip(call->kid[0]) : NULL;
    return f && f->kind == E_IDENT && f->name ? f->name->s : "";
}

struct node *node_arm(const struct node *n, unsigned i) {
    bool told = n->kind == E_GENERIC && n->op > 0 && n->op < n->nkids;
    if (n->kind == E_GENERIC && i < (told ? 1 : n->nkids - 1)) return n->kid[told ? n->op : i + 1]->kid[1];
    return i < 2 && n->nkids == 4 && !strcmp(node_callee_name(n), "__builtin_choose_expr") ? n->kid[i + 2] : NULL;
}

static void step_add(struct order *o, enum step_kind kind, struct node *expr, struct decl *temp) {
    struct step s = {.kind = kind, .expr = expr, .temp = temp};
    vec_push(&o->u->arena, &o->plan->steps, s);
}

static void step_const(struct order *o, struct decl *temp, int value) {
    struct step s = {.kind = STEP_SET, .temp = temp, .value = value};
    vec_push(&o->u->arena, &o->plan->steps, s);
}

static struct decl *temp_new(struct order *o, const char *stem, struct node *n, struct type *t) {
    struct arena *a = &o->u->arena;
    struct decl *d = NEW(a, struct decl);
    d->kind = DECL_TEMP;
    d->fn = o->fn;
    d->node = n;
    d->type = t;
    d->index = o->fn->locals.n;
    d->emitted = fn_fresh_name(o->u, o->fn, stem);
    vec_push(a, &o->fn->locals, d);
    return d;
}

/* ---- what need not be captured ---- */

bool decl_is_local(const struct decl *d) {
    if (!d || d->ext) return false;
    if (d->kind == DECL_TEMP) return true;
    const struct node *of = d->kind == DECL_PARAM && d->scope ? d->scope->node : NULL;
    if (of && of->kind == D_FUNCTION && d->fn && of != d->fn->func) return false; /* a prototype's */
    return (d->kind == DECL_VAR || d->kind == DECL_PARAM) && d->storage != STORAGE_STATIC &&
           d->storage != STORAGE_EXTERN && d->storage != STORAGE_THREAD;
}

bool decl_is_of_block(const struct decl *d) {
    bool object = d && (d->kind == DECL_VAR || d->kind == DECL_PARAM || d->kind == DECL_FUNCTION);
    return object && !d->ext && d->scope && d->scope->depth > 0 && d->scope->node->kind != D_FUNCTION;
}

bool decl_may_lack_memory(const struct decl *d) {
    return d->kind == DECL_VAR && d->type && d->type->kind == TY_ARRAY && type_is_variably_modified(d->type);
}

bool decl_has_block(const struct decl *d) { return d->kind != DECL_PARAM && d->scope && d->scope->node; }

static struct decl *local_of(struct node *n) {
    return n->kind == E_IDENT && decl_is_local(n->decl) ? n->decl : NULL;
}

static void note_place(struct order *o, struct node *place) {
    struct node *n = node_strip(place), *arm;
    while (n->kind == E_MEMBER || n->kind == E_SUBSCRIPT || n->kind == E_UNARY) n = node_strip(n->kid[0]);
    if (local_of(n)) local_of(n)->written_at = o->number;
    for (unsigned i = 0; (arm = node_arm(n, i)); i++) note_place(o, arm);
}

static void note_written(struct order *o, struct node *n) {
    if (!n) return;
    if (n->kind == E_ASSIGN || n->kind == E_PREFIX || n->kind == E_POSTFIX) note_place(o, n->kid[0]);
    if (n->kind == E_TRY && node_try_code(n)) node_try_code(n)->written_at = o->number;
    for (unsigned i = 0; i < n->nkids; i++) note_written(o, n->kid[i]);
}

static bool is_written(struct order *o, struct decl *d) {
    if (!o->written_known) note_written(o, o->root);
    o->written_known = true;
    return d->written_at >= o->number;
}

static bool is_array(const struct node *n) { return n->type && n->type->kind == TY_ARRAY; }
static bool is_function(const struct node *n) { return n->type && n->type->kind == TY_FUNCTION; }

/* Reading it later gives the same value, whatever runs in between. */
static bool is_stable(struct order *o, struct node *n) {
    struct decl *d;
    switch (n->kind) {
    case E_NUMBER: case E_CHAR: case E_STRING: case E_CONST: case E_FUNC: case E_LABEL_ADDR: case E_TYPES_COMPATIBLE:
        return true;
    case E_SIZEOF:
        return n->flags & NODE_CONSTANT || (n->kid[0]->kind < N_ASSOC && !type_is_variably_modified(n->kid[0]->type));
    case E_IDENT:
        if (!n->decl) return n->parent && n->parent->kind == E_CALL && n->parent->kid[0] == n;
        if (n->decl->kind == DECL_FUNCTION || n->decl->kind == DECL_ENUMERATOR) return true;
        if (is_array(n) || is_function(n) || (n->type && n->type->kind == TY_VA_LIST)) return true;
        d = local_of(n);
        return d && !d->escapes && !(n->type && n->type->quals & (Q_VOLATILE | Q_ATOMIC)) && !is_written(o, d);
    case E_PAREN:
        return is_stable(o, n->kid[0]);
    default:
        return (n->flags & (NODE_CONSTANT | NODE_NULL_CONSTANT)) != 0;
    }
}

/* ---- capturing ---- */

static void capture_value(struct order *o, struct node *n);
static void take_apart(struct order *o, struct node *n);
static void keep_results(struct order *o, struct node *n);

/* Sizes in a type name, evaluated now: the type is said again where a temporary of it is used. */
static void keep_sizes(struct order *o, struct node *n) {
    if (!n || n->kind == E_SIZEOF) return;
    if (n->kind == D_ARRAY && n->nkids > 1 && n->kid[1] && !(n->kid[1]->flags & NODE_CONSTANT)) {
        struct node *size = n->kid[1];
        if (!size->subst) capture_value(o, size);
        size->saved = size->subst->emitted;
    }
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && n->kid[i]->kind >= N_ASSOC) keep_sizes(o, n->kid[i]);
}

static void keep_type(struct order *o, struct type *t) {
    for (; t; t = t->base) {
        struct node *n = t->is_vla ? t->size : NULL;
        while (n && n->kind >= D_NAME) n = n->parent;
        while (n && n->kind != N_TYPENAME && n->kind != S_DECL && n->kind != N_PARAM) n = n->parent;
        if (n && n->kind == N_TYPENAME && !t->size->saved) keep_sizes(o, n);
    }
}

/* The temporary has the type of the operand, not the promoted one: compilers tell from it which comparisons mix signs.
 * A bit-field's is a bit-field too: how one wider than int promotes, gcc and clang do not agree. */
static struct decl *temp_of_value(struct order *o, struct node *n) {
    const struct member *m = type_bitfield(o->u, n);
    struct decl *t = temp_new(o, "t", n, NULL);
    t->bits = m ? m->width : 0;
    t->type = t->bits ? type_decay(o->u, m->type) : type_value(o->u, n);
    return t;
}

static void capture_value(struct order *o, struct node *n) {
    keep_results(o, n);
    if (n->subst) return;
    if (type_is_variably_modified(n->type)) keep_type(o, n->type);
    struct decl *t = temp_of_value(o, n);
    step_add(o, STEP_CAPTURE, n, t);
    n->subst = t;
}

/* Like an array, a vector that is subscripted is a place. */
static bool is_vector_place(const struct node *n) { return n->type && n->type->kind == TY_VECTOR && n->flags & NODE_LVALUE; }

/* Fixes the place an lvalue designates: afterwards its text can be evaluated again without effect. */
static void fix_place(struct order *o, struct node *n) {
    switch (n->kind) {
    case E_IDENT:
        return;
    case E_PAREN:
        fix_place(o, n->kid[0]);
        return;
    case E_MEMBER:
        lower(o, n->kid[0]);
        if (n->op == '.' && (n->kid[0]->flags & NODE_LVALUE)) fix_place(o, n->kid[0]);
        else capture(o, n->kid[0]);
        return;
    case E_SUBSCRIPT:
        for (unsigned i = 0; i < 2; i++) {
            lower(o, n->kid[i]);
            if (is_vector_place(n->kid[i])) fix_place(o, n->kid[i]);
            else capture(o, n->kid[i]);
        }
        return;
    case E_UNARY:
        if (n->op == '*') {
            lower(o, n->kid[0]);
            capture(o, n->kid[0]);
            return;
        }
        fix_place(o, n->kid[0]);
        return;
    case E_COMPOUND:
        lower(o, n);
        if (!n->literal || is_array(n)) {
            capture(o, n);
        } else if (!n->subst) { /* filled now; it is the object itself, no copy, of which a part was asked for */
            step_add(o, STEP_EVAL, n, NULL);
            n->subst = n->literal;
        }
        return;
    case E_GENERIC:
        if (n->op == 0 || n->op >= n->nkids) lower_generic(o, n);
        else fix_place(o, n->kid[n->op]->kid[1]);
        return;
    default:
        if (n->kind == E_CALL && type_builtin_choice(o->u, n)) {
            fix_place(o, type_builtin_choice(o->u, n));
            return;
        }
        lower(o, n);
        if (is_function(n)) capture_value(o, n); /* no such expression is C, but capture would ask again */
        else capture(o, n);
    }
}

/* The array of a struct that is no object lives until the full expression ends: so must its copy. */
static void capture_array_rvalue(struct order *o, struct node *n) {
    struct node *base = n;
    while (base->kind == E_MEMBER && base->op == '.' && !(base->kid[0]->flags & NODE_LVALUE)) base = base->kid[0];
    if (base == n) return;
    if (!base->subst) capture_value(o, base);
    if (base->subst) base->subst->escapes = true;
}

static bool is_result_array(const struct node *n) {
    return n->kind == E_MEMBER && n->op == '.' && is_array(n) && !(n->flags & NODE_LVALUE);
}

static bool is_addressed(const struct node *n) {
    const struct node *p = n->parent;
    while (p && (p->kind == E_PAREN || p->kind == E_MEMBER)) p = p->parent;
    return n->flags & NODE_LVALUE && p && p->kind == E_UNARY && p->op == '&';
}

/* Where no full expression of its own begins, nothing is unevaluated, and the value may be or hold a pointer. */
static bool hands_pointers_on(const struct node *n) {
    const struct type *t = n->type;
    if (n->kind == N_ASSOC || n->kind == E_INIT || n->kind == E_DESIGNATED) return true;
    if (n->kind > N_ASSOC || n->kind == E_STMT || n->kind == E_SIZEOF || n->kind == E_TYPES_COMPATIBLE || n->kind == E_OFFSETOF) return false;
    return !t || !type_is_arithmetic(t) || is_addressed(n);
}

/* Marks what such an array may be reached by when it has been evaluated. */
static bool mark_result_arrays(struct node *n) {
    bool holds = false;
    if (!n) return false;
    for (unsigned i = 0; i < n->nkids; i++)
        if (mark_result_arrays(n->kid[i])) holds = true;
    if (!hands_pointers_on(n) || (n->kind == E_CALL && ast_calls_unevaluated(n))) return false;
    if (!holds && !is_result_array(n)) return false;
    n->flags |= NODE_HOLDS_RESULT;
    return true;
}

/* An array in what a call gave is an object until the full expression ends (C11 6.2.4 p8): a pointer into it, about to be
 * put into a temporary or handed to what is awaited, must not outlive it. */
static void keep_results(struct order *o, struct node *n) {
    if (!n || n->subst || !(n->flags & NODE_HOLDS_RESULT)) return;
    if (is_result_array(n)) {
        capture_array_rvalue(o, n);
        return;
    }
    switch (n->kind) {
    case E_COND:
        keep_results(o, n->kid[0]);
        take_apart(o, n);
        return;
    case E_COMMA:
        if (!n->left_done) step_add(o, STEP_EVAL, n->kid[0], NULL);
        n->left_done = true;
        keep_results(o, n->kid[1]);
        return;
    case E_GENERIC:
        if (n->op > 0 && n->op < n->nkids) keep_results(o, n->kid[n->op]->kid[1]);
        return;
    default:
        if (n->kind == E_CALL && node_arm(n, 0)) { /* only what __builtin_choose_expr chose is evaluated */
            keep_results(o, type_builtin_choice(o->u, n));
            return;
        }
        for (unsigned i = 0; i < n->nkids; i++) keep_results(o, n->kid[i]);
    }
}

/* Evaluates `n`, whose awaits were taken out, now: what follows uses a temporary. */
static void capture(struct order *o, struct node *n) {
    if (!n || n->subst || is_stable(o, n)) return;
    switch (n->kind) {
    case E_PAREN:
        capture(o, n->kid[0]);
        return;
    case E_INIT:
        for (unsigned i = 0; i < n->nkids; i++) capture(o, n->kid[i]);
        return;
    case E_DESIGNATED:
        capture(o, n->kid[0]);
        return;
    case N_TYPENAME:
        keep_sizes(o, n);
        return;
    case N_DESIGNATOR: case N_ASSOC:
        return;
    default:
        break;
    }
    if (type_is_void(n->type)) {
        step_add(o, STEP_EVAL, n, NULL);
        return;
    }
    if (is_array(n) || is_function(n)) {
        if (n->flags & NODE_LVALUE && n->kind != E_COMPOUND) fix_place(o, n);
        else if (n->kind == E_COMPOUND) capture_value(o, n);
        else if (is_array(n)) capture_array_rvalue(o, n);
        else fix_place(o, n);
        return;
    }
    capture_value(o, n);
}

/* ---- lowering ---- */

/* Sizes of a type name, in order of the text. */
static void lower_sizes(struct order *o, struct node *n) {
    if (!n || n->kind == E_SIZEOF) return;
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && n->kid[i]->kind >= N_ASSOC) lower_sizes(o, n->kid[i]);
    if (n->kind != D_ARRAY || n->nkids < 2 || !n->kid[1] || n->kid[1]->flags & NODE_CONSTANT) return;
    lower(o, n->kid[1]);
    if (!n->kid[1]->subst) capture_value(o, n->kid[1]);
    n->kid[1]->saved = n->kid[1]->subst->emitted;
}

/* Operands kid[from..] left to right. */
static void lower_operands(struct order *o, struct node *n, unsigned from) {
    unsigned last = n->nkids;
    while (last > from && !has_await(n->kid[last - 1])) last--;
    for (unsigned i = from; i < last; i++) {
        lower(o, n->kid[i]);
        if (i + 1 < last) capture(o, n->kid[i]);
    }
}

static void lower_logical(struct order *o, struct node *n) {
    struct decl *t;
    lower(o, n->kid[0]);
    if (!has_await(n->kid[1])) return;
    step_add(o, n->op == P_AND ? STEP_IF : STEP_IF_NOT, n->kid[0], NULL);
    lower(o, n->kid[1]);
    if (node_value_unused(n)) {
        step_add(o, STEP_EVAL, n->kid[1], NULL);
        n->left_done = true;
    } else {
        t = temp_new(o, "t", n, n->type);
        t->is_truth = true;
        step_add(o, STEP_SET, n->kid[1], t);
        step_add(o, STEP_ELSE, NULL, NULL);
        step_const(o, t, n->op == P_OR);
        n->subst = t;
    }
    step_add(o, STEP_END, NULL, NULL);
}

static void lower_arm(struct order *o, struct node *arm, struct decl *t) {
    lower(o, arm);
    if (t) keep_results(o, arm);
    step_add(o, t ? STEP_CAPTURE : STEP_EVAL, arm, t);
}

static void lower_cond(struct order *o, struct node *n) {
    lower(o, n->kid[0]);
    if (has_await(n->kid[1]) || has_await(n->kid[2])) take_apart(o, n);
}

/* The arms of a choice become steps. */
static void take_apart(struct order *o, struct node *n) {
    struct decl *t = NULL;
    if (!n->kid[1]) capture(o, n->kid[0]);
    if (!type_is_void(n->type) && !node_value_unused(n)) t = temp_new(o, "t", n, type_decay(o->u, n->type));
    step_add(o, STEP_IF, n->kid[0], NULL);
    if (n->kid[1]) lower_arm(o, n->kid[1], t);
    else if (t) step_add(o, STEP_CAPTURE, n->kid[0], t);
    step_add(o, STEP_ELSE, NULL, NULL);
    lower_arm(o, n->kid[2], t);
    step_add(o, STEP_END, NULL, NULL);
    n->subst = t;
    n->left_done = !t;
}

static void lower_comma(struct order *o, struct node *n) {
    lower(o, n->kid[0]);
    step_add(o, STEP_EVAL, n->kid[0], NULL);
    n->left_done = true;
    lower(o, n->kid[1]);
}

static void lower_assign(struct order *o, struct node *n) {
    if (!has_await(n->kid[1])) {
        lower(o, n->kid[0]);
        return;
    }
    fix_place(o, n->kid[0]);
    lower(o, n->kid[1]);
}

/* Only the chosen value of a generic selection is evaluated (C11 6.5.1.1 p3). */
static void lower_generic(struct order *o, struct node *n) {
    if (n->op > 0 && n->op < n->nkids) lower(o, n->kid[n->op]->kid[1]);
    else diag_error(o->u, n->range, "'await' in a generic selection whose choice cannot be told");
}

/* acc_try(&x, ...) sets x itself: its address is not known to anybody for that. */
struct decl *node_try_code(const struct node *n) {
    struct node *code = node_uncast(n->kid[0]), *x = code && code->kind == E_UNARY && code->op == '&' ? node_strip(code->kid[0]) : NULL;
    return x && x->kind == E_IDENT && decl_is_local(x->decl) && !x->decl->ext ? x->decl : NULL;
}

/* A failure within it ends it; its value is then a zero of its type. */
static void lower_try(struct order *o, struct node *n) {
    struct decl *t = NULL;
    lower(o, n->kid[0]);
    if (!node_try_code(n)) capture(o, n->kid[0]);
    if (!type_is_void(n->type) && !node_value_unused(n)) t = temp_new(o, "t", n, type_decay(o->u, n->type));
    step_add(o, STEP_TRY, n, NULL);
    lower_arm(o, n->kid[1], t);
    step_add(o, STEP_CAUGHT, n, t);
    n->subst = t;
    n->left_done = !t;
}

/* Its statements go where the step stands; the value is that of the last one (GCC manual, 6.1). */
static void lower_stmt_expr(struct order *o, struct node *n) {
    struct node *block = n->kid[0], *last = ast_last_statement(block);
    struct order inner = *o;
    struct decl *t = NULL;
    if (!type_is_void(n->type) && !node_value_unused(n) && last && last->kind == S_EXPR) {
        t = temp_of_value(o, n); /* of a type that is not known: emission will say so */
        last->decl = t;
    } else if (last && last->kind == S_EXPR) {
        last->unused = 1;
    }
    order_node(&inner, block);
    step_add(o, STEP_BLOCK, n, t);
    n->subst = t;
    n->left_done = !t;
}

static bool is_value_unused(const struct node *n) {
    const struct node *p = n->parent;
    for (; p; n = p, p = p->parent) {
        if (p->kind == E_PAREN || (p->kind == E_TRY && p->kid[0] != n)) continue;
        if (p->kind == E_CAST && p->kid[1] == n && type_is_void(p->type)) return true;
        if (p->kind == E_COMMA && p->kid[0] == n) return true;
        if (p->kind == E_COMMA || ((p->kind == E_COND || p->kind == E_LOGICAL) && p->kid[0] != n)) {
            if (p->unused) return p->unused > 0;
            continue;
        }
        if (p->kind == S_FOR) return p->kid[0] == n || p->kid[2] == n;
        if (p->kind != S_EXPR) return false;
        const struct node *stmt = p;
        while (p->parent && p->parent->kind == S_LABEL) p = p->parent;
        p = p->parent;
        if (!p || p->kind != S_COMPOUND || !p->parent || p->parent->kind != E_STMT) return true;
        if (ast_last_statement(p) != stmt) return true;
        p = p->parent; /* its value is that of the statement expression */
        if (p->unused) return p->unused > 0;
    }
    return false;
}

/* Known of the nodes around when those within are asked, it is not looked for again all the way up. */
bool node_value_unused(struct node *n) {
    bool unused = is_value_unused(n);
    if (n->kind == E_COND || n->kind == E_LOGICAL || n->kind == E_COMMA || n->kind == E_STMT) n->unused = unused ? 1 : -1;
    return unused;
}

bool step_fills_literal(const struct step *s) { return s->kind == STEP_EVAL && s->expr->literal && s->expr->subst == s->expr->literal; }

bool node_mentions(const struct node *n, const struct decl *d) {
    if (!n) return false;
    if (n->kind == E_IDENT && n->decl == d) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (node_mentions(n->kid[i], d)) return true;
    return false;
}

bool node_has_effect(const struct node *n) {
    if (!n || n->subst) return false;
    switch (n->kind) {
    case E_CALL: case E_ASSIGN: case E_PREFIX: case E_POSTFIX: case E_STMT: case E_VA_ARG: case E_BIND: case E_TRY: case E_YIELD:
        return true;
    case E_AWAIT:
        return false;
    case E_SIZEOF: case N_TYPEOF: /* evaluated where the type is of variable length (C11 6.5.3.4 p2) */
        return type_is_variably_modified(n->kid[0]->type) && node_has_effect(n->kid[0]);
    default:
        for (unsigned i = 0; i < n->nkids; i++)
            if (node_has_effect(n->kid[i])) return true;
        return n->kind < N_ASSOC && n->type && n->type->quals & Q_VOLATILE;
    }
}

static bool may_jump(const struct node *n) {
    if (!n || n->subst || (n->kind == E_SIZEOF && !type_is_variably_modified(n->kid[0]->type))) return false;
    if (n->kind == E_STMT) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (may_jump(n->kid[i])) return true;
    return false;
}

/* Arguments of a direct await are written one by one into the child's frame, which may lie where an earlier
 * child's result is: those with awaits are evaluated into temporaries first.  So are those with effects where the
 * frame's own variables were saved before, and those that may jump away where a frame was made that would be lost. */
static void lower_arguments(struct order *o, struct node *call, enum await_how how) {
    bool any = false;
    for (unsigned i = 1; i < call->nkids; i++) any |= has_await(call->kid[i]);
    if (any) {
        lower_operands(o, call, 1);
        for (unsigned i = 1; i < call->nkids; i++)
            if (has_await(call->kid[i])) capture(o, call->kid[i]);
    }
    for (unsigned i = 1; i < call->nkids; i++)
        if (how == AWAIT_TAIL ? node_has_effect(call->kid[i]) : how == AWAIT_FRAME && may_jump(call->kid[i])) capture(o, call->kid[i]);
    for (unsigned i = 1; i < call->nkids; i++) keep_results(o, call->kid[i]);
}

static void number_await(struct order *o, struct await *a) {
    vec_push(&o->u->arena, &o->fn->awaits, a);
    a->state = o->fn->awaits.n;
}

static void lower_await(struct order *o, struct node *n) {
    struct await *a = NEW(&o->u->arena, struct await);
    struct step s = {.kind = STEP_AWAIT, .expr = n, .await = a};
    bool unused = node_value_unused(n);
    a->node = n;
    a->how = frame_await_how(o->u, o->fn, n, a);
    a->result = n->type;
    a->is_void = type_is_void(n->type);
    if (a->how == AWAIT_FUTURE) lower(o, n->kid[0]), keep_results(o, n->kid[0]);
    else lower_arguments(o, a->call, a->how);
    if (a->how == AWAIT_FUTURE || a->how == AWAIT_FRAME) {
        a->future = temp_new(o, a->how == AWAIT_FRAME ? "k" : "w", NULL, NULL);
        a->future->frame_of = a->how == AWAIT_FRAME ? a->callee : NULL;
        a->future->is_void_pointer = a->how == AWAIT_FUTURE;
        if (!a->is_void && !unused) a->value = temp_new(o, "t", n, a->result);
        n->subst = a->value;
    }
    number_await(o, a);
    n->await = a;
    vec_push(&o->u->arena, &o->plan->steps, s);
}

/* A value is given, or, with `from`, all that another generator gives. */
static void lower_yield(struct order *o, struct node *n, enum await_how how) {
    struct await *a = NEW(&o->u->arena, struct await);
    struct step s = {.kind = STEP_AWAIT, .expr = n, .await = a};
    bool unused = node_value_unused(n);
    lower(o, n->kid[0]);
    keep_results(o, n->kid[0]);
    a->node = n;
    a->how = how;
    a->result = n->type;
    if (how == AWAIT_FROM) {
        a->future = temp_new(o, "w", NULL, NULL);
        a->future->is_void_pointer = true;
    }
    if (!unused) a->value = temp_new(o, "t", n, a->result);
    n->subst = a->value;
    number_await(o, a);
    n->await = a;
    vec_push(&o->u->arena, &o->plan->steps, s);
}

static void lower(struct order *o, struct node *n) {
    if (!has_await(n) || n->lowered) return;
    n->lowered = true;
    if (n->kind == E_AWAIT && n->op == K_FROM && o->fn->gives == GIVES_GENERATOR) {
        lower_yield(o, n, AWAIT_FROM);
        return;
    }
    switch (n->kind) {
    case E_YIELD: lower_yield(o, n, AWAIT_YIELD); return;
    case E_AWAIT: lower_await(o, n); return;
    case E_LOGICAL: lower_logical(o, n); return;
    case E_COND: lower_cond(o, n); return;
    case E_COMMA: lower_comma(o, n); return;
    case E_TRY: lower_try(o, n); return;
    case E_ASSIGN: lower_assign(o, n); return;
    case E_GENERIC: lower_generic(o, n); return;
    case E_STMT: lower_stmt_expr(o, n); return;
    case N_TYPENAME: lower_sizes(o, n); return;
    case E_SUBSCRIPT:
        if (is_vector_place(n->kid[0])) fix_place(o, n);
        else lower_operands(o, n, 0);
        return;
    case E_CALL:
        if (strcmp(node_callee_name(n), "__builtin_choose_expr") != 0) lower_operands(o, n, 0);
        else diag_error(o->u, n->range, "'await' in a '__builtin_choose_expr' whose choice cannot be told");
        return;
    default: lower_operands(o, n, 0); return;
    }
}

static void order_root(struct order *o, struct node *root) {
    if (!has_await(root)) return;
    o->root = root;
    o->plan = root->plan = NEW(&o->u->arena, struct plan);
    o->number = ++*o->numbers;
    o->written_known = false;
    lower(o, root);
}

/* ---- which nodes are full expressions ---- */

/* Sizes of a variable length array are full expressions (C11 6.8 p4). */
static void order_sizes(struct order *o, struct node *n) {
    if (!has_await(n)) return;
    order_sizes(o, n->kid[0]);
    if (n->kind == D_ARRAY) order_root(o, n->kid[1]);
}

/* Entering and leaving stand where an await would: at the head, and behind the statement. */
static struct await *scope_await(struct order *o, struct node *with, enum await_how how, struct guard *guard, uint32_t from,
                                 uint32_t to) {
    struct await *a = NEW(&o->u->arena, struct await);
    struct node *n = NEW(&o->u->arena, struct node);
    n->kind = E_AWAIT;
    n->parent = with->parent;
    n->guard = guard;
    n->range = (struct range){from, to};
    n->await = a;
    a->node = n;
    a->call = with;
    a->how = how;
    if (with->kind == S_WITH) a->leaf = name_intern(&o->u->names, "acc__scope", strlen("acc__scope"));
    a->is_void = true;
    number_await(o, a);
    return a;
}

/* Behind the parenthesis that closes the head of which e is the last part. */
static uint32_t head_end(struct order *o, const struct node *e) {
    unsigned i = scope_token(o->u, e->range.end);
    while (o->u->tok.v[i].kind != TOK_END && o->u->tok.v[i].punct != ')') i++;
    return o->u->tok.v[i].end;
}

static void order_with(struct order *o, struct node *n) {
    struct guard *guard = n->guards[0];
    order_node(o, n->kid[0]);
    guard->enter = scope_await(o, n, AWAIT_ENTER, n->guard, n->range.start, head_end(o, n->kid[0]));
    order_node(o, n->kid[1]);
    guard->exit = scope_await(o, n, AWAIT_EXIT, n->guard, n->range.end, n->range.end);
}

/* The generator is made in the head, where each value is asked for too. */
static void order_for_in(struct order *o, struct node *n) {
    struct guard *guard = n->guards[0];
    bool awaits = n->op == K_AWAIT;
    order_node(o, n->kid[1]);
    if (awaits) guard->enter = scope_await(o, n, AWAIT_NEXT, guard, n->range.start, head_end(o, n->kid[1]));
    order_node(o, n->kid[2]);
    if (awaits) guard->exit = scope_await(o, n, AWAIT_CLOSE, guard->outer, n->range.end, n->range.end);
}

static void order_node(struct order *o, struct node *n) {
    if (!has_await(n)) return;
    switch (n->kind) {
    case N_INIT_DECLARATOR:
        order_sizes(o, n->kid[0]);
        order_root(o, n->kid[1]);
        return;
    case S_ASM:
        diag_error(o->u, n->range, "'await' in an operand of asm");
        return;
    case S_WITH: order_with(o, n); return;
    case S_FOR_IN: order_for_in(o, n); return;
    case S_EXPR: case S_IF: case S_WHILE: case S_DO: case S_FOR: case S_SWITCH: case S_RETURN: case S_GOTO_COMPUTED:
    case S_THROW: case S_DEFER: case S_TRY: case N_CATCH: case S_COMPOUND: case S_CASE: case S_DEFAULT: case S_LABEL: case S_DECL:
        for (unsigned i = 0; i < n->nkids; i++) order_node(o, n->kid[i]);
        return;
    default:
        if (n->kind < N_ASSOC) order_root(o, n);
        else diag_error(o->u, n->range, "'await' cannot stand here");
    }
}

void order_function(struct unit *u, struct fn *fn) {
    unsigned numbers = 0;
    struct order o = {.u = u, .fn = fn, .numbers = &numbers};
    if (!fn->is_async) return;
    mark_result_arrays(fn->body);
    order_node(&o, fn->body);
}

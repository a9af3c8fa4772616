/* SPDX-License-Identifier: MIT */
/* cfg.c: basic blocks of an async function, with the events liveness asks for.
 *
 * In: AST with plans.  Out: fn->blocks in reverse postorder from the entry (unreachable ones last), each with the
 * uses and definitions of locals and temporaries in evaluation order.  A block ends at a suspend point.
 * Textbook: Aho, Lam, Sethi, Ullman, "Compilers", 8.4 and 9.2.
 *
 * The idea: expressions are walked in the order in which the output will evaluate them: the steps of a plan,
 * then what is left of the expression, where a substituted node is the use of its temporary.
 * Only whole objects are defined: writing a member or an element neither uses nor defines the object.
 * Invariant: every path the program can take is a path here. */
#include "acc.h"
#include "order.h"

struct target { /* where break and continue go, innermost first */
    struct target *outer;
    struct block *brk, *cont; /* cont NULL: a switch */
    struct block *head;       /* of a switch: where its cases hang */
    bool has_default;
};
struct cfg {
    struct unit *u;
    struct fn *fn;
    struct block *at; /* block under construction */
    struct target *target;
    VEC(struct block *) label_blocks; /* by position in fn->labels */
    VEC(struct block *) computed;     /* blocks that end in goto *e */
};

static void expr(struct cfg *c, struct node *n);
static void stmt(struct cfg *c, struct node *n);
static void full_expr(struct cfg *c, struct node *n);

static struct block *block_new(struct cfg *c, struct range r) {
    struct block *b = NEW(&c->u->arena, struct block);
    b->range = r;
    vec_push(&c->u->arena, &c->fn->blocks, b);
    return b;
}

static void edge(struct cfg *c, struct block *from, struct block *to) {
    vec_push(&c->u->arena, &from->succ, to);
    vec_push(&c->u->arena, &to->pred, from);
}

/* Goes on in `b`, which the current block falls into. */
static void fall_into(struct cfg *c, struct block *b) {
    edge(c, c->at, b);
    c->at = b;
}

static void leave_to(struct cfg *c, struct block *to, struct node *n) {
    if (to) edge(c, c->at, to);
    c->at = block_new(c, n->range);
}

static void event(struct cfg *c, enum event_kind kind, struct decl *d, struct await *a) {
    struct event e = {.kind = kind, .decl = d, .await = a};
    if (kind != EV_SUSPEND && !decl_is_local(d)) return;
    vec_push(&c->u->arena, &c->at->events, e);
}

/* Notes what the current block does. */
static void deed(struct cfg *c, struct node *n, const struct step *s, int asks) {
    struct deed d = {.node = n, .step = s, .asks = (signed char)asks};
    if (c->u->opt->dot) vec_push(&c->u->arena, &c->at->deeds, d);
}

/* The value of the expression noted last decides which way the current block is left. */
static void asks(struct cfg *c) {
    if (c->at->deeds.n) c->at->deeds.v[c->at->deeds.n - 1].asks = 1;
}

/* The type of one that is variably modified is said again where it is read, with sizes from other temporaries. */
static void use(struct cfg *c, struct decl *temp) {
    event(c, EV_USE, temp, NULL);
    for (struct type *t = temp->type; t; t = t->base)
        if (t->is_vla && t->size && t->size->subst) event(c, EV_USE, t->size->subst, NULL);
}

/* ---- expressions ---- */

static struct decl *whole_object(struct node *n) {
    n = node_strip(n);
    return n->kind == E_IDENT && !n->subst ? n->decl : NULL;
}

/* The parts of an lvalue that are evaluated to find its place. */
static void place(struct cfg *c, struct node *n) {
    n = node_strip(n);
    if (n->subst || n->kind == E_IDENT) {
        if (n->subst) use(c, n->subst);
        return;
    }
    if (n->kind == E_MEMBER && n->op == '.') {
        place(c, n->kid[0]);
    } else if (n->kind == E_SUBSCRIPT && n->kid[0]->type && n->kid[0]->type->kind == TY_ARRAY) {
        place(c, n->kid[0]);
        expr(c, n->kid[1]);
    } else if (n->kind == E_UNARY && n->op != '*') {
        place(c, n->kid[0]);
    } else {
        expr(c, n);
    }
}

static void assign(struct cfg *c, struct node *n) {
    struct decl *d = whole_object(n->kid[0]);
    if (d && n->op == '=') {
        expr(c, n->kid[1]);
        event(c, EV_DEF, d, NULL);
        return;
    }
    if (n->op == '=') place(c, n->kid[0]);
    expr(c, n->kid[1]);
    if (n->op != '=') expr(c, n->kid[0]);
    if (d) event(c, EV_DEF, d, NULL);
}

static void branch(struct cfg *c, struct node *n, struct node *then, struct node *els) {
    struct block *from = c->at, *join = block_new(c, n->range);
    struct node *arm[2] = {then, els};
    for (unsigned i = 0; i < 2; i++) {
        if (!arm[i]) {
            edge(c, from, join);
            continue;
        }
        c->at = block_new(c, arm[i]->range);
        edge(c, from, c->at);
        expr(c, arm[i]);
        deed(c, arm[i], NULL, 0);
        edge(c, c->at, join);
    }
    c->at = join;
}

static void kids(struct cfg *c, struct node *n) {
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i]) expr(c, n->kid[i]);
}

/* What need not be evaluated, be it that compilers do not agree. */
static void maybe(struct cfg *c, struct node *n) {
    if (n && node_has_effect(n)) branch(c, n, n, NULL);
    else if (n) expr(c, n);
}

/* What gcc and clang do not evaluate, or only one of. */
static void call(struct cfg *c, struct node *n) {
    if (node_arm(n, 0)) {
        expr(c, n->kid[1]);
        branch(c, n, n->kid[2], n->kid[3]);
        return;
    }
    bool looked_at = ast_calls_unevaluated(n);
    for (unsigned i = 0; i < n->nkids; i++) (looked_at ? maybe : expr)(c, n->kid[i]);
}

/* Sizes of variably modified types are evaluated where the type name or declarator stands (C11 6.7.6.2 p5), and so
 * are operands of sizeof and typeof with such a type. */
static void sizes(struct cfg *c, struct node *n) {
    if (!n) return;
    if (n->kind == D_ARRAY && n->nkids > 1 && n->kid[1] && !(n->kid[1]->flags & NODE_CONSTANT)) {
        if (n->kid[1]->plan || !node_has_effect(n->kid[1])) full_expr(c, n->kid[1]);
        else maybe(c, n->kid[1]); /* not in a _Alignof, a prototype */
    }
    if (n->kind == N_TYPEOF || n->kind == E_SIZEOF) {
        struct node *operand = n->kid[0];
        if (operand->kind < N_ASSOC && type_is_variably_modified(operand->type)) maybe(c, operand);
    }
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && n->kid[i]->kind >= N_ASSOC) sizes(c, n->kid[i]);
}

static void expr_inner(struct cfg *c, struct node *n) {
    struct decl *d;
    switch (n->kind) {
    case E_IDENT:
        event(c, EV_USE, n->decl, NULL);
        return;
    case E_SIZEOF: case N_TYPENAME:
        sizes(c, n);
        return;
    case E_TYPES_COMPATIBLE: case N_DESIGNATOR: case E_AWAIT:
        return;
    case E_OFFSETOF:
        for (unsigned i = 1; i < n->nkids; i++) kids(c, n->kid[i]);
        return;
    case E_GENERIC:
        for (unsigned i = 1; i < n->nkids; i++)
            if (!n->op || n->op == i) (n->op ? expr : maybe)(c, n->kid[i]->kid[1]);
        return;
    case E_CALL:
        call(c, n);
        return;
    case E_ASSIGN:
        assign(c, n);
        return;
    case E_PREFIX: case E_POSTFIX:
        d = whole_object(n->kid[0]);
        expr(c, n->kid[0]);
        if (d) event(c, EV_DEF, d, NULL);
        return;
    case E_LOGICAL:
        if (n->left_done) return;
        expr(c, n->kid[0]);
        deed(c, n->kid[0], NULL, n->op == P_AND ? 1 : -1);
        branch(c, n, n->kid[1], NULL);
        return;
    case E_COND:
        if (n->left_done) return;
        expr(c, n->kid[0]);
        deed(c, n->kid[0], NULL, 1);
        branch(c, n, n->kid[1], n->kid[2]);
        return;
    case E_COMMA:
        if (!n->left_done) expr(c, n->kid[0]);
        expr(c, n->kid[1]);
        return;
    case E_STMT:
        if (!n->left_done) stmt(c, n->kid[0]);
        return;
    case E_TRY:
        return;
    default:
        kids(c, n);
    }
}

static void expr(struct cfg *c, struct node *n) {
    if (n->subst) use(c, n->subst);
    else expr_inner(c, n);
}

/* The next place of something that leaves `guard` for where `to` is in force, or for good. */
static struct block *behind(struct cfg *c, struct guard *guard) { return guard ? guard->at : c->fn->exit; }

/* The current block ends in the suspension; what fails goes to the guard that is in force. */
static void suspend(struct cfg *c, struct await *a) {
    struct block *next;
    event(c, EV_SUSPEND, NULL, a);
    a->block = c->at;
    next = block_new(c, a->node->range);
    fall_into(c, next);
    if (a->future) event(c, EV_USE, a->future, NULL);
    if (!a->node->guard) return;
    edge(c, c->at, a->node->guard->at);
    fall_into(c, block_new(c, a->node->range));
}

/* Without memory control goes on at the guard that is in force. */
static void may_lack_memory(struct cfg *c, struct node *n) {
    if (!n->guard) return;
    edge(c, c->at, n->guard->at);
    fall_into(c, block_new(c, n->range));
}

static void await_step(struct cfg *c, struct step *s) {
    struct await *a = s->await;
    if (a->how == AWAIT_FRAME) may_lack_memory(c, a->node); /* then nothing is evaluated */
    if (!a->call || a->how == AWAIT_FUTURE) expr(c, a->node->kid[0]);
    for (unsigned i = 1; a->how != AWAIT_FUTURE && a->call && i < a->call->nkids; i++) expr(c, a->call->kid[i]);
    if (a->future) event(c, EV_DEF, a->future, NULL);
    suspend(c, a);
    if (!a->value) return;
    event(c, EV_DEF, a->value, NULL);
    deed(c, NULL, s, 0);
}

/* The end of an acc_try: what failed comes here, a cancellation goes on. */
static void caught_step(struct cfg *c, struct step *s) {
    struct guard *guard = s->expr->guards[0];
    struct block *join = block_new(c, s->expr->range);
    edge(c, c->at, join);
    edge(c, guard->at, behind(c, guard->outer));
    c->at = guard->at;
    if (s->temp) event(c, EV_DEF, s->temp, NULL);
    fall_into(c, join);
    if (node_try_code(s->expr)) event(c, EV_DEF, node_try_code(s->expr), NULL);
    else expr(c, s->expr->kid[0]);
}

/* Walks the steps from *i to the matching else or end. */
static void steps(struct cfg *c, struct plan *p, unsigned *i) {
    for (; *i < p->steps.n; ++*i) {
        struct step *s = &p->steps.v[*i];
        struct block *from, *join;
        switch (s->kind) {
        case STEP_CAPTURE: case STEP_SET: case STEP_EVAL:
            if (s->expr && s->expr->subst && s->expr->subst != s->temp && !step_fills_literal(s)) expr(c, s->expr);
            else if (s->expr) expr_inner(c, s->expr);
            if (s->temp) event(c, EV_DEF, s->temp, NULL);
            deed(c, NULL, s, 0);
            break;
        case STEP_BLOCK:
            stmt(c, s->expr->kid[0]);
            break;
        case STEP_TRY:
            s->expr->guards[0]->at = block_new(c, s->expr->range);
            break;
        case STEP_CAUGHT:
            caught_step(c, s);
            break;
        case STEP_AWAIT:
            await_step(c, s);
            break;
        case STEP_IF: case STEP_IF_NOT:
            expr(c, s->expr);
            deed(c, NULL, s, s->kind == STEP_IF ? 1 : -1);
            from = c->at;
            join = block_new(c, s->expr->range);
            c->at = block_new(c, s->expr->range);
            edge(c, from, c->at);
            ++*i;
            steps(c, p, i);
            edge(c, c->at, join);
            c->at = block_new(c, s->expr->range);
            edge(c, from, c->at);
            if (p->steps.v[*i].kind == STEP_ELSE) {
                ++*i;
                steps(c, p, i);
            }
            fall_into(c, join);
            break;
        case STEP_ELSE: case STEP_END:
            return;
        }
    }
}

/* A failure in a block goes to its guards, which go on behind them only when nothing failed: that is not seen here. */
static bool has_way_around(const struct plan *p) {
    for (unsigned i = 0; i < p->steps.n; i++)
        if (p->steps.v[i].kind == STEP_BLOCK || p->steps.v[i].kind == STEP_TRY) return true;
    return false;
}

/* Temporaries are declared in front of the steps: before that nothing of theirs is kept. */
static void plan(struct cfg *c, struct plan *p) {
    bool around = has_way_around(p);
    unsigned i = 0;
    for (unsigned k = 0; around && k < p->steps.n; k++) {
        struct step *s = &p->steps.v[k];
        event(c, EV_START, s->temp, NULL);
        if (s->await) event(c, EV_START, s->await->future, NULL), event(c, EV_START, s->await->value, NULL);
    }
    steps(c, p, &i);
}

static void full_expr(struct cfg *c, struct node *n) {
    if (!n) return;
    if (n->plan) plan(c, n->plan);
    expr(c, n);
    if (n->parent && n->parent->kind != N_INIT_DECLARATOR && n->parent->kind != D_ARRAY) deed(c, n, NULL, 0);
}

/* ---- statements ---- */

static struct block *label_block(struct cfg *c, struct decl *label) {
    unsigned i = label ? label->index : 0;
    return label && i < c->fn->labels.n && c->fn->labels.v[i] == label ? c->label_blocks.v[i] : NULL;
}

static void declaration(struct cfg *c, struct node *n) {
    sizes(c, n->kid[0]);
    for (unsigned i = 1; i < n->nkids; i++) {
        struct node *id = n->kid[i], *name = id->kid[0];
        sizes(c, name);
        while (name && name->kind != D_NAME) name = name->kid[0];
        if (!name || !name->decl) continue;
        if (name->decl->storage == STORAGE_STATIC || name->decl->storage == STORAGE_EXTERN) continue;
        event(c, EV_START, name->decl, NULL);
        if (decl_may_lack_memory(name->decl)) may_lack_memory(c, name->decl->node);
        if (!id->kid[1]) continue;
        full_expr(c, id->kid[1]);
        event(c, EV_DEF, name->decl, NULL);
        deed(c, id, NULL, 0);
    }
}

/* while, do, for: `head` is where the condition is evaluated, NULL condition: true */
static void loop(struct cfg *c, struct node *n, struct node *cond, struct node *step, struct node *body, bool body_first) {
    struct block *test = block_new(c, n->range), *top = block_new(c, body->range), *after = block_new(c, n->range);
    struct block *cont = step ? block_new(c, step->range) : test;
    struct target t = {.outer = c->target, .brk = after, .cont = cont};
    edge(c, c->at, body_first ? top : test);
    c->at = test;
    full_expr(c, cond);
    if (cond) asks(c);
    edge(c, c->at, top);
    if (cond) edge(c, c->at, after);
    c->target = &t;
    c->at = top;
    stmt(c, body);
    c->target = t.outer;
    edge(c, c->at, cont);
    if (step) {
        c->at = cont;
        full_expr(c, step);
        edge(c, c->at, test);
    }
    c->at = after;
}

static void if_stmt(struct cfg *c, struct node *n) {
    struct block *from, *after = block_new(c, n->range);
    full_expr(c, n->kid[0]);
    asks(c);
    from = c->at;
    c->at = block_new(c, n->kid[1]->range);
    edge(c, from, c->at);
    stmt(c, n->kid[1]);
    edge(c, c->at, after);
    if (n->kid[2]) {
        c->at = block_new(c, n->kid[2]->range);
        edge(c, from, c->at);
        stmt(c, n->kid[2]);
        edge(c, c->at, after);
    } else {
        edge(c, from, after);
    }
    c->at = after;
}

static void switch_stmt(struct cfg *c, struct node *n) {
    struct block *after = block_new(c, n->range);
    struct target t = {.outer = c->target, .brk = after};
    full_expr(c, n->kid[0]);
    t.head = c->at;
    c->target = &t;
    c->at = block_new(c, n->kid[1]->range); /* before the first case: reached by labels only */
    stmt(c, n->kid[1]);
    c->target = t.outer;
    edge(c, c->at, after);
    if (!t.has_default) edge(c, t.head, after);
    c->at = after;
}

static void case_label(struct cfg *c, struct node *n, struct node *body) {
    struct target *t = c->target;
    while (t && !t->head) t = t->outer;
    fall_into(c, block_new(c, n->range));
    if (t) edge(c, t->head, c->at);
    if (t && n->kind == S_DEFAULT) t->has_default = true;
    deed(c, n, NULL, 0);
    if (body) stmt(c, body);
}

/* ---- guards ---- */

/* A way out whose last guard is behind it. */
static struct block *way_end(struct cfg *c, const struct way *way) {
    struct target *t = c->target;
    switch (way->node->kind) {
    case S_GOTO: return label_block(c, way->node->decl);
    case S_BREAK: return t ? t->brk : NULL;
    case S_CONTINUE:
        while (t && !t->cont) t = t->outer;
        return t ? t->cont : NULL;
    default: return c->fn->exit;
    }
}

/* The end of the block in which the guard is in force: what it runs, and the ways that go on from there. */
static void leave_guard(struct cfg *c, struct guard *guard) {
    struct block *from;
    fall_into(c, guard->at);
    if (guard->body) guard->body->at = block_new(c, guard->node->range);
    if (guard->pending) event(c, EV_DEF, guard->pending, NULL);
    if (guard->kind == GUARD_DEFER) stmt(c, guard->node->kid[0]);
    if (guard->exit) suspend(c, guard->exit);
    if (guard->body) fall_into(c, guard->body->at);
    from = c->at;
    for (unsigned i = 0; i < guard->ways.n; i++) {
        const struct way *way = &c->fn->ways.v[guard->ways.v[i] - 1];
        struct guard *next = guard_left(guard->outer);
        struct block *to = way->to == next ? way_end(c, way) : behind(c, next);
        if (to) edge(c, from, to);
    }
    if (guard->fails) edge(c, from, behind(c, guard->outer));
    c->at = block_new(c, guard->node->range);
    edge(c, from, c->at);
}

static void begin_guards(struct cfg *c, struct node *block) {
    for (unsigned i = 0; i < block->nguards; i++) block->guards[i]->at = block_new(c, block->range);
}

static void end_guards(struct cfg *c, struct node *block) {
    for (unsigned i = block->nguards; i-- > 0;) leave_guard(c, block->guards[i]);
}

static void leave_by(struct cfg *c, struct node *n, struct block *to) {
    leave_to(c, n->way ? guard_left(n->guard)->at : to, n);
}

static void try_stmt(struct cfg *c, struct node *n) {
    struct guard *guard = n->guards[0];
    struct block *after = block_new(c, n->range);
    begin_guards(c, n);
    stmt(c, n->kid[0]);
    edge(c, c->at, after);
    edge(c, guard->at, behind(c, guard->outer));
    for (unsigned i = 1; i < n->nkids; i++) {
        struct node *handler = n->kid[i], *name = scope_declarator_name(handler->kid[0] ? node_kid(handler->kid[0], 1) : NULL);
        c->at = block_new(c, handler->range);
        edge(c, guard->at, c->at);
        if (name && name->decl) event(c, EV_DEF, name->decl, NULL);
        stmt(c, handler->kid[1]);
        edge(c, c->at, after);
        if (!handler->kid[0]) edge(c, c->at, behind(c, guard->outer));
    }
    c->at = after;
}

static void with_stmt(struct cfg *c, struct node *n) {
    struct guard *guard = n->guards[0];
    begin_guards(c, n);
    full_expr(c, n->kid[0]);
    event(c, EV_DEF, guard->decl, NULL);
    suspend(c, guard->enter);
    stmt(c, n->kid[1]);
    end_guards(c, n);
}

static void for_in_stmt(struct cfg *c, struct node *n) {
    struct guard *guard = n->guards[0];
    struct block *test = block_new(c, n->range), *after = block_new(c, n->range);
    struct target t = {.outer = c->target, .brk = after, .cont = test};
    begin_guards(c, n);
    full_expr(c, n->kid[1]);
    event(c, EV_DEF, guard->decl, NULL);
    fall_into(c, test);
    if (guard->enter) suspend(c, guard->enter);
    edge(c, c->at, after);
    fall_into(c, block_new(c, n->kid[2]->range));
    declaration(c, n->kid[0]);
    for (unsigned i = 1; i < n->kid[0]->nkids; i++) {
        struct node *name = scope_declarator_name(node_kid(n->kid[0]->kid[i], 0));
        if (name && name->decl) event(c, EV_DEF, name->decl, NULL);
    }
    c->target = &t;
    stmt(c, n->kid[2]);
    c->target = t.outer;
    edge(c, c->at, test);
    c->at = after;
    end_guards(c, n);
}

static void jump(struct cfg *c, struct node *n, bool is_continue) {
    struct target *t = c->target;
    while (t && is_continue && !t->cont) t = t->outer;
    deed(c, n, NULL, 0);
    leave_by(c, n, t ? (is_continue ? t->cont : t->brk) : NULL);
}

static void stmt(struct cfg *c, struct node *n) {
    switch (n->kind) {
    case S_COMPOUND:
        begin_guards(c, n);
        for (unsigned i = 0; i < n->nkids; i++) stmt(c, n->kid[i]);
        end_guards(c, n);
        return;
    case S_TRY: try_stmt(c, n); return;
    case S_WITH: with_stmt(c, n); return;
    case S_FOR_IN: for_in_stmt(c, n); return;
    case S_DEFER:
        if (n->nguards) begin_guards(c, n), end_guards(c, n);
        return;
    case S_EXPR:
        full_expr(c, n->kid[0]);
        if (n->decl) event(c, EV_DEF, n->decl, NULL);
        return;
    case S_DECL: declaration(c, n); return;
    case S_IF: if_stmt(c, n); return;
    case S_WHILE: loop(c, n, n->kid[0], NULL, n->kid[1], false); return;
    case S_DO: loop(c, n, n->kid[1], NULL, n->kid[0], true); return;
    case S_FOR:
        begin_guards(c, n);
        if (n->kid[0] && n->kid[0]->kind == S_DECL) declaration(c, n->kid[0]);
        else full_expr(c, n->kid[0]);
        loop(c, n, n->kid[1], n->kid[2], n->kid[3], false);
        end_guards(c, n);
        return;
    case S_SWITCH: switch_stmt(c, n); return;
    case S_CASE: case_label(c, n, n->kid[2]); return;
    case S_DEFAULT: case_label(c, n, n->kid[0]); return;
    case S_LABEL: {
        struct block *b = label_block(c, n->decl);
        if (b) fall_into(c, b);
        deed(c, n, NULL, 0);
        if (n->kid[0]) stmt(c, n->kid[0]);
        return;
    }
    case S_GOTO:
        deed(c, n, NULL, 0);
        leave_by(c, n, label_block(c, n->decl));
        return;
    case S_GOTO_COMPUTED:
        full_expr(c, n->kid[0]);
        vec_push(&c->u->arena, &c->computed, c->at);
        leave_to(c, NULL, n);
        return;
    case S_BREAK: jump(c, n, false); return;
    case S_CONTINUE: jump(c, n, true); return;
    case S_RETURN: case S_THROW:
        full_expr(c, n->kid[0]);
        if (!n->kid[0]) deed(c, n, NULL, 0);
        if (n->kind == S_RETURN) leave_by(c, n, c->fn->exit);
        else leave_to(c, behind(c, n->guard), n);
        return;
    case S_ASM:
        kids(c, n);
        deed(c, n, NULL, 0);
        return;
    default: return; /* null, attributes, static assertions, local labels */
    }
}

/* ---- order of the blocks ---- */

static void postorder(struct cfg *c, struct block **out, unsigned *n) {
    VEC(struct block *) stack = {0};
    VEC(unsigned) next = {0};
    vec_push(&c->u->arena, &stack, c->fn->entry);
    vec_push(&c->u->arena, &next, 0);
    c->fn->entry->reachable = true;
    while (stack.n) {
        struct block *b = stack.v[stack.n - 1];
        unsigned i = next.v[next.n - 1]++;
        if (i < b->succ.n) {
            if (b->succ.v[i]->reachable) continue;
            b->succ.v[i]->reachable = true;
            vec_push(&c->u->arena, &stack, b->succ.v[i]);
            vec_push(&c->u->arena, &next, 0);
        } else {
            out[(*n)++] = b;
            stack.n--;
            next.n--;
        }
    }
}

static void number_blocks(struct cfg *c) {
    unsigned total = c->fn->blocks.n, n = 0, at = 0;
    struct block **post = NEWN(&c->u->arena, struct block *, total + 1);
    struct block **all = NEWN(&c->u->arena, struct block *, total + 1);
    postorder(c, post, &n);
    while (n) all[at++] = post[--n];
    for (unsigned i = 0; i < total; i++)
        if (!c->fn->blocks.v[i]->reachable) all[at++] = c->fn->blocks.v[i];
    for (unsigned i = 0; i < total; i++) {
        c->fn->blocks.v[i] = all[i];
        all[i]->index = i;
    }
}

/* No await may be lost: what no pass before this one knows how to reach is refused. */
static void refuse_unreached(struct cfg *c) {
    for (unsigned i = 0; i < c->fn->awaits.n && !c->fn->refused; i++) {
        if (c->fn->awaits.v[i]->block) continue;
        diag_error(c->u, c->fn->awaits.v[i]->node->range, "'await' cannot stand here");
        c->fn->refused = true;
    }
}

/* Each may lead to each label.  Several go by way of one block, or there would be edges without end. */
static void computed_gotos(struct cfg *c) {
    struct block *from = c->computed.n ? c->computed.v[0] : NULL;
    if (c->computed.n > 1) {
        from = block_new(c, c->fn->body->range);
        for (unsigned i = 0; i < c->computed.n; i++) edge(c, c->computed.v[i], from);
    }
    for (unsigned i = 0; from && i < c->label_blocks.n; i++) edge(c, from, c->label_blocks.v[i]);
}

void cfg_build(struct unit *u, struct fn *fn) {
    struct cfg c = {.u = u, .fn = fn};
    if (!fn->is_async || fn->refused) return;
    fn->entry = c.at = block_new(&c, fn->body->range);
    fn->exit = block_new(&c, fn->body->range);
    for (unsigned i = 0; i < fn->labels.n; i++) {
        struct node *n = fn->labels.v[i]->node;
        fn->labels.v[i]->index = i;
        vec_push(&u->arena, &c.label_blocks, block_new(&c, n ? n->range : fn->body->range));
    }
    for (unsigned i = 0; i < fn->params.n; i++) event(&c, EV_DEF, fn->params.v[i], NULL);
    stmt(&c, fn->body);
    edge(&c, c.at, fn->exit);
    computed_gotos(&c);
    number_blocks(&c);
    refuse_unreached(&c);
}

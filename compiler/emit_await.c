/* SPDX-License-Identifier: MIT */
/* emit_await.c: the steps of a plan as statements, and the shape of an await.
 *
 * In: plans, live sets, slots.  Out: text.  The shape of an await (docs/design.md draws it):
 *
 *     arguments into the child's frame; enter
 *     if (the child's answer is not self) {
 *         save what is live; return acc__suspend(...);
 *     S1: load what is live;
 *     }
 *     if (self->err) leave by failure;
 *
 * Invariant: nothing is written to the frame after the suspension was announced, and the error is looked at
 * before the value. */
#include "emit.h"

#include <string.h>

static bool is_unmodified_param(const struct decl *d) { return d->kind == DECL_PARAM && !d->assigned; }

static const char *plain_text(struct emit *e, struct decl *d) { return vla_is_held(d) ? d->emitted : lvalue_text(e, d); }

static void put_saves(struct emit *e, struct await *a) {
    for (unsigned i = 0; i < a->live.n; i++) {
        struct decl *d = a->live.v[i];
        if (d->resident || is_unmodified_param(d)) continue;
        put_assign(e, slot_text(e, d), d->type, NULL, plain_text(e, d));
        put(e, " ");
    }
}

static bool put_loads(struct emit *e, struct await *a) {
    bool any = false;
    for (unsigned i = 0; i < a->live.n; i++) {
        struct decl *d = a->live.v[i];
        if (d->resident) continue;
        put(e, " ");
        put_assign(e, plain_text(e, d), d->type, NULL, slot_text(e, d));
        any = true;
    }
    return any;
}

/* The await as the user wrote it, on one line, its own comments left out, as a comment. */
void put_comment(struct emit *e, struct node *n) {
    enum { most = 60 };
    struct unit *u = e->u;
    size_t from;
    uint32_t at = n->range.start;
    put(e, "/*");
    from = e->out->len;
    for (unsigned i = scope_token(u, at); i < u->tok.n && u->tok.v[i].start < n->range.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_DIRECTIVE) continue;
        if (t->start > at || e->out->len == from) put(e, " ");
        if (e->out->len - from + (t->end - t->start) > most) {
            put(e, "...");
            break;
        }
        for (at = t->start; at < t->end; at++) {
            char before = e->out->s[e->out->len - 1], c = u->text[at];
            bool ends = (before == '*' && c == '/') || (before == '/' && c == '*');
            put(e, ends ? " %c" : "%c", c == '\n' ? ' ' : c);
        }
    }
    put(e, " */");
}

static void put_resume_label(struct emit *e, struct await *a) {
    put(e, "%s%u: ", e->fn->label_stem, a->state);
    put_comment(e, a->how == AWAIT_EXIT || a->how == AWAIT_CLOSE ? a->call->guards[0]->enter->node : a->node);
    if (!put_loads(e, a)) put(e, ";");
}

/* `answer` was written up to the call: if (unlikely((r = CALL) != self)) { save, suspend, label, load, then } */
static void put_suspension(struct emit *e, struct await *a, const char *child, const char *then) {
    struct fn *fn = e->fn;
    uint32_t at = a->node->range.start;
    put(e, ") != %s, 0)) {", fn->self);
    e->indent++;
    put_line(e, at);
    put_saves(e, a);
    if (child) put(e, "return acc__suspend_in(%s, %u, &%scoro, %s, %s);", fn->self, a->state, child, a->callee->resume, fn->next);
    else put(e, "return acc__suspend(%s, %u, %s);", fn->self, a->state, fn->next);
    e->indent--;
    put_line(e, at);
    put_resume_label(e, a);
    if (then) put(e, "%s", then);
    put_line(e, at);
    put(e, "}");
}

static void put_answer(struct emit *e) { put(e, "if (__builtin_expect((%s = ", e->fn->next); }

/* The C compiler would speak of a function of the output's. */
static bool is_count_right(struct emit *e, const struct node *call, const char *name, unsigned params) {
    if (call->nkids - 1 == params) return true;
    diag_error(e->u, call->range, "'%s' takes %u argument%s, but %u %s given", name, params, params == 1 ? "" : "s",
               call->nkids - 1, call->nkids == 2 ? "is" : "are");
    return false;
}

/* Arguments into the frame of a child of this unit; `child` is how that frame is written. */
static void put_arguments(struct emit *e, struct await *a, const char *child) {
    struct fn *callee = a->callee;
    if (!is_count_right(e, a->call, callee->name->s, callee->params.n)) return;
    for (unsigned i = 0; i < callee->params.n; i++) {
        struct decl *d = callee->params.v[i];
        if (vla_is_kept(d)) {
            put(e, "%s%s = (void *)(", child, d->slot);
            put_node(e, a->call->kid[i + 1]);
            put(e, "); ");
            continue;
        }
        put_assign(e, object_text(e, child, d), d->type, a->call->kid[i + 1], NULL);
        put(e, " ");
    }
}

static void put_embedded(struct emit *e, struct await *a) {
    struct fn *fn = e->fn, *callee = a->callee;
    const char *child = arena_printf(&e->u->arena, "%s->u.%s.", fn->frame, callee->name->s);
    put_arguments(e, a, child);
    put(e, "acc__enter(&%scoro, %s);", child, fn->self);
    put_line(e, a->node->range.start);
    put_answer(e);
    if (callee->depth % 32 == 31) put(e, "acc__start(&%scoro, %s)", child, callee->resume);
    else put(e, "%s(&%scoro)", callee->resume, child);
    put_suspension(e, a, child, NULL);
    put_line(e, a->node->range.start);
    put_fail(e, a->node);
}

/* There is no memory for the call: what it was handed is given back by who makes it. */
static void put_uncallable(struct emit *e, struct await *a) {
    bool held = false;
    for (unsigned i = 0; i < a->callee->params.n && i + 1 < a->call->nkids; i++) {
        if (!param_is_held(a->callee->params.v[i])) continue;
        put(e, held ? "acc__unref(" : "{ acc__unref(");
        put_node(e, a->call->kid[i + 1]);
        put(e, "); ");
        held = true;
    }
    put_no_memory(e, a->node);
    if (held) put(e, " }");
}

/* A child from the free lists: it may be this very function. */
static void put_recursive(struct emit *e, struct await *a) {
    struct fn *fn = e->fn, *callee = a->callee;
    const char *k = a->future->emitted, *child = arena_printf(&e->u->arena, "%s->", k);
    uint32_t at = a->node->range.start;
    put(e, "%s = (struct %s *)acc__alloc(sizeof *%s);", k, callee->frame_tag, k);
    put_line(e, at);
    put(e, "if (__builtin_expect(!%s, 0)) ", k);
    put_uncallable(e, a);
    put_line(e, at);
    put_arguments(e, a, child);
    put(e, "acc__enter(&%s->coro, %s);", k, fn->self);
    put_line(e, at);
    put_answer(e);
    put(e, "acc__start(&%s->coro, %s)", k, callee->resume);
    put_suspension(e, a, child, NULL);
    put_line(e, at);
    put(e, "if (__builtin_expect(%s->err != 0, 0)) { acc__free(%s, sizeof *%s); ", fn->self, k, k);
    put_fail_on(e, a->node->guard);
    put(e, " }");
    put_line(e, at);
    if (a->value) {
        put_assign(e, lvalue_text(e, a->value), a->result, NULL, arena_printf(&e->u->arena, "%s->value", k));
        put(e, " ");
    }
    put(e, "acc__free(%s, sizeof *%s);", k, k);
}

static void put_leaf_arguments(struct emit *e, struct await *a) {
    struct type *t = type_value(e->u, a->call->kid[0]), *f = t && t->kind == TY_POINTER ? t->base : NULL;
    bool known = f && f->kind == TY_FUNCTION && !f->unprototyped && !f->variadic;
    if (known && !is_count_right(e, a->call, a->leaf->s, f->nparams)) return;
    for (unsigned i = 1; i < a->call->nkids; i++) {
        put(e, ", ");
        put_node(e, a->call->kid[i]);
    }
}

/* An operation that always suspends is called last: nothing but its arguments is alive around the call. */
static void put_tail(struct emit *e, struct await *a) {
    struct fn *fn = e->fn;
    uint32_t at = a->node->range.start;
    put_saves(e, a);
    put(e, "%s->state = %u;", fn->self, a->state);
    put_line(e, at);
    put(e, "return %s__suspend(%s, &%s->u.%s", a->leaf->s, fn->self, fn->frame, a->leaf->s);
    put_leaf_arguments(e, a);
    put(e, ");");
    put_line(e, at);
    put_resume_label(e, a);
    put_line(e, at);
    put_fail(e, a->node);
}

static void put_leaf(struct emit *e, struct await *a) {
    struct fn *fn = e->fn;
    put_answer(e);
    put(e, "%s__await(%s, &%s->u.%s", a->leaf->s, fn->self, fn->frame, a->leaf->s);
    put_leaf_arguments(e, a);
    put(e, ")");
    put_suspension(e, a, NULL, NULL);
    put_line(e, a->node->range.start);
    put_fail(e, a->node);
}

/* The result lies behind the header of the future, whatever its frame is (docs/design.md, aliasing). */
static void put_future_value(struct emit *e, struct await *a) {
    struct buf type = {0};
    if (a->result && type_align(e->u, a->result) > 16) {
        put(e, "__builtin_memcpy((void *)&%s, acc__value(%s), sizeof %s); ", lvalue_text(e, a->value), a->future->emitted,
            lvalue_text(e, a->value));
        return;
    }
    if (a->result && type_print(e->u, &type, a->result, "*", true))
        put_assign(e, lvalue_text(e, a->value), a->result, NULL,
                   arena_printf(&e->u->arena, "*(%s)acc__value(%s)", type.s, a->future->emitted));
    else
        diag_error(e->u, a->node->range, "cannot name the type of what is awaited");
    put(e, " ");
    buf_free(&type);
}

static void put_future(struct emit *e, struct await *a) {
    struct fn *fn = e->fn;
    const char *w = a->future->emitted;
    uint32_t at = a->node->range.start;
    put(e, "%s = ", w);
    put_node(e, a->node->kid[0]);
    put(e, ";");
    put_line(e, at);
    put_answer(e);
    put(e, "acc__await(%s, %s)", fn->self, w);
    put_suspension(e, a, NULL, NULL);
    put_line(e, at);
    put(e, "if (__builtin_expect(%s->err != 0, 0)) { acc__await_end(%s, %s); ", fn->self, fn->self, w);
    put_fail_on(e, a->node->guard);
    put(e, " }");
    put_line(e, at);
    if (a->value) put_future_value(e, a);
    put(e, "acc__await_end(%s, %s);", fn->self, w);
}

/* The scope of a `with` is entered or left: as a leaf, but what it gave is let go where it has suspended. */
void put_scope_await(struct emit *e, struct await *a) {
    bool enter = a->how == AWAIT_ENTER;
    const char *place = arena_printf(&e->u->arena, "&%s->u.%s", e->fn->frame, a->leaf->s);
    put_answer(e);
    put(e, "acc__scope_%s(%s, %s, %s)", enter ? "enter" : "exit", e->fn->self, place, lvalue_text(e, a->call->guards[0]->decl));
    put_suspension(e, a, NULL, arena_printf(&e->u->arena, " acc__scope_end(%s, %s);", e->fn->self, place));
    put_line(e, a->node->range.start);
}

/* Of what the generator of a loop gives. */
void put_given_size(struct emit *e, struct node *loop) {
    enum gives gives;
    put(e, "sizeof(");
    put_type(e, type_given_result(type_value(e->u, loop->kid[1]), &gives), NULL, true, loop->kid[1]->range);
    put(e, ")");
}

/* `for await`: the next value of the generator, or its end. */
void put_generator_await(struct emit *e, struct await *a) {
    const char *gen = lvalue_text(e, a->call->guards[0]->decl);
    bool next = a->how == AWAIT_NEXT;
    put_answer(e);
    put(e, "acc__%s(%s, %s", next ? "anext" : "aclose", e->fn->self, gen);
    if (next) {
        put(e, ", ");
        put_given_size(e, a->call);
    }
    put(e, ")");
    put_suspension(e, a, NULL, next ? NULL : arena_printf(&e->u->arena, " acc__aclosed(%s, %s);", e->fn->self, gen));
    put_line(e, a->node->range.start);
}

static void put_given_value(struct emit *e, struct await *a) {
    if (!a->value) return;
    put_line(e, a->node->range.start);
    put_assign(e, lvalue_text(e, a->value), a->result, NULL, arena_printf(&e->u->arena, "%s->value", e->fn->frame));
}

/* The value is given from where the result will be; there is what was sent, when it goes on. */
static void put_yield(struct emit *e, struct await *a) {
    uint32_t at = a->node->range.start;
    put_assign(e, arena_printf(&e->u->arena, "%s->value", e->fn->frame), a->result, a->node->kid[0], NULL);
    put_line(e, at);
    put_saves(e, a);
    put(e, "return acc__give(%s, %u);", e->fn->self, a->state);
    put_line(e, at);
    put_resume_label(e, a);
    put_line(e, at);
    put_fail(e, a->node);
    put_given_value(e, a);
}

/* What it gives is copied and given, until it has ended; its result is then the value. */
static void put_from(struct emit *e, struct await *a) {
    const char *w = a->future->emitted, *frame = e->fn->frame;
    uint32_t at = a->node->range.start;
    put(e, "%s = ", w);
    put_node(e, a->node->kid[0]);
    put(e, ";");
    put_line(e, at);
    put(e, "while (acc__from_next(%s, %s, sizeof %s->value)) {", e->fn->self, w, frame);
    e->indent++;
    put_line(e, at);
    put_saves(e, a);
    put(e, "return acc__give(%s, %u);", e->fn->self, a->state);
    put_line(e, at);
    put_resume_label(e, a);
    e->indent--;
    put_line(e, at);
    put(e, "}");
    put_line(e, at);
    put_fail(e, a->node);
    put_given_value(e, a);
}

static void put_await(struct emit *e, struct await *a) {
    switch (a->how) {
    case AWAIT_EMBED: put_embedded(e, a); return;
    case AWAIT_FRAME: put_recursive(e, a); return;
    case AWAIT_LEAF: put_leaf(e, a); return;
    case AWAIT_TAIL: put_tail(e, a); return;
    case AWAIT_FUTURE: put_future(e, a); return;
    case AWAIT_YIELD: put_yield(e, a); return;
    case AWAIT_FROM: put_from(e, a); return;
    case AWAIT_ENTER: case AWAIT_EXIT: case AWAIT_NEXT: case AWAIT_CLOSE: return; /* a statement's own */
    }
}

/* ---- plans ---- */

bool rest_is_pure(struct node *n) {
    n = node_strip(n);
    if (n->subst || n->left_done || ((n->kind == E_AWAIT || n->kind == E_YIELD) && n->await)) {
        return n->kind != E_COMMA || n->subst || rest_is_pure(n->kid[1]);
    }
    if (n->kind == E_CAST && type_is_void(n->type)) return rest_is_pure(n->kid[1]);
    return false;
}

/* Of what may be saved before it was assigned, so that no tool takes the saving for a use. */
void put_zero(struct emit *e, const struct decl *d) {
    bool braces = d->bits || !type_is_scalar(d->type);
    if (d->zero && (!braces || d->bits || type_size(e->u, d->type))) put(e, braces ? " = {0}" : " = 0");
}

static void put_declared(struct emit *e, struct decl *d, uint32_t at) {
    if (!d || d->resident) return;
    put_line(e, at);
    put_decl_of(e, d, d->emitted);
    put_zero(e, d);
    put(e, ";");
}

/* All temporaries of the plan, before its first step: some are set in more than one arm. */
static void put_temporaries(struct emit *e, struct plan *p, uint32_t at) {
    unsigned number = ++e->nplans;
    for (unsigned i = 0; i < p->steps.n; i++) {
        struct step *s = &p->steps.v[i];
        if (s->temp && s->temp->put_in != number) put_declared(e, s->temp, at);
        if (s->temp) s->temp->put_in = number;
        if (s->await && s->await->future) put_declared(e, s->await->future, at);
        if (s->await && s->await->value) put_declared(e, s->await->value, at);
    }
}

static void put_assigned(struct emit *e, struct step *s) {
    struct node *plain = e->plain;
    if (s->kind == STEP_SET) {
        put(e, "%s = ", lvalue_text(e, s->temp));
        if (!s->expr) put(e, "%d;", s->value);
        else put(e, "!!(");
    }
    if (!s->expr) return;
    if (s->expr->subst == s->temp) e->plain = s->expr;
    if (s->kind == STEP_SET) put_node(e, s->expr);
    else put_assign(e, lvalue_text(e, s->temp), s->temp->type, s->expr, NULL);
    e->plain = plain;
    if (s->kind == STEP_SET) put(e, ");");
}

/* Without the user's own parentheses: clang takes them for a doubt about `==`, their absence for one about `=`. */
static void put_condition(struct emit *e, struct node *n, bool negated) {
    bool plain;
    while (n->kind == E_PAREN && !n->subst) n = n->kid[0];
    plain = n->kind != E_ASSIGN || n->subst;
    put(e, negated ? "if (!(" : plain ? "if (" : "if ((");
    put_node(e, n);
    put(e, negated || !plain ? "))" : ")");
}

/* Split off, an expression without effect would be warned of where the user's was not. */
static void put_evaluated(struct emit *e, const struct step *s) {
    struct node *plain = e->plain;
    bool quiet = !node_has_effect(s->expr) && !type_is_void(s->expr->type);
    if (step_fills_literal(s)) e->plain = s->expr;
    if (quiet) put(e, "(void)(");
    put_node(e, s->expr);
    put(e, quiet ? ");" : ";");
    e->plain = plain;
}

static void put_step(struct emit *e, struct step *s, uint32_t root) {
    uint32_t at = s->expr ? s->expr->range.start : root;
    if (s->kind == STEP_TRY || (s->kind == STEP_EVAL && rest_is_pure(s->expr) && !step_fills_literal(s))) return;
    if (s->kind == STEP_ELSE || s->kind == STEP_END) e->indent--;
    put_line(e, at);
    switch (s->kind) {
    case STEP_CAPTURE: case STEP_SET: put_assigned(e, s); break;
    case STEP_EVAL: put_evaluated(e, s); break;
    case STEP_BLOCK: put_node(e, s->expr->kid[0]); break;
    case STEP_AWAIT: put_await(e, s->await); break;
    case STEP_IF: case STEP_IF_NOT:
        put_condition(e, s->expr, s->kind == STEP_IF_NOT);
        put(e, " {");
        e->indent++;
        break;
    case STEP_ELSE:
        put(e, "} else {");
        e->indent++;
        break;
    case STEP_END: put(e, "}"); break;
    case STEP_TRY: break;
    case STEP_CAUGHT: put_caught_value(e, s->expr, s->temp); break;
    }
}

void put_plan(struct emit *e, struct node *root) {
    struct plan *p = root->plan;
    put_temporaries(e, p, root->range.start);
    for (unsigned i = 0; i < p->steps.n; i++) put_step(e, &p->steps.v[i], root->range.start);
}

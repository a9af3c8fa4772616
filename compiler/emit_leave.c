/* SPDX-License-Identifier: MIT */
/* emit_leave.c: ways out of a function and of its guarded scopes (guard.c).
 *
 * In: guards and ways.  Out: text.  The shape (docs/design.md draws it):
 *
 *         ... return x;  ->  { result = x; leave = 1; goto U1; }
 *         ... an await fails  ->  goto U1;
 *     U1:
 *         what was deferred
 *         if (self->err) on to the next guard, or out of the function;
 *         if (leave == 1) return result;
 *     }
 *
 * What was deferred and may itself fail first puts the failure aside that brought control there, and ends behind a
 * label of its own, where one of the two is chosen.
 * Invariant: where no way is being taken, `leave` is 0. */
#include "emit.h"

#include <string.h>

static void put_label(struct emit *e, const struct guard *guard) {
    put(e, "%s%u", guard->kind == GUARD_BODY ? e->fn->body_stem : e->fn->guard_stem, guard->number);
}

static void put_goto(struct emit *e, const struct guard *guard) {
    put(e, "goto ");
    put_label(e, guard);
    put(e, ";");
}

/* The failure in self->err goes on from where `guard` is in force. */
void put_fail_on(struct emit *e, const struct guard *guard) {
    if (guard) put_goto(e, guard);
    else put(e, "return acc__fail(%s);", e->leave);
}

void put_fail(struct emit *e, const struct node *at) {
    put(e, "if (__builtin_expect(%s->err != 0, 0)) ", e->fn->self);
    put_fail_on(e, at->guard);
}

void put_no_memory(struct emit *e, const struct node *at) {
    if (!at->guard) {
        put(e, "return acc__throw(%s, ACC_ENOMEM);", e->leave);
        return;
    }
    put(e, "{ %s->err = ACC_ENOMEM; ", e->fn->self);
    put_goto(e, at->guard);
    put(e, " }");
}

/* ---- statements that go away ---- */

static const char *leave_text(struct emit *e) { return lvalue_text(e, e->fn->leave); }

static void put_way(struct emit *e, struct node *n) {
    if (e->fn->leave) put(e, "%s = %u; ", leave_text(e), n->way);
    put_goto(e, guard_left(n->guard));
}

static void put_result(struct emit *e, struct node *value) {
    const char *to = e->fn->is_async ? arena_printf(&e->u->arena, "%s->value", e->fn->frame) : e->fn->returned;
    if (!e->fn->result_void) {
        put_assign(e, to, e->fn->result, value, NULL);
        return;
    }
    put(e, "(void)("); /* a value is warned of where return-value is (warn_return.c) */
    put_node(e, value);
    put(e, ");");
}

void put_return(struct emit *e, struct node *n) {
    struct node *value = n->kid[0];
    bool planned = value && value->plan, braces = (value || n->way) && (n->way || !in_block(n));
    if (!e->fn->is_async && !n->way) {
        put_kids(e, n);
        return;
    }
    if (planned) {
        open_brace(e, n);
        put_plan(e, value);
        put_line(e, n->range.start);
    } else if (braces) {
        put(e, "{ ");
    }
    if (value && !(e->fn->result_void && rest_is_pure(value))) {
        put_result(e, value);
        put(e, " ");
    }
    if (n->way) put_way(e, n);
    else put(e, "return %s->awaiter;", e->leave);
    if (planned) close_brace(e, n);
    else if (braces) put(e, " }");
}

/* break, continue, goto */
void put_jump(struct emit *e, struct node *n) {
    if (!n->way) {
        put_kids(e, n);
        return;
    }
    put(e, "{ ");
    put_way(e, n);
    put(e, " }");
}

/* `throw;` within a handler: what it caught. */
static const char *caught_text(struct emit *e, const struct node *n) {
    while (n->kind != N_CATCH) n = n->parent;
    return lvalue_text(e, n->parent->guards[0]->pending);
}

static void put_code(struct emit *e, struct node *n) {
    if (n->kid[0]) put_operand(e, n->kid[0]);
    else put(e, "%s", caught_text(e, n));
}

/* `name` raises the code that is told next; the place of a new failure is told with it. */
static void put_raise(struct emit *e, struct node *n, const char *name) {
    put(e, "%s%s(%s, ", name, n->kid[0] ? "_at" : "", n->guard ? e->fn->self : e->leave);
}

static void put_thrown_place(struct emit *e, struct node *n) {
    if (n->kid[0]) put(e, ", &%s, %u", e->fn->description, source_marked(e->u, n->range.start).line);
    put(e, ")");
}

void put_throw(struct emit *e, struct node *n) {
    if (n->kid[0] && n->kid[0]->plan) {
        open_brace(e, n);
        put_plan(e, n->kid[0]);
        put_line(e, n->range.start);
    }
    if (n->guard) {
        put(e, "{ ");
        put_raise(e, n, "acc__raise");
        put_code(e, n);
        put_thrown_place(e, n);
        put(e, "; ");
        put_goto(e, n->guard);
        put(e, " }");
    } else if (e->fn->has_blocks) { /* the code is told before what it may be read from is given back */
        put(e, "{ int acc__code = ");
        put_code(e, n);
        put(e, "; return ");
        put_raise(e, n, "acc__throw");
        put(e, "acc__code");
        put_thrown_place(e, n);
        put(e, "; }");
    } else {
        put(e, "return ");
        put_raise(e, n, "acc__throw");
        put_code(e, n);
        put_thrown_place(e, n);
        put(e, ";");
    }
    if (n->kid[0] && n->kid[0]->plan) close_brace(e, n);
}

/* ---- the ends of guarded blocks ---- */

static void put_cleanup(struct emit *e, const struct decl *d) {
    struct range f;
    if (!d->cleanup) return; /* an array that is given back where the function is left */
    scope_attribute(e->u, d->cleanup, "cleanup", &f);
    put_flat(e, f.start, f.end);
    put(e, "(&%s);", lvalue_text(e, (struct decl *)d));
}

/* A failure that goes into a scope ends the way that was being taken, perhaps out of a guard within it that failed:
 * should the scope clear it, control goes on behind the statement. */
static void put_exit_await(struct emit *e, struct guard *guard) {
    uint32_t at = guard->exit->node->range.start;
    bool scope = guard->kind == GUARD_WITH;
    if (scope && e->fn->leave && guard->entered) {
        put(e, "if (__builtin_expect(%s->err != 0, 0)) %s = 0;", e->fn->self, leave_text(e));
        put_line_below(e, at - 1, guard->node->range.start);
    }
    if (scope) put_scope_await(e, guard->exit);
    else put_generator_await(e, guard->exit);
}

static void put_deferred(struct emit *e, struct guard *guard) {
    uint32_t at = guard->node->range.start;
    if (guard->kind == GUARD_CLEANUP) {
        put_cleanup(e, guard->decl);
        return;
    }
    if (guard->kind == GUARD_WITH || guard->exit) {
        put_exit_await(e, guard);
        return;
    }
    if (guard->kind == GUARD_FOR) {
        put(e, "acc__enough(%s, %s);", e->fn->self, lvalue_text(e, guard->decl));
        return;
    }
    if (guard->pending) {
        put(e, "%s = %s->err; %s->err = 0;", lvalue_text(e, guard->pending), e->fn->self, e->fn->self);
        put_line(e, at);
    }
    if (guard->way_kept) {
        put(e, "%s = %s; %s = 0;", lvalue_text(e, guard->way_kept), leave_text(e), leave_text(e));
        put_line(e, at);
    }
    put_line(e, guard->node->kid[0]->range.start);
    put_node(e, guard->node->kid[0]);
    if (guard->body) {
        put_line(e, at);
        if (guard->body->entered) {
            put_label(e, guard->body);
            put(e, ": ");
        }
        put(e, "acc__settle(%s, %s);", e->fn->self, lvalue_text(e, guard->pending));
    }
    if (guard->way_kept) {
        put_line(e, at);
        put(e, "%s = %s;", leave_text(e), lvalue_text(e, guard->way_kept));
    }
}

/* The last guard of the way is behind it: the statement itself can be what it was. */
static void put_way_end(struct emit *e, struct node *n) {
    if (n->kind == S_RETURN && e->fn->is_async) put(e, "return %s->awaiter;", e->leave);
    else if (n->kind == S_RETURN && e->fn->returned) put(e, "return %s;", e->fn->returned);
    else if (n->kind == S_RETURN) put(e, "return;");
    else if (n->kind == S_CONTINUE) put_continue(e, n);
    else put_kids(e, n);
}

/* One way goes on: to where it leads, or to the next guard. */
static void put_way_on(struct emit *e, struct guard *guard, unsigned number, bool last) {
    const struct way *way = &e->fn->ways.v[number - 1];
    struct guard *next = guard_left(guard->outer);
    bool ends = way->to == next, returns = way->node->kind == S_RETURN;
    if (!last) put(e, "if (%s == %u) ", leave_text(e), number);
    if (ends && !returns && e->fn->leave) put(e, "{ %s = 0; ", leave_text(e));
    if (ends) put_way_end(e, way->node);
    else put_goto(e, next);
    if (ends && !returns && e->fn->leave) put(e, " }");
}

static void put_ways_on(struct emit *e, struct guard *guard, uint32_t at) {
    unsigned left = guard->ways.n;
    uint32_t above = guard->node->range.start;
    if (guard->fails) {
        put_line_below(e, at, above);
        put(e, "if (__builtin_expect(%s->err != 0, 0)) ", e->fn->self);
        put_fail_on(e, guard->outer);
    }
    for (unsigned i = 0; i < guard->ways.n; i++) {
        put_line_below(e, at, above);
        put_way_on(e, guard, guard->ways.v[i], !--left && !guard->completes);
    }
}

static void put_guard(struct emit *e, struct guard *guard, uint32_t at) {
    if (guard->braced) {
        e->indent--;
        put_line_below(e, at, guard->node->range.start);
        put(e, "}");
    }
    put_line(e, guard->node->range.start);
    if (guard->entered) {
        put_label(e, guard);
        put(e, ": ");
    }
    put_deferred(e, guard);
    put_ways_on(e, guard, at);
}

/* What runs at the end of a block; `at`: the text its line counts as. */
void put_guards(struct emit *e, struct node *block, uint32_t at) {
    for (unsigned i = block->nguards; i-- > 0;) put_guard(e, block->guards[i], at);
    if (block->nguards) put_line(e, at);
}

/* ---- try ---- */

/* What a handler catches is no failure any more, and no way that was being taken goes on. */
static void put_caught(struct emit *e, struct guard *guard, struct node *handler) {
    struct node *name = scope_declarator_name(handler->kid[0] ? node_kid(handler->kid[0], 1) : NULL);
    struct decl *d = name ? name->decl : NULL;
    const char *err = arena_printf(&e->u->arena, "%s->err", e->fn->self);
    put_line(e, handler->range.start);
    if (guard->pending) put(e, "%s = %s; ", lvalue_text(e, guard->pending), err);
    if (d && d->used && !d->resident) {
        put_decl_of(e, d, d->emitted ? d->emitted : d->name->s);
        put(e, " = %s; ", err);
    } else if (d && d->used) {
        put(e, "%s = %s; ", lvalue_text(e, d), err);
    }
    put(e, "%s = 0;", err);
    if (e->fn->leave) put(e, " %s = 0;", leave_text(e));
    put_line(e, handler->kid[1]->range.start);
    put_node(e, handler->kid[1]);
}

static void put_cancel_handler(struct emit *e, struct guard *guard, struct node *handler) {
    put_caught(e, guard, handler);
    if (!guard->entered) return;
    put_line_below(e, handler->range.end - 1, handler->range.start);
    put(e, "if (acc__cancel_goes_on(%s, %s)) ", e->fn->self, lvalue_text(e, guard->pending));
    put_fail_on(e, guard->outer);
}

/* Handlers of failures, of cancellation; one may be missing, and what it does not see passes.  Where nothing in the block
 * can fail, nothing passes either. */
static void put_handlers(struct emit *e, struct guard *guard, struct node *fails, struct node *cancels) {
    uint32_t at = guard->node->kid[1]->range.start;
    bool passes = !fails || !cancels;
    if (!passes || guard->entered)
        put(e, "if (%sacc__is_cancel(%s->err)) ", fails && !cancels ? "" : "!", e->fn->self);
    if (passes) {
        if (guard->entered) put_fail_on(e, guard->outer);
        if (fails) put_caught(e, guard, fails);
        else put_cancel_handler(e, guard, cancels);
        return;
    }
    put(e, "{");
    e->indent++;
    put_caught(e, guard, fails);
    e->indent--;
    put_line(e, at);
    put(e, "} else {");
    e->indent++;
    put_cancel_handler(e, guard, cancels);
    e->indent--;
    put_line(e, at);
    put(e, "}");
}

/* What fails jumps into the branch, so that the C compiler knows that nobody else comes there. */
void put_try(struct emit *e, struct node *n) {
    struct guard *guard = n->guards[0];
    struct node *handler[2] = {NULL, NULL}; /* of failures, of cancellation */
    uint32_t end = n->kid[0]->range.end - 1;
    for (unsigned i = 1; i < n->nkids; i++) handler[!n->kid[i]->kid[0]] = n->kid[i];
    put_node(e, n->kid[0]);
    put_line_below(e, end, n->range.start);
    put(e, "if (0) {");
    e->indent++;
    put_line_below(e, end, n->range.start);
    if (guard->entered) {
        put_label(e, guard);
        put(e, ": ");
    }
    put_handlers(e, guard, handler[0], handler[1]);
    e->indent--;
    put_line_below(e, n->range.end - 1, n->range.start);
    put(e, "}");
}

/* As put_try: the C compiler sees the zero on every such way. */
void put_caught_value(struct emit *e, struct node *n, struct decl *temp) {
    struct guard *guard = n->guards[0];
    const char *err = arena_printf(&e->u->arena, "%s->err", e->fn->self);
    if (guard->entered) {
        put(e, "if (0) {");
        put_line(e, n->range.start);
        put_label(e, guard);
        put(e, ": ");
        e->indent++;
        put(e, "if (acc__is_cancel(%s)) ", err);
        put_fail_on(e, guard->outer);
        if (temp) {
            put_line(e, n->range.start);
            if (type_is_scalar(temp->type)) put(e, "%s = 0;", lvalue_text(e, temp));
            else put(e, "__builtin_memset((void *)&%s, 0, sizeof %s);", lvalue_text(e, temp), lvalue_text(e, temp));
        }
        if (e->fn->leave) put(e, " %s = 0;", leave_text(e));
        e->indent--;
        put_line(e, n->range.start);
        put(e, "}");
        put_line(e, n->range.start);
    }
    put(e, "*(");
    put_node(e, n->kid[0]);
    put(e, ") = %s; %s = 0;", err, err);
}

/* ---- blocks ---- */

/* Does what follows the deferred statement in the block stand in braces?  put_declaration opens those behind a cleanup.
 * *next: the first of the block's guards that has not been asked about; n goes up through the block. */
static bool opens_braces(struct node *block, unsigned *next, struct node *n) {
    bool opens = false;
    for (; *next < block->nguards && block->guards[*next]->node->range.start < n->range.end; ++*next) {
        struct guard *guard = block->guards[*next];
        opens |= guard->braced && guard->kind == GUARD_DEFER;
    }
    return opens;
}

/* The inside of a block from start to end, and what runs when it is left. */
void put_inside(struct emit *e, struct node *n, uint32_t start, uint32_t end) {
    if (!n->nguards) {
        put_between(e, n, start, end);
        return;
    }
    for (unsigned i = 0, next = 0; i < n->nkids; i++) {
        struct node *kid = n->kid[i];
        bool opens = kid && opens_braces(n, &next, kid);
        if (!kid || kid->range.start < start) continue;
        put_before(e, start, kid);
        put_node(e, kid);
        start = kid->range.end;
        if (!opens) continue;
        put(e, " {");
        e->indent++;
    }
    put_text(e, start, end);
    put_guards(e, n, end);
}

/* Its statement and what stands around it are blocks of their own, so that no way leads over a declaration. */
void put_with(struct emit *e, struct node *n) {
    struct guard *guard = n->guards[0];
    if (n->kid[0]->plan) {
        put_plan(e, n->kid[0]);
        put_line(e, n->range.start);
    }
    put(e, "%s = ", lvalue_text(e, guard->decl));
    put_operand(e, n->kid[0]);
    put(e, ";");
    put_line(e, n->range.start);
    put_scope_await(e, guard->enter);
    put_fail(e, n);
    put_line(e, n->kid[1]->range.start);
    put_node(e, n->kid[1]);
    put_line_below(e, n->range.end - 1, n->range.start);
    put_guards(e, n, n->range.end - 1);
}

void put_defer(struct emit *e, struct node *n) {
    if (n->nguards) { /* its scope is its own */
        put(e, "{");
        put_guards(e, n, n->range.start);
        put(e, "}");
        return;
    }
    put_comment(e, n);
    put(e, ";");
}

/* What a plain function with guards needs of its own, behind its opening brace. */
void put_leaving(struct emit *e, struct fn *fn) {
    if (fn->leave && !fn->leave->resident) put(e, " int %s = 0;", fn->leave->emitted);
    for (unsigned i = 0; i < fn->guards.n; i++)
        if (fn->guards.v[i]->way_kept) put(e, " int %s;", fn->guards.v[i]->way_kept->emitted);
    if (!fn->returned) return;
    put(e, " ");
    put_type(e, fn->result, fn->returned, true, fn->node->range);
    put(e, type_is_scalar(fn->result) ? " = 0;" : ";");
}

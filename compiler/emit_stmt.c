/* SPDX-License-Identifier: MIT */
/* emit_stmt.c: statements of an async function: those with awaits are taken apart, the others copied.
 *
 * In: AST with plans and slots.  Out: text.
 * The idea: a plan stands before the statement whose expression it prepares.  A loop whose condition or step has
 * one becomes `for (;;)` with the test inside; where `continue` would miss what must run, it becomes a goto.
 * The user's break, case and labels are not touched, so they still go where they went. */
#include "emit.h"

#include <stdlib.h>
#include <string.h>

/* ---- braces where a statement becomes several ---- */

static bool begins_with_pragma(const struct unit *u, const struct node *body) {
    static const char *const first[] = {"STDC ", "clang fp", "float_control", "clang __debug"};
    const struct token *t = &u->tok.v[scope_token((struct unit *)u, body->range.start) + 1];
    return lex_pragma_is(u, t, first, sizeof first / sizeof *first);
}

bool must_stand_first(const struct unit *u, const struct node *body) {
    if (body->kind != S_COMPOUND) return false;
    return (body->nkids && body->kid[0]->kind == S_LOCAL_LABEL) || begins_with_pragma(u, body);
}

bool in_block(const struct node *n) { return n->parent && n->parent->kind == S_COMPOUND; }

void open_brace(struct emit *e, struct node *n) {
    if (in_block(n)) return;
    put(e, "{");
    e->indent++;
    put_line(e, n->range.start);
}

void close_brace(struct emit *e, struct node *n) {
    if (in_block(n)) return;
    e->indent--;
    put_line_below(e, n->range.end - 1, n->range.start);
    put(e, "}");
}

/* ---- declarations ---- */

static struct decl *declared(struct node *id) {
    struct node *n = id->kid[0];
    while (n && n->kind != D_NAME) n = n->kid[0];
    return n ? n->decl : NULL;
}

static bool is_const(const struct type *t) {
    while (t && t->kind == TY_ARRAY) t = t->base;
    return t && t->quals & Q_CONST;
}

static bool spilled_const(const struct decl *d) { return d->crosses && is_const(d->type); }

static bool declarator_changes(struct node *id) {
    struct decl *d = declared(id);
    if (d && d->kind == DECL_TYPEDEF) return d->emitted || d->slot;
    if (!decl_is_local(d)) return false;
    return d->resident || spilled_const(d) || (d->zero && !id->kid[1]) || (id->kid[1] && id->kid[1]->plan);
}

static bool decl_changes(const struct node *n) {
    bool hoisted = n->nkids == 1;
    for (unsigned i = 1; i < n->nkids; i++)
        if (declarator_changes(n->kid[i])) return true;
    for (unsigned i = 0; hoisted && i < n->kid[0]->nkids; i++) {
        struct node *s = n->kid[0]->kid[i];
        if ((s->kind == N_STRUCT || s->kind == N_ENUM) && s->decl && s->decl->emitted) return true;
    }
    return false;
}

/* A tag defined by these specifiers is only named in all but their first copy. */
static void put_specs(struct emit *e, struct node *specs, bool again) {
    bool first = true;
    for (unsigned i = 0; i < specs->nkids; i++) {
        struct node *s = specs->kid[i];
        if (!first) put(e, " ");
        first = false;
        if (again && (s->kind == N_STRUCT || s->kind == N_ENUM) && s->flags & NODE_DEFINES && !s->decl->emitted) {
            if (!s->name) diag_error(e->u, s->range, "declare this type apart from the objects that 'await' initialises");
            else put(e, "%s %s", s->kind == N_ENUM ? "enum" : s->op == K_UNION ? "union" : "struct", s->name->s);
        } else {
            put_node(e, s);
        }
    }
    put(e, " ");
}

static bool is_zero_literal(struct emit *e, struct node *n) {
    n = node_strip(n);
    return n->kind == E_NUMBER && n->range.end - n->range.start == 1 && e->u->text[n->range.start] == '0';
}

static bool is_zero_init(struct emit *e, struct node *init) {
    if (init->kind != E_INIT) return false;
    if (init->nkids == 0) return true;
    return init->nkids == 1 && (is_zero_literal(e, init->kid[0]) || is_zero_init(e, init->kid[0]));
}

/* An object in the frame gets its initialiser's value each time its declaration is passed (C11 6.2.4 p6). */
static void put_initialised(struct emit *e, struct decl *d, struct node *init) {
    bool list = init->kind == E_INIT, array = d->type && d->type->kind == TY_ARRAY;
    if (type_is_scalar(d->type)) {
        while (init->kind == E_INIT && init->nkids == 1) init = init->kid[0];
        put_lvalue(e, d);
        put(e, " = ");
        if (init->kind == E_INIT) put(e, "0");
        else put_node(e, init);
        put(e, ";");
    } else if (is_zero_init(e, init)) {
        put(e, "__builtin_memset((void *)&");
        put_lvalue(e, d);
        put(e, ", 0, sizeof ");
        put_lvalue(e, d);
        put(e, ");");
    } else if (list || array) {
        put(e, "__builtin_memcpy((void *)&");
        put_lvalue(e, d);
        put(e, ", &(");
        put_type(e, d->type, NULL, true, init->range);
        put(e, list ? ")" : "){");
        put_node(e, init);
        put(e, list ? ", sizeof " : "}, sizeof ");
        put_lvalue(e, d);
        put(e, ");");
    } else {
        put_assign(e, lvalue_text(e, d), d->type, init, NULL);
    }
}

/* An object of a block, static or not, whose name the output has. */
static bool is_mentioned(const struct decl *d) {
    return decl_is_of_block(d) && d->kind != DECL_FUNCTION && !d->resident && d->storage != STORAGE_EXTERN;
}

/* A declaration that moved to the frame no longer names what its bounds and typeof do: nobody shall be called unused. */
static void put_mentions(struct emit *e, struct node *n) {
    if (!n || n->kind == E_STMT) return; /* that is not left away, and its names are its own */
    if (n->kind == E_IDENT && is_mentioned(n->decl)) {
        bool read_shows = n->decl->type && n->decl->type->quals & Q_VOLATILE;
        put(e, "(void)%s%s; ", read_shows ? "sizeof " : "", lvalue_text(e, n->decl));
    }
    for (unsigned i = 0; i < n->nkids; i++) put_mentions(e, n->kid[i]);
}

/* The frame has the bound as a number that acc computed: the C compiler shall say if its own is another one. */
static void put_bound_check(struct emit *e, struct node *size) {
    long long count;
    if (!type_bound_is_folded(e->u, size) || !type_constant(e->u, size, &count)) return;
    bool name = size->kind == E_IDENT;
    put_line(e, size->range.start);
    put(e, name ? "_Static_assert(" : "_Static_assert((");
    put_node(e, size);
    put(e, "%s == %lld, \"acc computes this bound otherwise\"); ", name ? "" : ")", count);
}

static void put_bound_checks(struct emit *e, struct node *n) {
    if (!n || (n->kind < N_SPECS && n->kind != N_TYPENAME) || n->kind == N_PARAM || n->kind == N_STRUCT || n->kind == N_ENUM) return;
    if (n->kind == D_ARRAY && n->nkids > 1 && n->kid[1]) put_bound_check(e, n->kid[1]);
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kind != D_ARRAY || i != 1) put_bound_checks(e, n->kid[i]);
}

static void put_declarator(struct emit *e, struct node *specs, struct node *id, bool again) {
    struct decl *d = declared(id);
    struct node *init = id->kid[1];
    bool split = decl_is_local(d) && init && init->plan && node_mentions(init, d);
    if (decl_is_local(d) && init && init->plan && !split) put_plan(e, init);
    if (decl_is_local(d) && d->resident) {
        put_bound_checks(e, specs);
        put_bound_checks(e, id->kid[0]);
        put_mentions(e, specs);
        put_mentions(e, id->kid[0]);
        if (vla_is_kept(d)) vla_put_declaration(e, d, id->range.start);
        if (split) put_plan(e, init);
        if (init || split) {
            put_line(e, id->range.start);
            put_initialised(e, d, init);
        }
        return;
    }
    put_line(e, id->range.start);
    if (decl_is_local(d) && (spilled_const(d) || (split && is_const(d->type)))) {
        put_decl_of(e, d, d->emitted ? d->emitted : d->name->s);
    } else {
        put_specs(e, specs, again);
        put_between(e, id, id->range.start, id->kid[0]->range.end);
    }
    if (split) {
        put(e, ";");
        put_plan(e, init);
        put_line(e, id->range.start);
        put_initialised(e, d, init);
        return;
    }
    if (init) {
        put(e, " = ");
        put_node(e, init);
    } else if (decl_is_local(d) && d->zero) {
        put_zero(e, d);
    } else {
        put_between(e, id, id->kid[0]->range.end, id->range.end);
    }
    put(e, ";");
}

static bool defines_tag(const struct node *specs) {
    for (unsigned i = 0; i < specs->nkids; i++)
        if ((specs->kid[i]->kind == N_STRUCT || specs->kid[i]->kind == N_ENUM) && specs->kid[i]->flags & NODE_DEFINES &&
            !specs->kid[i]->decl->emitted)
            return true;
    return false;
}

/* One declaration becomes several where some of what it declares lives in the frame or waits for an await. */
static void put_declaration(struct emit *e, struct node *n) {
    struct node *specs = n->kid[0];
    bool again = false;
    if (defines_tag(specs)) {
        put_specs(e, specs, false);
        put(e, ";");
        again = true;
    }
    if (n->nkids == 1) put_mentions(e, specs);
    for (unsigned i = 1; i < n->nkids; i++) {
        struct decl *d = declared(n->kid[i]);
        if (d && d->kind == DECL_TYPEDEF && d->emitted) {
            put_mentions(e, specs);
            put_mentions(e, n->kid[i]);
            continue;
        }
        if (d && d->kind == DECL_TYPEDEF && d->slot) {
            put_mentions(e, specs);
            vla_put_sizes(e, d);
            continue;
        }
        put_declarator(e, specs, n->kid[i], again);
        again = true;
        if (!d || !d->guard || !d->guard->braced) continue;
        put(e, " {");
        e->indent++;
    }
}

static void put_decl_stmt(struct emit *e, struct node *n) {
    if (specs_say_async(n->kid[0])) {
        put_async_declaration(e, n);
        return;
    }
    if (!decl_changes(n)) put_kids(e, n);
    else put_declaration(e, n);
}

/* ---- loops ---- */

static void push_loop(struct emit *e, struct loop_target *t, struct node *loop) {
    t->outer = e->loop;
    t->loop = loop;
    e->loop = t;
}

/* In the body of a loop: of one within it only what is evaluated before that begins. */
static bool has_continue(const struct node *n) {
    if (!n) return false;
    if (n->kind == S_CONTINUE) return true;
    if (n->kind == S_WHILE || n->kind == S_DO) return false;
    for (unsigned i = n->kind == S_FOR_IN, end = node_is_loop(n) ? i + 1 : n->nkids; i < end; i++)
        if (has_continue(n->kid[i])) return true;
    return false;
}

/* `continue` must first run what stands at the end of the taken-apart loop. */
static void label_continues(struct emit *e, struct node *loop, struct node *body) {
    if (has_continue(body)) loop->label = ++e->nlabels;
}

static void put_continue_label(struct emit *e, struct node *loop) {
    if (!loop->label) return;
    put_line_below(e, loop->range.end - 1, loop->range.start);
    put(e, "%s%u:;", e->fn->continue_stem, loop->label);
}

static bool same_line(struct emit *e, struct node *a, struct node *b) {
    return !memchr(e->u->text + a->range.start, '\n', b->range.start - a->range.start);
}

/* bare: without braces of its own, where nothing that follows in the loop could see what the body declares. */
static void put_loop_body(struct emit *e, struct node *loop, struct node *body, bool bare) {
    unsigned brace = e->u->text[body->range.start] == '<' ? 2 : 1, indent = e->indent;
    struct loop_target t;
    push_loop(e, &t, loop);
    if (body->kind == S_COMPOUND && bare && !must_stand_first(e->u, body)) {
        e->indent--; /* the user's text is indented already */
        put_inside(e, body, body->range.start + brace, block_end(e, body));
    } else {
        if (body->kind != S_COMPOUND && !same_line(e, loop, body)) e->indent--;
        put_line(e, body->range.start);
        put_node(e, body);
    }
    e->indent = indent;
    e->loop = t.outer;
}

/* Ends what was opened for n: a brace at the end of n, below the start of n. */
static void put_closing(struct emit *e, struct node *n) {
    e->indent--;
    put_line_below(e, n->range.end - 1, n->range.start);
    put(e, "}");
}

static void put_test(struct emit *e, struct node *cond) {
    if (cond->plan) put_plan(e, cond);
    put_line(e, cond->range.start);
    put(e, "if (!(");
    put_node(e, cond);
    put(e, ")) break;");
}

static void put_while(struct emit *e, struct node *n) {
    put(e, "for (;;) {");
    e->indent++;
    put_test(e, n->kid[0]);
    put_loop_body(e, n, n->kid[1], true);
    put_closing(e, n);
}

static void put_do(struct emit *e, struct node *n) {
    label_continues(e, n, n->kid[0]);
    put(e, "for (;;) {");
    e->indent++;
    put_loop_body(e, n, n->kid[0], false);
    put_continue_label(e, n);
    put_test(e, n->kid[1]);
    put_closing(e, n);
}

static void put_rest(struct emit *e, struct node *root) {
    if (rest_is_pure(root)) return;
    put_line(e, root->range.start);
    put_node(e, root);
    put(e, ";");
}

static void put_for_parts(struct emit *e, struct node *n, bool init_done) {
    struct node *init = n->kid[0], *cond = n->kid[1], *step = n->kid[2];
    bool test_inside = cond && cond->plan, step_inside = step && step->plan;
    put(e, "for (");
    if (!init_done && init) put_node(e, init);
    if (init_done || !init || init->kind != S_DECL) put(e, ";");
    if (cond && !test_inside) {
        put(e, " ");
        put_node(e, cond);
    }
    put(e, ";");
    if (step && !step_inside) {
        put(e, " ");
        put_node(e, step);
    }
    put(e, ") {");
    e->indent++;
    if (step_inside) label_continues(e, n, n->kid[3]);
    if (test_inside) put_test(e, cond);
    put_loop_body(e, n, n->kid[3], !step_inside);
    if (step_inside) {
        put_continue_label(e, n);
        put_plan(e, step);
        put_rest(e, step);
    }
    put_closing(e, n);
}

static void put_for(struct emit *e, struct node *n) {
    struct node *init = n->kid[0];
    bool init_apart = init && (init->kind == S_DECL ? decl_changes(init) : init->plan != NULL);
    if (!init_apart) {
        put_for_parts(e, n, false);
        return;
    }
    put(e, "{");
    e->indent++;
    put_line(e, init->range.start);
    if (init->kind == S_DECL) {
        put_declaration(e, init);
    } else {
        put_plan(e, init);
        put_rest(e, init);
    }
    put_line(e, n->range.start);
    put_for_parts(e, n, true);
    put_guards(e, n, n->range.end - 1);
    put_closing(e, n);
}

bool loop_changes(const struct node *n) {
    switch (n->kind) {
    case S_WHILE: return n->kid[0]->plan != NULL;
    case S_DO: return n->kid[1]->plan != NULL;
    case S_FOR:
        for (unsigned i = 0; i < 3; i++)
            if (n->kid[i] && n->kid[i]->plan) return true;
        return n->kid[0] && n->kid[0]->kind == S_DECL && decl_changes(n->kid[0]);
    default: return n->kind == S_FOR_IN;
    }
}

static void put_loop(struct emit *e, struct node *n) {
    struct loop_target t;
    uint32_t begun = n->range.start; /* up to here jumps are of the loop around */
    if (loop_changes(n)) {
        if (n->kind == S_WHILE) put_while(e, n);
        else if (n->kind == S_DO) put_do(e, n);
        else put_for(e, n);
        return;
    }
    if (n->kind == S_FOR && n->kid[0]) {
        begun = n->kid[0]->range.end;
        put_between(e, n, n->range.start, begun);
    }
    push_loop(e, &t, n);
    put_between(e, n, begun, n->range.end);
    e->loop = t.outer;
}

/* ---- loops over generators ---- */

/* `auto` says what the generator gives also where the C compiler does not know it as that. */
static void put_loop_specs(struct emit *e, struct node *specs, const struct decl *d) {
    bool inferred = d && type_is_inferred(e->u, d);
    for (unsigned i = 0; i < specs->nkids; i++) {
        struct node *s = specs->kid[i];
        if (inferred && s->kind == N_KEYWORD && s->op == K_AUTO) put(e, "__auto_type");
        else put_node(e, s);
        put(e, " ");
    }
}

/* The value that was given: where blocks are less aligned than its type wants, a copy of it. */
static const char *given_text(struct emit *e, struct node *n, const char *gen) {
    enum gives gives;
    struct type *result = type_given_result(type_value(e->u, n->kid[1]), &gives);
    bool over_aligned = type_align(e->u, result) > 16;
    struct buf type = {0};
    const char *text = "0";
    if (!type_print(e->u, &type, result, over_aligned ? "acc__v" : "*", true))
        diag_error(e->u, n->kid[1]->range, "cannot name the type of what is given");
    else if (over_aligned)
        text = arena_printf(&e->u->arena, "__extension__({ %s; __builtin_memcpy((void *)&acc__v, acc__value(%s), sizeof acc__v); acc__v; })",
                            type.s, gen);
    else
        text = arena_printf(&e->u->arena, "*(%s)acc__value(%s)", type.s, gen);
    buf_free(&type);
    return text;
}

/* `T x = value;`, each time round anew. */
static void put_loop_object(struct emit *e, struct node *n, const char *gen) {
    struct node *id = n->kid[0]->kid[1];
    struct decl *d = declared(id);
    const char *value = given_text(e, n, gen);
    put_line(e, id->range.start);
    if (decl_is_local(d) && d->resident) {
        put_assign(e, lvalue_text(e, d), d->type, NULL, value);
    } else {
        if (decl_is_local(d) && spilled_const(d)) {
            put_decl_of(e, d, d->emitted ? d->emitted : d->name->s);
        } else {
            put_loop_specs(e, n->kid[0]->kid[0], d);
            put_between(e, id, id->range.start, id->kid[0]->range.end);
        }
        put(e, " = %s;", value);
    }
}

static void put_next_test(struct emit *e, struct node *n, const char *gen) {
    struct guard *guard = n->guards[0];
    if (n->op != K_AWAIT) {
        put(e, "while (acc__more(%s, ", gen);
        put_given_size(e, n);
        put(e, ")) {");
        e->indent++;
        return;
    }
    put(e, "for (;;) {");
    e->indent++;
    put_line(e, n->range.start);
    put_generator_await(e, guard->enter);
    put_fail(e, guard->enter->node);
    put_line(e, n->range.start);
    put(e, "if (!acc__given(%s)) break;", gen);
}

static void put_for_in(struct emit *e, struct node *n) {
    struct decl *d = n->guards[0]->decl;
    const char *gen = lvalue_text(e, d);
    put(e, "{");
    e->indent++;
    put_line(e, n->range.start);
    if (n->kid[1]->plan) {
        put_plan(e, n->kid[1]);
        put_line(e, n->range.start);
    }
    put(e, "%s%s = (void *)(", d->resident ? "" : "void *", gen);
    put_node(e, n->kid[1]);
    put(e, ");");
    put_line(e, n->range.start);
    put_next_test(e, n, gen);
    put_loop_object(e, n, gen);
    put_loop_body(e, n, n->kid[2], false);
    put_closing(e, n);
    put_line_below(e, n->range.end - 1, n->range.start);
    put_guards(e, n, n->range.end - 1);
    e->indent--;
    if (e->u->opt->no_lines && !strcmp(e->out->s + e->out->len - 4, "    ")) e->out->s[e->out->len -= 4] = 0;
    put(e, "}");
}

void put_continue(struct emit *e, struct node *n) {
    if (e->loop && e->loop->loop->label) put(e, "goto %s%u;", e->fn->continue_stem, e->loop->loop->label);
    else put_kids(e, n);
}

/* ---- all statements ---- */

/* The last statement of a statement expression that was taken apart: its value goes to a temporary. */
static void put_value_stmt(struct emit *e, struct node *n) {
    if (n->kid[0]->plan && !in_block(n)) put(e, ";"); /* before C23 no declaration stands behind a label */
    if (n->kid[0]->plan) put_plan(e, n->kid[0]);
    put_line(e, n->range.start);
    put_assign(e, lvalue_text(e, n->decl), n->decl->type, n->kid[0], NULL);
}

static void put_expr_stmt(struct emit *e, struct node *n) {
    struct node *root = n->kid[0];
    if (n->decl) {
        put_value_stmt(e, n);
        return;
    }
    if (!root->plan && n->unused) { /* compilers warn of `b;`, but not of `(void)({ b; });` */
        put(e, "(void)(");
        put_node(e, root);
        put(e, ")");
        put_between(e, n, root->range.end, n->range.end);
        return;
    }
    if (!root->plan) {
        put_kids(e, n);
        return;
    }
    open_brace(e, n);
    put_plan(e, root);
    put_rest(e, root);
    close_brace(e, n);
}

/* if, switch, computed goto: the plan, then the statement as it is. */
static void put_planned_first(struct emit *e, struct node *n) {
    if (!n->kid[0]->plan) {
        put_kids(e, n);
        return;
    }
    open_brace(e, n);
    put_plan(e, n->kid[0]);
    put_line(e, n->range.start);
    put_kids(e, n);
    close_brace(e, n);
}

static void put_compound(struct emit *e, struct node *n) {
    unsigned brace = e->u->text[n->range.start] == '<' ? 2 : 1;
    bool outermost = e->fn && !e->fn->is_async && n == e->fn->body && (e->fn->leave || e->fn->returned);
    bool braces = outermost && must_stand_first(e->u, n);
    if (!n->nguards && !outermost) {
        put_kids(e, n);
        return;
    }
    put_text(e, n->range.start, n->range.start + brace);
    if (outermost) put_leaving(e, e->fn);
    if (braces) put(e, " {");
    put_inside(e, n, n->range.start + brace, block_end(e, n));
    if (braces) put(e, "}");
    put_text(e, block_end(e, n), n->range.end);
}

/* Of a plain function only the ways out change. */
static void put_plain_stmt(struct emit *e, struct node *n) {
    switch (n->kind) {
    case S_COMPOUND: put_compound(e, n); return;
    case S_DEFER: put_defer(e, n); return;
    case S_RETURN: put_return(e, n); return;
    case S_BREAK: case S_CONTINUE: case S_GOTO: put_jump(e, n); return;
    default: put_kids(e, n); return;
    }
}

void put_stmt(struct emit *e, struct node *n) {
    if (!e->fn || !e->fn->is_async) {
        put_plain_stmt(e, n);
        return;
    }
    switch (n->kind) {
    case S_COMPOUND: put_compound(e, n); return;
    case S_DEFER: put_defer(e, n); return;
    case S_TRY:
        open_brace(e, n);
        put_try(e, n);
        close_brace(e, n);
        return;
    case S_FOR_IN: put_for_in(e, n); return;
    case S_WITH:
        open_brace(e, n);
        put_with(e, n);
        close_brace(e, n);
        return;
    case S_BREAK: case S_GOTO: put_jump(e, n); return;
    case S_EXPR: put_expr_stmt(e, n); return;
    case S_DECL: put_decl_stmt(e, n); return;
    case S_IF: case S_SWITCH: case S_GOTO_COMPUTED: put_planned_first(e, n); return;
    case S_WHILE: case S_DO: case S_FOR: put_loop(e, n); return;
    case S_CONTINUE:
        if (n->way) put_jump(e, n);
        else put_continue(e, n);
        return;
    case S_RETURN: put_return(e, n); return;
    case S_THROW: put_throw(e, n); return;
    default: put_kids(e, n); return;
    }
}

/* ---- types that the frame needs ---- */

/* The definition under its new name; an anonymous tag gets one, in front of the brace or of the colon of `enum : T`. */
static void put_tag_definition(struct emit *e, struct node *n) {
    uint32_t brace = n->name ? n->name_range.end : n->range.start;
    if (!n->name) {
        if (n->nkids && n->kid[0]->kind == N_TYPENAME) brace = e->u->tok.v[scope_token(e->u, n->kid[0]->range.start) - 1].start;
        else while (e->u->text[brace] != '{' && strncmp(e->u->text + brace, "<%", 2)) brace++;
        put_between(e, n, n->range.start, brace);
        put(e, "%s ", n->decl->emitted);
    } else {
        put_between(e, n, n->range.start, n->name_range.start);
        put(e, "%s", n->decl->emitted);
    }
    put_between(e, n, brace, n->range.end);
}

static void put_typedef(struct emit *e, struct decl *d) {
    put(e, "typedef ");
    for (unsigned i = 0; i < d->specs->nkids; i++) {
        struct node *s = d->specs->kid[i];
        if (s->kind == N_KEYWORD && s->op == K_TYPEDEF) continue;
        put_node(e, s);
        put(e, " ");
    }
    put_node(e, d->declarator);
}

static uint32_t type_end(const struct decl *d) {
    return d->kind == DECL_TYPEDEF ? d->declarator->range.end : d->node->range.end;
}

static bool is_pack(const struct unit *u, const struct token *t) {
    const char *s = lex_pragma(u, t);
    return s && !strncmp(s, "pack", 4);
}

static void put_pops(struct emit *e, unsigned n) {
    while (n-- > 0) put(e, "\n#pragma pack(pop)");
    put(e, "\n");
}

typedef VEC(const struct token *) tokens;

/* The body's own `#pragma pack` lines. */
static void find_packs(struct unit *u, struct fn *fn, tokens *packs) {
    for (unsigned i = scope_token(u, fn->body->range.start); u->tok.v[i].start < fn->body->range.end; i++)
        if (is_pack(u, &u->tok.v[i])) vec_push(&u->arena, packs, &u->tok.v[i]);
}

/* What those up to `end` make of the packing that holds at file scope.  Answers how many pops undo it. */
static unsigned put_packing(struct emit *e, const tokens *packs, uint32_t end) {
    struct unit *u = e->u;
    unsigned depth = 0;
    for (unsigned i = 0; i < packs->n && packs->v[i]->start < end; i++) {
        const struct token *t = packs->v[i];
        const char *text = arena_printf(&u->arena, "%.*s", (int)(t->end - t->start), u->text + t->start);
        if (!depth) put(e, "\n#pragma pack(push)");
        if (!depth) depth = 1;
        if (strstr(text, "push")) depth++;
        else if (strstr(text, "pop") && depth-- == 1) return put_pops(e, 1), 0; /* of what was pushed before the body */
        put(e, "\n%s", text);
    }
    if (depth) put(e, "\n");
    return depth;
}

static int by_end(const void *a, const void *b) {
    uint32_t i = type_end(*(struct decl *const *)a), k = type_end(*(struct decl *const *)b);
    if (i == k) i = (*(struct decl *const *)a)->node->range.start, k = (*(struct decl *const *)b)->node->range.start;
    return (i > k) - (i < k);
}

/* In the order in which the definitions end: a nested one before the one around it. */
void put_hoisted_types(struct emit *e, struct fn *fn) {
    struct decl **sorted = NEWN(&e->u->arena, struct decl *, fn->types.n + 1);
    unsigned n = 0, packed;
    tokens packs = {0};
    find_packs(e->u, fn, &packs);
    for (unsigned i = 0; i < fn->types.n; i++) {
        struct decl *d = fn->types.v[i];
        if (d->kind == DECL_TAG && !(d->node->flags & NODE_DEFINES)) continue;
        if (d->emitted && d->kind != DECL_ENUMERATOR) sorted[n++] = d;
    }
    if (n) qsort(sorted, n, sizeof *sorted, by_end);
    for (unsigned i = 0; i < n; i++) {
        struct decl *d = sorted[i];
        if (i && type_end(d) == type_end(sorted[i - 1])) continue;
        packed = put_packing(e, &packs, d->node->range.start);
        put_line(e, d->node->range.start);
        if (d->kind == DECL_TAG) put_tag_definition(e, d->node);
        else put_typedef(e, d);
        put(e, ";");
        if (packed) put_pops(e, packed);
    }
}

/* SPDX-License-Identifier: MIT */
/* check.c: the language's rules (docs/dialect.md).
 *
 * Input: a function with its names bound and its types known; for what stands outside of such
 * functions, the tokens.  Output: diagnostics, and fn->refused.  The tree stays as it is.  Only
 * what the C compiler would not say of the output, or would say in words the user cannot follow, is
 * said here; what is legal C but cannot be translated yet is refused by name, each in a function of
 * its own (refuse_...), so that the pass that learns it deletes that function.  check_jump.c has
 * the rules about scopes. */
#include "acc.h"
#include "order.h"

#include <string.h>

struct check {
    struct unit *u;
    struct fn *fn;
    const char *constant; /* what needs a constant expression here, or NULL */
    bool nested;          /* inside a nested function */
};

static void walk(struct check *c, struct node *n);

static const char *name_text(const struct name *n)
{
    return n ? n->s : "?";
}

/* The type as a message spells it, and the user writes it: a future is a future, not the pointer that carries its type. */
const char *check_type_text(struct unit *u, struct type *t)
{
    static const char *const given[] = {"future(%s)", "generator %s", "async generator %s"};
    struct buf b = {0};
    enum gives gives;
    struct type *result = type_given_result(t, &gives);
    if (result) return arena_printf(&u->arena, given[gives], check_type_text(u, result));
    if (t && t->kind == TY_POINTER && type_given_result(t->base, &gives))
        return arena_printf(&u->arena, "%s *", check_type_text(u, t->base));
    const char *s = "a type without a name";
    if (type_print(u, &b, t, NULL, false)) s = arena_strdup(&u->arena, b.s, b.len);
    buf_free(&b);
    return s;
}

static struct node *strip(struct node *e)
{
    while (e && e->kind == E_PAREN)
        e = node_kid(e, 0);
    return e;
}

static void note_declared(struct unit *u, const struct decl *d)
{
    if (d && d->node && d->name)
        diag_note(u, d->node->kind == D_NAME ? d->node->range : d->node->name_range,
                  "'%s' is declared here", d->name->s);
}

/* ---------------------------------------------------------------- await */

static bool outside_async(const struct check *c)
{
    return !c->fn->is_async || c->nested;
}

static bool leaves_unevaluated(const struct node *n)
{
    return n->kind == E_SIZEOF || n->kind == N_TYPEOF || n->kind == N_ALIGNAS ||
           n->kind == E_GENERIC || (n->kind == E_CALL && ast_calls_unevaluated(n));
}

/* sizeof and typeof evaluate an operand of variable length (C11 6.5.3.4 p2): it would have to await. */
static bool evaluates_operand(const struct node *around)
{
    const struct node *operand = around ? node_kid(around, 0) : NULL;
    if (!operand || (around->kind != E_SIZEOF && around->kind != N_TYPEOF)) return false;
    if (around->kind == E_SIZEOF && around->op != K_SIZEOF) return false;
    return type_is_variably_modified(operand->type);
}

/* An await in sizeof and the like has no effect. Where a macro wrote the sizeof (assert names its
 * argument twice), nobody meant anything by it. */
static void warn_unevaluated(struct check *c, struct node *n)
{
    struct node *around = n->parent;
    while (around && !leaves_unevaluated(around))
        around = around->parent;
    if (around && around->kind == N_ALIGNAS) {
        diag_error(c->u, n->range, "'await' in an alignment, which must be constant");
        return;
    }
    while (around && !(leaves_unevaluated(around) && !(around->flags & NODE_UNEVALUATED)))
        around = around->parent;
    if (evaluates_operand(around)) {
        diag_error(c->u, n->range, "'await' in an operand of variable length of '%s'",
                   around->kind == E_SIZEOF ? "sizeof" : "typeof");
        return;
    }
    struct range at = around ? around->range : n->range;
    at.end = at.start + 1;
    if (source_spot(c->u, at).macro) return;
    diag_warn(c->u, WARN_UNEVALUATED_AWAIT, n->range,
              "'await' in an operand that is not evaluated awaits nothing");
}

/* A name of the library's where nothing of the library is declared. */
static bool lacks_header(struct check *c, const struct name *n)
{
    struct name *loop = name_intern(&c->u->names, "acc_loop", strlen("acc_loop"));
    return !strncmp(n->s, "acc_", 4) && !unit_mention(loop, MENTION_TYPEDEF);
}

/* The callee of an awaited call that nothing declares. */
static bool undeclared_callee(struct check *c, struct node *operand)
{
    struct node *call = strip(operand),
                *f = call && call->kind == E_CALL ? strip(node_kid(call, 0)) : NULL;
    if (!f || f->kind != E_IDENT || f->decl || !f->name) return false;
    if (!strncmp(f->name->s, "__builtin_", 10)) return false;
    const char *meant = diag_is_full(c->u->diag) ? NULL : check_callee_meant(c->u, f->name);
    const char *lacks = !meant && lacks_header(c, f->name) ? "; is <acc/acc.h> included?" : "";
    diag_error(c->u, f->range, "'await' on a call of '%s', which is not declared%s%s%s%s", f->name->s,
               meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "", lacks);
    return true;
}

/* A function that gives a future, named but not called. `word` is what wants the future, and what
 * stands behind it. */
static bool uncalled_function(struct check *c, struct node *operand, struct type *t, const char *word,
                              const char *open, const char *close)
{
    struct type *f = t && t->kind == TY_POINTER ? t->base : NULL;
    struct node *e = strip(operand);
    if (!f || f->kind != TY_FUNCTION || !type_future_result(f->base)) return false;
    if (e->kind != E_IDENT || !e->decl || e->decl->kind != DECL_FUNCTION) return false;
    diag_error(c->u, operand->range,
               "'%s' needs a future, this is 'function %s', not called; did you mean "
               "'%s%s%s(%s)%s'?",
               word, e->name->s, word, open, e->name->s, f->nparams ? "..." : "", close);
    note_declared(c->u, e->decl);
    return true;
}

/* Every way through `c ? f(1) : g(2)` must give a future of the same type. */
static bool check_arms(struct check *c, struct node *e, struct type *result)
{
    e = strip(e);
    if (e && e->kind == E_COMMA) return check_arms(c, node_kid(e, 1), result);
    if (e && e->kind == E_COND)
        return (!node_kid(e, 1) || check_arms(c, e->kid[1], result)) &&
               check_arms(c, node_kid(e, 2), result);
    struct type *t = e ? type_value(c->u, e) : NULL, *own = type_future_result(t);
    if (!t || e->flags & NODE_NULL_CONSTANT) return true;
    if (own && type_compatible(c->u, type_bare(c->u, own), type_bare(c->u, result))) return true;
    if (own)
        diag_error(c->u, e->range, "this arm gives a future of another type, '%s'",
                   check_type_text(c->u, own));
    else
        diag_error(c->u, e->range, "'await' needs a future, this arm is '%s'", check_type_text(c->u, t));
    return false;
}

/* `await f()->x`: the whole postfix expression is the operand. */
static bool member_of_future(struct check *c, struct node *e)
{
    if (e->kind != E_MEMBER || !type_future_result(type_value(c->u, e->kid[0]))) return false;
    const char *op = e->op == '.' ? "." : "->";
    diag_error(c->u, e->range, "a future has no members; did you mean '(await ...)%s%s'?", op, name_text(e->name));
    return true;
}

static void check_operand(struct check *c, struct node *n)
{
    struct node *operand = node_kid(n, 0);
    struct type *t = operand ? type_value(c->u, operand) : NULL;
    if (operand && type_future_result(t)) check_arms(c, operand, type_future_result(t));
    if (!operand || type_future_result(t) || undeclared_callee(c, operand)) return;
    if (member_of_future(c, operand)) return;
    if (!t) {
        diag_error(c->u, operand->range, "the type of what is awaited here is not known");
        return;
    }
    if (uncalled_function(c, operand, t, "await", " ", "")) return;
    diag_error(c->u, operand->range, "'await' needs a future, this is '%s'", check_type_text(c->u, t));
    struct node *call = strip(operand);
    struct node *f = call->kind == E_CALL ? strip(node_kid(call, 0)) : NULL;
    if (f && f->kind == E_IDENT && f->decl) note_declared(c->u, f->decl);
}

static bool check_from(struct check *c, struct node *n);
static bool refuse_in_generator(struct check *c, struct range r, const char *word);

static void check_await(struct check *c, struct node *n)
{
    if (check_from(c, n)) return;
    if (outside_async(c)) {
        diag_error(c->u, n->range, "'await' outside an async function");
        if (c->fn->decl) note_declared(c->u, c->fn->decl);
    } else if (n->flags & NODE_UNEVALUATED) {
        warn_unevaluated(c, n);
    } else if (c->constant) {
        diag_error(c->u, n->range, "'await' in %s", c->constant);
    } else if (n->op == K_FROM || !refuse_in_generator(c, n->range, "'await'")) {
        check_operand(c, n);
    }
}

/* ---------------------------------------------------------------- what an async function may not
 * do */

static bool is_named(const struct name *n, const char *const *names, unsigned count)
{
    for (unsigned i = 0; n && i < count; i++)
        if (!strcmp(n->s, names[i])) return true;
    return false;
}

/* Their macros cast what they are given to void *, so anything would do. */
static const struct {
    const char *callee, *word;
    unsigned at; /* the argument's place, from 1 */
    const char *before;
} launcher[] = {
    {"acc__go", "acc_go", 1, "("},
    {"acc__spawn", "acc_spawn", 1, "("},
    {"acc__spawn_eager", "acc_spawn_eager", 1, "("},
    {"acc__loop_spawn", "acc_loop_spawn", 2, "(loop, "},
    {"acc__group_go", "acc_group_go", 2, "(&group, "},
    {"acc__group_spawn", "acc_group_spawn", 2, "(&group, "},
    {"acc__join", "acc_join", 1, "("},
    {"acc__shield", "acc_shield", 1, "("},
    {"acc__wait_for", "acc_wait_for", 1, "("},
};

/* e: what the macro `word` casts to void *. */
static void check_wants_future(struct check *c, struct node *e, const char *word, const char *before)
{
    e = strip(e);
    if (e->kind != E_CAST) return;
    e = strip(node_kid(e, 1));
    struct type *t = e ? type_value(c->u, e) : NULL;
    bool pointer = t && t->kind == TY_POINTER && type_is_void(t->base);
    if (!t || pointer || type_future_result(t)) return;
    if (uncalled_function(c, e, t, word, before, ")")) return;
    diag_error(c->u, e->range, "'%s' needs a future, this is '%s'", word, check_type_text(c->u, t));
}

static void check_launch(struct check *c, struct node *n, const struct name *callee)
{
    for (unsigned i = 0; i < sizeof launcher / sizeof *launcher; i++) {
        struct node *e = node_kid(n, launcher[i].at);
        if (strcmp(callee->s, launcher[i].callee) != 0 || !e) continue;
        check_wants_future(c, e, launcher[i].word, launcher[i].before);
        return;
    }
}

/* acc_gather and acc_race make an array of parts; in the C compiler's words a bare future is no float. */
static void check_parts(struct check *c, struct node *n)
{
    struct type *t = n->type;
    struct node *init = node_kid(n, 1);
    struct decl *tag = t && t->kind == TY_ARRAY && t->base && t->base->kind == TY_STRUCT ? t->base->tag : NULL;
    if (!init || !tag || !tag->name || strcmp(tag->name->s, "acc_part") != 0) return;
    for (unsigned i = 0; i < init->nkids; i++) {
        struct node *e = init->kid[i];
        if (e->kind == E_INIT && e->nkids > 1) check_wants_future(c, e->kid[1], "acc_into", "(");
        struct type *of = e->kind == E_INIT || e->kind == E_DESIGNATED ? NULL : type_value(c->u, e);
        if (!of || of->kind == TY_STRUCT) continue;
        diag_error(c->u, e->range, "expected 'acc_into(future, &value)' or 'acc_into(future, NULL)', this is '%s'", check_type_text(c->u, of));
    }
}

/* The frame goes away at the first suspension; what these give or save lives in it. */
static void check_call(struct check *c, struct node *n)
{
    static const char *const names[] = {
        "alloca", "__builtin_alloca", "__builtin_alloca_with_align", "__builtin_alloca_with_align_and_max",
        "__builtin_alloca_uninitialized", "__builtin_alloca_with_align_uninitialized", "setjmp", "_setjmp",
        "sigsetjmp", "__sigsetjmp", "__builtin_setjmp", "__builtin_apply_args", "__builtin_va_start"};
    struct node *f = strip(node_kid(n, 0));
    if (!f || f->kind != E_IDENT || (n->flags & NODE_UNEVALUATED)) return;
    if (f->name) check_launch(c, n, f->name);
    if (outside_async(c)) return;
    if (f->decl && f->decl->scope && f->decl->scope->outer && f->decl->kind != DECL_FUNCTION)
        return;
    if (is_named(f->name, names, sizeof names / sizeof *names))
        diag_error(c->u, n->range, "'%s' in an async function", f->name->s);
}

static void check_asm(struct check *c, struct node *n)
{
    if (n->op != K_GOTO) return;
    if (!outside_async(c))
        diag_error(c->u, n->range, "'asm goto' in an async function");
    else if (c->fn->ext->has_defer && !c->nested)
        diag_error(c->u, n->range, "'asm goto' in a function with 'defer'");
}

static void check_nested_function(struct check *c, struct node *n)
{
    struct node *name = scope_declarator_name(node_kid(n, 1));
    if (!c->fn->is_async) return;
    diag_error(c->u, name ? name->range : n->range, "nested function '%s' in an async function",
               name_text(name ? name->name : NULL));
}

/* ---------------------------------------------------------------- not yet */

static void refuse(struct check *c, struct range r, const char *what)
{
    diag_error(c->u, r, "%s not supported yet", what);
}

static struct range first_word(struct check *c, struct node *n)
{
    struct token *t = &c->u->tok.v[scope_token(c->u, n->range.start)];
    return (struct range){t->start, t->end};
}

/* Its value would lie where that of a `return` on its way does. */
static bool in_deferred(const struct node *n)
{
    while (n && n->kind != S_DEFER)
        n = n->parent;
    return n != NULL;
}

static void check_yield(struct check *c, struct node *n)
{
    if (outside_async(c)) diag_error(c->u, first_word(c, n), "'yield' outside a generator");
    else if (c->fn->gives == GIVES_FUTURE)
        diag_error(c->u, first_word(c, n), "'yield' where the word is declared too: say 'async generator', or '_Yield'");
    else if (in_deferred(n)) refuse(c, first_word(c, n), "'yield' in a deferred statement is");
    else if (!n->kid[0]) diag_error(c->u, n->range, "'yield' needs a value");
    else if (n->flags & NODE_UNEVALUATED) diag_error(c->u, n->range, "'yield' in an operand that is not evaluated");
    else if (c->constant) diag_error(c->u, n->range, "'yield' in %s", c->constant);
}

/* What only a task can do. */
static bool refuse_in_generator(struct check *c, struct range r, const char *word)
{
    if (outside_async(c) || c->fn->gives != GIVES_GENERATOR) return false;
    diag_error(c->u, r, "%s in a generator, which no task runs: 'async generator' may wait", word);
    return true;
}

/* `yield from` in a generator: it passes on what another one gives. */
static bool check_from(struct check *c, struct node *n)
{
    if (n->op != K_FROM || outside_async(c) || c->fn->gives != GIVES_GENERATOR || !n->kid[0]) return false;
    if (in_deferred(n)) refuse(c, first_word(c, n), "'yield' in a deferred statement is");
    enum gives gives;
    struct type *t = type_value(c->u, n->kid[0]), *result = type_given_result(t, &gives);
    if (t && (!result || gives != GIVES_GENERATOR))
        diag_error(c->u, n->kid[0]->range, "'yield from' in a generator needs a generator, this is '%s'", check_type_text(c->u, t));
    else if (t && c->fn->result && !type_compatible(c->u, type_bare(c->u, result), type_bare(c->u, c->fn->result)))
        diag_error(c->u, n->kid[0]->range, "'yield from' passes on what the generator itself gives, this one gives '%s'",
                   check_type_text(c->u, result));
    else if (n->flags & NODE_UNEVALUATED)
        diag_error(c->u, n->range, "'yield from' in an operand that is not evaluated");
    return true;
}

static void check_for_in(struct check *c, struct node *n)
{
    enum gives gives = GIVES_FUTURE, wanted = n->op == K_AWAIT ? GIVES_ASYNC_GENERATOR : GIVES_GENERATOR;
    struct type *t = type_value(c->u, n->kid[1]), *result = type_given_result(t, &gives);
    if (outside_async(c)) refuse(c, first_word(c, n), "'for' over a generator in a nested function is");
    struct node *d = node_kid(node_kid(n->kid[0], 1), 0);
    if (scope_declared_attribute(c->u, node_kid(n->kid[0], 0), d, "cleanup"))
        refuse(c, n->kid[0]->range, "a cleanup of what a loop over a generator declares is");
    struct node *name = scope_declarator_name(d);
    if (name && name->decl && !decl_is_local(name->decl))
        diag_error(c->u, n->kid[0]->range, "what a loop over a generator declares must have automatic storage");
    if (n->op == K_AWAIT && refuse_in_generator(c, first_word(c, n), "'for await'")) return;
    if (!t || (result && gives == wanted)) return;
    if (result && gives == GIVES_ASYNC_GENERATOR)
        diag_error(c->u, n->kid[1]->range, "an asynchronous generator needs 'for await'");
    else
        diag_error(c->u, n->kid[1]->range, "'%s' needs %s, this is '%s'", n->op == K_AWAIT ? "for await" : "for",
                   n->op == K_AWAIT ? "an asynchronous generator" : "a generator", check_type_text(c->u, t));
}

static void check_handler(struct check *c, struct node *handler)
{
    struct node *param = node_kid(handler, 0), *name = param ? scope_declarator_name(node_kid(param, 1)) : NULL;
    struct type *t = name && name->decl ? type_of_decl(c->u, name->decl) : NULL;
    if (!param) return;
    if (!name)
        diag_error(c->u, param->range, "'catch' needs a name for what it catches: 'catch (int err)'");
    else if (!t || t->kind != TY_INT)
        diag_error(c->u, param->range, "what 'catch' catches is an 'int'");
}

static void check_try(struct check *c, struct node *n)
{
    struct node *seen[2] = {NULL, NULL};
    for (unsigned i = 1; i < n->nkids; i++) {
        bool cancels = !node_kid(n->kid[i], 0);
        check_handler(c, n->kid[i]);
        if (seen[cancels])
            diag_error(c->u, first_word(c, n->kid[i]), "a second '%s' of one 'try'", cancels ? "catch cancel" : "catch");
        seen[cancels] = n->kid[i];
    }
}

/* A failure is passed on again from where one was caught. */
static void check_throw(struct check *c, struct node *n)
{
    const struct node *handler = n;
    while (handler && handler->kind != N_CATCH)
        handler = handler->parent;
    if (!outside_async(c) && !node_kid(n, 0) && !handler)
        diag_error(c->u, n->range, "'throw' without a code, and no 'catch' around it");
    struct node *code = node_kid(n, 0);
    struct type *t = code ? type_value(c->u, code) : NULL;
    if (t && !type_is_integer(t))
        diag_error(c->u, code->range, "'throw' needs an integer, this is '%s'", check_type_text(c->u, t));
}
static void check_try_value(struct check *c, struct node *n)
{
    struct type *t = n->kid[0] ? type_value(c->u, n->kid[0]) : NULL;
    if (outside_async(c)) {
        diag_error(c->u, n->range, "'acc_try' outside of an async function");
    } else if (n->nkids != 2 || !n->kid[0]) {
        diag_error(c->u, n->range, "'acc_try' takes the address of an 'int' and an expression with 'await'");
    } else if (t && !(t->kind == TY_POINTER && t->base && t->base->kind == TY_INT && !(t->base->quals & Q_CONST))) {
        diag_error(c->u, n->kid[0]->range, "'acc_try' puts the code where an 'int *' points, this is '%s'", check_type_text(c->u, t));
    } else if (!(n->kid[1]->flags & NODE_HAS_AWAIT) && !(n->flags & NODE_UNEVALUATED)) {
        diag_error(c->u, n->kid[1]->range, "'acc_try' without an 'await' that could fail");
    }
}

/* The pointer is used more than once, as an `acc_scope *`: whatever converts to one would not do. */
static void check_with(struct check *c, struct node *n)
{
    (void)refuse_in_generator(c, first_word(c, n), "'with'");
    struct type *t = type_value(c->u, n->kid[0]), *to = t && t->kind == TY_POINTER ? t->base : NULL;
    if (outside_async(c)) refuse(c, first_word(c, n), "'with' in a nested function is");
    if (!t || (to && to->kind == TY_STRUCT && to->tag->name && !strcmp(to->tag->name->s, "acc_scope"))) return;
    diag_error(c->u, n->kid[0]->range, "'with' needs an 'acc_scope *', this is '%s'%s", check_type_text(c->u, t),
               check_scope_meant(t));
}

/* A local that is bound to a machine register loses it at a suspension. */
static void refuse_register_asm(struct check *c, struct decl *d)
{
    if (!d->is_register || d->kind != DECL_VAR || outside_async(c)) return;
    for (struct node *k = d->declarator; k && k->kind != D_NAME; k = node_kid(k, 0))
        for (unsigned i = 1; k->kind == D_ATTRIBUTED && i < k->nkids; i++)
            if (k->kid[i]->op == K_ASM) refuse(c, d->node->range, "a local in a named register is");
}

/* ---------------------------------------------------------------- assignments to const */

static bool is_const(struct unit *u, struct type *t)
{
    while (t && t->kind == TY_ARRAY)
        t = t->base;
    return t && (t->quals & Q_CONST || type_has_const_member(u, t));
}

/* Not through a pointer. */
struct decl *check_local_of(struct node *e)
{
    for (;;) {
        e = strip(e);
        if (!e) return NULL;
        bool part = e->kind == E_MEMBER && e->op == '.';
        bool element =
            e->kind == E_SUBSCRIPT && e->kid[0]->type && e->kid[0]->type->kind == TY_ARRAY;
        bool half =
            e->kind == E_UNARY && (e->op == K_REAL || e->op == K_IMAG || e->op == K_EXTENSION);
        if (!part && !element && !half) break;
        e = e->kid[0];
    }
    struct decl *d = e->kind == E_IDENT ? e->decl : NULL;
    return d && d->fn && (d->kind == DECL_VAR || d->kind == DECL_PARAM) &&
                   d->storage != STORAGE_STATIC && d->storage != STORAGE_EXTERN
               ? d
               : NULL;
}

/* Slots have no const, so the C compiler will not see this. */
static void check_written(struct check *c, struct node *n, struct node *target)
{
    if (!target || outside_async(c) || (n->flags & NODE_UNEVALUATED)) return;
    struct decl *d = check_local_of(target);
    struct type *t = target->type;
    if (!d || !t || t->kind == TY_ARRAY || !is_const(c->u, t)) return;
    struct node *e = strip(target);
    bool whole = e->kind == E_IDENT && (t->quals & Q_CONST);
    if (whole)
        diag_error(c->u, n->range, "assignment to '%s', which is const", d->name->s);
    else
        diag_error(c->u, n->range, "assignment to a const part of '%s'", d->name->s);
    note_declared(c->u, d);
}

/* Where its value is put is an lvalue of the output, so the C compiler will not see this. Of what
 * has no await it sees it. */
static void check_place(struct check *c, struct node *n)
{
    struct node *e = strip(node_kid(n, 0));
    bool known = e && e->type && (e->flags & NODE_TYPED) && !(e->flags & NODE_UNEVALUATED);
    if (outside_async(c) || !known || !(e->flags & NODE_HAS_AWAIT) || e->flags & NODE_LVALUE)
        return;
    diag_error(c->u, e->range, "%s needs an object, and the value of this is none",
               n->kind == E_UNARY    ? "'&'"
               : n->kind == E_ASSIGN ? "an assignment"
               : n->op == P_INC      ? "'++'"
                                     : "'--'");
}

static void check_asm_outputs(struct check *c, struct node *n)
{
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && (n->kid[i]->flags & NODE_OUT)) check_written(c, n->kid[i], n->kid[i]);
}

/* ---------------------------------------------------------------- declarations */

static bool is_async_word(const struct node *n)
{
    return n->kind == N_KEYWORD && (n->op == K_ASYNC || n->op == K_ASYNC_ALWAYS || n->op == K_GENERATOR ||
                                    n->op == K_GENERATOR_ALWAYS);
}

static struct node *async_word(struct node *specs)
{
    for (unsigned i = 0; specs && i < specs->nkids; i++)
        if (is_async_word(specs->kid[i])) return specs->kid[i];
    return NULL;
}

/* `async` belongs to functions. */
static void check_async_specifier(struct unit *u, struct node *decl)
{
    struct node *word = async_word(node_kid(decl, 0));
    if (!word) return;
    if (decl->nkids < 2) diag_error(u, word->range, "'async' without a function");
    for (unsigned i = 1; i < decl->nkids; i++) {
        struct node *name = scope_declarator_name(node_kid(decl->kid[i], 0));
        struct decl *d = name ? name->decl : NULL;
        if (!name || (d && d->kind == DECL_FUNCTION)) continue;
        diag_error(u, name->range, "'async' on '%s', which is %s", name_text(name->name),
                   d && d->kind == DECL_TYPEDEF ? "a typedef" : "no function");
        if (declares_async_pointer(node_kid(decl->kid[i], 0))) note_async_pointer(u, word->range);
    }
}

static struct node *function_declarator(struct node *declarator)
{
    struct node *name = scope_declarator_name(declarator), *d = name ? name->parent : NULL;
    while (d && (d->kind == D_PAREN || d->kind == D_ATTRIBUTED))
        d = d->parent;
    return d && d->kind == D_FUNCTION ? d : NULL;
}

/* Rules for every declarator of an async function, prototypes too. */
static void check_async_declarator(struct unit *u, struct node *specs, struct node *declarator)
{
    struct node *func = function_declarator(declarator), *name = scope_declarator_name(declarator);
    if (!name) return;
    if (!func) {
        if (name->decl && name->decl->kind == DECL_FUNCTION)
            diag_error(u, name->range, "'async' on '%s', whose parameters a typedef says",
                       name_text(name->name));
        return;
    }
    if (func->flags & NODE_VARIADIC)
        diag_error(u, name->range, "async function '%s' takes a variable number of arguments",
                   name_text(name->name));
    if (func->flags & NODE_KR)
        diag_error(u, name->range, "async function '%s' is defined in the K&R style",
                   name_text(name->name));
    if (scope_declared_attribute(u, specs, declarator, "overloadable"))
        diag_error(u, name->range, "async function '%s' is overloadable", name_text(name->name));
}

static void check_declaration(struct check *c, struct node *n)
{
    check_async_specifier(c->u, n);
    bool async = async_word(node_kid(n, 0)) != NULL;
    for (unsigned i = 1; i < n->nkids; i++) {
        struct node *init = n->kid[i], *name = scope_declarator_name(node_kid(init, 0));
        struct decl *d = name ? name->decl : NULL;
        if (async) check_async_declarator(c->u, node_kid(n, 0), node_kid(init, 0));
        if (!d) continue;
        refuse_register_asm(c, d);
        if (!outside_async(c)) check_static(c->u, d);
        const char *was = c->constant;
        bool fixed = d->kind == DECL_VAR && (d->storage == STORAGE_STATIC ||
                                             d->storage == STORAGE_THREAD || d->is_constexpr);
        if (fixed) c->constant = "the initialiser of a static variable, which must be constant";
        if (d->kind == DECL_FUNCTION) c->constant = "the declaration of a function";
        walk(c, node_kid(init, 0));
        if (d->kind != DECL_VAR) c->constant = "the initialiser of what is no object";
        walk(c, node_kid(init, 1));
        c->constant = was;
    }
    walk(c, node_kid(n, 0));
}

/* ---------------------------------------------------------------- the walk */

static void walk_kids(struct check *c, struct node *n)
{
    for (unsigned i = 0; i < n->nkids; i++)
        walk(c, n->kid[i]);
}

static void walk_constant(struct check *c, struct node *n, const char *what)
{
    const char *was = c->constant;
    c->constant = what;
    walk(c, n);
    c->constant = was;
}

static void walk_case(struct check *c, struct node *n)
{
    walk_constant(c, node_kid(n, 0), "a case label, which must be constant");
    walk_constant(c, node_kid(n, 1), "a case label, which must be constant");
    walk(c, node_kid(n, 2));
}

static void walk_nested(struct check *c, struct node *n)
{
    check_nested_function(c, n);
    bool was = c->nested;
    c->nested = true;
    walk_kids(c, n);
    c->nested = was;
}

/* GNU's structures of variable size: no frame can hold one, nor what points to it. */
static void refuse_member_size(struct check *c, struct node *member)
{
    struct node *d = member->kind == N_INIT_DECLARATOR ? node_kid(member, 0) : NULL;
    for (; d && d->kind != D_NAME; d = node_kid(d, 0))
        if (d->kind == D_ARRAY && node_kid(d, 1) && !(d->kid[1]->flags & NODE_CONSTANT) &&
            !outside_async(c))
            diag_error(c->u, d->range, "a member of variable size in an async function");
}

static void walk_members(struct check *c, struct node *n)
{
    for (unsigned i = 1; i < n->nkids; i++)
        if (n->kid[i]) refuse_member_size(c, n->kid[i]);
    walk_constant(c, node_kid(n, 0), "a declaration of members");
    for (unsigned i = 1; i < n->nkids; i++)
        walk_constant(c, n->kid[i], "a declaration of members");
}

static void check_async_part(struct check *c, struct node *n)
{
    struct node *word = async_word(node_kid(n, 0));
    if (!word) return;
    diag_error(c->u, word->range, "'async' on a %s, which is no function", n->kind == N_PARAM ? "parameter" : "member");
    struct node *declarator = node_kid(n, 1);
    if (declarator && n->kind == N_MEMBER) declarator = node_kid(declarator, 0);
    if (declarator && declares_async_pointer(declarator)) note_async_pointer(c->u, word->range);
}

/* A pointer into one is of a type that acc has no name for. */
static void refuse_address_space(struct check *c, struct node *attribute)
{
    if (scope_attribute(c->u, attribute, "address_space", NULL))
        diag_error(c->u, attribute->range, "an address space in an async function");
}

/* In front of a star gcc ignores it and clang obeys it. */
static void refuse_cleanup_of_pointee(struct check *c, struct node *attribute)
{
    struct node *d = attribute->parent;
    if ((d->kind != D_POINTER && d->kind != D_ATTRIBUTED) || !scope_has_pointer_within(d) ||
        node_kid(d, 0)->range.start < attribute->range.start || !scope_attribute(c->u, attribute, "cleanup", NULL))
        return;
    diag_error(c->u, attribute->range, "a cleanup in front of a '*', where compilers do not agree what it means");
}

static void check_attribute(struct check *c, struct node *attribute)
{
    if (outside_async(c)) return;
    refuse_address_space(c, attribute);
    refuse_cleanup_of_pointee(c, attribute);
    check_convention(c->u, attribute);
}

static void check_node(struct check *c, struct node *n)
{
    switch (n->kind) {
    case N_ATTRIBUTE: check_attribute(c, n); break;
    case E_AWAIT: check_await(c, n); break;
    case E_YIELD: check_yield(c, n); break;
    case E_CALL:
        check_call(c, n);
        check_unknown_word(c->u, n);
        break;
    case E_COMPOUND: check_parts(c, n); break;
    case N_TYPEDEF_NAME: check_unknown_word(c->u, n); break;
    case E_TRY: check_try_value(c, n); break;
    case E_BIND:
        if (!n->kid[0])
            diag_error(c->u, n->range, "expected a function as first argument of 'acc_bind'");
        break;
    case E_ASSIGN:
    case E_PREFIX:
    case E_POSTFIX:
        check_place(c, n);
        check_written(c, n, node_kid(n, 0));
        break;
    case E_UNARY:
        if (n->op == '&') check_place(c, n);
        break;
    case S_THROW: check_throw(c, n); break;
    case N_MEMBER:
    case N_PARAM: check_async_part(c, n); break;
    case S_ASM:
        check_asm(c, n);
        check_asm_outputs(c, n);
        break;
    case S_TRY: check_try(c, n); break;
    case S_DEFER:
        if (c->nested) refuse(c, first_word(c, n), "'defer' in a nested function is");
        break;
    case S_WITH: check_with(c, n); break;
    case S_FOR_IN: check_for_in(c, n); break;
    default: break;
    }
}

static void walk(struct check *c, struct node *n)
{
    if (!n) return;
    check_node(c, n);
    switch (n->kind) {
    case S_DECL: check_declaration(c, n); break;
    case S_CASE: walk_case(c, n); break;
    case N_FUNCTION: walk_nested(c, n); break;
    case N_MEMBER: walk_members(c, n); break;
    case N_DESIGNATOR:
        walk_constant(c, node_kid(n, 0), "a designator, which must be constant");
        walk_constant(c, node_kid(n, 1), "a designator, which must be constant");
        break;
    case N_ENUMERATOR:
        walk_constant(c, node_kid(n, 0), "the value of an enumerator, which must be constant");
        break;
    case S_STATIC_ASSERT:
        walk_constant(c, node_kid(n, 0), "a static assertion, which must be constant");
        break;
    default: walk_kids(c, n); break;
    }
}

/* ---------------------------------------------------------------- the function's head */

static bool is_char_pointers(struct type *t)
{
    return t && t->kind == TY_POINTER && t->base && t->base->kind == TY_POINTER && t->base->base &&
           t->base->base->kind == TY_CHAR;
}

static void check_main(struct check *c)
{
    struct fn *fn = c->fn;
    if (!fn->is_async || !fn->name || strcmp(fn->name->s, "main") != 0 || !fn->decl) return;
    struct type *argc = fn->params.n ? fn->params.v[0]->type : NULL;
    bool two = fn->params.n == 2 && argc && argc->kind == TY_INT &&
               is_char_pointers(fn->params.v[1]->type);
    bool result = fn->result && fn->result->kind == TY_INT;
    if (result && (fn->params.n == 0 || two)) return;
    struct node *name = scope_declarator_name(node_kid(fn->node, 1));
    diag_error(
        c->u, name ? name->range : fn->node->range,
        "async main must be 'async int main(void)' or 'async int main(int argc, char **argv)'");
}

/* A frame has members of that type, behind which its definition must stand. */
static bool is_incomplete(struct unit *u, struct type *t)
{
    return (t->kind == TY_STRUCT || t->kind == TY_UNION) && !type_is_complete(u, t);
}

/* C evaluates the bounds of parameters once, whenever the function is called; here the frame's maker may evaluate them
 * too, or nobody. */
static void check_bounds(struct check *c, const struct decl *param)
{
    for (struct node *d = param->declarator; d && d->kind != D_NAME; d = node_kid(d, 0))
        if (d->kind == D_ARRAY && node_has_effect(node_kid(d, 1)))
            diag_error(c->u, d->kid[1]->range, "a call or a side effect in a bound of parameter '%s' of an async function",
                       name_text(param->name));
}

static void check_params(struct check *c)
{
    for (unsigned i = 0; i < c->fn->params.n; i++) {
        struct decl *d = c->fn->params.v[i];
        check_bounds(c, d);
        if (!d->type)
            diag_error(c->u, d->node->range, "the type of parameter '%s' is not known",
                       name_text(d->name));
        else if (is_incomplete(c->u, d->type))
            diag_error(c->u, d->node->range,
                       "parameter '%s' has type '%s', which is not defined here",
                       name_text(d->name), check_type_text(c->u, d->type));
    }
}

static void check_result(struct check *c)
{
    struct fn *fn = c->fn;
    struct node *name = scope_declarator_name(node_kid(fn->node, 1));
    if (!name) return;
    if (fn->gives != GIVES_FUTURE && fn->result_void)
        diag_error(c->u, name->range, "generator '%s' gives 'void', which is no value", name_text(fn->name));
    if (!fn->result)
        diag_error(c->u, name->range, "the type that async function '%s' returns is not known",
                   name_text(fn->name));
    else if (fn->result->kind == TY_ARRAY || fn->result->kind == TY_FUNCTION)
        diag_error(c->u, name->range, "async function '%s' returns %s", name_text(fn->name),
                   fn->result->kind == TY_ARRAY ? "an array" : "a function");
    else if (is_incomplete(c->u, fn->result))
        diag_error(c->u, name->range, "async function '%s' returns '%s', which is not defined here",
                   name_text(fn->name), check_type_text(c->u, fn->result));
}

/* With --no-cpp both branches of a conditional are there, and neither what is included. */
static void check_directives(struct check *c)
{
    static const char *const words[] = {"ifdef", "ifndef", "if", "include"};
    for (unsigned i = c->fn->ext->first; i < c->fn->ext->last; i++) {
        const struct token *t = &c->u->tok.v[i];
        if (t->kind != TOK_DIRECTIVE) continue;
        const char *s = c->u->text + t->start + 1;
        s += strspn(s, " \t");
        for (unsigned k = 0; k < sizeof words / sizeof *words; k++) {
            size_t len = strlen(words[k]);
            if (strncmp(s, words[k], len) != 0 || strspn(s + len, " \t<\"(") == 0) continue;
            diag_error(c->u, (struct range){t->start, t->end},
                       "'#%s' in %s: it must be preprocessed, so drop '--no-cpp'",
                       words[k], c->fn->is_async ? "an async function" : "a function with 'defer'");
            break;
        }
    }
}

static void check_head(struct check *c)
{
    if (c->fn->is_async || c->fn->ext->has_defer) check_directives(c);
    if (!c->fn->is_async) return;
    check_async_declarator(c->u, node_kid(c->fn->node, 0), node_kid(c->fn->node, 1));
    check_main(c);
    walk_constant(c, node_kid(c->fn->node, 1), "the declaration of a function");
    check_params(c);
    check_result(c);
}

bool check_function(struct unit *u, struct fn *fn)
{
    struct check c = {.u = u, .fn = fn};
    unsigned before = u->diag->errors;
    check_head(&c);
    walk(&c, fn->body);
    if (fn->is_async || fn->ext->has_defer) check_jumps(u, fn);
    warn_function(u, fn);
    if (u->diag->errors != before) fn->refused = true;
    return !fn->refused;
}

/* ---------------------------------------------------------------- the rest of the unit */

/* Async declarations without a body. */
static void check_prototype(struct unit *u, struct external *x)
{
    if (!x->node || x->node->kind != S_DECL) return;
    for (unsigned i = 1; i < x->node->nkids; i++) {
        struct node *declarator = node_kid(x->node->kid[i], 0),
                    *name = scope_declarator_name(declarator);
        if (name && name->name) scope_file_lookup(u, name->name, false);
        check_async_declarator(u, node_kid(x->node, 0), declarator);
    }
    check_async_specifier(u, x->node);
}

void check_unit(struct unit *u)
{
    for (unsigned i = 0; i < u->ext.n; i++) {
        struct external *x = &u->ext.v[i];
        bool function = x->kind == EXT_FUNCTION, declaration = x->kind == EXT_DECLARATION;
        if (declaration && x->is_async) check_prototype(u, x);
        if (x->is_async && (function || declaration)) check_redeclared(u, x);
        if (external_has_dialect(x) || x->system_header || (!function && !declaration)) continue;
        if (!check_specifiers(u, x)) check_plain(u, x);
    }
}

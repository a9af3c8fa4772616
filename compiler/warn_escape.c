/* SPDX-License-Identifier: MIT */
/* warn_escape.c: addresses of locals given to tasks that may outlive them.
 *
 * Input: a call in a function with its names bound and its types known.  Output: a warning.  A task
 * made around a call, acc_go(f(&x)), runs on by itself.  That is well where the function stays in
 * the scope of x until the task has ended; whether it does cannot be known, so the rule asks for a
 * sign of it.  A `wait` is an await, or a call that runs the loop.  Enough is a wait in the scope
 * of x
 *   - whose operand, or the condition of a loop around it, names what the task was stored in;
 *   - the same naming x, or another local whose address the call was given (a latch), behind it;
 *   - behind it, if the task was handed on: as an argument, or copied elsewhere. */
#include "acc.h"
#include "order.h"

#include <string.h>

enum fate { FATE_AWAITED, FATE_DROPPED, FATE_RETURNED, FATE_STORED, FATE_HANDED_ON };
struct escape {
    struct unit *u;
    struct fn *fn;
    struct node *spawn;   /* the call that makes the task */
    enum fate fate;       /* what becomes of the task */
    struct decl *holder;  /* FATE_STORED: the object it lies in, or that points to it; or NULL */
    struct node *call;    /* of which a task is made */
};
/* A local whose address is an argument; a compound literal has no decl. */
struct local {
    struct decl *decl;
    struct node *arg;
    struct range scope;
};

static const char *callee_name(const struct node *call)
{
    struct node *f = call && call->kind == E_CALL ? node_strip(call->kid[0]) : NULL;
    return f && f->kind == E_IDENT && f->name ? f->name->s : "";
}

static struct node *bare(struct node *e)
{
    while (e && (e->kind == E_PAREN || e->kind == E_CAST))
        e = e->kid[e->nkids - 1];
    return e;
}

static bool is_before(const struct node *a, const struct node *b)
{
    return a->range.end <= b->range.start;
}

static bool is_inside(const struct node *n, struct range r)
{
    return n->range.start >= r.start && n->range.end <= r.end;
}

/* ---------------------------------------------------------------- waits */

/* d is named in the expression; NULL: nothing. */
static bool names(const struct node *n, const struct decl *d)
{
    if (!n || !d || n->flags & NODE_UNEVALUATED) return false;
    if (n->kind == E_IDENT && n->decl == d) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (names(n->kid[i], d)) return true;
    return false;
}

static const struct node *loop_condition(const struct node *n)
{
    switch (n->kind) {
    case S_WHILE: return node_kid(n, 0);
    case S_DO:
    case S_FOR: return node_kid(n, 1);
    default: return NULL;
    }
}

static bool is_wait(const struct node *n)
{
    if (n->flags & NODE_UNEVALUATED) return false;
    if (n->kind == E_AWAIT) return true;
    const char *f = callee_name(n);
    return !strcmp(f, "acc__run") || !strcmp(f, "acc__run_until_complete") ||
           !strcmp(f, "acc_run_forever");
}

/* The wait is for what d says: its operand or the condition of a loop around it names it. */
static bool waits_for(const struct escape *e, const struct node *wait, const struct decl *d)
{
    if (!strcmp(callee_name(wait), "acc_run_forever")) return true;
    if (names(wait, d)) return true;
    for (const struct node *n = wait->parent; n && n != e->fn->body; n = n->parent)
        if (loop_condition(n) && names(loop_condition(n), d)) return true;
    return false;
}

/* Some wait in the scope; with d, one for it; behind the task is made, or anywhere. */
static bool has_wait(const struct escape *e, const struct node *n, struct range scope,
                     const struct decl *d, bool behind)
{
    if (!n || n->range.end <= scope.start || n->range.start >= scope.end) return false;
    if (behind && n->range.end <= e->spawn->range.start) return false;
    if (is_wait(n) && is_inside(n, scope) && (!behind || is_before(e->spawn, n)) &&
        (!d || waits_for(e, n, d)))
        return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (has_wait(e, n->kid[i], scope, d, behind)) return true;
    return false;
}

/* ---------------------------------------------------------------- what becomes of the task */

/* The object that is assigned to, or through whose value. */
static struct decl *base_of(struct node *lvalue)
{
    for (struct node *n = lvalue; n; n = node_kid(n, 0)) {
        n = node_strip(n);
        if (n->kind == E_IDENT) return n->decl;
        if (n->kind != E_MEMBER && n->kind != E_SUBSCRIPT && n->kind != E_UNARY &&
            n->kind != E_CAST && n->kind != E_POSTFIX && n->kind != E_PREFIX)
            return NULL;
    }
    return NULL;
}

/* Steps out of what hands a value through: the node whose value it then is an operand of. */
static const struct node *consumer(const struct node *n, const struct node **operand)
{
    for (;; n = n->parent) {
        const struct node *p = n->parent;
        bool through = p && (p->kind == E_PAREN || p->kind == E_CAST || p->kind == E_INIT ||
                             p->kind == E_DESIGNATED || (p->kind == E_COND && p->kid[0] != n) ||
                             (p->kind == E_COMMA && p->kid[1] == n));
        *operand = n;
        if (!through || type_is_void(p->type)) return p;
    }
}

static void find_fate(struct escape *e)
{
    const struct node *operand, *p = consumer(e->spawn, &operand);
    e->fate = FATE_DROPPED;
    if (!p) return;
    switch (p->kind) {
    case E_AWAIT: e->fate = FATE_AWAITED; break;
    case S_RETURN: e->fate = FATE_RETURNED; break;
    case E_ASSIGN:
        e->fate = FATE_STORED;
        e->holder = base_of(p->kid[0]);
        break;
    case N_INIT_DECLARATOR: {
        struct node *name = scope_declarator_name(p->kid[0]);
        e->fate = FATE_STORED;
        e->holder = name ? name->decl : NULL;
        break;
    }
    case E_CALL:
        if (strcmp(callee_name(p), "acc__unref") != 0) e->fate = FATE_HANDED_ON;
        break;
    case S_EXPR:
    case E_CAST:
    case E_COMMA: break;
    default: e->fate = FATE_HANDED_ON; break;
    }
}

/* What stands in the holder goes elsewhere here: to somebody's function, or into another object.
 * The runtime's own functions wait for nothing. */
static bool hands_on(const struct node *ident)
{
    const struct node *operand = ident, *p = ident;
    do {
        p = consumer(p, &operand);
        bool part = p && ((p->kind == E_MEMBER && operand == p->kid[0]) || p->kind == E_UNARY ||
                          (p->kind == E_SUBSCRIPT && operand == p->kid[0]));
        if (!part) break;
    } while (p);
    if (!p) return false;
    if (p->kind == E_CALL) return operand != p->kid[0] && strncmp(callee_name(p), "acc__", 5) != 0;
    return (p->kind == E_ASSIGN && operand == p->kid[1]) || p->kind == N_INIT_DECLARATOR ||
           p->kind == E_COMPOUND;
}

static bool is_handed_on(const struct node *n, const struct decl *holder)
{
    if (!n || n->flags & NODE_UNEVALUATED) return false;
    if (n->kind == E_IDENT && n->decl == holder && hands_on(n)) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (is_handed_on(n->kid[i], holder)) return true;
    return false;
}

/* ---------------------------------------------------------------- the locals of a call */

static struct range block_around(const struct escape *e, const struct node *n)
{
    while (n && n->kind != S_COMPOUND)
        n = n->parent;
    return n ? n->range : e->fn->body->range;
}

static bool set_local(const struct escape *e, struct local *l, struct node *object)
{
    object = node_strip(object);
    while (object->kind == E_MEMBER && object->op == '.')
        object = node_strip(object->kid[0]);
    l->decl = check_local_of(object);
    if (!l->decl && object->kind != E_COMPOUND) return false;
    const struct scope *s = l->decl && l->decl->kind == DECL_VAR ? l->decl->scope : NULL;
    l->scope = !l->decl       ? block_around(e, object)
               : s && s->node ? s->node->range
                              : e->fn->body->range;
    return true;
}

static bool is_pointer(const struct node *e)
{
    return e && e->type && (e->type->kind == TY_POINTER || e->type->kind == TY_ARRAY);
}

/* `&x`, `&x.m`, `a`, `a + 1`, `c ? &x : NULL`: the local of which this is an address. */
static bool is_address(const struct escape *e, struct node *arg, struct local *l)
{
    struct node *n = bare(arg);
    if (!n) return false;
    if (n->kind == E_UNARY && n->op == K_EXTENSION) return is_address(e, n->kid[0], l);
    if (n->kind == E_UNARY && n->op == '&') return set_local(e, l, n->kid[0]);
    if (n->type && n->type->kind == TY_ARRAY) return set_local(e, l, n);
    if (n->kind == E_BINARY && (n->op == '+' || n->op == '-'))
        return (is_pointer(n->kid[0]) && is_address(e, n->kid[0], l)) ||
               (is_pointer(n->kid[1]) && is_address(e, n->kid[1], l));
    if (n->kind == E_COND)
        return (n->kid[1] && is_address(e, n->kid[1], l)) || is_address(e, n->kid[2], l);
    return n->kind == E_COMMA && is_address(e, n->kid[1], l);
}

/* Some sign that the function stays in the local's scope until the task has ended. */
static bool is_waited_for(const struct escape *e, struct range scope)
{
    if (e->fate == FATE_RETURNED) return false;
    if (e->fate == FATE_HANDED_ON && has_wait(e, e->fn->body, scope, NULL, true)) return true;
    if (e->fate == FATE_STORED && e->holder) {
        if (has_wait(e, e->fn->body, scope, e->holder, false)) return true;
        if (is_handed_on(e->fn->body, e->holder) && has_wait(e, e->fn->body, scope, NULL, true))
            return true;
    }
    for (unsigned i = 1; i < e->call->nkids; i++) {
        struct local latch;
        if (is_address(e, e->call->kid[i], &latch) && latch.decl &&
            has_wait(e, e->fn->body, scope, latch.decl, true))
            return true;
    }
    return false;
}

static void warn_local(const struct escape *e, const struct local *l)
{
    const char *of = callee_name(e->call);
    const char *task = *of ? arena_printf(&e->u->arena, "the task of '%s'", of) : "the task";
    if (!l->decl) {
        diag_warn(e->u, WARN_ESCAPING_LOCAL, l->arg->range,
                  "%s may run on when this object is gone: nothing in its scope waits for it",
                  task);
        return;
    }
    diag_warn(e->u, WARN_ESCAPING_LOCAL, l->arg->range,
              "%s may run on when '%s' is gone: nothing in its scope waits for it", task,
              l->decl->name->s);
    diag_note(e->u, l->decl->node->range, "'%s' is declared here", l->decl->name->s);
}

static void check_call(struct escape *e)
{
    for (unsigned i = 1; i < e->call->nkids; i++) {
        struct local l = {.arg = e->call->kid[i]};
        if (!is_address(e, l.arg, &l) || is_waited_for(e, l.scope)) continue;
        warn_local(e, &l);
    }
}

/* The calls that the expression is the future of. */
static void check_made(struct escape *e, struct node *made)
{
    made = bare(made);
    if (!made) return;
    if (made->kind == E_COND) {
        check_made(e, node_kid(made, 1));
        check_made(e, node_kid(made, 2));
    } else if (made->kind == E_COMMA) {
        check_made(e, made->kid[1]);
    } else if (made->kind == E_CALL && type_future_result(made->type)) {
        e->call = made;
        check_call(e);
    }
}

void warn_escaping(struct unit *u, struct fn *fn, struct node *call)
{
    struct escape e = {.u = u, .fn = fn, .spawn = call};
    const char *f = callee_name(call);
    bool go = !strcmp(f, "acc__go");
    if (!go && strcmp(f, "acc__spawn") != 0 && strcmp(f, "acc__loop_spawn") != 0) return;
    if (call->nkids < 2 || call->flags & NODE_UNEVALUATED) return;
    if (go)
        e.fate = FATE_DROPPED;
    else
        find_fate(&e);
    if (e.fate != FATE_AWAITED) check_made(&e, call->kid[call->nkids - 1]);
}

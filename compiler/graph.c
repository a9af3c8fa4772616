/* SPDX-License-Identifier: MIT */
/* graph.c: which async functions await which directly, and what follows for their frames.
 *
 * In: typed ASTs of all functions.  Out: fn->callees, recursive, depth, place, needs_ramp, self, frame; how each
 * await is made.  Also moves an await into the arms of the conditional or comma it stands before, so that
 * direct calls are seen.
 *
 * The idea: a call graph of direct awaits; Tarjan's algorithm (SIAM J. Comput. 1(2), 1972) finds its cycles.
 * A callee outside the caller's cycle is embedded by value; inside, it takes a frame from the free lists.
 * Frames and bodies are emitted where the last of their callees stands, so that all they need is complete;
 * where a #pragma stands in between, the await goes through the callee's ramp instead. */
#include "acc.h"
#include "order.h"

#include <assert.h>
#include <string.h>

struct graph {
    struct unit *u;
    unsigned counter;
    unsigned *number, *low;  /* by position in u->fns */
    bool *on_stack;
    VEC(struct fn *) stack;
};

/* ---- names no text of the function has ---- */

static void stamp_names(struct unit *u, struct fn *fn, unsigned number) {
    for (unsigned i = fn->ext->first; i < fn->ext->last; i++)
        if (u->tok.v[i].name) u->tok.v[i].name->seen = number;
}

const char *fn_fresh_name(struct unit *u, struct fn *fn, const char *stem) {
    struct name *of = name_intern(&u->names, stem, strlen(stem)), *n = of;
    bool numbered = !stem[1] && strchr("twk", stem[0]);
    unsigned i = of->fresh_in == fn->number ? of->fresh : 0;
    if (numbered && i <= fn->locals.n) i = fn->locals.n + 1;
    for (;; i++) {
        const char *s = i ? arena_printf(&u->arena, "%s%u", stem, i) : stem;
        n = name_intern(&u->names, s, strlen(s));
        if (n->seen != fn->number && !n->mentions) break;
    }
    of->fresh_in = fn->number;
    of->fresh = i + 1;
    n->seen = fn->number;
    return n->s;
}

const char *unit_fresh_name(struct unit *u, const char *stem) {
    const char *s = stem;
    struct name *of = name_intern(&u->names, s, strlen(s)), *n = of;
    unsigned i = of->fresh_in_unit > 2 ? of->fresh_in_unit : 2;
    for (; n->count; i++) {
        s = arena_printf(&u->arena, "%s%u", stem, i);
        n = name_intern(&u->names, s, strlen(s));
    }
    of->fresh_in_unit = i;
    n->count = 1;
    return s;
}

static bool is_numbered(const char *s, const char *stem) {
    size_t n = strlen(stem);
    return !strncmp(s, stem, n) && s[n] && strspn(s + n, "0123456789") == strlen(s + n);
}

const char *fn_label_stem(struct unit *u, struct fn *fn, const char *stem) {
    for (unsigned i = 0; i < fn->labels.n; i++) {
        if (!is_numbered(fn->labels.v[i]->name->s, stem)) continue;
        stem = arena_printf(&u->arena, "%s_", stem);
        i = -1U;
    }
    return stem;
}

/* ---- awaits move into arms ---- */

static struct node *direct_call(struct node *n) {
    struct node *callee;
    n = node_strip(n);
    if (n->kind != E_CALL) return NULL;
    callee = node_strip(n->kid[0]);
    if (callee->kind != E_IDENT || !callee->decl || callee->decl->kind != DECL_FUNCTION) return NULL;
    return n;
}

static bool worth_pushing(struct node *n) {
    n = node_strip(n);
    if (n->kind == E_COND) return n->kid[1] && (worth_pushing(n->kid[1]) || worth_pushing(n->kid[2]));
    if (n->kind == E_COMMA) return worth_pushing(n->kid[1]);
    return direct_call(n) != NULL;
}

static struct node *await_of(struct unit *u, struct node *await, struct node *arm) {
    struct node *n = NEW(&u->arena, struct node);
    *n = *await;
    n->kid = NEWN(&u->arena, struct node *, 1);
    n->kid[0] = arm;
    n->range = arm->range;
    n->parent = arm->parent;
    arm->parent = n;
    return n;
}

static void push_await(struct unit *u, struct node *n) {
    struct node *inner;
    if (!n || !(n->flags & NODE_HAS_AWAIT)) return;
    inner = n->kind == E_AWAIT ? node_strip(n->kid[0]) : NULL;
    if (inner && (inner->kind == E_COND || inner->kind == E_COMMA) && worth_pushing(inner)) {
        struct node *await = n, *parent = n->parent, *copy = NEW(&u->arena, struct node);
        *copy = *inner;
        copy->kid = NEWN(&u->arena, struct node *, inner->nkids);
        for (unsigned i = 0; i < inner->nkids; i++) copy->kid[i] = inner->kid[i];
        for (unsigned i = 1; i < inner->nkids; i++)
            copy->kid[i] = await_of(u, await, inner->kid[i]);
        copy->flags |= NODE_HAS_AWAIT;
        copy->type = await->type;
        copy->range = await->range;
        copy->parent = parent;
        for (unsigned i = 0; i < copy->nkids; i++) copy->kid[i]->parent = n;
        *n = *copy;
    }
    for (unsigned i = 0; i < n->nkids; i++) push_await(u, n->kid[i]);
}

/* ---- the graph ---- */

static struct fn *callee_fn(struct node *call) {
    struct decl *d = call ? node_strip(call->kid[0])->decl : NULL;
    return d && d->fn && d->fn->is_async && d->fn->gives == GIVES_FUTURE && d->fn->decl == d && !d->is_weak ? d->fn : NULL;
}

/* `#pragma weak f`: the linker may take another unit's f. */
static void obey_weak(struct unit *u, const char *s) {
    if (!s || strncmp(s, "weak", 4) != 0 || !strchr(" \t", s[4])) return;
    s += 4 + strspn(s + 4, " \t");
    const struct name *name = name_intern(&u->names, s, strcspn(s, " \t\r\n="));
    for (unsigned i = 0; i < u->fns.n; i++)
        if (u->fns.v[i]->name == name && u->fns.v[i]->decl) u->fns.v[i]->decl->is_weak = true;
}

/* Directives between may change how a frame is laid out or a body compiled (#pragma pack, GCC optimize). */
static void count_pragmas(struct unit *u) {
    unsigned n = 0;
    for (unsigned i = 0; i < u->ext.n; i++) {
        struct external *x = &u->ext.v[i];
        x->pragmas = n;
        const char *pragma = x->kind == EXT_DIRECTIVE ? lex_pragma(u, &u->tok.v[x->first]) : NULL;
        n += pragma != NULL;
        obey_weak(u, pragma);
    }
}

/* What a call converts and an assignment does not: to a transparent union (GNU) from one of its members' types. */
static bool converts_to_union(const struct fn *callee, const struct node *call) {
    for (unsigned i = 0; i < callee->params.n && i + 1 < call->nkids; i++) {
        const struct type *to = callee->params.v[i]->type, *from = call->kid[i + 1]->type;
        if (to && to->kind == TY_UNION && from && from->kind != TY_UNION) return true;
    }
    return false;
}

static bool can_embed(const struct fn *fn, const struct fn *callee, const struct node *call) {
    if (callee->refused || converts_to_union(callee, call)) return false;
    return callee->ext->index <= fn->ext->index || callee->ext->pragmas == fn->ext->pragmas;
}

static void collect_callees(struct unit *u, struct fn *fn, struct node *n) {
    if (!n || !(n->flags & NODE_HAS_AWAIT)) return;
    if (n->kind == E_AWAIT) {
        struct node *call = direct_call(n->kid[0]);
        struct fn *callee = callee_fn(call);
        bool known = !callee || !can_embed(fn, callee, call);
        if (!known) callee->direct_awaits++;
        if (!known && callee->callee_of != fn->number) {
            callee->callee_of = fn->number;
            vec_push(&u->arena, &fn->callees, callee);
        }
    }
    for (unsigned i = 0; i < n->nkids; i++) collect_callees(u, fn, n->kid[i]);
}

static unsigned umin(unsigned a, unsigned b) { return a < b ? a : b; }

static void pop_component(struct graph *g, struct fn *fn) {
    unsigned size = 0, place = 0, id = fn->number;
    for (unsigned i = g->stack.n; i-- > 0;) {
        size++;
        if (g->stack.v[i]->ext->index > place) place = g->stack.v[i]->ext->index;
        if (g->stack.v[i] == fn) break;
    }
    for (unsigned i = g->stack.n - size; i < g->stack.n; i++) {
        struct fn *m = g->stack.v[i];
        for (unsigned k = 0; k < m->callees.n; k++)
            if (m->callees.v[k]->place > place) place = m->callees.v[k]->place;
    }
    for (; size; size--) {
        struct fn *m = g->stack.v[--g->stack.n];
        g->on_stack[m->number] = false;
        m->component = id;
        m->place = place;
    }
}

static void visit(struct graph *g, struct fn *fn) {
    unsigned me = fn->number;
    g->number[me] = g->low[me] = ++g->counter;
    g->on_stack[me] = true;
    vec_push(&g->u->arena, &g->stack, fn);
    for (unsigned i = 0; i < fn->callees.n; i++) {
        struct fn *c = fn->callees.v[i];
        if (c == fn) fn->recursive = true;
        if (!g->number[c->number]) {
            visit(g, c);
            g->low[me] = umin(g->low[me], g->low[c->number]);
        } else if (g->on_stack[c->number]) {
            g->low[me] = umin(g->low[me], g->number[c->number]);
        }
    }
    if (g->low[me] == g->number[me]) pop_component(g, fn);
    for (unsigned i = 0; i < fn->callees.n; i++)
        if (fn->callees.v[i]->component != fn->component && fn->callees.v[i]->depth >= fn->depth)
            fn->depth = fn->callees.v[i]->depth + 1;
    vec_push(&g->u->arena, &g->u->order, fn);
}

enum await_how frame_await_how(struct unit *u, struct fn *fn, struct node *await, struct await *a) {
    struct node *call = direct_call(await->kid[0]);
    struct name *n;
    const char *s;
    a->call = call;
    a->callee = callee_fn(call);
    if (a->callee && can_embed(fn, a->callee, call))
        return a->callee->component == fn->component ? AWAIT_FRAME : AWAIT_EMBED;
    if (!call || a->callee) return AWAIT_FUTURE;
    a->leaf = node_strip(call->kid[0])->name;
    s = arena_printf(&u->arena, "%s__wait", a->leaf->s);
    n = name_intern(&u->names, s, strlen(s));
    if (!unit_mention(n, MENTION_TAG_DEF)) return AWAIT_FUTURE;
    s = arena_printf(&u->arena, "%s__suspend", a->leaf->s);
    if (unit_mention(name_intern(&u->names, s, strlen(s)), MENTION_OBJECT)) return AWAIT_TAIL;
    s = arena_printf(&u->arena, "%s__await", a->leaf->s);
    if (unit_mention(name_intern(&u->names, s, strlen(s)), MENTION_OBJECT)) return AWAIT_LEAF;
    return AWAIT_FUTURE;
}

/* ---- calls that become tasks at once ---- */

/* acc_go(f(x)) and acc_spawn(f(x)) are `acc__go((void *)(f(x)))` and `acc__spawn(...)` behind the preprocessor. */
enum launch frame_launch(struct node *n, struct node **call) {
    const char *callee;
    enum launch how;
    if (n->kind != E_CALL || n->nkids != 2 || !direct_call(n)) return LAUNCH_NONE;
    callee = node_callee_name(n);
    if (!strcmp(callee, "acc__go")) how = LAUNCH_GO;
    else if (!strcmp(callee, "acc__spawn")) how = LAUNCH_SPAWN;
    else return LAUNCH_NONE;
    for (n = n->kid[1]; n->kind == E_PAREN || n->kind == E_CAST; n = n->kid[n->nkids - 1])
        if (n->subst) return LAUNCH_NONE;
    if (n->subst || !(*call = direct_call(n)) || !callee_fn(*call)) return LAUNCH_NONE;
    return how;
}

/* Its launcher hands every parameter on by name, and is declared where the function is. */
static bool can_launch(struct unit *u, struct fn *fn, struct fn *callee, struct node *call) {
    bool declared = false;
    if (!callee->func || callee->is_main || callee->refused || call->nkids - 1 != callee->params.n) return false;
    for (unsigned i = 0; i < callee->params.n; i++)
        if (!callee->params.v[i]->name || callee->params.v[i]->name == callee->name) return false;
    for (const struct mention *m = callee->name->mentions; m; m = m->next)
        declared |= m->kind == MENTION_OBJECT && u->ext.v[m->ext].is_async && m->ext <= fn->ext->index;
    return declared;
}

static void find_launches(struct unit *u, struct fn *fn, struct node *n) {
    struct node *call;
    enum launch how;
    if (!n) return;
    how = frame_launch(n, &call);
    if (how != LAUNCH_NONE && can_launch(u, fn, callee_fn(call), call)) {
        callee_fn(call)->launched[how] = true;
        n->flags |= NODE_LAUNCHES;
    }
    for (unsigned i = 0; i < n->nkids; i++) find_launches(u, fn, n->kid[i]);
}

/* ---- ramps that nobody needs ---- */

/* Is a function whose definition says `inline` an external one nevertheless (C11 6.7.4 p7)? */
static bool is_external(const struct fn *fn) {
    struct unit *u = fn->unit;
    for (const struct mention *m = fn->name->mentions; m; m = m->next) {
        bool is_inline = false;
        if (m->kind != MENTION_OBJECT) continue;
        for (unsigned i = u->ext.v[m->ext].first; u->tok.v[i].name != fn->name; i++) {
            unsigned keyword = u->tok.v[i].name ? u->tok.v[i].name->keyword : K_NONE;
            if (keyword == K_STATIC) return false;
            if (keyword == K_EXTERN) return true;
            is_inline |= keyword == K_INLINE;
        }
        if (!is_inline) return true;
    }
    return false;
}

/* The name in `alias("f")`, NULL if token i begins none. */
static struct name *aliased(struct unit *u, unsigned i) {
    static const char *const word[] = {"alias", "__alias__", "ifunc", "__ifunc__"};
    const struct token *t = &u->tok.v[i];
    bool found = false;
    for (unsigned k = 0; t->name && k < sizeof word / sizeof *word; k++) found |= !strcmp(t->name->s, word[k]);
    if (!found || i + 2 >= u->tok.n || t[2].kind != TOK_STRING || t[2].end - t[2].start < 2) return NULL;
    return name_intern(&u->names, u->text + t[2].start + 1, t[2].end - t[2].start - 2);
}

/* A static async function that is only awaited directly needs no ramp: then its name stands nowhere but in its
 * declarations and those awaits.  Nor does one that nobody calls, unless its attributes say that this is meant. */
static void find_ramps(struct unit *u) {
    for (unsigned i = 0; i < u->tok.n; i++) {
        struct name *alias = aliased(u, i);
        if (u->tok.v[i].name) u->tok.v[i].name->count++;
        if (alias) alias->count++;
    }
    for (unsigned i = 0; i < u->fns.n; i++) {
        struct fn *fn = u->fns.v[i];
        unsigned accounted = 0;
        fn->needs_ramp = true;
        if (fn->decl && fn->decl->is_inline && !is_external(fn)) fn->decl->is_static = true;
        if (!fn->is_async || !fn->decl || !fn->decl->is_static || fn->is_main) continue;
        for (const struct mention *m = fn->name->mentions; m; m = m->next) accounted += m->kind == MENTION_OBJECT && u->ext.v[m->ext].is_async;
        accounted += fn->direct_awaits;
        fn->needs_ramp = accounted < fn->name->count || fn->decl->is_kept;
    }
}

void frame_unit(struct unit *u) {
    struct graph g = {.u = u};
    g.number = NEWN(&u->arena, unsigned, u->fns.n + 2);
    g.low = NEWN(&u->arena, unsigned, u->fns.n + 2);
    g.on_stack = NEWN(&u->arena, bool, u->fns.n + 2);
    count_pragmas(u);
    for (unsigned i = 0; i < u->fns.n; i++) {
        struct fn *fn = u->fns.v[i];
        fn->number = i + 1;
        if (fn->decl && fn->is_async) fn->decl->fn = fn;
    }
    for (unsigned i = 0; i < u->fns.n; i++)
        if (u->fns.v[i]->is_async) push_await(u, u->fns.v[i]->body);
    for (unsigned i = 0; i < u->fns.n; i++)
        if (u->fns.v[i]->is_async) collect_callees(u, u->fns.v[i], u->fns.v[i]->body);
    for (unsigned i = 0; i < u->fns.n; i++)
        if (u->fns.v[i]->is_async) find_launches(u, u->fns.v[i], u->fns.v[i]->body);
    find_ramps(u);
    for (unsigned i = 0; i < u->fns.n; i++)
        if (!g.number[u->fns.v[i]->number]) visit(&g, u->fns.v[i]);
    for (unsigned i = 0; i < u->order.n; i++) {
        struct fn *fn = u->order.v[i];
        if (fn->is_async) vec_push(&u->arena, &u->ext.v[fn->place].emitted, fn);
    }
}

void frame_names(struct unit *u, struct fn *fn) {
    stamp_names(u, fn, fn->number);
    fn->self = fn_fresh_name(u, fn, "self");
    fn->frame = fn_fresh_name(u, fn, "f");
    fn->next = fn_fresh_name(u, fn, "r");
}

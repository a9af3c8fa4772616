/* SPDX-License-Identifier: MIT */
/* type_overload.c: which of clang's overloaded functions a call means.
 *
 * In: a call of a name that several externals declare with __attribute__((overloadable)), as clang's <tgmath.h>
 * does.  Out: what the one returns that fits its arguments best.  The idea: an argument of the parameter's own
 * type counts most, one that is promoted to it less, one that is converted least, one for `...` nothing.
 * Invariant: where two that return different types fit alike, nothing is said: a temporary of a wrong type
 * would be wrong code without a word. */
#include "acc.h"

#include <string.h>

static bool is_overloadable(struct unit *u, const struct external *x)
{
    unsigned end = x->kind == EXT_FUNCTION ? x->body : x->last;
    for (unsigned i = x->first; i < end; i++) {
        const struct token *t = &u->tok.v[i];
        if (t->kind == TOK_NAME && (!strcmp(t->name->s, "overloadable") ||
                                    !strcmp(t->name->s, "__overloadable__")))
            return true;
    }
    return false;
}

bool type_is_overloaded(struct unit *u, const struct name *n)
{
    const struct mention *m = n->mentions;
    if (!m || !m->next) return false;
    /* One of them may do without the attribute. */
    return is_overloadable(u, &u->ext.v[m->ext]) || is_overloadable(u, &u->ext.v[m->next->ext]);
}

/* The function type that an external gives a name, or NULL. */
static struct type *declared_by(struct unit *u, struct external *x, const struct name *n)
{
    struct node *node = parse_external(u, x, false);
    if (!node || node->nkids < 2) return NULL;
    struct node *declarator = node->kid[1];
    if (declarator && declarator->kind == N_INIT_DECLARATOR) declarator = node_kid(declarator, 0);
    struct node *name = scope_declarator_name(declarator);
    if (!name || name->name != n) return NULL;
    struct type *t = type_of_declarator(u, node->kid[0], declarator);
    return t && t->kind == TY_FUNCTION ? t : NULL;
}

static struct type *bare(struct unit *u, struct type *t)
{
    return t ? type_bare(u, t) : NULL;
}

/* How well an argument fits a parameter; -1: not at all, or not known. */
static int fit(struct unit *u, struct type *param, struct node *arg)
{
    struct type *from = bare(u, type_value(u, arg)), *to = bare(u, param);
    if (!from || !to) return -1;
    if (type_compatible(u, from, to)) return 64;
    bool numbers = type_is_arithmetic(from) && type_is_arithmetic(to);
    if (numbers && type_compatible(u, bare(u, type_promoted(u, arg)), to)) return 8;
    if (numbers) return 1;
    return from->kind == TY_POINTER && to->kind == TY_POINTER ? 1 : -1;
}

static int fit_all(struct unit *u, const struct type *f, const struct node *call)
{
    unsigned given = call->nkids - 1;
    int sum = 1;
    if (given < f->nparams || (given > f->nparams && !f->variadic)) return -1;
    for (unsigned i = 0; i < f->nparams; i++) {
        int one = fit(u, f->params[i], call->kid[i + 1]);
        if (one < 0) return -1;
        sum += one;
    }
    return sum;
}

struct type *type_overloaded_call(struct unit *u, struct node *call, const struct name *n)
{
    struct type *result = NULL;
    int best = 0;
    bool doubt = false;
    for (const struct mention *m = n->mentions; m; m = m->next) {
        struct type *f = m->kind == MENTION_OBJECT ? declared_by(u, &u->ext.v[m->ext], n) : NULL;
        int sum = f ? fit_all(u, f, call) : -1;
        if (sum < best || sum <= 0) continue;
        bool same = result && f->base && type_compatible(u, bare(u, f->base), bare(u, result));
        doubt = sum == best && !same;
        if (sum > best) result = f->base;
        best = sum;
    }
    return doubt ? NULL : result;
}

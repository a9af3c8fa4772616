/* SPDX-License-Identifier: MIT */
/* type_member.c: members by name and by number, and what is asked of all members at once.
 *
 * Input: structs and unions whose members type.c has read.  Output: answers that take the same time
 * however many members there are, as a table of a thousand fields may be initialised by a thousand
 * designators.  The idea: a struct that is complete gets a hash table and an array when it is first
 * asked; while its members are still being read (a bound may ask for the size of one in front of
 * it) the list is searched. */
#include "acc.h"

struct member_index {
    struct member **slot;     /* by name: open addressing, a power of two */
    unsigned cap;
    struct member **numbered; /* those that take an initialiser */
    unsigned n;
    struct member **nameless; /* structs and unions without a name */
    unsigned nnameless;
};

static unsigned slot_of(const struct member_index *x, const struct name *n)
{
    unsigned i = n->hash & (x->cap - 1);
    while (x->slot[i] && x->slot[i]->name != n)
        i = (i + 1) & (x->cap - 1);
    return i;
}

static struct member_index *index_new(struct unit *u, struct member *first)
{
    struct member_index *x = NEW(&u->arena, struct member_index);
    unsigned n = 0;
    for (struct member *m = first; m; m = m->next)
        n++;
    for (x->cap = 4; x->cap * 3 < n * 4; x->cap *= 2) {}
    x->cap *= 2;
    x->slot = NEWN(&u->arena, struct member *, x->cap);
    x->numbered = NEWN(&u->arena, struct member *, n + 1);
    x->nameless = NEWN(&u->arena, struct member *, n + 1);
    for (struct member *m = first; m; m = m->next) {
        if (!m->name && m->bitfield) continue;
        m->number = x->n;
        x->numbered[x->n++] = m;
        if (!m->name)
            x->nameless[x->nnameless++] = m;
        else if (!x->slot[slot_of(x, m->name)])
            x->slot[slot_of(x, m->name)] = m;
    }
    return x;
}

/* NULL: no members, or not all of them are known yet. */
static struct member_index *index_of(struct unit *u, struct type *t)
{
    struct member *first = type_members(u, t);
    if (!first || !t->tag->type->members_read) return NULL;
    struct type *c = t->tag->type;
    if (!c->index) c->index = index_new(u, first);
    return c->index;
}

/* ---------------------------------------------------------------- by name */

static bool holds_name(struct unit *u, struct member *m, struct name *n)
{
    unsigned quals = 0;
    unsigned long offset = 0;
    return m->name == n || (!m->name && !m->bitfield && type_member(u, m->type, n, &quals, &offset));
}

/* The list's own way: through all of them. */
static struct member *search(struct unit *u, struct type *t, struct name *n)
{
    struct member *m = type_members(u, t);
    while (m && !holds_name(u, m, n))
        m = m->next;
    return m;
}

struct member *type_own_member(struct unit *u, struct type *t, struct name *n)
{
    struct member_index *x = n ? index_of(u, t) : NULL;
    if (!x) return n ? search(u, t, n) : NULL;
    struct member *m = x->slot[slot_of(x, n)];
    for (unsigned i = 0; !m && i < x->nnameless; i++)
        if (holds_name(u, x->nameless[i], n)) m = x->nameless[i];
    return m;
}

struct member *type_member(struct unit *u, struct type *t, struct name *n, unsigned *quals,
                           unsigned long *offset)
{
    struct member *m = type_own_member(u, t, n);
    if (!m) return NULL;
    *quals |= t->quals;
    *offset += m->offset;
    return m->name ? m : type_member(u, m->type, n, quals, offset);
}

/* ---------------------------------------------------------------- by number */

struct member *type_numbered_member(struct unit *u, struct type *t, long long i)
{
    struct member_index *x = index_of(u, t);
    if (x) return i >= 0 && i < (long long)x->n ? x->numbered[i] : NULL;
    struct member *m = type_members(u, t);
    for (; m; m = m->next)
        if ((m->name || !m->bitfield) && i-- <= 0) return m;
    return NULL;
}

/* ---------------------------------------------------------------- all at once */

static bool is_aggregate(const struct type *t)
{
    return t && (t->kind == TY_STRUCT || t->kind == TY_UNION);
}

static bool any_const(struct unit *u, struct type *t)
{
    for (struct member *m = type_members(u, t); m; m = m->next) {
        struct type *of = m->type;
        while (of && of->kind == TY_ARRAY)
            of = of->base;
        if (of && (of->quals & Q_CONST || type_has_const_member(u, of))) return true;
    }
    return false;
}

bool type_has_const_member(struct unit *u, struct type *t)
{
    while (t && t->kind == TY_ARRAY)
        t = t->base;
    if (!is_aggregate(t) || !type_members(u, t)) return false;
    struct type *c = t->tag->type;
    if (c->has_const) return c->has_const > 0;
    bool any = any_const(u, t);
    if (c->members_read) c->has_const = any ? 1 : -1;
    return any;
}

static bool ends_open(struct unit *u, struct type *t)
{
    const struct member *last = NULL;
    for (const struct member *m = type_members(u, t); m; m = m->next) {
        if (t->kind == TY_UNION && type_is_flexible(u, m->type)) return true;
        last = m;
    }
    if (!last || !last->type) return false;
    return (last->type->kind == TY_ARRAY && last->type->count < 0 && !last->type->is_vla) ||
           type_is_flexible(u, last->type);
}

bool type_is_flexible(struct unit *u, struct type *t)
{
    if (!is_aggregate(t) || !type_members(u, t)) return false;
    struct type *c = t->tag->type;
    if (c->flexible) return c->flexible > 0;
    bool open = ends_open(u, t);
    if (c->members_read) c->flexible = open ? 1 : -1;
    return open;
}

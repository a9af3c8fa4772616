/* SPDX-License-Identifier: MIT */
/* type_convert.c: which types are the same, and what arithmetic makes of two (C11 6.2.7, 6.3.1).
 *
 * Input: types.  Output: types, by value: nothing is changed.  Integer types are compared by rank,
 * which is the order of enum type_kind; floating ones by precision, as ISO/IEC TS 18661-3 ranks
 * them. */
#include "acc.h"

#include <string.h>

/* ---------------------------------------------------------------- compatible types */

static bool params_compatible(struct unit *u, struct type *a, struct type *b)
{
    if (a->unprototyped || b->unprototyped) return true;
    if (a->nparams != b->nparams || a->variadic != b->variadic) return false;
    for (unsigned i = 0; i < a->nparams; i++)
        if (!type_compatible(u, type_bare(u, a->params[i]), type_bare(u, b->params[i])))
            return false;
    return true;
}

bool type_compatible(struct unit *u, struct type *a, struct type *b)
{
    if (!a || !b) return false;
    if (a == b) return true;
    if (a->quals != b->quals) return false;
    if (a->kind != b->kind) {
        if (a->kind != TY_ENUM && b->kind != TY_ENUM) return false;
        return type_underlying(u, a)->kind == type_underlying(u, b)->kind;
    }
    switch (a->kind) {
    case TY_POINTER:
    case TY_COMPLEX: return type_compatible(u, a->base, b->base);
    case TY_VECTOR: return a->count == b->count && type_compatible(u, a->base, b->base);
    case TY_ARRAY:
        return type_compatible(u, a->base, b->base) &&
               (a->count < 0 || b->count < 0 || a->count == b->count);
    case TY_FUNCTION: return type_compatible(u, a->base, b->base) && params_compatible(u, a, b);
    case TY_STRUCT:
    case TY_UNION:
    case TY_ENUM: return a->tag == b->tag;
    case TY_FLOATN:
    case TY_BITINT: return !strcmp(a->spelling, b->spelling);
    default: return true;
    }
}

/* Of two compatible types the one that says more (C11 6.2.7p3), as deep as one pointer or array. */
struct type *type_composite(struct unit *u, struct type *a, struct type *b)
{
    if (!a || !b || a->kind != b->kind) return a;
    if (a->kind == TY_ARRAY && a->count < 0 && !a->size) return b;
    if (a->kind == TY_FUNCTION && a->unprototyped) return b;
    if (a->kind != TY_POINTER) return a;
    struct type *base = type_composite(u, a->base, b->base);
    return base == a->base ? a : type_with(u, type_pointer(u, base), a->quals);
}

/* ---------------------------------------------------------------- integers */

bool type_is_unsigned(struct unit *u, struct type *t)
{
    t = type_underlying(u, t);
    if (!t) return false;
    switch (t->kind) {
    case TY_BOOL:
    case TY_UCHAR:
    case TY_USHORT:
    case TY_UINT:
    case TY_ULONG:
    case TY_ULLONG:
    case TY_UINT128:
    case TY_POINTER: return true;
    case TY_BITINT: return !strncmp(t->spelling, "unsigned", 8);
    default: return false;
    }
}

struct type *type_integer_promoted(struct unit *u, struct type *t)
{
    if (!type_is_integer(t)) return type_bare(u, t);
    struct type *i = type_underlying(u, t);
    if (i->kind == TY_BITINT) return type_bare(u, t);
    if (i->kind < TY_INT) return type_basic(TY_INT);
    return t->kind == TY_ENUM ? type_basic(i->kind) : type_bare(u, t);
}

static unsigned long integer_bits(struct type *t)
{
    switch (t->kind) {
    case TY_BITINT: return (unsigned long)t->count;
    case TY_INT128:
    case TY_UINT128: return 128;
    case TY_LONG:
    case TY_ULONG:
    case TY_LLONG:
    case TY_ULLONG: return 64;
    default: return 32;
    }
}

/* Both promoted. The signed kinds stand before their unsigned sisters, wider ones later. */
static struct type *common_integer(struct unit *u, struct type *a, struct type *b)
{
    if (a->kind == TY_BITINT || b->kind == TY_BITINT) {
        unsigned long wa = integer_bits(a), wb = integer_bits(b);
        if (wa != wb) return wa > wb ? a : b;
        if (a->kind == b->kind) return type_is_unsigned(u, a) ? a : b;
        /* C23 6.3.1.1p1: the standard type ranks higher; made unsigned if the other one is */
        struct type *standard = a->kind == TY_BITINT ? b : a, *precise = standard == a ? b : a;
        if (!type_is_unsigned(u, precise) || type_is_unsigned(u, standard)) return standard;
        return type_basic((enum type_kind)(standard->kind + 1));
    }
    struct type *high = a->kind >= b->kind ? a : b, *low = high == a ? b : a;
    if (high->kind == low->kind) return high->alias == low->alias ? high : type_basic(high->kind);
    if (type_is_unsigned(u, high) || !type_is_unsigned(u, low)) return high;
    /* high is signed, low unsigned and of lower rank: does high hold all of low's values? */
    if (integer_bits(high) > integer_bits(low)) return high;
    return type_basic((enum type_kind)(high->kind + 1));
}

/* ---------------------------------------------------------------- floating */

struct float_rank {
    const char *spelling;
    unsigned precision, rank; /* rank among equal precision */
};

static unsigned float_order(const struct type *t)
{
    static const struct float_rank ranks[] = {
        {"_Float16", 11, 3},    {"__bf16", 8, 3},       {"_Float32", 24, 3},
        {"_Float64", 53, 3},    {"_Float128", 113, 3},  {"__float128", 113, 3},
        {"_Float32x", 53, 0},   {"_Float64x", 64, 0},   {"__float80", 64, 1},
        {"__ibm128", 106, 1},   {"_Decimal32", 200, 0}, {"_Decimal64", 201, 0},
        {"_Decimal128", 202, 0}};
    switch (t->kind) {
    case TY_FLOAT: return 24 * 4 + 1;
    case TY_DOUBLE: return 53 * 4 + 1;
    case TY_LDOUBLE: return 64 * 4 + 2;
    case TY_FLOATN:
        for (unsigned i = 0; i < sizeof ranks / sizeof *ranks; i++)
            if (!strcmp(ranks[i].spelling, t->spelling))
                return ranks[i].precision * 4 + ranks[i].rank;
        return 0;
    default: return 0;
    }
}

static struct type *common_floating(struct type *a, struct type *b)
{
    unsigned ra = float_order(a), rb = float_order(b);
    return ra >= rb ? a : b;
}

static struct type *complex_of(struct unit *u, struct type *base)
{
    struct type *t = NEW(&u->arena, struct type);
    t->kind = TY_COMPLEX;
    t->base = base;
    t->count = -1;
    return t;
}

/* Parts that are integers are not promoted: of two narrow ones the wider remains, or the unsigned. */
static struct type *common_complex(struct unit *u, struct type *base, struct type *a,
                                   struct type *b)
{
    if (type_compatible(u, base, a->base)) return a;
    if (type_compatible(u, base, b->base)) return b;
    bool short_a = a->base->kind >= TY_SHORT, short_b = b->base->kind >= TY_SHORT;
    if (short_a != short_b) return short_a ? a : b;
    return type_is_unsigned(u, a->base) ? a : b;
}

/* Usual arithmetic conversions (C11 6.3.1.8); with a vector, the vector (GNU). */
struct type *type_arithmetic(struct unit *u, struct type *a, struct type *b)
{
    if (!a || !b) return NULL;
    if (a->kind == TY_VECTOR) return type_bare(u, a);
    if (b->kind == TY_VECTOR) return type_bare(u, b);
    if (!type_is_arithmetic(a) || !type_is_arithmetic(b)) return NULL;
    if (a->kind == TY_COMPLEX || b->kind == TY_COMPLEX) {
        struct type *base = type_arithmetic(u, a->kind == TY_COMPLEX ? a->base : a,
                                            b->kind == TY_COMPLEX ? b->base : b);
        if (a->kind == b->kind) return type_bare(u, common_complex(u, base, a, b));
        return base ? complex_of(u, base) : NULL;
    }
    if (type_is_integer(a) && type_is_integer(b))
        return common_integer(u, type_integer_promoted(u, a), type_integer_promoted(u, b));
    if (type_is_integer(a)) return type_bare(u, b);
    if (type_is_integer(b)) return type_bare(u, a);
    return type_bare(u, common_floating(a, b));
}

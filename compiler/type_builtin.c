/* SPDX-License-Identifier: MIT */
/* type_builtin.c: what the compilers' builtin functions return.
 *
 * Input: a call whose callee nothing declares, its arguments typed.  Output: the type of the
 * result, by a table of the names whose result is not that of a library function;
 * `__builtin_strlen` and its like are what the function without the prefix is, if the program
 * declares it.  Unknown ones stay unknown. */
#include "acc.h"

#include <stdlib.h>
#include <string.h>

/* v void  i int  j unsigned  l long  m unsigned long  q long long  k unsigned long long  b _Bool
 * f float  d double  e long double  p void *  c char *  h uint16_t
 * 0 the first argument's value  * what it points to  1 the second argument's  ? none of these:
 * special upper case: is a constant (so safe to evaluate twice) */
struct builtin {
    const char *name; /* without __builtin_ */
    char result;
};
/* Sorted by name. */
static const struct builtin builtins[] = {{"abort", 'v'},
                                          {"abs", 'i'},
                                          {"add_overflow", 'b'},
                                          {"add_overflow_p", 'b'},
                                          {"alloca", 'p'},
                                          {"alloca_with_align", 'p'},
                                          {"apply", 'p'},
                                          {"apply_args", 'p'},
                                          {"assume", 'v'},
                                          {"assume_aligned", 'p'},
                                          {"bswap128", '0'},
                                          {"bswap16", 'h'},
                                          {"bswap32", 'j'},
                                          {"bswap64", 'm'},
                                          {"calloc", 'p'},
                                          {"choose_expr", '?'},
                                          {"clrsb", 'i'},
                                          {"clrsbl", 'i'},
                                          {"clrsbll", 'i'},
                                          {"clz", 'i'},
                                          {"clzl", 'i'},
                                          {"clzll", 'i'},
                                          {"complex", '?'},
                                          {"constant_p", 'I'},
                                          {"cpu_init", 'v'},
                                          {"cpu_is", 'i'},
                                          {"cpu_supports", 'i'},
                                          {"ctz", 'i'},
                                          {"ctzl", 'i'},
                                          {"ctzll", 'i'},
                                          {"debugtrap", 'v'},
                                          {"dynamic_object_size", 'm'},
                                          {"exit", 'v'},
                                          {"expect", 'l'},
                                          {"expect_with_probability", 'l'},
                                          {"extract_return_addr", 'p'},
                                          {"ffs", 'i'},
                                          {"ffsl", 'i'},
                                          {"ffsll", 'i'},
                                          {"fpclassify", 'i'},
                                          {"frame_address", 'p'},
                                          {"free", 'v'},
                                          {"frob_return_addr", 'p'},
                                          {"has_attribute", 'I'},
                                          {"huge_val", 'd'},
                                          {"huge_valf", 'f'},
                                          {"huge_vall", 'e'},
                                          {"inf", 'd'},
                                          {"inff", 'f'},
                                          {"infl", 'e'},
                                          {"isfinite", 'i'},
                                          {"isgreater", 'i'},
                                          {"isgreaterequal", 'i'},
                                          {"isinf", 'i'},
                                          {"isinf_sign", 'i'},
                                          {"isless", 'i'},
                                          {"islessequal", 'i'},
                                          {"islessgreater", 'i'},
                                          {"isnan", 'i'},
                                          {"isnormal", 'i'},
                                          {"isunordered", 'i'},
                                          {"labs", 'l'},
                                          {"llabs", 'q'},
                                          {"longjmp", 'v'},
                                          {"malloc", 'p'},
                                          {"memchr", 'p'},
                                          {"memcmp", 'i'},
                                          {"memcpy", 'p'},
                                          {"memmove", 'p'},
                                          {"mempcpy", 'p'},
                                          {"memset", 'p'},
                                          {"mul_overflow", 'b'},
                                          {"mul_overflow_p", 'b'},
                                          {"nan", 'd'},
                                          {"nanf", 'f'},
                                          {"nanl", 'e'},
                                          {"object_size", 'm'},
                                          {"parity", 'i'},
                                          {"parityl", 'i'},
                                          {"parityll", 'i'},
                                          {"popcount", 'i'},
                                          {"popcountl", 'i'},
                                          {"popcountll", 'i'},
                                          {"prefetch", 'v'},
                                          {"printf", 'i'},
                                          {"putchar", 'i'},
                                          {"puts", 'i'},
                                          {"realloc", 'p'},
                                          {"return", 'v'},
                                          {"return_address", 'p'},
                                          {"saddl_overflow", 'b'},
                                          {"sadd_overflow", 'b'},
                                          {"saddll_overflow", 'b'},
                                          {"setjmp", 'i'},
                                          {"shuffle", '0'},
                                          {"shufflevector", 'C'},
                                          {"signbit", 'i'},
                                          {"signbitf", 'i'},
                                          {"signbitl", 'i'},
                                          {"smul_overflow", 'b'},
                                          {"smull_overflow", 'b'},
                                          {"smulll_overflow", 'b'},
                                          {"snprintf", 'i'},
                                          {"speculation_safe_value", '0'},
                                          {"sprintf", 'i'},
                                          {"ssub_overflow", 'b'},
                                          {"ssubl_overflow", 'b'},
                                          {"ssubll_overflow", 'b'},
                                          {"stdarg_start", 'v'},
                                          {"strcat", 'c'},
                                          {"strchr", 'c'},
                                          {"strcmp", 'i'},
                                          {"strcpy", 'c'},
                                          {"strcspn", 'm'},
                                          {"strdup", 'c'},
                                          {"strlen", 'm'},
                                          {"strncat", 'c'},
                                          {"strncmp", 'i'},
                                          {"strncpy", 'c'},
                                          {"strndup", 'c'},
                                          {"strpbrk", 'c'},
                                          {"strrchr", 'c'},
                                          {"strspn", 'm'},
                                          {"strstr", 'c'},
                                          {"sub_overflow", 'b'},
                                          {"sub_overflow_p", 'b'},
                                          {"trap", 'v'},
                                          {"types_compatible_p", 'I'},
                                          {"uadd_overflow", 'b'},
                                          {"uaddl_overflow", 'b'},
                                          {"uaddll_overflow", 'b'},
                                          {"umul_overflow", 'b'},
                                          {"umull_overflow", 'b'},
                                          {"umulll_overflow", 'b'},
                                          {"unreachable", 'v'},
                                          {"usub_overflow", 'b'},
                                          {"usubl_overflow", 'b'},
                                          {"usubll_overflow", 'b'},
                                          {"va_copy", 'v'},
                                          {"va_end", 'v'},
                                          {"va_start", 'v'},
                                          {"vsnprintf", 'i'},
                                          {"vsprintf", 'i'}};

/* Those of the __atomic_ and __sync_ families, by what follows the prefix; fetch_ and _fetch are
 * told apart below. */
static const struct builtin atomics[] = {{"__atomic_always_lock_free", 'b'},
                                         {"__atomic_clear", 'v'},
                                         {"__atomic_compare_exchange", 'b'},
                                         {"__atomic_compare_exchange_n", 'b'},
                                         {"__atomic_exchange", 'v'},
                                         {"__atomic_exchange_n", '*'},
                                         {"__atomic_is_lock_free", 'b'},
                                         {"__atomic_load", 'v'},
                                         {"__atomic_load_n", '*'},
                                         {"__atomic_signal_fence", 'v'},
                                         {"__atomic_store", 'v'},
                                         {"__atomic_store_n", 'v'},
                                         {"__atomic_test_and_set", 'b'},
                                         {"__atomic_thread_fence", 'v'},
                                         {"__c11_atomic_compare_exchange_strong", 'b'},
                                         {"__c11_atomic_compare_exchange_weak", 'b'},
                                         {"__c11_atomic_exchange", '*'},
                                         {"__c11_atomic_init", 'v'},
                                         {"__c11_atomic_load", '*'},
                                         {"__c11_atomic_signal_fence", 'v'},
                                         {"__c11_atomic_store", 'v'},
                                         {"__c11_atomic_thread_fence", 'v'},
                                         {"__sync_bool_compare_and_swap", 'b'},
                                         {"__sync_lock_release", 'v'},
                                         {"__sync_lock_test_and_set", '*'},
                                         {"__sync_synchronize", 'v'},
                                         {"__sync_val_compare_and_swap", '*'}};

static char find(const struct builtin *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(table[i].name, name)) return table[i].result;
    return 0;
}

static char atomic_result(const char *name)
{
    char c = find(atomics, sizeof atomics / sizeof *atomics, name);
    if (c) return c;
    bool family = !strncmp(name, "__atomic_", 9) || !strncmp(name, "__sync_", 7) ||
                  !strncmp(name, "__c11_atomic_", 13);
    return family && strstr(name, "fetch") ? '*' : 0;
}

static struct type *pointed_to(struct unit *u, struct node *arg)
{
    struct type *t = type_value(u, arg);
    return t && t->kind == TY_POINTER ? type_bare(u, t->base) : NULL;
}

struct node *type_builtin_choice(struct unit *u, struct node *call)
{
    long long v;
    struct node *f = node_kid(call, 0), *cond = node_kid(call, 1);
    bool choose = call->kind == E_CALL && f && f->kind == E_IDENT && f->name && !strcmp(f->name->s, "__builtin_choose_expr");
    return choose && call->nkids == 4 && cond && type_constant(u, cond, &v) ? call->kid[v ? 2 : 3] : NULL;
}

static struct type *chosen(struct unit *u, struct node *call)
{
    struct node *value = type_builtin_choice(u, call);
    if (!value) return NULL;
    call->flags |= value->flags & (NODE_LVALUE | NODE_CONSTANT | NODE_NULL_CONSTANT);
    if (call->flags & NODE_HAS_AWAIT) { /* from here on it is what was chosen, in parentheses */
        call->kind = E_PAREN;
        call->op = K_GENERIC;
        call->kid[0] = value;
        call->nkids = 1;
    }
    return type_expr(u, value);
}

/* A vector with as many elements as there are indices behind the two operands of type t. */
static struct type *shuffled(struct unit *u, struct type *t, unsigned nkids)
{
    if (t->kind != TY_VECTOR || nkids < 4) return NULL;
    if (t->count == (long long)nkids - 3) return t;
    struct type *v = NEW(&u->arena, struct type);
    *v = (struct type){.kind = TY_VECTOR, .base = t->base, .count = (long long)nkids - 3};
    return v;
}

static struct type *special(struct unit *u, struct node *call, const char *name)
{
    if (!strcmp(name, "choose_expr")) return chosen(u, call);
    struct type *part = type_value(u, node_kid(call, 1));
    if (!part) return NULL;
    if (!strcmp(name, "shufflevector")) return shuffled(u, part, call->nkids);
    struct type *t = NEW(&u->arena, struct type);
    *t = (struct type){.kind = TY_COMPLEX, .base = part, .count = -1};
    return t;
}

static struct type *result_type(struct unit *u, struct node *call, char c, const char *name)
{
    switch (c) {
    case 'v': return type_basic(TY_VOID);
    case 'i': return type_basic(TY_INT);
    case 'j': return type_basic(TY_UINT);
    case 'l': return type_basic(TY_LONG);
    case 'm': return type_basic(TY_ULONG);
    case 'q': return type_basic(TY_LLONG);
    case 'b': return type_basic(TY_BOOL);
    case 'f': return type_basic(TY_FLOAT);
    case 'd': return type_basic(TY_DOUBLE);
    case 'e': return type_basic(TY_LDOUBLE);
    case 'h': return type_basic(TY_USHORT);
    case 'p': return type_pointer(u, type_basic(TY_VOID));
    case 'c': return type_pointer(u, type_basic(TY_CHAR));
    case '0': return type_value(u, node_kid(call, 1));
    case '*': return pointed_to(u, node_kid(call, 1));
    default: return special(u, call, name);
    }
}

/* A library function under its builtin name, with what the program says of it. */
static struct type *library_result(struct unit *u, const char *name)
{
    struct decl *d = scope_file_lookup(u, name_intern(&u->names, name, strlen(name)), false);
    struct type *t = d && d->kind == DECL_FUNCTION ? type_of_decl(u, d) : NULL;
    return t && t->kind == TY_FUNCTION ? t->base : NULL;
}

/* Mathematical ones, told by their suffix: sinf, sin, sinl. */
static struct type *math_result(const char *name)
{
    static const char *const names[] = {
        "acos",      "acosh",    "asin",      "asinh",  "atan",  "atan2",  "atanh", "cbrt",
        "ceil",      "copysign", "cos",       "cosh",   "erf",   "erfc",   "exp",   "exp2",
        "expm1",     "fabs",     "fdim",      "floor",  "fma",   "fmax",   "fmin",  "fmod",
        "hypot",     "ldexp",    "log",       "log10",  "log1p", "log2",   "logb",  "nearbyint",
        "nextafter", "pow",      "remainder", "rint",   "round", "scalbn", "sin",   "sinh",
        "sqrt",      "tan",      "tanh",      "tgamma", "trunc"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        if (strncmp(name, names[i], len) != 0) continue;
        if (!name[len]) return type_basic(TY_DOUBLE);
        if (!strcmp(name + len, "f")) return type_basic(TY_FLOAT);
        if (!strcmp(name + len, "l")) return type_basic(TY_LDOUBLE);
    }
    return NULL;
}

/* __builtin___memcpy_chk is memcpy. */
static struct type *checked_result(struct unit *u, struct node *call, const char *name)
{
    size_t len = strlen(name);
    char plain[64];
    if (strncmp(name, "__", 2) != 0 || len < 7 || len > sizeof plain ||
        strcmp(name + len - 4, "_chk") != 0)
        return NULL;
    memcpy(plain, name + 2, len - 6);
    plain[len - 6] = 0;
    char c = find(builtins, sizeof builtins / sizeof *builtins, plain);
    return c ? result_type(u, call, c, plain) : library_result(u, plain);
}

/* The function type among the first operands of __builtin_tgmath, or NULL. */
static struct type *candidate(struct unit *u, struct node *call, unsigned i)
{
    struct type *t = i < call->nkids ? type_value(u, call->kid[i]) : NULL;
    t = t && t->kind == TY_POINTER ? t->base : NULL;
    return t && t->kind == TY_FUNCTION && t->nparams ? t : NULL;
}

static bool same_kind(const struct type *a, const struct type *b)
{
    if (a->kind == TY_COMPLEX && b->kind == TY_COMPLEX) return a->base->kind == b->base->kind;
    return a->kind == b->kind;
}

/* Is parameter i generic: has it not the same type in the first two functions? */
static bool is_generic(const struct type *f, const struct type *g, unsigned i)
{
    return f->params[i] && g->params[i] && !same_kind(f->params[i], g->params[i]);
}

/* The functions stand in front of the arguments: that one is called whose generic parameters have the
 * arguments' common type, integers being doubles, or the one for the complex numbers over it. */
static struct type *tgmath_result(struct unit *u, struct node *call)
{
    struct type *first = candidate(u, call, 1), *second = candidate(u, call, 2), *common = NULL;
    if (!first || !second || call->nkids < 3 + first->nparams || second->nparams != first->nparams)
        return NULL;
    unsigned args = call->nkids - first->nparams, at = first->nparams;
    for (unsigned i = 0; i < first->nparams; i++) {
        struct type *t = type_value(u, call->kid[args + i]);
        if (!is_generic(first, second, i)) continue;
        if (!t || !type_is_arithmetic(t)) return NULL;
        if (type_is_integer(t)) t = type_basic(TY_DOUBLE);
        common = common ? type_arithmetic(u, common, t) : t;
        if (at == first->nparams) at = i;
    }
    for (unsigned over = 0; common && over < 2; over++) {
        for (unsigned i = 1; i < args; i++) {
            struct type *f = candidate(u, call, i), *p = f && f->nparams > at ? f->params[at] : NULL;
            if (over && p && p->kind == TY_COMPLEX && common->kind != TY_COMPLEX) p = p->base;
            if (p && same_kind(p, common)) return f->base;
        }
    }
    return NULL;
}

bool type_builtin_call(struct unit *u, struct node *call, struct type **t)
{
    struct node *f = node_kid(call, 0);
    if (!f || f->kind != E_IDENT || f->decl || !f->name) return false;
    const char *name = f->name->s;
    *t = NULL;
    char c = atomic_result(name);
    if (c) {
        *t = result_type(u, call, c, name);
        return true;
    }
    if (strncmp(name, "__builtin_", 10) != 0) return false;
    name += 10;
    if (!strcmp(name, "tgmath")) {
        *t = tgmath_result(u, call);
        return *t != NULL;
    }
    c = find(builtins, sizeof builtins / sizeof *builtins, name);
    if (c >= 'A' && c <= 'Z') {
        call->flags |= NODE_CONSTANT;
        c = (char)(c | 32);
    }
    if (c) *t = result_type(u, call, c, name);
    if (!c) *t = math_result(name);
    if (!c && !*t) *t = checked_result(u, call, name);
    if (!c && !*t) *t = library_result(u, name);
    return *t != NULL || c;
}

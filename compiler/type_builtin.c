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
 * a unsigned char  h uint16_t  x unsigned __int128  p void *  c char *  s const char *
 * 0 the first argument's value  * what it points to  ? none of these: special
 * upper case: is a constant (so safe to evaluate twice)
 * of the mathematical ones: r what the suffix says  z a complex number of it */
struct builtin {
    const char *name; /* without __builtin_ */
    char result;
};
/* Sorted by name. */
static const struct builtin builtins[] = {
    {"COLUMN", 'J'}, {"FILE", 'S'}, {"FILE_NAME", 'S'}, {"FUNCTION", 'S'}, {"LINE", 'J'},
    {"abort", 'v'}, {"abs", 'i'}, {"add_overflow", 'b'}, {"add_overflow_p", 'b'}, {"addc", 'j'},
    {"addcb", 'a'}, {"addcl", 'm'}, {"addcll", 'k'}, {"addcs", 'h'}, {"align_down", '0'},
    {"align_up", '0'}, {"alloca", 'p'}, {"alloca_with_align", 'p'}, {"apply", 'p'},
    {"apply_args", 'p'}, {"arithmetic_fence", '0'}, {"assoc_barrier", '0'}, {"assume", 'v'},
    {"assume_aligned", 'p'}, {"bcmp", 'i'}, {"bitreverse16", 'h'}, {"bitreverse32", 'j'},
    {"bitreverse64", 'm'}, {"bitreverse8", 'a'}, {"bswap128", 'x'}, {"bswap16", 'h'},
    {"bswap32", 'j'}, {"bswap64", 'm'}, {"call_with_static_chain", '0'}, {"calloc", 'p'},
    {"canonicalize", '0'}, {"choose_expr", '?'}, {"classify_type", 'I'}, {"clear_padding", 'v'},
    {"clrsb", 'i'}, {"clrsbl", 'i'}, {"clrsbll", 'i'}, {"clz", 'i'}, {"clzg", 'i'}, {"clzl", 'i'},
    {"clzll", 'i'}, {"clzs", 'i'}, {"complex", '?'}, {"constant_p", 'I'}, {"cpu_init", 'v'},
    {"cpu_is", 'i'}, {"cpu_supports", 'i'}, {"ctz", 'i'}, {"ctzg", 'i'}, {"ctzl", 'i'},
    {"ctzll", 'i'}, {"ctzs", 'i'}, {"debugtrap", 'v'}, {"dynamic_object_size", 'm'}, {"exit", 'v'},
    {"expect", 'l'}, {"expect_with_probability", 'l'}, {"extract_return_addr", 'p'}, {"ffs", 'i'},
    {"ffsl", 'i'}, {"ffsll", 'i'}, {"flt_rounds", 'i'}, {"fpclassify", 'i'}, {"fprintf", 'i'},
    {"fputc", 'i'}, {"fputs", 'i'}, {"frame_address", 'p'}, {"free", 'v'},
    {"frob_return_addr", 'p'}, {"has_attribute", 'I'}, {"imaxabs", 'l'}, {"index", 'c'},
    {"is_aligned", 'b'}, {"labs", 'l'}, {"launder", '0'}, {"llabs", 'q'}, {"longjmp", 'v'},
    {"malloc", 'p'}, {"memchr", 'p'}, {"memcmp", 'i'}, {"memcpy", 'p'}, {"memmove", 'p'},
    {"mempcpy", 'p'}, {"memset", 'p'}, {"mul_overflow", 'b'}, {"mul_overflow_p", 'b'},
    {"nondeterministic_value", '0'}, {"nontemporal_load", '*'}, {"nontemporal_store", 'v'},
    {"object_size", 'm'}, {"parity", 'i'}, {"parityl", 'i'}, {"parityll", 'i'}, {"popcount", 'i'},
    {"popcountg", 'i'}, {"popcountl", 'i'}, {"popcountll", 'i'}, {"prefetch", 'v'}, {"printf", 'i'},
    {"putchar", 'i'}, {"puts", 'i'}, {"readcyclecounter", 'k'}, {"realloc", 'p'}, {"return", 'v'},
    {"return_address", 'p'}, {"rindex", 'c'}, {"rotateleft16", 'h'}, {"rotateleft32", 'j'},
    {"rotateleft64", 'm'}, {"rotateleft8", 'a'}, {"rotateright16", 'h'}, {"rotateright32", 'j'},
    {"rotateright64", 'm'}, {"rotateright8", 'a'}, {"sadd_overflow", 'b'}, {"saddl_overflow", 'b'},
    {"saddll_overflow", 'b'}, {"setjmp", 'i'}, {"shuffle", '0'}, {"shufflevector", '?'},
    {"smul_overflow", 'b'}, {"smull_overflow", 'b'}, {"smulll_overflow", 'b'}, {"snprintf", 'i'},
    {"speculation_safe_value", '0'}, {"sprintf", 'i'}, {"ssub_overflow", 'b'},
    {"ssubl_overflow", 'b'}, {"ssubll_overflow", 'b'}, {"stdarg_start", 'v'}, {"stpcpy", 'c'},
    {"stpncpy", 'c'}, {"strcasecmp", 'i'}, {"strcat", 'c'}, {"strchr", 'c'}, {"strcmp", 'i'},
    {"strcpy", 'c'}, {"strcspn", 'm'}, {"strdup", 'c'}, {"strlen", 'm'}, {"strncasecmp", 'i'},
    {"strncat", 'c'}, {"strncmp", 'i'}, {"strncpy", 'c'}, {"strndup", 'c'}, {"strpbrk", 'c'},
    {"strrchr", 'c'}, {"strspn", 'm'}, {"strstr", 'c'}, {"sub_overflow", 'b'},
    {"sub_overflow_p", 'b'}, {"subc", 'j'}, {"subcb", 'a'}, {"subcl", 'm'}, {"subcll", 'k'},
    {"thread_pointer", 'p'}, {"toascii", 'i'}, {"tolower", 'i'}, {"toupper", 'i'}, {"trap", 'v'},
    {"types_compatible_p", 'I'}, {"uadd_overflow", 'b'}, {"uaddl_overflow", 'b'},
    {"uaddll_overflow", 'b'}, {"umul_overflow", 'b'}, {"umull_overflow", 'b'},
    {"umulll_overflow", 'b'}, {"unpredictable", 'l'}, {"unreachable", 'v'}, {"usub_overflow", 'b'},
    {"usubl_overflow", 'b'}, {"usubll_overflow", 'b'}, {"va_copy", 'v'}, {"va_end", 'v'},
    {"va_start", 'v'}, {"verbose_trap", 'v'}, {"vprintf", 'i'}, {"vsnprintf", 'i'},
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
                                         {"__c11_atomic_is_lock_free", 'b'},
                                         {"__c11_atomic_load", '*'},
                                         {"__c11_atomic_signal_fence", 'v'},
                                         {"__c11_atomic_store", 'v'},
                                         {"__c11_atomic_thread_fence", 'v'},
                                         {"__sync_bool_compare_and_swap", 'b'},
                                         {"__sync_lock_release", 'v'},
                                         {"__sync_lock_test_and_set", '*'},
                                         {"__sync_swap", '*'},
                                         {"__sync_synchronize", 'v'},
                                         {"__sync_val_compare_and_swap", '*'}};

static char find(const struct builtin *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(table[i].name, name)) return table[i].result;
    return 0;
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

/* Is n assigned to, or its address or a part of it wanted? */
static bool is_place(const struct node *n)
{
    const struct node *p = n->parent;
    while (p && (p->kind == E_PAREN || (p->kind == E_UNARY && p->op == K_EXTENSION)))
        n = p, p = p->parent;
    if (!p || p->kid[0] != n) return false;
    return p->kind == E_ASSIGN || p->kind == E_PREFIX || p->kind == E_POSTFIX || p->kind == E_MEMBER ||
           p->kind == E_SUBSCRIPT || (p->kind == E_UNARY && p->op == '&');
}

static struct type *chosen(struct unit *u, struct node *call)
{
    struct node *value = type_builtin_choice(u, call);
    if (!value) return NULL;
    call->flags |= value->flags & (NODE_LVALUE | NODE_CONSTANT | NODE_NULL_CONSTANT);
    if (call->flags & NODE_HAS_AWAIT || is_place(call)) { /* from here on it is what was chosen, in parentheses */
        call->kind = E_PAREN;
        call->op = K_GENERIC;
        call->kid[0] = value;
        call->nkids = 1;
    }
    return type_expr(u, value);
}

/* A vector with as many elements as there are indices behind the two operands of type t; clang takes one and a vector of indices. */
static struct type *shuffled(struct unit *u, struct type *t, unsigned nkids)
{
    if (t->kind != TY_VECTOR || nkids < 3) return NULL;
    if (nkids == 3 || t->count == (long long)nkids - 3) return t;
    struct type *v = NEW(&u->arena, struct type);
    *v = (struct type){.kind = TY_VECTOR, .base = t->base, .count = (long long)nkids - 3};
    return v;
}

static struct type *complex_of(struct unit *u, struct type *part)
{
    struct type *t = NEW(&u->arena, struct type);
    *t = (struct type){.kind = TY_COMPLEX, .base = part, .count = -1};
    return t;
}

static struct type *special(struct unit *u, struct node *call, const char *name)
{
    if (!strcmp(name, "choose_expr")) return chosen(u, call);
    struct type *part = type_value(u, node_kid(call, 1));
    if (!part) return NULL;
    if (!strcmp(name, "shufflevector")) return shuffled(u, part, call->nkids);
    return complex_of(u, part);
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
    case 'k': return type_basic(TY_ULLONG);
    case 'a': return type_basic(TY_UCHAR);
    case 'h': return type_basic(TY_USHORT);
    case 'x': return type_basic(TY_UINT128);
    case 'p': return type_pointer(u, type_basic(TY_VOID));
    case 'c': return type_pointer(u, type_basic(TY_CHAR));
    case 's': return type_pointer(u, type_with(u, type_basic(TY_CHAR), Q_CONST));
    case '0': return type_value(u, node_kid(call, 1));
    case '*': return pointed_to(u, node_kid(call, 1));
    default: return special(u, call, name);
    }
}

/* The bytes that __sync_fetch_and_add_4 and its like name, cut off; 0: none. */
static unsigned cut_size(char *name)
{
    char *end = strrchr(name, '_');
    unsigned size = end ? (unsigned)strtoul(end + 1, &end, 10) : 0;
    if (!size || *end || size > 16 || (size & (size - 1))) return 0;
    *strrchr(name, '_') = 0;
    return size;
}

/* Where gcc's name says the size, the value is unsigned; clang knows only some of those, by another type. */
static struct type *atomic_result_type(struct unit *u, struct node *call, char c, unsigned size)
{
    static const enum type_kind by_size[] = {
        [1] = TY_UCHAR, [2] = TY_USHORT, [4] = TY_UINT, [8] = TY_ULONG, [16] = TY_UINT128};
    if (c == '*' && size && !type_is_clang(u)) return type_basic(by_size[size]);
    return result_type(u, call, c, "");
}

static bool atomic_call(struct unit *u, struct node *call, const char *name, struct type **t)
{
    static const char *const families[] = {"__atomic_", "__sync_", "__c11_atomic_"};
    char plain[64];
    bool scoped = !strncmp(name, "__scoped_atomic_", 16), known = false; /* clang's, for a part of the machine */
    if (strlen(name) >= sizeof plain) return false;
    strcpy(plain, scoped ? "_" : "");
    strcat(plain, scoped ? name + 8 : name);
    for (unsigned i = 0; i < sizeof families / sizeof *families; i++)
        known |= !strncmp(plain, families[i], strlen(families[i]));
    if (!known) return false;
    unsigned size = cut_size(plain);
    char c = find(atomics, sizeof atomics / sizeof *atomics, plain);
    bool whole = size && (!strcmp(plain, "__atomic_load") || !strcmp(plain, "__atomic_exchange"));
    if (whole || (!c && strstr(plain, "fetch"))) c = '*';
    if (c) *t = atomic_result_type(u, call, c, size);
    return c != 0;
}

/* A library function under its builtin name, with what the program says of it. */
static struct type *library_result(struct unit *u, const char *name)
{
    struct decl *d = scope_file_lookup(u, name_intern(&u->names, name, strlen(name)), false);
    struct type *t = d && d->kind == DECL_FUNCTION ? type_of_decl(u, d) : NULL;
    return t && t->kind == TY_FUNCTION ? t->base : NULL;
}

/* The floating type that a suffix says: sinf, sin, sinl, fabsf128, infd32. */
static struct type *suffixed(struct unit *u, const char *suffix)
{
    static const char *const names[][2] = {
        {"f16", "_Float16"},   {"f32", "_Float32"},   {"f64", "_Float64"},  {"f128", "__float128"},
        {"f32x", "_Float32x"}, {"f64x", "_Float64x"}, {"d32", "_Decimal32"}, {"d64", "_Decimal64"},
        {"d128", "_Decimal128"}};
    if (!*suffix) return type_basic(TY_DOUBLE);
    if (!strcmp(suffix, "f")) return type_basic(TY_FLOAT);
    if (!strcmp(suffix, "l")) return type_basic(TY_LDOUBLE);
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(suffix, names[i][0]) != 0) continue;
        struct type *t = NEW(&u->arena, struct type);
        *t = (struct type){.kind = TY_FLOATN, .spelling = names[i][1], .count = -1};
        return t;
    }
    return NULL;
}

/* Mathematical ones, by the letters above. */
static struct type *math_result(struct unit *u, struct node *call, const char *name)
{
    static const struct builtin names[] = {
        {"acos", 'r'}, {"acosh", 'r'}, {"asin", 'r'}, {"asinh", 'r'}, {"atan", 'r'}, {"atan2", 'r'},
        {"atanh", 'r'}, {"cabs", 'r'}, {"cacos", 'z'}, {"cacosh", 'z'}, {"carg", 'r'},
        {"casin", 'z'}, {"casinh", 'z'}, {"catan", 'z'}, {"catanh", 'z'}, {"cbrt", 'r'},
        {"ccos", 'z'}, {"ccosh", 'z'}, {"ceil", 'r'}, {"cexp", 'z'}, {"cimag", 'r'}, {"clog", 'z'},
        {"conj", 'z'}, {"copysign", 'r'}, {"cos", 'r'}, {"cosh", 'r'}, {"cpow", 'z'},
        {"cproj", 'z'}, {"creal", 'r'}, {"csin", 'z'}, {"csinh", 'z'}, {"csqrt", 'z'},
        {"ctan", 'z'}, {"ctanh", 'z'}, {"drem", 'r'}, {"erf", 'r'}, {"erfc", 'r'}, {"exp", 'r'},
        {"exp10", 'r'}, {"exp2", 'r'}, {"expm1", 'r'}, {"fabs", 'r'}, {"fdim", 'r'},
        {"finite", 'i'}, {"floor", 'r'}, {"fma", 'r'}, {"fmax", 'r'}, {"fmin", 'r'}, {"fmod", 'r'},
        {"frexp", 'r'}, {"gamma", 'r'}, {"huge_val", 'r'}, {"hypot", 'r'}, {"iceil", 'i'},
        {"ifloor", 'i'}, {"ilogb", 'i'}, {"inf", 'r'}, {"irint", 'i'}, {"iround", 'i'}, {"j0", 'r'},
        {"j1", 'r'}, {"jn", 'r'}, {"lceil", 'l'}, {"ldexp", 'r'}, {"lfloor", 'l'}, {"lgamma", 'r'},
        {"llceil", 'q'}, {"llfloor", 'q'}, {"llrint", 'q'}, {"llround", 'q'}, {"log", 'r'},
        {"log10", 'r'}, {"log1p", 'r'}, {"log2", 'r'}, {"logb", 'r'}, {"lrint", 'l'},
        {"lround", 'l'}, {"modf", 'r'}, {"nan", 'r'}, {"nans", 'r'}, {"nearbyint", 'r'},
        {"nextafter", 'r'}, {"nexttoward", 'r'}, {"pow", 'r'}, {"powi", 'r'}, {"remainder", 'r'},
        {"remquo", 'r'}, {"rint", 'r'}, {"round", 'r'}, {"roundeven", 'r'}, {"scalb", 'r'},
        {"scalbln", 'r'}, {"scalbn", 'r'}, {"signbit", 'i'}, {"significand", 'r'}, {"sin", 'r'},
        {"sinh", 'r'}, {"sqrt", 'r'}, {"tan", 'r'}, {"tanh", 'r'}, {"tgamma", 'r'}, {"trunc", 'r'},
        {"y0", 'r'}, {"y1", 'r'}, {"yn", 'r'}};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i].name);
        struct type *t = strncmp(name, names[i].name, len) != 0 ? NULL : suffixed(u, name + len);
        if (!t) continue;
        if (names[i].result == 'z') return complex_of(u, t);
        return names[i].result == 'r' ? t : result_type(u, call, names[i].result, name);
    }
    return NULL;
}

/* Families of which each member gives the same: questions, and clang's for vectors and numbers alike. */
static struct type *family_result(struct unit *u, struct node *call, const char *name)
{
    if (!strncmp(name, "is", 2)) return type_basic(TY_INT);
    if (!strncmp(name, "elementwise_", 12)) return type_promoted(u, node_kid(call, 1));
    struct type *t = strncmp(name, "reduce_", 7) != 0 ? NULL : type_value(u, node_kid(call, 1));
    return t && t->kind == TY_VECTOR ? t->base : NULL;
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
    if (atomic_call(u, call, name, t)) return true;
    if (strncmp(name, "__builtin_", 10) != 0) return false;
    name += 10;
    if (!strcmp(name, "tgmath")) {
        *t = tgmath_result(u, call);
        return *t != NULL;
    }
    char c = find(builtins, sizeof builtins / sizeof *builtins, name);
    if (c >= 'A' && c <= 'Z') {
        call->flags |= NODE_CONSTANT;
        c = (char)(c | 32);
    }
    if (c) *t = result_type(u, call, c, name);
    if (!c) *t = math_result(u, call, name);
    if (!c && !*t) *t = family_result(u, call, name);
    if (!c && !*t) *t = checked_result(u, call, name);
    if (!c && !*t) *t = library_result(u, name);
    return *t != NULL || c;
}

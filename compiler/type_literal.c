/* SPDX-License-Identifier: MIT */
/* type_literal.c: numbers, characters and strings as the text spells them (C11 6.4.4, 6.4.5).
 *
 * Input: E_NUMBER, E_CHAR, E_STRING.  Output: their type, and the value of integers.  C23's digit
 * separators and binary numbers, GNU's imaginary and _FloatN suffixes are read too.
 *
 * Strings are measured in code units of their prefix: source bytes are taken for UTF-8.  Splices are
 * undone first, but in raw strings, where they are text. */
#include "acc.h"

#include <stdlib.h>
#include <string.h>

struct spelling {
    const char *s;
    size_t len;
};

static struct spelling spelling(struct unit *u, struct range r)
{
    struct spelling t = {u->text + r.start, r.end - r.start};
    const char *end = t.s + t.len;
    if (!memchr(t.s, '\n', t.len)) return t;
    char *to = arena_alloc(&u->arena, t.len);
    size_t n = 0;
    for (const char *p = t.s; p < end; p++) {
        const char *q = p + 1;
        while (*p == '\\' && q < end && (*q == ' ' || *q == '\t' || *q == '\r'))
            q++;
        if (*p == '\\' && q < end && *q == '\n')
            p = q;
        else
            to[n++] = *p;
    }
    return (struct spelling){to, n};
}

/* ---------------------------------------------------------------- numbers */

struct number {
    char text[80];   /* without separators and suffix */
    char suffix[24]; /* lower case */
    unsigned base;
    bool floating;
    unsigned long long value;
    bool overflow;
};

static bool is_digit_of(char c, unsigned base)
{
    if (base == 16) return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
    return c >= '0' && c <= '9';
}

/* Length of the digits, point and exponent at s. */
static size_t number_body(const char *s, size_t len, struct number *n)
{
    size_t i = 0;
    n->base = 10;
    if (len > 1 && s[0] == '0' && (s[1] | 32) == 'x') n->base = 16, i = 2;
    if (len > 1 && s[0] == '0' && (s[1] | 32) == 'b') n->base = 2, i = 2;
    char exponent = n->base == 16 ? 'p' : 'e';
    for (; i < len; i++) {
        bool separator = s[i] == '\'' && i + 1 < len && is_digit_of(s[i + 1], n->base);
        if (is_digit_of(s[i], n->base) || separator) continue;
        if (s[i] == '.') {
            n->floating = true;
        } else if ((s[i] | 32) == exponent && n->base != 2) {
            n->floating = true;
            if (i + 1 < len && (s[i + 1] == '+' || s[i + 1] == '-')) i++;
            exponent = 0;
            n->base = n->base == 16 ? 16 : 10;
            while (i + 1 < len && ((s[i + 1] >= '0' && s[i + 1] <= '9') || s[i + 1] == '\''))
                i++;
            return i + 1;
        } else {
            break;
        }
    }
    return i;
}

static void integer_value(struct number *n)
{
    const char *s = n->text;
    unsigned base = n->base;
    if (base != 10)
        s += 2;
    else if (s[0] == '0')
        base = 8;
    n->base = base;
    for (; *s; s++) {
        unsigned digit = *s <= '9' ? (unsigned)(*s - '0') : (unsigned)((*s | 32) - 'a' + 10);
        if (n->value > (~0ULL - digit) / base) n->overflow = true;
        n->value = n->value * base + digit;
    }
}

static void number_read(const char *s, size_t len, struct number *n)
{
    size_t body = number_body(s, len, n), out = 0;
    for (size_t i = 0; i < body && out + 1 < sizeof n->text; i++)
        if (s[i] != '\'') n->text[out++] = s[i];
    out = 0;
    for (size_t i = body; i < len && out + 1 < sizeof n->suffix; i++)
        n->suffix[out++] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] | 32 : s[i]);
    if (!n->floating) integer_value(n);
}

/* Removes an imaginary suffix. */
static bool take_imaginary(struct number *n)
{
    char *s = n->suffix, *i = strpbrk(s, "ij");
    if (!i) return false;
    memmove(i, i + 1, strlen(i));
    return true;
}

static struct type *floatn(struct unit *u, const char *spelling)
{
    struct type *t = NEW(&u->arena, struct type);
    t->kind = TY_FLOATN;
    t->spelling = spelling;
    t->count = -1;
    return t;
}

static struct type *floating_type(struct unit *u, const char *suffix)
{
    static const char *const table[][2] = {
        {"f16", "_Float16"},   {"f32", "_Float32"},   {"f64", "_Float64"},  {"f128", "_Float128"},
        {"f32x", "_Float32x"}, {"f64x", "_Float64x"}, {"bf16", "__bf16"},   {"q", "__float128"},
        {"w", "__float80"},    {"df", "_Decimal32"},  {"dd", "_Decimal64"}, {"dl", "_Decimal128"}};
    if (!*suffix || !strcmp(suffix, "d")) return type_basic(TY_DOUBLE);
    if (!strcmp(suffix, "f")) return type_basic(TY_FLOAT);
    if (!strcmp(suffix, "l")) return type_basic(TY_LDOUBLE);
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(suffix, table[i][0])) return floatn(u, table[i][1]);
    return NULL;
}

/* The first type of C11 6.4.4.1p5's list in which the value fits. */
static struct type *integer_type(struct unit *u, const struct number *n)
{
    bool uns = strchr(n->suffix, 'u') != NULL;
    if (strstr(n->suffix, "wb")) {
        unsigned width = uns ? 0 : 1;
        for (unsigned long long v = n->value; v; v >>= 1)
            width++;
        if (width < (uns ? 1u : 2u)) width = uns ? 1 : 2;
        struct type *t = NEW(&u->arena, struct type);
        t->kind = TY_BITINT;
        t->count = width;
        t->spelling = arena_printf(&u->arena, "%s_BitInt(%u)", uns ? "unsigned " : "", width);
        return t;
    }
    const char *l = strchr(n->suffix, 'l');
    unsigned rank = !l ? 0 : l[1] == 'l' ? 2 : 1;
    bool either = n->base != 10 || uns;
    if (n->overflow) return type_basic(uns ? TY_UINT128 : TY_INT128);
    if (rank == 0 && !uns && n->value <= 0x7fffffff) return type_basic(TY_INT);
    if (rank == 0 && either && n->value <= 0xffffffff) return type_basic(TY_UINT);
    enum type_kind sign = rank == 2 ? TY_LLONG : TY_LONG,
                   no_sign = rank == 2 ? TY_ULLONG : TY_ULONG;
    if (!uns && n->value <= 0x7fffffffffffffffULL) return type_basic(sign);
    /* Too large for any signed type: gcc 12 takes __int128. */
    return either ? type_basic(no_sign) : type_basic(TY_INT128);
}

struct type *type_number(struct unit *u, struct node *e)
{
    struct number n = {.overflow = false};
    struct spelling text = spelling(u, e->range);
    number_read(text.s, text.len, &n);
    bool imaginary = take_imaginary(&n);
    struct type *t = n.floating ? floating_type(u, n.suffix) : integer_type(u, &n);
    if (!imaginary || !t) return t;
    struct type *c = NEW(&u->arena, struct type);
    c->kind = TY_COMPLEX;
    c->base = t;
    c->count = -1;
    return c;
}

/* ---------------------------------------------------------------- characters and strings */

/* One character of a literal; at moves behind it. */
static unsigned long escape(const char *s, size_t len, size_t *at)
{
    static const char names[] = "abefnrtv", values[] = "\a\b\033\f\n\r\t\v";
    unsigned long v = 0;
    char c = s[(*at)++];
    const char *p;
    if (c == 'x' || c == 'u' || c == 'U') {
        unsigned most = c == 'x' ? 64 : c == 'u' ? 4 : 8;
        for (unsigned i = 0; i < most && *at < len && is_digit_of(s[*at], 16); i++) {
            char d = s[(*at)++];
            v = v * 16 + (unsigned long)(d <= '9' ? d - '0' : (d | 32) - 'a' + 10);
        }
        return v;
    }
    if (c >= '0' && c <= '7') {
        v = (unsigned long)(c - '0');
        for (unsigned i = 0; i < 2 && *at < len && s[*at] >= '0' && s[*at] <= '7'; i++)
            v = v * 8 + (unsigned long)(s[(*at)++] - '0');
        return v;
    }
    p = strchr(names, c);
    return p && c ? (unsigned char)values[p - names] : (unsigned char)c;
}

static unsigned utf8_units(unsigned long c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* Code units of the literal's inner text for elements of `width` bytes; a raw one knows no escapes. */
static long long string_units(const char *s, size_t len, unsigned width, bool raw)
{
    long long n = 0;
    for (size_t i = 0; i < len;) {
        if (!raw && s[i] == '\\' && i + 1 < len) {
            char kind = s[++i];
            unsigned long c = escape(s, len, &i);
            bool universal = kind == 'u' || kind == 'U';
            n += universal && width == 1                 ? utf8_units(c)
                 : universal && width == 2 && c > 0xffff ? 2
                                                         : 1;
        } else {
            unsigned char c = (unsigned char)s[i++];
            bool follows = (c & 0xc0) == 0x80;
            n += width == 1 ? 1 : follows ? 0 : width == 2 && c >= 0xf0 ? 2 : 1;
        }
    }
    return n;
}

static struct type *element_of_prefix(const char *s)
{
    if (s[0] == 'L') return type_basic(TY_INT);
    if (s[0] == 'U') return type_basic(TY_UINT);
    if (s[0] == 'u' && s[1] != '8') return type_basic(TY_USHORT);
    return type_basic(TY_CHAR);
}

struct type *type_character(struct unit *u, struct node *e)
{
    const char *s = u->text + e->range.start;
    if (*s == '\'') return type_basic(TY_INT);
    return s[0] == 'u' && s[1] == '8' ? type_basic(TY_UCHAR) : element_of_prefix(s);
}

/* Of the string t, without its terminator; -1: it has no end. */
static long long string_length(struct unit *u, const struct token *t, unsigned width)
{
    struct spelling text = {u->text + t->start, t->end - t->start};
    const char *quote = memchr(text.s, '"', text.len);
    bool raw = quote && quote > text.s && quote[-1] == 'R';
    if (!raw) text = spelling(u, (struct range){t->start, t->end});
    quote = memchr(text.s, '"', text.len);
    if (!quote || text.len < (size_t)(quote - text.s) + 2) return -1;
    size_t len = text.len - (size_t)(quote - text.s) - 2;
    if (!raw) return string_units(quote + 1, len, width, false);
    const char *open = memchr(quote, '(', len); /* R"x(...)x" */
    size_t around = open ? 2 * (size_t)(open - quote) : 0;
    return open && len >= around ? string_units(open + 1, len - around, width, true) : -1;
}

struct type *type_string(struct unit *u, struct node *e)
{
    struct type *element = type_basic(TY_CHAR);
    const struct token *first = &u->tok.v[scope_token(u, e->range.start)], *t;
    for (t = first; t->kind != TOK_END && t->start < e->range.end; t++)
        if (t->kind == TOK_STRING && element->kind == TY_CHAR)
            element = element_of_prefix(u->text + t->start);
    unsigned width = (unsigned)type_size(u, element);
    long long n = 1;
    for (t = first; t->kind != TOK_END && t->start < e->range.end; t++) {
        if (t->kind == TOK_DIRECTIVE) continue;
        long long units = t->kind == TOK_STRING ? string_length(u, t, width) : -1;
        if (units < 0) return NULL; /* a macro that was not expanded */
        n += units;
    }
    return type_array(u, element, n);
}

/* One source character that is no escape, whose bytes are UTF-8. */
static unsigned long source_character(const char *s, size_t len, size_t *at)
{
    unsigned long c = (unsigned char)s[(*at)++];
    unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    if (!more) return c;
    for (c &= 0x3fu >> more; more && *at < len && ((unsigned char)s[*at] & 0xc0) == 0x80; more--)
        c = c << 6 | ((unsigned char)s[(*at)++] & 0x3f);
    return c;
}

/* Appends the bytes of a character to a narrow literal's value; how many they are. */
static unsigned narrow_units(unsigned long c, bool universal, unsigned long *v)
{
    unsigned units = universal ? utf8_units(c) : 1;
    if (units == 1) {
        *v = *v << 8 | (c & 0xff);
        return 1;
    }
    *v = *v << 8 | ((units == 2 ? 0xc0ul : units == 3 ? 0xe0ul : 0xf0ul) | c >> 6 * (units - 1));
    for (unsigned i = units - 1; i-- > 0;)
        *v = *v << 8 | (0x80 | (c >> 6 * i & 0x3f));
    return units;
}

static long long character_value(struct unit *u, struct node *e)
{
    struct spelling text = spelling(u, e->range);
    const char *s = text.s, *quote = memchr(s, '\'', text.len);
    size_t at = 0, len = quote ? text.len - (size_t)(quote - s) : 0;
    if (len < 3) return 0;
    s = quote + 1;
    len -= 2;
    bool narrow = quote == text.s;
    unsigned long v = 0, units = 0;
    while (at < len) {
        bool escaped = s[at] == '\\' && at + 1 < len, universal = false;
        unsigned long c;
        if (escaped) {
            universal = s[++at] == 'u' || s[at] == 'U';
            c = escape(s, len, &at);
        } else {
            c = narrow ? (unsigned char)s[at++] : source_character(s, len, &at);
        }
        if (narrow)
            units += narrow_units(c, universal, &v);
        else
            v = c;
    }
    return narrow && units == 1 ? (signed char)v : (int)v;
}

bool type_floating_value(struct unit *u, struct node *e, struct type *from, struct type *to, long long *value)
{
    struct number n = {.overflow = false};
    struct spelling t = spelling(u, e->range);
    number_read(t.s, t.len, &n);
    if (!to || !n.floating || take_imaginary(&n)) return false;
    long double v;
    switch (from->kind) {
    case TY_FLOAT: v = strtof(n.text, NULL); break;
    case TY_DOUBLE: v = strtod(n.text, NULL); break;
    case TY_LDOUBLE: v = strtold(n.text, NULL); break;
    default: return false;
    }
    if (to->kind == TY_BOOL) {
        *value = v != 0;
        return true;
    }
    bool wide = v >= 0x1p63L;
    if (!(v > -0x1p63L && v < 0x1p64L) || (wide && (!type_is_unsigned(u, to) || type_size(u, to) > 8))) return false;
    *value = wide ? (long long)(unsigned long long)v : (long long)v;
    return true;
}

bool type_literal_value(struct unit *u, struct node *e, long long *value)
{
    if (e->kind == E_CHAR) {
        *value = character_value(u, e);
        return true;
    }
    struct number n = {.overflow = false};
    struct spelling t = spelling(u, e->range);
    number_read(t.s, t.len, &n);
    if (n.floating || take_imaginary(&n) || n.overflow) return false;
    *value = (long long)n.value;
    return true;
}

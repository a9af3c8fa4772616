/* SPDX-License-Identifier: MIT */
/* lex.c: text -> tokens.
 *
 * Input: the unit's text, preprocessed or raw.  Output: u->tok, ended by TOK_END; every token is a
 * byte range of the text, names are interned and know their keyword.  One pass over the bytes after
 * C11 5.1.1.2 (phases 2 and 3) and 6.4, led by a class for each byte; line splices and universal
 * character names leave the fast loops and are undone in names only.
 *
 * Any bytes are accepted: what C does not know becomes a one-byte punctuator, literals without an
 * end stop at the end of their line, comments without one at the end of the text.  Tokens never
 * overlap, stand in order, and hold everything but white space, comments and splices. */
#include "acc.h"

#include <string.h>

/* ---------------------------------------------------------------- words */

static const struct word {
    const char *spelling;
    enum keyword keyword;
} words[] = {
    {"auto", K_AUTO},
    {"break", K_BREAK},
    {"case", K_CASE},
    {"char", K_CHAR},
    {"const", K_CONST},
    {"__const", K_CONST},
    {"__const__", K_CONST},
    {"continue", K_CONTINUE},
    {"default", K_DEFAULT},
    {"do", K_DO},
    {"double", K_DOUBLE},
    {"else", K_ELSE},
    {"enum", K_ENUM},
    {"extern", K_EXTERN},
    {"float", K_FLOAT},
    {"for", K_FOR},
    {"goto", K_GOTO},
    {"if", K_IF},
    {"inline", K_INLINE},
    {"__inline", K_INLINE},
    {"__inline__", K_INLINE},
    {"int", K_INT},
    {"long", K_LONG},
    {"register", K_REGISTER},
    {"restrict", K_RESTRICT},
    {"__restrict", K_RESTRICT},
    {"__restrict__", K_RESTRICT},
    {"return", K_RETURN},
    {"short", K_SHORT},
    {"signed", K_SIGNED},
    {"__signed", K_SIGNED},
    {"__signed__", K_SIGNED},
    {"sizeof", K_SIZEOF},
    {"static", K_STATIC},
    {"struct", K_STRUCT},
    {"switch", K_SWITCH},
    {"typedef", K_TYPEDEF},
    {"union", K_UNION},
    {"unsigned", K_UNSIGNED},
    {"void", K_VOID},
    {"volatile", K_VOLATILE},
    {"__volatile", K_VOLATILE},
    {"__volatile__", K_VOLATILE},
    {"while", K_WHILE},
    {"_Alignas", K_ALIGNAS},
    {"alignas", K_ALIGNAS},
    {"_Alignof", K_ALIGNOF},
    {"alignof", K_ALIGNOF},
    {"__alignof", K_ALIGNOF},
    {"__alignof__", K_ALIGNOF},
    {"_Atomic", K_ATOMIC},
    {"_Bool", K_BOOL},
    {"bool", K_BOOL},
    {"_Complex", K_COMPLEX},
    {"__complex", K_COMPLEX},
    {"__complex__", K_COMPLEX},
    {"_Generic", K_GENERIC},
    {"_Imaginary", K_IMAGINARY},
    {"_Noreturn", K_NORETURN},
    {"_Static_assert", K_STATIC_ASSERT},
    {"static_assert", K_STATIC_ASSERT},
    {"_Thread_local", K_THREAD_LOCAL},
    {"thread_local", K_THREAD_LOCAL},
    {"__thread", K_THREAD_LOCAL},
    {"typeof", K_TYPEOF},
    {"__typeof", K_TYPEOF},
    {"__typeof__", K_TYPEOF},
    {"typeof_unqual", K_TYPEOF_UNQUAL},
    {"__typeof_unqual", K_TYPEOF_UNQUAL},
    {"__typeof_unqual__", K_TYPEOF_UNQUAL},
    {"__auto_type", K_AUTO_TYPE},
    {"__attribute", K_ATTRIBUTE},
    {"__attribute__", K_ATTRIBUTE},
    {"asm", K_ASM},
    {"__asm", K_ASM},
    {"__asm__", K_ASM},
    {"__extension__", K_EXTENSION},
    {"__label__", K_LABEL},
    {"__real", K_REAL},
    {"__real__", K_REAL},
    {"__imag", K_IMAG},
    {"__imag__", K_IMAG},
    {"__int128", K_INT128},
    {"_Float16", K_FLOATN},
    {"_Float32", K_FLOATN},
    {"_Float64", K_FLOATN},
    {"_Float128", K_FLOATN},
    {"_Float32x", K_FLOATN},
    {"_Float64x", K_FLOATN},
    {"_Float128x", K_FLOATN},
    {"__float80", K_FLOATN},
    {"__float128", K_FLOATN},
    {"__ibm128", K_FLOATN},
    {"__fp16", K_FLOATN},
    {"__bf16", K_FLOATN},
    {"_Decimal32", K_FLOATN},
    {"_Decimal64", K_FLOATN},
    {"_Decimal128", K_FLOATN},
    {"_BitInt", K_BITINT},
    {"constexpr", K_CONSTEXPR},
    {"nullptr", K_NULLPTR},
    {"true", K_TRUE},
    {"false", K_FALSE},
    {"__builtin_va_arg", K_VA_ARG},
    {"__builtin_offsetof", K_OFFSETOF},
    {"offsetof", K_OFFSETOF},
    {"__builtin_convertvector", K_CONVERTVECTOR},
    {"__builtin_bit_cast", K_BIT_CAST},
    {"__builtin_types_compatible_p", K_TYPES_COMPATIBLE},
    {"__func__", K_FUNC},
    {"__FUNCTION__", K_FUNC},
    {"__PRETTY_FUNCTION__", K_FUNC},
    {"__builtin_va_list", K_BUILTIN_TYPE},
    {"__builtin_ms_va_list", K_BUILTIN_TYPE},
    {"__builtin_sysv_va_list", K_BUILTIN_TYPE},
    {"__int128_t", K_BUILTIN_TYPE},
    {"__uint128_t", K_BUILTIN_TYPE},
    {"_Nonnull", K_NONNULL},
    {"_Nullable", K_NONNULL},
    {"_Nullable_result", K_NONNULL},
    {"_Null_unspecified", K_NONNULL},
    {"_Pragma", K_PRAGMA},
    {"async", K_ASYNC},
    {"await", K_AWAIT},
    {"generator", K_GENERATOR},
    {"yield", K_YIELD},
    {"from", K_FROM},
    {"defer", K_DEFER},
    {"try", K_TRY},
    {"catch", K_CATCH},
    {"cancel", K_CANCEL},
    {"throw", K_THROW},
    {"with", K_WITH},
    {"_Async", K_ASYNC_ALWAYS},
    {"_Await", K_AWAIT_ALWAYS},
    {"_Generator", K_GENERATOR_ALWAYS},
    {"_Yield", K_YIELD_ALWAYS},
    {"_Defer", K_DEFER_ALWAYS},
    {"acc_bind", K_BIND},
    {"acc_try", K_TRY_VALUE},
};

enum word_role lex_role(unsigned keyword)
{
    switch (keyword) {
    case K_CHAR:
    case K_DOUBLE:
    case K_FLOAT:
    case K_INT:
    case K_LONG:
    case K_SHORT:
    case K_SIGNED:
    case K_UNSIGNED:
    case K_VOID:
    case K_BOOL:
    case K_COMPLEX:
    case K_IMAGINARY:
    case K_AUTO_TYPE:
    case K_INT128:
    case K_FLOATN:
    case K_BUILTIN_TYPE: return ROLE_TYPE;
    case K_TYPEOF:
    case K_TYPEOF_UNQUAL:
    case K_BITINT: return ROLE_TYPE_PAREN;
    case K_STRUCT:
    case K_UNION:
    case K_ENUM: return ROLE_TAG;
    case K_AUTO:
    case K_EXTERN:
    case K_REGISTER:
    case K_STATIC:
    case K_TYPEDEF:
    case K_INLINE:
    case K_NORETURN:
    case K_THREAD_LOCAL:
    case K_CONSTEXPR: return ROLE_STORAGE;
    case K_CONST:
    case K_VOLATILE:
    case K_RESTRICT:
    case K_EXTENSION:
    case K_NONNULL: return ROLE_QUALIFIER;
    case K_ATOMIC: return ROLE_ATOMIC;
    case K_ALIGNAS: return ROLE_ALIGNAS;
    case K_ATTRIBUTE: return ROLE_ATTRIBUTE;
    default: return ROLE_NONE;
    }
}

/* C23's plain spellings, those that only GNU C reserves, a macro's, and types that some compilers
 * lack: a program may declare them. */
static bool is_soft(const struct name *n)
{
    switch (n->keyword) {
    case K_BOOL:
    case K_ALIGNAS:
    case K_ALIGNOF:
    case K_STATIC_ASSERT:
    case K_THREAD_LOCAL:
    case K_TYPEOF:
    case K_TYPEOF_UNQUAL:
    case K_ASM:
    case K_OFFSETOF: return n->s[0] != '_';
    case K_TRUE:
    case K_FALSE:
    case K_NULLPTR:
    case K_CONSTEXPR:
    case K_FLOATN:
    case K_BUILTIN_TYPE: return true;
    default: return n->keyword >= K_ASYNC && n->keyword <= K_WITH;
    }
}

bool lex_is_hard(const struct name *n)
{
    return n->keyword != K_NONE && n->keyword != K_BIND && n->keyword != K_TRY_VALUE && !is_soft(n);
}

/* ---------------------------------------------------------------- bytes */

enum byte_class {
    BYTE_OTHER, /* one-byte punctuator, known to C or not */
    BYTE_SPACE, /* NUL too */
    BYTE_NEWLINE,
    BYTE_NAME, /* letters, '_', '$', and all of UTF-8 beyond ASCII */
    BYTE_DIGIT,
    BYTE_PUNCT, /* may begin a longer punctuator, a comment or a number */
    BYTE_QUOTE,
    BYTE_BACKSLASH
};

struct lexer {
    struct unit *u;
    const char *p, *end; /* *end is NUL */
    bool bol;
    unsigned char class[256];
};

static void class_set(struct lexer *lx, const char *bytes, enum byte_class class)
{
    for (; *bytes; bytes++)
        lx->class[(unsigned char)*bytes] = (unsigned char)class;
}

static void classes_fill(struct lexer *lx)
{
    class_set(lx, " \t\r\f\v", BYTE_SPACE);
    lx->class[0] = BYTE_SPACE;
    class_set(lx, "\n", BYTE_NEWLINE);
    class_set(lx, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$", BYTE_NAME);
    memset(lx->class + 128, BYTE_NAME, 128);
    class_set(lx, "0123456789", BYTE_DIGIT);
    class_set(lx, "+-*/%&|^<>=!:.#", BYTE_PUNCT);
    class_set(lx, "\"'", BYTE_QUOTE);
    class_set(lx, "\\", BYTE_BACKSLASH);
}

static enum byte_class class_of(const struct lexer *lx, const char *p)
{
    return (enum byte_class)lx->class[(unsigned char)*p];
}

/* The byte after the splice at p, or p. Blanks before the newline are let pass, as gcc and clang
 * do. */
static const char *splice_once(const struct lexer *lx, const char *p)
{
    if (*p != '\\') return p;
    const char *q = p + 1;
    while (q < lx->end && (*q == ' ' || *q == '\t' || *q == '\r' || *q == '\f' || *q == '\v'))
        q++;
    return q < lx->end && *q == '\n' ? q + 1 : p;
}

/* p, beyond any splices that stand there. */
static const char *unspliced(const struct lexer *lx, const char *p)
{
    for (const char *q; *p == '\\' && (q = splice_once(lx, p)) != p;)
        p = q;
    return p;
}

static struct token *token_add(struct lexer *lx, enum token_kind kind, const char *start)
{
    struct token t = {.start = (uint32_t)(start - lx->u->text),
                      .end = (uint32_t)(lx->p - lx->u->text),
                      .kind = (uint8_t)kind,
                      .bol = lx->bol};
    vec_push(&lx->u->arena, &lx->u->tok, t);
    lx->bol = false;
    return &lx->u->tok.v[lx->u->tok.n - 1];
}

/* ---------------------------------------------------------------- white space, comments,
 * directives */

/* p is after the two slashes; a splice continues the comment. */
static const char *line_comment_end(const struct lexer *lx, const char *p)
{
    for (;;) {
        const char *newline = memchr(p, '\n', (size_t)(lx->end - p));
        if (!newline) return lx->end;
        const char *q = newline;
        while (q > p && (q[-1] == ' ' || q[-1] == '\t' || q[-1] == '\r'))
            q--;
        if (q == p || q[-1] != '\\') return newline;
        p = newline + 1;
    }
}

/* p is after the opening. NULL: there is no end. */
static const char *block_comment_end(const struct lexer *lx, const char *p)
{
    while ((p = memchr(p, '*', (size_t)(lx->end - p)))) {
        p = unspliced(lx, p + 1);
        if (*p == '/') return p + 1;
    }
    return NULL;
}

/* The byte after the comment at p, or p if none starts there; sets *unclosed. */
static const char *comment_end(const struct lexer *lx, const char *p, bool *unclosed)
{
    if (*p != '/') return p;
    const char *q = unspliced(lx, p + 1);
    if (*q == '/') return line_comment_end(lx, q + 1);
    if (*q != '*') return p;
    q = block_comment_end(lx, q + 1);
    if (q) return q;
    *unclosed = true;
    return lx->end;
}

/* p is at the quote. *closed tells whether the literal ends on its line. */
static const char *literal_end(const struct lexer *lx, const char *p, bool *closed)
{
    char quote = *p++;
    *closed = false;
    while (p < lx->end && *p != '\n') {
        if (*p == quote) {
            *closed = true;
            return p + 1;
        }
        if (*p != '\\') {
            p++;
            continue;
        }
        const char *q = splice_once(lx, p);
        if (q == p) {
            q = unspliced(lx, p + 1); /* what is escaped */
            if (q < lx->end && *q != '\n') q++;
        }
        p = q;
    }
    return p;
}

static void directive(struct lexer *lx, const char *start)
{
    const char *p = start;
    bool unused;
    while (p < lx->end && *p != '\n') {
        const char *q = p;
        if (*p == '\\')
            q = splice_once(lx, p);
        else if (*p == '/')
            q = comment_end(lx, p, &unused);
        else if (*p == '"' || *p == '\'')
            q = literal_end(lx, p, &unused);
        p = q != p ? q : p + 1;
    }
    lx->p = p;
    token_add(lx, TOK_DIRECTIVE, start);
}

/* ---------------------------------------------------------------- names, numbers, literals */

/* Four or eight hexadecimal digits at p; writes the character as UTF-8 to `to`, gives its length or
 * 0. */
static size_t ucn_read(const char *p, unsigned digits, char *to)
{
    uint32_t c = 0;
    for (unsigned i = 0; i < digits; i++) {
        char d = p[i];
        unsigned value;
        if (d >= '0' && d <= '9')
            value = (unsigned)(d - '0');
        else if ((d | 32) >= 'a' && (d | 32) <= 'f')
            value = (unsigned)((d | 32) - 'a' + 10);
        else
            return 0;
        c = c << 4 | value;
    }
    if (c < 0x80 || c > 0x10ffff) return 0;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)(c | (0xf00 >> n & 0xff));
    return n;
}

/* The UCN at p, if one stands there: its end, and its UTF-8 form. */
static const char *ucn_at(const struct lexer *lx, const char *p, char to[4], size_t *len)
{
    if (*p != '\\' || (p[1] != 'u' && p[1] != 'U')) return p;
    unsigned digits = p[1] == 'u' ? 4 : 8;
    if ((size_t)(lx->end - p) < digits + 2) return p;
    *len = ucn_read(p + 2, digits, to);
    return *len ? p + 2 + digits : p;
}

/* A name with splices or UCNs in it, from its start: equal names must be interned as one. */
static struct name *name_slow(struct lexer *lx, const char *p)
{
    struct buf b = {0};
    for (;;) {
        char utf8[4];
        size_t len;
        const char *q = unspliced(lx, p);
        const char *after = ucn_at(lx, q, utf8, &len);
        if (after != q) {
            buf_write(&b, utf8, len);
            p = after;
        } else if (class_of(lx, q) == BYTE_NAME || class_of(lx, q) == BYTE_DIGIT) {
            buf_putc(&b, *q);
            p = q + 1;
        } else {
            break;
        }
    }
    lx->p = p;
    struct name *n = name_intern(&lx->u->names, b.s ? b.s : "", b.len);
    buf_free(&b);
    return n;
}

const char *lex_raw_end(const char *quote, const char *end)
{
    const char *delim = quote + 1, *q = delim;
    while (q < end && q - delim <= 16 && *q != '(' && *q != ')' && *q != '\\' && *q != '"' &&
           *q != '\n' && *q != ' ')
        q++;
    if (q == end || *q != '(' || q - delim > 16) return NULL;
    size_t len = (size_t)(q - delim);
    while ((q = memchr(q, ')', (size_t)(end - q)))) {
        q++;
        if ((size_t)(end - q) > len && memcmp(q, delim, len) == 0 && q[len] == '"')
            return q + len + 1;
    }
    return NULL;
}

/* lx->p is at the quote, after the prefix if there is one. */
static void literal(struct lexer *lx, const char *start)
{
    bool closed;
    enum token_kind kind = *lx->p == '"' ? TOK_STRING : TOK_CHAR;
    lx->p = literal_end(lx, lx->p, &closed);
    token_add(lx, kind, start)->punct = !closed;
}

/* If the name [start, lx->p) is a prefix of the literal at p, takes that literal. */
static bool prefixed_literal(struct lexer *lx, const char *start, const struct name *n,
                             const char *p)
{
    static const char prefixes[][4] = {"L", "u", "U", "u8", "R", "LR", "uR", "UR", "u8R"};
    unsigned i = 0, count = sizeof prefixes / sizeof *prefixes;
    while (i < count && strcmp(n->s, prefixes[i]) != 0)
        i++;
    if (i == count) return false;
    if (i >= 4) {
        const char *end = *p == '"' ? lex_raw_end(p, lx->end) : NULL;
        if (!end) return false;
        lx->p = end;
        token_add(lx, TOK_STRING, start);
        return true;
    }
    lx->p = p;
    literal(lx, start);
    return true;
}

static void named(struct lexer *lx, const char *start, struct name *n)
{
    token_add(lx, TOK_NAME, start)->name = n;
}

static void identifier(struct lexer *lx)
{
    const char *start = lx->p, *p = start;
    while (class_of(lx, p) == BYTE_NAME || class_of(lx, p) == BYTE_DIGIT)
        p++;
    struct name *n;
    if (*p == '\\') {
        n = name_slow(lx, start);
    } else {
        lx->p = p;
        n = name_intern(&lx->u->names, start, (size_t)(p - start));
    }
    if (n->len <= 3) {
        p = unspliced(lx, lx->p);
        if (class_of(lx, p) == BYTE_QUOTE && prefixed_literal(lx, start, n, p)) return;
    }
    named(lx, start, n);
}

/* A pp-number (C11 6.4.8) with C23's digit separators. */
static void number(struct lexer *lx)
{
    const char *start = lx->p, *p = start;
    char before = 0, utf8[4];
    size_t len;
    for (;;) {
        const char *q = unspliced(lx, p);
        enum byte_class c = class_of(lx, q);
        bool sign = (*q == '+' || *q == '-') && ((before | 32) == 'e' || (before | 32) == 'p');
        const char *ucn = ucn_at(lx, q, utf8, &len);
        if (ucn != q) {
            p = ucn;
            before = 0;
            continue;
        }
        if (*q == '\'') {
            const char *next = unspliced(lx, q + 1);
            if (class_of(lx, next) != BYTE_DIGIT && class_of(lx, next) != BYTE_NAME) break;
        } else if (c != BYTE_DIGIT && c != BYTE_NAME && *q != '.' && !sign) {
            break;
        }
        before = *q;
        p = q + 1;
    }
    lx->p = p;
    token_add(lx, TOK_NUMBER, start);
}

/* ---------------------------------------------------------------- punctuators */

static const struct long_punct {
    char spelling[5];
    uint16_t punct;
} long_puncts[] = {
    /* the longer of two that begin alike stands first */
    {"...", P_ELLIPSIS},  {"<<=", P_SHL_ASSIGN}, {">>=", P_SHR_ASSIGN}, {"%:%:", P_HASHHASH},
    {"->", P_ARROW},      {"++", P_INC},         {"--", P_DEC},         {"<<", P_SHL},
    {">>", P_SHR},        {"<=", P_LE},          {">=", P_GE},          {"==", P_EQ},
    {"!=", P_NE},         {"&&", P_AND},         {"||", P_OR},          {"*=", P_MUL_ASSIGN},
    {"/=", P_DIV_ASSIGN}, {"%=", P_MOD_ASSIGN},  {"+=", P_ADD_ASSIGN},  {"-=", P_SUB_ASSIGN},
    {"&=", P_AND_ASSIGN}, {"^=", P_XOR_ASSIGN},  {"|=", P_OR_ASSIGN},   {"::", P_COLONCOLON},
    {"##", P_HASHHASH},   {"<:", '['},           {":>", ']'},           {"<%", '{'},
    {"%>", '}'},          {"%:", '#'},
};

/* The end of `spelling` at p, splices between its bytes let pass, or NULL. */
static const char *match(const struct lexer *lx, const char *p, const char *spelling)
{
    for (; *spelling; spelling++) {
        p = unspliced(lx, p);
        if (*p++ != *spelling) return NULL;
    }
    return p;
}

static bool may_continue(char c)
{
    return c == '\\' || c == '=' || c == '+' || c == '-' || c == '>' || c == '<' || c == '&' ||
           c == '|' || c == ':' || c == '%' || c == '.' || c == '#';
}

static void punctuator(struct lexer *lx)
{
    const char *start = lx->p;
    uint16_t punct = (unsigned char)*start;
    lx->p++;
    if (class_of(lx, start) == BYTE_PUNCT && may_continue(start[1])) {
        for (unsigned i = 0; i < sizeof long_puncts / sizeof *long_puncts; i++) {
            if (long_puncts[i].spelling[0] != *start) continue;
            const char *end = match(lx, start, long_puncts[i].spelling);
            if (!end) continue;
            lx->p = end;
            punct = long_puncts[i].punct;
            break;
        }
    }
    if (punct == '#' && lx->bol)
        directive(lx, start);
    else
        token_add(lx, TOK_PUNCT, start)->punct = punct;
}

/* A byte that may begin several things. */
static void punctuator_or_number(struct lexer *lx)
{
    if (*lx->p == '.' && class_of(lx, unspliced(lx, lx->p + 1)) == BYTE_DIGIT)
        number(lx);
    else
        punctuator(lx);
}

static void backslash(struct lexer *lx)
{
    char utf8[4];
    size_t len;
    const char *start = lx->p, *p = unspliced(lx, start);
    if (p != start)
        lx->p = p;
    else if (ucn_at(lx, p, utf8, &len) != p)
        named(lx, start, name_slow(lx, start));
    else
        punctuator(lx);
}

/* ---------------------------------------------------------------- the unit */

static void words_intern(struct unit *u)
{
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        name_intern(&u->names, words[i].spelling, strlen(words[i].spelling))->keyword =
            (unsigned short)words[i].keyword;
}

/* Preprocessed text has a token for about five bytes; never grow in place of a guess that fits. */
static void tokens_reserve(struct unit *u)
{
    u->tok.cap = u->len / 3 + 64;
    u->tok.v = arena_alloc(&u->arena, u->tok.cap * sizeof *u->tok.v);
}

static void token_next(struct lexer *lx, bool *unclosed)
{
    const char *p;
    switch (class_of(lx, lx->p)) {
    case BYTE_NEWLINE:
        lx->bol = true;
        lx->p++;
        break;
    case BYTE_SPACE:
        for (p = lx->p + 1; *p == ' '; p++) {
        }
        lx->p = p;
        break;
    case BYTE_NAME: identifier(lx); break;
    case BYTE_DIGIT: number(lx); break;
    case BYTE_QUOTE: literal(lx, lx->p); break;
    case BYTE_BACKSLASH: backslash(lx); break;
    case BYTE_PUNCT:
        p = comment_end(lx, lx->p, unclosed);
        if (p != lx->p)
            lx->p = p;
        else
            punctuator_or_number(lx);
        break;
    case BYTE_OTHER: punctuator(lx); break;
    }
}

void lex_unit(struct unit *u)
{
    if (!u->names.arena) u->names.arena = &u->arena;
    words_intern(u);
    tokens_reserve(u);
    struct lexer lx = {.u = u, .p = u->text, .end = u->text + u->len, .bol = true};
    classes_fill(&lx);
    bool unclosed = false;
    if (u->len >= 3 && memcmp(u->text, "\xef\xbb\xbf", 3) == 0) lx.p += 3; /* a byte order mark */
    while (lx.p < lx.end)
        token_next(&lx, &unclosed);
    token_add(&lx, TOK_END, lx.p)->punct = unclosed;
}

const char *lex_pragma(const struct unit *u, const struct token *t)
{
    if (t->kind != TOK_DIRECTIVE) return NULL;
    const char *s = u->text + t->start + (u->text[t->start] == '#' ? 1 : 2);
    s += strspn(s, " \t");
    return strncmp(s, "pragma", 6) != 0 || !strchr(" \t", s[6]) ? NULL : s + 6 + strspn(s + 6, " \t");
}

bool lex_pragma_is(const struct unit *u, const struct token *t, const char *const *heads, size_t n)
{
    const char *s = lex_pragma(u, t);
    for (size_t i = 0; s && i < n; i++)
        if (!strncmp(s, heads[i], strlen(heads[i]))) return true;
    return false;
}

static unsigned behind(const struct token *tok, unsigned i)
{
    do i++;
    while (tok[i].kind == TOK_DIRECTIVE);
    return i;
}

static bool is_punct(const struct token *t, unsigned punct)
{
    return t->kind == TOK_PUNCT && t->punct == punct;
}

/* No function gives a function: a word in front of it is a specifier. */
bool lex_is_parenthesised_name(const struct token *tok, unsigned i)
{
    if (!is_punct(&tok[i], '(') || tok[i = behind(tok, i)].kind != TOK_NAME) return false;
    i = behind(tok, i);
    return is_punct(&tok[i], ')') && is_punct(&tok[behind(tok, i)], '(');
}

bool lex_is_no_call(const struct token *tok, unsigned open, unsigned last)
{
    const struct token *in = &tok[open + 1];
    enum word_role role = in->kind == TOK_NAME && lex_is_hard(in->name) ? lex_role(in->name->keyword) : ROLE_NONE;
    if (role == ROLE_TYPE || role == ROLE_TAG || role == ROLE_QUALIFIER) return true;
    unsigned i = open, depth = 0;
    do {
        unsigned p = tok[i].kind == TOK_PUNCT ? tok[i].punct : 0;
        depth += p == '(';
        depth -= p == ')';
    } while (++i < last && depth);
    unsigned p = i < last && tok[i].kind == TOK_PUNCT ? tok[i].punct : 0;
    return p == '(' || p == '=' || p == '.' || p == P_ARROW || p == P_INC || p == P_DEC ||
           (p >= P_MUL_ASSIGN && p <= P_OR_ASSIGN);
}

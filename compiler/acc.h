/* SPDX-License-Identifier: MIT */
/* acc.h: the types the passes share, in the order data flows; one section for each .c file.
 *
 *   bytes --preprocess--> text --lex--> tokens --unit--> externals + name index --names, parse, ast--> AST
 *   --scope--> uses bound to declarations --type--> types --check--> (errors) --order--> awaits in order
 *   --cfg, live--> what is live across each suspension --frame--> slots --emit--> C
 *
 * A pass reads what stands above it, writes only what its section names, and calls nothing below it. */
#ifndef ACC_H
#define ACC_H
#include "util.h"

#define ACC_VERSION "0.1.0"
enum { ABI_VERSION = 1 }; /* ACC_ABI_VERSION of the runtime that the output is written for */

/* Half-open byte range [start, end) of the unit's text. */
struct range {
    uint32_t start, end;
};

struct unit; struct external; struct node; struct decl; struct type; struct fn; struct scope;
struct await; struct plan; struct block;

/* ---------------------------------------------------------------- source.c: text, line markers, positions */

/* Where a byte of the text came from, as the line markers say. */
struct place {
    const char *file;     /* as the marker spells it, unescaped */
    unsigned line, col;   /* 1-based; col counts bytes of the user's line where it could be matched, else of the text */
    bool system_header;   /* marker flag 3 */
};
/* One line marker of the text: the line that follows it is `line` of `file`. */
struct marker {
    uint32_t offset;      /* of the first byte after the marker's line */
    unsigned line;
    const char *file;
    bool system_header;
};
void source_markers(struct unit *u);                          /* fills u->markers */
struct place source_marked(struct unit *u, uint32_t offset);  /* cheap: file and line as the markers say, col of the text */
struct place source_place(struct unit *u, uint32_t offset);   /* matched with the user's line, which is read again */
/* A range as it stands in the user's file, for showing it. */
struct spot {
    struct place place;
    const char *line;     /* the line's text without its newline, not NUL-terminated */
    uint32_t len;
    unsigned end_col;     /* exclusive; what of the range is on this line */
    const char *macro;    /* the range comes out of this macro's expansion, place is that of its name; or NULL */
    const char *expanded; /* macro: the range's text on its line of the unit's text, not NUL-terminated */
    uint32_t expanded_len;
};
struct spot source_spot(struct unit *u, struct range r);

/* ---------------------------------------------------------------- diag.c: errors, warnings, notes */

/* Name in the code, name after -W. */
#define WARNINGS(X)                                                                                       \
    X(WARN_UNAWAITED, "unawaited")                 /* result of an async call dropped */                  \
    X(WARN_UNEVALUATED_AWAIT, "unevaluated-await") /* await in sizeof, typeof, ... */                     \
    X(WARN_BLOCKING_CALL, "blocking-call")         /* a library function that blocks the thread */        \
    X(WARN_ESCAPING_LOCAL, "escaping-local")       /* address of a local given to a task */               \
    X(WARN_AWAIT_BEFORE_DEFER, "await-before-defer") /* what is acquired is lost if the await fails */    \
    X(WARN_RETURN_VALUE, "return-value")           /* a return, or the end, that does not fit the result */ \
    X(WARN_PRAGMA_NAME, "pragma-name")             /* a pragma names what lives in the frame */           \
    X(WARN_FRAME_SIZE, "frame-size")               /* a frame over frame_limit; off without one */
enum warning {
#define X(id, name) id,
    WARNINGS(X)
#undef X
    WARN_COUNT
};
struct diagnostics {
    unsigned errors, warnings;
    unsigned limit;                  /* errors printed at most; 0: 20 */
    bool werror, color, json;
    bool silent;                     /* -w: no warnings, whatever `off` says */
    bool off[WARN_COUNT];
    unsigned long frame_limit;       /* -Wframe-size=N, in bytes; 0: off */
    signed char fatal[WARN_COUNT];   /* -Werror=name: 1, -Wno-error=name: -1, 0: as werror says */
    struct buf out;                  /* everything printed, in order; the driver writes it to stderr */
    bool muted;                      /* the last error or warning was not printed: nor are its notes */
    size_t last;                     /* where in `out` the last error or warning starts, for leaving out repetitions */
};
void diag_error(struct unit *u, struct range r, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_warn(struct unit *u, enum warning w, struct range r, const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_note(struct unit *u, struct range r, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool diag_is_full(const struct diagnostics *d); /* no more errors will be printed: what costs time may be left out */
/* An error about a whole file, or with file NULL about none. */
void diag_file(struct diagnostics *d, const char *file, const char *format, ...) __attribute__((format(printf, 3, 4)));
enum option_owner {
    OPTION_UNKNOWN,
    OPTION_OURS,
    OPTION_SHARED, /* the C compiler knows it too */
    OPTION_WRONG   /* nearly one of ours, or ours without what it needs */
};
enum option_owner diag_option(struct diagnostics *d, const char *word); /* obeys -W..., -w, -fmax-errors=, ... */
void diag_end(struct diagnostics *d);                      /* closes the JSON array; after it nothing may be added */
void diag_put_shown(struct buf *b, const char *s, size_t len); /* control bytes and what is not UTF-8 as '?' */
void diag_put_json(struct buf *b, const char *s, size_t len);  /* as a JSON string, with its quotes */
const char *diag_nearest(const char *word); /* the -W... that was meant, or NULL */

/* ---------------------------------------------------------------- suggest.c: "did you mean" */

struct suggestion {
    const char *word;    /* what was written, `len` bytes */
    size_t len;
    const char *nearest; /* NULL: no candidate was near enough */
    unsigned distance;   /* of it */
};
bool suggest_try(struct suggestion *s, const char *candidate); /* true if it is the nearest so far */

/* ---------------------------------------------------------------- preprocess.c */

struct words { /* an argument vector or a part of one; vec_push knows it */
    const char **v;
    unsigned n, cap;
};
struct options {
    const char *input;               /* "-" for standard input */
    const char *cc;                  /* command that compiles the output */
    struct words cpp;                /* -I -D -U -include -isystem -std= -m -f ..., in order */
    struct words codegen;            /* those of them that matter once the text is preprocessed */
    const char *include_dir;         /* where <acc/abi.h> lies */
    bool no_cpp, sync;
    bool no_lines;                   /* -P: no #line in translated functions, for reading */
    const char *dump;                /* ast scope type order cfg live frame, report (--frame-report), or NULL */
    bool dot, json;                  /* --dump=cfg for Graphviz; --frame-report=json */
    bool depends, user_depends;      /* -MD, -MMD */
    const char *depfile;             /* -MF; NULL: from the output's name */
    struct words dep;                /* -MT -MQ -MP, in order */
    const char *stdin_text;          /* what was read as "-", for showing its lines; NULL: nothing was */
    size_t stdin_len;
};
/* Runs the C preprocessor on what was read from opt->input: its text, or false after an error. deps: what -MD
 * writes, for the target `target`. */
bool preprocess(struct options *opt, struct diagnostics *d, const struct buf *source, const char *target,
                struct buf *text, struct buf *deps);

/* ---------------------------------------------------------------- lex.c: text -> tokens */

enum token_kind {
    TOK_END, TOK_NAME, TOK_NUMBER, TOK_CHAR, TOK_STRING, TOK_PUNCT,
    TOK_DIRECTIVE /* a whole line from '#', continuation lines included, without its newline */
};
/* Punctuators: ASCII code for single characters; these for the others (digraphs give the plain one). */
enum punct {
    P_ARROW = 256, P_INC, P_DEC, P_SHL, P_SHR, P_LE, P_GE, P_EQ, P_NE, P_AND, P_OR, P_ELLIPSIS, P_MUL_ASSIGN,
    P_DIV_ASSIGN, P_MOD_ASSIGN, P_ADD_ASSIGN, P_SUB_ASSIGN, P_SHL_ASSIGN, P_SHR_ASSIGN, P_AND_ASSIGN,
    P_XOR_ASSIGN, P_OR_ASSIGN, P_COLONCOLON, P_HASHHASH
};
struct token {
    uint32_t start, end;
    uint16_t punct;       /* TOK_PUNCT; 1 for a TOK_STRING or TOK_CHAR without its closing quote, and for the
                             TOK_END behind an unclosed comment */
    uint8_t kind;
    uint8_t bol;          /* first token of its line */
    struct name *name;    /* TOK_NAME */
};
/* Keywords, as name->keyword; the spellings with underscores map to the plain one. C's own first. */
enum keyword {
    K_NONE,
    K_AUTO, K_BREAK, K_CASE, K_CHAR, K_CONST, K_CONTINUE, K_DEFAULT, K_DO, K_DOUBLE, K_ELSE, K_ENUM, K_EXTERN,
    K_FLOAT, K_FOR, K_GOTO, K_IF, K_INLINE, K_INT, K_LONG, K_REGISTER, K_RESTRICT, K_RETURN, K_SHORT, K_SIGNED,
    K_SIZEOF, K_STATIC, K_STRUCT, K_SWITCH, K_TYPEDEF, K_UNION, K_UNSIGNED, K_VOID, K_VOLATILE, K_WHILE,
    K_ALIGNAS, K_ALIGNOF, K_ATOMIC, K_BOOL, K_COMPLEX, K_GENERIC, K_IMAGINARY, K_NORETURN, K_STATIC_ASSERT,
    K_THREAD_LOCAL, K_TYPEOF, K_TYPEOF_UNQUAL, K_AUTO_TYPE, K_ATTRIBUTE, K_ASM, K_EXTENSION, K_LABEL, K_REAL,
    K_IMAG, K_INT128, K_FLOATN /* _Float16.. _Float128x, __float128, _Decimal* */, K_BITINT, K_CONSTEXPR,
    K_NULLPTR, K_TRUE, K_FALSE, K_VA_ARG, K_OFFSETOF, K_TYPES_COMPATIBLE, K_CONVERTVECTOR, K_BIT_CAST,
    K_FUNC /* __func__ and its sisters */,
    K_BUILTIN_TYPE /* the compiler's own typedefs: __builtin_va_list, __int128_t, ... */,
    K_NONNULL /* clang's nullability qualifiers */, K_PRAGMA /* the operator _Pragma */,
    /* the dialect's; contextual but for the underscored spellings, which are marked in lex.c */
    K_ASYNC, K_AWAIT, K_GENERATOR, K_YIELD, K_FROM, K_DEFER, K_TRY, K_CATCH, K_CANCEL, K_THROW, K_WITH,
    K_ASYNC_ALWAYS, K_AWAIT_ALWAYS, K_GENERATOR_ALWAYS, K_YIELD_ALWAYS, K_DEFER_ALWAYS,
    K_BIND /* acc_bind */, K_TRY_VALUE /* acc_try */
};
void lex_unit(struct unit *u);       /* fills u->tok; comments and white space are between tokens */
/* What a keyword may be among declaration specifiers. */
enum word_role {
    ROLE_NONE,
    ROLE_TYPE,       /* int, _Bool, __int128, ...: a type by itself */
    ROLE_TYPE_PAREN, /* typeof, _BitInt: a type with the parenthesis that follows */
    ROLE_TAG,        /* struct, union, enum */
    ROLE_STORAGE,    /* typedef, static, inline, constexpr, ... */
    ROLE_QUALIFIER,  /* const, volatile, restrict, __extension__ */
    ROLE_ATOMIC,     /* a qualifier, or a type if '(' follows */
    ROLE_ALIGNAS, ROLE_ATTRIBUTE /* with the parenthesis that follows */
};
enum word_role lex_role(unsigned keyword);
/* A keyword that no program can declare: not one of the dialect's, of C23's plain spellings, typeof or asm. */
bool lex_is_hard(const struct name *n);
bool lex_is_no_call(const struct token *tok, unsigned open, unsigned last); /* `(void)f();`, `(*f)(x);`: no arguments of an int */
bool lex_is_parenthesised_name(const struct token *tok, unsigned i); /* `(f)(int n)`: behind a word, that is no function's */
const char *lex_raw_end(const char *quote, const char *end); /* of GNU C's raw string R"x(...)x"; NULL: it is none */
const char *lex_pragma(const struct unit *u, const struct token *t); /* what stands behind `#pragma`; NULL: t is none */
bool lex_pragma_is(const struct unit *u, const struct token *t, const char *const *heads, size_t n); /* ... begins with one of n */

/* ---------------------------------------------------------------- unit.c: external declarations, name index */

enum external_kind {
    EXT_DECLARATION, /* anything ended by ';' */
    EXT_FUNCTION,    /* a function definition */
    EXT_DIRECTIVE,   /* a preprocessor line between declarations */
    EXT_OTHER        /* file-scope asm, stray ';', what could not be told */
};
enum implicit_int { IMPLICIT_NONE, IMPLICIT_OBJECT, IMPLICIT_FUNCTION };
struct external {
    enum external_kind kind;
    unsigned index;              /* in u->ext */
    unsigned first, last;        /* token indices [first, last) */
    unsigned body;               /* EXT_FUNCTION: index of the body's '{' token */
    struct range range;          /* from the first token's start to the last one's end */
    bool is_async;               /* has `async` or `generator` (contextual: not where the word is declared as a name) */
    bool is_generator;           /* has `generator` */
    bool has_bind, has_defer;    /* body mentions acc_bind / a defer statement, ... */
    bool is_typedef;
    enum implicit_int implicit_int; /* what it declares without a type: it cannot be parsed */
    unsigned bare_list;          /* the '(' of a K&R definition that says nothing of its parameters, or 0 */
    bool system_header;
    struct fn *fn;               /* what is translated of it, or NULL */
    VEC(struct fn *) emitted;    /* graph.c: functions whose frames and bodies stand behind it, callees first */
    unsigned pragmas;            /* graph.c: how many #pragma stand before it at file scope */
    bool parsed, declared;       /* parse.c, scope.c did it */
    bool head_only;              /* node has nothing of the body: nobody needs it, or it has an error */
    struct node *node;           /* N_FUNCTION or S_DECL, after parse_external; NULL: could not be parsed */
};
/* A function whose body must be understood; of others only the head matters. */
static inline bool external_has_dialect(const struct external *x)
{
    return x->kind == EXT_FUNCTION && (x->is_async || x->has_bind || x->has_defer);
}
/* What external `ext` declares under a name at file scope. */
enum mention_kind { MENTION_OBJECT /* variable or function */, MENTION_TYPEDEF, MENTION_TAG, MENTION_TAG_DEF, MENTION_ENUMERATOR };
struct mention {
    enum mention_kind kind;
    unsigned ext;
    struct mention *next; /* later in the text */
};
void unit_split(struct unit *u);     /* fills u->ext and every name->mentions, tokens only, linear */
bool unit_is_typedef(struct unit *u, struct name *n);             /* declared as a typedef at file scope */
const struct mention *unit_mention(struct name *n, enum mention_kind kind); /* the first of that kind or NULL */
/* n->keyword, but K_NONE if it is not hard (lex_is_hard) and file scope declares it as something else. */
unsigned unit_keyword(const struct name *n);

struct pack { /* a #pragma: from `offset` on no member is aligned to more than `most` bytes; 0: it does not say */
    uint32_t offset;
    unsigned most;
};
struct unit {
    struct options *opt;
    struct diagnostics *diag;
    struct arena arena;              /* lives as long as the unit */
    struct names names;
    const char *path;                /* of the input, for messages */
    const char *text;                /* what is translated, preprocessed or not; NUL-terminated */
    uint32_t len;
    VEC(struct marker) markers;
    struct source *source;           /* source.c's own: where lines start, files read again */
    VEC(struct token) tok;           /* ends with TOK_END */
    VEC(struct external) ext;
    struct scope *file_scope;        /* scope.c; filled on demand */
    struct fn *typed;                /* type.c: whose expressions are being typed */
    VEC(struct fn *) fns;            /* what is translated, in order of the text: also plain ones with acc_bind */
    VEC(struct fn *) order;          /* graph.c: the same, callees first */
    VEC(struct pack) packs;          /* type_layout.c: the first is where the text begins */
    uintptr_t stack_end;             /* translate.c: below it no pass goes down along what refers to what; 0: unknown */
    bool is_too_deep;                /* translate.c: and that was told */
};

/* ---------------------------------------------------------------- names.c: which identifiers are types */

/* For each token of [first, last): how the parser shall see it (the lexer hack, as a pass of its own). */
enum token_class {
    CLASS_KEEP,  /* as it stands: punctuation, keywords of C, dialect words that are keywords here */
    CLASS_TYPE,  /* a typedef name: masked with byte 0x01 */
    CLASS_NAME,  /* an ordinary identifier, member, label, ...: masked with byte 0x02 */
    CLASS_BLANK  /* overwritten with blanks (directives, pragmas) */
};
/* `dialect`: the dialect's words may be keywords here. cls has last - first elements. */
void names_classify(struct unit *u, unsigned first, unsigned last, bool dialect, unsigned char *cls);

/* ---------------------------------------------------------------- parse.c, ast.c: tokens -> AST */

/* X(kind, dump name, kids); '?' may be NULL, '*' any number at the end. */
#define NODE_KINDS(X)                                                                                     \
    /* expressions */                                                                                     \
    X(E_IDENT, "ident", "")               /* name; decl by scope.c */                                     \
    X(E_NUMBER, "number", "")                                                                             \
    X(E_CHAR, "char", "")                                                                                 \
    X(E_STRING, "string", "")             /* adjacent literals are one node */                            \
    X(E_CONST, "const", "")               /* true false nullptr */                                        \
    X(E_FUNC, "func", "")                 /* __func__ and its sisters */                                  \
    X(E_PAREN, "paren", "expr")                                                                           \
    X(E_SUBSCRIPT, "subscript", "base index")                                                             \
    X(E_CALL, "call", "callee arg*")                                                                      \
    X(E_MEMBER, "member", "base")         /* name; op '.' or P_ARROW */                                   \
    X(E_POSTFIX, "postfix", "expr")       /* op P_INC P_DEC */                                            \
    X(E_PREFIX, "prefix", "expr")         /* op P_INC P_DEC */                                            \
    X(E_UNARY, "unary", "expr")           /* op + - ~ ! & *, K_REAL, K_IMAG, K_EXTENSION */               \
    X(E_LABEL_ADDR, "label-addr", "")     /* &&name */                                                    \
    X(E_SIZEOF, "sizeof", "operand")      /* expression or N_TYPENAME; op K_SIZEOF or K_ALIGNOF */        \
    X(E_CAST, "cast", "typename expr")                                                                    \
    X(E_COMPOUND, "compound", "typename init")                                                            \
    X(E_BINARY, "binary", "left right")   /* op: punctuator */                                            \
    X(E_LOGICAL, "logical", "left right") /* op P_AND P_OR */                                             \
    X(E_COND, "cond", "cond then? else")  /* then NULL: a ?: b */                                         \
    X(E_ASSIGN, "assign", "left right")   /* op '=' or P_..._ASSIGN */                                    \
    X(E_COMMA, "comma", "left right")                                                                     \
    X(E_GENERIC, "generic", "control assoc*")                                                             \
    X(E_STMT, "stmt-expr", "block")                                                                       \
    X(E_VA_ARG, "va_arg", "list typename")                                                                \
    X(E_OFFSETOF, "offsetof", "typename designator*")                                                     \
    X(E_TYPES_COMPATIBLE, "types-compatible", "typename typename")                                        \
    X(E_CONVERT, "convertvector", "expr typename")                                                        \
    X(E_BIT_CAST, "bit_cast", "typename expr")                                                            \
    X(E_INIT, "init-list", "item*")       /* { ... }; items: expression, E_INIT or E_DESIGNATED */        \
    X(E_DESIGNATED, "designated", "value designator*")                                                    \
    X(E_AWAIT, "await", "future")         /* also yield from e, with op K_FROM */                         \
    X(E_YIELD, "yield", "value?")                                                                         \
    X(E_TRY, "acc_try", "code? value*")   /* acc_try(&rc, await f()) */                                   \
    X(E_BIND, "bind", "function? arg*")                                                                   \
    /* parts of expressions */                                                                            \
    X(N_ASSOC, "assoc", "typename? value") /* typename NULL: default */                                   \
    X(N_DESIGNATOR, "designator", "index? last?") /* .name, or [index], or [index ... last] */            \
    /* statements */                                                                                      \
    X(S_COMPOUND, "block", "item*")                                                                       \
    X(S_EXPR, "expr", "expr")                                                                             \
    X(S_NULL, "null", "")                                                                                 \
    X(S_DECL, "decl", "specs init-declarator*")                                                           \
    X(S_IF, "if", "cond then else?")                                                                      \
    X(S_WHILE, "while", "cond body")                                                                      \
    X(S_DO, "do", "body cond")                                                                            \
    X(S_FOR, "for", "init? cond? step? body") /* init: S_DECL or an expression */                         \
    X(S_SWITCH, "switch", "value body")                                                                   \
    X(S_CASE, "case", "low high? stmt?")                                                                  \
    X(S_DEFAULT, "default", "stmt?")                                                                      \
    X(S_LABEL, "label", "stmt?")          /* name */                                                      \
    X(S_GOTO, "goto", "")                 /* name */                                                      \
    X(S_GOTO_COMPUTED, "goto-computed", "expr")                                                           \
    X(S_BREAK, "break", "")                                                                               \
    X(S_CONTINUE, "continue", "")                                                                         \
    X(S_RETURN, "return", "value?")                                                                       \
    X(S_ASM, "asm", "operand*")           /* op K_GOTO: asm goto; operands: expressions, flag NODE_OUT */ \
    X(S_STATIC_ASSERT, "static-assert", "cond")                                                           \
    X(S_LOCAL_LABEL, "local-label", "")   /* __label__ a, b; */                                           \
    X(S_ATTRIBUTE, "attribute", "")       /* [[...]]; or __attribute__((...)); alone */                   \
    X(S_DEFER, "defer", "stmt")                                                                           \
    X(S_TRY, "try", "block handler*")                                                                     \
    X(S_THROW, "throw", "code?")                                                                          \
    X(S_WITH, "with", "scope stmt")                                                                       \
    X(S_FOR_IN, "for-in", "decl iterable body") /* op K_AWAIT: for await */                               \
    X(N_CATCH, "catch", "param? block")   /* param NULL: catch cancel */                                  \
    /* declarations */                                                                                    \
    X(N_FUNCTION, "function", "specs declarator body kr-decl*")                                           \
    X(N_SPECS, "specs", "spec*")                                                                          \
    X(N_KEYWORD, "keyword", "")           /* in specs and pointers; op: K_... ; range is its text */      \
    X(N_ATTRIBUTE, "attr", "")            /* __attribute__((...)) or [[...]], text only */                \
    X(N_ALIGNAS, "alignas", "operand")                                                                    \
    X(N_TYPEDEF_NAME, "typedef-name", "") /* name; decl by scope.c */                                     \
    X(N_STRUCT, "struct", "member*")      /* op K_STRUCT K_UNION; name or NULL; NODE_DEFINES if { } */    \
    X(N_ENUM, "enum", "enumerator*")      /* name or NULL; NODE_DEFINES if { }; N_TYPENAME first: `: T` */ \
    X(N_ENUMERATOR, "enumerator", "value?") /* name */                                                    \
    X(N_MEMBER, "members", "specs init-declarator*") /* in a struct; static asserts stay S_STATIC_ASSERT */ \
    X(N_TYPEOF, "typeof", "operand")      /* expression or N_TYPENAME; op K_TYPEOF, K_TYPEOF_UNQUAL */    \
    X(N_ATOMIC, "atomic", "typename")                                                                     \
    X(N_BITINT, "bitint", "width")                                                                        \
    X(N_TYPENAME, "typename", "specs declarator?")                                                        \
    X(N_INIT_DECLARATOR, "init-declarator", "declarator? init? bits?") /* bits: width of a bit-field */   \
    X(N_PARAM, "param", "specs declarator?")                                                              \
    X(D_NAME, "name", "")                 /* name; the innermost declarator; absent when abstract */      \
    X(D_POINTER, "pointer", "inner? qualifier*")                                                          \
    X(D_ARRAY, "array", "inner? size? qualifier*") /* NODE_STATIC, NODE_STAR: [static n], [*] */          \
    X(D_FUNCTION, "function", "inner? param*")     /* NODE_VARIADIC, NODE_KR (identifier list) */         \
    X(D_PAREN, "paren", "inner")                                                                          \
    X(D_ATTRIBUTED, "attributed", "inner? attr*")  /* attributes and asm labels of a declarator */

enum node_kind {
#define X(kind, dump, kids) kind,
    NODE_KINDS(X)
#undef X
    NODE_KIND_COUNT
};
enum node_flags {
    NODE_DEFINES = 1,     /* N_STRUCT, N_ENUM: has a member list */
    NODE_VARIADIC = 2,    /* D_FUNCTION */
    NODE_KR = 4,          /* D_FUNCTION: K&R identifier list; kids are N_PARAM without specs (specs NULL) */
    NODE_STATIC = 8, NODE_STAR = 16,
    NODE_OUT = 32,        /* operand of an asm that is written */
    NODE_HAS_AWAIT = 64,  /* ast.c: an E_AWAIT, E_YIELD or S_WITH that would be evaluated stands in this subtree, outside
                             nested functions, sizeof/typeof/_Alignof operands and _Generic controls */
    NODE_UNEVALUATED = 128, /* scope.c: in an unevaluated operand */
    NODE_PROTO_VOID = 256, /* D_FUNCTION: (void); an empty () has neither kids nor this */
    NODE_LVALUE = 512,    /* type.c: designates an object or function */
    NODE_BITFIELD = 1024, /* type.c: E_MEMBER of a bit-field */
    NODE_CONSTANT = 2048, /* type.c: arithmetic or address constant: no object is read, no call made */
    NODE_HOLDS_RESULT = 1 << 16, /* order.c: its value may point into an array of a result, which lives no longer than it */
    NODE_LAUNCHES = 1 << 20, /* graph.c: E_CALL that makes a task of a call: acc_go(f(x)) */
    NODE_NULL_CONSTANT = 4096, /* type.c: integer constant 0 or (void *)0 */
    NODE_TYPED = 8192,    /* type.c: node->type is final, NULL means unknown */
    NODE_INOUT = 16384,   /* with NODE_OUT: the operand is read, too ("+") */
    NODE_FOLDED = 32768   /* type.c: an integer constant whose value is known */
};
struct node {
    enum node_kind kind;
    unsigned op;             /* punctuator or keyword, as the kind says */
    unsigned flags;
    struct range range;      /* the user's text, first to last byte; what emission copies */
    struct node *parent;
    struct node **kid;
    unsigned nkids;
    struct name *name;
    struct range name_range;
    /* scope.c */
    struct decl *decl;       /* E_IDENT, N_TYPEDEF_NAME, D_NAME, N_STRUCT, N_ENUM, labels and gotos: what it means */
    struct scope *scope;     /* S_COMPOUND, S_FOR, ...: the scope it opens */
    /* type.c */
    struct type *type;       /* expressions: the type before decay; NULL: unknown. N_TYPENAME, D_*: what is declared */
    long long value;         /* NODE_FOLDED */
    /* order.c */
    struct decl *subst;      /* its value was put into this temporary; emit the temporary instead */
    struct await *await;     /* E_AWAIT */
    struct plan *plan;       /* root of a full expression with awaits: what to do in which order */
    bool lowered;            /* its awaits were taken out: not twice, though a place and its value ask for it */
    bool left_done;          /* E_COMMA: its left operand was evaluated by a step; E_COND, E_LOGICAL, E_STMT, E_TRY: all was,
                                and nobody looks at the value */
    signed char unused;      /* E_COND, E_LOGICAL, E_COMMA, E_STMT: nobody looks at its value 1, somebody does -1, not asked 0.
                              * S_EXPR: 1, it would be the value of a statement expression that was taken apart */
    struct decl *literal;    /* E_COMPOUND whose object outlives a suspension: its slot */
    const char *saved;       /* size of a variable length array: what holds its value, in the output; E_BIND: bind.c's name */
    /* guard.c */
    struct guard *guard;     /* the innermost one that is in force here; of a loop: in force at its body */
    struct guard **guards;   /* S_COMPOUND, S_FOR, S_DEFER, S_TRY, S_WITH: those that run at its end, in order of the text */
    unsigned nguards;
    unsigned way;            /* S_RETURN, S_BREAK, S_CONTINUE, S_GOTO that leaves guards: number of its way + 1;
                                what they lead to: that of the last way there */
    /* emit.c */
    unsigned label;          /* loops: number of the label that `continue` goes to, 0: untouched */
};

/* Parses one external (declaration or function); diagnoses when `required`, else only returns NULL. Of a function without
 * anything of the dialect the head alone, if not `required`; of one whose body has an error too: then NULL if required. */
struct node *parse_external(struct unit *u, struct external *x, bool required);
extern const char *const node_kind_name[NODE_KIND_COUNT];
void ast_number_parents(struct node *n);
void ast_count_awaits(struct node *n); /* NODE_HAS_AWAIT once more, when types tell what a generic selection chooses */
struct node *ast_last_statement(const struct node *block); /* of a statement expression; NULL: none */
struct node *ast_block_value(const struct node *block); /* the expression that gives it its value, or NULL: void */
bool ast_calls_unevaluated(const struct node *call); /* a builtin that does not evaluate its arguments */

/* ---------------------------------------------------------------- scope.c: declarations and their uses */

enum decl_kind { DECL_VAR, DECL_PARAM, DECL_FUNCTION, DECL_TYPEDEF, DECL_ENUMERATOR, DECL_TAG, DECL_LABEL, DECL_TEMP };
enum storage { STORAGE_AUTO, STORAGE_STATIC, STORAGE_EXTERN, STORAGE_REGISTER, STORAGE_THREAD, STORAGE_TYPEDEF };
struct decl {
    enum decl_kind kind;
    enum storage storage;
    struct name *name;       /* NULL: anonymous tag, unnamed parameter */
    struct scope *scope;     /* where it is declared */
    struct node *node;       /* D_NAME, N_STRUCT, N_ENUM, N_ENUMERATOR, S_LABEL; DECL_TEMP: the expression it holds */
    struct node *specs;      /* the N_SPECS of its declaration */
    struct node *declarator; /* the whole declarator (N_INIT_DECLARATOR's or N_PARAM's first kid) */
    struct node *init;       /* initialiser or NULL */
    struct external *ext;    /* file scope: where; block scope: NULL */
    struct fn *fn;           /* block scope: of which function */
    unsigned index;          /* block scope objects and parameters: in fn->locals; labels: in fn->labels, by cfg.c */
    bool is_async, is_inline, is_static, is_weak; /* functions: as specified anywhere seen */
    bool is_kept, is_noreturn; /* ... with `used` or `unused`, so that nobody need call it; `noreturn` */
    bool is_register, is_constexpr;
    struct node *cleanup;    /* its __attribute__((cleanup(f))), or NULL */
    struct guard *guard;     /* guard.c: that runs its cleanup; NULL: the C compiler does */
    bool aligned;            /* has _Alignas or an aligned attribute */
    struct decl *tag;        /* enumerators: the DECL_TAG of their enum */
    struct decl *named_by;   /* anonymous tags: the typedef that names them, or NULL */
    bool complete;           /* file scope: every external that mentions it was read */
    VEC(struct node *) said; /* async functions of file scope: specifiers and declarator of each declaration, in turn */
    /* type.c */
    struct type *type;
    bool typed;              /* type is final, or being found out */
    long long value;         /* enumerators, once typed */
    /* order.c */
    struct fn *frame_of;     /* DECL_TEMP: points to a frame of this function */
    bool is_void_pointer;    /* DECL_TEMP: a void *, holds a future */
    bool is_truth;           /* DECL_TEMP: an int, 0 or 1 */
    unsigned bits;           /* DECL_TEMP: holds the value of a bit-field this wide, in one of its own; 0: not */
    /* live.c */
    bool escapes;            /* its address is taken, or it may be reached otherwise than by its name */
    bool assigned;           /* parameters: ever written after entry */
    bool used;               /* parameters: the body names it */
    unsigned written_at;     /* order.c: the last full expression that assigns to it */
    unsigned put_in;         /* emit_await.c: DECL_TEMP: the last plan that declared it */
    /* frame.c */
    bool crosses;            /* live across a suspension that may happen */
    bool resident;           /* lives in the frame only */
    unsigned over_align;     /* resident in room of its own: the alignment it wants, at least 16; else 0 */
    unsigned kept_from, kept_to; /* escapes: kept across the awaits of these ranks, the last not included */
    bool is_shadowed;        /* frame.c: an inner scope declares its name for something else */
    bool zero;               /* declare it = 0: may be saved before it was assigned */
    VEC(struct node *) vla_sizes; /* of a variably modified object that crosses: its sizes, outermost first */
    const char *slot;        /* path in the frame, e.g. "i"; NULL: no slot */
    const char *emitted;     /* name it has in the output if not its own */
};
struct scope {
    struct scope *outer;     /* NULL: file scope */
    struct node *node;       /* what opens it; NULL: file scope */
    struct fn *fn;
    struct decl_table *table; /* scope.c's own */
    unsigned depth;          /* 0: file scope, 1: parameters and outermost block */
    bool has_vla, has_cleanup, has_defer, is_stmt_expr;
    VEC(struct decl *) decls; /* in order of the text */
};
/* Binds every identifier of the function, makes its scopes; parses file-scope declarations it needs. False after
 * an error. */
bool scope_function(struct unit *u, struct fn *fn);
/* The file-scope declaration of a name, or NULL; parses what it must. tags: struct/union/enum name space. */
struct decl *scope_file_lookup(struct unit *u, struct name *n, bool tags);
struct decl *scope_file_tag(struct unit *u, const char *name); /* declares it if nothing else does */
void scope_complete(struct unit *u, struct decl *d);  /* reads every external that declares d; a use in an external needs it */
unsigned scope_token(struct unit *u, uint32_t offset); /* index of the first token that starts at offset or later */
/* Does the attribute (N_ATTRIBUTE) hold this one, spelled with or without underscores? args: what stands in its
 * parentheses, [start, start) if nothing; may be NULL. */
bool scope_attribute(struct unit *u, struct node *attr, const char *word, struct range *args);
struct range scope_attribute_number(struct unit *u, unsigned i); /* of token i, if it is a word like `aligned`: its parentheses */
bool scope_has_pointer_within(struct node *d); /* is there a star in the declarator d below its own? */
bool scope_has_own_attributes(struct node *d); /* are d's attributes those of the object that is declared? */
/* The first such attribute of what is declared, among its specifiers, in or around its declarator, or NULL. */
struct node *scope_declared_attribute(struct unit *u, struct node *specs, struct node *d, const char *word);
struct node *scope_declarator_name(struct node *declarator); /* its D_NAME or NULL */
static inline struct node *node_kid(const struct node *n, unsigned i) { return n && i < n->nkids ? n->kid[i] : NULL; }

/* ---------------------------------------------------------------- type.c: the type of every expression */

enum type_kind {
    TY_VOID, TY_BOOL, TY_CHAR, TY_SCHAR, TY_UCHAR, TY_SHORT, TY_USHORT, TY_INT, TY_UINT, TY_LONG, TY_ULONG, TY_LLONG,
    TY_ULLONG, TY_INT128, TY_UINT128, TY_FLOAT, TY_DOUBLE, TY_LDOUBLE, TY_FLOATN, TY_COMPLEX, TY_BITINT,
    TY_VA_LIST, TY_NULLPTR, TY_POINTER, TY_ARRAY, TY_FUNCTION, TY_STRUCT, TY_UNION, TY_ENUM, TY_VECTOR
};
enum qualifier { Q_CONST = 1, Q_VOLATILE = 2, Q_RESTRICT = 4, Q_ATOMIC = 8 };
struct type {
    enum type_kind kind;
    unsigned quals;
    struct type *base;       /* pointed to, element, returned, of a complex or vector */
    struct decl *alias;      /* the typedef it was named by, for printing; NULL: none */
    struct decl *tag;        /* struct, union, enum: its DECL_TAG (anonymous: name NULL) */
    struct node *size;       /* array: the bound; vector: the attribute; NULL: [] */
    bool is_vla;             /* array whose bound is not an integer constant expression */
    long long count;         /* array: number of elements where known, else -1 */
    struct type **params;    /* function: adjusted types */
    unsigned nparams;
    bool variadic, unprototyped;
    const char *spelling;    /* TY_FLOATN, TY_BITINT, ...: how to write it */
    /* Structs and unions: valid in tag->type only, after type_members; enums: base there is the underlying type. */
    struct member *members;
    bool members_read;       /* all of them */
    signed char has_const, flexible; /* type_member.c: yes 1, no -1, not asked 0 */
    struct member_index *index; /* type_member.c's own */
    bool laid_out;
    unsigned long bytes;     /* 0: unknown */
    unsigned align;
};
struct member {
    struct name *name;       /* NULL: anonymous struct/union or unnamed bit-field */
    struct type *type;       /* NULL: unknown */
    bool bitfield;
    struct node *bits;
    unsigned width;          /* of a bit-field; 0: unnamed or unknown */
    struct node *declarator; /* for its attributes; NULL: none */
    struct node *specs;
    unsigned number;         /* type_member.c: among those that take an initialiser */
    unsigned long offset;    /* bytes; decisions only, not of bit-fields */
    unsigned align;          /* type_layout.c: that it was given; 0: unknown */
    struct member *next;
};
/* Types of all declarations and expressions of the function; needs scope_function. Unknown stays NULL. */
void type_function(struct unit *u, struct fn *fn);
struct type *type_of_decl(struct unit *u, struct decl *d);       /* computed on first use */
struct type *type_decay(struct unit *u, struct type *t);         /* arrays and functions to pointers, quals off: as a value */
struct node *type_builtin_choice(struct unit *u, struct node *call); /* the arm of a __builtin_choose_expr; NULL: none, or unknown */
const struct member *type_bitfield(struct unit *u, struct node *e); /* whose value e is, promoted by its width; or NULL */
struct type *type_promoted(struct unit *u, struct node *e);      /* the type of e as a value in an expression, bit-fields promoted */
bool type_is_scalar(const struct type *t);                       /* arithmetic, pointer, enum, bool, nullptr_t */
bool type_is_void(const struct type *t);
bool type_is_variably_modified(const struct type *t);
bool type_is_clang(struct unit *u);                              /* is it clang that compiles the output? */
struct type *type_future_result(struct type *t);                 /* T of future(T), NULL if t is no future */
/* What a call of a function gives (given.c). */
enum gives { GIVES_FUTURE, GIVES_GENERATOR, GIVES_ASYNC_GENERATOR };
const char *gives_tag(enum gives gives);                         /* the structure by which the types differ */
struct type *type_given_result(struct type *t, enum gives *gives); /* T of any of them, NULL if it is none */
bool specs_say_async(const struct node *specs);                  /* `async` or `generator` */
enum gives name_gives(const struct node *specs, const struct name *n);
/* Size in bytes as the usual LP64 ABI has it, 0: unknown. For decisions and reports, and in bounds of arrays. */
unsigned long type_size(struct unit *u, struct type *t);
unsigned type_align(struct unit *u, struct type *t);
unsigned type_pack_at(struct unit *u, uint32_t offset); /* what #pragma pack says there, in bytes, or 0 */
bool type_is_inferred(struct unit *u, const struct decl *d); /* declared with __auto_type, or C23's auto */
/* Writes a declaration of `name` (NULL: abstract) with type t as C text that is valid at file scope: block-scope types appear
 * under their hoisted names (decl->emitted of the tag or typedef). unqualified: top-level qualifiers dropped. False (nothing
 * written) if the type has no such spelling, e.g. an anonymous struct without a typedef. */
bool type_print(struct unit *u, struct buf *b, struct type *t, const char *name, bool unqualified);

/* What the files type*.c share: construction (type.c) ... */
struct type *type_basic(enum type_kind kind);
struct type *type_pointer(struct unit *u, struct type *to);
bool type_is_overloaded(struct unit *u, const struct name *n); /* clang's overloadable functions */
struct type *type_overloaded_call(struct unit *u, struct node *call, const struct name *n);
struct type *type_unprototyped(struct unit *u, struct type *result); /* a function of any parameters */
struct type *type_array(struct unit *u, struct type *element, long long count);
struct type *type_given(struct unit *u, struct type *result, enum gives gives);
struct type *type_with(struct unit *u, struct type *t, unsigned quals);  /* the qualifiers added; NULL stays NULL */
struct type *type_bare(struct unit *u, struct type *t);                  /* top-level qualifiers off */
struct type *type_of_declarator(struct unit *u, struct node *specs, struct node *declarator);
struct type *type_of_name(struct unit *u, struct node *type_name);       /* N_TYPENAME */
struct type *type_underlying(struct unit *u, struct type *t);            /* enums as integer types */
struct member *type_members(struct unit *u, struct type *t);             /* NULL: incomplete or empty */
/* type_member.c: the member of that name, looked for in anonymous members too; quals and offset sum up the way to it. */
struct member *type_member(struct unit *u, struct type *t, struct name *n, unsigned *quals, unsigned long *offset);
struct member *type_own_member(struct unit *u, struct type *t, struct name *n); /* the anonymous member that has it */
struct member *type_numbered_member(struct unit *u, struct type *t, long long i); /* as initialisers count them */
bool type_has_const_member(struct unit *u, struct type *t);  /* somewhere: no assignment to the whole (C11 6.3.2.1 p1) */
bool type_is_flexible(struct unit *u, struct type *t);       /* ends in an array without a size */
bool type_is_complete(struct unit *u, struct type *t);
/* ... relations and conversions (type_convert.c) ... */
bool type_compatible(struct unit *u, struct type *a, struct type *b);    /* top-level qualifiers count */
struct type *type_composite(struct unit *u, struct type *a, struct type *b);
struct type *type_integer_promoted(struct unit *u, struct type *t);
struct type *type_arithmetic(struct unit *u, struct type *a, struct type *b); /* usual arithmetic conversions */
bool type_is_integer(const struct type *t);
bool type_is_arithmetic(const struct type *t);
bool type_is_unsigned(struct unit *u, struct type *t);
struct node *type_generic_choice(struct unit *u, struct node *e);         /* the value E_GENERIC stands for, or NULL */
/* ... expressions (type_expr.c, type_builtin.c), literals, constants, initialisers, layout. */
struct type *type_expr(struct unit *u, struct node *e);                  /* computed once */
void type_parts(struct unit *u, struct node *n);                         /* whatever is typed below n, not n */
struct type *type_value(struct unit *u, struct node *e);                 /* of e as a value, without promotion */
bool type_builtin_call(struct unit *u, struct node *call, struct type **t); /* false: no builtin */
struct type *type_number(struct unit *u, struct node *e);
struct type *type_character(struct unit *u, struct node *e);
struct type *type_string(struct unit *u, struct node *e);
bool type_literal_value(struct unit *u, struct node *e, long long *value); /* integers and characters */
/* A floating E_NUMBER of type `from` cast to the integer type `to`; false if it does not fit in 64 bits. */
bool type_floating_value(struct unit *u, struct node *e, struct type *from, struct type *to, long long *value);
bool type_constant(struct unit *u, struct node *e, long long *value);    /* integer constant expressions, as gcc folds them */
bool type_is_integer_constant(struct unit *u, struct node *e);           /* C11 6.6p6 to the letter: not all that is folded */
bool type_bound_is_folded(struct unit *u, struct node *size); /* type_print writes the number, and that takes computing */
bool type_attribute_number(struct unit *u, struct node *attr, struct range args, long long *value);
unsigned long type_declared_align(struct unit *u, struct node *specs, struct node *declarator); /* asked for; 0: nothing */
bool type_align_is_known(struct unit *u, struct node *specs, struct node *declarator); /* ... 0 for what acc cannot compute */
struct type *type_initialized(struct unit *u, struct type *t, struct node *init); /* unsized arrays get their count */

/* ---------------------------------------------------------------- order.c: awaits out of expressions */

enum await_how {
    AWAIT_EMBED,   /* a call of an async function of this unit: its frame lies in ours */
    AWAIT_FRAME,   /* the same where recursion is possible: a frame from the free lists */
    AWAIT_LEAF,    /* an operation with NAME__await */
    AWAIT_TAIL,    /* an operation with NAME__suspend */
    AWAIT_ENTER,   /* a `with`: its scope is entered; node stands for its head */
    AWAIT_EXIT,    /* ... and left; node stands behind its statement */
    AWAIT_NEXT,    /* `for await`: the next value; node stands for its head */
    AWAIT_CLOSE,   /* ... and the end of its generator; node stands behind its body */
    AWAIT_YIELD,   /* a generator gives a value; node is the E_YIELD */
    AWAIT_FROM,    /* `yield from` in a generator: it passes on what another one gives */
    AWAIT_FUTURE   /* anything else: acc__await */
};
struct await {
    struct node *node;       /* E_AWAIT, E_YIELD */
    struct node *call;       /* the E_CALL, the S_WITH, the S_FOR_IN; NULL for others */
    enum await_how how;
    struct fn *callee;       /* EMBED, FRAME */
    struct name *leaf;       /* LEAF, TAIL: the function's name; ENTER, EXIT: that of what lies in the frame */
    unsigned state;          /* 1.. in order of the text */
    struct type *result;     /* T; NULL: unknown */
    bool is_void;            /* T is void */
    struct decl *future;     /* FUTURE, FRAME: temporary that holds the future or frame */
    struct decl *value;      /* temporary that takes the result at once, or NULL: read where the child left it */
    struct block *block;     /* cfg.c: the block it ends */
    VEC(struct decl *) live; /* live.c: what is live across it and does not escape, by index */
    unsigned rank;           /* live.c: its place among the awaits in order of the text */
    struct await *around;    /* live.c: the one in whose operand it stands, or one that ends before it; NULL: none */
};
enum step_kind {
    STEP_CAPTURE,  /* temp = expr */
    STEP_EVAL,     /* expr; its value is not used */
    STEP_BLOCK,    /* the statements of a statement expression; its last one sets temp (S_EXPR: decl) */
    STEP_AWAIT,
    STEP_IF,       /* if (expr) */
    STEP_IF_NOT,   /* if (!expr) */
    STEP_ELSE,
    STEP_END,
    STEP_SET,      /* temp = expr as a truth value (0 or 1); expr NULL: the constant `value` */
    STEP_TRY,      /* from here on failures go to the STEP_CAUGHT of the same expr, an E_TRY */
    STEP_CAUGHT    /* its code is set, and temp, if there is one, to zero after a failure */
};
struct step {
    enum step_kind kind;
    struct node *expr;
    struct decl *temp;
    struct await *await;
    int value;
};
/* What a full expression with awaits becomes: the steps, then the expression itself with its substitutes. */
struct plan {
    VEC(struct step) steps;
};
void order_function(struct unit *u, struct fn *fn);

/* ---------------------------------------------------------------- cfg.c: basic blocks */

enum event_kind { EV_USE, EV_DEF, EV_START /* the declaration is passed: value gone */, EV_SUSPEND };
struct event {
    enum event_kind kind;
    struct decl *decl;       /* EV_SUSPEND: NULL */
    struct await *await;
};
/* What is done in a block, for pictures: an expression, a declarator, a jump, a label, or a step of a plan. */
struct deed {
    struct node *node;       /* NULL: a step */
    const struct step *step;
    signed char asks;        /* a condition: the block's first way out is that of true (1), of false (-1) */
};
struct block {
    unsigned index;          /* in reverse postorder after cfg_build */
    VEC(struct event) events;
    VEC(struct block *) succ;
    VEC(struct block *) pred;
    struct range range;      /* where it starts, for dumps */
    VEC(struct deed) deeds;  /* with opt->dot only */
    bool reachable;
    struct await *await;     /* live.c: at which it ends, or NULL */
    /* live.c: 1 + index of the last object found to be touched here, live into this, out of it, perhaps without value */
    unsigned touched, live_in, live_out, unassigned;
    struct touch *touch;
};
void cfg_build(struct unit *u, struct fn *fn);

/* ---------------------------------------------------------------- live.c, frame.c */

void live_escapes(struct unit *u, struct fn *fn); /* before order_function */
void live_function(struct unit *u, struct fn *fn);
bool live_across(const struct decl *d, const struct await *a); /* whether it is kept there */

struct slot {
    struct decl *decl;
    unsigned cell;           /* slots of one cell overlap */
};

/* ---- guard.c: scopes that are left through something ---- */

enum guard_kind {
    GUARD_DEFER,
    GUARD_CLEANUP,
    GUARD_BODY, /* within a deferred statement: its failures end there */
    GUARD_TRY,  /* within the block of a try, in an acc_try: failures end there, jumps pass it by */
    GUARD_WITH, /* within the statement of a `with`: what leaves it leaves the scope */
    GUARD_FOR   /* within a loop over a generator: what leaves it closes that */
};
struct guard {
    enum guard_kind kind;
    struct guard *outer;     /* the next one that is left */
    struct node *node;       /* S_DEFER, S_TRY, S_WITH; N_INIT_DECLARATOR of what has a cleanup, or of an array */
    struct decl *decl;       /* GUARD_CLEANUP; GUARD_WITH, GUARD_FOR: holds the scope, the generator */
    struct await *enter, *exit; /* order.c: of a GUARD_WITH; of a GUARD_FOR with `for await` */
    struct node *block;      /* at whose end it runs: S_COMPOUND, S_FOR, or the S_DEFER, S_TRY, S_WITH, S_FOR_IN, E_TRY itself */
    struct guard *body;      /* GUARD_DEFER whose statement may fail */
    bool nests;              /* GUARD_DEFER whose statement has guards itself */
    struct decl *way_kept;   /* ... the way that was being taken; NULL: no way is told by number */
    struct decl *pending;    /* ... and what failed before; GUARD_TRY: what was caught, if that is asked for */
    unsigned number;         /* of its label */
    bool braced;             /* what follows stands in braces of its own: what is declared there must not meet the body */
    bool entered;            /* some way or failure enters it before its end */
    bool fails;              /* a failure may pass */
    bool completes;          /* control may reach its end */
    VEC(unsigned) ways;      /* those that pass, by number */
    struct block *at;        /* cfg.c: where it runs */
};
/* A statement's way out: all that go to the same place share it. */
struct way {
    struct node *node;       /* one of them: S_RETURN, S_BREAK, S_CONTINUE, S_GOTO */
    struct node *target;     /* loop or switch, S_LABEL; NULL: out of the function */
    struct guard *to;        /* in force where it leads */
    unsigned other;          /* number + 1 of another that leads to the target */
};
void guard_function(struct unit *u, struct fn *fn); /* before order_function of any */
struct guard *guard_left(struct guard *guard);      /* the first of it and those around it that a jump runs */
void guard_names(struct unit *u, struct fn *fn);    /* behind frame_names */
enum launch { LAUNCH_GO, LAUNCH_SPAWN, LAUNCH_NONE };
struct fn {
    struct unit *unit;
    struct arena arena;      /* freed with the unit: other functions embed this one's frame */
    struct external *ext;
    struct node *node;       /* N_FUNCTION */
    struct node *body;
    struct node *func;       /* the D_FUNCTION that declares its parameters */
    struct name *name;
    struct decl *decl;
    struct type *result;     /* what the user's function returns; NULL: unknown */
    bool result_void;
    bool is_async, is_main;
    enum gives gives;        /* is_async: what a call of it gives */
    bool refused;            /* an error was reported in it */
    VEC(struct decl *) params;
    VEC(struct decl *) locals;    /* parameters, block-scope objects, temporaries, by decl->index */
    VEC(struct scope *) scopes;
    VEC(struct await *) awaits;   /* by state - 1 */
    VEC(struct node *) binds;     /* E_BIND, in order of the text */
    VEC(struct decl *) types;     /* block-scope tags and typedefs, in order of the text (scope.c) */
    VEC(struct decl *) labels;
    /* guard.c */
    VEC(struct guard *) guards;   /* in order of the text */
    VEC(struct way) ways;
    struct decl *leave;           /* says which way is being taken; NULL: there is none */
    bool defer_awaits;            /* in the body of one of its guards */
    bool exit_awaits;             /* ... or at the end of a `with` */
    bool returns_through;         /* some return leaves a guard with a value */
    /* cfg.c */
    VEC(struct block *) blocks;
    struct block *entry, *exit;
    /* frame.c */
    VEC(struct slot) slots;
    unsigned ncells;
    VEC(struct await *) children; /* one for each distinct child of the union */
    VEC(struct fn *) callees;     /* async functions of the unit awaited directly */
    unsigned number;              /* position in u->fns + 1 */
    unsigned direct_awaits;       /* how many awaits call its resume function themselves */
    unsigned child_of, callee_of; /* number of the last function found to have it among its children, its callees */
    unsigned component;           /* functions in one cycle of callees share it */
    bool recursive;               /* awaits itself */
    unsigned depth;               /* 1 + deepest embedded child */
    const char *frame_tag, *resume, *description, *ramp; /* names at file scope in the output */
    const char *label_stem, *continue_stem; /* of labels: resume points; ends of taken-apart loops */
    const char *guard_stem, *body_stem;     /* ... what runs when a scope is left; ends of deferred statements that fail */
    const char *returned;         /* a plain function's result on its way out through guards */
    unsigned brace;               /* bytes of the body's '{': 1, or 2 for a digraph */
    unsigned place;               /* index of the external after which frame and body are emitted */
    bool needs_ramp;
    bool launched[2];             /* some acc_go, acc_spawn makes a task of a call of it: enum launch */
    const char *launcher[2];      /* names in the output of what makes that task at once */
    bool has_blocks;              /* owns blocks that every way out frees */
    const char *leaver;           /* name in the output of what frees them; NULL: there are none */
    unsigned long frame_bytes, frame_align; /* frame_size.c: on the usual LP64 ABI */
    bool frame_is_larger;         /* ... as some part's size is not known */
    const char *self, *frame, *next; /* names of the output's own variables, which no name of the body collides with */
};
void frame_unit(struct unit *u);     /* graph.c: callees, recursion, what is embedded: before order_function of any */
enum launch frame_launch(struct node *n, struct node **call); /* graph.c: of which call n makes a task */
void frame_names(struct unit *u, struct fn *fn); /* graph.c: names of the output's own variables */
void frame_function(struct unit *u, struct fn *fn);
void frame_sizes(struct unit *u);    /* frame_size.c: of all of them; warns of large ones */

/* ---------------------------------------------------------------- emit.c, bind.c */

void emit_unit(struct unit *u, struct buf *out);

/* ---------------------------------------------------------------- dump.c */

void dump_function(struct unit *u, struct fn *fn, const char *what, struct buf *out);
/* The text of an expression on one line, what was put into temporaries in their names and awaits as <state>;
 * `plain` (or NULL) itself is spelled out. */
void dump_put_rest(struct unit *u, struct node *n, struct node *plain, struct buf *out);
void dump_dot(struct unit *u, struct fn *fn, struct buf *out); /* dump_dot.c */

/* ---------------------------------------------------------------- sync.c: --sync */

void sync_unit(struct unit *u, struct buf *out);

/* ---------------------------------------------------------------- report.c: --frame-report */

/* The frames with their sizes and offsets, which the C compiler is asked for. */
void report_unit(struct unit *u, struct buf *out);

/* ---------------------------------------------------------------- translate.c: the order of the passes */

struct result {
    int status;              /* 0, or 1: diagnostics with errors */
    struct buf out;          /* the translated text, or the dump */
};
/* May a pass go on to what d refers to?  False: it is too deep for the C stack; the first time that is an error. */
bool unit_may_follow(struct unit *u, const struct decl *d);
/* Translates preprocessed (or --no-cpp) text; never exits. `path` is for messages only. */
struct result translate(struct options *opt, struct diagnostics *diag, const char *path, const char *text, size_t len);

#include "check.h"
#include "driver.h"
#endif

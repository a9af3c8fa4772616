/* SPDX-License-Identifier: MIT */
/* check.h: the passes that only tell: what is wrong, and what is likely wrong.  acc.h includes it. */
#ifndef ACC_CHECK_H
#define ACC_CHECK_H
#include "acc.h"

/* ---------------------------------------------------------------- check.c: the language's rules */

bool check_function(struct unit *u, struct fn *fn);   /* false after an error */
void check_jumps(struct unit *u, struct fn *fn);      /* check_jump.c: jumps into scopes; what owns one across an await */
struct decl *check_local_of(struct node *lvalue);     /* the local whose own storage it designates, or NULL */
const char *check_type_text(struct unit *u, struct type *t); /* as the user writes it */
const char *check_word_meant(const struct name *n);   /* check_word.c: a keyword, or NULL */
const char *check_callee_meant(struct unit *u, const struct name *n); /* a function that gives a future, or NULL */
bool check_in_directive(struct unit *u, const struct name *n); /* --no-cpp: a directive mentions it */
void check_redeclared(struct unit *u, struct external *x); /* check_decl.c: an async one against the others */
void check_convention(struct unit *u, struct node *attribute); /* check_decl.c: calling conventions of local pointers */
void check_static(struct unit *u, const struct decl *d);       /* ... static objects of variably modified type */
void check_unknown_word(struct unit *u, struct node *n);
bool check_specifiers(struct unit *u, const struct external *x); /* true after an error */
bool check_plain(struct unit *u, const struct external *x); /* check_plain.c: by tokens; true after an error */
void check_unit(struct unit *u);                      /* what stands outside of functions that are read */
const char *check_scope_meant(const struct type *t); /* check_word.c: of what is given to `with` and is no scope; "": none */
bool declares_async_pointer(struct node *declarator); /* `(*f)(...)`, also an array of such */
void note_async_pointer(struct unit *u, struct range range); /* how a pointer to an async function is declared */

/* ---------------------------------------------------------------- warn.c: what is legal and likely wrong */

void warn_function(struct unit *u, struct fn *fn);
void warn_blocking(struct unit *u, struct node *call);                /* warn_blocking.c */
struct waits;                                         /* warn_escape.c's own: where a function waits; freed with the unit */
void warn_escaping(struct unit *u, struct fn *fn, struct waits **waits, struct node *call); /* *waits: NULL at first */
void warn_defer(struct unit *u, struct node *block);  /* warn_defer.c */
void warn_forgotten(struct unit *u, struct fn *fn, struct node *n, bool unused); /* warn_forgotten.c */
/* The callee's name, of the library's the macro's that calls it (acc_join for acc__join). at: the call, or the macro's cast. */
const char *warn_callee_shown(struct unit *u, const struct node *call, struct range at);
void warn_return(struct unit *u, struct fn *fn, struct node *n); /* warn_return.c: one S_RETURN */
void warn_end(struct unit *u, struct fn *fn);                    /* ... what stands behind the last statement */
bool reach_end(struct unit *u, const struct node *n);        /* reach.c: false: control surely does not come to its end */
bool reach_end_likely(struct unit *u, const struct node *n); /* ... false: hardly */
void warn_pragmas(struct unit *u, struct fn *fn); /* warn_pragma.c; behind frame_function */

#endif

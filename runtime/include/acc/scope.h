/* SPDX-License-Identifier: MIT */
/* scope.h: what `with (scope) statement` enters and leaves.  acc.h includes it.
 *
 * A scope is a struct of its maker's that begins with an acc_scope; timeouts and task groups are
 * scopes, and a program may make its own:
 *
 *     struct transaction { acc_scope scope; struct db *db; };
 *     static async void transaction_exit(acc_scope *s, int *failure)
 *     {
 *         struct transaction *t = (struct transaction *)s;
 *         if (*failure) await db_rollback(t->db);
 *         else await db_commit(t->db);
 *     }
 *     static const acc_scope_ops transaction_ops = {.name = "transaction", .exit = transaction_exit};
 *
 *     struct transaction t = {{&transaction_ops}, db};
 *     with (&t.scope) { await db_insert(db, row); } */
#include "acc.h" /* includes this file in its turn */

#ifndef ACC_SCOPE_H
#define ACC_SCOPE_H

typedef struct acc_scope acc_scope;

/* What a kind of scope does.  Both functions run in the task that stands at the `with`. */
typedef struct acc_scope_ops {
    /* For reports. */
    const char *name;
    /* Called on entry and awaited.  If what it gives fails, the statement does not run, `exit` is
     * not called, and the failure goes on.  NULL, or NULL as its result: entered at once. */
    future(void) (*enter)(acc_scope *scope);
    /* Called on every way out of the statement and awaited before control goes on: at its end, on
     * return, break, continue and goto, on failure, cancellation and destruction.  *failure is what
     * is in flight: 0, the code of a failure, ACC_ECANCELED, or ACC_EDESTROYED: an asynchronous generator
     * that is closed, which can wait, or what is destroyed (then nothing can be waited for: an await that
     * would suspend fails).  What it holds when the future is done goes
     * on: unchanged, another code, or 0.  A failure that is cleared ends every other way that was
     * being taken: control continues behind the statement.  It stays valid until then.  If the
     * future fails itself, one of the two failures goes on as from a deferred statement: cancellation
     * before any other, else the first.  An async function that finds no memory for its coroutine has
     * failed so, and its body does not run: what must be undone even then is undone by a plain function.
     * NULL, or NULL as its result: done at once. */
    future(void) (*exit)(acc_scope *scope, int *failure);
} acc_scope_ops;

struct acc_scope {
    const acc_scope_ops *ops;
};

#endif

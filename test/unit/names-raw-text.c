// In text that was not preprocessed, a name that nothing declares is a type where only one can stand.
// RUN: %front-build && %t.front names %s | FileCheck %s

uint32_t f(pid_t p, FILE *f) { FILE * g = f; pid_t q; if (errno) g(q); return (pid_t)q + (p) + sizeof(FILE *); }
// CHECK: <uint32_t> f ( <pid_t> p , <FILE> * f ) { <FILE> * g = f ; <pid_t> q ; if ( errno ) g ( q ) ; return ( <pid_t> ) q + ( p ) + sizeof ( <FILE> * ) ; }
void g(void) { TAILQ_FOREACH(a, b) { FILE *x; } offsetof(struct s, m.n); }
// CHECK-NEXT: void g ( void ) { TAILQ_FOREACH ( a , b ) { <FILE> * x ; } !offsetof ( struct s , m . n ) ; }

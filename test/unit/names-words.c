// The dialect's words are keywords (marked !) in async functions where nothing in sight declares them.
// RUN: %front-build && %t.front names %s | FileCheck %s

typedef int T;
async int f(T x) { x = 1 + await g(T) * !await h(); return (T)await i(); }
// CHECK: !async int f ( <T> x ) { x = 1 + !await g ( <T> ) * ! !await h ( ) ; return ( <T> ) !await i ( ) ; }
async void d(void) { defer { await h(); } defer (x); if (y) defer z(); defer: ; x = defer; }
// CHECK-NEXT: !async void d ( void ) { !defer { !await h ( ) ; } !defer ( x ) ; if ( y ) !defer z ( ) ; defer : ; x = defer ; }
async void t(void) { try { throw 3; } catch (int T) { T * 2; } catch cancel { T y; throw; } T z; catch = cancel; }
// CHECK-NEXT: !async void t ( void ) { !try { !throw 3 ; } !catch ( int T ) { T * 2 ; } !catch !cancel { <T> y ; !throw ; } <T> z ;
async void w(void) { with (await s()) { from = cancel; } with (x) T y; for await (T T : e) T++; for (T i : range(3)) { } T * x; }
// CHECK: !async void w ( void ) { !with ( !await s ( ) ) { from = cancel ; } !with ( x ) <T> y ; for !await ( <T> T : e ) T ++ ; for ( <T> i : range ( 3 ) ) { } <T> * x ; }
generator int g(void) { x = yield 3; yield from g(); { int from; yield from; } _Yield 3; }
// CHECK-NEXT: !generator int g ( void ) { x = !yield 3 ; !yield !from g ( ) ; { int from ; !yield from ; } _Yield 3 ; }
async void n(struct await *yield) { s.await = yield->await; await: goto await; { int await; await * 3; } await x; }
// CHECK-NEXT: !async void n ( struct await * yield ) { s . await = yield -> await ; await : goto await ; { int await ; await * 3 ; } !await x ; }
async void inner(void) { async int k(T async); struct { int try; } await; await * 2; true && await x; }
// CHECK-NEXT: !async void inner ( void ) { !async int k ( <T> async ) ; struct { int try ; } await ; await * 2 ; !true && await x ; }
async void op(void) { true && await x; f() && await y; sizeof(T) && await z; }
// CHECK-NEXT: !async void op ( void ) { !true && !await x ; f ( ) && !await y ; sizeof ( <T> ) && !await z ; }
void p(void) { defer f(); defer (x); defer: ; { int defer; defer * x; } await(3); _Defer (x); try(1); async = 2; }
// CHECK-NEXT: void p ( void ) { !defer f ( ) ; defer ( x ) ; defer : ; { int defer ; defer * x ; } await ( 3 ) ; _Defer ( x ) ; try ( 1 ) ; async = 2 ; }
void q(void) { defer (void)f(); defer (f)(x); defer (x).f(); defer (x)->n = 3; defer (x)++; defer (x) + 1; { int (*defer)(int); defer (x)(y); } }
// CHECK-NEXT: void q ( void ) { !defer ( void ) f ( ) ; !defer ( f ) ( x ) ; !defer ( x ) . f ( ) ; !defer ( x ) -> n = 3 ; !defer ( x ) ++ ; defer ( x ) + 1 ; { int ( * defer ) ( int ) ; defer ( x ) ( y ) ; } }
int yield(int); typedef int with;
// CHECK-NEXT: int yield ( int ) ; typedef int with ;
async void declared(void) { yield(3); with x; { char with; with (x); } }
// CHECK-NEXT: !async void declared ( void ) { yield ( 3 ) ; <with> x ; { char with ; with ( x ) ; } }
typedef unsigned char bool; async void c23(void) { bool b = true; { int nullptr; nullptr * 2; } }
// CHECK-NEXT: typedef unsigned char bool ; !async void c23 ( void ) { <bool> b = !true ; { int nullptr ; nullptr * 2 ; } }

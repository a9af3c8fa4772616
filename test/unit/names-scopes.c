// A name is a type where the innermost declaration in sight is a typedef, and nowhere else.
// RUN: %front-build && %t.front names %s | FileCheck %s

typedef int T; typedef struct S S; typedef int U, V;
// CHECK: typedef int T ; typedef struct S S ; typedef int U , V ;
T f1(T x) { T T = x; T * x; { typedef char T; T y; (T)y; } return T * x; }
// CHECK-NEXT: <T> f1 ( <T> x ) { <T> T = x ; T * x ; { typedef char T ; <T> y ; ( <T> ) y ; } return T * x ; }
void f2(void) { T * x; T (y); T (*z)(T T, U), w = (T)1; x = (T *)0; T: goto T; x->T.T = sizeof(T); &&T; }
// CHECK-NEXT: void f2 ( void ) { <T> * x ; <T> ( y ) ; <T> ( * z ) ( <T> T , <U> ) , w = ( <T> ) 1 ; x = ( <T> * ) 0 ; T : goto T ; x -> T . T = sizeof ( <T> ) ; && T ; }
struct S { T T; U : 3, u; unsigned V : 2; struct { enum { U1 = sizeof(T) } V; }; };
// CHECK-NEXT: struct S { <T> T ; <U> : 3 , u ; unsigned V : 2 ; struct { enum { U1 = sizeof ( <T> ) } V ; } ; } ;
int f3(a, T2, b) T *a; U T2; int b; { return a * T2; }
// CHECK-NEXT: int f3 ( a , T2 , b ) <T> * a ; <U> T2 ; int b ; { return a * T2 ; }
void f4(void) { for (T T = 0; T < 3; T++) f(T); T x; if (x) for (U U = 1;;) U++; else x++; U z; }
// CHECK-NEXT: void f4 ( void ) { for ( <T> T = 0 ; T < 3 ; T ++ ) f ( T ) ; <T> x ; if ( x ) for ( <U> U = 1 ; ; ) U ++ ; else x ++ ; <U> z ; }
void f5(int T) { T * T; } T after;
// CHECK-NEXT: void f5 ( int T ) { T * T ; } <T> after ;
void f6(int (T), int (*U)(T)) { T t; U * t; V v; }
// CHECK-NEXT: void f6 ( int ( <T> ) , int ( * U ) ( <T> ) ) { <T> t ; U * t ; <V> v ; }
int (*f7(U T))(T x) { return T * 3; }
// CHECK-NEXT: int ( * f7 ( <U> T ) ) ( <T> x ) { return T * 3 ; }
int ((f7b))(U T) { return T * 3; }
// CHECK-NEXT: int ( ( f7b ) ) ( <U> T ) { return T * 3 ; }
void f8(void) { enum { T, U = T }; T * U; struct V { int V; } V; V.V = 1; (V); }
// CHECK-NEXT: void f8 ( void ) { enum { T , U = T } ; T * U ; struct V { int V ; } V ; V . V = 1 ; ( V ) ; }
void f9(void) { _Generic(x, T: 1, U *: 3, default: f)(1); __builtin_va_arg(ap, T *); __builtin_offsetof(T, T.U[sizeof(U)].V); __builtin_types_compatible_p(T, U); }
// CHECK-NEXT: void f9 ( void ) { _Generic ( x , <T> : 1 , <U> * : 3 , default : f ) ( 1 ) ; __builtin_va_arg ( ap , <T> * ) ; __builtin_offsetof ( <T> , T . U [ sizeof ( <U> ) ] . V ) ; __builtin_types_compatible_p ( <T> , <U> ) ; }
void f10(void) { T g(T U) { return U * 2; } T *x = &(T){ 1 }, y[] = { [sizeof(T)] = 1, .T = (U)2, U: 3 }; ({ T T; T; }); T z; }
// CHECK-NEXT: void f10 ( void ) { <T> g ( <T> U ) { return U * 2 ; } <T> * x = & ( <T> ) { 1 } , y [ ] = { [ sizeof ( <T> ) ] = 1 , . T = ( <U> ) 2 , U : 3 } ; ( { <T> T ; T ; } ) ; <T> z ; }
void f11(void) { extern T T2, U(int); U * 3; __typeof__(T) a; __typeof__(T2) b; _Alignas(T) int c; _Atomic(T) d; int T[sizeof(T)]; T[0]; }
// CHECK-NEXT: void f11 ( void ) { extern <T> T2 , U ( int ) ; U * 3 ; __typeof__ ( <T> ) a ; __typeof__ ( T2 ) b ; _Alignas ( <T> ) int c ; _Atomic ( <T> ) d ; int T [ sizeof ( <T> ) ] ; T [ 0 ] ; }
void f12(void) { int x __attribute__((cleanup(T), aligned(sizeof(V)))) = 0; __asm__("" : [T] "=r"(x) : "r"((V)1), [U] "i"(sizeof(V))); __asm__ goto("" : : : : T); }
// CHECK-NEXT: void f12 ( void ) { int x __attribute__ ( ( cleanup ( T ) , aligned ( sizeof ( <V> ) ) ) ) = 0 ; __asm__ ( "" : [ T ] "=r" ( x ) : "r" ( ( <V> ) 1 ) , [ U ] "i" ( sizeof ( <V> ) ) ) ; __asm__ goto ( "" : : : : T ) ; }
void f13(void) { switch (x) { case (T)1: T y; case 2 ? 3 : sizeof(T): T: case 4 ... 5: default: ; U u; } do x--; while ((T)0); T y; }
// CHECK-NEXT: void f13 ( void ) { switch ( x ) { case ( <T> ) 1 : <T> y ; case 2 ? 3 : sizeof ( <T> ) : T : case 4 ... 5 : default : ; <U> u ; } do x -- ; while ( ( <T> ) 0 ) ; <T> y ; }
unsigned T15(T), *const U15, (*V15[3])(U, ...);
// CHECK-NEXT: unsigned T15 ( <T> ) , * const U15 , ( * V15 [ 3 ] ) ( <U> , ... ) ;
void f16(void) { unsigned T; T * x; }
// CHECK-NEXT: void f16 ( void ) { unsigned T ; T * x ; }
void f17(T, U x, const V, register T y, T[], U (V));
// CHECK-NEXT: void f17 ( <T> , <U> x , const <V> , register <T> y , <T> [ ] , <U> ( <V> ) ) ;
void f19(void) { auto T = 3; T * 2; __auto_type U = 1; U * 2; __builtin_va_list ap; __label__ T, l; }
// CHECK-NEXT: void f19 ( void ) { auto T = 3 ; T * 2 ; __auto_type U = 1 ; U * 2 ; <__builtin_va_list> ap ; __label__ T , l ; }
static T (*fp)(T) = (T (*)(T))0; void f21(void) { sizeof(T (*[3])(U V)); (T (*)(int T))x; T t; for (struct V *T;;) T; enum V v; a && T; }
// CHECK-NEXT: static <T> ( * fp ) ( <T> ) = ( <T> ( * ) ( <T> ) ) 0 ; void f21 ( void ) { sizeof ( <T> ( * [ 3 ] ) ( <U> V ) ) ; ( <T> ( * ) ( int T ) ) x ; <T> t ; for ( struct V * T ; ; ) T ; enum V v ; a && <T> ; }
void f22(void) {
// CHECK-NEXT: void f22 ( void ) {
#pragma omp T
    _Pragma("T") T x;
// CHECK-NOT: pragma
// CHECK: {{^}} <T> x ;
}

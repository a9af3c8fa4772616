// Externals end where they should, and are known by all they declare at file scope.
// RUN: %front-build && %t.front externals %s | FileCheck %s

typedef int T, *PT;
// CHECK: declaration typedef typedef:T typedef:PT |typedef int T, *PT;|
struct s { int a; enum in { E1, E2 = sizeof(enum { E3 }), E4 } b; } s1, *s2[3];
// CHECK-NEXT: declaration tag-def:s tag-def:in enumerator:E1 enumerator:E2 enumerator:E3 enumerator:E4 object:s1 object:s2 |
int f(int a, struct u *b) { return 0; }
// CHECK-NEXT: function object:f tag:u body=26 |int f(int a, struct u *b) { return 0; }|
static const T x = 3, y[] = { [2] = 3, 4 }, *z;
// CHECK-NEXT: declaration object:x object:y object:z |
void (*signal(int sig, void (*func)(int)))(int);
// CHECK-NEXT: declaration object:signal |
int (paren)(void) { }
// CHECK-NEXT: function object:paren body=18 |
int forward(int n; int a[n], int n) { }
// CHECK-NEXT: function object:forward body=36 |
__asm__("nop" ";");
// CHECK-NEXT: other |__asm__("nop" ";");|
_Static_assert(sizeof(struct sa { int a; }) == 4, "x");
// CHECK-NEXT: declaration tag-def:sa |
;
// CHECK-NEXT: other |;|
[[nodiscard]] int attributed(void) __attribute__((pure)), (*second)(void);
// CHECK-NEXT: declaration object:attributed object:second |
enum E : unsigned long { EE1 } ee;
// CHECK-NEXT: declaration tag-def:E enumerator:EE1 object:ee |
auto inferred = 5;
// CHECK-NEXT: declaration object:inferred |
typeof(int) *ty; _Atomic(int) at; _BitInt(3) bits; _Alignas(8) char al;
// CHECK-NEXT: declaration object:ty |
// CHECK-NEXT: declaration object:at |
// CHECK-NEXT: declaration object:bits |
// CHECK-NEXT: declaration object:al |

// K&R definitions and implicit int.
int g(a, b) int a; T b; { return 0; }
// CHECK-NEXT: function object:g body=24 |
main(argc, argv) char **argv; { }
// CHECK-NEXT: function object:main body=30 |
int (*(h)(a, s))(int) struct in2 { int m; } a; char s; { }
// CHECK-NEXT: function object:h tag-def:in2 body=55 |
static implicit, list[3];
// CHECK-NEXT: declaration object:implicit object:list |

// C23's words, declared.
typedef unsigned char bool, *boolp;
// CHECK-NEXT: declaration typedef typedef:bool typedef:boolp |
bool bb;
// CHECK-NEXT: declaration object:bb |bool bb;|
typedef enum { false, true } boolean;
// CHECK-NEXT: declaration typedef enumerator:false enumerator:true typedef:boolean |
typedef float _Float32;
// CHECK-NEXT: declaration typedef typedef:_Float32 |
extern _Complex _Float64 cabs64(_Complex _Float64);
// CHECK-NEXT: declaration object:cabs64 |
# pragma foo
// CHECK-NEXT: directive |# pragma foo|
# 5 "/usr/include/x.h" 1 3
// CHECK-NEXT: directive |# 5
extern int sys(void);
// CHECK-NEXT: declaration system object:sys |
# 9 "a.c" 2
extern int end
// CHECK: declaration object:end |extern int end|

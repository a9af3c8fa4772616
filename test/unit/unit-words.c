// async and generator are specifiers only where they are not the name declared or a typedef; a body
// tells of acc_bind and defer.
// RUN: %front-build && %t.front externals %s | FileCheck %s

async int fetch(const char *h) __attribute__((noinline));
// CHECK: declaration async object:fetch |
static async struct reply { int z; } ask(int fd) { }
// CHECK-NEXT: function async tag-def:reply object:ask body=49 |
int async *pointer(void) { }
// CHECK-NEXT: function async object:pointer
_Async void always(void) {}
// CHECK-NEXT: function async object:always
generator int range(int n) { }
// CHECK-NEXT: function async generator object:range
async generator T both(void) { }
// CHECK-NEXT: function async generator object:both
int async;
// CHECK-NEXT: declaration object:async |int async;|
async(x) int x; { }
// CHECK-NEXT: function object:async body=16 |
async int after_a_variable(void) { }
// CHECK-NEXT: function async object:after_a_variable
struct async { int generator; } await;
// CHECK-NEXT: declaration tag-def:async object:await |
typedef int generator; generator gg; generator plain(void) { }
// CHECK-NEXT: declaration typedef typedef:generator |
// CHECK-NEXT: declaration object:gg |
// CHECK-NEXT: function object:plain
void body1(void) { s.acc_bind(3); acc_bind; defer(x); (defer); s->defer; }
// CHECK-NEXT: function object:body1 body=17 |
void body2(void) { call(acc_bind(f, 1)); }
// CHECK-NEXT: function bind object:body2
void body3(void) { if (x) defer free(p); }
// CHECK-NEXT: function defer object:body3
void body4(void) { defer { a(); } }
// CHECK-NEXT: function defer object:body4
void body5(void) { _Defer (a)(); }
// CHECK-NEXT: function defer object:body5
int defer; int acc_bind(int);
// CHECK-NEXT: declaration object:defer |
// CHECK-NEXT: declaration object:acc_bind |
void body6(void) { acc_bind(1); defer * 2; }
// CHECK-NEXT: function object:body6 body=17 |

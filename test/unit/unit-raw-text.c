// Text that was not preprocessed: branches that hold half of a pair of braces, macros, lost parentheses.
// RUN: %front-build && %t.front externals %s | FileCheck %s --implicit-check-not=function

#if A
// CHECK: directive |#if A|
int f(int a) {
#else
int g(int b) {
#endif
  if (x) {
#ifdef B
  } else {
#elif C
  } else if (y) {
#else
  }
  {
#endif
  }
}
// CHECK-NEXT: function object:f body=13 |int f(int a) {
// CHECK: {{^}}}|
future(int) fut(int a);
// CHECK-NEXT: declaration object:fut |
async future(int) futt(int a) { }
// CHECK-NEXT: function async object:futt body=30
DEFINE_LIST(x)
// CHECK-NEXT: other |DEFINE_LIST(x)|
int after_macro(void) { }
// CHECK-NEXT: function object:after_macro body=22 |
FOO_API uint32_t *ff(void) FOO_ATTR;
// CHECK-NEXT: declaration object:ff |
FOO_API uint32_t fg(void) FOO_ATTR;
// CHECK-NEXT: declaration object:fg |
int before_lost(;
// CHECK-NEXT: declaration object:before_lost |int before_lost(;|
int z[(3];
// CHECK-NEXT: declaration object:z |int z[(3];|
void stray(void) { if (a) { } ) }
// CHECK-NEXT: function object:stray body=17 |void stray(void) { if (a) { } ) }|
void last(void) { }
// CHECK-NEXT: function object:last body=16 |

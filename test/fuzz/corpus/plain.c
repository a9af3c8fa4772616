# 1 "plain.c"
# 1 "/usr/include/x.h" 1 3
typedef unsigned long size_t;
extern int f(size_t n, ...) __attribute__((nonnull(1))) __asm__("" "g");
# 2 "plain.c" 2
#pragma pack(push, 1)
static int h(a, b) int a; char *b; { int async = a; return async ? *b : -1; }
int await(struct s { int x : 3, : 0; union { long y; }; } *p) { return p->x + (int)p->y; }
_Static_assert(sizeof(int) >= 2, "int");
enum e { A = 1 << 2, B } v[] = {[A] = B}; ;
[[gnu::unused]] static _Thread_local _Atomic(int) *t;

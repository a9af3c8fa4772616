/* SPDX-License-Identifier: MIT */
/* declarations.c: scopes, tags, typedefs and initialisers, for types-as-gcc.test: only the types
 * matter. */
#include <stddef.h>
enum { N = 4 };
static int arr[N];
typedef struct {
    int x, y;
} pt;
int kr(a, b)
char *b;
short a;
{
    a;
    b;
    a + 1;
    return *b;
}
enum { ANON = 7 };
struct outer {
    struct in {
        int z;
    } i;
    enum e2 { X1, X2 } e;
    union {
        int p;
        float q;
    } named;
    int bf : ANON;
};
typedef struct outer *op;
struct fwd;
struct fwd *fp;
struct fwd {
    int q;
};
extern struct fwd *get(void);
inline static unsigned long long mix(unsigned long long a)
{
    return a ^ (a >> 3);
}
typedef unsigned char byte;
typedef byte mat[3][3];
typedef void (*handler)(int);
handler signal_(int, handler);
typedef int fty(int);
fty *table_[3];
static fty fwdf;
int (*getp(int k))[3];
int shadow;
typedef int T;
int f(int shadow_, pt v, mat m, op o)
{
    v.x;
    v;
    m;
    m[1];
    m[1][2];
    *m;
    &m;
    o->i;
    o->i.z;
    o->e;
    o->named.q;
    o->named;
    o->bf + 1;
    (*o).i;
    &o->i;
    X1;
    X2 + 1;
    ANON;
    fp;
    fp->q;
    get()->q;
    mix(3);
    signal_(1, 0);
    signal_;
    table_[1](2);
    table_;
    fwdf(1);
    getp(1);
    *getp(1);
    (*getp(1))[1];
    {
        long shadow = 1;
        shadow + 1;
        {
            char shadow = 'a';
            shadow;
            struct in {
                char other;
            } s = {1};
            s.other;
            s;
            struct in *ps = &s;
            ps->other;
        }
        struct in s2 = {0};
        s2.z;
        shadow;
    }
    T T_ = 1;
    {
        char T = 'c';
        T;
        T * 2;
        sizeof T;
    }
    for (unsigned i = 0; i < 3; i++) {
        for (long long i = 0; i < 2; i++) {
            i;
        }
        i;
    }
    enum { L1 = sizeof(int) * 2, L2, L3 = L2 + ANON } le = L1;
    le;
    L1;
    L2;
    L3;
    enum named { Q1 = -5 } qn = Q1;
    qn;
    qn + 1;
    struct local {
        struct local *next;
        int v[L1];
    } ll, *lp = &ll;
    ll.v;
    lp->next->v[1];
    lp;
    ll;
    typedef struct local lt;
    lt *lq = lp;
    lq;
    *lq;
    lq->v;
    static const struct {
        const char *n;
        int v;
    } tab[] = {{"a", 1}, {"b"}};
    tab;
    tab[0].n;
    tab[1].v;
    sizeof tab / sizeof tab[0];
    sizeof tab;
    char s1[] = "abc", s2_[] = {'a', 'b'}, s3[10] = "x", s4[] = ("pqr"), s5[] = {"wxyz"};
    s1;
    s2_;
    s3;
    s4;
    s5;
    sizeof s1;
    sizeof s2_;
    sizeof s4;
    sizeof s5;
    int d1[] = {[2 ... 5] = 1, 7};
    d1;
    pt ps[] = {1, 2, 3, 4, 5};
    ps;
    pt pd[] = {[1].y = 2, 3, 4};
    pd;
    struct outer os[] = {{.i.z = 1}, .5, [4] = {.bf = 1}};
    os;
    int d3[][2][2] = {{{1}}, {{2}, {3}}, 1, 2, 3, 4, 5};
    d3;
    sizeof d3;
    struct {
        int a;
        int v[3];
    } el[] = {1, 2, 3, 4, 5, [3].v[1] = 1, 2, 3, 4};
    sizeof el;
    int (*afp[2])(int) = {fwdf, 0};
    afp;
    afp[0];
    afp[0](1);
    const char *const *const ccc = 0;
    ccc;
    *ccc;
    **ccc;
    const struct outer *co = o;
    co->i;
    co->i.z;
    co->named.p;
    &co->e;
    volatile struct outer *vo = o;
    vo->i.z;
    (*vo).bf;
    int *restrict *rp = 0;
    rp;
    *rp;
    int *const volatile *cvp = 0;
    *cvp;
    unsigned long int long ull = 1;
    ull;
    long signed sl = 1;
    sl;
    short unsigned int su = 1;
    su;
    int long unsigned const clu = 1;
    clu;
    return 0;
}

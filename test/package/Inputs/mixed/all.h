#ifndef ALL_H
#define ALL_H
#include <acc/acc.h>
#include <stdio.h>
struct all {
    int value;
};
#endif

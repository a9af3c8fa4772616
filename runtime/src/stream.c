#include "internal.h"
void streams_close_all(acc_loop *l) { (void)l; }

#ifndef VALUE
#define VALUE 7
#endif

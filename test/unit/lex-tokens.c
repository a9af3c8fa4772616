// Every kind of token, with splices, digraphs, universal names and literals without an end.
// RUN: %front-build && %t.front tokens %s | FileCheck %s

#define X \
    "a /* b" /* over
    lines */ 'c
// CHECK: directive bol |#define X \
// CHECK-NEXT: {{^    "a}}
// CHECK-NEXT: {{^    lines}}
int a\
b$1;
// CHECK-NEXT: name int keyword bol |int|
// CHECK-NEXT: name ab$1 |a\
// CHECK-NEXT: b$1|
// CHECK-NEXT: punct 59 |;|
u8"x\
\"y" L\
'a' u'b' U"c" R"d(
")d" R'x'
// CHECK-NEXT: string bol |u8"x\
// CHECK-NEXT: \"y"|
// CHECK-NEXT: char |L\
// CHECK-NEXT: 'a'|
// CHECK-NEXT: char |u'b'|
// CHECK-NEXT: string |U"c"|
// CHECK-NEXT: string |R"d(
// CHECK-NEXT: ")d"|
// CHECK-NEXT: name R |R|
// CHECK-NEXT: char |'x'|
<: :> <% %> %:%: -\
> ... .. <<= :: a+++b
// CHECK-NEXT: punct 91 bol |<:|
// CHECK-NEXT: punct 93 |:>|
// CHECK-NEXT: punct 123 |<%|
// CHECK-NEXT: punct 125 |%>|
// CHECK-NEXT: punct 279 |%:%:|
// CHECK-NEXT: punct 256 |-\
// CHECK-NEXT: >|
// CHECK-NEXT: punct 267 |...|
// CHECK-NEXT: punct 46 |.|
// CHECK-NEXT: punct 46 |.|
// CHECK-NEXT: punct 273 |<<=|
// CHECK-NEXT: punct 278 |::|
// CHECK-NEXT: name a |a|
// CHECK-NEXT: punct 257 |++|
// CHECK-NEXT: punct 43 |+|
// CHECK-NEXT: name b |b|
1e+5.x 0x1p-3 .5 1'000 0x1e+2
// CHECK-NEXT: number bol |1e+5.x|
// CHECK-NEXT: number |0x1p-3|
// CHECK-NEXT: number |.5|
// CHECK-NEXT: number |1'000|
// CHECK-NEXT: number |0x1e+2|
\u00e9t\u00e9 été café
// CHECK-NEXT: name été bol |\u00e9t\u00e9|
// CHECK-NEXT: name été |été|
// CHECK-NEXT: name café |café|
"closed" "open \" 'x
'open
// CHECK-NEXT: string bol |"closed"|
// CHECK-NEXT: string 1 |"open \" 'x|
// CHECK-NEXT: char 1 bol |'open|
@ ` \ #
// CHECK-NEXT: punct 64 bol |@|
// CHECK-NEXT: punct 96 |`|
// CHECK-NEXT: punct 92 |\|
// CHECK-NEXT: punct 35 |#|
  %: pragma x
// CHECK-NEXT: directive bol |%: pragma x|
a // one \
     comment
/\
* another *\
/ b /**/ c /***/ d
// CHECK-NEXT: name a bol |a|
// CHECK-NEXT: name b bol |b|
// CHECK-NEXT: name c |c|
// CHECK-NEXT: name d |d|
/* no end
// CHECK-NEXT: end 1 bol ||

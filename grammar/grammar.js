/* SPDX-License-Identifier: MIT
 *
 * C with async and await: the difference from tree-sitter-c.
 *
 * The parser reads one function or declaration in which the identifiers are marked (README.md):
 * \x01 in the first byte of a type's name, \x02 in that of any other name. So each rule that
 * takes an identifier takes a marked one too (`_name`, and the three hidden rules that give an
 * identifier another kind); that change is made once, over the whole of the stock grammar.
 * With marks the grammar is LR(1) nearly everywhere; the conflicts are for unmarked text.
 */
const C = require('tree-sitter-c/grammar');

const PREC = C.PREC;

/* Rules in which a name stays as it is: they serve macros and directives, never marked text. */
const UNMARKED = /^(_?preproc_|macro_type_specifier$|concatenated_string$)/;

/* Microsoft's words are not C for gcc and clang, and take GNU C's `__restrict`. */
const DROPPED = /^(ms_|seh_)/;

/* The rule without the dropped symbols and with marked names; null when nothing is left. */
function adapt(rule, marked) {
  if (rule.type === 'SYMBOL') {
    if (DROPPED.test(rule.name)) return null;
    return marked && rule.name === 'identifier' ? {type: 'SYMBOL', name: '_name'} : rule;
  }
  if (rule.members) {
    const members = rule.members.map(m => adapt(m, marked)).filter(m => m !== null);
    const empty = members.every(m => m.type === 'BLANK');
    return members.length === 0 || (empty && rule.type === 'CHOICE') ? null : {...rule, members};
  }
  if (rule.content) {
    const content = adapt(rule.content, marked);
    return content === null ? null : {...rule, content};
  }
  return rule;
}

function adaptGrammar(stock) {
  const rules = {};
  for (const [name, rule] of Object.entries(stock.rules)) {
    if (!DROPPED.test(name)) rules[name] = adapt(rule, !UNMARKED.test(name));
  }
  return {grammar: {...stock, rules}};
}

function commaSep1(rule) {
  return seq(rule, repeat(seq(',', rule)));
}

function commaSep(rule) {
  return optional(commaSep1(rule));
}

const value = $ => choice($.expression, $.comma_expression);
const attributes = $ => repeat(choice($.attribute_specifier, $.attribute_declaration));

/* `*` of the four kinds of declarator. */
const pointer = ($, inner) => prec.dynamic(1, prec.right(seq(
  '*',
  repeat(choice($.type_qualifier, $.attribute_specifier, $.attribute_declaration)),
  field('declarator', inner),
)));

/* `(...)` of the three kinds of named declarator. */
const parenthesized = ($, inner) => prec.dynamic(-10, seq(
  '(', repeat($._declarator_attribute), inner, ')',
));

const parameterized = $ => prec(1, seq(
  field('declarator', $._declarator),
  field('parameters', $.parameter_list),
));

/* Declarators separated by commas, with what GNU C lets stand around each. */
const declarators = ($, one) => seq(
  one,
  repeat(seq(',', repeat(choice($.attribute_specifier, $.attribute_declaration)), one)),
);

const asmOperand = $ => seq(
  optional(seq('[', field('symbol', $._name), ']')),
  field('constraint', $._string),
  '(',
  field('value', value($)),
  ')',
);

const tagged = ($, word, body) => prec.right(seq(
  word,
  attributes($),
  choice(
    seq(
      field('name', $._tag),
      optional(seq(field('body', body), repeat($.attribute_specifier))),
    ),
    seq(field('body', body), repeat($.attribute_specifier)),
  ),
));

const IDENTIFIER_REST = /(\p{XID_Continue}|\$|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*/;

/* What may follow a label, which C23 lets stand before a declaration. */
const afterLabel = $ => [
  $.statement,
  $.declaration,
  $.type_definition,
  $._empty_declaration,
  $.static_assert_declaration,
];

module.exports = grammar(adaptGrammar(C.grammar), {
  name: 'acc',

  /* The stock conflicts of enum_specifier and _block_item are gone with the rules that had them. */
  conflicts: ($, stock) => stock.filter(symbols => {
    const names = symbols.map(s => s.name).join();
    return names !== '_block_item,statement';
  }).concat([
    [$._declaration_modifiers, $._declarator_attribute],
    [$._declaration_modifiers, $.attributed_statement, $._label_attribute],
  ]),

  inline: ($, stock) => stock.concat([
    $._name,
    $._tag,
    $._attribute_name,
  ]),

  rules: {
    /* Names */

    masked_type: _ => token(seq('\x01', IDENTIFIER_REST)),
    masked_name: _ => token(seq('\x02', IDENTIFIER_REST)),

    _name: $ => choice($.identifier, alias($.masked_name, $.identifier)),

    _type_identifier: $ => choice(
      alias($.identifier, $.type_identifier),
      alias($.masked_type, $.type_identifier),
    ),

    _attribute_name: $ => choice(
      $._name,
      alias($.masked_type, $.identifier),
    ),

    /* A tag, or the name that a typedef declares: its place says what it is. */
    _tag: $ => choice(
      alias($.identifier, $.type_identifier),
      alias($.masked_type, $.type_identifier),
      alias($.masked_name, $.type_identifier),
    ),

    _field_identifier: $ => choice(
      alias($.identifier, $.field_identifier),
      alias($.masked_name, $.field_identifier),
    ),

    _statement_identifier: $ => choice(
      alias($.identifier, $.statement_identifier),
      alias($.masked_name, $.statement_identifier),
    ),

    /* Declarations */

    _block_item: $ => choice(
      $._case_item,
      $.case_statement,
      $.linkage_specification,
      $.label_declaration,
      $.preproc_if,
      $.preproc_ifdef,
      $.preproc_include,
      $.preproc_def,
      $.preproc_function_def,
      $.preproc_call,
    ),

    /* What may follow a label in a block without being one. */
    _case_item: $ => choice(
      $._non_case_statement,
      $.declaration,
      $.type_definition,
      $._empty_declaration,
      $.static_assert_declaration,
      $.function_definition,
      alias($._old_style_function_definition, $.function_definition),
    ),

    _top_level_item: ($, stock) => choice(stock, $.static_assert_declaration),

    async_specifier: _ => choice('async', '_Async'),
    generator_specifier: _ => choice('generator', '_Generator'),

    _declaration_modifiers: $ => choice(
      $.async_specifier,
      $.generator_specifier,
      $.storage_class_specifier,
      $.type_qualifier,
      $.attribute_specifier,
      $.attribute_declaration,
    ),

    /* `auto` is the one storage class after which C23 needs no type. */
    _declaration_specifiers: $ => prec.right(choice(
      seq(
        repeat($._declaration_modifiers),
        field('type', $.type_specifier),
        repeat($._specifier_after_type),
      ),
      seq(
        repeat($._declaration_modifiers),
        alias('auto', $.storage_class_specifier),
        repeat($._declaration_modifiers),
        optional(seq(
          field('type', $.type_specifier),
          repeat($._specifier_after_type),
        )),
      ),
    )),

    /* `unsigned const char`: the rest of the type after other specifiers. */
    _specifier_after_type: $ => prec.right(seq(
      choice(
        $._declaration_modifiers,
        alias('auto', $.storage_class_specifier),
        alias('typedef', $.storage_class_specifier),
      ),
      optional(field('type', choice($.primitive_type, $.sized_type_specifier))),
    )),

    storage_class_specifier: _ => choice(
      'extern', 'static', 'register', 'inline', '__inline', '__inline__',
      'thread_local', '_Thread_local', '__thread',
    ),

    type_qualifier: ($, stock) => choice(
      stock,
      '__const', '__const__', '__volatile', '__volatile__', '__restrict',
      '_Nullable', '_Null_unspecified', '__seg_fs', '__seg_gs',
    ),

    declaration: $ => seq(
      $._declaration_specifiers,
      optional(declarators($, choice(
        seq(
          field('declarator', $._declaration_declarator),
          optional($.gnu_asm_expression),
          repeat($.attribute_specifier),
        ),
        field('declarator', $.init_declarator),
      ))),
      ';',
    ),

    init_declarator: $ => seq(
      field('declarator', $._declaration_declarator),
      optional($.gnu_asm_expression),
      repeat($.attribute_specifier),
      '=',
      field('value', choice($.initializer_list, $.expression)),
    ),

    type_definition: $ => seq(
      repeat($._declaration_modifiers),
      'typedef',
      $._declaration_specifiers,
      declarators($, seq(
        field('declarator', $._type_declarator),
        repeat($.attribute_specifier),
      )),
      ';',
    ),

    static_assert_declaration: $ => seq(
      choice('_Static_assert', 'static_assert'),
      '(',
      field('condition', $.expression),
      optional(seq(',', field('message', $._string))),
      ')',
      ';',
    ),

    label_declaration: $ => seq(
      '__label__',
      commaSep1(field('label', $._statement_identifier)),
      ';',
    ),

    /* Attributes: any word may be the name of one, so nothing but a name may stand there. */

    attribute_specifier: $ => seq(
      choice('__attribute__', '__attribute'),
      '(',
      alias($._gnu_attribute_list, $.argument_list),
      ')',
    ),

    _gnu_attribute_list: $ => seq(
      '(',
      optional($._gnu_attribute),
      repeat(seq(',', optional($._gnu_attribute))),
      ')',
    ),

    _gnu_attribute: $ => choice(
      $._attribute_name,
      alias($._gnu_attribute_call, $.call_expression),
    ),

    _gnu_attribute_call: $ => seq(
      field('function', $._attribute_name),
      field('arguments', alias($._attribute_arguments, $.argument_list)),
    ),

    _attribute_arguments: $ => seq(
      '(',
      commaSep(choice($.expression, prec.dynamic(-1, $.type_descriptor))),
      ')',
    ),

    attribute: $ => seq(
      optional(seq(field('prefix', $._attribute_name), '::')),
      field('name', $._attribute_name),
      optional(alias($._attribute_arguments, $.argument_list)),
    ),

    attribute_declaration: $ => seq(
      '[[',
      optional($.attribute),
      repeat(seq(',', optional($.attribute))),
      ']]',
    ),

    /* Declarators */

    _declarator_attribute: $ => $.attribute_specifier,

    parenthesized_declarator: $ => parenthesized($, $._declarator),
    parenthesized_field_declarator: $ => parenthesized($, $._field_declarator),
    parenthesized_type_declarator: $ => parenthesized($, $._type_declarator),
    abstract_parenthesized_declarator: $ => prec(1, seq(
      '(', repeat($._declarator_attribute), $._abstract_declarator, ')',
    )),

    pointer_declarator: $ => pointer($, $._declarator),
    pointer_field_declarator: $ => pointer($, $._field_declarator),
    pointer_type_declarator: $ => pointer($, $._type_declarator),
    abstract_pointer_declarator: $ => pointer($, optional($._abstract_declarator)),

    /* Words after the parameters are macros: never marked. */
    function_declarator: $ => prec.right(seq(
      parameterized($),
      optional($.gnu_asm_expression),
      repeat(choice(
        $.attribute_specifier,
        $.identifier,
        alias($.preproc_call_expression, $.call_expression),
      )),
    )),

    _function_declaration_declarator: $ => prec.right(seq(
      parameterized($),
      optional($.gnu_asm_expression),
      repeat($.attribute_specifier),
    )),

    _old_style_function_definition: $ => seq(
      $._declaration_specifiers,
      field('declarator', $._old_style_declarator),
      repeat1($.declaration),
      field('body', $.compound_statement),
    ),

    _old_style_declarator: $ => choice(
      alias($._old_style_function_declarator, $.function_declarator),
      alias($._old_style_pointer_declarator, $.pointer_declarator),
    ),

    _old_style_pointer_declarator: $ => pointer($, $._old_style_declarator),

    _type_declarator: $ => choice(
      alias($.attributed_type_declarator, $.attributed_declarator),
      alias($.pointer_type_declarator, $.pointer_declarator),
      alias($.function_type_declarator, $.function_declarator),
      alias($.array_type_declarator, $.array_declarator),
      alias($.parenthesized_type_declarator, $.parenthesized_declarator),
      $._tag,
      alias(choice('signed', 'unsigned', 'long', 'short'), $.primitive_type),
      $.primitive_type,
    ),

    /* Types */

    type_specifier: ($, stock) => choice(
      stock,
      $.typeof_specifier,
      $.auto_type_specifier,
      $.atomic_type_specifier,
      $.bit_int_specifier,
    ),

    sized_type_specifier: $ => choice(
      seq(
        field('type', choice($.primitive_type, $.bit_int_specifier)),
        repeat1($._size_word),
      ),
      seq(
        repeat1($._size_word),
        optional(seq(
          field('type', choice($.primitive_type, $.bit_int_specifier)),
          repeat($._size_word),
        )),
      ),
    ),

    _size_word: _ => choice(
      'signed', 'unsigned', 'long', 'short', '__signed', '__signed__',
      '_Complex', '__complex', '__complex__', '_Imaginary', '_Sat',
    ),

    primitive_type: (_, stock) => token(choice(
      stock.content,
      '_Bool', '__int128', '__fp16', '__bf16',
      '__float80', '__float128', '__ibm128',
      '_Accum', '_Fract',
      /_Float(16|32|64|128)x?/,
      /_Decimal(32|64|128)x?/,
    )),

    typeof_specifier: $ => seq(
      choice(
        'typeof', '__typeof', '__typeof__',
        'typeof_unqual', '__typeof_unqual', '__typeof_unqual__',
      ),
      '(',
      choice(field('value', value($)), field('type', $.type_descriptor)),
      ')',
    ),

    /* `generator(int)` where no preprocessor has made a type of it. */
    macro_type_specifier: ($, stock) => choice(
      stock,
      prec(1, seq(
        field('name', alias('generator', $.identifier)),
        '(', field('type', $.type_descriptor), ')',
      )),
    ),

    auto_type_specifier: _ => '__auto_type',

    atomic_type_specifier: $ => prec(1, seq(
      '_Atomic', '(', field('type', $.type_descriptor), ')',
    )),

    bit_int_specifier: $ => seq(choice('_BitInt', '_ExtInt'), '(', field('width', $.expression), ')'),

    struct_specifier: $ => tagged($, 'struct', $.field_declaration_list),
    union_specifier: $ => tagged($, 'union', $.field_declaration_list),

    enum_specifier: $ => seq(
      'enum',
      attributes($),
      choice(
        seq(
          field('name', $._tag),
          optional(seq(':', field('underlying_type', $._underlying_type))),
          optional(seq(field('body', $.enumerator_list), repeat($.attribute_specifier))),
        ),
        seq(
          optional(seq(':', field('underlying_type', $._underlying_type))),
          field('body', $.enumerator_list),
          repeat($.attribute_specifier),
        ),
      ),
    ),

    _underlying_type: $ => prec(-1, choice(
      $.primitive_type,
      $.sized_type_specifier,
      $.typeof_specifier,
      $.bit_int_specifier,
      alias($.masked_type, $.type_identifier),
    )),

    enumerator: $ => seq(
      field('name', $._name),
      attributes($),
      optional(seq('=', field('value', $.expression))),
    ),

    _field_declaration_list_item: ($, stock) => choice(
      stock,
      $.static_assert_declaration,
      ';',
    ),

    field_declaration: $ => seq(
      $._declaration_specifiers,
      optional(declarators($, seq(
        choice(
          seq(field('declarator', $._field_declarator), optional($.bitfield_clause)),
          $.bitfield_clause,
        ),
        repeat($.attribute_specifier),
      ))),
      ';',
    ),

    type_descriptor: $ => prec.right(seq(
      repeat($._type_modifier),
      field('type', $.type_specifier),
      repeat(prec.right(seq(
        $._type_modifier,
        optional(field('type', choice($.primitive_type, $.sized_type_specifier))),
      ))),
      field('declarator', optional($._abstract_declarator)),
    )),

    /* A storage class stands only in a compound literal (C23). */
    _type_modifier: $ => choice(
      $.type_qualifier,
      $.attribute_specifier,
      $.attribute_declaration,
      $.storage_class_specifier,
    ),

    /* Statements */

    statement: $ => choice(
      alias($._case_substatement, $.case_statement),
      $._non_case_statement,
    ),

    _non_case_statement: ($, stock) => choice(
      stock,
      $.defer_statement,
      $.try_statement,
      $.throw_statement,
      $.with_statement,
      $.for_in_statement,
    ),

    attributed_statement: $ => seq(
      repeat1(choice($.attribute_declaration, $.attribute_specifier)),
      $.statement,
    ),

    labeled_statement: $ => prec.right(seq(
      field('label', $._statement_identifier),
      ':',
      optional(choice(
        ...afterLabel($),
        repeat1($._label_attribute),
      )),
    )),

    /* Of a label at the end of a block; before a statement it is the statement's. */
    _label_attribute: $ => prec(-1, $.attribute_specifier),

    _case_label: $ => seq(
      choice(
        seq(
          'case',
          field('value', $.expression),
          optional(seq('...', field('end', $.expression))),
        ),
        'default',
      ),
      ':',
    ),

    case_statement: $ => prec.right(seq($._case_label, repeat($._case_item))),

    /* As the body of another statement a label has one statement: `if (x) case 1: f(); g();`. Behind
     * attributes it stands for itself: `[[likely]] case 1: int y;`, `[[likely]] default: }`. */
    _case_substatement: $ => prec.right(seq(
      $._case_label,
      optional(choice(...afterLabel($))),
    )),

    switch_statement: $ => seq(
      'switch',
      field('condition', $.parenthesized_expression),
      field('body', $.statement),
    ),

    goto_statement: $ => seq(
      'goto',
      choice(
        field('label', $._statement_identifier),
        seq('*', field('address', value($))),
      ),
      ';',
    ),

    defer_statement: $ => seq(choice('defer', '_Defer'), field('body', $.statement)),

    try_statement: $ => seq(
      'try',
      field('body', $.compound_statement),
      repeat1(field('handler', choice($.catch_clause, $.catch_cancel_clause))),
    ),

    catch_clause: $ => seq(
      'catch',
      '(',
      field('parameter', $.parameter_declaration),
      ')',
      field('body', $.compound_statement),
    ),

    catch_cancel_clause: $ => seq('catch', 'cancel', field('body', $.compound_statement)),

    throw_statement: $ => seq('throw', optional(field('value', value($))), ';'),

    with_statement: $ => seq(
      'with',
      field('scope', $.parenthesized_expression),
      field('body', $.statement),
    ),

    for_in_statement: $ => seq(
      'for',
      optional(field('await', choice('await', '_Await'))),
      '(',
      $._declaration_specifiers,
      field('declarator', $._declaration_declarator),
      repeat($.attribute_specifier),
      ':',
      field('iterable', value($)),
      ')',
      field('body', $.statement),
    ),

    /* Expressions */

    _expression_not_binary: ($, stock) => choice(
      stock,
      $.await_expression,
      $.yield_expression,
      $.yield_from_expression,
      $.label_address_expression,
      $.va_arg_expression,
      $.types_compatible_expression,
      $.convert_vector_expression,
      $.bit_cast_expression,
    ),

    _assignment_left_expression: ($, stock) => choice(
      stock,
      $.unary_expression,
      $.compound_literal_expression,
      $.generic_expression,
      $.extension_expression,
    ),

    await_expression: $ => prec.right(PREC.UNARY, seq(
      choice('await', '_Await'),
      field('argument', $.expression),
    )),

    yield_expression: $ => prec.right(PREC.ASSIGNMENT, seq(
      choice('yield', '_Yield'),
      field('argument', $.expression),
    )),

    yield_from_expression: $ => prec.right(PREC.ASSIGNMENT, seq(
      choice('yield', '_Yield'),
      'from',
      field('argument', $.expression),
    )),

    unary_expression: $ => prec.left(PREC.UNARY, seq(
      field('operator', choice('!', '~', '-', '+', '__real__', '__real', '__imag__', '__imag')),
      field('argument', $.expression),
    )),

    /* Postfix binds tighter than prefix: `-p++` negates what `p++` gives. */
    update_expression: $ => {
      const operator = field('operator', choice('--', '++'));
      const argument = field('argument', $.expression);
      return choice(
        prec.right(PREC.UNARY, seq(operator, argument)),
        prec.left(PREC.CALL, seq(argument, operator)),
      );
    },

    extension_expression: $ => seq('__extension__', prec.right(PREC.UNARY, $.expression)),

    /* Only unmarked text can take `(x) && y` for a cast. */
    label_address_expression: $ => prec.dynamic(-20, seq(
      '&&',
      field('label', $._statement_identifier),
    )),

    va_arg_expression: $ => prec(PREC.CALL, seq(
      '__builtin_va_arg',
      '(', field('value', $.expression), ',', field('type', $.type_descriptor), ')',
    )),

    types_compatible_expression: $ => prec(PREC.CALL, seq(
      '__builtin_types_compatible_p',
      '(', field('type', $.type_descriptor), ',', field('type', $.type_descriptor), ')',
    )),

    convert_vector_expression: $ => prec(PREC.CALL, seq(
      '__builtin_convertvector',
      '(', field('value', $.expression), ',', field('type', $.type_descriptor), ')',
    )),

    bit_cast_expression: $ => prec(PREC.CALL, seq(
      '__builtin_bit_cast',
      '(', field('type', $.type_descriptor), ',', field('value', $.expression), ')',
    )),

    alignof_expression: $ => prec(PREC.SIZEOF, seq(
      choice('__alignof__', '__alignof', '_alignof', 'alignof', '_Alignof'),
      choice(
        field('value', $.expression),
        seq('(', field('type', $.type_descriptor), ')'),
      ),
    )),

    offsetof_expression: $ => prec(PREC.OFFSETOF, seq(
      choice('offsetof', '__builtin_offsetof'),
      '(',
      field('type', $.type_descriptor),
      ',',
      field('member', $._field_identifier),
      repeat(field('member', choice($.field_designator, $.subscript_designator))),
      ')',
    )),

    generic_expression: $ => prec(PREC.CALL, seq(
      '_Generic',
      '(',
      field('selector', choice($.expression, prec.dynamic(-1, $.type_descriptor))),
      ',',
      commaSep1(seq(
        field('type', choice($.type_descriptor, 'default')),
        ':',
        field('value', $.expression),
      )),
      ')',
    )),

    subscript_expression: $ => prec(PREC.SUBSCRIPT, seq(
      field('argument', $.expression),
      '[',
      field('index', value($)),
      ']',
    )),

    gnu_asm_qualifier: ($, stock) => choice(stock, '__volatile', '__inline__', '__inline', 'const'),

    gnu_asm_output_operand: $ => asmOperand($),
    gnu_asm_input_operand: $ => asmOperand($),

    /* Of a raw string, GNU C's `R"x(...)x"`, the translator blanks what is between the quotes. */
    string_literal: ($, stock) => ({
      ...stock,
      members: [
        choice(stock.members[0], 'R"', 'LR"', 'uR"', 'UR"', 'u8R"'),
        ...stock.members.slice(1),
      ],
    }),

    initializer_pair: $ => {
      const initializer = field('value', choice($.expression, $.initializer_list));
      return choice(
        seq(
          field('designator', repeat1(choice(
            $.subscript_designator,
            $.field_designator,
            $.subscript_range_designator,
          ))),
          optional('='),
          initializer,
        ),
        seq(field('designator', $._field_identifier), ':', initializer),
      );
    },

    /* A pp-number without its sign: the sign is an operator. */
    number_literal: _ => /\.?[0-9]([eEpP][+\-]|'?[0-9A-Za-z_.])*/,
  },
});

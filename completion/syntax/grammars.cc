#include "completion/syntax/grammars.h"

#include <algorithm>
#include <array>

#include "completion/syntax/text_lines.h"

extern "C" {
const TSLanguage* tree_sitter_bash(void);
const TSLanguage* tree_sitter_c(void);
const TSLanguage* tree_sitter_c_sharp(void);
const TSLanguage* tree_sitter_cpp(void);
const TSLanguage* tree_sitter_css(void);
const TSLanguage* tree_sitter_go(void);
const TSLanguage* tree_sitter_html(void);
const TSLanguage* tree_sitter_java(void);
const TSLanguage* tree_sitter_javascript(void);
const TSLanguage* tree_sitter_json(void);
const TSLanguage* tree_sitter_kotlin(void);
const TSLanguage* tree_sitter_lua(void);
const TSLanguage* tree_sitter_php(void);
const TSLanguage* tree_sitter_python(void);
const TSLanguage* tree_sitter_ruby(void);
const TSLanguage* tree_sitter_rust(void);
const TSLanguage* tree_sitter_swift(void);
const TSLanguage* tree_sitter_toml(void);
const TSLanguage* tree_sitter_tsx(void);
const TSLanguage* tree_sitter_typescript(void);
const TSLanguage* tree_sitter_yaml(void);
}

namespace fimd {
namespace {

constexpr NodeNames kPython = {.language_id = "python",
                               .comments = "comment",
                               .strings = "string",
                               .interpolations = "interpolation",
                               .functions = "function_definition",
                               .types = "class_definition",
                               .blocks = "block",
                               .wrappers = "decorated_definition"};
constexpr NodeNames kC = {.language_id = "c",
                          .comments = "comment",
                          .strings = "string_literal char_literal system_lib_string",
                          .functions = "function_definition",
                          .types = "struct_specifier union_specifier enum_specifier"};
constexpr NodeNames kCpp = {
    .language_id = "cpp",
    .comments = "comment",
    .strings = "string_literal raw_string_literal char_literal system_lib_string",
    .functions = "function_definition lambda_expression",
    .types = "struct_specifier union_specifier enum_specifier class_specifier namespace_definition",
    .wrappers = "template_declaration"};
constexpr NodeNames kJavascript = {
    .language_id = "javascript",
    .comments = "comment html_comment",
    .strings = "string template_string regex",
    .interpolations = "template_substitution",
    .functions =
        "function_declaration function_expression generator_function "
        "generator_function_declaration arrow_function method_definition",
    .types = "class class_declaration",
    .wrappers = "export_statement"};
constexpr std::string_view kTypescriptTypes =
    "class class_declaration abstract_class_declaration interface_declaration enum_declaration "
    "internal_module module";
constexpr NodeNames kTypescript = {.language_id = "typescript",
                                   .comments = "comment html_comment",
                                   .strings = "string template_string regex",
                                   .interpolations = "template_substitution",
                                   .functions = kJavascript.functions,
                                   .types = kTypescriptTypes,
                                   .wrappers = "export_statement ambient_declaration"};
constexpr NodeNames kTsx = {.language_id = "typescriptreact",
                            .comments = "comment html_comment",
                            .strings = "string template_string regex",
                            .interpolations = "template_substitution",
                            .functions = kJavascript.functions,
                            .types = kTypescriptTypes,
                            .wrappers = "export_statement ambient_declaration"};
constexpr NodeNames kRust = {.language_id = "rust",
                             .comments = "line_comment block_comment",
                             .strings = "string_literal raw_string_literal char_literal",
                             .functions = "function_item closure_expression",
                             .types =
                                 "impl_item struct_item enum_item trait_item mod_item "
                                 "union_item"};
constexpr NodeNames kGo = {.language_id = "go",
                           .comments = "comment",
                           .strings = "interpreted_string_literal raw_string_literal rune_literal",
                           .functions = "function_declaration method_declaration func_literal",
                           .types = "type_declaration"};
constexpr NodeNames kJava = {
    .language_id = "java",
    .comments = "line_comment block_comment",
    .strings = "string_literal character_literal",
    .interpolations = "string_interpolation",
    .functions =
        "method_declaration constructor_declaration compact_constructor_declaration "
        "lambda_expression",
    .types =
        "class_declaration interface_declaration enum_declaration record_declaration "
        "annotation_type_declaration"};
constexpr NodeNames kBash = {
    .language_id = "shellscript",
    .comments = "comment",
    .strings = "string raw_string ansi_c_string translated_string heredoc_body",
    .interpolations = "command_substitution expansion",
    .functions = "function_definition",
    .blocks = "compound_statement do_group subshell if_statement case_item"};
constexpr NodeNames kJson = {.language_id = "json", .comments = "comment", .strings = "string"};
constexpr NodeNames kLua = {.language_id = "lua",
                            .comments = "comment",
                            .strings = "string",
                            .functions = "function_declaration function_definition",
                            .blocks = "block table_constructor"};
constexpr NodeNames kCSharp = {
    .language_id = "csharp",
    .comments = "comment",
    .strings =
        "string_literal character_literal verbatim_string_literal raw_string_literal "
        "interpolated_string_expression",
    .interpolations = "interpolation",
    .functions =
        "method_declaration constructor_declaration destructor_declaration "
        "operator_declaration conversion_operator_declaration local_function_statement "
        "lambda_expression anonymous_method_expression accessor_declaration",
    .types =
        "class_declaration struct_declaration interface_declaration enum_declaration "
        "record_declaration namespace_declaration"};
constexpr NodeNames kRuby = {
    .language_id = "ruby",
    .comments = "comment",
    .strings =
        "string character simple_symbol delimited_symbol subshell regex heredoc_body "
        "string_array symbol_array",
    .interpolations = "interpolation",
    .functions = "method singleton_method",
    .types = "class module singleton_class",
    .blocks = "body_statement block_body then do block do_block begin hash"};
constexpr NodeNames kPhp = {
    .language_id = "php",
    .comments = "comment",
    .strings = "string encapsed_string heredoc nowdoc shell_command_expression",
    .interpolations =
        "member_access_expression nullsafe_member_access_expression subscript_expression "
        "dynamic_variable_name",
    .functions = "function_definition method_declaration anonymous_function arrow_function",
    .types =
        "class_declaration interface_declaration trait_declaration enum_declaration "
        "namespace_definition anonymous_class"};
constexpr NodeNames kCss = {
    .language_id = "css",
    .comments = "comment js_comment",
    .strings = "string_value",
    .types = "rule_set media_statement keyframes_statement supports_statement"};
constexpr NodeNames kHtml = {.language_id = "html",
                             .comments = "comment",
                             .strings = "quoted_attribute_value",
                             .blocks = "element script_element style_element"};
constexpr NodeNames kYaml = {.language_id = "yaml",
                             .comments = "comment",
                             .strings = "double_quote_scalar single_quote_scalar block_scalar",
                             .types = "block_mapping_pair",
                             .blocks = "block_mapping block_sequence"};
constexpr NodeNames kToml = {.language_id = "toml",
                             .comments = "comment",
                             .strings = "string",
                             .types = "table table_array_element"};
constexpr NodeNames kKotlin = {
    .language_id = "kotlin",
    .comments = "line_comment block_comment",
    .strings = "string_literal multiline_string_literal character_literal",
    .interpolations = "interpolation",
    .functions = "function_declaration anonymous_function secondary_constructor getter setter",
    .types = "class_declaration object_declaration companion_object"};
constexpr NodeNames kSwift = {
    .language_id = "swift",
    .comments = "comment multiline_comment",
    .strings = "line_string_literal multi_line_string_literal raw_string_literal regex_literal",
    .interpolations = "interpolated_expression",
    .functions = "function_declaration init_declaration deinit_declaration subscript_declaration",
    .types = "class_declaration protocol_declaration"};

// Made once, at the first call; constant from then on.
template <const TSLanguage* (*kParser)(void), const NodeNames& kNames>
const Grammar& prepared() {
  static const Grammar kGrammar(kParser(), kNames);
  return kGrammar;
}

struct Row {
  std::string_view language_id;
  const Grammar& (*grammar)();
};

constexpr auto kGrammars = std::to_array<Row>({
    {kPython.language_id, prepared<tree_sitter_python, kPython>},
    {kC.language_id, prepared<tree_sitter_c, kC>},
    {kCpp.language_id, prepared<tree_sitter_cpp, kCpp>},
    {kJavascript.language_id, prepared<tree_sitter_javascript, kJavascript>},
    {kTypescript.language_id, prepared<tree_sitter_typescript, kTypescript>},
    {kTsx.language_id, prepared<tree_sitter_tsx, kTsx>},
    {kRust.language_id, prepared<tree_sitter_rust, kRust>},
    {kGo.language_id, prepared<tree_sitter_go, kGo>},
    {kJava.language_id, prepared<tree_sitter_java, kJava>},
    {kBash.language_id, prepared<tree_sitter_bash, kBash>},
    {kJson.language_id, prepared<tree_sitter_json, kJson>},
    {kLua.language_id, prepared<tree_sitter_lua, kLua>},
    {kCSharp.language_id, prepared<tree_sitter_c_sharp, kCSharp>},
    {kRuby.language_id, prepared<tree_sitter_ruby, kRuby>},
    {kPhp.language_id, prepared<tree_sitter_php, kPhp>},
    {kCss.language_id, prepared<tree_sitter_css, kCss>},
    {kHtml.language_id, prepared<tree_sitter_html, kHtml>},
    {kYaml.language_id, prepared<tree_sitter_yaml, kYaml>},
    {kToml.language_id, prepared<tree_sitter_toml, kToml>},
    {kKotlin.language_id, prepared<tree_sitter_kotlin, kKotlin>},
    {kSwift.language_id, prepared<tree_sitter_swift, kSwift>},
});

}  // namespace

Grammar::Grammar(const TSLanguage* parser, const NodeNames& names)
    : parser_(parser), names_(names), kinds_(ts_language_symbol_count(parser), 0) {
  add(names.comments, kCommentNode);
  add(names.strings, kStringNode);
  add(names.interpolations, kInterpolationNode);
  add(names.functions, kFunctionNode);
  add(names.types, kTypeNode);
  add(names.blocks, kBlockNode);
  add(names.wrappers, kWrapperNode);
}

void Grammar::add(std::string_view names, NodeKind kind) {
  any_word(names, [&](std::string_view name) {
    const auto num_bytes = static_cast<uint32_t>(name.size());
    const TSSymbol symbol = ts_language_symbol_for_name(parser_, name.data(), num_bytes, true);
    if (symbol < kinds_.size()) kinds_[symbol] |= kind;
    return false;
  });
}

uint8_t Grammar::kinds_of(TSNode node) const {
  const TSSymbol symbol = ts_node_symbol(node);
  const bool known = symbol < kinds_.size() && ts_node_is_named(node);  // not ERROR, not "class"
  return known ? kinds_[symbol] : uint8_t{0};
}

const Grammar* grammar_of(const Language& language) {
  const auto row = std::ranges::find(kGrammars, language.id, &Row::language_id);
  return row == kGrammars.end() ? nullptr : &row->grammar();
}

std::vector<TSNode> path_to(const SharedTree& tree, size_t offset) {
  std::vector<TSNode> path;
  if (tree == nullptr || offset > UINT32_MAX) return path;
  const auto byte = static_cast<uint32_t>(offset);
  TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree.get()));
  while (true) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    if (byte < ts_node_start_byte(node) || byte >= ts_node_end_byte(node)) break;
    path.push_back(node);
    if (ts_tree_cursor_goto_first_child_for_byte(&cursor, byte) < 0) break;
  }
  ts_tree_cursor_delete(&cursor);
  return path;
}

}  // namespace fimd

// The string literals of each language, for the table of languages.cc. Of several rules that fit,
// the first counts.
#pragma once

#include <array>
#include <string_view>

#include "completion/syntax/languages.h"

namespace fimd {

inline constexpr QuoteRule kDouble = {.open = "\"", .close = "\""};
inline constexpr QuoteRule kSingle = {.open = "'", .close = "'"};
inline constexpr QuoteRule kCharacter = {.open = "'", .close = "'", .only_characters = true};
inline constexpr QuoteRule kTripleDouble = {
    .open = "\"\"\"", .close = "\"\"\"", .multi_line = true};
inline constexpr QuoteRule kDoubleOverLines = {.open = "\"", .close = "\"", .multi_line = true};
inline constexpr QuoteRule kSingleOverLines = {.open = "'", .close = "'", .multi_line = true};

constexpr QuoteRule raw(std::string_view open, std::string_view close) {
  return {.open = open, .close = close, .escapes = false, .multi_line = true};
}

constexpr QuoteRule interpolated(std::string_view quote,
                                 std::string_view interpolations,
                                 bool multi_line = false) {
  return {
      .open = quote, .close = quote, .multi_line = multi_line, .interpolations = interpolations};
}

inline constexpr std::array kCQuotes = {kDouble, kSingle};
inline constexpr std::array kCppQuotes = {raw("R\"(", ")\""), kDouble, kSingle};

constexpr QuoteRule formatted(std::string_view quote, bool multi_line) {
  return {.open = quote,
          .close = quote,
          .multi_line = multi_line,
          .interpolations = "{",
          .doubled = true,
          .prefixes = "fFtT"};
}

inline constexpr std::array kPythonQuotes = {
    formatted("\"\"\"", true),
    formatted("'''", true),
    formatted("\"", false),
    formatted("'", false),
    kTripleDouble,
    QuoteRule{.open = "'''", .close = "'''", .multi_line = true},
    kDouble,
    kSingle,
};
inline constexpr std::array kScriptQuotes = {
    kDouble,
    kSingle,
    interpolated("`", "${", true),
};
inline constexpr std::array kRustQuotes = {
    raw("r##\"", "\"##"),
    raw("r#\"", "\"#"),
    raw("r\"", "\""),
    kDoubleOverLines,
    kCharacter,
};
inline constexpr std::array kGoQuotes = {kDouble, kSingle, raw("`", "`")};

inline constexpr std::array kJavaQuotes = {
    interpolated("\"\"\"", "\\{", true), interpolated("\"", "\\{"), kSingle};
inline constexpr std::array kScalaQuotes = {
    interpolated("\"\"\"", "${", true), interpolated("\"", "${"), kSingle};
inline constexpr std::array kDartQuotes = {
    interpolated("\"\"\"", "${", true),
    interpolated("'''", "${", true),
    interpolated("\"", "${"),
    interpolated("'", "${"),
};
inline constexpr std::array kScssQuotes = {interpolated("\"", "#{"), interpolated("'", "#{")};
inline constexpr std::array kCmakeQuotes = {interpolated("\"", "${", true)};
inline constexpr std::array kBashQuotes = {
    QuoteRule{.open = "$'", .close = "'", .multi_line = true},
    raw("'", "'"),
    interpolated("\"", "$( ${", true),
};
inline constexpr std::array kJsonQuotes = {kDouble};
inline constexpr std::array kLuaQuotes = {
    raw("[==[", "]==]"), raw("[=[", "]=]"), raw("[[", "]]"), kDouble, kSingle};

constexpr QuoteRule verbatim_with_code(std::string_view open) {
  return {.open = open,
          .close = "\"",
          .escapes = false,
          .multi_line = true,
          .interpolations = "{",
          .doubled = true};
}

inline constexpr std::array kCSharpQuotes = {
    QuoteRule{.open = "$\"\"\"",
              .close = "\"\"\"",
              .escapes = false,
              .multi_line = true,
              .interpolations = "{"},
    raw("\"\"\"", "\"\"\""),
    verbatim_with_code("$@\""),
    verbatim_with_code("@$\""),
    QuoteRule{.open = "$\"", .close = "\"", .interpolations = "{", .doubled = true},
    raw("@\"", "\""),
    kDouble,
    kSingle,
};
inline constexpr std::array kRubyQuotes = {
    interpolated("\"", "#{", true),
    kSingleOverLines,
    interpolated("`", "#{", true),
};
inline constexpr std::array kPhpQuotes = {interpolated("\"", "{$ ${", true), kSingleOverLines};
inline constexpr std::array kYamlQuotes = {
    QuoteRule{.open = "\"", .close = "\"", .multi_line = true, .after_blank = true},
    QuoteRule{.open = "'", .close = "'", .escapes = false, .multi_line = true, .after_blank = true},
};
inline constexpr std::array kTomlQuotes = {kTripleDouble, raw("'''", "'''"), kDouble, kSingle};
inline constexpr std::array kKotlinQuotes = {
    QuoteRule{.open = "\"\"\"",
              .close = "\"\"\"",
              .escapes = false,
              .multi_line = true,
              .interpolations = "${"},
    interpolated("\"", "${"),
    kSingle,
};
inline constexpr std::array kSwiftQuotes = {
    interpolated("\"\"\"", "\\(", true),
    interpolated("\"", "\\("),
};

}  // namespace fimd

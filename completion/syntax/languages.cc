#include "completion/syntax/languages.h"

#include <algorithm>
#include <array>
#include <string>

#include "completion/syntax/quote_rules.h"
#include "completion/syntax/text_lines.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

constexpr auto kTable = std::to_array<Language>({
    {.id = "python",
     .extensions = "py pyi pyw",
     .file_names = "SConstruct SConscript",
     .line_comments = "#",
     .block_style = BlockStyle::kIndentation,
     .quotes = kPythonQuotes,
     .imports = "import from",
     .continuations = "else elif except finally case"},
    {.id = "c",
     .extensions = "c",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kCQuotes,
     .imports = "#include",
     .continuations = "else"},
    {.id = "cpp",
     .aliases = "cuda-cpp c++",
     // A header may be C too; the grammar of C++ reads both.
     .extensions = "cc cpp cxx c++ h hh hpp hxx h++ ipp inl cu cuh",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kCppQuotes,
     .imports = "#include import using",
     .flat_blocks = "namespace extern",
     .continuations = "else catch"},
    {.id = "javascript",
     .aliases = "javascriptreact",
     .extensions = "js jsx mjs cjs",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kScriptQuotes,
     .regex_literals = true,
     .imports = "import require(",
     .continuations = "else catch finally"},
    {.id = "typescript",
     .extensions = "ts mts cts",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kScriptQuotes,
     .regex_literals = true,
     .imports = "import require(",
     .continuations = "else catch finally"},
    {.id = "typescriptreact",
     .aliases = "tsx",
     .dialect_of = "typescript",
     .extensions = "tsx",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kScriptQuotes,
     .regex_literals = true,
     .imports = "import require(",
     .continuations = "else catch finally"},
    {.id = "rust",
     .extensions = "rs",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .nested_comments = true,
     .quotes = kRustQuotes,
     .imports = "use extern mod",
     .continuations = "else"},
    {.id = "go",
     .extensions = "go",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kGoQuotes,
     .imports = "import"},
    {.id = "java",
     .extensions = "java",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kJavaQuotes,
     .imports = "import",
     .continuations = "else catch finally"},
    {.id = "shellscript",
     .aliases = "bash sh zsh shell",
     .extensions = "sh bash zsh ksh bats",
     .file_names = ".bashrc .bash_profile .profile .zshrc PKGBUILD",
     .line_comments = "#",
     .comment_after_blank = true,
     .block_style = BlockStyle::kKeywords,
     .quotes = kBashQuotes,
     .unpaired = ")",
     .imports = "source .",
     .block_openers = "then do else {",
     .block_closers = "fi done esac }",
     .continuations = "else elif"},
    {.id = "json",
     .aliases = "jsonc json5",
     .extensions = "json jsonc json5 webmanifest",
     .file_names = ".babelrc .eslintrc .prettierrc",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kJsonQuotes},
    {.id = "lua",
     .extensions = "lua rockspec",
     .line_comments = "--",
     .block_comment_open = "--[[",
     .block_comment_close = "]]",
     .block_style = BlockStyle::kKeywords,
     .quotes = kLuaQuotes,
     .imports = "require( require",
     .block_words = "function",
     .block_openers = "then do else repeat",
     .block_closers = "end until",
     .continuations = "else elseif"},
    {.id = "csharp",
     .aliases = "c#",
     .extensions = "cs csx",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kCSharpQuotes,
     .imports = "using",
     .continuations = "else catch finally"},
    {.id = "ruby",
     .extensions = "rb rake gemspec ru",
     .file_names = "Gemfile Rakefile Vagrantfile",
     .line_comments = "#",
     .block_comment_open = "=begin",
     .block_comment_close = "=end",
     .block_style = BlockStyle::kKeywords,
     .quotes = kRubyQuotes,
     .regex_literals = true,
     .imports = "require require_relative",
     .block_headers = "def class module if unless while until for case begin when",
     .block_openers = "do then else ensure rescue",
     .block_closers = "end",
     .continuations = "else elsif rescue ensure when in"},
    {.id = "php",
     .extensions = "php phtml php8",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kPhpQuotes,
     .imports = "use require require_once include include_once",
     .continuations = "else elseif catch finally"},
    {.id = "css",
     .extensions = "css",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kCQuotes,
     .imports = "@import"},
    {.id = "html",
     .aliases = "xhtml",
     .extensions = "html htm xhtml",
     .block_comment_open = "<!--",
     .block_comment_close = "-->",
     .block_style = BlockStyle::kTags,
     .brackets = ""},
    {.id = "yaml",
     .aliases = "dockercompose",
     .extensions = "yaml yml",
     .file_names = ".clang-format .clang-tidy",
     .line_comments = "#",
     .comment_after_blank = true,
     .block_style = BlockStyle::kIndentation,
     .quotes = kYamlQuotes,
     .brackets = "{}[]"},
    {.id = "toml",
     .extensions = "toml",
     .file_names = "Cargo.lock poetry.lock",
     .line_comments = "#",
     .quotes = kTomlQuotes},
    {.id = "kotlin",
     .extensions = "kt kts",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .nested_comments = true,
     .quotes = kKotlinQuotes,
     .imports = "import",
     .continuations = "else catch finally"},
    {.id = "swift",
     .extensions = "swift",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .nested_comments = true,
     .quotes = kSwiftQuotes,
     .imports = "import",
     .continuations = "else catch"},
    {.id = "scss",
     .aliases = "less",
     .extensions = "scss less",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kScssQuotes,
     .imports = "@import @use"},
    {.id = "scala",
     .extensions = "scala sc",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .nested_comments = true,
     .quotes = kScalaQuotes,
     .imports = "import",
     .continuations = "else catch finally"},
    {.id = "dart",
     .extensions = "dart",
     .line_comments = "//",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .quotes = kDartQuotes,
     .imports = "import export",
     .continuations = "else on catch finally"},
    {.id = "zig",
     .extensions = "zig zon",
     .line_comments = "//",
     .quotes = kCQuotes,
     .imports = "@import",
     .continuations = "else"},
    {.id = "cmake",
     .extensions = "cmake",
     .file_names = "CMakeLists.txt",
     .line_comments = "#",
     .block_comment_open = "#[[",
     .block_comment_close = "]]",
     .block_style = BlockStyle::kKeywords,
     .quotes = kCmakeQuotes,
     .imports = "include find_package",
     .block_headers = "if function macro foreach while else elseif",
     .block_closers = "endif endfunction endmacro endforeach endwhile",
     .continuations = "else elseif"},
    {.id = "makefile",
     .extensions = "mk",
     .file_names = "Makefile makefile GNUmakefile",
     .line_comments = "#",
     .block_style = BlockStyle::kIndentation,
     .imports = "include"},
    {.id = "xml",
     .extensions = "xml svg xsd xsl plist",
     .block_comment_open = "<!--",
     .block_comment_close = "-->",
     .block_style = BlockStyle::kTags,
     .brackets = ""},
    {.id = "sql",
     .extensions = "sql",
     .line_comments = "--",
     .block_comment_open = "/*",
     .block_comment_close = "*/",
     .block_style = BlockStyle::kIndentation,
     .quotes = kCQuotes},
    {.id = "plaintext", .block_style = BlockStyle::kIndentation, .brackets = ""},
});

// The last part of a path or URI, of either kind of slash.
std::string_view file_name_of(std::string_view path) {
  const size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

std::span<const Language> all_languages() {
  return kTable;
}

const Language& plain_text() {
  return kTable.back();
}

const Language& detect_language(std::string_view path, std::string_view language_id) {
  const auto find = [](const auto& matches) -> const Language* {
    const auto row = std::ranges::find_if(kTable, matches);
    return row == kTable.end() ? nullptr : &*row;
  };
  const auto* row = find([&](const Language& language) {
    return language.id == language_id || has_word(language.aliases, language_id);
  });
  // An editor that does not know a file calls it plain text; its name may tell us more.
  if (row != nullptr && row != &plain_text()) return *row;
  const std::string_view name = file_name_of(path);
  row = find([&](const Language& language) { return has_word(language.file_names, name); });
  if (row != nullptr) return *row;
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return plain_text();
  const std::string extension = to_ascii_lower(name.substr(dot + 1));
  row = find([&](const Language& language) { return has_word(language.extensions, extension); });
  return row == nullptr ? plain_text() : *row;
}

bool is_named(const Language& language, std::span<const std::string> names) {
  if (names.empty()) return true;
  return std::ranges::any_of(names, [&](const std::string& name) {
    const std::string word = to_ascii_lower(name);
    return word == language.id || word == language.dialect_of || has_word(language.aliases, word);
  });
}

}  // namespace fimd

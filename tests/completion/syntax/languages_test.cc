#include "completion/syntax/languages.h"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

void check_language(std::string_view path,
                    std::string_view language_id,
                    std::string_view expected) {
  EXPECT_EQ(detect_language(path, language_id).id, expected) << path << " " << language_id;
}

TEST(Languages, AreFoundByLanguageIdFirst) {
  check_language("a.py", "ruby", "ruby");
  check_language("a.h", "c", "c");
  check_language("", "typescriptreact", "typescriptreact");
  check_language("", "javascriptreact", "javascript");
  check_language("", "shellscript", "shellscript");
  check_language("", "sh", "shellscript");
  check_language("", "jsonc", "json");
}

TEST(Languages, AreFoundByNameThenExtension) {
  check_language("/src/CMakeLists.txt", "", "cmake");
  check_language("file:///c%3A/src/Main.JAVA", "", "java");
  check_language("C:\\src\\a.tar.rs", "", "rust");
  check_language("Gemfile", "unheard-of", "ruby");
  check_language("a.tsx", "", "typescriptreact");
  check_language("a.h", "", "cpp");
  check_language(".clang-format", "", "yaml");
}

TEST(Languages, PlainTextIsWhatNothingElseIs) {
  check_language("", "", "plaintext");
  check_language("README", "", "plaintext");
  check_language("dir.py/file", "", "plaintext");
  check_language("a.unknown", "klingon", "plaintext");
  check_language("a.py", "plaintext", "python");
  check_language("trailing.", "", "plaintext");
}

// An id, alias, name or extension that two rows claim would hide one of them.
TEST(Languages, ClaimNothingTwice) {
  std::set<std::string, std::less<>> seen;
  const auto claim = [&](std::string_view words, const std::string& kind) {
    any_word(words, [&](std::string_view word) {
      EXPECT_TRUE(seen.insert(kind + std::string(word)).second) << kind << word;
      return false;
    });
  };
  for (const Language& language : all_languages()) {
    claim(language.id, "id ");
    claim(language.aliases, "id ");
    claim(language.file_names, "name ");
    claim(language.extensions, "extension ");
  }
}

TEST(Languages, AreNamedAsPeopleSpellThem) {
  const std::vector<std::string> names = {"Python", "C++", "C#", "Shell", "TypeScript"};
  for (const char* known :
       {"python", "cpp", "csharp", "shellscript", "typescript", "typescriptreact"}) {
    EXPECT_TRUE(is_named(detect_language("", known), names)) << known;
  }
  for (const char* other : {"c", "css", "javascript", "java", "plaintext"}) {
    EXPECT_FALSE(is_named(detect_language("", other), names)) << other;
  }
  EXPECT_TRUE(is_named(detect_language("", "java"), {})) << "a card that says nothing";
}

}  // namespace
}  // namespace fimd

#include "completion/syntax/imports.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

void check_imports(std::string_view language_id, std::string_view text, std::string_view expected) {
  const Language& language = language_called(language_id);
  for (const auto& view : {view_with_tree(language, text), view_without_tree(language, text)}) {
    std::string found;
    for (const ByteRange& range : import_statements(view)) {
      found.append(text_of(text, range)).append("|");
    }
    EXPECT_EQ(found, expected) << language_id;
  }
}

TEST(Imports, AreFoundInEveryLanguage) {
  check_imports("python",
                "import a\nfrom b import (\n  c,\n)\nimportant = 1\n",
                "import a|from b import (\n  c,\n)|");
  check_imports("c",
                "#ifndef A\n#include <a.h>\r\n#include \"b.h\"\n#endif\n",
                "#include <a.h>|#include \"b.h\"|");
  check_imports("javascript",
                "import {\n  a,\n} from 'b';\nconst c = require('c');\nlet d;\n",
                "import {\n  a,\n} from 'b';|const c = require('c');|");
  check_imports(
      "rust", "use a::{\n    b,\n};\nextern crate c;\n", "use a::{\n    b,\n};|extern crate c;|");
  check_imports("go",
                "package a\n\nimport (\n    \"b\"\n)\nimport \"c\"\n",
                "import (\n    \"b\"\n)|import \"c\"|");
  check_imports("java", "import a.b;\nimport static c.D.*;\n", "import a.b;|import static c.D.*;|");
  check_imports("csharp", "using A;\n", "using A;|");
  check_imports("php", "<?php\nuse A\\B;\nrequire 'c.php';\n", "use A\\B;|require 'c.php';|");
  check_imports("ruby", "require 'a'\nrequire_relative 'b'\n", "require 'a'|require_relative 'b'|");
  check_imports("lua", "local a = require(\"a\")\n", "local a = require(\"a\")|");
  check_imports("shellscript", "source a.sh\n. b.sh\n.c\n", "source a.sh|. b.sh|");
  check_imports("kotlin", "import a.b\n", "import a.b|");
  check_imports("swift", "import Foundation\n", "import Foundation|");
  check_imports("css", "@import \"a.css\";\n", "@import \"a.css\";|");
  check_imports("plaintext", "import a\n", "");
}

TEST(Imports, AreNoneInStringsAndComments) {
  check_imports("python", "\"\"\"\nimport a\n\"\"\"\n", "");
  check_imports("c", "/*\n#include <a.h>\n*/\n", "");
}

TEST(Imports, AreFoundUpToTheirLimits) {
  std::string text;
  for (size_t i = 0; i < 2 * kMaxImports; ++i) text += "import a\n";
  const Language& language = language_called("python");
  EXPECT_EQ(import_statements(view_without_tree(language, text)).size(), kMaxImports);
  for (const std::string& hostile : hostile_texts()) {
    EXPECT_TRUE(import_statements(view_without_tree(language, hostile)).empty());
  }
}

}  // namespace
}  // namespace fimd

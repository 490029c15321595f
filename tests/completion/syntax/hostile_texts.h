// Bytes that no program has: NUL, invalid UTF-8, brackets nested a hundred thousand times, literals
// that never end.
//
// Whatever asks a question of a text must survive them, at any offset.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fimd {

inline std::vector<std::string> hostile_texts() {
  const auto repeated = [](std::string_view piece, size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += piece;
    return text;
  };
  return {
      "",
      std::string(1, '\0'),
      std::string("a\0b\0(\0\"\0", 8),
      "\xEF\xBB\xBF\xFF\xFE\x80 x = \xC3(",
      "\xED\xA0\x80\xF4\x90\x80\x80",
      repeated("(", 100000),
      repeated("[{(", 9000) + repeated(")}]", 9000),
      repeated("<a>", 4000),
      repeated("\"${", 3000),
      repeated("=/[", 5000),
      repeated("a:\n ", 3000),
      repeated("\r", 1000) + "\t\r\n x",
      repeated("<<A\n", 2000),
      repeated("/*", 9000),
      repeated("'", 9999),
      repeated(" ", 20000),
  };
}

}  // namespace fimd

#include "engine/tokenizer/fim_formats.h"

#include <algorithm>
#include <array>

namespace fimd {
namespace {

// DeepSeek's bars are U+FF5C, its gap is U+2581.
constexpr std::array kFormats = {
    FimFormat{.name = "DeepSeek",
              .prefix = "<\xEF\xBD\x9C"
                        "fim\xE2\x96\x81"
                        "begin\xEF\xBD\x9C>",
              .suffix = "<\xEF\xBD\x9C"
                        "fim\xE2\x96\x81"
                        "hole\xEF\xBD\x9C>",
              .middle = "<\xEF\xBD\x9C"
                        "fim\xE2\x96\x81"
                        "end\xEF\xBD\x9C>"},
    FimFormat{.name = "Qwen",
              .prefix = "<|fim_prefix|>",
              .suffix = "<|fim_suffix|>",
              .middle = "<|fim_middle|>"},
    FimFormat{.name = "StarCoder",
              .prefix = "<fim_prefix>",
              .suffix = "<fim_suffix>",
              .middle = "<fim_middle>"},
};

}  // namespace

std::span<const FimFormat> fim_formats() {
  return kFormats;
}

bool is_fim_marker(std::string_view spelling) {
  return std::ranges::any_of(kFormats, [&](const FimFormat& format) {
    return spelling == format.prefix || spelling == format.suffix || spelling == format.middle;
  });
}

}  // namespace fimd

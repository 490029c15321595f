#include "engine/tokenizer/fim_formats.h"

#include <algorithm>
#include <array>

namespace fimd {
namespace {

constexpr std::array kFormats = {
    // DeepSeek; the bars are U+FF5C, the gap is U+2581.
    FimFormat{.prefix = "<\xEF\xBD\x9C"
                        "fim\xE2\x96\x81"
                        "begin\xEF\xBD\x9C>",
              .suffix = "<\xEF\xBD\x9C"
                        "fim\xE2\x96\x81"
                        "hole\xEF\xBD\x9C>",
              .middle = "<\xEF\xBD\x9C"
                        "fim\xE2\x96\x81"
                        "end\xEF\xBD\x9C>"},
    // Qwen2.5-Coder.
    FimFormat{.prefix = "<|fim_prefix|>", .suffix = "<|fim_suffix|>", .middle = "<|fim_middle|>"},
    // StarCoder2.
    FimFormat{.prefix = "<fim_prefix>", .suffix = "<fim_suffix>", .middle = "<fim_middle>"},
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

// Tokenizer folders that tests make up.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "engine/tokenizer/tokenizer.h"
#include "tests/support/temp_folder.h"

namespace fimd {

/// A tokenizer.json of three letters: "a" 0, "b" 1, " " 2 (spelled U+0120), "ab" 3, "aba" 4, whose
/// special token "<s>" has id 5.
inline nlohmann::json small_tokenizer() {
  return nlohmann::json::parse(R"({
    "added_tokens": [{"id": 5, "content": "<s>", "special": true}],
    "normalizer": null,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false},
    "post_processor": null,
    "decoder": {"type": "ByteLevel"},
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "\u0120": 2, "ab": 3, "aba": 4},
              "merges": ["a b", ["ab", "a"]]}
  })");
}

inline Result<Tokenizer> load_text(std::string_view tokenizer_json, std::string_view config = "") {
  TempFolder folder;
  folder.write("tokenizer.json", tokenizer_json);
  if (!config.empty()) folder.write("tokenizer_config.json", config);
  return Tokenizer::load(folder.path());
}

/// The tokenizer that `patch` (RFC 6902) turns small_tokenizer() into.
inline Result<Tokenizer> load_patched(std::string_view patch, std::string_view config = "") {
  const nlohmann::json spec = small_tokenizer().patch(nlohmann::json::parse(patch));
  return load_text(spec.dump(), config);
}

}  // namespace fimd

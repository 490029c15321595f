// Trained checkpoints, and what another implementation makes of them.
//
// tests/real/fetch_models.py puts the checkpoints into build/models; a test of one that is not
// there is skipped. tests/golden/real/NAME.json has prompts as token ids with the greedy tokens
// that Hugging Face transformers gives for the dequantised weights in fp32, and by how much each
// beats the next best.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/golden.h"

namespace fimd {

struct GreedyGolden {
  std::vector<int32_t> prompt;
  std::vector<int32_t> greedy;
  std::vector<float> margin;  ///< best less second logit, of each step
};

inline std::filesystem::path real_model(const std::string& name) {
  return source_dir() / "build/models" / (name + ".gguf");
}

inline std::vector<GreedyGolden> real_goldens(const std::string& name) {
  std::ifstream file(golden_root() / "real" / (name + ".json"));
  std::vector<GreedyGolden> goldens;
  for (const nlohmann::json& entry : nlohmann::json::parse(file)) {
    goldens.push_back({entry.at("ids").get<std::vector<int32_t>>(),
                       entry.at("greedy").get<std::vector<int32_t>>(),
                       entry.at("margin").get<std::vector<float>>()});
  }
  return goldens;
}

}  // namespace fimd

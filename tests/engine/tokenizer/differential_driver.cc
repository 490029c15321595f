// Answers differential_test.py: one JSON object per line in, one out.
//
//   {"text": "..."}    -> {"ids": [...], "literal": [...], "decoded": "..."}, decoded from `ids`
//   {"ids": [...]}     -> {"decoded": "..."}
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/tokenizer/tokenizer.h"

namespace {

using fimd::SpecialTokens;
using fimd::Tokenizer;
using nlohmann::json;

json answer(const Tokenizer& tokenizer, const json& query) {
  json reply;
  std::vector<int32_t> ids;
  if (query.contains("ids")) {
    ids = query["ids"].get<std::vector<int32_t>>();
  } else {
    const auto text = query["text"].get<std::string>();
    ids = tokenizer.encode(text, SpecialTokens::kRecognized);
    reply["ids"] = ids;
    reply["literal"] = tokenizer.encode(text, SpecialTokens::kLiteral);
  }
  reply["decoded"] = tokenizer.decode(ids);
  return reply;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: differential_driver FOLDER\n";
    return 2;
  }
  const auto tokenizer = Tokenizer::load(argv[1]);
  if (!tokenizer) {
    std::cerr << tokenizer.error().message << "\n";
    return 1;
  }
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << answer(*tokenizer, json::parse(line)).dump() << "\n";
  }
  return 0;
}

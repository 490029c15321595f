// quality MODEL HOLES BUILD: what a model and fimd make of it, on holes in other people's code.

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "engine/engine.h"
#include "tests/quality/report.h"

namespace fimd {
namespace {

Result<std::string> measure(const std::filesystem::path& model,
                            const std::filesystem::path& build,
                            size_t num_holes) {
  FIMD_TRY(const std::unique_ptr<Engine> engine, Engine::open({.model = model}));
  std::vector<Judged> all;
  for (Question& question : ask_questions(build, num_holes)) {
    Judged judged = {.question = std::move(question)};
    for (size_t way = 0; way < kNumWays; ++way) {
      FIMD_TRY(judged.answers.at(way), answer(judged.question, static_cast<Way>(way), *engine));
    }
    all.push_back(std::move(judged));
    std::fprintf(stderr, "\r%zu of %zu", all.size(), num_holes);
  }
  std::fputs("\n", stderr);
  return to_markdown(model.stem().string(), all);
}

}  // namespace
}  // namespace fimd

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: quality MODEL HOLES BUILD\n", stderr);
    return 2;
  }
  const auto page = fimd::measure(argv[1], argv[3], std::strtoul(argv[2], nullptr, 10));
  if (!page) {
    std::fprintf(stderr, "quality: %s\n", page.error().message.c_str());
    return 1;
  }
  std::fputs(page->c_str(), stdout);
  return 0;
}

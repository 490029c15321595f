#include "engine/tokenizer/fim_formats.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace fimd {
namespace {

// Sources: the cards and papers of the models, and the code that their makers publish with them.
// Rows that spell their markers alike stand next to each other, the one without kin last.
constexpr std::array kFormats = {
    // V2 (arXiv:2405.04434), Coder-V2 (2406.11931) and the first Coder.
    FimFormat{.name = "DeepSeek",
              .prefix = "<\uFF5Cfim\u2581begin\uFF5C>",
              .suffix = "<\uFF5Cfim\u2581hole\uFF5C>",
              .middle = "<\uFF5Cfim\u2581end\uFF5C>",
              .ends = {"<\uFF5Cend\u2581of\u2581sentence\uFF5C>", "<|EOT|>"}},
    FimFormat{.name = "Granite 4",
              .prefix = "<|fim_prefix|>",
              .suffix = "<|fim_suffix|>",
              .middle = "<|fim_middle|>",
              .kin = {"<|filename|>", "<|reponame|>"},
              .repository = "<|reponame|>",
              .file = "<|filename|>",
              .ends = {"<|fim_pad|>"}},
    // arXiv:2409.12186; Qwen3-Coder too.
    FimFormat{.name = "Qwen2.5-Coder",
              .prefix = "<|fim_prefix|>",
              .suffix = "<|fim_suffix|>",
              .middle = "<|fim_middle|>",
              .repository = "<|repo_name|>",
              .file = "<|file_sep|>",
              .ends = {"<|fim_pad|>"}},
    // arXiv:2510.05788. StarCoder and Granite have <filename> too, but no turns of a chat.
    FimFormat{.name = "Mellum",
              .prefix = "<fim_prefix>",
              .suffix = "<fim_suffix>",
              .middle = "<fim_middle>",
              .kin = {"<filename>", "<|im_start|>"},
              .suffix_first = true,
              .repository = "<reponame>",
              .file = "<filename>",
              .ends = {"<fim_pad>"}},
    // arXiv:2402.19173.
    FimFormat{.name = "StarCoder2",
              .prefix = "<fim_prefix>",
              .suffix = "<fim_suffix>",
              .middle = "<fim_middle>",
              .kin = {"<repo_name>", "<file_sep>"},
              .repository = "<repo_name>",
              .file = "<file_sep>",
              .ends = {"<fim_pad>"}},
    // arXiv:2305.06161; Granite Code (2405.04324) and Granite 3 have its vocabulary's spellings.
    FimFormat{.name = "StarCoder and Granite 3",
              .prefix = "<fim_prefix>",
              .suffix = "<fim_suffix>",
              .middle = "<fim_middle>",
              .repository = "<reponame>",
              .file = "<filename>",
              .ends = {"<fim_pad>"}},
    // arXiv:2308.12950: documents were split between any two characters, then encoded.
    FimFormat{.name = "CodeLlama",
              .prefix = "\u2581<PRE>",
              .suffix = "\u2581<SUF>",
              .middle = "\u2581<MID>",
              .heals = false,
              .ends = {"\u2581<EOT>"}},
    // arXiv:2506.03524, split like CodeLlama's "to support intra-word completion".
    FimFormat{.name = "Seed-Coder",
              .prefix = "<[fim-prefix]>",
              .suffix = "<[fim-suffix]>",
              .middle = "<[fim-middle]>",
              .suffix_first = true,
              .heals = false,
              .ends = {"<[end\u2581of\u2581sentence]>"}},
    // encode_fim() of the PyPI package mistral-common; [MIDDLE] is in the vocabulary, but unused.
    FimFormat{.name = "Codestral",
              .prefix = "[PREFIX]",
              .suffix = "[SUFFIX]",
              .suffix_first = true,
              .ends = {"[MIDDLE]"}},
};

// Ends of documents and of turns, in any family. A model that was tuned for chats ends its answers
// with these, and files may mark them as ordinary.
constexpr std::array<std::string_view, 9> kTurnEnds = {"<|endoftext|>",
                                                       "<|end_of_text|>",
                                                       "<|im_end|>",
                                                       "<|im_start|>",
                                                       "<|eot_id|>",
                                                       "<|eom_id|>",
                                                       "<|end|>",
                                                       "<|start_of_role|>",
                                                       "<end_of_turn>"};

/// What a vocabulary has of a row.
struct Match {
  const FimFormat* format;
  std::vector<std::string_view> missing;  ///< of markers and kin
  bool has_marker = false;
};

Match match_format(const FimFormat& format,
                   const std::function<std::optional<int32_t>(std::string_view)>& find) {
  Match match = {.format = &format};
  for (const std::string_view marker : {format.prefix, format.suffix, format.middle}) {
    if (marker.empty()) continue;
    if (find(marker)) {
      match.has_marker = true;
    } else {
      match.missing.push_back(marker);
    }
  }
  for (const std::string_view token : format.kin) {
    if (!token.empty() && !find(token)) match.missing.push_back(token);
  }
  return match;
}

std::string missing_markers(const Match& match) {
  std::string text =
      "of " + std::string(match.format->name) + "'s markers for holes the vocabulary lacks ";
  for (const std::string_view& marker : match.missing) {
    if (&marker != match.missing.data()) text += ", ";
    text += marker;
  }
  return text;
}

}  // namespace

Result<FimTokens> find_fim_tokens(
    const std::function<std::optional<int32_t>(std::string_view)>& find) {
  std::optional<Match> closest;
  for (const FimFormat& format : kFormats) {
    Match match = match_format(format, find);
    if (match.missing.empty()) {
      return FimTokens{.format = &format,
                       .prefix = *find(format.prefix),
                       .suffix = *find(format.suffix),
                       .middle = format.middle.empty() ? std::nullopt : find(format.middle)};
    }
    if (!match.has_marker) continue;
    if (!closest || match.missing.size() < closest->missing.size()) closest = std::move(match);
  }
  return fail(ErrorCode::kUnsupported,
              closest ? missing_markers(*closest) : "no markers for holes in the vocabulary");
}

bool is_reserved(std::string_view spelling) {
  bool is_found = false;
  for_each_reserved([&](std::string_view known) { is_found = is_found || known == spelling; });
  return is_found;
}

void for_each_reserved(const std::function<void(std::string_view)>& visit) {
  const auto visit_all = [&](const auto& spellings) {
    for (const std::string_view spelling : spellings) {
      if (!spelling.empty()) visit(spelling);
    }
  };
  for (const FimFormat& format : kFormats) {
    visit_all(
        std::array{format.prefix, format.suffix, format.middle, format.repository, format.file});
    visit_all(format.ends);
  }
  visit_all(kTurnEnds);
}

}  // namespace fimd

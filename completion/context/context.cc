#include "completion/context/context.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "completion/context/rank.h"
#include "completion/context/safe_text.h"
#include "completion/line_ending.h"
#include "completion/syntax/imports.h"
#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

std::string path_comment(const Language& language, std::string_view path) {
  if (path.empty()) return "";
  std::string line(path);
  // A name may hold anything but NUL and '/'.
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  const std::string_view opener =
      language.line_comments.substr(0, language.line_comments.find(' '));
  if (!opener.empty()) return std::string(opener) + " " + line + "\n";
  if (language.block_comment_open.empty()) return "# " + line + "\n";
  return std::string(language.block_comment_open) + " " + line + " " +
         std::string(language.block_comment_close) + "\n";
}

/// A range of the own file that is shown before the prefix.
struct Header {
  ByteRange range;
  size_t order = 0;  ///< which is kept longest, when not all fit
};

// Where the prefix window begins in the own text: the cursor, when it is no part of it.
size_t window_begin(const ContextRequest& request) {
  const std::string_view text = request.site.view.text;
  const std::string_view prefix = request.window.prefix;
  const size_t cursor = std::min(request.site.cursor.value, text.size());
  const std::less_equal<> not_after;
  const bool within = !prefix.empty() && not_after(text.data(), prefix.data()) &&
                      not_after(prefix.data(), text.data() + text.size());
  return within ? std::min(static_cast<size_t>(prefix.data() - text.data()), cursor) : cursor;
}

// The imports and the signatures around the cursor that begin before the window, in the order of
// the text. The innermost signature is worth most, then those around it, then the imports.
std::vector<Header> hidden_headers(const ContextRequest& request) {
  const SyntaxView& view = request.site.view;
  const size_t hidden_end = window_begin(request);
  std::vector<Header> headers;
  if (hidden_end == 0) return headers;
  std::vector<Scope> scopes = enclosing_scopes(view, request.site.cursor);
  std::erase_if(scopes,
                [&](const Scope& scope) { return scope.signature.begin.value >= hidden_end; });
  const std::vector<ByteRange> imports = import_statements(view);
  headers.reserve(imports.size() + scopes.size());
  for (size_t i = 0; i < imports.size() && imports[i].begin.value < hidden_end; ++i) {
    headers.push_back({.range = imports[i], .order = scopes.size() + i});
  }
  for (size_t i = 0; i < scopes.size(); ++i) {
    ByteRange range = scopes[i].signature;
    const size_t line = line_begin(view.text, range.begin.value);
    const bool indented = is_blank(view.text.substr(line, range.begin.value - line));
    if (indented) range.begin.value = line;
    headers.push_back({.range = range, .order = scopes.size() - 1 - i});
  }
  return headers;
}

/// A piece of the context: kept or left out as a whole.
struct Part {
  std::string text;
  int64_t num_tokens = 0;
  bool kept = false;
};

/// Makes the parts, has them counted together, and keeps what is worth most while it fits.
class ContextBuilder {
 public:
  ContextBuilder(const ContextRequest& request, const TokenCounter& count_tokens)
      : request_(request),
        count_tokens_(count_tokens),
        most_bytes_(fim_reach_bytes(request.budget_tokens, TextDocument::kMaxBytes)) {}

  Result<PromptContext> build() {
    if (request_.budget_tokens <= 0) return PromptContext{};
    own_path_.text = path_comment(request_.site.view.language, request_.path);
    make_headers();
    make_chunks();
    FIMD_TRY_STATUS(count());
    keep();
    PromptContext context;
    const auto append = [&context](const Part& part) {
      if (!part.kept) return;
      context.text += part.text;
      context.num_tokens += part.num_tokens;
    };
    std::for_each(chunks_.rbegin(), chunks_.rend(), append);
    std::ranges::for_each(headers_, append);
    append(own_path_);
    return context;
  }

 private:
  void make_headers() {
    const std::string_view text = request_.site.view.text;
    for (const Header& header : hidden_headers(request_)) {
      const size_t begin = header.range.begin.value;
      const size_t end = header.range.end.value;
      Part& part = headers_.emplace_back();
      orders_.push_back(header.order);
      // One that is too long is known not to fit: an empty text stands for it.
      if (end - begin >= most_bytes_) continue;
      part.text = to_lf(SafeText(text, begin, end).view(begin, end)) + "\n";
    }
  }

  void make_chunks() {
    for (const RankedChunk& chunk : rank_chunks(request_)) {
      if (chunk.range.end.value - chunk.range.begin.value >= most_bytes_) continue;
      const Neighbour& neighbour = request_.neighbours[chunk.neighbour];
      Part& part = chunks_.emplace_back();
      part.text = path_comment(request_.site.view.language, neighbour.path);
      part.text += chunk_text(chunk);
      part.text += '\n';
    }
  }

  Status count() {
    std::vector<Part*> parts = {&own_path_};
    for (Part& part : headers_) parts.push_back(&part);
    for (Part& part : chunks_) parts.push_back(&part);
    std::vector<std::string_view> texts;
    size_t num_bytes = 0;
    for (Part* part : parts) {
      texts.emplace_back(part->text);
      part->num_tokens = static_cast<int64_t>(part->text.size());
      num_bytes += part->text.size();
    }
    // A token has at least one byte: what is short fits, however it counts.
    if (static_cast<int64_t>(num_bytes) <= request_.budget_tokens) return {};
    FIMD_TRY(const std::vector<int32_t> counts, count_pieces(texts, count_tokens_));
    for (size_t i = 0; i < parts.size(); ++i) parts[i]->num_tokens = counts[i];
    return {};
  }

  void keep() {
    int64_t room = request_.budget_tokens;
    const auto take = [&room](Part& part) {
      part.kept = part.num_tokens <= room;
      if (part.kept) room -= part.num_tokens;
      return part.kept;
    };
    if (!take(own_path_)) return;
    std::vector<size_t> by_worth(headers_.size());
    for (size_t i = 0; i < headers_.size(); ++i) by_worth[orders_[i]] = i;
    for (const size_t i : by_worth) {
      if (headers_[i].text.empty() || !take(headers_[i])) break;
    }
    for (Part& chunk : chunks_) take(chunk);
  }

  // Masked with all that is looked at around it: a chunk may begin in the middle of a key.
  std::string chunk_text(const RankedChunk& chunk) {
    const Neighbour& neighbour = request_.neighbours[chunk.neighbour];
    const auto [begin, end] = considered_range(neighbour);
    const auto [masked, is_new] = masked_.try_emplace(chunk.neighbour);
    if (is_new) masked->second = SafeText(*neighbour.text, begin.value, end.value);
    return to_lf(masked->second.view(chunk.range.begin.value, chunk.range.end.value));
  }

  const ContextRequest& request_;
  const TokenCounter& count_tokens_;
  const size_t most_bytes_;  // of a part; longer ones do not fit
  Part own_path_;
  std::vector<Part> headers_;  // in the order of the text
  std::vector<size_t> orders_;
  std::vector<Part> chunks_;           // best first
  std::map<size_t, SafeText> masked_;  // by neighbour
};

}  // namespace

Result<PromptContext> build_context(const ContextRequest& request,
                                    const TokenCounter& count_tokens) {
  return ContextBuilder(request, count_tokens).build();
}

}  // namespace fimd

#include "completion/context/context.h"

#include <algorithm>
#include <map>
#include <utility>

#include "completion/context/rank.h"
#include "completion/context/secrets.h"
#include "completion/line_ending.h"
#include "completion/syntax/imports.h"
#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

/// Chunks that did not fit before no more are tried: each costs a count.
constexpr int kMaxMisses = 4;

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

// The text of those headers that are among the `num_kept` worth most.
std::string headers_text(std::string_view text,
                         const std::vector<Header>& headers,
                         size_t num_kept) {
  std::string result;
  for (const Header& header : headers) {
    if (header.order >= num_kept) continue;
    const size_t begin = header.range.begin.value;
    result += text.substr(begin, header.range.end.value - begin);
    result += '\n';
  }
  return to_lf(mask_secrets(result));
}

/// Gathers the parts from the one that is worth most to the least, while they fit.
class ContextBuilder {
 public:
  ContextBuilder(const ContextRequest& request, const TokenCounter& count_tokens)
      : request_(request), count_tokens_(count_tokens), room_(request.budget_tokens) {}

  Result<std::string> build() {
    const std::string own_path = path_comment(request_.site.view.language, request_.path);
    FIMD_TRY(const bool fits, take(own_path));
    if (!fits) return "";
    FIMD_TRY(const std::string headers, take_headers());
    FIMD_TRY_STATUS(take_chunks());
    // Tokens may join or split where parts meet, so the whole is counted again.
    while (true) {
      std::string text;
      for (size_t i = chunks_.size(); i > 0; --i) text += chunks_[i - 1];
      text += headers;
      text += own_path;
      FIMD_TRY(const bool all_fit, fits_in(text, request_.budget_tokens));
      if (all_fit) return text;
      if (chunks_.empty()) return own_path;
      chunks_.pop_back();
    }
  }

 private:
  // A token has at least one byte, so short texts need no count.
  Result<bool> fits_in(std::string_view text, int64_t budget_tokens) {
    if (static_cast<int64_t>(text.size()) <= budget_tokens) return true;
    FIMD_TRY(const int64_t num_tokens, count_tokens_(text));
    return num_tokens <= budget_tokens;
  }

  // Whether `text` fits into what is left of the budget, which it then takes.
  Result<bool> take(std::string_view text) {
    if (room_ <= 0) return false;
    FIMD_TRY(const int64_t num_tokens, count_tokens_(text));
    if (num_tokens > room_) return false;
    room_ -= num_tokens;
    return true;
  }

  // As many headers as fit.
  Result<std::string> take_headers() {
    const std::vector<Header> headers = hidden_headers(request_);
    const std::string_view text = request_.site.view.text;
    std::string best;
    size_t low = 0;
    size_t high = headers.size();
    while (low < high) {
      const size_t middle = high == headers.size() && low == 0 ? high : low + (high - low + 1) / 2;
      std::string kept = headers_text(text, headers, middle);
      FIMD_TRY(const bool fits, fits_in(kept, room_));
      if (fits) {
        best = std::move(kept);
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    FIMD_TRY(const bool taken, take(best));
    return taken ? best : std::string();
  }

  Status take_chunks() {
    int num_misses = 0;
    for (const RankedChunk& chunk : rank_chunks(request_)) {
      if (room_ <= 0 || num_misses == kMaxMisses) break;
      const Neighbour& neighbour = request_.neighbours[chunk.neighbour];
      std::string text = path_comment(request_.site.view.language, neighbour.path);
      text += chunk_text(chunk);
      text += '\n';
      FIMD_TRY(const bool fits, take(text));
      if (fits) {
        chunks_.push_back(std::move(text));
      } else {
        ++num_misses;
      }
    }
    return {};
  }

  // Masked with all that is looked at around it: a chunk may begin in the middle of a key.
  std::string chunk_text(const RankedChunk& chunk) {
    const Neighbour& neighbour = request_.neighbours[chunk.neighbour];
    const ByteRange considered = considered_range(neighbour);
    const size_t base = considered.begin.value;
    auto masked = masked_.find(chunk.neighbour);
    if (masked == masked_.end()) {
      const std::string_view text = *neighbour.text;
      std::string safe = mask_secrets(text.substr(base, considered.end.value - base));
      masked = masked_.emplace(chunk.neighbour, std::move(safe)).first;
    }
    const size_t begin = chunk.range.begin.value;
    const std::string_view safe = masked->second;
    return to_lf(safe.substr(begin - base, chunk.range.end.value - begin));
  }

  const ContextRequest& request_;
  const TokenCounter& count_tokens_;
  int64_t room_;
  std::vector<std::string> chunks_;       // best first
  std::map<size_t, std::string> masked_;  // by neighbour
};

}  // namespace

Result<std::string> build_context(const ContextRequest& request, const TokenCounter& count_tokens) {
  return ContextBuilder(request, count_tokens).build();
}

}  // namespace fimd

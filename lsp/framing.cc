#include "lsp/framing.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/json/json_file.h"
#include "kernels/base/ascii.h"

namespace fimd::lsp {
namespace {

constexpr std::string_view kContentLength = "content-length";
constexpr std::string_view kContentType = "content-type";
constexpr std::string_view kSearched = "content-length:";

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool is_header_name(std::string_view lower_case) {
  return !lower_case.empty() && std::all_of(lower_case.begin(), lower_case.end(), [](char c) {
    return is_ascii_lower(c) || c == '-';
  });
}

/// Digits only, as the specification has it: no sign, no blanks, nothing after.
std::optional<uint64_t> parse_length(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The charset of a content type, lower case and without quotes; "utf-8" when it names none.
std::string charset_of(std::string_view content_type) {
  const std::string text = to_ascii_lower(content_type);
  const std::string key = "charset=";
  const size_t at = text.find(key);
  if (at == std::string::npos) return "utf-8";
  std::string charset = text.substr(at + key.size());
  charset.resize(std::min(charset.find(';'), charset.size()));
  std::erase(charset, '"');
  return std::string(trim(charset));
}

}  // namespace

std::string frame(std::string_view body) {
  std::string framed = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return framed.append(body);
}

std::vector<FrameEvent> FrameParser::push(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::kDead) {
    switch (state_) {
      case State::kHeader: read_header(bytes); break;
      case State::kBody: read_body(bytes); break;
      case State::kSkip: skip_body(bytes); break;
      case State::kSearch: search_header(bytes); break;
      case State::kDead: break;
    }
  }
  return std::exchange(events_, {});
}

void FrameParser::read_header(std::string_view& bytes) {
  const size_t room = kMaxHeaderLineBytes - line_.size();
  const size_t taken = std::min({bytes.find('\n'), bytes.size(), room});
  line_.append(bytes.substr(0, taken));
  bytes.remove_prefix(taken);
  if (bytes.empty()) return;
  if (bytes.front() != '\n') return fail_long_line();
  bytes.remove_prefix(1);
  block_bytes_ += line_.size() + 1;
  if (block_bytes_ > kMaxHeaderBlockBytes) {
    return fail_header("a header has more than " + std::to_string(kMaxHeaderBlockBytes) + " bytes");
  }
  // A bare line feed ends a line as well: one client's slip that costs nothing to forgive.
  if (line_.ends_with('\r')) line_.pop_back();
  if (line_.empty()) {
    end_header_block();
  } else {
    end_header_line();
  }
}

void FrameParser::fail_long_line() {
  const std::string line = std::exchange(line_, {});
  fail_header("a header line has more than " + std::to_string(kMaxHeaderLineBytes) + " bytes");
  // A header may stand in it. Not at its first byte: that one has just failed.
  std::string_view rest = std::string_view(line).substr(1);
  while (state_ == State::kSearch && !rest.empty()) search_header(rest);
  if (state_ == State::kHeader) line_.append(rest);
}

void FrameParser::end_header_line() {
  const size_t colon = line_.find(':');
  const std::string name = to_ascii_lower(trim(std::string_view(line_).substr(0, colon)));
  if (colon == std::string::npos || !is_header_name(name)) {
    // A header may stand on the same line, right after the end of whatever this is.
    const size_t header = to_ascii_lower(line_).find(kSearched);
    std::string rest = header == std::string::npos ? "" : line_.substr(header);
    fail_header(quote(line_) + " is no header");
    if (rest.empty() || state_ == State::kDead) return;
    begin_header();
    line_ = std::move(rest);
    return end_header_line();
  }
  const std::string_view value = trim(std::string_view(line_).substr(colon + 1));
  if (name == kContentLength) {
    const auto length = parse_length(value);
    if (!length) return fail_header("Content-Length is " + quote(value) + ", expected digits");
    if (has_length_ && *length != content_bytes_) {
      return fail_header("two values of Content-Length in one header");
    }
    has_length_ = true;
    content_bytes_ = *length;
  } else if (name == kContentType) {
    const std::string charset = charset_of(value);
    // "utf8" is what clients of before version 3 of the protocol say.
    if (charset != "utf-8" && charset != "utf8") bad_charset_ = charset;
  }
  line_.clear();
}

void FrameParser::end_header_block() {
  if (!has_length_) return fail_header("a header without Content-Length");
  if (content_bytes_ > kMaxSkippedBytes) {
    return die("Content-Length is " + std::to_string(content_bytes_) + ", expected at most " +
               std::to_string(kMaxContentBytes));
  }
  if (content_bytes_ > kMaxContentBytes) {
    events_.push_back(FrameProblem{"Content-Length is " + std::to_string(content_bytes_) +
                                   ", expected at most " + std::to_string(kMaxContentBytes)});
  } else if (!bad_charset_.empty()) {
    events_.push_back(
        FrameProblem{"the charset is " + quote(bad_charset_) + ", expected \"utf-8\""});
  } else if (content_bytes_ == 0) {
    events_.emplace_back(std::string());
    return begin_header();
  } else {
    state_ = State::kBody;
    return;
  }
  bytes_to_skip_ = content_bytes_;
  if (bytes_to_skip_ == 0) return begin_header();
  state_ = State::kSkip;
}

void FrameParser::read_body(std::string_view& bytes) {
  const size_t taken =
      static_cast<size_t>(std::min<uint64_t>(content_bytes_ - body_.size(), bytes.size()));
  body_.append(bytes.substr(0, taken));
  bytes.remove_prefix(taken);
  if (body_.size() < content_bytes_) return;
  events_.emplace_back(std::exchange(body_, {}));
  begin_header();
}

void FrameParser::skip_body(std::string_view& bytes) {
  const auto skipped = static_cast<size_t>(std::min<uint64_t>(bytes_to_skip_, bytes.size()));
  bytes.remove_prefix(skipped);
  bytes_to_skip_ -= skipped;
  if (bytes_to_skip_ == 0) begin_header();
}

void FrameParser::search_header(std::string_view& bytes) {
  line_ += to_ascii_lower(bytes.front());
  bytes.remove_prefix(1);
  if (line_.size() > kSearched.size()) line_.erase(0, 1);
  if (line_ != kSearched) return;
  begin_header();
  line_ = kSearched;
}

void FrameParser::begin_header() {
  state_ = State::kHeader;
  line_.clear();
  block_bytes_ = 0;
  has_length_ = false;
  content_bytes_ = 0;
  bad_charset_.clear();
}

void FrameParser::fail_header(std::string message) {
  if (resync_ == Resync::kNever) return die(std::move(message));
  events_.push_back(FrameProblem{std::move(message)});
  begin_header();
  state_ = State::kSearch;
}

void FrameParser::die(std::string message) {
  events_.push_back(FrameProblem{.message = std::move(message), .fatal = true});
  state_ = State::kDead;
  line_ = {};
  body_ = {};
}

}  // namespace fimd::lsp

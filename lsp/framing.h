// The base protocol: messages framed by HTTP-like headers in a stream of bytes.
//
//   Content-Length: 52\r\n  Content-Type: ...; charset=utf-8\r\n  \r\n  {"jsonrpc":"2.0", ... }
//
// Whatever the peer sends costs bounded memory: lines and header blocks have a limit, a body grows
// as its bytes arrive and never by what its header claims, and one past the limit is skipped. After
// a broken header the stream is searched for the next "Content-Length:", so one bad frame costs one
// message. Not so for peers that may be no editor at all: a web page can make a browser post any
// bytes to a TCP port, and must not get a message through by hiding it behind an HTTP header.
//
// Source: Language Server Protocol 3.18, "Base Protocol".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fimd::lsp {

/// A generated file of TextDocument::kMaxBytes still opens; a header that claims more is skipped.
inline constexpr uint64_t kMaxContentBytes = uint64_t{64} << 20;

/// What can sensibly be skipped; a peer that claims more speaks another protocol.
inline constexpr uint64_t kMaxSkippedBytes = uint64_t{4} << 30;

/// The two headers that exist have less than 100 bytes.
inline constexpr size_t kMaxHeaderLineBytes = 1024;
inline constexpr size_t kMaxHeaderBlockBytes = 8192;

/// What is wrong with a frame. After a fatal problem the stream cannot be read any further.
struct FrameProblem {
  std::string message;
  bool fatal = false;
};

/// A message's body, or what came instead of one.
using FrameEvent = std::variant<std::string, FrameProblem>;

enum class Resync {
  kAllowed,
  kNever,  ///< every problem with a header is fatal
};

/// Thread: compatible.
class FrameParser {
 public:
  explicit FrameParser(Resync resync) : resync_(resync) {}

  /// Takes the next bytes of the stream, cut anywhere, and returns what they complete, in order.
  /// After a fatal problem it returns nothing any more.
  std::vector<FrameEvent> push(std::string_view bytes);

 private:
  enum class State { kHeader, kBody, kSkip, kSearch, kDead };

  /// Each consumes a part of `bytes`, or changes the state.
  void read_header(std::string_view& bytes);
  void read_body(std::string_view& bytes);
  void skip_body(std::string_view& bytes);
  void search_header(std::string_view& bytes);

  void fail_long_line();
  void end_header_line();
  void end_header_block();
  void begin_header();
  void fail_header(std::string message);
  void die(std::string message);

  Resync resync_;
  State state_ = State::kHeader;
  std::string line_;  ///< what has come of a header line; kSearch: the last bytes
  size_t block_bytes_ = 0;
  bool has_length_ = false;
  uint64_t content_bytes_ = 0;
  std::string bad_charset_;  ///< what the content type names that we do not read
  std::string body_;
  uint64_t bytes_to_skip_ = 0;
  std::vector<FrameEvent> events_;
};

/// `body` with its header.
std::string frame(std::string_view body);

}  // namespace fimd::lsp

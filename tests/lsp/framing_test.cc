#include "lsp/framing.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace fimd::lsp {
namespace {

/// Events as text: a body as it is, a problem as "!" and a fatal one as "!!" with its message.
std::vector<std::string> show(const std::vector<FrameEvent>& events) {
  std::vector<std::string> shown;
  for (const FrameEvent& event : events) {
    if (const auto* body = std::get_if<std::string>(&event)) {
      shown.push_back(*body);
    } else {
      const auto& problem = std::get<FrameProblem>(event);
      shown.push_back((problem.fatal ? "!!" : "!") + problem.message);
    }
  }
  return shown;
}

using Shown = std::vector<std::string>;

/// The stream in one piece and byte by byte must mean the same.
void check_stream(const std::string& stream,
                  const Shown& expected,
                  Resync resync = Resync::kAllowed) {
  FrameParser whole(resync);
  EXPECT_EQ(show(whole.push(stream)), expected);
  FrameParser bytewise(resync);
  Shown events;
  for (const char byte : stream) {
    for (const std::string& event : show(bytewise.push({&byte, 1}))) events.push_back(event);
  }
  EXPECT_EQ(events, expected);
}

TEST(Framing, ReadsWhatItWrites) {
  check_stream(frame("{}") + frame("") + frame("{\"a\": 1}\r\n"), {"{}", "", "{\"a\": 1}\r\n"});
}

TEST(Framing, ReadsHeadersAsClientsWriteThem) {
  check_stream("content-length:2\r\n\r\n{}", {"{}"});
  check_stream("CONTENT-LENGTH:\t 2 \r\n\r\n{}", {"{}"});
  check_stream("Content-Length: 2\n\n{}", {"{}"});
  check_stream("X-Other: 7\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", {"{}"});
  check_stream(
      "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n"
      "\r\n{}",
      {"{}"});
  check_stream("Content-Length: 2\r\nContent-Type: x; charset=\"UTF8\"; y=z\r\n\r\n{}", {"{}"});
  check_stream("Content-Length: 2\r\nContent-Type: x\r\n\r\n{}", {"{}"});
}

TEST(Framing, SkipsBodiesInOtherCharsets) {
  check_stream("Content-Length: 4\r\nContent-Type: x; charset=utf-16\r\n\r\nabcd" + frame("{}"),
               {"!the charset is \"utf-16\", expected \"utf-8\"", "{}"});
}

TEST(Framing, FindsTheNextMessageAfterABrokenHeader) {
  check_stream("garbage\r\n" + frame("{}"), {"!\"garbage\" is no header", "{}"});
  check_stream("{\"id\": 1}" + frame("{}"),
               {"!\"{\\\"id\\\": 1}Content-Length: 2\" is no header", "{}"});
  check_stream("Content-Length: two\r\n\r\n" + frame("{}"),
               {"!Content-Length is \"two\", expected digits", "{}"});
  check_stream("Content-Length: -2\r\n\r\n" + frame("{}"),
               {"!Content-Length is \"-2\", expected digits", "{}"});
  check_stream("Content-Length: 99999999999999999999\r\n\r\n" + frame("{}"),
               {"!Content-Length is \"99999999999999999999\", expected digits", "{}"});
  check_stream("Content-Length: 2\r\nContent-Length: 3\r\n\r\n" + frame("{}"),
               {"!two values of Content-Length in one header", "{}"});
  check_stream("X-Other: 2\r\n\r\n{}" + frame("{}"), {"!a header without Content-Length", "{}"});
}

TEST(Framing, BoundsHeaders) {
  const std::string long_line(kMaxHeaderLineBytes + 1, 'x');
  check_stream(long_line + "\r\n" + frame("{}"), {"!a header line has more than 1024 bytes", "{}"});
  std::string long_block;
  while (long_block.size() <= kMaxHeaderBlockBytes) long_block += "X-Other: 1\r\n";
  check_stream(long_block + "\r\n" + frame("{}"), {"!a header has more than 8192 bytes", "{}"});
}

TEST(Framing, SkipsAHugeBodyWithoutKeepingIt) {
  const uint64_t size_bytes = kMaxContentBytes + 1;
  FrameParser parser(Resync::kAllowed);
  EXPECT_EQ(show(parser.push("Content-Length: " + std::to_string(size_bytes) + "\r\n\r\n")),
            Shown{"!Content-Length is 67108865, expected at most 67108864"});
  const std::string piece(1 << 20, 'x');
  uint64_t left = size_bytes;
  for (; left > piece.size(); left -= piece.size()) EXPECT_TRUE(parser.push(piece).empty());
  EXPECT_EQ(show(parser.push(piece.substr(0, left) + frame("{}"))), Shown{"{}"});
}

TEST(Framing, GivesUpOnABodyPastAllMeasure) {
  check_stream("Content-Length: 4294967297\r\n\r\n" + frame("{}"),
               {"!!Content-Length is 4294967297, expected at most 67108864"});
}

// A browser can be made to post any body to a port of this machine.
TEST(Framing, ReadsNothingBehindAnotherProtocolsHeader) {
  check_stream("POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\n" + frame("{}"),
               {"!!\"POST / HTTP/1.1\" is no header"},
               Resync::kNever);
}

// Pieces of well-formed and broken streams in any order: no crash, and the same events wherever the
// stream is cut.
TEST(Framing, MeansTheSameWhereverAStreamIsCut) {
  const std::vector<std::string> pieces = {frame("{}"),
                                           "Content-Length: ",
                                           "content-length:",
                                           "12",
                                           "999999999",
                                           "\r\n",
                                           "\n",
                                           "\r",
                                           "\r\n\r\n",
                                           "{\"a\":1}",
                                           "Content-Type: x; charset=latin1\r\n",
                                           ":",
                                           " ",
                                           "\t",
                                           "-1",
                                           std::string(1, '\0'),
                                           "\xFF\xFE",
                                           "GET / HTTP/1.1\r\n",
                                           std::string(1100, 'y')};
  std::mt19937 random(20240607);
  for (int round = 0; round < 3000; ++round) {
    const Resync resync = round % 4 == 0 ? Resync::kNever : Resync::kAllowed;
    std::string stream;
    for (uint32_t count = 1 + random() % 30; count > 0; --count) {
      stream += pieces[random() % pieces.size()];
      if (random() % 5 == 0) stream += static_cast<char>(random());
    }
    FrameParser whole(resync);
    FrameParser cut(resync);
    Shown events;
    for (size_t at = 0; at < stream.size();) {
      const size_t size_bytes = std::min<size_t>(1 + random() % 40, stream.size() - at);
      for (auto& event : show(cut.push(std::string_view(stream).substr(at, size_bytes)))) {
        events.push_back(std::move(event));
      }
      at += size_bytes;
    }
    ASSERT_EQ(events, show(whole.push(stream))) << "round " << round;
  }
}

TEST(Framing, FindsAMessageAfterRandomNonsense) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string nonsense;
    for (uint32_t count = random() % 300; count > 0; --count) {
      nonsense += static_cast<char>('!' + random() % 60);
    }
    FrameParser parser(Resync::kAllowed);
    const Shown events = show(parser.push(nonsense + "\r\n" + frame("{\"ok\":1}")));
    ASSERT_FALSE(events.empty()) << nonsense;
    EXPECT_EQ(events.back(), "{\"ok\":1}") << nonsense;
  }
}

}  // namespace
}  // namespace fimd::lsp

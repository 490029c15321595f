// A client that edits one document at random, through the whole server, and asks after each message
// what the server holds.
//
// Its edits are those that editors have sent: half surrogate pairs, characters of every width, all
// line ends, positions past the end, several changes in a message, versions that are null, odd or
// missing, renamed documents. No suggestion may have U+FFFD, half a character, in it.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "lsp/completion_service.h"
#include "lsp/protocol/checksum.h"
#include "lsp/server.h"
#include "tests/lsp/client_text.h"
#include "tests/support/golden.h"

namespace fimd::lsp {

inline constexpr size_t kMaxUnits = 3000;  // of a text; longer ones shrink

/// Of files of several languages, as they are: the beginnings.
inline std::vector<std::u16string> real_texts() {
  std::vector<std::u16string> texts;
  for (const char* folder : {"lsp", "docs", "docs/demo", "editors/vscode/src", "editors/emacs"}) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      std::ifstream file(path, std::ios::binary);
      std::u16string text;
      for (char c = 0; text.size() < kMaxUnits && file.get(c);) {
        if (static_cast<unsigned char>(c) < 0x80) text += static_cast<char16_t>(c);
      }
      texts.push_back(std::move(text));
    }
  }
  return texts;
}

/// A client that edits one document at random and asks the server what it holds.
class RandomClient {
 public:
  RandomClient(PositionEncoding encoding, uint32_t seed, std::shared_ptr<TextGenerator> generator)
      : encoding_(encoding), random_(seed), generator_(std::move(generator)) {
    const char* name = encoding == PositionEncoding::kUtf8    ? "utf-8"
                       : encoding == PositionEncoding::kUtf16 ? "utf-16"
                                                              : "utf-32";
    const Json general = {{"positionEncodings", {name}}};
    request("initialize", Json{{"capabilities", {{"general", general}}}}.dump());
    EXPECT_EQ(answer_["result"]["capabilities"]["positionEncoding"], name);
    notify("initialized", "{}");
    open();
  }

  /// One message of the client's, and what must hold then.
  void step() {
    switch (random_() % 24) {
      case 0: rename(); break;
      case 1: change_all(); break;
      default: change(); break;
    }
    request("fimd/checksum", R"({"textDocument":{"uri":")" + uri_ + "\"}}");
    ASSERT_EQ(answer_["result"], to_json(checksum_of(to_utf8(text_.units()))))
        << uri_ << ": " << last_message_;
  }

  void suggest() {
    const EncodedPosition at = text_.position_of(random_place());
    request("textDocument/inlineCompletion",
            Json{{"textDocument", {{"uri", uri_}}},
                 {"position", to_json(at)},
                 {"context", {{"triggerKind", 1}}}}
                .dump());
    while (server_.run_next()) {
    }
    ASSERT_TRUE(answer_["result"].contains("items")) << answer_;
    for (const Json& item : answer_["result"]["items"]) {
      const auto& text = item["insertText"].get_ref<const std::string&>();
      EXPECT_EQ(text.find("\xEF\xBF\xBD"), std::string::npos) << text;
      ++num_suggestions_;
    }
  }

  [[nodiscard]] int num_suggestions() const { return num_suggestions_; }

 private:
  bool chance(uint32_t out_of) { return random_() % out_of == 0; }

  void send(std::string body) {
    last_message_ = std::move(body);
    server_.receive(last_message_);
  }

  void notify(const std::string& method, const std::string& params) {
    send(R"({"jsonrpc":"2.0","method":")" + method + R"(","params":)" + params + "}");
  }

  /// The answer is in `answer_`, at once or when the server's work is done.
  void request(const std::string& method, const std::string& params) {
    std::string before = std::move(last_message_);
    send(R"({"jsonrpc":"2.0","id":)" + std::to_string(++last_id_) + R"(,"method":")" + method +
         R"(","params":)" + params + "}");
    last_message_ = std::move(before);
  }

  /// What clients have sent instead of a number that grows, and such a number.
  std::string version() {
    constexpr std::array<const char*, 7> kOdd = {",\"version\":null",
                                                 ",\"version\":-1",
                                                 ",\"version\":\"7\"",
                                                 ",\"version\":1.5",
                                                 ",\"version\":{}",
                                                 ",\"version\":0",
                                                 ""};
    if (chance(4)) return kOdd.at(random_() % kOdd.size());
    return ",\"version\":" + std::to_string(++version_);
  }

  void open() {
    notify("textDocument/didOpen",
           R"({"textDocument":{"uri":")" + uri_ + "\"" + version() + R"(,"languageId":")" +
               (chance(2) ? "python" : "typescript") + R"(","text":)" +
               to_json_string(text_.units()) + "}}");
  }

  void rename() {
    notify("textDocument/didClose", R"({"textDocument":{"uri":")" + uri_ + "\"}}");
    uri_ = "file:///folder/" + std::to_string(random_() % 5) + ".py";
    if (chance(4)) text_ = {real_texts_[random_() % real_texts_.size()], encoding_};
    open();
  }

  size_t random_place() { return text_.place(random_() % (text_.units().size() + 1)); }

  std::u16string random_text() {
    constexpr std::array<std::u16string_view, 20> kPieces = {u"a",
                                                             u"self.",
                                                             u" ",
                                                             u"\n",
                                                             u"\r",
                                                             u"\r\n",
                                                             u"\t",
                                                             u"(",
                                                             u")",
                                                             u"\"",
                                                             u"\\",
                                                             u"\u00E9",
                                                             u"\u4E16",
                                                             u"\u754C",
                                                             u"\U0001F600",
                                                             u"\U00020BB7",
                                                             u"\U0001F469\u200D\U0001F4BB",
                                                             u"#",
                                                             u"\u2028",
                                                             u"\uFEFF"};
    constexpr std::array<char16_t, 4> kHalves = {0xD83D, 0xDE00, 0xDBFF, 0xDC00};
    std::u16string text;
    for (uint32_t i = random_() % 6; i > 0; --i) {
      if (chance(12)) {
        text += kHalves.at(random_() % kHalves.size());
      } else {
        text += kPieces.at(random_() % kPieces.size());
      }
    }
    return text;
  }

  /// One entry of contentChanges; the client's own text follows.
  std::string edit() {
    size_t begin = random_place();
    size_t end = begin;
    if (text_.units().size() > kMaxUnits) {
      end = random_place();
    } else if (chance(2)) {
      end = text_.place(std::min(text_.units().size(), begin + random_() % 12));
    }
    if (end < begin) std::swap(begin, end);
    const std::u16string replacement = random_text();
    EncodedRange range = {text_.position_of(begin), text_.position_of(end)};
    // Past the end of the line is its end, past the end of the text as well.
    const bool at_line_end =
        end == text_.units().size() || text_.units()[end] == u'\n' || text_.units()[end] == u'\r';
    if (at_line_end && chance(4)) range.end.character += 7;
    if (end == text_.units().size() && chance(4)) range.end.line += 3;
    text_.replace(begin, end, replacement);
    return R"({"range":)" + to_json(range).dump() + R"(,"text":)" + to_json_string(replacement) +
           "}";
  }

  void change() {
    std::string edits = edit();
    while (chance(4)) edits += "," + edit();
    send_changes(edits);
  }

  void change_all() {
    std::u16string text = real_texts_[random_() % real_texts_.size()];
    if (chance(2)) text += random_text();
    text_ = {text, encoding_};
    send_changes(R"({"text":)" + to_json_string(text) + "}");
  }

  void send_changes(const std::string& changes) {
    notify("textDocument/didChange",
           R"({"textDocument":{"uri":")" + uri_ + "\"" + version() + R"(},"contentChanges":[)" +
               changes + "]}");
  }

  const PositionEncoding encoding_;
  std::mt19937 random_;
  const std::vector<std::u16string> real_texts_ = real_texts();
  std::string uri_ = "file:///folder/0.py";
  ClientText text_{real_texts_[random_() % real_texts_.size()], encoding_};
  int64_t version_ = 0;
  int64_t last_id_ = 0;
  std::string last_message_;  ///< that changed something
  Json answer_;
  int num_suggestions_ = 0;
  const std::shared_ptr<TextGenerator> generator_;
  Server server_{{.version = "0.0.0",
                  .log = [](LogLevel, std::string_view) {},
                  .make_service =
                      [this](Editor& editor) {
                        return std::make_unique<CompletionService>(editor, source_of(generator_));
                      }},
                 [this](const std::string& body) {
                   Json message = Json::parse(body);
                   if (message.contains("result")) answer_ = std::move(message);
                 }};
};

}  // namespace fimd::lsp

#include "tests/lsp/transcript.h"

#include <deque>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <string_view>

#include "kernels/base/check.h"
#include "lsp/server.h"
#include "tests/lsp/fake_service.h"

namespace fimd::lsp {
namespace {

using Json = nlohmann::json;

struct Step {
  int line = 0;
  std::string text;
};

std::vector<Step> read_steps(const std::filesystem::path& path) {
  std::ifstream file(path);
  FIMD_CHECK(file.is_open(), path.string());
  std::vector<Step> steps;
  Step step;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line == "---") {
      steps.push_back(std::exchange(step, {}));
    } else if (!line.starts_with('#')) {
      if (step.text.empty()) step.line = number;
      step.text += step.text.empty() ? line : "\n" + line;
    }
  }
  steps.push_back(step);
  return steps;
}

class Player {
 public:
  explicit Player(const std::filesystem::path& path) : path_(path) {}

  std::vector<RecordedMessage> play() {
    for (const Step& step : read_steps(path_)) {
      const testing::ScopedTrace trace(path_.c_str(), step.line, step.text);
      play(step.text);
      if (testing::Test::HasFatalFailure()) break;
    }
    for (const std::string& body : sent_) ADD_FAILURE() << path_ << ": left over: " << body;
    for (const std::string& call : calls_) ADD_FAILURE() << path_ << ": left over: " << call;
    return messages_;
  }

 private:
  void play(const std::string& step) {
    const size_t blank = step.find(' ');
    const std::string verb = step.substr(0, blank);
    const std::string rest = blank == std::string::npos ? "" : step.substr(blank + 1);
    if (verb == "-->") {
      Json message = Json::parse(rest);
      message["jsonrpc"] = "2.0";
      receive(message.dump());
    } else if (verb == "raw") {
      receive(rest);
    } else if (verb == "<--") {
      expect_sent(Json::parse(rest));
    } else if (verb == "work") {
      EXPECT_TRUE(server_.run_next()) << "no request waits";
    } else if (verb == "call") {
      expect_call(rest);
    } else if (verb == "exit") {
      EXPECT_EQ(server_.exit_code(), std::stoi(rest));
    } else {
      ADD_FAILURE() << "unknown step " << verb;
    }
  }

  void receive(const std::string& body) {
    messages_.push_back({.from_server = false, .body = body});
    server_.receive(body);
  }

  void expect_sent(const Json& expected) {
    ASSERT_FALSE(sent_.empty()) << "nothing was sent";
    Json found = Json::parse(sent_.front());
    sent_.pop_front();
    EXPECT_EQ(found.value("jsonrpc", ""), "2.0");
    found.erase("jsonrpc");
    EXPECT_TRUE(matches(expected, found)) << "sent: " << found.dump(2);
  }

  void expect_call(const std::string& expected) {
    ASSERT_FALSE(calls_.empty()) << "no call";
    EXPECT_EQ(calls_.front(), expected);
    calls_.erase(calls_.begin());
  }

  std::filesystem::path path_;
  std::deque<std::string> sent_;
  std::vector<std::string> calls_;
  std::vector<RecordedMessage> messages_;
  Server server_{
      {.version = "0.0.0",
       .log = [](LogLevel, std::string_view) {},
       .make_service =
           [this](Editor& editor) { return std::make_unique<FakeService>(editor, calls_); }},
      [this](std::string body) {
        messages_.push_back({.from_server = true, .body = body});
        sent_.push_back(std::move(body));
      }};
};

}  // namespace

bool matches(const Json& expected, const Json& found) {
  if (expected == "<any>") return true;
  if (expected == "<integer>") return found.is_number_integer();
  if (expected == "<string>") return found.is_string();
  if (expected.type() != found.type() && !(expected.is_number() && found.is_number())) {
    return false;
  }
  if (expected.is_array()) {
    return expected.size() == found.size() &&
           std::equal(expected.begin(), expected.end(), found.begin(), matches);
  }
  if (!expected.is_object()) return expected == found;
  const bool open = expected.contains("...");
  for (const auto& [name, value] : expected.items()) {
    if (name == "...") continue;
    if (!found.contains(name) || !matches(value, found[name])) return false;
  }
  return open || expected.size() == found.size();
}

std::vector<RecordedMessage> check_transcript(const std::filesystem::path& path) {
  return Player(path).play();
}

}  // namespace fimd::lsp

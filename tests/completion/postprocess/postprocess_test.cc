#include "completion/postprocess/postprocess.h"

#include <gtest/gtest.h>
#include <random>

#include "completion/postprocess/decode_watch.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"
#include "engine/utf8.h"
#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"
#include "tests/completion/syntax/samples.h"

namespace fimd {
namespace {

Site site_at(const SyntaxView& view, size_t cursor, size_t hole_end, bool multi_line) {
  return {.view = view,
          .cursor = {cursor},
          .hole_end = {hole_end},
          .multi_line = multi_line,
          .indentation = detect_indentation(view.text, {cursor}, {.columns = 2})};
}

// What must hold of anything: a place in the text, LF, and the same the second time.
void check_ready(const Site& site, std::string_view raw) {
  const auto once = postprocess(site, raw);
  if (!once) return;
  EXPECT_FALSE(is_blank(once->text));
  EXPECT_EQ(once->text.find('\r'), std::string::npos);
  EXPECT_FALSE(find_invalid_utf8(once->text));
  EXPECT_GE(once->end.value, std::min(site.hole_end.value, site.view.text.size()));
  EXPECT_LE(once->end.value, site.view.text.size());
  const auto twice = postprocess(site, once->text);
  ASSERT_TRUE(twice) << once->text;
  EXPECT_EQ(twice->text, once->text);
  EXPECT_EQ(twice->end, once->end);
}

// Decodes in pieces; the watch must keep to its first answer.
void check_watch(const Site& site, std::string_view raw) {
  SiteBrackets brackets(site);
  const DecodeWatch watch(brackets);
  std::optional<size_t> answer;
  static constexpr size_t kNumPieces = 6;
  const size_t piece = std::max<size_t>(1, raw.size() / kNumPieces);
  for (size_t num_bytes = 0; num_bytes <= raw.size(); num_bytes += piece) {
    const auto now = watch.end_of(raw.substr(0, num_bytes));
    if (answer) {
      EXPECT_EQ(now, answer);
    }
    if (now) {
      EXPECT_LE(*now, num_bytes);
    }
    answer = now;
  }
}

TEST(Postprocess, SurvivesAnyTextAndAnyCompletion) {
  for (const std::string_view id : {"python", "cpp", "html"}) {
    const Language& language = language_called(id);
    for (const std::string& whole : hostile_texts()) {
      const std::string text = whole.substr(0, 1000);
      const SyntaxView view = view_with_tree(language, text);
      for (const std::string& raw : hostile_texts()) {
        const Site site = site_at(view, text.size() / 2, text.size() / 2 + 1, raw.size() % 2 == 0);
        check_ready(site, std::string_view(raw).substr(0, 1000));
        check_watch(site, std::string_view(raw).substr(0, 1000));
      }
    }
  }
}

TEST(Postprocess, TakesPlacesOutsideOfTheText) {
  const SyntaxView view = view_with_tree(language_called("c"), "int x;\n");
  check_ready(site_at(view, 100, 200, true), "int y;");
  check_ready(site_at(view, 5, 2, true), "y");
  check_ready(site_at(view, 0, static_cast<size_t>(-1), true), "int z;");
}

// Pieces of samples, cut anywhere, written at any place of them.
TEST(Postprocess, IsIdempotentOnPiecesOfCode) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp,cert-msc32-c): the same every day
  for (const Sample& sample : all_samples()) {
    const std::string file = sample.text();
    const Language& language = language_called(sample.language_id);
    for (int i = 0; i < 60; ++i) {
      const size_t cursor = random() % file.size();
      const size_t hole_end = std::min(file.size(), cursor + (i % 4 == 0 ? random() % 30 : 0));
      const size_t begin = i % 2 == 0 ? cursor : random() % file.size();
      const std::string raw = file.substr(begin, random() % 200);
      const std::string text =
          i % 3 == 0 ? file
                     : file.substr(0, cursor) + file.substr(std::min(file.size(), cursor + 40));
      const SyntaxView view = view_with_tree(language, text);
      const Site site = site_at(view, cursor, std::min(hole_end, text.size()), i % 5 != 0);
      SCOPED_TRACE(sample.language_id);
      check_ready(site, raw);
      check_watch(site, raw);
    }
  }
}

// Some lines taken out of a file.
struct Gap {
  std::string text;
  std::string middle;
  std::string rest;  // what follows them
  size_t cursor = 0;
};

// Up to four lines, beginning at any line of every sample.
std::vector<Gap> gaps_of(const std::string& file) {
  std::vector<Gap> gaps;
  for (size_t begin = 0; begin < file.size(); begin = next_line_begin(file, begin)) {
    if (is_blank(line_at(file, begin))) continue;
    const size_t cursor = begin + line_at(file, begin).find_first_not_of(" \t");
    size_t end = line_end(file, begin);
    for (int num_lines = 1; num_lines <= 4 && end < file.size(); ++num_lines) {
      if (!is_blank(line_at(file, end))) {
        gaps.push_back({.text = file.substr(0, cursor) + file.substr(end),
                        .middle = file.substr(cursor, end - cursor),
                        .rest = file.substr(end),
                        .cursor = cursor});
      }
      end = line_end(file, next_line_begin(file, end));
    }
  }
  return gaps;
}

// A model that knows the file writes what was there: while it stays in its scope it is left alone,
// and one that goes on is stopped. Taking the suggestion gives the file back.
TEST(Postprocess, GivesTheFileBackFromAPerfectModel) {
  size_t num_gaps = 0;
  size_t num_stopped = 0;
  for (const Sample& sample : all_samples()) {
    const std::string file = sample.text();
    for (const Gap& gap : gaps_of(file)) {
      const SyntaxView view = view_with_tree(language_called(sample.language_id), gap.text);
      const Site site = site_at(view, gap.cursor, gap.cursor, true);
      const ScopeWatch scope(site.view, site.cursor, site.hole_end);
      const size_t in_scope = scope.scope_end(gap.middle + "\n").value_or(gap.middle.size());
      if (in_scope < gap.middle.size() || is_closing(gap.middle)) continue;
      const auto accepted = [&](const std::string& raw) {
        const auto ready = postprocess(site, raw);
        if (!ready) return std::string("nothing");
        return gap.text.substr(0, gap.cursor) + ready->text + gap.text.substr(ready->end.value);
      };
      ++num_gaps;
      EXPECT_EQ(accepted(gap.middle), file) << sample.language_id << ": " << gap.middle;
      if (accepted(gap.middle + gap.rest) == file) ++num_stopped;
    }
  }
  EXPECT_GT(num_gaps, 500U);
  // A line like `b,` does not say enough to be recognised.
  EXPECT_GE(num_stopped * 100, num_gaps * 99);
}

}  // namespace
}  // namespace fimd

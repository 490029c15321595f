#include "engine/tokenizer/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <array>
#include <pcre2.h>

#include "engine/json/json_file.h"
#include "engine/tokenizer/ruby_pattern.h"
#include "engine/utf8.h"
#include "kernels/base/check.h"

namespace fimd {
namespace {

constexpr size_t kMaxPatternBytes = 64 << 10;  // published patterns are under 2 kB

constexpr uint32_t kFirstLimitSteps = 256;          // a run of 256 equal characters
constexpr int64_t kBudgetSteps = int64_t{1} << 25;  // 2 s at 50 ns each
constexpr uint32_t kHeapLimitKib = 64 << 10;        // what is saved for backtracking

template <typename Object>
Object* check_allocated(Object* object) {
  FIMD_CHECK(object != nullptr);  // how PCRE2 says that host memory ran out
  return object;
}

struct CompileContextFree {
  void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
};

}  // namespace

void Pcre2Free::operator()(pcre2_code* code) const {
  pcre2_code_free(code);
}

void Pcre2Free::operator()(pcre2_match_data* data) const {
  pcre2_match_data_free(data);
}

void Pcre2Free::operator()(pcre2_match_context* context) const {
  pcre2_match_context_free(context);
}

RegexScratch::RegexScratch()
    : data_(check_allocated(pcre2_match_data_create(1, nullptr))),
      context_(check_allocated(pcre2_match_context_create(nullptr))),
      budget_steps_(kBudgetSteps) {
  pcre2_set_heap_limit(context_.get(), kHeapLimitKib);
}

Result<Regex> Regex::compile(std::string_view ruby, const std::string& where) {
  if (ruby.size() > kMaxPatternBytes) {
    return fail(ErrorCode::kInvalidInput,
                where + ": pattern is " + std::to_string(ruby.size()) +
                    " bytes long, expected at most " + std::to_string(kMaxPatternBytes));
  }
  FIMD_TRY(const std::string pattern, pcre2_pattern(ruby, where));
  const std::unique_ptr<pcre2_compile_context, CompileContextFree> context(
      check_allocated(pcre2_compile_context_create(nullptr)));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  pcre2_set_bsr(context.get(), PCRE2_BSR_UNICODE);
  // What is possessive by itself scans without counting its steps.
  constexpr uint32_t kOptions =
      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_POSSESS;
  int error = 0;
  PCRE2_SIZE error_offset = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()),
                          pattern.size(),
                          kOptions,
                          &error,
                          &error_offset,
                          context.get()));
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return fail(ErrorCode::kInvalidInput,
                where + ": pattern " + quote(ruby) +
                    " is not a regular expression: " + reinterpret_cast<const char*>(text.data()));
  }
  return Regex(std::move(code));
}

int Regex::match(const Place& place, uint32_t limit_steps, RegexScratch& scratch) const {
  pcre2_set_match_limit(scratch.context_.get(), limit_steps);
  return pcre2_match(code_.get(),
                     reinterpret_cast<PCRE2_SPTR>(place.text.data()),
                     place.text.size(),
                     place.from,
                     PCRE2_NO_UTF_CHECK | (place.only_here ? PCRE2_ANCHORED : 0),
                     scratch.data_.get(),
                     scratch.context_.get());
}

int Regex::match_here(const Place& place, RegexScratch& scratch) const {
  uint32_t limit_steps = kFirstLimitSteps;
  while (true) {
    const int result = match(place, limit_steps, scratch);
    if (result != PCRE2_ERROR_MATCHLIMIT || scratch.budget_steps_ <= 0) return result;
    scratch.budget_steps_ -= limit_steps;
    limit_steps *= 2;
  }
}

std::optional<Regex::Match> Regex::find(std::string_view text,
                                        size_t from,
                                        RegexScratch& scratch) const {
  bool one_by_one = false;
  while (scratch.budget_steps_ > 0 && from <= text.size()) {
    const Place place = {.text = text, .from = from, .only_here = one_by_one};
    const int64_t budget_before = scratch.budget_steps_;
    const int result =
        one_by_one ? match_here(place, scratch) : match(place, kFirstLimitSteps, scratch);
    if (result >= 0) {
      const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(scratch.data_.get());
      return Match{.begin = offsets[0], .end = offsets[1]};
    }
    if (result == PCRE2_ERROR_MATCHLIMIT) {
      one_by_one = true;  // some start from here on needs more steps
    } else if (result != PCRE2_ERROR_NOMATCH) {
      scratch.budget_steps_ = 0;  // the heap limit: this text is beyond this pattern
    } else if (!one_by_one || from == text.size()) {
      return std::nullopt;
    } else {
      one_by_one = scratch.budget_steps_ == budget_before;  // until that start is behind us
      from += first_utf8_unit(text.substr(from)).size_bytes;
    }
  }
  return std::nullopt;
}

}  // namespace fimd

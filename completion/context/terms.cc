#include "completion/context/terms.h"

#include <algorithm>
#include <array>

#include "kernels/base/ascii.h"

namespace fimd {
namespace {

// Sorted, a blank after each.
constexpr std::string_view kCommonWords =
    "above abstract add after all also an and any append are arg args array as assert async at "
    "auto await back be because before begin below between bool boolean break by byte bytes can "
    "case catch char class clear clone close com config const constexpr contains continue could "
    "count cpp crate create data debug def default delete dict did do does done double down "
    "each elif else empty end enum enumerate equal err error errors every except exception "
    "expect export extern false file files final finally find first fixme float fn for format "
    "from front fun func function get go goto had has have here how http https id ids idx if "
    "impl import in include index info init inline insert int integer interface into is "
    "isinstance isize it item items its java js key keys kwargs lambda last len length let line "
    "lines list log long main make map may mod module must mut name names namespace new next "
    "nil no node none not note null nullptr num number obj object of ok on one only open option "
    "options or org other our out over override package param params pass path pop prev "
    "previous print printf println private protected pub public push put py raise range read "
    "ref remove require res result results ret return rs run same see self set short should "
    "signed size so some start static std stop str string struct such super switch temp "
    "template test tests text than that the their them then there these they this those throw "
    "throws tmp to todo trait true try ts two type typedef typename undefined under union "
    "unsigned unwrap up update use using usize val value values var vector virtual void warn "
    "warning was we were what when where which while who will with would write www xor yes "
    "yield you your zip ";

constexpr size_t kNumCommonWords = static_cast<size_t>(std::ranges::count(kCommonWords, ' '));

constexpr auto kCommonTerms = [] {
  std::array<std::string_view, kNumCommonWords> words;
  std::string_view rest = kCommonWords;
  for (std::string_view& word : words) {
    const size_t end = rest.find(' ');
    word = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  return words;
}();

static_assert(std::ranges::is_sorted(kCommonTerms));

constexpr size_t kMaxCommonBytes = 12;

}  // namespace

bool is_common_term(std::string_view spelling) {
  if (spelling.size() > kMaxCommonBytes) return false;
  std::array<char, kMaxCommonBytes> lower = {};
  std::ranges::transform(spelling, lower.begin(), [](char c) { return to_ascii_lower(c); });
  return std::ranges::binary_search(kCommonTerms, std::string_view(lower.data(), spelling.size()));
}

}  // namespace fimd

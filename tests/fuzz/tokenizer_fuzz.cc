// tokenizer.json and tokenizer_config.json, a NUL between them: what loads must encode and decode.
#include "engine/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

constexpr std::string_view kText =
    "def push(self, item):\n\t return 12345 + \"\xC3\xA9\" <|end|>\n";

void check_tokenizer(const Tokenizer& tokenizer) {
  for (const SpecialTokens special : {SpecialTokens::kLiteral, SpecialTokens::kRecognized}) {
    const std::vector<int32_t> ids = tokenizer.encode(kText, special);
    for (const int32_t id : ids) {
      FIMD_CHECK(id >= 0 && id < tokenizer.vocab_size(), id, tokenizer.vocab_size());
      FIMD_CHECK(special == SpecialTokens::kRecognized || !tokenizer.is_special(id), id);
    }
    static_cast<void>(tokenizer.decode(ids));
  }
  // Ids from anywhere, of which most are no token's.
  const std::vector<int32_t> any = {-1, 0, 1, tokenizer.vocab_size(), 1 << 30};
  static_cast<void>(tokenizer.decode(any));
}

}  // namespace
}  // namespace fimd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size_bytes) {
  static const fimd::TempFolder kFolder;
  static const std::string kPath = kFolder.path().string();
  std::string_view text = fimd::fuzz::as_text(data, size_bytes);
  fimd::fuzz::write_file(kPath + "/tokenizer.json", fimd::fuzz::take_part(text, '\0'));
  fimd::fuzz::write_file(kPath + "/tokenizer_config.json", text.empty() ? "{}" : text);
  const auto tokenizer = fimd::Tokenizer::load(kFolder.path());
  if (tokenizer) fimd::check_tokenizer(*tokenizer);
  return 0;
}

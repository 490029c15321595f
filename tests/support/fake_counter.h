// A TokenCounter that counts as the fake vocabulary does, and remembers what it was asked.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "completion/fim_window.h"
#include "tests/support/fake_generator.h"

namespace fimd {

struct FakeCounter {
  TokenCounter function() {
    return [this](std::span<const std::string_view> pieces) {
      ++num_calls;
      for (const std::string_view piece : pieces) num_bytes += piece.size();
      return count_fake_pieces(pieces);
    };
  }

  int num_calls = 0;
  size_t num_bytes = 0;
};

}  // namespace fimd

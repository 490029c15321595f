// Bounds on what one number of a configuration may make us allocate or loop over: generous against
// the largest models of today (in brackets), small enough that the product of any two is far from
// overflow.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fimd {

inline constexpr int64_t kMaxWidth = 65'536;               // hidden and latent widths [16,384]
inline constexpr int64_t kMaxIntermediateWidth = 1 << 20;  // [53,248]
inline constexpr int64_t kMaxLayers = 1024;                // [126]
inline constexpr int64_t kMaxHeads = 4096;                 // [128]
inline constexpr int64_t kMaxHeadWidth = 4096;             // [256]
inline constexpr int64_t kMaxExperts = 4096;               // [512]
inline constexpr int64_t kMaxVocabulary = 1 << 21;         // [262,144]
inline constexpr int64_t kMaxContextTokens = 1 << 24;      // [10,485,760]
inline constexpr size_t kMaxEndTokens = 64;                // [3]
inline constexpr double kMinRmsNormEps = 1e-12;   // [1e-6]; in fp32 still above zero when added
inline constexpr double kMaxRmsNormEps = 0.1;     // [1e-5]
inline constexpr double kMinRopeTheta = 2;        // [10,000]; YaRN divides by its logarithm
inline constexpr double kMaxRopeTheta = 1e12;     // [5e8]
inline constexpr double kMaxYarnFactor = 65'536;  // [40]
inline constexpr double kMinYarnBeta = 1e-3;      // [1]; YaRN takes its logarithm
inline constexpr double kMaxYarnBeta = 1e6;       // [32]
inline constexpr double kMaxYarnMscale = 100;     // [1]
inline constexpr double kMinRoutedScale = 1e-6;   // [1]
inline constexpr double kMaxRoutedScale = 1e6;    // [16]

}  // namespace fimd

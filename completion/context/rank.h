// Which pieces of other files help at a place, best first.
//
// What is written near the cursor says what is needed: chunks (chunks.h) are scored by the terms
// (terms.h) that they share with it.
//
//   score = BM25(terms near the cursor, chunk)      rare terms count, long chunks do not gain
//           x (1 + kOverlapWeight x Jaccard)        what is about the same
//           x (1 + kEditedBoost)                    what was edited last, the newest range most
//           x (1 + kRecencyBoost x 0..1)            files by the order of their recency
//
// The factors only order what the terms let in, so nothing unrelated enters for being new. Scores
// are compared in steps of kScoreStep, ties by path and position, and the word that the cursor
// touches does not count: typing on leaves the order as it was.
//
// Source: BM25 as in Robertson and Zaragoza, The Probabilistic Relevance Framework (2009),
// eq. 3.15.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "completion/context/context.h"

namespace fimd {

/// Of a neighbour's text, around its newest edit or from its beginning. A file of 1,500 lines.
inline constexpr size_t kMaxNeighbourBytes = size_t{64} << 10;
inline constexpr size_t kMaxRankedChunks = 1024;
inline constexpr size_t kMaxChunksPerFile = 2;
inline constexpr size_t kMaxChosenChunks = 12;

/// What of the own file is compared.
inline constexpr size_t kQueryLinesBefore = 60;
inline constexpr size_t kQueryLinesAfter = 20;
inline constexpr size_t kMaxQueryBytes = size_t{8} << 10;  ///< on either side
inline constexpr size_t kMaxQueryTerms = 512;

inline constexpr double kOverlapWeight = 2.0;
inline constexpr double kEditedBoost = 0.5;
inline constexpr double kRecencyBoost = 0.2;
inline constexpr double kScoreStep = 1.25;

/// A chunk must share terms of this weight: a whole identifier weighs 2, a part of one 1.
inline constexpr int kMinSharedWeight = 4;
/// Of its lines, more than 1 / this are in the own window or a better chunk: it adds nothing.
inline constexpr size_t kMaxDuplicateShare = 2;

struct RankedChunk {
  size_t neighbour = 0;  ///< its index in the request
  ByteRange range;       ///< in its text
};

/// What is looked at of a neighbour's text: whole lines.
ByteRange considered_range(const Neighbour& neighbour);

/// At most kMaxChosenChunks, best first. `neighbours` without text, with a secret file's name or
/// with the own path are passed over, save the cells of the own notebook.
/// Cost: linear in the texts looked at; 400 kB take some milliseconds.
std::vector<RankedChunk> rank_chunks(const ContextRequest& request);

}  // namespace fimd

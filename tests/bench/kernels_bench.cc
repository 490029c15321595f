// The CPU's operations at the shapes of real models: median and best time, and of the best the rate
// and its share of what this machine can do at most (which is a best, too: other work on the
// machine only slows down). Each result is compared with the reference before it is timed.
//
//   kernels_bench [THREADS [FILTER]]     FILTER: only rows whose name contains it
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "kernels/backend.h"
#include "kernels/cpu/peak.h"
#include "kernels/cpu/targets.h"

namespace fimd {
namespace {

/// The shapes of one model that its kernels see.
struct Model {
  std::string name;
  int64_t hidden;
  int64_t num_heads;
  int64_t nope_dim;
  int64_t rope_dim;
  int64_t v_dim;
  int64_t kv_lora_rank;
  int64_t num_experts;
  int64_t experts_per_token;
  int64_t expert_width;
  int64_t shared_width;
  int64_t dense_width;
  int64_t vocab_size;
};

const Model kDemo = {"demo", 256, 4, 32, 32, 64, 64, 16, 2, 192, 192, 768, 4096};
const Model kLite = {"lite", 2048, 16, 128, 64, 128, 512, 64, 6, 1408, 2816, 10944, 102400};

std::vector<float> random_floats(int64_t count, float scale = 1) {
  static std::mt19937 engine(1);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = scale * (static_cast<float>(engine() >> 8) * 0x1p-23F - 1);
  return values;
}

/// Random BF16 weights, of a size that keeps activations near 1.
class Weight {
 public:
  Weight(int64_t rows, int64_t columns) : rows_(rows), columns_(columns) {
    static uint32_t state = 1;
    const float scale = 1.5F / std::sqrt(static_cast<float>(columns));
    bits_.resize(static_cast<size_t>(rows * columns));
    for (uint16_t& bits : bits_) {
      state = state * 1664525 + 1013904223;
      const float value = scale * (static_cast<float>(state >> 8) * 0x1p-23F - 1);
      bits = static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16);
    }
  }

  [[nodiscard]] MatrixView view() const { return {bits_.data(), DType::kBF16, rows_, columns_}; }

 private:
  int64_t rows_;
  int64_t columns_;
  std::vector<uint16_t> bits_;
};

class Bench {
 public:
  Bench(int num_threads, std::string filter)
      : pool_(num_threads), filter_(std::move(filter)), exec_{pool_, workspace_} {
    fma_gflops_ = cpu::measure_fma_gflops(pool_);
    read_gbps_ = cpu::measure_read_gbps(pool_);
    std::printf("%s, %s, %d threads: %.0f GFLOP/s, %.1f GB/s\n\n",
                cpu::cpu_name().c_str(),
                std::string(cpu::cpu_target_name()).c_str(),
                num_threads,
                fma_gflops_,
                read_gbps_);
    std::printf("%-34s %10s %10s %9s %6s %8s %6s\n",
                "",
                "median, us",
                "best, us",
                "GFLOP/s",
                "share",
                "GB/s",
                "share");
  }

  [[nodiscard]] bool wants(const std::string& name) const {
    return name.find(filter_) != std::string::npos;
  }

  /// `run` writes the same output each time when `out` is restored; `macs` and `bytes` are the
  /// work.
  void row(const std::string& name,
           std::vector<float>& out,
           const std::function<void(const Backend&, Exec&)>& run,
           std::array<int64_t, 2> macs_and_bytes) {
    const auto [macs, bytes] = macs_and_bytes;
    if (macs < kMaxCheckedMacs) check(name, out, run);
    const Backend& backend = *find_backend("cpu");
    std::vector<double> times_us;
    const auto begin = std::chrono::steady_clock::now();
    while (times_us.size() < 5 ||
           std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(300)) {
      const auto start = std::chrono::steady_clock::now();
      run(backend, exec_);
      const std::chrono::duration<double, std::micro> time =
          std::chrono::steady_clock::now() - start;
      times_us.push_back(time.count());
    }
    std::sort(times_us.begin(), times_us.end());
    const double best_us = times_us.front();
    const double gflops = 2e-3 * static_cast<double>(macs) / best_us;
    const double gbps = 1e-3 * static_cast<double>(bytes) / best_us;
    std::printf("%-34s %10.1f %10.1f %9.1f %5.0f%% %8.1f %5.0f%%\n",
                name.c_str(),
                times_us[times_us.size() / 2],
                best_us,
                gflops,
                100 * gflops / fma_gflops_,
                gbps,
                100 * gbps / read_gbps_);
  }

 private:
  // The reference needs about a nanosecond for each.
  static constexpr int64_t kMaxCheckedMacs = 2'000'000'000;

  void check(const std::string& name,
             std::vector<float>& out,
             const std::function<void(const Backend&, Exec&)>& run) {
    const std::vector<float> initial = out;
    run(*find_backend("reference"), exec_);
    const std::vector<float> expected = out;
    out = initial;
    run(*find_backend("cpu"), exec_);
    for (size_t i = 0; i < out.size(); ++i) {
      if (std::fabs(out[i] - expected[i]) <= 1e-3F) continue;
      std::fprintf(stderr, "%s: [%zu] is %g, expected %g\n", name.c_str(), i, out[i], expected[i]);
      std::exit(1);
    }
  }

  ThreadPool pool_;
  Workspace workspace_;
  std::string filter_;
  Exec exec_;
  double fma_gflops_;
  double read_gbps_;
};

void bench_linear(Bench& bench, const Model& model, int64_t rows, int64_t columns, int64_t tokens) {
  const std::string name = model.name + " linear " + std::to_string(tokens) + " x " +
                           std::to_string(rows) + " x " + std::to_string(columns);
  if (!bench.wants(name)) return;
  const std::vector<float> x = random_floats(tokens * columns);
  const Weight weight(rows, columns);
  std::vector<float> out(static_cast<size_t>(tokens * rows));
  bench.row(name,
            out,
            [&](const Backend& backend, Exec& exec) {
              backend.linear({.x = {x.data(), {tokens, columns}}, .weight = weight.view()},
                             {out.data(), {tokens, rows}},
                             exec);
            },
            {tokens * rows * columns, 2 * rows * columns});
}

/// A MoE layer's networks, or with no experts a dense layer's.
void bench_experts(Bench& bench, const Model& model, bool moe, int64_t tokens) {
  const std::string name =
      model.name + (moe ? " experts " : " dense mlp ") + std::to_string(tokens);
  if (!bench.wants(name)) return;
  const int64_t hidden = model.hidden;
  const int64_t top = moe ? model.experts_per_token : 0;
  std::vector<Weight> weights;
  std::vector<GatedMlp> experts;
  const auto make = [&](int64_t width) {
    weights.emplace_back(width, hidden);
    weights.emplace_back(width, hidden);
    weights.emplace_back(hidden, width);
    const size_t end = weights.size();
    return GatedMlp{weights[end - 3].view(), weights[end - 2].view(), weights[end - 1].view()};
  };
  weights.reserve(static_cast<size_t>(3 * model.num_experts + 3));
  for (int64_t e = 0; moe && e < model.num_experts; ++e)
    experts.push_back(make(model.expert_width));
  const GatedMlp shared = make(moe ? model.shared_width : model.dense_width);
  const std::vector<float> x = random_floats(tokens * hidden);
  std::vector<float> gates = random_floats(tokens * top, 0.5F);
  std::vector<int32_t> chosen;
  std::vector<bool> used(static_cast<size_t>(model.num_experts));
  std::mt19937 engine(2);
  for (int64_t t = 0; t < tokens && moe; ++t) {
    std::vector<int32_t> order(static_cast<size_t>(model.num_experts));
    for (size_t e = 0; e < order.size(); ++e) order[e] = static_cast<int32_t>(e);
    std::shuffle(order.begin(), order.end(), engine);
    chosen.insert(chosen.end(), order.begin(), order.begin() + top);
    for (int64_t k = 0; k < top; ++k) used[order[k]] = true;
  }
  std::vector<float> out(static_cast<size_t>(tokens * hidden));
  const int64_t read_width =
      std::count(used.begin(), used.end(), true) * model.expert_width + shared.gate.rows;
  bench.row(name,
            out,
            [&](const Backend& backend, Exec& exec) {
              std::fill(out.begin(), out.end(), 0.0F);
              backend.moe_experts({.x = {x.data(), {tokens, hidden}},
                                   .experts = experts,
                                   .chosen = {chosen.data(), {tokens, top}},
                                   .weights = {gates.data(), {tokens, top}},
                                   .shared = shared},
                                  {out.data(), {tokens, hidden}},
                                  exec);
            },
            {tokens * 3 * hidden * (top * model.expert_width + shared.gate.rows),
             int64_t{6} * hidden * read_width});
}

void bench_mla(Bench& bench, const Model& model, int64_t tokens, int64_t context, MlaForm form) {
  const bool absorbed = form == MlaForm::kAbsorbed;
  const std::string name = model.name + " mla " + (absorbed ? "absorbed " : "decompressed ") +
                           std::to_string(tokens) + " of " + std::to_string(context);
  if (!bench.wants(name)) return;
  const int64_t q_dim = model.nope_dim + model.rope_dim;
  const int64_t cache_dim = model.kv_lora_rank + model.rope_dim;
  const int64_t kv_dim = model.nope_dim + model.v_dim;
  const std::vector<float> q = random_floats(tokens * model.num_heads * q_dim);
  const std::vector<float> cache = random_floats(context * cache_dim);
  const Weight kv_b(model.num_heads * kv_dim, model.kv_lora_rank);
  std::vector<float> out(static_cast<size_t>(tokens * model.num_heads * model.v_dim));
  // The pairs that the causal mask leaves, and what is done once per key or per query.
  const int64_t pairs = tokens * context - tokens * (tokens - 1) / 2;
  const int64_t macs_per_pair = absorbed ? cache_dim + model.kv_lora_rank : q_dim + model.v_dim;
  const int64_t other = (absorbed ? tokens : context) * kv_dim * model.kv_lora_rank;
  bench.row(name,
            out,
            [&](const Backend& backend, Exec& exec) {
              backend.mla_attention({.q = {q.data(), {tokens, model.num_heads, q_dim}},
                                     .cache = {cache.data(), {context, cache_dim}},
                                     .kv_b = kv_b.view(),
                                     .nope_dim = model.nope_dim,
                                     .softmax_scale = 1 / std::sqrt(static_cast<float>(q_dim)),
                                     .form = form},
                                    {out.data(), {tokens, model.num_heads, model.v_dim}},
                                    exec);
            },
            {model.num_heads * (pairs * macs_per_pair + other),
             4 * context * cache_dim + kv_b.view().size_bytes()});
}

void bench_gqa(Bench& bench, int64_t tokens, int64_t context, int64_t heads, int64_t kv_heads) {
  const std::string name = "llm gqa " + std::to_string(heads) + "/" + std::to_string(kv_heads) +
                           " " + std::to_string(tokens) + " of " + std::to_string(context);
  if (!bench.wants(name)) return;
  constexpr int64_t kDim = 128;
  const std::vector<float> q = random_floats(tokens * heads * kDim);
  const std::vector<float> k = random_floats(context * kv_heads * kDim);
  const std::vector<float> v = random_floats(context * kv_heads * kDim);
  std::vector<float> out(static_cast<size_t>(tokens * heads * kDim));
  const int64_t pairs = tokens * context - tokens * (tokens - 1) / 2;
  bench.row(name,
            out,
            [&](const Backend& backend, Exec& exec) {
              backend.gqa_attention({.q = {q.data(), {tokens, heads, kDim}},
                                     .k = {k.data(), {context, kv_heads, kDim}},
                                     .v = {v.data(), {context, kv_heads, kDim}},
                                     .softmax_scale = 0.088F},
                                    {out.data(), {tokens, heads, kDim}},
                                    exec);
            },
            {heads * pairs * 2 * kDim, int64_t{8} * context * kv_heads * kDim});
}

void bench_route_and_norm(Bench& bench, const Model& model, int64_t tokens) {
  const std::vector<float> x = random_floats(tokens * model.hidden);
  std::vector<float> out(x.size());
  const std::string norm = model.name + " rms_norm " + std::to_string(tokens);
  if (bench.wants(norm)) {
    bench.row(norm,
              out,
              [&](const Backend& backend, Exec& exec) {
                backend.rms_norm({.x = {x.data(), {tokens, model.hidden}},
                                  .weight = std::span(x).first(static_cast<size_t>(model.hidden)),
                                  .epsilon = 1e-6F},
                                 {out.data(), {tokens, model.hidden}},
                                 exec);
              },
              {tokens * model.hidden, 8 * tokens * model.hidden});
  }
  const std::string route = model.name + " moe_route " + std::to_string(tokens);
  if (bench.wants(route)) {
    const std::array<int64_t, 2> shape = {tokens, model.experts_per_token};
    std::vector<int32_t> experts(static_cast<size_t>(shape[0] * shape[1]));
    std::vector<float> weights(experts.size());
    bench.row(route,
              weights,
              [&](const Backend& backend, Exec& exec) {
                backend.moe_route(
                    {.logits = {x.data(), {tokens, model.num_experts}},
                     .num_groups = 1,
                     .topk_groups = 1,
                     .normalize = false,
                     .scaling_factor = 1},
                    {.experts = {experts.data(), shape}, .weights = {weights.data(), shape}},
                    exec);
              },
              {tokens * model.num_experts, 4 * tokens * model.num_experts});
  }
}

/// One layer's rows, moved back by one as a typed token moves them.
void bench_move_kv(Bench& bench, const Model& model, int64_t count) {
  const std::string name = model.name + " move_kv " + std::to_string(count);
  if (!bench.wants(name)) return;
  const int64_t width = model.kv_lora_rank + model.rope_dim;
  const std::vector<float> angles(static_cast<size_t>(model.rope_dim / 2), std::sqrt(0.5F));
  std::vector<float> cache = random_floats((count + 1) * width);
  bench.row(name,
            cache,
            [&](const Backend& backend, Exec& exec) {
              backend.move_kv({.from = 0,
                               .to = 1,
                               .count = count,
                               .rope_begin = model.kv_lora_rank,
                               .rope_heads = 1,
                               .cos = angles,
                               .sin = angles,
                               .pairing = RopePairing::kInterleaved},
                              {cache.data(), {count + 1, width}},
                              exec);
            },
            {count * model.rope_dim * 2, 8 * count * width});
}

void bench_model(Bench& bench, const Model& model) {
  const int64_t q_rows = model.num_heads * (model.nope_dim + model.rope_dim);
  for (const int64_t tokens : {1, 4, 8, 16, 64, 512}) {
    bench_linear(bench, model, q_rows, model.hidden, tokens);
    if (tokens == 1 || tokens == 512) {
      bench_linear(bench, model, model.kv_lora_rank + model.rope_dim, model.hidden, tokens);
      bench_linear(bench, model, model.num_experts, model.hidden, tokens);
      bench_route_and_norm(bench, model, tokens);
    }
    bench_experts(bench, model, false, tokens);
    bench_experts(bench, model, true, tokens);
  }
  bench_linear(bench, model, model.vocab_size, model.hidden, 1);
  for (const int64_t context : {256, 4096}) {
    bench_mla(bench, model, 1, context, MlaForm::kAbsorbed);
    bench_mla(bench, model, 8, context, MlaForm::kAbsorbed);
    bench_mla(bench, model, 64, context, MlaForm::kAbsorbed);
    bench_mla(bench, model, 64, context, MlaForm::kDecompressed);
  }
  bench_mla(bench, model, 512, 512, MlaForm::kDecompressed);
  bench_mla(bench, model, 512, 512, MlaForm::kAbsorbed);
  for (const int64_t count : {64, 1024, 8192}) bench_move_kv(bench, model, count);
}

int run(int argc, char** argv) {
  Bench bench(argc > 1 ? std::atoi(argv[1]) : usable_cpus(), argc > 2 ? argv[2] : "");
  bench_model(bench, kDemo);
  bench_model(bench, kLite);
  for (const int64_t kv_heads : {32, 8}) {
    bench_gqa(bench, 1, 2048, 32, kv_heads);
    bench_gqa(bench, 512, 512, 32, kv_heads);
  }
  return 0;
}

}  // namespace
}  // namespace fimd

int main(int argc, char** argv) {
  return fimd::run(argc, argv);
}

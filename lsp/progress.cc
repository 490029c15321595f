#include "lsp/progress.h"

#include <utility>
#include <variant>

#include "lsp/guard.h"

namespace fimd::lsp {

struct ProgressBoard::Entry {
  enum class State { kAsked, kShown, kRefused };

  Entry(std::shared_ptr<Peer> client, ProgressToken name, ProgressBegin first)
      : peer(std::move(client)), token(std::move(name)), begin(std::move(first)) {}

  /// The token may be used: sends what happened so far.
  void show() {
    std::unique_lock lock(mutex);
    state = State::kShown;
    send(lock);
  }

  void refuse() {
    const std::lock_guard lock(mutex);
    state = State::kRefused;
  }

  void report(ProgressReport value) {
    std::unique_lock lock(mutex);
    latest = std::move(value);
    send(lock);
  }

  void end() {
    std::unique_lock lock(mutex);
    ended = true;
    send(lock);
  }

  using Value = std::variant<ProgressBegin, ProgressReport, ProgressEnd>;

  /// What the client is to see next. With the lock held.
  std::optional<Value> take_next() {
    if (state != State::kShown) return std::nullopt;
    if (!std::exchange(begin_sent, true)) return begin;
    if (latest) return *std::exchange(latest, std::nullopt);
    if (ended && !std::exchange(end_sent, true)) return ProgressEnd{};
    return std::nullopt;
  }

  /// Sends without the lock what there is to send, in order. While one thread is at it, others
  /// leave theirs to it.
  void send(std::unique_lock<std::mutex>& lock) {
    if (std::exchange(sending, true)) return;
    while (auto value = take_next()) {
      lock.unlock();
      run_guarded(peer->log_sink(), "progress", [&] {
        peer->notify(kProgress, {.token = token, .value = *std::move(value)});
      });
      lock.lock();
    }
    sending = false;
  }

  const std::shared_ptr<Peer> peer;
  const ProgressToken token;
  const ProgressBegin begin;
  std::stop_source stop;

  std::mutex mutex;  // guards what follows
  State state = State::kAsked;
  std::optional<ProgressReport> latest;  ///< that is not sent
  bool ended = false;
  bool begin_sent = false;
  bool end_sent = false;
  bool sending = false;  ///< a thread is in send()
};

namespace {

class Display : public ProgressDisplay {
 public:
  explicit Display(std::shared_ptr<ProgressBoard::Entry> entry) : entry_(std::move(entry)) {}

  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  ~Display() override { entry_->end(); }

  void report(const std::string& message, std::optional<uint32_t> percentage) override {
    entry_->report({.message = message, .percentage = percentage});
  }

  [[nodiscard]] std::stop_token stop_token() const override { return entry_->stop.get_token(); }

 private:
  std::shared_ptr<ProgressBoard::Entry> entry_;
};

}  // namespace

ProgressBoard::ProgressBoard(std::shared_ptr<Peer> peer) : peer_(std::move(peer)) {}

ProgressBoard::~ProgressBoard() = default;

void ProgressBoard::set_supported(bool supported) {
  const std::lock_guard lock(mutex_);
  supported_ = supported;
}

std::unique_ptr<ProgressDisplay> ProgressBoard::begin(std::string title, bool cancellable) {
  std::shared_ptr<Entry> entry;
  bool supported = false;
  {
    const std::lock_guard lock(mutex_);
    const ProgressToken token = {"fimd-progress-" + std::to_string(++num_created_)};
    entry = std::make_shared<Entry>(
        peer_, token, ProgressBegin{.title = std::move(title), .cancellable = cancellable});
    supported = supported_;
    std::erase_if(shown_, [](const auto& item) { return item.second.expired(); });
    shown_[token] = entry;
  }
  if (supported) {
    const auto created = [entry](const tl::expected<Nothing, RpcError>& answer) {
      if (answer) {
        entry->show();
      } else {
        entry->refuse();
      }
    };
    peer_->request(kProgressCreate, {.token = entry->token}, ResponseHandler<Nothing>(created));
  } else {
    entry->refuse();
  }
  return std::make_unique<Display>(std::move(entry));
}

std::unique_ptr<ProgressDisplay> ProgressBoard::begin_on(const ProgressToken& token,
                                                         std::string title) {
  // Cancelling it is cancelling its request.
  auto entry = std::make_shared<Entry>(peer_, token, ProgressBegin{.title = std::move(title)});
  entry->show();
  return std::make_unique<Display>(std::move(entry));
}

void ProgressBoard::cancel(const ProgressToken& token) {
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = shown_.find(token);
    if (found != shown_.end()) entry = found->second.lock();
  }
  if (entry != nullptr) entry->stop.request_stop();
}

}  // namespace fimd::lsp

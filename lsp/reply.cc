#include "lsp/reply.h"

namespace fimd::lsp {

bool PendingReply::resolve(Json result) {
  if (!claim()) return false;
  peer_->answer(id_, result_body(id_, std::move(result)));
  return true;
}

bool PendingReply::reject(const RpcError& error) {
  if (!claim()) return false;
  peer_->answer(id_, error_body(id_, error));
  return true;
}

// The id is free for another request before the peer can know that this one is answered.
bool PendingReply::claim() {
  if (answered_.exchange(true)) return false;
  peer_->forget(id_);
  if (before_answer_) before_answer_();
  return true;
}

}  // namespace fimd::lsp

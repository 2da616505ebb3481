#include "pipeline/connection.hpp"

namespace vsw {

const char* name_of(Standing::Kind kind) noexcept {
  switch (kind) {
    case Standing::Kind::kUntracked: return "untracked";
    case Standing::Kind::kNew: return "new";
    case Standing::Kind::kEstablished: return "established";
    case Standing::Kind::kRelated: return "related";
    case Standing::Kind::kInvalid: return "invalid";
    case Standing::Kind::kDenied: return "denied";
  }
  return "";
}

Verdict Connection::apply(const Lookup& lookup, Program& program) noexcept {
  const Standing& standing = lookup.standing;
  switch (standing.kind) {
    case Standing::Kind::kInvalid:
      return drop(program, kId, standing.reason);
    case Standing::Kind::kDenied:
      program.reject = standing.reject;
      return drop(program, kId, standing.reason, standing.rule);
    case Standing::Kind::kEstablished:
    case Standing::Kind::kRelated:
      program.rule = standing.rule;
      return Verdict::kContinue;
    case Standing::Kind::kUntracked:
    case Standing::Kind::kNew:
      return Verdict::kContinue;
  }
  return Verdict::kContinue;
}

}  // namespace vsw

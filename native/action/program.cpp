#include "action/program.hpp"

namespace vsw {

const char* name_of(StageId stage) noexcept {
  switch (stage) {
    case StageId::kParse: return "parse";
    case StageId::kAdmit: return "admit";
    case StageId::kAntiSpoof: return "anti_spoof";
    case StageId::kAclEgress: return "acl_egress";
    case StageId::kRespond: return "respond";
    case StageId::kSnoop: return "snoop";
    case StageId::kConnection: return "connection";
    case StageId::kDefragment: return "defragment";
    case StageId::kBridge: return "bridge";
    case StageId::kAclIngress: return "acl_ingress";
    case StageId::kDeliver: return "deliver";
  }
  return "";
}

}  // namespace vsw

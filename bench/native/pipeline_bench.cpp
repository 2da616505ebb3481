// What a flow's first packet costs: each stage alone, and all that are asked of it.
#include <cstring>
#include <memory>

#include "commit/dataplane.hpp"
#include "native/bench.hpp"
#include "native/edits.hpp"
#include "native/stations.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/prepare.hpp"

namespace vsw::bench {

namespace {

// A network with two ports, and one packet from the first to the second.
struct Judged {
  Judged() : plane({0, true, GenerationId{1}, {1, 32, 1024, 256}}), pool(64), packet(*pool.take()) {
    test::Edits edits;
    edits.put_network().put_port({.id = 1}).put_port({.id = 2});
    const Result<Receipt> receipt = plane.commit(edits);
    keep(receipt);
    plane.run();
    generation = plane.running();
    const test::Bytes frame = test::udp4_frame(1, 2);
    std::memcpy(packet.data, frame.data(), frame.size());
    packet.length = static_cast<std::uint32_t>(frame.size());
    packet.ingress = PortId{1};
    const DropReason reason = prepare(packet, false);
    keep(reason);
  }
  [[nodiscard]] Lookup lookup() {
    const Fabric& fabric = plane.fabric();
    return {packet, *generation, *generation->port(PortId{1}), *generation->network(NetworkId{1}), fabric.macs,
            fabric.loops, fabric.groups, Mac::read(packet.data + 6), Mac::read(packet.data), generation->port(PortId{2})};
  }

  Dataplane plane;
  Pool pool;
  Packet& packet;
  std::shared_ptr<const Generation> generation;
};

template <Stage S>
void add_stage(Cases& cases, const char* name) {
  cases.push_back({std::string("stage: ") + name, []() -> Work {
                     auto judged = std::make_shared<Judged>();
                     return [judged](std::uint32_t packets) {
                       const Lookup lookup = judged->lookup();
                       for (std::uint32_t i = 0; i < packets; ++i) {
                         Program program;
                         const Verdict verdict = S::apply(lookup, program);
                         keep(verdict);
                         keep(program);
                       }
                     };
                   }});
}

}  // namespace

void add_pipeline(Cases& cases) {
  add_stage<Admit>(cases, "admit");
  add_stage<AntiSpoof>(cases, "anti_spoof");
  add_stage<AclEgress>(cases, "acl_egress");
  add_stage<Respond>(cases, "respond");
  add_stage<Snoop>(cases, "snoop");
  add_stage<Bridge>(cases, "bridge");
  add_stage<AclIngress>(cases, "acl_ingress");
  add_stage<Deliver>(cases, "deliver");
  cases.push_back({"pipeline: all stages of sender and receiver", []() -> Work {
                     auto judged = std::make_shared<Judged>();
                     return [judged](std::uint32_t packets) {
                       const Lookup lookup = judged->lookup();
                       for (std::uint32_t i = 0; i < packets; ++i) {
                         Program sender, receiver;
                         SenderPipeline::run(lookup, sender);
                         ReceiverPipeline::run(lookup, receiver);
                         keep(sender);
                         keep(receiver);
                       }
                     };
                   }});
}

}  // namespace vsw::bench

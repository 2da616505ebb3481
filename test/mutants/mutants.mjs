// SPDX-License-Identifier: Apache-2.0
/**
 * The breaks: a promise, how it is broken, and the tests of which one has to notice.
 *
 * `find` stands in `file` once and is replaced by `put`. `tests` names a rung and a file or case each, as in
 * `golden CASE`, `property FILE`, `unit FILE`, `e2e FILE`; they are asked in this order, the
 * cheapest first, and the first that fails has noticed. Breaks of one file stand together: that builds fastest.
 */
import { connectionMutants } from './connections.mjs';

const twin = 'property agreement';

export const mutants = [
  {
    promise: 'isolation', breaks: 'a MAC learned in one network counts in all',
    file: 'native/state/mac_table.cpp', find: 'PortId MacTable::find(NetworkId network, const Mac& mac) const noexcept {\n  const std::uint64_t key = key_of(network, mac);', put: 'PortId MacTable::find(NetworkId network, const Mac& mac) const noexcept {\n  const std::uint64_t key = key_of(network ? NetworkId{1} : network, mac);',
    tests: ['property rejudging', 'golden network-isolation', 'property isolation', twin],
  },
  {
    promise: 'limits', breaks: 'a port learns more MACs than its share',
    file: 'native/state/mac_table.cpp', find: '  if (holdings_.count(port) >= macs_max) return Learned::kRefused;\n  Slot* slot', put: '  Slot* slot',
    tests: ['golden mac-limit'],
  },
  {
    promise: 'limits', breaks: 'a MAC may move as often as it likes',
    file: 'native/state/mac_table.cpp', find: 'if (moves.count < kMovesMax) {', put: 'if (moves.count < 255) {',
    tests: ['golden mac-flapping'],
  },
  {
    promise: 'isolation', breaks: 'a flood reaches ports of every network',
    file: 'native/commit/draft.cpp', find: 'if (!port || !port->is_in(network.id)) continue;', put: 'if (!port) continue;',
    tests: ['golden network-isolation', 'property isolation'],
  },
  {
    promise: 'born isolated', breaks: 'what a port is changed to is not noticed by what was judged before',
    file: 'native/commit/draft.cpp', find: '  entry->changed = generation_->id;', put: '  if (!entry->changed.value) entry->changed = generation_->id;',
    tests: ['property rejudging', twin],
  },
  {
    promise: 'born isolated', breaks: 'a network whose policy changed leaves known flows as they are',
    file: 'native/commit/draft.cpp', find: '  if (judged) entry->judged = generation_->id;', put: '  (void)judged;',
    tests: ['property rejudging', twin],
  },
  {
    promise: 'trunks', breaks: 'a frame without a tag gets in where no network is native',
    file: 'native/commit/draft.cpp', find: 'by_vlan[0] = by_vlan[Vlan::kIdReserved] = trunk->network;', put: 'by_vlan[0] = by_vlan[Vlan::kIdReserved] = trunk->trunk.front();',
    tests: ['golden vlan', twin],
  },
  {
    promise: 'anti-spoof', breaks: 'any source MAC may be sent',
    file: 'native/pipeline/anti_spoof.cpp', find: 'if (!(lookup.source == port.settings.mac)) return', put: 'if (lookup.source.is_zero()) return',
    tests: ['golden anti-spoof-mac'],
  },
  {
    promise: 'anti-spoof', breaks: 'any source address may be sent',
    file: 'native/pipeline/anti_spoof.cpp', find: 'if (mapped || !allowed) return', put: 'if (mapped || (!allowed && source.is_unspecified())) return',
    tests: ['golden anti-spoof-ipv4', 'golden anti-spoof-ipv6'],
  },
  {
    promise: 'anti-spoof', breaks: 'an IPv4 address may hide in an IPv6 header',
    file: 'native/pipeline/anti_spoof.cpp', find: 'if (mapped || !allowed) return', put: 'if ((mapped && !allowed) || !allowed) return',
    tests: ['golden anti-spoof-ipv6', twin],
  },
  {
    promise: 'anti-spoof', breaks: 'ARP may speak for any address',
    file: 'native/pipeline/anti_spoof.cpp', find: 'return probe || port.owns(lookup.network.id, message.sender) ?', put: 'return probe || !message.sender.is_unspecified() ?',
    tests: ['golden anti-spoof-arp'],
  },
  {
    promise: 'anti-spoof', breaks: 'ARP and ND may name any MAC',
    file: 'native/pipeline/anti_spoof.cpp', find: 'if (message.has_mac && !(message.sender_mac == port.settings.mac))', put: 'if (message.has_mac && message.sender_mac.is_zero())',
    tests: ['golden anti-spoof-arp', 'golden anti-spoof-nd'],
  },
  {
    promise: 'anti-spoof', breaks: 'a neighbour advertisement may speak for any address',
    file: 'native/pipeline/anti_spoof.cpp', find: 'message.kind == Kind::kAnswer && !may_send_from(lookup, message.target)', put: 'message.kind == Kind::kAnswer && message.target.is_unspecified()',
    tests: ['golden anti-spoof-nd'],
  },
  {
    promise: 'anti-spoof', breaks: 'a container may play the router',
    file: 'native/pipeline/anti_spoof.cpp', find: 'message.kind == Kind::kRouterAdvertisement || message.kind == Kind::kRedirect', put: 'message.kind == Kind::kRedirect',
    tests: ['golden anti-spoof-router'],
  },
  {
    promise: 'anti-spoof', breaks: 'a container may play the DHCP server',
    file: 'native/pipeline/anti_spoof.cpp', find: 'if (headers.destination_port == (v4 ? kDhcpClient : kDhcpv6Client))', put: 'if (headers.destination_port == (v4 ? kDhcpv6Client : kDhcpClient))',
    tests: ['golden anti-spoof-dhcp'],
  },
  {
    promise: 'admission', breaks: '01:80:C2:00:00:0x is forwarded',
    file: 'native/pipeline/admit.cpp', find: 'if (lookup.destination.is_link_local_group()) return', put: 'if (lookup.destination.is_zero()) return',
    tests: ['golden bridge-reserved-groups'],
  },
  {
    promise: 'admission', breaks: 'any EtherType passes',
    file: 'native/pipeline/admit.cpp', find: 'if (!common && (headers.has(Headers::kLlc) || !lookup.network.carries(headers.ether_type)))', put: 'if (!common && headers.has(Headers::kLlc))',
    tests: ['golden ether-types-listed'],
  },
  {
    promise: 'admission', breaks: 'tags pass where the network carries none',
    file: 'native/pipeline/admit.cpp', find: 'if (headers.vlan_count != 0 && (!lookup.network.carries_tags ||', put: 'if (headers.vlan_count != 0 && ((false && !lookup.network.carries_tags) ||',
    tests: ['golden vlan-not-carried', 'golden vlan-qinq', twin],
  },
  {
    promise: 'admission', breaks: 'a group address may be a source',
    file: 'native/pipeline/admit.cpp', find: 'lookup.source.is_group() || lookup.source.is_zero()', put: 'lookup.source.is_zero()',
    tests: ['golden malformed-ethernet', 'golden anti-spoof-mac', twin],
  },
  {
    promise: 'policy', breaks: 'the network\'s default for egress is not asked',
    file: 'native/pipeline/ruling.cpp', find: 'network.egress_allowed', put: '(network.egress_allowed || true)',
    tests: ['golden policy-default-egress'],
  },
  {
    promise: 'policy', breaks: 'the network\'s default for ingress is not asked',
    file: 'native/pipeline/ruling.cpp', find: 'network.ingress_allowed', put: '(network.ingress_allowed || true)',
    tests: ['golden policy-default-ingress'],
  },
  {
    promise: 'split horizon', breaks: 'a frame goes back to where it came from',
    file: 'native/worker/forwarder.cpp', find: '    if (!may_reach(moment.ingress, port)) return;\n', put: '',
    tests: ['golden bridge-flood'],
  },
  {
    promise: 'the law', breaks: 'a frame that a flood copies is not counted',
    file: 'native/worker/forwarder.cpp', find: 'Counter::k_copied_packets, (receivers - 1) * packet.wire_packets', put: 'Counter::k_copied_packets, 0',
    tests: ['golden bridge-flood'],
  },
  {
    promise: 'the law', breaks: 'a super-frame counts as one packet',
    file: 'native/worker/forwarder.cpp', find: 'received += packet.wire_packets;', put: 'received += 1;',
    tests: ['golden offload-tcp-segmented'],
  },
  {
    promise: 'the law', breaks: 'an answered request is not counted as consumed',
    file: 'native/worker/forwarder.cpp', find: 'program.answer)) moment.consumed += packet.wire_packets;', put: 'program.answer)) moment.consumed += 0;',
    tests: ['golden arp-answered'],
  },
  {
    promise: 'the law', breaks: 'the switch\'s own answer is not counted as originated',
    file: 'native/worker/answerer.cpp', find: 'page_.add(receiver.id, Counter::k_originated_packets, 1);', put: '(void)receiver;',
    tests: ['golden arp-answered'],
  },
  {
    promise: 'the law', breaks: 'a dropped frame has no reason',
    file: 'native/worker/forwarder.cpp', find: 'page_.drop_received(port, reason, packet.wire_packets, packet.wire_bytes());', put: 'page_.drop_received(port, DropReason::k_bug, packet.wire_packets, packet.wire_bytes() + (reason == DropReason::kNone ? 1 : 0));',
    tests: ['golden anti-spoof-mac'],
  },
  {
    promise: 'cache', breaks: 'a MAC that moved is not seen by known flows',
    file: 'native/worker/worth.cpp', find: '  return station ? station == port.id :', put: '  return station ? true :',
    tests: ['golden mac-moving', twin],
  },
  {
    promise: 'cache', breaks: 'the network is no part of a flow\'s key',
    file: 'native/worker/forwarder.cpp', find: 'make_flow_key(packet, lane.network->id, fabric_.seed, lane.key);', put: 'make_flow_key(packet, NetworkId{1}, fabric_.seed, lane.key);',
    tests: [twin, 'golden vlan'],
  },
  {
    promise: 'limits', breaks: 'storms pass',
    file: 'native/worker/forwarder.cpp', find: 'if (fabric_.storms.meter(port, kind).take(packet.wire_packets, limit, moment.now_ns)) return false;', put: 'if (fabric_.storms.meter(port, kind).take(packet.wire_packets, limit, moment.now_ns) || limit != 0) return false;',
    tests: ['property rejudging', 'golden storm-limit'],
  },
  {
    promise: 'limits', breaks: 'a port takes more flows than its share',
    file: 'native/worker/flow_book.cpp', find: 'if (held >= share &&', put: 'if (held >= share && share == 0 &&',
    tests: ['property shares'],
  },
  {
    promise: 'bridging', breaks: 'unknown unicast goes to ports that declared all they are',
    file: 'native/pipeline/bridge.cpp', find: 'return {FloodSet::kUndeclared, GroupTable::kNone};', put: 'return {FloodSet::kMembers, GroupTable::kNone};',
    tests: ['golden bridge-unknown-unicast'],
  },
  {
    promise: 'bridging', breaks: 'a verdict that rests on an unknown MAC is remembered',
    file: 'native/pipeline/bridge.cpp', find: 'program.cacheable = false;  // the MAC may be learned any moment', put: '',
    tests: ['property rejudging', twin],
  },
  {
    promise: 'too-big frames', breaks: 'what is larger than the receiver\'s MTU is delivered',
    file: 'native/worker/egress.cpp', find: 'if (mtu_for(*packet) > receiver.settings.mtu) {', put: 'if (mtu_for(*packet) > receiver.settings.mtu + 1u) {',
    tests: ['golden mtu-exceeded', twin],
  },
  {
    promise: 'too-big frames', breaks: 'a super-frame is taken whatever its segments\' size',
    file: 'native/worker/egress.cpp', find: 'if (mtu_for(*packet) > receiver.settings.mtu) {', put: 'if (packet->wire_packets == 1 && mtu_for(*packet) > receiver.settings.mtu) {',
    tests: ['golden offload-mtu', twin],
  },
  {
    promise: 'checksums', breaks: 'a partial sum is sent as it is',
    file: 'native/worker/egress.cpp', find: 'complete_checksum(*copy);', put: 'copy->offload.needs_checksum = false;',
    tests: ['golden offload-partial-checksum'],
  },
  {
    promise: 'checksums', breaks: 'a flood completes the sum for those who take it partial',
    file: 'native/worker/egress.cpp', find: '      Packet* copy = copy_of(*packet);', put: '      Packet* copy = packet->wire_packets != 0 ? packet : copy_of(*packet);',
    tests: ['golden offload-partial-checksum', twin],
  },
  {
    promise: 'the law', breaks: 'what is offered is not counted',
    file: 'native/worker/egress.cpp', find: 'page_.add(group.target.receiver->id, Counter::k_offered_packets, group.sum.packets);', put: 'page_.add(group.target.receiver->id, Counter::k_offered_packets, group.size);',
    tests: ['golden offload-tcp-segmented'],
  },
  {
    promise: 'too-big frames', breaks: 'what is larger travels with what fits',
    file: 'native/worker/egress.hpp', find: 'if (!fits || !takes(receiver.info, packet)) group.is_simple = false;', put: 'if (!takes(receiver.info, packet)) group.is_simple = false;',
    tests: ['golden mtu-exceeded', twin],
  },
  {
    promise: 'checksums', breaks: 'what a receiver does not take travels with what it does',
    file: 'native/worker/egress.hpp', find: 'if (!fits || !takes(receiver.info, packet)) group.is_simple = false;', put: 'if (!fits) group.is_simple = false;',
    tests: ['golden offload-tcp-segmented', twin],
  },
  {
    promise: 'parsing', breaks: 'an IPv4 header with a wrong checksum is a good one',
    file: 'native/wire/parse_inline.hpp', find: '|| !Ipv4::checksum_is_right(header, Ipv4::kLength)) return false;', put: ') return false;',
    tests: ['golden malformed-ipv4', twin],
  },
  {
    promise: 'trunks', breaks: 'frames leave a trunk without their tag\'s priority',
    file: 'native/worker/egress.cpp', find: 'for (Packet* packet : packets) put_on_tag(*packet, target.vlan | packet->priority());', put: 'for (Packet* packet : packets) put_on_tag(*packet, target.vlan);',
    tests: ['golden vlan', twin],
  },
  {
    promise: 'trunks', breaks: 'the tag of another network is put on',
    file: 'native/worker/egress.cpp', find: 'for (Packet* packet : packets) put_on_tag(*packet, target.vlan | packet->priority());', put: 'for (Packet* packet : packets) put_on_tag(*packet, static_cast<std::uint16_t>(target.vlan ^ 1) | packet->priority());',
    tests: ['golden vlan-access-to-trunk'],
  },
  {
    promise: 'too-big frames', breaks: 'their sender is not told',
    file: 'native/worker/forwarder.cpp', find: 'if (!egress_.offer(receiver, *lane.network, packet)) [[unlikely]] answerer_.tell_too_big', put: 'if (!egress_.offer(receiver, *lane.network, packet) && moment.now_ns == 0) answerer_.tell_too_big',
    tests: ['golden mtu-too-big'],
  },
  {
    promise: 'limits', breaks: 'answers to what is too big know no limit',
    file: 'native/worker/answerer.cpp', find: 'fabric_.answers(moment.ingress.id).take(1, kAnswersPerSecond, moment.now_ns);', put: 'fabric_.answers(moment.ingress.id).take(0, kAnswersPerSecond, moment.now_ns);',
    tests: ['golden mtu-answers-limited'],
  },
  {
    promise: 'too-big frames', breaks: 'an error is answered by an error',
    file: 'native/action/icmp_error.cpp', find: 'return headers.protocol != Icmp::kNumber || Icmp::is_query(type());', put: 'return headers.protocol != Icmp::kNumber || type() < 255;',
    tests: ['golden mtu-not-answered'],
  },
  {
    promise: 'too-big frames', breaks: 'the answer tells another MTU',
    file: 'native/action/icmp_error.cpp', find: '  store32(icmp + 4, error.word);', put: '  store32(icmp + 4, error.word + 1);',
    tests: ['golden mtu-too-big'],
  },
  {
    promise: 'snooping', breaks: 'a group\'s frames go to everybody',
    file: 'native/pipeline/multicast.cpp', find: 'return {FloodSet::kGroup, group};', put: 'return {group == ~0u ? FloodSet::kGroup : FloodSet::kMembers, GroupTable::kNone};',
    tests: ['golden igmp-v2-join-leave', 'golden mld-join-leave'],
  },
  {
    promise: 'snooping', breaks: 'any container may ask who listens',
    file: 'native/pipeline/snoop.cpp', find: 'message.kind == Kind::kQuery && lookup.ingress.anti_spoof && !lookup.ingress.multicast_router', put: 'message.kind == Kind::kQuery && lookup.ingress.anti_spoof && lookup.source.is_zero()',
    tests: ['golden multicast', twin],
  },
  {
    promise: 'snooping', breaks: 'who left still gets the group',
    file: 'native/worker/snooper.cpp', find: 'if (surely && moment.network.multicast.fast_leave) {', put: 'if (surely && moment.network.multicast.fast_leave && false) {',
    tests: ['golden multicast-fast-leave'],
  },
  {
    promise: 'limits', breaks: 'a port joins more groups than its share',
    file: 'native/state/group_table.cpp', find: 'count >= members_max_ || held >= groups_max) return', put: 'count >= members_max_ || groups_max == 0) return',
    tests: ['golden multicast-limit'],
  },
  {
    promise: 'segmentation', breaks: 'segments are cut at another size',
    file: 'native/action/segment.cpp', find: 'std::min<std::uint32_t>(super_.offload.gso_size, headers.end - from);', put: 'std::min<std::uint32_t>(super_.offload.gso_size - 1u, headers.end - from);',
    tests: ['golden offload-tcp-segmented'],
  },
  {
    promise: 'segmentation', breaks: 'every segment says FIN',
    file: 'native/action/segment.cpp', find: 'if (done_ + 1 != segment_count_) transport', put: 'if (segment_count_ == 0) transport',
    tests: ['golden offload-tcp-segmented'],
  },
  {
    promise: 'segmentation', breaks: 'sequence numbers stand still',
    file: 'native/action/segment.cpp', find: 'load32(transport + Tcp::kSequence) + done_ * super_.offload.gso_size', put: 'load32(transport + Tcp::kSequence)',
    tests: ['golden offload-tcp-segmented'],
  },
  {
    promise: 'segmentation', breaks: 'the sum is that of the super-frame\'s length',
    file: 'native/action/segment.cpp', find: 'checksum_finish(checksum_fold(sum) + exchanged);', put: 'checksum_finish(checksum_fold(sum) + (exchanged & 0));',
    tests: ['golden offload-udp-segmented'],
  },
  {
    promise: 'answers', breaks: 'ARP is answered by the asker\'s own MAC',
    file: 'native/pipeline/respond.cpp', find: '  mac.write(arp + 8);', put: '  std::memcpy(arp + 8, request + 8, 6);',
    tests: ['golden arp-answered'],
  },
  {
    promise: 'answers', breaks: 'what is asked about itself is answered',
    file: 'native/pipeline/respond.cpp', find: 'if (binding == nullptr || binding->port == lookup.ingress.id) return', put: 'if (binding == nullptr) return',
    tests: ['golden arp', 'golden nd', twin],
  },
  {
    promise: 'hostile headers', breaks: 'where a sum starts is taken on trust',
    file: 'native/action/offload.cpp', find: 'if (packet.offload.checksum_start != headers.l4) return false;', put: '',
    tests: ['golden offload-hostile'],
  },
  {
    promise: 'hostile headers', breaks: 'a gso type that its frame is not is taken on trust',
    file: 'native/action/offload.cpp', find: '!check_kind(packet) ||', put: '(check_kind(packet) && false) ||',
    tests: ['golden offload-hostile'],
  },
  {
    promise: 'persistence', breaks: 'the state is not written',
    file: 'src/switch/virtual-switch.ts', find: '      await prepared.keep();\n      this.#isStored = true;', put: '      await prepared.discard();\n      this.#isStored = true;',
    tests: ['unit switch/virtual-switch'],
  },
  {
    promise: 'persistence', breaks: 'what the dataplane refused is stored',
    file: 'src/switch/virtual-switch.ts', find: '      await prepared.discard();\n      throw refusal', put: '      await prepared.keep();\n      throw refusal',
    tests: ['unit switch/virtual-switch'],
  },
  {
    promise: 'persistence', breaks: 'a change that could not be stored stays',
    file: 'src/switch/virtual-switch.ts', find: '      await this.#takeBack(tables, error, adopt);', put: '      adopt();',
    tests: ['unit switch/virtual-switch'],
  },
  {
    promise: 'generations', breaks: 'numbers are not reserved over a restart',
    file: 'src/switch/virtual-switch.ts', find: '    await this.#reserveGenerations();\n\n    const desired = this.#compile(next', put: '    const desired = this.#compile(next',
    tests: ['unit switch/virtual-switch'],
  },
  {
    promise: 'persistence', breaks: 'the state is written in place, not beside',
    file: 'src/store/file-store.ts', find: 'const temporary = `${this.#path}.new`;', put: 'const temporary = this.#path;',
    tests: ['unit store/file-store'],
  },
  {
    promise: 'persistence', breaks: 'the predecessor is not kept',
    file: 'src/store/file-store.ts', find: '      await this.#keepPrevious();', put: '',
    tests: ['unit store/file-store'],
  },
  {
    promise: 'persistence', breaks: 'a torn file counts as an empty one',
    file: 'src/store/snapshot.ts', find: 'if (digest(body) !== header.sha256) return { fault:', put: 'if (body === \'\') return { fault:',
    tests: ['unit store/snapshot', 'unit store/file-store'],
  },
  {
    promise: 'persistence', breaks: 'two daemons may have one state',
    file: 'src/store/lock.ts', find: 'if (holder !== undefined && isAlive(holder)) {', put: 'if (holder !== undefined && holder.pid === 0) {',
    tests: ['unit store/lock'],
  },
  {
    promise: 'applying', breaks: 'what stands is put again',
    file: 'src/plan/plan.ts', find: 'else if (old === undefined || !isSame(old, entry)) put.push(entry);', put: 'else put.push(entry);',
    tests: ['unit plan/plan', 'property generations'],
  },
  {
    promise: 'bad input', breaks: 'two ports may own one address',
    file: 'src/intent/coherence.ts', find: '  checkOwners(intent, held, touched, claims, errors);', put: '',
    tests: ['unit intent/coherence'],
  },
  {
    promise: 'policies', breaks: 'the defaults of a tier end at one that is in force in some networks only',
    file: 'src/compile/rule-lists.ts', find: '      if (scope === 0) break;', put: '      break;',
    tests: ['unit compile/policies', 'property policies'],
  },
  {
    promise: 'policies', breaks: 'a policy of one network judges a trunk in all of them',
    file: 'src/compile/groups.ts', find: '? 0 : policy.scope', put: '? 0 : 0',
    tests: ['unit compile/groups', 'unit compile/policies', 'property policies'],
  },
  {
    promise: 'policies', breaks: 'what is only audited decides',
    file: 'src/compile/list-register.ts', find: 'all.filter((judge) => !isAudited(judge))', put: 'all',
    tests: ['unit compile/policies', 'property policies'],
  },
  {
    promise: 'policies', breaks: 'the link-local address of a host is nobody\'s',
    file: 'src/compile/memberships.ts', find: '  for (const network of networksOfEntry(entry)) add({ network, prefix: linkLocal }, true);', put: '  for (const network of networksOfEntry(entry).slice(0, 0)) add({ network, prefix: linkLocal }, true);',
    tests: ['unit compile/memberships', 'unit compile/policies', 'property policies'],
  },
  {
    promise: 'policies', breaks: 'a NetworkPolicy keeps out the host',
    file: 'src/compile/rule-lists.ts', find: '    if (tier === networkPolicyTier) push(nodes.map(({ rule }) => rule), 0);', put: '    void nodes;',
    tests: ['unit compile/rule-lists', 'property policies'],
  },
  {
    promise: 'policies', breaks: 'a name of a port keeps its meaning when the port says another',
    file: 'src/compile/memberships.ts', find: '    for (const { protocol, number } of namedPorts(port)) this.#serviceSets.delete(`${key} ${protocol} ${number}`);\n', put: '',
    tests: ['unit compile/memberships', 'unit compile/policies', 'property policies'],
  },
  {
    promise: 'seen', breaks: 'what an audited rule would have done counts as done',
    file: 'native/telemetry/rule_counters.hpp', find: '    bump(row, RuleCounter::kAudited);', put: '    bump(row, RuleCounter::kHits);',
    tests: ['e2e seen'],
  },
  {
    promise: 'seen', breaks: 'a packet that is denied is not told',
    file: 'native/worker/witness.hpp', find: 'if (is_news && !ruling.allows())', put: 'if (is_news && !ruling.allows() && ruling.audited)',
    tests: ['e2e seen'],
  },
  {
    promise: 'seen', breaks: 'an event names the network\'s default instead of the rule',
    file: 'src/switch/dataplane-events.ts', find: '...nameOfRule(names.ruleNames, id, networkName)', put: '...nameOfRule(names.ruleNames, id === 0 ? id : 1, networkName)',
    tests: ['unit switch/dataplane-events'],
  },
  ...connectionMutants,
];

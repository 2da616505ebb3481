// SPDX-License-Identifier: Apache-2.0
/** The breaks of connections, rules and fragments, as mutants.mjs tells of them. */
export const connectionMutants = [
  {
    promise: 'connections', breaks: 'a reply is judged as something new',
    file: 'native/worker/finding.cpp', find: '  standing.kind = Standing::Kind::kEstablished;\n  if (!has_header)', put: '  standing.kind = Standing::Kind::kNew;\n  if (!has_header)',
    tests: ['golden udp-replies', 'golden tcp-handshake', 'property connections'],
  },
  {
    promise: 'connections', breaks: 'a server that is heard first after a restart is judged as a client',
    file: 'native/worker/finding.cpp', find: 'standing.of_initiator = !answers ||', put: 'standing.of_initiator = true || !answers ||',
    tests: ['golden tcp-loose', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'where both ends began anew what was there before stays',
    file: 'native/state/tcp_connection.cpp', find: '    if (answers_challenge(sender, segment.acknowledgement)) bits_[sender].add_bits(kReset);\n', put: '',
    tests: ['golden tcp-syn-challenged', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'who asked at the same time as the other and gave up cannot ask anew',
    file: 'native/state/tcp_connection.cpp', find: '      if (has(sender, kAckedSyn) || has(sender ^ 1, kAckedSyn)) break;\n', put: '      break;\n',
    tests: ['golden tcp-simultaneous-open', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'an answer that nobody asked for makes a record',
    file: 'native/worker/flow_book.cpp', find: ' || finding.standing.is_answer()) return', put: ') return',
    tests: ['golden tcp-loose', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'an ICMP error of nothing that is known passes if rules allow it',
    file: 'native/worker/finding.cpp', find: '  refuse(standing, DropReason::k_related_unmatched);\n', put: '',
    tests: ['golden related-forged', 'golden reject-silent'],
  },
  {
    promise: 'connections', breaks: 'an ICMP error may quote any number of a TCP connection',
    file: 'native/worker/finding.cpp', find: 'return flow.connection.tcp().covers(side, inner.proof);', put: 'return true;',
    tests: ['golden related-forged'],
  },
  {
    promise: 'connections', breaks: 'an ICMP error may come from anybody',
    file: 'native/worker/finding.cpp', find: ' || flow.end[side ^ 1].port != ingress) return false;', put: ' || !ingress) return false;',
    tests: ['golden related-forged'],
  },
  {
    promise: 'connections', breaks: 'a segment outside of the window passes',
    file: 'native/state/tcp_connection.cpp', find: '  if (!fits(sender, segment.end(), width(other))) return Invalidity::kSequence;\n', put: '',
    tests: ['golden tcp-window', 'property connections'],
  },
  {
    promise: 'connections', breaks: 'a reset outside of the window ends a connection',
    file: 'native/state/tcp_connection.cpp', find: '  if (!fits(sender, segment.sequence, width(other))) return Tracked::invalid(Invalidity::kReset);\n', put: '  if (!fits(sender, segment.sequence, width(other))) return end_it();\n',
    tests: ['golden tcp-reset', 'golden tcp-wrap'],
  },
  {
    promise: 'connections', breaks: 'what is established gives way to a flood',
    file: 'native/flow/flow_cache.hpp', find: '           connection.state(key.protocol) != ConnectionState::k_established;', put: '           connection.state(key.protocol) != ConnectionState::kCount;',
    tests: ['property shares'],
  },
  {
    promise: 'connections', breaks: 'a connection is judged in the direction of whoever speaks',
    file: 'native/worker/worth.cpp', find: '  const unsigned from = flow.initiator, to = from ^ 1;', put: '  const unsigned from = flow.initiator ^ 1, to = from ^ 1;',
    tests: ['golden policy-recheck', 'property connections'],
  },
  {
    promise: 'connections', breaks: 'a label that changed is not noticed by what was allowed before',
    file: 'native/worker/worth.cpp', find: '    latest = std::max({latest, number_of(generation.addresses->changed(tuple.network, tuple.source)),', put: '    latest = std::max({latest, number_of(generation.addresses->changed(tuple.network, tuple.destination)),',
    tests: ['property rejudging', 'property connections'],
  },
  {
    promise: 'connections', breaks: 'rules of the receiver that changed are not noticed by what was allowed before',
    file: 'native/worker/worth.cpp', find: '    latest = std::max({latest, number_of(receiver->judged), list_changed(generation, receiver->policy.ingress)});', put: '    latest = std::max({latest, number_of(receiver->judged)});',
    tests: ['golden policy-recheck', 'property connections'],
  },
  {
    promise: 'connections', breaks: 'an end whose settings changed is believed as before',
    file: 'native/worker/worth.cpp', find: '  if (sender_changed) judged &= ~Grounds::judged(side);', put: '',
    tests: ['property rejudging', 'property connections'],
  },
  {
    promise: 'connections', breaks: 'what was to be kept dies',
    file: 'native/worker/worth.cpp', find: 'const bool kept = (marks & Marks::kKeep) != 0 &&', put: 'const bool kept = (marks & Marks::kKeep) != 0 && confirmed == 0 &&',
    tests: ['golden policy-keep'],
  },
  {
    promise: 'connections', breaks: 'ends of what is killed hear nothing',
    file: 'native/worker/flow_book.cpp', find: '    answerer_.end_both(flow, generation, now_ns);', put: '    (void)generation, (void)now_ns;',
    tests: ['golden policy-kill'],
  },
  {
    promise: 'connections', breaks: 'nobody looks after what is to be killed until it speaks',
    file: 'native/worker/flow_book.cpp', find: '  if ((marks & (Marks::kKill | Marks::kDenied)) != Marks::kKill ||', put: '  if ((marks & (Marks::kKill | Marks::kDenied)) == Marks::kKill ||',
    tests: ['golden policy-kill', 'property connections'],
  },
  {
    promise: 'rules', breaks: 'pass decides like any other rule',
    file: 'native/table/rule_search.cpp', find: '      if (rule->action != RuleAction::kPass) return rule;', put: '      if (rule->action <= RuleAction::kPass) return rule;',
    tests: ['golden policy-tiers', 'golden policy-defaults'],
  },
  {
    promise: 'rules', breaks: 'the addresses that are excepted are meant, too',
    file: 'src/compile/address-sets.ts', find: 'except.map((text) => parseCidr(text)!)', put: 'except.slice(0, 0).map((text) => parseCidr(text)!)',
    tests: ['golden policy-peers', 'property policies', 'property truth-tables'],
  },
  {
    promise: 'rules', breaks: 'the default of a tier says nothing',
    file: 'src/compile/rule-lists.ts', find: '      if (otherwise === undefined) continue;', put: '      if (otherwise !== null) continue;',
    tests: ['golden policy-defaults', 'golden policy-node-addresses', 'property truth-tables'],
  },
  {
    promise: 'rules', breaks: 'whoever is rejected is told nothing',
    file: 'native/worker/forwarder.cpp', find: '  if (program.reject) answerer_.reject(lane, moment, packet);', put: '  if (program.reject && lane.dead) answerer_.reject(lane, moment, packet);',
    tests: ['golden reject-tcp', 'golden reject-prohibited'],
  },
  {
    promise: 'rules', breaks: 'whoever is rejected is told without end',
    file: 'native/worker/answerer.cpp', find: 'constexpr std::uint32_t kAnswersPerSecond = 100;', put: 'constexpr std::uint32_t kAnswersPerSecond = 1\'000\'000;',
    tests: ['golden reject-limited'],
  },
  {
    promise: 'rules', breaks: 'a reset is answered by a reset',
    file: 'native/action/tcp_reset.cpp', find: ' && (Tcp::flags(packet.data + headers.l4) & Tcp::kRst) == 0;', put: ';',
    tests: ['golden policy-kill'],
  },
  {
    promise: 'fragments', breaks: 'what follows an overlap passes',
    file: 'native/state/fragment_table.cpp', find: '  if (known.is_dead) return {.reason = DropReason::k_fragment_overlap};\n', put: '',
    tests: ['golden fragments-overlap', 'golden fragments-ipv6'],
  },
  {
    promise: 'fragments', breaks: 'a fragment may begin inside the transport header',
    file: 'native/wire/fragment.cpp', find: '  return offset < (protocol', put: '  return offset > 65\'535 + (protocol',
    tests: ['golden fragments-tiny'],
  },
  {
    promise: 'fragments', breaks: 'later fragments of what was denied pass',
    file: 'native/worker/forwarder.cpp', find: '  if (verdict.reason != DropReason::kNone) {', put: '  if (verdict.reason == DropReason::k_bug) {',
    tests: ['golden fragments-in-order', 'golden fragments-out-of-order'],
  },
  {
    promise: 'fragments', breaks: 'the rest of a datagram passes by what was said of the first one, though its conversation was forgotten',
    file: 'native/worker/forwarder.cpp', find: 'Standing::Kind::kUntracked && !verdict.is_asked) {', put: 'Standing::Kind::kUntracked) {',
    tests: ['golden fragments-forgotten', 'property fragments'],
  },
  {
    promise: 'fragments', breaks: 'later fragments of an echo are asked about as something else',
    file: 'native/worker/forwarder.cpp', find: '  packet.headers.destination_port = verdict.service;\n', put: '',
    tests: ['golden fragments-several', 'property fragments'],
  },
  {
    promise: 'fragments', breaks: 'a last piece of another length is a duplicate',
    file: 'native/state/fragment_table.cpp', find: '(!is_last || fragment.end() == known.total_bytes)', put: '(!is_last || fragment.end() != 0)',
    tests: ['golden fragments-overlap', 'property fragments'],
  },
  {
    promise: 'connections', breaks: 'a TCP window reaches a byte further than it does',
    file: 'native/state/tcp_connection.hpp', find: 'const std::uint32_t last = edge_[sender ^ 1].load() + 1;', put: 'const std::uint32_t last = edge_[sender ^ 1].load() + 2;',
    tests: ['golden tcp-window', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'a TCP window is not scaled',
    file: 'native/state/tcp_connection.cpp', find: 'const std::uint32_t shift = scaled ? scale & kScaleMask : 0;', put: 'const std::uint32_t shift = scaled && scale == 0 ? 1 : 0;',
    tests: ['golden tcp-window', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'a TCP segment may acknowledge what was never sent',
    file: 'native/state/tcp_connection.cpp', find: '  return behind <= width(sender) + kAcknowledgementAge || ahead ?', put: '  return behind <= width(sender) + kAcknowledgementAge || ahead || behind > kWidest ?',
    tests: ['golden tcp-window', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'a TCP reset is exact by half of its number',
    file: 'native/state/tcp_connection.cpp', find: '    if (segment.sequence == acked_[other].load()) return end_it();', put: '    if (((segment.sequence ^ acked_[other].load()) & 0xffff) == 0) return end_it();',
    tests: ['golden tcp-reset', 'property tcp'],
  },
  {
    promise: 'connections', breaks: 'an SCTP packet may carry any tag',
    file: 'native/state/sctp_connection.cpp', find: '  return chunks.tag == expected && expected != 0;', put: '  return expected != 0;',
    tests: ['golden sctp-association', 'property conversations'],
  },
];

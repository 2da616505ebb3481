/** The public names, and nothing else. */
export { VirtualSwitch, type SwitchOptions } from './switch/virtual-switch.ts';
export { Capture, type CaptureOptions } from './switch/capture.ts';
export { MemoryPort } from './switch/memory-port.ts';
export { VswError, type ErrorCode, type ErrorDetail } from './errors.ts';
export type {
  ApplyAnswer, Attachment, CaptureEntry, Change, DropEntry, EventOf, EventSelector, EventType, Explanation, ExplainQuery, FaultEntry, FdbEntry, FlowEntry,
  FlushFilter, LastDrops, NearestRule, NeighborEntry, Offload, PolicyEvent, PolicyStatus, PortStats, Reach, ReceivedFrame, RuleHits, Stats, SwitchEvent, UsageEntry, WatchOptions,
} from './switch/answers.ts';
export type { Resource } from './intent/intent.ts';
export type { NetworkResource, NetworkSpec } from './intent/network.ts';
export type { NamespaceResource } from './intent/namespace.ts';
export type { NetworkPolicyResource, NetworkPolicySpec } from './intent/network-policy.ts';
export type { PolicyResource, PolicySpec } from './intent/policy.ts';
export type { PortResource, PortSpec, PortStatus } from './intent/port.ts';

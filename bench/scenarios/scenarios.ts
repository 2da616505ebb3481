/** All scenarios, in the order in which they are told. */
import { attach } from './attach.ts';
import { churn } from './churn.ts';
import { connections } from './connections.ts';
import { containerLatency } from './container-latency.ts';
import { containerTcp } from './container-tcp.ts';
import { containerUdp } from './container-udp.ts';
import { idle } from './idle.ts';
import { memoryForward } from './memory-forward.ts';
import { policyScale } from './policy-scale.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [containerTcp, containerUdp, containerLatency, memoryForward, connections, attach, idle, churn, policyScale];

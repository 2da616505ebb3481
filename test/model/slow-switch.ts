/**
 * The slow twin: a whole switch without cache, threads or native code, written from DESIGN's sentences.
 *
 * Every frame is judged anew against plain lists. It knows networks, memory ports, trunks, learning, anti-spoof,
 * answers for declared addresses, default policies, MTU and what senders are told of it, super-frames and faults.
 * Time is a number.
 */
import {
  arp, be16, ethernet, ipBytes, ipText, join, linkLayerOption, macText, neighborAdvertisement, read16,
} from '../harness/frames.ts';
import { findSpoof, isDiscovery, readDiscovery } from './anti-spoof.ts';
import { FaultyWay, type ModelFault } from './fault.ts';
import { denialsOf, firstPacketFault, looksLikeAnswer } from './first-packet.ts';
import { ModelFragments, readPiece } from './fragments.ts';
import { readMembership } from './membership-message.ts';
import { isSnooped, Memberships, ModelMulticast, type MulticastSpec, type Query } from './multicast.ts';
import { type Reading, readFrame } from './reading.ts';
import { addressesIn, homeOf, isIn, putTag, readTag, type Trunk } from './trunk.ts';
import { completeChecksum, countPackets, cutSegments, type ModelOffload } from './super-frame.ts';
import { Allowance, tellTooBig } from './too-big.ts';

export interface ModelNetwork {
  name: string;
  subnets?: readonly string[];
  vlan?: number;
  carryTags?: boolean;
  mtu?: number;
  defaultPolicy?: { ingress?: 'allow' | 'drop'; egress?: 'allow' | 'drop' };
  etherTypes?: readonly number[];
  staticMacs?: readonly { mac: string; port: string }[];
  macAgeSeconds?: number;
  multicast?: MulticastSpec;
  stormLimit?: { broadcast?: number; multicast?: number; unknownUnicast?: number };
}

export interface ModelPort {
  name: string;
  network?: string;
  trunk?: Trunk;
  mac: string;
  addresses: readonly string[];
  antiSpoof: boolean;
  mtu?: number;
  offloads?: boolean;
  macsMax?: number;
  hairpin?: boolean;
  groupsMax?: number;
  multicastRouter?: boolean;
  fault?: ModelFault;
}

interface Faults {
  spec: string;
  receive: FaultyWay;
  transmit: FaultyWay;
}

/** What waits until its moment has come. */
interface Waiting {
  dueMs: number;
  go: () => void;
}

export interface Death {
  port: string;
  direction: 'receive' | 'transmit';
  reason: string;
  packets: number;
}

export interface Delivered {
  frame: Uint8Array;
  offload?: ModelOffload;
}

interface Station {
  port: string;
  heardMs: number;
  moves: { sinceMs: number; count: number; isHeld: boolean };
}

/** What is longer lies in a buffer that the next frame needs. */
const slotSize = 2048;
/** A MAC moves so often in so long; then it stays where it is for as long again. */
const movesMax = 4;
const flapWindowMs = 10_000;
/** What is known of a frame once it is inside. */
interface Inside {
  frame: Uint8Array;
  network: ModelNetwork;
  priority: number;
}

interface Fate {
  receivers: ModelPort[];
  isKnown?: boolean; // the one receiver is known to be the right one: nothing was flooded
  answer?: Uint8Array;
  isHeard?: boolean; // the switch itself was a receiver
  reason?: string;
  isFlooded?: boolean; // it was for many, and each of them is asked about each frame
}

/** A fragment that waits for the first one of its datagram. */
interface WaitingFragment {
  portName: string;
  inside: Inside;
  reading: Reading;
  offload: ModelOffload | undefined;
  packets: number;
  canWait: boolean;
}

const tracks = ({ defaultPolicy }: ModelNetwork): boolean => defaultPolicy?.ingress === 'drop' || defaultPolicy?.egress === 'drop';
const zeroMac = '00:00:00:00:00:00';
const isGroup = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;

export class SlowSwitch {
  readonly networks = new Map<string, ModelNetwork>();
  readonly ports = new Map<string, ModelPort>();
  readonly learned = new Map<string, Map<string, Station>>(); // network → MAC → station
  readonly delivered = new Map<string, Delivered[]>();
  readonly deaths: Death[] = [];
  readonly flaps: { mac: string; port: string; fromPort: string }[] = [];
  macsMax = Number.POSITIVE_INFINITY; // of all networks together
  readonly #arrivals = new Map<string, number>(); // port → when it came to the number of MACs that it holds
  #changes = 0;
  readonly #buckets = new Map<string, Record<string, { usedMs: number; atMs: number }>>(); // port → kind
  readonly totals = { received: 0, forwarded: 0, consumed: 0, copied: 0, originated: 0, offered: 0, transmitted: 0 };
  readonly #faults = new Map<string, Faults>();
  #waiting: Waiting[] = [];
  nowMs = 0;
  readonly #multicast = new Map<string, ModelMulticast>();
  readonly #memberships = new Memberships();
  readonly #fragments = new ModelFragments<WaitingFragment, string | undefined>();
  readonly #allowances = new Map<string, Allowance>(); // by port: how often it may be told that its frames are too large

  putNetwork(network: ModelNetwork): void {
    this.networks.set(network.name, network);
    const spec = network.multicast ?? {};
    const known = this.#multicast.get(network.name);
    if (known === undefined) this.#multicast.set(network.name, new ModelMulticast(this.#multicast.size + 1, spec, this.#memberships));
    else known.put(spec);
    this.#forgetStrays();
  }

  putPort(port: ModelPort): void {
    const before = this.ports.get(port.name);
    for (const [name, multicast] of this.#multicast) if (before !== undefined && isIn(before, name) && !isIn(port, name)) multicast.forget(port.name);
    this.ports.set(port.name, port);
    // A device of another kind is a new one, and so begins its faults anew.
    const spec = JSON.stringify([port.fault, port.offloads]);
    if (this.#faults.get(port.name)?.spec !== spec) {
      this.#faults.set(port.name, { spec, receive: new FaultyWay(port.fault, 'receive'), transmit: new FaultyWay(port.fault, 'transmit') });
      this.#fragments.forgetPort(port.name);
      this.#buryFragments();
    }
    this.#forgetStrays();
  }

  removePort(name: string): void {
    const port = this.ports.get(name);
    for (const [network, multicast] of this.#multicast) if (port !== undefined && isIn(port, network)) multicast.forget(name);
    this.#fragments.forgetPort(name);
    this.#buryFragments();
    this.ports.delete(name);
    this.#buckets.delete(name);
    this.#faults.delete(name);
    for (const death of this.deaths) if (death.port === name) death.port = '(deleted)';
    this.#forgetStrays();
  }

  removeNetwork(name: string): void {
    this.networks.delete(name);
    this.learned.delete(name);
  }

  advance(ms: number): void {
    this.nowMs += ms;
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= this.nowMs);
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > this.nowMs);
    for (const { go } of due) go();
    this.#fragments.expire(this.nowMs);
    this.#buryFragments();
    for (const [name, stations] of this.learned) {
      const age = (this.networks.get(name)?.macAgeSeconds ?? 300) * 1000;
      for (const [mac, station] of stations) if (this.nowMs - station.heardMs >= age) stations.delete(mac);
    }
    for (const [name, multicast] of this.#multicast) this.#ask(name, multicast.tick(this.nowMs));
    this.#memberships.removeWhere((one) => {
      if (this.nowMs >= one.endsMs) return true;
      for (const [name, multicast] of this.#multicast) {
        const reminder = multicast.remind(one, this.nowMs);
        if (reminder !== undefined) this.#ask(name, [reminder]);
      }
      return false;
    });
  }

  /** What was learned is not true any more when its port left, may hold declared MACs only, or the MAC was declared. */
  #forgetStrays(): void {
    for (const [network, stations] of this.learned) {
      for (const [mac, { port }] of stations) {
        const holder = this.ports.get(port);
        if (holder === undefined || !isIn(holder, network) || holder.antiSpoof || this.#declaredAt(network, mac) !== undefined) stations.delete(mac);
      }
    }
  }

  #ask(name: string, queries: readonly Query[]): void {
    const network = this.networks.get(name);
    if (network === undefined) return;
    for (const { port, frame } of queries) {
      const outcome = readFrame(frame, false);
      for (const receiver of this.#membersOf(name)) {
        if (!outcome.ok || (port !== undefined && receiver.name !== port)) continue;
        this.totals.originated += 1;
        this.#deliver(receiver, { frame, network, priority: 0 }, outcome.reading, undefined, 1);
      }
    }
  }

  #membersOf(network: string): ModelPort[] {
    return [...this.ports.values()].filter((port) => isIn(port, network));
  }

  #declaredAt(network: string, mac: string): string | undefined {
    const listed = this.networks.get(network)?.staticMacs?.find((entry) => entry.mac === mac);
    if (listed !== undefined) return listed.port;
    return this.#membersOf(network).find((port) => port.mac === mac)?.name;
  }

  #stationOf(network: string, mac: string): string | undefined {
    return this.#declaredAt(network, mac) ?? this.learned.get(network)?.get(mac)?.port;
  }

  #die(port: string, direction: Death['direction'], reason: string, packets: number): void {
    this.deaths.push({ port, direction, reason, packets });
  }

  /** A frame is on its way to the port; what a fault loses never arrives. */
  send(portName: string, sent: Uint8Array, sentOffload?: ModelOffload): void {
    const faults = this.#faults.get(portName);
    if (faults === undefined) throw new Error(`the twin has no port ${portName}`);
    for (const { frame, offload } of faults.receive.pass(sent, sentOffload)) this.#later(faults.receive.delayMs, () => this.#receive(portName, frame, offload));
  }

  #later(delayMs: number, go: () => void): void {
    if (delayMs === 0) go();
    else this.#waiting.push({ dueMs: this.nowMs + delayMs, go });
  }

  #receive(portName: string, sent: Uint8Array, sentOffload: ModelOffload | undefined): void {
    const port = this.ports.get(portName);
    if (port === undefined) return;
    let frame = sent;
    let offload = sentOffload;
    let networkName = homeOf(port);
    let priority = 0;
    const tag = readTag(sent);
    if (tag !== undefined && (tag.vlan === 0 || (port.trunk !== undefined && tag.vlan !== 4095))) {
      frame = join(frame.subarray(0, 12), frame.subarray(16));
      priority = tag.priority;
      if (offload !== undefined) offload = { ...offload, checksumStart: offload.checksumStart - 4 };
      if (tag.vlan !== 0) networkName = port.trunk?.networks.find((name) => this.networks.get(name)?.vlan === tag.vlan);
    }
    const outcome = readFrame(frame, offload !== undefined && offload.gso !== 'none');
    const packets = outcome.ok ? (offload === undefined ? 1 : countPackets(frame, outcome.reading, offload)) : 1;
    this.totals.received += packets ?? 1;
    const died = !outcome.ok ? outcome.reason : packets === undefined ? 'offload_malformed' : undefined;
    if (died !== undefined || !outcome.ok || packets === undefined) {
      this.#die(portName, 'receive', died ?? '', 1);
      return;
    }
    const network = this.networks.get(networkName ?? '');
    if (network === undefined) {
      this.#die(portName, 'receive', port.trunk === undefined ? 'port_not_active' : 'vlan_not_carried', packets);
      return;
    }
    const arrival: WaitingFragment = { portName, inside: { frame, network, priority }, reading: outcome.reading, offload, packets, canWait: sent.length <= slotSize };
    if (outcome.reading.fragment === 'none' || outcome.reading.tags > 0 || !tracks(network)) this.#settle(arrival, this.#judge(port, arrival.inside, outcome.reading, packets));
    else this.#takeFragment(port, arrival);
  }

  /** A fragment is judged by its datagram: by what was said of the first one, which may be nothing yet. */
  #takeFragment(port: ModelPort, arrival: WaitingFragment): void {
    const { inside: { frame, network }, reading, packets } = arrival;
    const fault = this.#findFault(port, network, frame, reading);
    if (fault !== undefined) {
      this.#die(port.name, 'receive', fault, packets);
      return;
    }
    const answer = this.#fragments.take(readPiece(frame, reading, network.name, port.name), port.name, arrival, this.nowMs, arrival.canWait);
    this.#buryFragments();
    if (answer.fate === 'dies') this.#die(port.name, 'receive', answer.reason, packets);
    else if (answer.fate === 'judged') this.#passFragment(port, arrival, answer.verdict);
    if (answer.fate !== 'judge') return;
    const fate = this.#judge(port, arrival.inside, reading, packets);
    const verdict = fate.isFlooded === true ? undefined : fate.reason;
    this.#settle(arrival, fate);
    for (const waiting of this.#fragments.judged(answer.datagram, verdict)) this.#passFragment(port, waiting, verdict);
  }

  /** Not the first of its datagram. */
  #passFragment(port: ModelPort, arrival: WaitingFragment, reason: string | undefined): void {
    if (reason !== undefined) this.#die(port.name, 'receive', reason, arrival.packets);
    else this.#settle(arrival, this.#judge(port, arrival.inside, arrival.reading, arrival.packets));
  }

  #buryFragments(): void {
    for (const { waiting: { portName, packets }, reason } of this.#fragments.takeVain()) this.#die(portName, 'receive', reason, packets);
  }

  get held(): number {
    return this.#fragments.waiting;
  }

  #settle({ portName, inside, reading, offload, packets }: WaitingFragment, fate: Fate): void {
    const port = this.ports.get(portName)!;
    if (fate.reason !== undefined) {
      this.#die(portName, 'receive', fate.reason, packets);
    } else if (fate.answer !== undefined) {
      this.totals.consumed += packets;
      this.totals.originated += 1;
      const answer = readFrame(fate.answer, false);
      if (answer.ok) this.#deliver(port, { ...inside, frame: fate.answer }, answer.reading, undefined, 1);
    } else if (fate.isHeard === true && fate.receivers.length === 0) {
      this.totals.consumed += packets;
    } else {
      this.totals.forwarded += packets;
      this.totals.copied += packets * (fate.receivers.length - 1);
      for (const receiver of fate.receivers) this.#deliver(receiver, inside, reading, offload, packets);
      const [only] = fate.receivers;
      if (fate.isKnown === true && only !== undefined) this.#tellTooBig(port, only, inside, reading, offload, packets);
    }
  }

  /** A bucket holds one second's worth: in thousandths of a frame, so that milliseconds divide. */
  #findStorm(port: string, network: ModelNetwork, destination: string, packets: number): string | undefined {
    const kind = destination === 'ff:ff:ff:ff:ff:ff' ? 'broadcast' : isGroup(destination) ? 'multicast' : 'unknownUnicast';
    const limit = network.stormLimit?.[kind] ?? { broadcast: 1000, multicast: 5000, unknownUnicast: 1000 }[kind];
    const reason = `storm_${kind === 'unknownUnicast' ? 'unknown_unicast' : kind}`;
    if (limit === 0) return reason;
    const buckets = this.#buckets.get(port) ?? {};
    this.#buckets.set(port, buckets);
    // What is in use is a part of a second, whatever the limit; it may have changed since.
    const usedMs = Math.max(0, (buckets[kind]?.usedMs ?? 0) - (this.nowMs - (buckets[kind]?.atMs ?? 0)));
    const after = usedMs + (packets * 1000) / limit;
    if (after > 1000) return reason;
    buckets[kind] = { usedMs: after, atMs: this.nowMs };
    return undefined;
  }

  /** What is wrong with the frame itself, or with who sends it. */
  #findFault(port: ModelPort, network: ModelNetwork, frame: Uint8Array, reading: Reading): string | undefined {
    const source = macText(frame, 6);
    if (isGroup(source) || source === zeroMac) return 'source_mac_invalid';
    if (/^01:80:c2:00:00:0.$/.test(macText(frame, 0))) return 'link_local_group';
    if (reading.tags > 0 && (network.carryTags !== true || (read16(frame, 14) & 0xfff) === 0)) return 'vlan_not_carried';
    const isIp = reading.kind === 'ipv4' || reading.kind === 'ipv6';
    if (!isIp && reading.kind !== 'arp' && !(reading.kind === 'other' && network.etherTypes?.includes(reading.type))) return 'ether_type_denied';
    const spoofed = port.antiSpoof ? findSpoof(port, addressesIn(port, network.name, this.networks), frame, reading, source) : undefined;
    // In tagged payload, too, of which nothing else is known.
    const isTiny = tracks(network) && reading.fragment !== 'none' && readPiece(frame, reading, network.name, port.name).isTiny;
    return spoofed ?? (isTiny ? 'fragment_tiny' : undefined);
  }

  #judge(port: ModelPort, { frame, network }: Inside, reading: Reading, packets: number): Fate {
    const drop = (reason: string, isFlooded = false): Fate => ({ receivers: [], reason, isFlooded });
    const [source, destination] = [macText(frame, 6), macText(frame, 0)];
    const isIp = reading.kind === 'ipv4' || reading.kind === 'ipv6';
    const fault = this.#findFault(port, network, frame, reading);
    if (fault !== undefined) return drop(fault);
    const multicast = network.multicast?.snooping === true && reading.tags === 0 ? this.#multicast.get(network.name) : undefined;
    const isJudged = isIp && !isDiscovery(frame, reading);
    // Where something may be denied connections are tracked; with defaults alone none ever begins.
    const invalid = isJudged && tracks(network) && !isGroup(destination) ? firstPacketFault(frame, reading) : undefined;
    if (invalid !== undefined) return port.antiSpoof ? drop(invalid) : (this.#learn(port, network.name, source), drop(invalid));
    const isAnswer = tracks(network) && !isGroup(destination) && looksLikeAnswer(frame, reading);
    const [notSent, notReceived] = isJudged ? denialsOf(network.defaultPolicy, isAnswer) : [];
    if (notSent !== undefined) return drop(notSent);
    const heard = multicast !== undefined && isGroup(destination) ? readMembership(frame, reading) : undefined;
    if (heard?.kind === 'malformed') return drop(heard.family === 4 ? 'igmp_malformed' : 'mld_malformed');
    if (heard?.kind === 'query' && port.antiSpoof && port.multicastRouter !== true) return drop('multicast_query_denied');
    if (!port.antiSpoof) this.#learn(port, network.name, source);
    const answer = reading.tags > 0 ? undefined : this.#answer(port, network.name, frame, reading);
    if (answer !== undefined) return { receivers: [], answer };
    const station = isGroup(destination) ? undefined : this.#stationOf(network.name, destination);
    if ((station === port.name && port.hairpin !== true) || destination === source) return drop('hairpin');
    const others = this.#membersOf(network.name).filter(({ name }) => name !== port.name || port.hairpin === true);
    if (multicast !== undefined && heard !== undefined) {
      const storm = this.#findStorm(port.name, network, destination, packets);
      if (storm !== undefined) return drop(storm, true);
      this.#ask(network.name, multicast.take(port.name, heard, this.nowMs, this.#membersOf(network.name).map(({ name }) => name), port.groupsMax ?? 256));
      const isForAll = heard.kind === 'query' || heard.kind === 'unknown';
      const told = others.filter((other) => isForAll || other.multicastRouter === true || multicast.isRouter(other.name, heard.family));
      return { receivers: notReceived !== undefined ? [] : told, isHeard: true };
    }
    if (multicast?.filters(reading.kind === 'ipv6' ? 6 : 4) === true && isIp && isGroup(destination) && destination !== 'ff:ff:ff:ff:ff:ff' && isSnooped(reading.destination)) {
      const wanters = multicast.wanters(reading.destination);
      if (wanters.members || network.multicast?.unknownGroups !== 'flood') {
        const storm = this.#findStorm(port.name, network, destination, packets);
        if (storm !== undefined) return drop(storm, true);
        const listeners = others.filter((other) => other.multicastRouter === true || wanters.gets(other.name));
        if (listeners.length === 0) return drop('no_listener', true);
        return notReceived !== undefined ? drop(notReceived, true) : { receivers: listeners };
      }
    }
    const receivers = isGroup(destination) ? others : others.filter((other) => (station === undefined ? !other.antiSpoof : other.name === station));
    const isFlooded = station === undefined;
    if (receivers.length === 0) return drop('no_receiver', isFlooded);
    if (isFlooded) {
      const storm = this.#findStorm(port.name, network, destination, packets);
      if (storm !== undefined) return drop(storm, true);
    }
    if (notReceived !== undefined) return drop(notReceived, isFlooded);
    return { receivers, isKnown: station !== undefined };
  }

  #learn(port: ModelPort, network: string, mac: string): void {
    if (this.#declaredAt(network, mac) !== undefined) return;
    const stations = this.learned.get(network) ?? new Map<string, Station>();
    this.learned.set(network, stations);
    const known = stations.get(mac);
    if (known?.port !== port.name && this.#heldBy(port.name).length >= (port.macsMax ?? 256)) return;
    if (known === undefined) {
      if ([...this.learned.values()].reduce((sum, { size }) => sum + size, 0) >= this.macsMax) this.#giveWay(port.name);
      stations.set(mac, { port: port.name, heardMs: this.nowMs, moves: { sinceMs: 0, count: 0, isHeld: false } });
      this.#arrivals.set(port.name, ++this.#changes);
    } else if (known.port === port.name || this.#mayMove(mac, known, port.name)) {
      stations.delete(mac); // the last that was heard stands last
      stations.set(mac, { ...known, port: port.name, heardMs: this.nowMs });
      if (known.port !== port.name) for (const name of [known.port, port.name]) this.#arrivals.set(name, ++this.#changes);
    }
  }

  #heldBy(port: string): { stations: Map<string, Station>; mac: string; heardMs: number }[] {
    return [...this.learned.values()].flatMap((stations) =>
      [...stations].filter(([, station]) => station.port === port).map(([mac, { heardMs }]) => ({ stations, mac, heardMs })));
  }

  /** The table is full: the port that holds most loses its oldest; of equals the newcomer's, then the last that came to so many. */
  #giveWay(newcomer: string): void {
    const counts = [...this.ports.keys()].map((name) => ({ name, count: this.#heldBy(name).length, arrival: this.#arrivals.get(name) ?? 0 }));
    const [largest] = counts.sort((a, b) => b.count - a.count || Number(b.name === newcomer) - Number(a.name === newcomer) || b.arrival - a.arrival);
    const [oldest] = this.#heldBy(largest?.name ?? '').sort((a, b) => a.heardMs - b.heardMs);
    if (oldest === undefined || largest === undefined) return;
    oldest.stations.delete(oldest.mac);
    this.#arrivals.set(largest.name, ++this.#changes);
  }

  #mayMove(mac: string, { port: fromPort, moves }: Station, port: string): boolean {
    if (moves.count === 0 || this.nowMs - moves.sinceMs >= flapWindowMs) Object.assign(moves, { sinceMs: this.nowMs, count: 0, isHeld: false });
    if (moves.count < movesMax) {
      moves.count += 1;
      return true;
    }
    if (!moves.isHeld) {
      Object.assign(moves, { sinceMs: this.nowMs, isHeld: true });
      this.flaps.push({ mac, port, fromPort });
    }
    return false;
  }

  /** What the switch itself says to who asks for a declared address. */
  #answer(port: ModelPort, network: string, frame: Uint8Array, reading: Reading): Uint8Array | undefined {
    const owner = (address: string): ModelPort | undefined =>
      this.#membersOf(network).find((other) => other.name !== port.name && addressesIn(other, network, this.networks).includes(address));
    const at = reading.network;
    if (reading.kind === 'arp') {
      const sender = ipText(frame.subarray(at + 14, at + 18));
      const target = ipText(frame.subarray(at + 24, at + 28));
      const bound = owner(target);
      if (read16(frame, at + 6) !== 1 || sender === target || bound === undefined) return undefined;
      const asker = macText(frame, at + 8);
      const payload = arp({ operation: 2, senderMac: bound.mac, senderIp: target, targetMac: asker, targetIp: sender });
      return ethernet({ source: bound.mac, destination: asker, type: 0x0806, payload });
    }
    const message = readDiscovery(frame, reading);
    if (message?.type !== 135 || message.isBroken || message.target === reading.source) return undefined;
    const bound = owner(message.target);
    if (bound === undefined) return undefined;
    const isProbe = reading.source === '::';
    const ends = { source: message.target, destination: isProbe ? 'ff02::1' : reading.source };
    const said = neighborAdvertisement(ends, message.target, isProbe ? 0x20 : 0x60, linkLayerOption(2, bound.mac));
    const payload = join([0x60, 0, 0, 0], be16(said.length), [58, 255], ipBytes(ends.source), ipBytes(ends.destination), said);
    return ethernet({ source: bound.mac, destination: isProbe ? '33:33:00:00:00:01' : macText(frame, 6), type: 0x86dd, payload });
  }

  #mtuOf(port: ModelPort, network: ModelNetwork): number {
    const names = port.trunk?.networks ?? [network.name];
    return port.mtu ?? Math.max(...names.map((name) => this.networks.get(name)?.mtu ?? 1500));
  }

  #isTooBig(receiver: ModelPort, network: ModelNetwork, reading: Reading, offload: ModelOffload | undefined, packets: number): boolean {
    const size = packets > 1 ? reading.payload - reading.network + (offload?.gsoSize ?? 0) : reading.end - reading.network;
    return size > this.#mtuOf(receiver, network);
  }

  #tellTooBig(port: ModelPort, receiver: ModelPort, inside: Inside, reading: Reading, offload: ModelOffload | undefined, packets: number): void {
    const { frame, network } = inside;
    if (reading.tags > 0 || !this.#isTooBig(receiver, network, reading, offload, packets)) return;
    const told = tellTooBig(frame, reading, offload, this.#mtuOf(receiver, network), this.#mtuOf(port, network));
    const allowance = this.#allowances.get(port.name) ?? new Allowance();
    this.#allowances.set(port.name, allowance);
    if (told === undefined || !allowance.take(this.nowMs)) return;
    this.totals.originated += 1;
    const answer = readFrame(told, false);
    if (answer.ok) this.#deliver(port, { ...inside, frame: told }, answer.reading, undefined, 1);
  }

  #deliver(receiver: ModelPort, { frame, network, priority }: Inside, reading: Reading, offload: ModelOffload | undefined, packets: number): void {
    this.totals.offered += packets;
    if (this.#isTooBig(receiver, network, reading, offload, packets)) {
      this.#die(receiver.name, 'transmit', 'mtu_exceeded', packets);
      return;
    }
    const vlan = homeOf(receiver) === network.name ? undefined : network.vlan;
    const tagged = (one: Uint8Array): Uint8Array => (vlan === undefined ? one : putTag(one, vlan, priority));
    const start = (offload?.checksumStart ?? 0) + (vlan === undefined ? 0 : 4);
    if (offload?.needsChecksum !== true) this.#transmit(receiver, tagged(frame), undefined, packets);
    else if (receiver.offloads === true && !this.#isCorrupting(receiver)) {
      this.#transmit(receiver, tagged(frame), { ...offload, checksumStart: start, ...(packets > 1 ? {} : { gso: 'none', gsoSize: 0 }) }, packets);
    } else if (packets > 1) for (const segment of cutSegments(frame, reading, offload)) this.#transmit(receiver, tagged(segment), undefined, 1);
    else this.#transmit(receiver, tagged(completeChecksum(frame, reading)), undefined, 1);
  }

  /** Before bits are flipped on the way out, checksums are made whole. */
  #isCorrupting({ fault }: ModelPort): boolean {
    return fault !== undefined && fault.direction !== 'receive' && (fault.corrupt ?? 0) > 0;
  }

  /** Out by the port, or lost by its fault; what is repeated was transmitted once. */
  #transmit(receiver: ModelPort, frame: Uint8Array, offload: ModelOffload | undefined, packets: number): void {
    const way = this.#faults.get(receiver.name)?.transmit;
    const passed = way?.pass(frame, offload) ?? [];
    if (passed.length === 0) {
      this.#die(receiver.name, 'transmit', 'fault_injected', packets);
      return;
    }
    this.totals.transmitted += packets;
    for (const out of passed) {
      this.#later(way?.delayMs ?? 0, () => {
        const into = this.delivered.get(receiver.name) ?? [];
        this.delivered.set(receiver.name, into);
        into.push({ frame: out.frame, ...(out.offload === undefined ? {} : { offload: out.offload }) });
      });
    }
  }
}

/** Two containers that a driver connected, and traffic between them. */
import { readFileSync } from 'node:fs';
import type { Container } from '../../src/demo/container.ts';
import type { Running } from '../../src/demo/command.ts';
import type { Driver, RunningSwitch } from '../drivers/driver.ts';
import { addressOf, pause, until, type Lab } from '../lab.ts';
import { peer, peerEnvironment } from '../peers.ts';
import { trafficProgram } from '../traffic/program.ts';
import { secondsOf, spentBetween, takeUsage } from '../usage.ts';

export interface Pair {
  readonly one: Container;
  readonly other: Container;
  readonly otherAddress: string;
  readonly switch: RunningSwitch;
}

/** Connects containers 1 and 2, and as many more as asked. */
export async function connectPair(lab: Lab, driver: Driver, atMost = 2): Promise<Pair> {
  const [one, other] = [await lab.numbered(1), await lab.numbered(2)];
  const running = await driver.open!(lab, atMost);
  await running.attach(Array.from({ length: atMost }, (_, index) => index + 1));
  await lab.untilConnected(one, addressOf(2));
  await pause(300);
  return { one, other, otherAddress: addressOf(2), switch: running };
}

/** What a piece of work cost: CPU seconds of the machine, and of the switch. */
export async function costOf<T>(pids: readonly number[], work: () => Promise<T>): Promise<{ outcome: T; cpu: number; switchCpu: number; seconds: number }> {
  const [before, switchBefore] = [takeUsage(), secondsOf(pids)];
  const outcome = await work();
  const switchCpu = secondsOf(pids) - switchBefore;
  const { cpu, seconds } = spentBetween(before, takeUsage());
  return { outcome, cpu, switchCpu, seconds };
}

interface IperfSum {
  readonly bits_per_second: number;
  readonly bytes: number;
}

/** TCP from the one to the other, the same congestion control for all. Gbit/s and bytes that arrived, both directions added. */
export async function iperf(lab: Lab, pair: Pair, seconds: number, options: readonly string[]): Promise<{ gbits: number; bytes: number }> {
  const port = '5301';
  const server = lab.start(pair.other.inside([peer('iperf3'), '-s', '-1', '-p', port]), { env: peerEnvironment(), timeoutMs: (seconds + 30) * 1000 });
  await untilListening(pair.other, 5301);
  const words = [peer('iperf3'), '-c', pair.otherAddress, '-p', port, '-t', String(Math.ceil(seconds)), '-C', 'cubic', '-J', ...options];
  const { answer } = await lab.start(pair.one.inside(words), { env: peerEnvironment(), timeoutMs: (seconds + 30) * 1000 }).finished;
  await server.finished;
  const report = JSON.parse(answer) as { error?: string; end: { sum_received?: IperfSum; sum_received_bidir_reverse?: IperfSum } };
  const { sum_received: there, sum_received_bidir_reverse: back } = report.end;
  if (there === undefined) throw new Error(`iperf3: ${report.error ?? 'no result'}`);
  return { gbits: (there.bits_per_second + (back?.bits_per_second ?? 0)) / 1e9, bytes: there.bytes + (back?.bytes ?? 0) };
}

export async function untilListening(container: Container, port: number): Promise<void> {
  const listening = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `);
  await until(`something listens at ${port}`, async () => listening.test(await container.run(['cat', '/proc/net/tcp', '/proc/net/tcp6'])));
}

export interface Stream {
  readonly payload: number;
  readonly segments?: number;
  /** Datagrams a second; absent: all that goes. */
  readonly rate?: number;
  /** The receiver asks for gathered datagrams. */
  readonly gathered?: boolean;
}

/** UDP from the one to the other: datagrams a second sent and delivered, and the part that was lost. */
export async function stream(lab: Lab, pair: Pair, seconds: number, { payload, segments = 1, rate = 0, gathered = false }: Stream): Promise<{ sent: number; delivered: number; lost: number }> {
  const port = '5401';
  const timeoutMs = (seconds + 30) * 1000;
  const receiver = lab.start(pair.other.inside([await trafficProgram('udp_receiver'), port, String(seconds + 3), gathered ? '1' : '0']), { timeoutMs });
  await ready(receiver);
  const words = [await trafficProgram('udp_sender'), pair.otherAddress, port, String(seconds), String(payload), String(segments), String(rate)];
  const sender = await lab.start(pair.one.inside(words), { timeoutMs }).finished;
  const { answer, output } = await receiver.finished;
  if (sender.code !== 0) throw new Error(`the sender ended with ${sender.code}: ${sender.output}`);
  const sent = JSON.parse(sender.answer) as { sent: number; seconds: number };
  const counted = answer.split('\n').find((line) => line.startsWith('{'));
  if (counted === undefined) throw new Error(`the receiver counted nothing: ${output}`);
  const delivered = JSON.parse(counted) as { rate: number; total: number };
  return { sent: sent.sent / sent.seconds, delivered: delivered.rate, lost: 1 - delivered.total / Math.max(1, sent.sent) };
}

/** Bytes that the namespace of a process received by its first device. */
export function receivedBytes(pid: number): number {
  const line = readFileSync(`/proc/${pid}/net/dev`, 'utf8').split('\n').find((text) => text.trim().startsWith('eth0:') || /^\s*t\d+:/.test(text));
  return Number(line?.split(':')[1]?.trim().split(/\s+/)[0] ?? Number.NaN);
}

/** Datagrams that programs in the namespace of a process took. */
export function receivedDatagrams(pid: number): number {
  const [names = '', values = ''] = readFileSync(`/proc/${pid}/net/snmp`, 'utf8').split('\n').filter((line) => line.startsWith('Udp:'));
  return Number(values.split(' ')[names.split(' ').indexOf('InDatagrams')] ?? Number.NaN);
}

/** A program that prints `ready` once it can be spoken to. */
export async function ready(running: Running): Promise<void> {
  await until('a traffic program is ready', () => {
    if (!running.isRunning) throw new Error(`it ended: ${running.output}`);
    return running.answer.includes('ready');
  });
}

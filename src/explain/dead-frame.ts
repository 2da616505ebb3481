/** What the drop log kept of a frame, made ready to be judged anew, and what a reader should know of that. */
import type { DroppedFrame } from '../dataplane/dataplane.ts';
import type { PutPort } from '../table/edits.gen.ts';
import type { TableSet } from '../table/table-set.ts';
import { tagFrame } from './compose.ts';

const lengthMax = 65_557;
const vlanType = 0x8100;
const igmp = 2, icmpv6 = 58, hopByHop = 0;

/** As long as it was: what was not kept is zeros. */
export function fullLength({ frame, length }: DroppedFrame): Uint8Array {
  const whole = new Uint8Array(Math.min(Math.max(length, frame.length), lengthMax));
  whole.set(frame);
  return whole;
}

/** A frame on its way out of a port, tagged as it was when it came from the other one. */
export function asReceived(frame: Uint8Array, receiver: PutPort, origin: PutPort, { networks }: TableSet): Uint8Array {
  const isTagged = receiver.trunk.length > 0 && frame.length >= 18 && number16(frame, 12) === vlanType;
  const vlan = isTagged ? number16(frame, 14) & 0xfff : 0;
  const bare = isTagged ? Buffer.concat([frame.subarray(0, 12), frame.subarray(16)]) : frame;
  const network = isTagged ? receiver.trunk.find((id) => networks.get(id)?.vlan === vlan) : receiver.network;
  if (origin.trunk.length === 0 || network === undefined || network === origin.network) return bare;
  return tagFrame(bare, networks.get(network)?.vlan ?? 0);
}

/** `from` is the name of the port that a transmitted one came from, where that port is there. */
export function notesOfDead(dead: DroppedFrame, port: string, from: string | undefined): string[] {
  const { frame, length, transmitted, packets } = dead;
  const notes: string[] = [];
  if (transmitted) notes.push(`died on its way out to ${port}, ${from === undefined ? 'made by the switch itself or from a port that is gone' : `came from ${from}`}`);
  if (length > frame.length) {
    const may = hasChecked(frame) ? '; the rest counts as zeros, so that a checksum or an option in it may be judged otherwise than it was' : '';
    notes.push(`only the first ${frame.length} of ${length} bytes were kept${may}`);
  }
  if (packets > 1) notes.push(`it stood for ${packets} packets, which are cut to the receiver's MTU; here it is judged as one, so that mtu_exceeded does not hold`);
  return notes;
}

/** Whether the switch looks behind the headers: IGMP, and ICMPv6 with or without options in front. */
function hasChecked(frame: Uint8Array): boolean {
  let at = 12;
  while (number16(frame, at) === vlanType || number16(frame, at) === 0x88a8) at += 4;
  const type = number16(frame, at);
  if (type === 0x0800) return frame[at + 2 + 9] === igmp;
  return type === 0x86dd && [hopByHop, icmpv6].includes(frame[at + 2 + 6] ?? -1);
}

function number16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
}

/**
 * The law of the counters, in words and numbers: nothing that was received or offered is unaccounted for.
 */
import type { Stats } from '../api/protocol.ts';

export interface Equation {
  readonly text: string;
  readonly holds: boolean;
}

/** One equation each way for every port, and the one that joins both sides of the switch. */
export function equationsOf({ items, totals }: Stats): Equation[] {
  const equations: Equation[] = [];
  let offered = 0;
  let forwarded = 0;
  for (const item of items) {
    equations.push(
      equation(`${item.port}: received`, item.receivedPackets, [
        ['forwarded', item.forwardedPackets], ['consumed', item.consumedPackets],
        ['dropped', item.droppedPackets], ['held', item.heldPackets],
      ]),
      equation(`${item.port}: offered`, item.offeredPackets, [
        ['transmitted', item.transmittedPackets], ['dropped on the way out', item.transmitDroppedPackets],
      ]),
    );
    offered += item.offeredPackets;
    forwarded += item.forwardedPackets;
  }
  equations.push(equation('all ports: offered', offered, [
    ['forwarded', forwarded], ['copied by floods', totals.copiedPackets],
    ['originated by the switch', totals.originatedPackets],
  ]));
  return equations;
}

function equation(name: string, left: number, right: readonly (readonly [string, number])[]): Equation {
  const sum = right.reduce((total, [, value]) => total + value, 0);
  const holds = left === sum;
  const words = right.map(([word, value]) => `${value} ${word}`).join(' + ');
  return { text: `${name} ${left} ${holds ? '=' : '≠'} ${words}`, holds };
}

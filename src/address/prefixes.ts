/** Prefixes: sets of addresses as lists of prefixes, of which some are taken out. */
import { cidrHolds, type Cidr } from './cidr.ts';
import { bitsOf } from './ip.ts';

/** The fewest prefixes that hold every address of `cidr` but those of `except`, in ascending order. */
export function prefixesWithout(cidr: Cidr, except: readonly Cidr[]): readonly Cidr[] {
  const inside = except.filter((hole) => cidrHolds(cidr, hole.address) || (cidrHolds(hole, cidr.address) && hole.length <= cidr.length));
  if (inside.length === 0) return [cidr];
  if (inside.some((hole) => hole.length <= cidr.length)) return [];
  return halvesOf(cidr).flatMap((half) => prefixesWithout(half, inside.filter((hole) => cidrHolds(half, hole.address))));
}

function halvesOf({ address: { family, value }, length }: Cidr): readonly Cidr[] {
  const size = 1n << BigInt(bitsOf(family) - length - 1);
  const first = (value / (2n * size)) * 2n * size;
  return [first, first + size].map((start) => ({ address: { family, value: start }, length: length + 1 }));
}

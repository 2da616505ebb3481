/** Reads a transaction's bytes back, written from native/commit/edits.def's own words. */
import { ipFromBytes, type Ip } from '../../../src/address/ip.ts';
import { editLayouts, type Edit } from '../../../src/table/edits.gen.ts';

export function readEdits(bytes: Uint8Array): Edit[] {
  const data = Buffer.from(bytes);
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > data.length) throw new Error(`the transaction ends at ${data.length}, inside a field at ${at}`);
    return data.subarray(at, (at += length));
  };
  const number = (size: number): number => take(size).readUIntLE(0, size);
  const ip = (): Ip => {
    const raw = take(16);
    const isMapped = raw.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
    return ipFromBytes(Uint8Array.from(isMapped ? raw.subarray(12) : raw));
  };
  const list = <Item>(item: () => Item, countSize = 2): Item[] => Array.from({ length: number(countSize) }, item);
  const prefix = (): { address: Ip; length: number } => ({ address: ip(), length: number(1) });
  const readers: Record<string, () => unknown> = {
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    text: () => take(number(2)).toString('utf8'),
    mac: () => take(6).toString('hex').match(/../g)!.join(':'),
    list_u16: () => list(() => number(2)),
    list_prefix: () => list(prefix),
    list_route: () => list(() => {
      const to = prefix();
      const via = ip();
      return { to, via: via.family === 6 && via.value === 0n ? undefined : via };
    }),
    ip,
    list_u32: () => list(() => number(4)),
    list_trunk_address: () => list(() => ({ network: number(2), prefix: prefix() })),
    list_network_prefix: () => list(() => ({ network: number(2), prefix: prefix() })),
    list_rule: () => list(() => ({
      id: number(4), action: number(1), tier: number(1), flags: number(1), source: number(4), destination: number(4),
      services: list(() => ({ protocol: number(2), first: number(2), last: number(2), named: number(4) })),
      sourcePorts: list(() => ({ first: number(2), last: number(2) })),
    }), 4),
  };
  const edits: Edit[] = [];
  while (at < data.length) {
    const tag = number(1);
    const [name, layout] = Object.entries(editLayouts).find(([, candidate]) => candidate.tag === tag)!;
    edits.push({ edit: name, ...Object.fromEntries(layout.fields.map(([field, type]) => [field, readers[type]!()])) } as unknown as Edit);
  }
  return edits;
}

/**
 * Edits to bytes: the form that native/commit/edits.def describes.
 *
 * The order of fields comes from the generated layouts; what a field of each type looks like is
 * written here once. A value that does not fit its field is a bug of the caller and throws.
 */
import { bytesOf, type Ip } from '../address/ip.ts';
import type { Cidr } from '../address/cidr.ts';
import { editLayouts, type Edit, type FieldType, type NetworkPrefix, type RouteEntry, type RuleEntry, type TrunkAddress } from '../table/edits.gen.ts';

class Writer {
  #bytes = Buffer.alloc(4096);
  #length = 0;

  number(value: number, size: 1 | 2 | 4): void {
    const at = this.#grow(size); // may replace the buffer
    this.#bytes.writeUIntLE(value, at, size);
  }

  raw(bytes: Uint8Array | readonly number[]): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): number {
    const at = this.#length;
    this.#length += by;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}

type FieldWriters = { readonly [T in FieldType]: (writer: Writer, value: never) => void };

const writeIp = (writer: Writer, ip: Ip): void => {
  if (ip.family === 4) writer.raw([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
  writer.raw(bytesOf(ip));
};

const writePrefix = (writer: Writer, prefix: Cidr): void => {
  writeIp(writer, prefix.address);
  writer.number(prefix.length, 1);
};

const writeList = <Item>(writer: Writer, items: readonly Item[], write: (item: Item) => void, countSize: 2 | 4 = 2): void => {
  writer.number(items.length, countSize);
  items.forEach(write);
};

const writeNetworkPrefix = (writer: Writer, { network, prefix }: NetworkPrefix): void => {
  writer.number(network, 2);
  writePrefix(writer, prefix);
};

const writeRule = (writer: Writer, rule: RuleEntry): void => {
  writer.number(rule.id, 4);
  for (const byte of [rule.action, rule.tier, rule.flags]) writer.number(byte, 1);
  writer.number(rule.source, 4);
  writer.number(rule.destination, 4);
  writeList(writer, rule.services, ({ protocol, first, last, named }) => {
    for (const half of [protocol, first, last]) writer.number(half, 2);
    writer.number(named, 4);
  });
  writeList(writer, rule.sourcePorts, ({ first, last }) => {
    writer.number(first, 2);
    writer.number(last, 2);
  });
};

const onLink: Ip = { family: 6, value: 0n };

const fieldWriters: FieldWriters = {
  u8: (writer, value: number) => writer.number(value, 1),
  u16: (writer, value: number) => writer.number(value, 2),
  u32: (writer, value: number) => writer.number(value, 4),
  text: (writer, value: string) => {
    const bytes = Buffer.from(value, 'utf8');
    writer.number(bytes.length, 2);
    writer.raw(bytes);
  },
  mac: (writer, value: string) => writer.raw(value.split(':').map((part) => Number.parseInt(part, 16))),
  list_u16: (writer, value: readonly number[]) => writeList(writer, value, (item) => writer.number(item, 2)),
  list_prefix: (writer, value: readonly Cidr[]) => writeList(writer, value, (item) => writePrefix(writer, item)),
  list_route: (writer, value: readonly RouteEntry[]) =>
    writeList(writer, value, (item) => {
      writePrefix(writer, item.to);
      writeIp(writer, item.via ?? onLink);
    }),
  ip: (writer, value: Ip) => writeIp(writer, value),
  list_u32: (writer, value: readonly number[]) => writeList(writer, value, (item) => writer.number(item, 4)),
  list_trunk_address: (writer, value: readonly TrunkAddress[]) => writeList(writer, value, (item) => writeNetworkPrefix(writer, item)),
  list_network_prefix: (writer, value: readonly NetworkPrefix[]) => writeList(writer, value, (item) => writeNetworkPrefix(writer, item)),
  list_rule: (writer, value: readonly RuleEntry[]) => writeList(writer, value, (item) => writeRule(writer, item), 4),
};

/** The bytes of a transaction. */
export function encodeEdits(edits: readonly Edit[]): Uint8Array {
  const writer = new Writer();
  for (const edit of edits) {
    const layout = editLayouts[edit.edit];
    writer.number(layout.tag, 1);
    const values = edit as unknown as Readonly<Record<string, never>>;
    for (const [name, type] of layout.fields) fieldWriters[type](writer, values[name]!);
  }
  return writer.finish();
}

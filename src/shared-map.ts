/**
 * SharedMap: a map whose copies share all that is the same in them.
 *
 * A copy takes a pointer for some sixteen entries, and only what is then written to is copied in full. Two maps of which one came from
 * the other tell cheaply where they differ (`differing`). So a change among ten thousand ports costs about what
 * is changed. Entries come in no particular order.
 */

interface Bucket<Key, Value> {
  /** Who may write to it: the map that made it, until it is copied. */
  readonly owner: object;
  readonly entries: Map<Key, Value>;
}

const bucketSize = 16;
const growth = 4;

export class SharedMap<Key extends string | number, Value> implements ReadonlyMap<Key, Value> {
  #buckets: Bucket<Key, Value>[] = [];
  #owner: object = {};
  #size = 0;

  constructor(from: ReadonlyMap<Key, Value> | undefined = undefined) {
    if (from instanceof SharedMap) {
      const other = from as SharedMap<Key, Value>;
      this.#buckets = other.#buckets.slice();
      this.#size = other.#size;
      other.#owner = {}; // from now on it writes to copies, too
    } else {
      this.#buckets = this.#emptyBuckets(1);
      if (from !== undefined) for (const [key, value] of from) this.set(key, value);
    }
  }

  get size(): number {
    return this.#size;
  }

  get(key: Key): Value | undefined {
    return this.#bucketOf(key).entries.get(key);
  }

  has(key: Key): boolean {
    return this.#bucketOf(key).entries.has(key);
  }

  set(key: Key, value: Value): this {
    const entries = this.#ownBucketOf(key);
    const before = entries.size;
    entries.set(key, value);
    this.#size += entries.size - before;
    if (this.#size > bucketSize * this.#buckets.length) this.#grow();
    return this;
  }

  delete(key: Key): boolean {
    if (!this.has(key)) return false;
    this.#ownBucketOf(key).delete(key);
    this.#size -= 1;
    return true;
  }

  forEach(visit: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const { entries } of this.#buckets) for (const [key, value] of entries) visit(value, key, this);
  }

  *entries(): MapIterator<[Key, Value]> {
    for (const { entries } of this.#buckets) yield* entries;
  }

  *keys(): MapIterator<Key> {
    for (const { entries } of this.#buckets) yield* entries.keys();
  }

  *values(): MapIterator<Value> {
    for (const { entries } of this.#buckets) yield* entries.values();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  /** Keys under which the two hold not the same value: what only one of them has, too. */
  static differing<Key extends string | number, Value>(before: SharedMap<Key, Value>, after: SharedMap<Key, Value>): Key[] {
    const [old, now] = [before.#buckets, after.#buckets];
    if (old.length !== now.length) return differingEntries(before, after);
    const keys: Key[] = [];
    // There may be thousands, and few differ: no call for each.
    for (let index = 0; index < old.length; index += 1) {
      if (old[index] !== now[index]) keys.push(...differingEntries(old[index]!.entries, now[index]!.entries));
    }
    return keys;
  }

  #bucketOf(key: Key): Bucket<Key, Value> {
    return this.#buckets[this.#indexOf(key)]!;
  }

  /** There are as many buckets as a power of two. */
  #indexOf(key: Key): number {
    return (typeof key === 'number' ? key : hashOf(key)) & (this.#buckets.length - 1);
  }

  #ownBucketOf(key: Key): Map<Key, Value> {
    const index = this.#indexOf(key);
    const bucket = this.#buckets[index]!;
    if (bucket.owner === this.#owner) return bucket.entries;
    const entries = new Map(bucket.entries);
    this.#buckets[index] = { owner: this.#owner, entries };
    return entries;
  }

  #emptyBuckets(count: number): Bucket<Key, Value>[] {
    return Array.from({ length: count }, () => ({ owner: this.#owner, entries: new Map<Key, Value>() }));
  }

  #grow(): void {
    const entries = [...this];
    this.#buckets = this.#emptyBuckets(growth * this.#buckets.length);
    for (const [key, value] of entries) this.#bucketOf(key).entries.set(key, value);
  }
}

/** Keys under which two maps hold not the same value. Cheap for maps of which one came from the other. */
export function differing<Key extends string | number, Value>(before: ReadonlyMap<Key, Value>, after: ReadonlyMap<Key, Value>): Key[] {
  if (before === after) return [];
  if (before instanceof SharedMap && after instanceof SharedMap) return SharedMap.differing<Key, Value>(before, after);
  return differingEntries(before, after);
}

function differingEntries<Key, Value>(before: ReadonlyMap<Key, Value>, after: ReadonlyMap<Key, Value>): Key[] {
  const keys: Key[] = [];
  for (const [key, value] of after) if (before.get(key) !== value || (value === undefined && !before.has(key))) keys.push(key);
  for (const key of before.keys()) if (!after.has(key)) keys.push(key);
  return keys;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash ^ (hash >>> 15);
}

/**
 * Memberships: of each address of each port, the sets that hold it and the named services of its ports; and which lists judge the port.
 *
 * A port's addresses are those that it has in each of its networks, and in each of them the link-local one that its host derives from the
 * MAC, unless another port declares that.
 */
import { formatIp, isLinkLocal } from '../address/ip.ts';
import { linkLocalOf } from '../address/mac.ts';
import { sameData } from '../intent/changes.ts';
import type { PortResource } from '../intent/port.ts';
import { protocolNumbers } from '../intent/protocols.ts';
import { SharedMap } from '../shared-map.ts';
import type { NetworkPrefix, PutAddressSets, PutPort, PutPortPolicy, PutServiceSets } from '../table/edits.gen.ts';
import { addressesOfEntry, networksOfEntry, type TableSet } from '../table/table-set.ts';
import { setsHolding } from './address-sets.ts';
import type { PolicyBook } from './policy-book.ts';
import { serviceKey } from './policy-rules.ts';

interface Address extends NetworkPrefix {
  /** `network address` */
  readonly key: string;
  readonly isDerived: boolean;
}

const known = new WeakMap<PutPort, readonly Address[]>();

function addressesOf(entry: PutPort): readonly Address[] {
  const found = known.get(entry);
  if (found !== undefined) return found;
  const byKey = new Map<string, Address>();
  const add = (one: NetworkPrefix, isDerived: boolean): void => {
    const key = `${one.network} ${formatIp(one.prefix.address)}`;
    if (!byKey.has(key)) byKey.set(key, { ...one, key, isDerived });
  };
  for (const one of addressesOfEntry(entry)) add(one, false);
  const linkLocal = { address: linkLocalOf(entry.mac), length: 128 };
  for (const network of networksOfEntry(entry)) add({ network, prefix: linkLocal }, true);
  const addresses = [...byKey.values()];
  known.set(entry, addresses);
  return addresses;
}

export class MembershipTables {
  readonly #addressSets: SharedMap<string, PutAddressSets>;
  readonly #serviceSets: SharedMap<string, PutServiceSets>;
  readonly #portPolicies: SharedMap<number, PutPortPolicy>;
  readonly #book: PolicyBook;
  #owners = 0;

  constructor(tables: Pick<TableSet, 'addressSets' | 'serviceSets' | 'portPolicies'>, book: PolicyBook) {
    this.#addressSets = new SharedMap(tables.addressSets);
    this.#serviceSets = new SharedMap(tables.serviceSets);
    this.#portPolicies = new SharedMap(tables.portPolicies);
    this.#book = book;
  }

  /** How many link-local addresses became another port's: then those that other hosts derive may be other ones, too. */
  get ownersChanged(): number {
    return this.#owners;
  }

  tables(): Pick<TableSet, 'addressSets' | 'serviceSets' | 'portPolicies'> {
    return { addressSets: this.#addressSets, serviceSets: this.#serviceSets, portPolicies: this.#portPolicies };
  }

  /** Of a port as it was: nothing of it stays but what is put again. */
  remove(entry: PutPort, port: PortResource): void {
    for (const address of addressesOf(entry)) {
      if (address.isDerived && this.#isOthers(address, entry)) continue;
      this.#forget(address, port);
      if (this.#book.declared.get(address.key) === entry.port) this.#changeOwner(address.key, undefined);
    }
    this.#portPolicies.delete(entry.port);
  }

  /** What was said of a link-local address that a port's host derives and that another port declares now, before any is put. */
  leaveToOthers(entry: PutPort, port: PortResource): void {
    for (const address of addressesOf(entry)) if (address.isDerived && this.#isOthers(address, entry)) this.#forget(address, port);
  }

  /** Of a port as it is, before any is put. */
  declare(entry: PutPort): void {
    for (const { key, prefix, isDerived } of addressesOf(entry)) if (!isDerived && isLinkLocal(prefix.address)) this.#changeOwner(key, entry.port);
  }

  /** Whatever is to be said of a port; what was said before and is the same stays the same object. */
  put(entry: PutPort, port: PortResource, group: string, before: Pick<TableSet, 'addressSets' | 'serviceSets' | 'portPolicies'>): void {
    const { sets } = this.#book.groups.get(group)!;
    for (const address of addressesOf(entry)) {
      if (address.isDerived && this.#isOthers(address, entry)) continue;
      const { key, network, prefix } = address;
      const numbers = setsHolding(sets, address);
      put(this.#addressSets, before.addressSets, key, numbers.length === 0 ? undefined : { edit: 'PutAddressSets', network, address: prefix.address, sets: numbers });
      for (const { protocol, number, names } of namedPorts(port)) {
        const services = names.flatMap((name) => this.#book.services.get(serviceKey(protocol, name)) ?? []).sort((a, b) => a - b);
        const place = `${key} ${protocol} ${number}`;
        put(this.#serviceSets, before.serviceSets, place, services.length === 0 ? undefined : { edit: 'PutServiceSets', network, address: prefix.address, protocol, port: number, services });
      }
    }
    const [ingress, egress, ingressAudit, egressAudit] = this.#book.lists.numbersOf(group);
    const isJudged = ingress !== 0 || egress !== 0 || ingressAudit !== 0 || egressAudit !== 0;
    put(this.#portPolicies, before.portPolicies, entry.port, isJudged ? { edit: 'PutPortPolicy', port: entry.port, ingress, egress, ingressAudit, egressAudit } : undefined);
  }

  #forget({ key }: Address, port: PortResource): void {
    this.#addressSets.delete(key);
    for (const { protocol, number } of namedPorts(port)) this.#serviceSets.delete(`${key} ${protocol} ${number}`);
  }

  #isOthers({ key }: Address, entry: PutPort): boolean {
    const owner = this.#book.declared.get(key);
    return owner !== undefined && owner !== entry.port;
  }

  #changeOwner(key: string, port: number | undefined): void {
    if (this.#book.declared.get(key) === port) return;
    this.#owners += 1;
    if (port === undefined) this.#book.declared.delete(key);
    else this.#book.declared.set(key, port);
  }
}

function put<Key extends string | number, Entry>(table: SharedMap<Key, Entry>, before: ReadonlyMap<Key, Entry>, key: Key, entry: Entry | undefined): void {
  if (entry === undefined) {
    table.delete(key);
    return;
  }
  const old = before.get(key);
  const kept = old !== undefined && sameData(old, entry) ? old : entry;
  if (table.get(key) !== kept) table.set(key, kept);
}

/** The numbered ports of a port that have names, each with all its names. */
function namedPorts({ spec }: PortResource): readonly { readonly protocol: number; readonly number: number; readonly names: readonly string[] }[] {
  if (spec.namedPorts === undefined) return [];
  const byPlace = new Map<string, { protocol: number; number: number; names: string[] }>();
  for (const { name, protocol = 'tcp', port } of spec.namedPorts) {
    const place = `${protocol} ${port}`;
    const one = byPlace.get(place);
    if (one === undefined) byPlace.set(place, { protocol: protocolNumbers[protocol], number: port, names: [name] });
    else one.names.push(name);
  }
  return [...byPlace.values()];
}

/** Whether the sentences of a policy make sense: names lead somewhere, no list is empty where that could mean two things, exceptions are inside. */
import { cidrHolds, formatCidr, parseCidr, subnetOf, type Cidr } from '../address/cidr.ts';
import { formatIp, sameIp } from '../address/ip.ts';
import { prefixesWithout } from '../address/prefixes.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyResource } from './network-policy.ts';
import { ruleNameOf, type Direction, type PeerSpec, type PolicyResource, type RuleSpec } from './policy.ts';
import type { Report } from './port-coherence.ts';
import { checkProtocols, isPortName, portNameSentence } from './protocols.ts';
import { checkSelector } from './selector.ts';
import { isOurRule } from './shared-rules.ts';
import { nearest } from './suggest.ts';
import type { KnownNetworks } from './trunk-coherence.ts';

/** What a transaction can carry of one set. */
const prefixesMax = 65_535;

/** The name of what a default said, and so of no rule. */
const defaultName = 'default';

export function checkPolicy({ spec }: PolicyResource, known: KnownNetworks, report: Report): void {
  checkSelector(spec.appliesTo.ports, '/appliesTo/ports', report);
  checkSelector(spec.appliesTo.namespaces, '/appliesTo/namespaces', report);
  checkNetworkNames(spec.appliesTo.networks, '/appliesTo/networks', known, report);
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = spec[direction] ?? [];
    const names = new Map<string, number>();
    rules.forEach((rule, index) => {
      const at = `/${direction}/${index}`;
      const name = ruleNameOf(rule, direction, index);
      const earlier = names.get(name);
      if (earlier === undefined) names.set(name, index);
      else report(`${at}/name`, `${name} is already the name of ${direction}[${earlier}]`, 'give each rule of a direction a name of its own');
      if (name === defaultName) report(`${at}/name`, `${defaultName} is how what the policy's default says is called`, 'choose another name');
      // Networks stay as long as a policy names them.
      if (!isOurRule(rule)) checkRule(rule, direction, at, known, report);
    });
  }
}

function checkRule(rule: RuleSpec, direction: Direction, at: string, known: KnownNetworks, report: Report): void {
  const field = direction === 'ingress' ? 'from' : 'to';
  const peers = rule[field];
  checkProtocols(rule.protocols, `${at}/protocols`, report);
  if (peers === undefined) return;
  if (peers.length === 0) report(`${at}/${field}`, 'an empty list says neither anyone nor nobody', `leave ${field} out for anyone, or list who is meant`);
  peers.forEach((peer, index) => checkPeer(peer, `${at}/${field}/${index}`, known, report));
  checkSize(peers.map(({ cidr, except = [], networks }) => (cidr === undefined ? 2 : prefixesOf(cidr, except)) * (networks?.length ?? 1)), `${at}/${field}`, report);
}

function checkPeer(peer: PeerSpec, at: string, known: KnownNetworks, report: Report): void {
  if (Object.keys(peer).length === 0) report(at, 'an entry that says nothing could be anyone or nobody', 'say who is meant; leave the list out for anyone, and write {ports: {}} for every port');
  checkSelector(peer.ports, `${at}/ports`, report);
  checkSelector(peer.namespaces, `${at}/namespaces`, report);
  checkNetworkNames(peer.networks, `${at}/networks`, known, report);
  if (peer.cidr === undefined) {
    if (peer.except !== undefined) report(`${at}/except`, 'there is no cidr to except something from', 'add cidr, e.g. 0.0.0.0/0');
    return;
  }
  const cidr = parseCidr(peer.cidr)!;
  checkIsFirst(cidr, `${at}/cidr`, report);
  checkExceptions(cidr, peer.except ?? [], `${at}/except`, true, report);
}

function checkExceptions(cidr: Cidr, except: readonly string[], at: string, isExact: boolean, report: Report): void {
  except.forEach((text, index) => {
    const hole = parseCidr(text)!;
    if (isExact) checkIsFirst(hole, `${at}/${index}`, report);
    if (!cidrHolds(cidr, hole.address) || hole.length < cidr.length) report(`${at}/${index}`, `${formatCidr(hole)} is not inside ${formatCidr(cidr)}`, `write a prefix inside ${formatCidr(cidr)}, or remove it`);
    else if (hole.length === cidr.length) report(`${at}/${index}`, `${formatCidr(hole)} excepts all of ${formatCidr(cidr)}`, 'write a longer prefix, or remove the whole entry');
  });
}

function checkIsFirst(prefix: Cidr, at: string, report: Report): void {
  const exact = subnetOf(prefix);
  if (!sameIp(exact.address, prefix.address)) report(at, `${formatCidr(prefix)} is not the first address of its prefix`, `write ${formatCidr(exact)}, or ${formatIp(prefix.address)}/${prefix.address.family === 4 ? 32 : 128} for the one address`);
}

/** How many prefixes are left of one. */
function prefixesOf(cidr: string, except: readonly string[]): number {
  return except.length === 0 ? 1 : prefixesWithout(parseCidr(cidr)!, except.map((text) => parseCidr(text)!)).length;
}

function checkSize(prefixes: readonly number[], at: string, report: Report): void {
  const count = prefixes.reduce((sum, one) => sum + one, 0);
  if (count > prefixesMax) report(at, `the list makes ${count} prefixes, and one rule can have ${prefixesMax}`, 'divide it between several rules');
}

function checkNetworkNames(names: readonly string[] | undefined, at: string, { networks, broken }: KnownNetworks, report: Report): void {
  if (names === undefined) return;
  if (names.length === 0) report(at, 'an empty list of networks says neither any nor none', 'leave networks out for any, or list those that are meant');
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) report(`${at}/${index}`, `${name} is listed twice`, 'remove one of them');
    else if (!networks.has(name) && !broken.has(name)) {
      const meant = nearest(name, [...networks.keys()]);
      report(`${at}/${index}`, `there is no network ${name}`, meant ? `did you mean ${meant}?` : `add a Network named ${name} to the request or apply it before`);
    }
  });
}

export function checkNetworkPolicy({ spec }: NetworkPolicyResource, report: Report): void {
  checkSelector(spec.podSelector, '/podSelector', report);
  for (const direction of ['ingress', 'egress'] as const) {
    const field = direction === 'ingress' ? 'from' : 'to';
    (spec[direction] ?? []).forEach((rule, index) => {
      const at = `/${direction}/${index}`;
      const peers = rule[field] ?? [];
      peers.forEach((peer, place) => checkPodPeer(peer, `${at}/${field}/${place}`, report));
      checkSize(peers.map(({ ipBlock }) => (ipBlock === undefined ? 0 : prefixesOf(ipBlock.cidr, ipBlock.except ?? []))), `${at}/${field}`, report);
      (rule.ports ?? []).forEach((port, place) => checkPodPort(port, `${at}/ports/${place}`, report));
    });
  }
}

function checkPodPeer(peer: NetworkPolicyPeer, at: string, report: Report): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined) report(at, 'an entry that says nothing means nobody', 'write podSelector, namespaceSelector or ipBlock; leave the list out for anyone');
  if (ipBlock !== undefined && (podSelector !== undefined || namespaceSelector !== undefined)) report(`${at}/ipBlock`, 'an entry is about addresses or about pods, not both', 'write an entry for each');
  checkSelector(podSelector, `${at}/podSelector`, report);
  checkSelector(namespaceSelector, `${at}/namespaceSelector`, report);
  if (ipBlock !== undefined) checkExceptions(parseCidr(ipBlock.cidr)!, ipBlock.except ?? [], `${at}/ipBlock/except`, false, report);
}

function checkPodPort({ port, endPort }: NetworkPolicyPort, at: string, report: Report): void {
  if (typeof port === 'string' && !isPortName(port)) {
    report(`${at}/port`, `${JSON.stringify(port)} is not the name of a port`, /^\d+$/.test(port) ? `write it without quotes: ${Number(port)}` : `a name has ${portNameSentence}`);
  }
  if (endPort === undefined) return;
  if (typeof port !== 'number') report(`${at}/endPort`, 'a range begins with port, which has to be a number', 'add port, or remove endPort');
  else if (endPort < port) report(`${at}/endPort`, `${endPort} is smaller than port, ${port}`, `write at least ${port}`);
}

/**
 * What people write in a place where it does not stand, with the remedy that says where it stands or what it is called there.
 *
 * The nearest name finds mistypings only. And to take out a field that narrows a rule would widen the rule, so of these it is
 * said what was meant. A schema carries such a list as `x-instead`.
 */
type Instead = Readonly<Record<string, string>>;

const inMetadata = (name: string): string => `write it in metadata: ${name} stands there`;

/** In the spec of any resource. */
export const ofMetadata: Instead = {
  name: inMetadata('name'), namespace: inMetadata('namespace'), labels: 'write them in metadata: labels stand there', annotations: 'write them in metadata: annotations stand there',
};

const appliesTo = 'did you mean appliesTo?';
export const insteadInPolicy: Instead = { ...ofMetadata, applyTo: appliesTo, applyto: appliesTo, podSelector: 'write appliesTo: {ports: …}', selector: 'write appliesTo: {ports: …}' };

const ofProtocols = 'write protocols, e.g. protocols: [{tcp: [443]}]';
const inRule: Instead = { ports: ofProtocols, port: ofProtocols, tcp: ofProtocols, udp: ofProtocols, sctp: ofProtocols, icmp: ofProtocols, icmpv6: ofProtocols, ip: ofProtocols };
export const insteadInRule: Readonly<Record<'ingress' | 'egress', Instead>> = {
  ingress: { ...inRule, to: 'did you mean from? Who gets it is what appliesTo says' },
  egress: { ...inRule, from: 'did you mean to? Who sends it is what appliesTo says' },
};

const ofSelectors: Instead = { matchLabels: 'write ports: {matchLabels: {…}}', matchExpressions: 'write ports: {matchExpressions: […]}' };
export const insteadInAppliesTo: Instead = { ...ofSelectors, podSelector: 'did you mean ports?', namespaceSelector: 'did you mean namespaces?' };
export const insteadInPeer: Instead = {
  ...ofSelectors, podSelector: 'did you mean ports?', namespaceSelector: 'did you mean namespaces?', ipBlock: 'write cidr, and except beside it', port: 'ports of TCP, UDP and SCTP stand in protocols of the rule',
};

export const insteadInNetworkPolicy: Instead = { ...ofMetadata, appliesTo: 'did you mean podSelector?' };
export const insteadInPodRule: Readonly<Record<'ingress' | 'egress', Instead>> = {
  ingress: { to: 'did you mean from? Who gets it is what podSelector says' }, egress: { from: 'did you mean to? Who sends it is what podSelector says' },
};

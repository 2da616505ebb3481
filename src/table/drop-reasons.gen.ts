// Generated from native/telemetry/drop_reasons.def by src/table/generate.mjs; edit that file instead.
/** Every way a packet can die; number 0 is none, the others follow in this order. */
export const dropReasonSentences = {
  frame_too_short: 'the frame ends before its Ethernet header or EtherType does',
  too_many_tags: 'the frame carries more than two VLAN tags',
  llc_malformed: 'the 802.3 length is greater than the frame',
  arp_malformed: 'the ARP packet is short or is not about IPv4 over Ethernet',
  ipv4_malformed: 'the IPv4 header contradicts itself or the frame',
  ipv6_malformed: 'the IPv6 header contradicts itself or the frame',
  ipv6_extensions: 'the IPv6 extension headers are broken or too many',
  fragment_malformed: 'the fragment reaches past the longest datagram or lacks its first header',
  tcp_malformed: 'the TCP header is short or its data offset is out of bounds',
  udp_malformed: 'the UDP header is short or its length is greater than the datagram',
  icmp_malformed: 'the ICMP message is short',
  sctp_malformed: 'the SCTP header is short',
  frame_too_long: 'the frame is longer than any port may carry',
  offload_malformed: 'the virtio_net_hdr contradicts the frame',
  port_not_active: 'the port is not part of the active generation',
  vlan_not_carried: 'the port does not carry frames with this VLAN tag, or on a trunk none without a tag',
  ether_type_denied: 'the network does not list this EtherType',
  link_local_group: '01:80:C2:00:00:0x is never forwarded by a bridge',
  source_mac_invalid: 'the source MAC is a group address or zero',
  mac_spoofed: 'the port may not send from this MAC',
  ip_spoofed: 'the port may not send from this IP address',
  arp_spoofed: 'the port may not speak for this address in ARP',
  nd_spoofed: 'the port may not speak for this address in neighbour discovery',
  router_advertisement_denied: 'a port with anti-spoof may not act as a router in neighbour discovery',
  dhcp_spoofed: 'the port may not act as a DHCP server or for another MAC',
  egress_denied: 'the sender\'s egress is not allowed',
  ingress_denied: 'the receiver\'s ingress is not allowed',
  no_receiver: 'no other port of the network can be the receiver',
  hairpin: 'the receiver is behind the port that the frame came by',
  mtu_exceeded: 'the packet is larger than the receiver\'s MTU',
  port_closed: 'the receiver\'s device is gone or not there yet',
  device_refused: 'the receiver\'s device did not take the frame',
  queue_full: 'the receiver\'s queue is full',
  out_of_packets: 'no packet buffer was free',
  bug: 'a bug in the switch: please report it with the switch\'s version',
} as const;

export type DropReason = keyof typeof dropReasonSentences;

export const dropReasons = Object.keys(dropReasonSentences) as readonly DropReason[];

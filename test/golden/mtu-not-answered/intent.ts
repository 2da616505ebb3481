/** A router and a sender of jumbo packets; receivers of usual ones and of tiny ones. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], mtu: 9000, etherTypes: [0x88b5]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64'], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: db}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24, 'fd00::2/64'], mtu: 1500}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: log}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:03', addresses: [10.0.0.3/24], mtu: 1000}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: lab}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:04', addresses: [10.0.0.4/24, 'fd00::4/64'], mtu: 1500, antiSpoof: false}
`;

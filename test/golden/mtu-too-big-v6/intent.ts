/** A sender of jumbo packets and a receiver of usual ones. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], mtu: 9000}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64'], offloads: true}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: db}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24, 'fd00::2/64'], mtu: 1500}
`;

/** A network that carries the tags of its hosts, on access ports and a trunk. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: carrier}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], vlan: 100, carryTags: true}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: dev}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], vlan: 200}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: east}
spec: {network: carrier, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64'], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: house}
spec: {network: carrier, type: memory, mac: '02:00:00:00:00:04', addresses: [10.0.0.4/24, 'fd00::4/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: uplink}
spec: {trunk: {networks: [carrier, dev]}, type: memory, mac: '02:00:00:00:00:09', addresses: [], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: west}
spec: {network: carrier, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24, 'fd00::2/64'], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: plain}
spec: {network: dev, type: memory, mac: '02:00:00:00:00:03', addresses: [10.0.0.3/24, 'fd00::3/64']}
`;

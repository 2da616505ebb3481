/** A trunk under anti-spoof with an address in each of its networks. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: dev}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], vlan: 100}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: prod}
spec: {subnets: [10.0.1.0/24, 'fd00:1::/64'], vlan: 200}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: router}
spec: {trunk: {networks: [dev, prod], native: dev}, type: memory, mac: '02:00:00:00:00:09', addresses: [10.0.0.9/24, 'fd00::9/64', 10.0.1.9/24, 'fd00:1::9/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: shop}
spec: {network: prod, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.1.2/24, 'fd00:1::2/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec: {network: dev, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64']}
`;

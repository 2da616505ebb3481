/** A trunk whose native network goes without a tag, and one without a native network. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: dev}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], vlan: 100}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: prod}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], vlan: 200}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: alone}
spec: {trunk: {networks: [dev, prod]}, type: memory, mac: '02:00:00:00:00:08', addresses: [], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: router}
spec: {trunk: {networks: [dev, prod], native: dev}, type: memory, mac: '02:00:00:00:00:09', addresses: [], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: shop}
spec: {network: prod, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24, 'fd00::2/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec: {network: dev, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64']}
`;

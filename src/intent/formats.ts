/** The texts that fields hold: how each is checked, and in which words it is refused. */
import { parseCidr } from '../address/cidr.ts';
import { parseIp, parseRange } from '../address/ip.ts';
import { isGroupMac, isZeroMac, parseMac } from '../address/mac.ts';

/** What is wrong with a text and what to write instead. */
export interface Complaint {
  readonly message: string;
  readonly remedy: string;
}

/** The longest name of a network device: IFNAMSIZ without its closing zero. */
const deviceLengthMax = 15;
const fileNameMax = 255;

export const formats: Readonly<Record<string, (text: string) => Complaint | undefined>> = {
  mac(text) {
    const mac = parseMac(text);
    if (mac === undefined) return { message: `${quote(text)} is not a MAC address`, remedy: "write six hexadecimal pairs, e.g. '02:00:00:00:00:01'" };
    if (isGroupMac(mac)) return { message: `${mac} is a group address (bit 0 of the first byte is set)`, remedy: 'choose a unicast MAC, e.g. one that begins with 02' };
    if (isZeroMac(mac)) return { message: 'a MAC of zeros names nobody', remedy: 'choose a MAC that begins with 02, or leave the field out' };
    return undefined;
  },
  cidr(text) {
    if (parseCidr(text) !== undefined) return undefined;
    if (parseIp(text) !== undefined) return { message: `${quote(text)} lacks its prefix length`, remedy: `write it with its length, e.g. ${text}/${text.includes(':') ? 64 : 24}` };
    return { message: `${quote(text)} is not an address with a prefix length`, remedy: 'write e.g. 10.77.0.1/24 or fd00:77::1/64' };
  },
  prefix(text) {
    if (parseCidr(text) !== undefined) return undefined;
    const family = parseIp(text)?.family;
    if (family !== undefined) return { message: `${quote(text)} lacks its prefix length`, remedy: `write ${text}/${family === 4 ? 32 : 128} for this one address` };
    return { message: `${quote(text)} is not a prefix`, remedy: 'write an address with its length, e.g. 10.0.0.0/8 or fd00::/8' };
  },
  destination(text) {
    if (text === 'default') return undefined;
    return parseCidr(text) === undefined ? { message: `${quote(text)} is not a destination`, remedy: 'write a prefix such as 10.80.0.0/16, or default' } : undefined;
  },
  ip(text) {
    return parseIp(text) === undefined ? { message: `${quote(text)} is not an IP address`, remedy: 'write e.g. 10.77.0.254 or fd00:77::fe' } : undefined;
  },
  range(text) {
    if (parseRange(text) !== undefined) return undefined;
    return { message: `${quote(text)} is not an address or a range of them`, remedy: 'write one address or first-last of one family, lower first, e.g. 10.77.0.250-10.77.0.254' };
  },
  device(text) {
    const remedy = `choose a name of at most ${deviceLengthMax} characters without spaces and slashes, e.g. eth0`;
    if (text.length === 0) return { message: 'a device needs a name', remedy };
    if (Buffer.byteLength(text) > deviceLengthMax) return { message: `${quote(text)} is longer than ${deviceLengthMax} bytes, the longest name of a device`, remedy };
    if (/[\s/:%\0]/.test(text) || text === '.' || text === '..') return { message: `${quote(text)} cannot be the name of a device`, remedy };
    return undefined;
  },
  file(text) {
    const valid = text.startsWith('/') && !text.endsWith('/') && !/\0/.test(text) && Buffer.byteLength(text) < 4096;
    return valid ? undefined : { message: `${quote(text)} is not the absolute path of a file`, remedy: 'write e.g. /var/tmp/web-1.pcapng' };
  },
  netns(text) {
    const remedy = 'write a name under /run/netns, an absolute path such as /proc/4242/ns/net, or pid:4242';
    if (text.startsWith('pid:')) {
      const valid = /^pid:[1-9][0-9]{0,9}$/.test(text) && Number(text.slice(4)) <= 0x7fffffff;
      return valid ? undefined : { message: `${quote(text)} does not name a process`, remedy };
    }
    if (text.startsWith('/')) {
      return /\0/.test(text) || text.length > 4095 || text.endsWith('/') ? { message: `${quote(text)} cannot be the path of a namespace`, remedy } : undefined;
    }
    const valid = text.length > 0 && Buffer.byteLength(text) <= fileNameMax && !/[/\0]/.test(text) && text !== '.' && text !== '..';
    return valid ? undefined : { message: `${quote(text)} does not name a network namespace`, remedy };
  },
};

export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

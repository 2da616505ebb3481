/** Names come from the glossary, words are written out, and no file is a drawer for everything. */
import { basename } from 'node:path';
import t from 'tap';
import { listFiles, readText, stripText, tell, type Finding } from './tree.ts';

/** A word that we do not say, and what we say instead. */
const banned: ReadonlyMap<string, string> = new Map(
  Object.entries({
    pkt: 'packet', pkts: 'packets', skb: 'packet', mbuf: 'packet', buf: 'packet, or bytes', burst: 'batch', vif: 'port', vport: 'port', netdev: 'port or device',
    upcall: 'miss', megaflow: 'flow', ace: 'rule', len: 'length', sz: 'size', cnt: 'count', num: 'count', cfg: 'settings', ctx: 'its noun', conf: 'settings',
    msg: 'message', addr: 'address', ptr: 'its noun', tmp: 'its noun', idx: 'index', dst: 'destination', req: 'request', resp: 'response', hdr: 'header',
    util: 'its noun', utils: 'its noun', helper: 'its noun', helpers: 'its noun', misc: 'its noun', manager: 'its noun', rx: 'receive', tx: 'transmit',
    cb: 'callback', impl: 'its noun', info2: 'its noun', retval: 'outcome', iface: 'device', ifname: 'device', rcv: 'receive', snd: 'send', proto: 'protocol',
  }),
);

/** Names that the kernel, libc, Node or a library chose. */
const foreign =
  /^(iov_|rte_|max_rule_num$|nlmsg|rta_|rtm_|ifa_|ifr_|ifi_|ifla|sin6?_|sun_|s6_|in6?_addr|msg_|msghdr|mmsghdr|cmsg|sockaddr|virtio_net_hdr|vnet_hdr|napi_|nl_|ethhdr|tun_|st_|d_|sa_|rtnl_|rx_(dropped|packets|bytes|errors)|tx_(dropped|packets|bytes|errors|queue)|__|tv_|fh_|num_|setsockopt|info$|inet_|epoll_|to_chars|from_chars|hdrlen$|(shared|unique|weak)_ptr$|addrinfo|nl?addr|numRuns)|^[A-Z][A-Z0-9_]*$/;

/** Folders' words in which a term of a foreign format is the right name. */
const excusedFiles: ReadonlyMap<string, RegExp> = new Map([
  ['native/port/tap_port.cpp', /hdr/],
  ['native/port/netlink.cpp', /^(msg|addr|hdr|len)$/],
]);

const drawers = /^(utils?|helpers?|common|misc|types|manager|base[-_].*|abstract[-_].*)\.(ts|hpp|cpp|mjs)$/;

function wordsOf(identifier: string): string[] {
  return identifier.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[_$]+/).filter((word) => word !== '');
}

const ours = listFiles().filter((path) => /^(native|src|test|bench)\//.test(path));
const code = ours.filter((path) => /\.(ts|mjs|hpp|cpp)$/.test(path) && !path.endsWith('.gen.ts'));

t.test('identifiers are made of our words', (t) => {
  const findings: Finding[] = [];
  for (const path of code) {
    if (path === 'test/tidy/names.test.ts') continue;
    const seen = new Set<string>();
    for (const [index, line] of stripText(readText(path)).split('\n').entries()) {
      if (/^\s*#\s*include/.test(line)) continue;
      for (const [identifier] of line.matchAll(/[A-Za-z_$][\w$]*/g)) {
        if (seen.has(identifier) || foreign.test(identifier)) continue;
        seen.add(identifier);
        const word = wordsOf(identifier).find((word) => banned.has(word));
        if (word === undefined || excusedFiles.get(path)?.test(word)) continue;
        findings.push({
          where: `${path}:${index + 1}`, rule: 'names', reason: `\`${identifier}\` says "${word}", which the glossary does not`, remedy: `say ${banned.get(word)}`,
        });
      }
    }
  }
  tell(t, `${code.length} files use the glossary's words`, findings);
  t.end();
});

t.test('files are named after a noun', (t) => {
  const findings: Finding[] = [];
  for (const path of ours) {
    const name = basename(path);
    if (drawers.test(name)) {
      findings.push({ where: path, rule: 'names', reason: 'such a name means the right noun was not found yet', remedy: 'find the noun' });
    }
    if (/(^|[-_.])(issue|gh|bug|shard|part)[-_]?\d+/i.test(name) || /#\d/.test(name)) {
      findings.push({ where: path, rule: 'names', reason: 'nobody can find a behaviour by a number', remedy: 'name the behaviour' });
    }
    const shape = /^(native|test\/native|test\/fuzz)\/|\.(hpp|cpp)$/.test(path) ? /^[a-z0-9_]+\.(hpp|cpp)$/ : /^[a-z0-9-]+(\.(test|gen))?\.(ts|mjs)$/;
    if (/\.(ts|mjs|hpp|cpp)$/.test(name) && !shape.test(name)) {
      findings.push({ where: path, rule: 'names', reason: 'C++ files are snake_case, TypeScript files kebab-case', remedy: 'rename it' });
    }
  }
  tell(t, `${ours.length} files have names that say what they are`, findings);
  t.end();
});

t.test('nothing is left for later in a comment', (t) => {
  const findings: Finding[] = [];
  for (const path of code) {
    // The tally reads TAP, which has a directive of that name.
    if (path.startsWith('test/tidy/') || path === 'test/tally.mjs') continue;
    for (const [index, line] of readText(path).split('\n').entries()) {
      if (/\b(TODO|FIXME|XXX|HACK)\b/.test(line)) {
        findings.push({ where: `${path}:${index + 1}`, rule: 'names', reason: 'a promise in a comment is kept by nobody', remedy: 'do it, or say under which condition it matters' });
      }
    }
  }
  tell(t, 'no TODO', findings);
  t.end();
});

t.test('no file is a scroll', (t) => {
  const findings: Finding[] = [];
  for (const path of code) {
    const lines = readText(path).split('\n').length;
    if (lines > 550) {
      findings.push({ where: path, rule: 'names', reason: `${lines} lines: the newcomer starts by scrolling`, remedy: 'split it at a noun, below 500 lines' });
    }
  }
  tell(t, 'no file of much more than 500 lines', findings);
  t.end();
});

t.test('comments tell why, not "helper function"', (t) => {
  const findings: Finding[] = [];
  for (const path of code) {
    if (path.startsWith('test/tidy/')) continue;
    for (const [index, line] of readText(path).split('\n').entries()) {
      if (/(\/\/|\*).*\b(helper (function|method|class)|this (function|method) (is|does|will))\b/i.test(line)) {
        findings.push({ where: `${path}:${index + 1}`, rule: 'names', reason: 'it repeats the name and hides the comments that matter', remedy: 'say why, or nothing' });
      }
    }
  }
  tell(t, 'no comment that repeats a name', findings);
  t.end();
});

import t from 'tap';
import { formats, quote } from '../../../src/intent/formats.ts';

const cases: Record<string, { good: string[]; bad: [string, RegExp][] }> = {
  mac: {
    good: ['02:00:00:00:00:01', '02-00-00-00-00-FF'],
    bad: [['02:00:00:00:00', /not a MAC/], ['01:00:5e:00:00:01', /group address/], ['00:00:00:00:00:00', /zeros/], ['ff:ff:ff:ff:ff:ff', /group address/]],
  },
  cidr: { good: ['10.0.0.1/24', 'fd00::1/64'], bad: [['10.0.0.1', /lacks its prefix length/], ['fd00::1', /lacks/], ['10.0.0.1/33', /not an address/], ['x', /not an address/]] },
  ip: { good: ['10.0.0.1', 'fd00::1'], bad: [['10.0.0.1/24', /not an IP/], ['', /not an IP/]] },
  destination: { good: ['default', '10.0.0.0/8'], bad: [['10.0.0.1', /not a destination/], ['Default', /not a destination/]] },
  range: { good: ['10.0.0.1', '10.0.0.1-10.0.0.9'], bad: [['10.0.0.9-10.0.0.1', /not an address or a range/], ['10.0.0.0/24', /not an address or a range/]] },
  device: { good: ['eth0', 'vsw.100', 'fifteen-letters'], bad: [['', /needs a name/], ['sixteen-letters!', /longer than 15/], ['a/b', /cannot be/], ['a b', /cannot be/], ['..', /cannot be/], ['eth0:1', /cannot be/]] },
  netns: {
    good: ['web-1', '/proc/42/ns/net', 'pid:1', 'pid:4242'],
    bad: [['', /does not name/], ['pid:0', /process/], ['pid:x', /process/], ['pid:99999999999', /process/], ['a/b', /does not name/], ['..', /does not name/], ['/run/netns/', /cannot be the path/]],
  },
};

for (const [format, { good, bad }] of Object.entries(cases)) {
  t.test(`${format}: what is right is taken, and what is wrong is told with its remedy`, (t) => {
    for (const text of good) t.equal(formats[format]!(text), undefined, text);
    for (const [text, message] of bad) {
      const complaint = formats[format]!(text);
      t.match(complaint?.message, message, JSON.stringify(text));
      t.ok((complaint?.remedy.length ?? 0) > 10);
    }
    t.end();
  });
}

t.test('a long text is cut in messages', (t) => {
  t.ok(quote('x'.repeat(1000)).length < 90);
  t.end();
});

/**
 * The hot path's six noes, judged by the symbol table: no lock, allocation, system call, exception or log line.
 *
 * The objects are those of the release build; a file with one push_back on a vector is caught.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { coldFiles, hotFolders } from './layers.ts';
import { root, tell, type Finding } from './tree.ts';

const forbidden: readonly [RegExp, string][] = [
  [/^_Zn[wa]/, 'allocates'],
  [/^_Zd[la]/, 'frees'],
  [/^(malloc|calloc|realloc|free|aligned_alloc|posix_memalign|mmap|munmap)$/, 'allocates'],
  [/^(__cxa_throw|__cxa_allocate_exception|_ZSt\d+__throw_)/, 'throws'],
  [/^(pthread_mutex_|pthread_rwlock_|pthread_cond_|_ZNSt5mutex|sem_wait)/, 'locks'],
  [/(^|_)v?f?s?n?printf(_chk)?$|^(puts|putchar|fwrite|syslog|write|perror)$|^_ZNSo|^_ZSt4cout/, 'writes'],
  [/^(read|readv|writev|send|recv|sendmsg|recvmsg|poll|epoll_wait|ioctl|open|close|nanosleep|usleep|syscall|futex)$/, 'calls the system'],
];

/** The worker is the one that meets the kernel: it sleeps, its sleep is a system call, and what it sleeps on is closed at its end. */
const excused: ReadonlyMap<string, RegExp> = new Map([['worker/idle.cpp', /^(poll|ppoll|epoll_wait|epoll_pwait|epoll_ctl|read|write|syscall|eventfd_read|eventfd_write|nanosleep|close)$/]]);

interface HotObject {
  source: string;
  path: string;
}

function findObjects(folder: string, found: HotObject[]): void {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) findObjects(path, found);
    const source = /vsw\.dir\/native\/(.+\.cpp)\.o$/.exec(path)?.[1];
    if (source !== undefined) found.push({ source, path });
  }
}

const all: HotObject[] = [];
for (const folder of ['build', 'out']) findObjects(join(root, folder), all);
const release = all.filter(({ path }) => !/address|thread|asan|tsan|sanit|debug|tests?\/|fuzz|gyp/i.test(path.slice(root.length)));
const hot = release.filter(({ source, path }) => {
  if (!hotFolders.includes(source.split('/')[0] ?? '') || coldFiles.has(source)) return false;
  // An object that outlived its source says nothing about the tree.
  return statSync(join(root, 'native', source), { throwIfNoEntry: false }) !== undefined && statSync(path).size > 0;
});

t.test('hot objects call nothing forbidden', { skip: hot.length === 0 ? 'no release build: npm run build:native' : false }, (t) => {
  const findings: Finding[] = [];
  for (const { source, path } of hot) {
    const symbols = execFileSync('nm', ['-u', path], { encoding: 'utf8' }).split('\n').map((line) => line.trim().split(/\s+/).at(-1) ?? '');
    for (const symbol of symbols) {
      const verb = forbidden.find(([pattern]) => pattern.test(symbol.replace(/@.*$/, '')))?.[1];
      if (verb === undefined || excused.get(source)?.test(symbol)) continue;
      findings.push({
        where: `native/${source}`, rule: 'noes', reason: `${symbol} ${verb}, and every frame waits for it`,
        remedy: 'allocate at start and give it in, or move it out of the hot folders',
      });
    }
  }
  tell(t, `${hot.length} objects of ${hotFolders.join(', ')}`, findings);
  t.end();
});

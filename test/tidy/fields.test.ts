/** The page of all fields says what the schemas say. VSW_UPDATE=1 writes it anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fieldsByKind, fieldsPage, rowsOf } from './fields.ts';
import { readText, root, tell, type Finding } from './tree.ts';

const page = 'src/intent/README.md';

t.test('the page of all fields is what the schemas say', (t) => {
  if (process.env['VSW_UPDATE'] === '1') writeFileSync(join(root, page), fieldsPage);
  t.equal(readText(page), fieldsPage, `${page} is up to date; otherwise npm run build:ts, then VSW_UPDATE=1 node out/test/tidy/fields.test.js`);
  t.end();
});

t.test('every field says what it means, and what holds without it', (t) => {
  const findings: Finding[] = [];
  let count = 0;
  for (const [kind, rows] of fieldsByKind) {
    for (const { field, meaning, absent, bounds } of rows) {
      count += 1;
      const where = `${kind} ${field}`;
      if (meaning === '') findings.push({ where, rule: 'fields', reason: 'nobody learns what it means', remedy: 'give its schema a description' });
      // An object without a default consists of fields that have theirs, or need not be there.
      if (absent === '' && bounds !== '') findings.push({ where, rule: 'fields', reason: 'nobody learns what holds without it', remedy: 'end its description with "; absent: …"' });
    }
  }
  t.ok(count > 50, `there are ${count} fields`);
  tell(t, `${count} fields are described`, findings);
  t.end();
});

t.test('rows are what a schema says', (t) => {
  const inner = { type: 'integer', minimum: 1, maximum: 4000, description: 'how many; absent: 7' };
  t.same(rowsOf({
    type: 'object', required: ['name'],
    properties: {
      name: { type: 'string', pattern: '^x$', title: 'whose', description: 'an x' },
      list: { type: 'array', description: 'some; absent: none', items: { type: 'object', properties: { inner } } },
    },
  }), [
    { field: 'name', meaning: 'whose', absent: '(required)', bounds: 'an x' },
    { field: 'list', meaning: 'some', absent: 'none', bounds: 'a list' },
    { field: 'list[].inner', meaning: 'how many', absent: '7', bounds: '1 to 4,000' },
  ]);
  t.end();
});

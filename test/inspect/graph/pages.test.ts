import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { COMMAND, PAGES, writePages } from './pages.ts';

let pages: ReadonlyMap<string, string>;

beforeAll(async () => {
  pages = await writePages();
  if (!process.env.DIAGRAMS) return;
  mkdirSync(PAGES, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(PAGES, name), text);
});

test('the pages of the machines are those of the machines as they are now', () => {
  const stale = [...pages].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  expect(stale, `docs/machines is stale: ${COMMAND} writes it anew`).toEqual([]);
});

test('there is no page of a machine that is gone', () => {
  expect(readdirSync(PAGES).toSorted()).toEqual([...pages.keys()].toSorted());
});

test('a specification that a description names is linked with its section', () => {
  expect(pages.get('client.md')).toContain('[RFC 6120 §4.4](https://www.rfc-editor.org/rfc/rfc6120#section-4.4)');
  expect(pages.get('client.md')).toContain('[XEP-0198 §5](https://xmpp.org/extensions/xep-0198.html)');
});

function read(name: string): string | undefined {
  try {
    return readFileSync(join(PAGES, name), 'utf8');
  } catch {
    return undefined;
  }
}

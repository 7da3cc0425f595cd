import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SessionRecord } from '../../machines/index.ts';
import { fileSessionStore } from '../../src/client/file-session-store.ts';
import { memorySessionStore } from '../../src/client/memory-session-store.ts';

const JULIET = 'juliet@example.org';
const RECORD: SessionRecord = { version: 1, account: JULIET, outgoing: [{ xml: '<message/>' }, null], written: 0 };

const STORES = [
  ['in memory', async () => memorySessionStore()],
  ['in files', async () => fileSessionStore(join(await folder(), 'not', 'there', 'yet'))],
] as const;

describe.each(STORES)('session records %s', (_where, make) => {
  it('are none at first, then what was saved last, then none again', async () => {
    const store = await make();
    expect(await store.load(JULIET)).toBe(undefined);
    await store.save(JULIET, RECORD);
    await store.save(JULIET, { ...RECORD, written: 1 });
    expect(await store.load(JULIET)).toEqual({ ...RECORD, written: 1 });
    await store.save(JULIET, undefined);
    expect(await store.load(JULIET)).toBe(undefined);
    await store.save(JULIET, undefined);
  });

  it('of one account are not those of another, whatever the addresses hold', async () => {
    const store = await make();
    const accounts = ['a/b', '..', 'a*b@x', 'A@x', 'ü@x', 'a%2Fb'];
    for (const account of accounts) await store.save(account, { ...RECORD, account });
    for (const account of accounts) expect(await store.load(account)).toEqual({ ...RECORD, account });
  });

  it('do not change with what was saved', async () => {
    const store = await make();
    const outgoing = [...RECORD.outgoing];
    await store.save(JULIET, { ...RECORD, outgoing });
    outgoing.length = 0;
    expect(await store.load(JULIET)).toEqual(RECORD);
  });
});

describe('session records in files', () => {
  it('can be read by their owner alone: they hold what takes a session over', async () => {
    const place = await folder();
    await fileSessionStore(place).save(JULIET, RECORD);
    expect(await readdir(place)).toEqual(['juliet%40example.org.json']);
    const file = join(place, 'juliet%40example.org.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(RECORD);
  });

  it('survive a process that was killed while it wrote one', async () => {
    const place = await folder();
    await fileSessionStore(place).save(JULIET, RECORD);
    await writeFile(join(place, 'juliet%40example.org.json.next'), '{"version":1,"acc');
    const store = fileSessionStore(place);
    expect(await store.load(JULIET)).toEqual(RECORD);
    await store.save(JULIET, { ...RECORD, written: 1 });
    expect(await store.load(JULIET)).toEqual({ ...RECORD, written: 1 });
  });

  it('that are damaged are not taken for none', async () => {
    const place = await folder();
    await writeFile(join(place, 'juliet%40example.org.json'), '{"version":1,"acc');
    await expect(fileSessionStore(place).load(JULIET)).rejects.toThrow(SyntaxError);
  });
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'xstate-xmpp-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

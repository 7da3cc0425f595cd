import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnyActor } from 'xstate';
import { createClient } from '../../src/node.ts';
import { buildIq } from '../../src/stanza/index.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { childTextOf, element, firstChildOf } from '../../src/xml/index.ts';
import { nextEvent } from '../support/next-event.ts';
import { connection, stopAll } from '../support/package-in-memory.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = ['persistent-client', 'add-a-subprotocol', 'one-off', 'embed-in-a-machine'] as const;

describe('the first programs of the README', () => {
  let server: Server;
  let written: string[] = [];

  beforeAll(async () => {
    server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'balcony', romeo: 'orchard' },
      software: { name: 'Verona', version: '1597' },
    });
  });
  beforeEach(() => connection.use(server.connect));
  afterEach(async () => {
    await stopAll();
    for (const file of written) rmSync(file);
    written = [];
    vi.restoreAllMocks();
  });
  afterAll(() => server.stop());

  /** Runs an example as it stands, but for the package, which is this one with the server of the test. */
  async function run(name: (typeof EXAMPLES)[number] | 'watch-a-delivery'): Promise<{ readonly actor?: AnyActor }> {
    const text = source(name)
      .replaceAll("from 'xstate-xmpp'", "from '../support/package-in-memory.ts'")
      .replaceAll(/from 'xstate-xmpp\/([a-z]+)'/g, "from '../../src/subprotocols/$1.ts'")
      .replace('const actor =', 'export const actor =');
    const file = join(import.meta.dirname, `.${name}.run.ts`);
    writeFileSync(file, text);
    written.push(file);
    return import(file);
  }

  function romeo() {
    const client = createClient({ jid: 'romeo@capulet.example', password: 'orchard', memory: server.connect });
    client.start();
    return client;
  }

  it.each(EXAMPLES)('%s stands in the README as it stands in docs/examples', (name) => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`\`\`ts\n${source(name)}\`\`\``);
  });

  it.each(EXAMPLES)('%s has about ten lines', (name) => {
    expect(source(name).trim().split('\n').length).toBeLessThanOrEqual(17);
  });

  it('the persistent client is available, and answers messages', async () => {
    const client = romeo();
    client.use(presenceProtocol()).available();
    const messages = client.use(messageProtocol());
    const available = nextEvent(client, 'presence', ({ presence }) => presence.from?.localpart === 'juliet');
    await client.online();
    await run('persistent-client');
    expect((await available).presence.status).toBe('on the balcony');
    const answer = nextEvent(client, 'message');
    messages.send({ to: 'juliet@capulet.example', body: 'Wherefore art thou?' });
    expect((await answer).message.body).toBe('You said: Wherefore art thou?');
    await client.stop();
  });

  it('the added subprotocol tells the time', async () => {
    await run('add-a-subprotocol');
    await vi.waitUntil(() => server.sessions().length === 1);
    const client = romeo();
    await client.online();
    const to = server.sessions().find((jid) => jid.startsWith('juliet'));
    const result = await client.request(buildIq({ type: 'get', to }, element('{urn:xmpp:time}time')));
    const payload = firstChildOf(result);
    expect(payload && Date.parse(childTextOf(payload, 'utc') ?? '')).toBeCloseTo(Date.now(), -4);
    await client.stop();
  });

  it('the one-off client prints the version of the server, and is gone', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    await run('one-off');
    expect(printed.mock.calls).toEqual([['The server runs Verona 1597']]);
    expect(server.sessions()).toEqual([]);
  });

  it('the delivery that is watched goes all the way', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    const accounts = { juliet: 'balcony', romeo: 'orchard' };
    const managed = await startServer({ domain: 'capulet.example', accounts, streamManagement: true, listen: false });
    connection.use(managed.connect);
    await run('watch-a-delivery');
    expect(printed.mock.calls).toEqual([
      ['The message is written'],
      ['The message is acknowledged'],
      ['The server has it'],
    ]);
    await managed.stop();
  });

  it('the machine of the application follows the client that it embeds', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { actor } = await run('embed-in-a-machine');
    await vi.waitUntil(() => printed.mock.calls.length === 2);
    server.drop('juliet@capulet.example');
    // The client comes back after a random time, which may be none.
    await vi.waitUntil(() => printed.mock.calls.length >= 3);
    const [first, second, third] = printed.mock.calls;
    expect([first, second, third]).toEqual([
      ['The app is connecting'],
      ['The app is chatting'],
      ['The app is connecting'],
    ]);
    actor?.stop();
  });
});

describe('docs/delivery.md', () => {
  it('shows the program that is run here', () => {
    const text = source('watch-a-delivery');
    expect(readFileSync(join(ROOT, 'docs/delivery.md'), 'utf8')).toContain(`\`\`\`ts\n${text}\`\`\``);
  });
});

describe('docs/testing.md', () => {
  it('shows a test that passes', async () => {
    await import('../../docs/examples/test-with-a-server.ts');
    const text = source('test-with-a-server');
    expect(readFileSync(join(ROOT, 'docs/testing.md'), 'utf8')).toContain(`\`\`\`ts\n${text}\`\`\``);
  });
});

describe('docs/embedding.md', () => {
  const page = readFileSync(join(ROOT, 'docs/embedding.md'), 'utf8');
  const names = [...page.matchAll(/\]\(examples\/([^)]+)\)/g)].map(([, name = '']) => name);

  it('names examples that exist', () => {
    expect(new Set(names)).toEqual(
      new Set([
        'embed-in-a-machine.ts',
        'ask-from-a-machine.ts',
        'bot.ts',
        'several-accounts.ts',
        'subprotocol-with-a-chart.ts',
        'add-a-subprotocol.ts',
        'react-chat',
        'react-chat/chat-machine.ts',
      ]),
    );
  });

  it('shows lines of them, as they are', () => {
    const examples = [...names.filter((name) => name.endsWith('.ts')), 'react-chat/chat.tsx'].map((name) =>
      unindented(readFileSync(join(ROOT, 'docs/examples', name), 'utf8')),
    );
    const shown = [...page.matchAll(/```tsx?\n(.*?)```/gs)].map(([, lines = '']) => unindented(lines));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((lines) => !examples.some((example) => example.includes(lines)))).toEqual([]);
  });
});

/** Without the spaces that lines begin with: those of a chart stand deep in it. */
function unindented(text: string): string {
  return text.replaceAll(/^ +/gm, '');
}

function source(name: string): string {
  return readFileSync(join(ROOT, 'docs/examples', `${name}.ts`), 'utf8');
}

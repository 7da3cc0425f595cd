import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReceiptEvent, receiptsProtocol } from '../../docs/examples/subprotocol-with-a-chart.ts';
import { type Client, createClient, type Element, element } from '../../src/node.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { serialize } from '../../src/xml/index.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { nextEvent } from '../support/next-event.ts';

const NS = 'urn:xmpp:receipts';
const JULIET = 'juliet@capulet.example';
const ROMEO = 'romeo@capulet.example';

describe('the subprotocol for receipts (XEP-0184)', () => {
  let server: Server;
  let clock: TestClock;
  let clients: Client[];
  /** What clients sent, as it reached the server. */
  let sent: string[];
  let crashes: unknown[];

  beforeEach(async () => {
    clients = [];
    sent = [];
    crashes = [];
    clock = createTestClock();
    server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret', romeo: 'secret' },
      listen: false,
      intercept(stanza, { jid }) {
        if (stanza.name === 'message') sent.push(`${jid.localpart}: ${withoutIds(stanza)}`);
        return false;
      },
    });
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    await server.stop();
    expect([clock.timers(), crashes]).toEqual([[], []]);
  });

  function make(name: string, options?: Parameters<typeof receiptsProtocol>[0]) {
    const client = createClient({ jid: `${name}/1`, password: 'secret', memory: server.connect, clock });
    clients.push(client);
    client.use(presenceProtocol()).available();
    const heard: ReceiptEvent[] = [];
    client.on('receipt', (event) => heard.push(event));
    client.on('error', ({ error }) => crashes.push(error));
    const ping = client.use(pingProtocol());
    client.start();
    // The server keeps the order: what it sent before has arrived by then.
    return { client, heard, receipts: client.use(receiptsProtocol(options)), arrived: () => ping.ping() };
  }

  it('asks for receipts, gives them to those it wrote to, and tells of those that come', async () => {
    const [juliet, romeo] = [make(JULIET), make(ROMEO)];
    await Promise.all([juliet.client.online(), romeo.client.online()]);
    const first = romeo.receipts.send(`${JULIET}/1`, 'I take thee at thy word');
    await romeo.arrived();
    const received = nextEvent(juliet.client, 'receipt');
    const second = juliet.receipts.send(ROMEO, 'What man art thou?');
    expect(await received).toEqual({ type: 'receipt', id: second.id, state: 'received' });
    await Promise.all([juliet.arrived(), romeo.arrived()]);
    // Juliet had not written to him yet when she got his: she owed him none.
    expect(romeo.heard).toEqual([]);
    const third = romeo.receipts.send(`${JULIET}/1`, 'By a name');
    await nextEvent(romeo.client, 'receipt');
    expect(romeo.heard).toEqual([{ type: 'receipt', id: third.id, state: 'received' }]);
    expect(await first.delivery.settled()).toBe('written');
    expect(sent).toEqual([
      `romeo: <message type="chat" to="${JULIET}/1"><body>I take thee at thy word</body><request xmlns="${NS}"/></message>`,
      `juliet: <message type="chat" to="${ROMEO}"><body>What man art thou?</body><request xmlns="${NS}"/></message>`,
      `romeo: <message type="chat" to="${JULIET}/1"><received xmlns="${NS}"/></message>`,
      `romeo: <message type="chat" to="${JULIET}/1"><body>By a name</body><request xmlns="${NS}"/></message>`,
      `juliet: <message type="chat" to="${ROMEO}/1"><received xmlns="${NS}"/></message>`,
    ]);
  });

  it('runs out of patience 30 seconds after the message went out, and takes the receipt also later', async () => {
    const { client, heard, receipts, arrived } = make(JULIET);
    const { id } = receipts.send(ROMEO, 'sent before there is a session');
    clock.increment(5_000);
    await client.online();
    await arrived();
    clock.increment(29_999);
    expect(heard).toEqual([]);
    clock.increment(1);
    expect(heard).toEqual([{ type: 'receipt', id, state: 'overdue' }]);
    server.send(JULIET, receipt(ROMEO, id));
    await arrived();
    server.send(JULIET, receipt(ROMEO, id));
    await arrived();
    expect(heard.slice(1)).toEqual([{ type: 'receipt', id, state: 'received' }]);
  });

  it('has as much patience as it is told to have, and each client its own', async () => {
    const [short, usual] = [make(JULIET, { patience: 5_000 }), make(ROMEO, { patience: undefined })];
    await Promise.all([short.client.online(), usual.client.online()]);
    const { id } = short.receipts.send('nurse@capulet.example', 'Where art thou?');
    usual.receipts.send('nurse@capulet.example', 'Where is she?');
    await Promise.all([short.arrived(), usual.arrived()]);
    clock.increment(5_000);
    expect([short.heard, usual.heard]).toEqual([[{ type: 'receipt', id, state: 'overdue' }], []]);
  });

  it('forgets after another ten minutes', async () => {
    const { client, heard, receipts, arrived } = make(JULIET);
    await client.online();
    const { id } = receipts.send(ROMEO, 'Romeo?');
    await arrived();
    for (const time of [30_000, 600_000]) clock.increment(time);
    server.send(JULIET, receipt(ROMEO, id));
    await arrived();
    expect(heard).toEqual([{ type: 'receipt', id, state: 'overdue' }]);
  });

  it('believes the recipient alone, and lives on whatever others send', async () => {
    const { client, heard, receipts, arrived } = make(JULIET);
    await client.online();
    const { id } = receipts.send(ROMEO, 'Romeo?');
    await arrived();
    const froms = ['paris@capulet.example/1', JULIET, 'romeo@montague.example', 'no address@@', ''];
    for (const from of froms) server.send(JULIET, receipt(from, id));
    for (const name of ['constructor', '__proto__', 'toString', '']) server.send(JULIET, receipt(ROMEO, name));
    await arrived();
    expect(heard).toEqual([]);
    server.send(JULIET, receipt(`${ROMEO}/orchard`, id));
    await arrived();
    expect(heard).toEqual([{ type: 'receipt', id, state: 'received' }]);
  });

  it('gives strangers no receipt, which would tell them that somebody is here (§8), and what asks for none gets none', async () => {
    const { client, receipts, arrived } = make(JULIET);
    await client.online();
    receipts.send(ROMEO, 'Romeo?');
    await arrived();
    const request = element(`{${NS}}request`);
    server.send(JULIET, message({ from: 'paris@capulet.example/1', id: '1' }, request));
    server.send(JULIET, message({ from: `${ROMEO}/1`, id: '2', type: 'error' }, request));
    server.send(JULIET, message({ from: `${ROMEO}/1`, id: '3' }, element(`{${NS}}other`)));
    server.send(JULIET, message({ from: `${ROMEO}/1` }, request));
    await arrived();
    expect(sent.length).toBe(1);
  });
});

function receipt(from: string, id: string): Element {
  return message({ from }, element(`{${NS}}received`, { id }));
}

function message(attributes: Record<string, string>, payload: Element): Element {
  return element('{jabber:client}message', attributes, payload);
}

/** As text; ids are random. */
function withoutIds(stanza: Element): string {
  return serialize(stanza)
    .replaceAll(/ id="[^"]*"/g, '')
    .replace(' xmlns="jabber:client"', '');
}

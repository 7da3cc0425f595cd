import { afterEach, describe, expect, it } from 'vitest';
import { parseJid } from '../../src/jid/index.ts';
import { buildIqResult } from '../../src/stanza/index.ts';
import { type CarbonEvent, carbonsProtocol } from '../../src/subprotocols/carbons.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type InterceptedSession, type Server, startServer } from '../../src/testing/index.ts';
import { childOf, type Element, element, firstChildOf } from '../../src/xml/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';

const CARBONS = 'urn:xmpp:carbons:2';

const stage = stageClients();
let server: Server;
/** Full addresses of those to whom the server sends copies. */
let wanting: Set<string>;
/** Names of the payloads by which it was asked for them. */
let requests: string[];
afterEach(() => server.stop());

describe.each([
  { way: 'by a request', sasl2: false, requested: ['enable', 'enable', 'enable'] },
  { way: 'along with the login', sasl2: true, requested: [] },
])('clients of one account that enable carbons $way', ({ sasl2, requested }) => {
  it('hear what the others receive and send', async () => {
    await startCopyingServer(sasl2);
    const [balcony, chamber, romeo] = [await online('juliet'), await online('juliet'), await online('romeo')];
    expect(wanting).toEqual(new Set([balcony, chamber, romeo].map(({ client }) => client.jid.full)));
    expect(requests).toEqual(requested);

    const received = nextEvent(chamber.client, 'carbon');
    romeo.messages.send({ to: balcony.client.jid, body: 'She speaks' });
    expect(summary(await received)).toEqual({
      direction: 'received',
      from: romeo.client.jid.full,
      to: balcony.client.jid.full,
      body: 'She speaks',
    });

    const sent = nextEvent(chamber.client, 'carbon');
    balcony.messages.send({ to: romeo.client.jid, body: 'Wherefore art thou Romeo?' });
    expect(summary(await sent)).toEqual({
      direction: 'sent',
      from: balcony.client.jid.full,
      to: romeo.client.jid.full,
      body: 'Wherefore art thou Romeo?',
    });
    // Each of them has each message once: as a message, or as a copy.
    const heard = [balcony, chamber, romeo].map(({ messageBodies }) => messageBodies);
    expect(heard).toEqual([['She speaks'], [], ['Wherefore art thou Romeo?']]);
  });

  it('hear nothing of what is private, nor of anything when they want no copies any more', async () => {
    await startCopyingServer(sasl2);
    const [balcony, chamber, romeo] = [await online('juliet'), await online('juliet'), await online('romeo')];
    const to = romeo.client.jid;
    const copied = nextEvent(chamber.client, 'carbon');
    balcony.messages.send({ to, body: 'Hist!', private: true });
    balcony.messages.send({ to, body: 'Sweet, good night' });
    expect((await copied).message.body).toBe('Sweet, good night');

    chamber.copies.disable();
    await expect.poll(() => wanting.has(chamber.client.jid.full)).toBe(false);
    const last = nextEvent(romeo.client, 'message', ({ message }) => message.body === 'A thousand times');
    balcony.messages.send({ to, body: 'A thousand times' });
    await last;
    chamber.copies.enable();
    await expect.poll(() => wanting.has(chamber.client.jid.full)).toBe(true);
    const again = nextEvent(chamber.client, 'carbon');
    balcony.messages.send({ to, body: 'Good night' });
    expect((await again).message.body).toBe('Good night');
    expect(romeo.messageBodies).toEqual(['Hist!', 'Sweet, good night', 'A thousand times', 'Good night']);
  });
});

describe('a client that wants no copies', () => {
  it('does not enable them along with the login', async () => {
    await startCopyingServer(true);
    const client = stage.make({ memory: server.connect });
    client.use(carbonsProtocol()).disable();
    client.use(presenceProtocol()).available();
    const present = nextEvent(client, 'presence');
    client.start();
    await present;
    expect([...wanting]).toEqual([]);
    expect(requests).toEqual([]);
  });
});

/** A client that is available, so that the server knows it. */
async function online(name: string) {
  const client = stage.make({ memory: server.connect, jid: `${name}@capulet.example` });
  const messages = client.use(messageProtocol());
  const copies = client.use(carbonsProtocol());
  const messageBodies: unknown[] = [];
  client.on('message', ({ message }) => messageBodies.push(message.body));
  client.use(presenceProtocol()).available();
  const present = nextEvent(client, 'presence', ({ presence }) => presence.from?.full === client.jid.full);
  client.start();
  await present;
  return { client, messages, copies, messageBodies };
}

function summary({ direction, message: { from, to, body } }: CarbonEvent) {
  return { direction, from: from?.full, to: to?.full, body };
}

/** The server for tests, which knows what was enabled, and here does what follows from it. */
async function startCopyingServer(sasl2: boolean): Promise<void> {
  const sessions = new Map<string, InterceptedSession>();
  wanting = new Set();
  requests = [];
  server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret', romeo: 'secret' },
    sasl2,
    listen: false,
    intercept: (stanza, session) => {
      const { full } = session.jid;
      if (!sessions.has(full) && session.enabled.some(({ namespace }) => namespace === CARBONS)) wanting.add(full);
      sessions.set(full, session);
      const payload = firstChildOf(stanza);
      if (stanza.name === 'message') copyToOthers(stanza, session, [...sessions.values()]);
      if (stanza.name !== 'iq' || payload?.namespace !== CARBONS) return false;
      requests.push(payload.name);
      if (payload.name === 'enable') wanting.add(full);
      else wanting.delete(full);
      session.send(buildIqResult(stanza));
      return true;
    },
  });
}

/** XEP-0280 §7, §8: to the other clients of who sends and of who receives. */
function copyToOthers(message: Element, sender: InterceptedSession, sessions: readonly InterceptedSession[]): void {
  if (childOf(message, 'private', CARBONS)) return;
  const to = parseJid(message.attributes.to ?? '');
  const original = { ...message, attributes: { ...message.attributes, from: sender.jid.full } };
  for (const session of sessions) {
    const { full, bare } = session.jid;
    if (!wanting.has(full) || full === sender.jid.full || full === to.full) continue;
    if (bare === sender.jid.bare) session.send(copyOf(original, bare, 'sent'));
    else if (bare === to.bare) session.send(copyOf(original, bare, 'received'));
  }
}

function copyOf(original: Element, from: string, name: 'received' | 'sent'): Element {
  const forwarded = element('{urn:xmpp:forward:0}forwarded', {}, original);
  return element('{jabber:client}message', { from, type: 'chat' }, element(`{${CARBONS}}${name}`, {}, forwarded));
}

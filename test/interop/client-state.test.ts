import { afterEach, expect, it } from 'vitest';
import { type Client, createClient, element } from '../../src/node.ts';
import { parseDelay } from '../../src/payloads/index.ts';
import { clientStateProtocol } from '../../src/subprotocols/client-state.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { nextEvent } from '../support/next-event.ts';
import { startProsody } from '../support/prosody.ts';
import type { ProsodyOptions } from '../support/prosody-config.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';

const PASSWORDS = { juliet: 'balcony', romeo: 'orchard' };
const INACTIVE = '<inactive xmlns="urn:xmpp:csi:0"/>';
const ACTIVE = '<active xmlns="urn:xmpp:csi:0"/>';

let server: XmppServer;
let clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  clients = [];
  await server.stop();
});

describeWith('prosody', 'a real Prosody', () => {
  it('holds back what can wait while nobody uses the client, and counts no stanza for being told so', async () => {
    // mod_csi itself does nothing but pass on what it hears.
    await start({ modules: ['csi_simple'] });
    const [juliet, romeo] = [make('juliet'), make('romeo')];
    for (const { client } of [juliet, romeo]) client.start();
    const [to] = await Promise.all([juliet.client.online(), romeo.client.online()]);

    juliet.state.inactive();
    await expect.poll(() => server.log()).toMatch(/Received\[c2s\]: <inactive /);
    const heard = nextEvent(juliet.client, 'message');
    const composing = element('{http://jabber.org/protocol/chatstates}composing');
    romeo.client.send(element('{jabber:client}message', { to: to.full, type: 'chat' }, composing));
    await expect.poll(() => server.log()).toMatch(/Holding buffer \(.*; queue size is 0\)/);
    juliet.state.active();
    expect(parseDelay((await heard).message.stanza)?.from?.full).toBe(to.bare);

    const delivery = juliet.messages.send({ to: romeo.client.jid, body: 'Anon' });
    await expect.poll(() => delivery.state).toBe('acknowledged');
    expect(juliet.sent.filter((text) => [INACTIVE, ACTIVE].includes(text))).toEqual([INACTIVE, ACTIVE]);
  });
});

describeWith(['prosody', 'prosody-modules'], 'a real Prosody with Bind 2', () => {
  it('is told along with the login that nobody uses the client, and not once more', async () => {
    await start({ sasl2: true });
    const { client, state, messages, sent } = make('juliet');
    state.inactive();
    client.start();
    const to = await client.online();
    state.active();
    const delivery = messages.send({ to, body: 'Anon' });
    await expect.poll(() => delivery.state).toBe('acknowledged');
    expect(sent.filter((text) => text.includes(INACTIVE))).toEqual([expect.stringMatching(/^<authenticate .*<bind /)]);
    expect(sent).toContain(ACTIVE);
  });
});

async function start(options: ProsodyOptions): Promise<void> {
  server = await startProsody({ accounts: PASSWORDS, ...options });
}

/** A client, and all that it sends. */
function make(name: keyof typeof PASSWORDS) {
  const sent: string[] = [];
  const client = createClient({
    jid: `${name}@${server.domain}`,
    password: PASSWORDS[name],
    host: server.host,
    port: server.ports.directTls,
    directTls: true,
    tls: { ca: server.authority },
    onTraffic: ({ direction, text }) => {
      if (direction === 'SEND') sent.push(text);
    },
  });
  clients.push(client);
  return { client, state: client.use(clientStateProtocol()), messages: client.use(messageProtocol()), sent };
}

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, createClient, element } from '../../src/node.ts';
import { type CarbonEvent, carbonsProtocol } from '../../src/subprotocols/carbons.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { nextEvent } from '../support/next-event.ts';
import { startProsody } from '../support/prosody.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith, type Program } from '../support/server-suite.ts';

const PASSWORDS = { juliet: 'balcony', romeo: 'orchard' };

const ways: readonly { needs: readonly Program[]; title: string; sasl2: boolean; sent: RegExp }[] = [
  { needs: ['prosody'], title: 'by a request', sasl2: false, sent: /^<iq type="set" id="[^"]+"><enable / },
  {
    needs: ['prosody', 'prosody-modules'],
    title: 'along with the login',
    sasl2: true,
    sent: /^<authenticate .*<bind xmlns="urn:xmpp:bind:0">.*<enable xmlns="urn:xmpp:carbons:2"\/>.*<\/bind>/,
  },
];

for (const { needs, title, sasl2, sent } of ways) {
  describeWith(needs, `carbons from a real Prosody, enabled ${title}`, () => {
    let server: XmppServer;
    let clients: Client[] = [];

    beforeAll(async () => {
      server = await startProsody({ accounts: PASSWORDS, sasl2 });
    });
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.stop()));
      clients = [];
    });
    afterAll(() => server.stop());

    /** A client that is available, and what it sent about carbons. */
    async function online(name: keyof typeof PASSWORDS) {
      const enables: string[] = [];
      const client = createClient({
        jid: `${name}@${server.domain}`,
        password: PASSWORDS[name],
        host: server.host,
        port: server.ports.directTls,
        directTls: true,
        tls: { ca: server.authority },
        onTraffic: ({ direction, text }) => {
          if (direction === 'SEND' && text.includes('<enable xmlns="urn:xmpp:carbons:2"/>')) enables.push(text);
        },
      });
      clients.push(client);
      client.use(carbonsProtocol());
      const messages = client.use(messageProtocol());
      const bodies: unknown[] = [];
      client.on('message', ({ message }) => bodies.push(message.body));
      client.use(presenceProtocol()).available();
      // What the server says of this presence, it says after it enabled carbons.
      const present = nextEvent(client, 'presence', ({ presence }) => presence.from?.full === client.jid.full);
      client.start();
      await present;
      return { client, messages, bodies, enables };
    }

    it('come to each client of the account that did not send or receive the message', async () => {
      const [balcony, chamber, romeo] = [await online('juliet'), await online('juliet'), await online('romeo')];
      for (const { enables } of [balcony, chamber]) expect(enables).toEqual([expect.stringMatching(sent)]);

      const received = nextEvent(chamber.client, 'carbon');
      romeo.messages.send({ to: balcony.client.jid, body: 'She speaks <&>' });
      expect(summary(await received)).toEqual({
        direction: 'received',
        from: romeo.client.jid.full,
        to: balcony.client.jid.full,
        body: 'She speaks <&>',
      });

      const copied = nextEvent(chamber.client, 'carbon');
      balcony.messages.send({ to: romeo.client.jid, body: 'Hist!', private: true });
      balcony.messages.send({ to: romeo.client.jid, body: 'Wherefore art thou Romeo?' });
      expect(summary(await copied)).toEqual({
        direction: 'sent',
        from: balcony.client.jid.full,
        to: romeo.client.jid.full,
        body: 'Wherefore art thou Romeo?',
      });
      await expect.poll(() => balcony.bodies).toEqual(['She speaks <&>']);
      expect(chamber.bodies).toEqual([]);
      await expect.poll(() => romeo.bodies).toEqual(['Hist!', 'Wherefore art thou Romeo?']);
    });

    it('cannot be forged by others', async () => {
      const [chamber, romeo] = [await online('juliet'), await online('romeo')];
      const copies: unknown[] = [];
      chamber.client.on('carbon', (event) => copies.push(summary(event)));
      const dropped = nextEvent(chamber.client, 'stanza.dropped');
      const heard = nextEvent(chamber.client, 'message');
      romeo.client.send(forgedCarbon(chamber.client.jid.full));
      romeo.messages.send({ to: chamber.client.jid, body: 'Honestly' });
      const { stanza, reason } = await dropped;
      expect([stanza.attributes.from, reason]).toEqual([romeo.client.jid.full, 'foreign-carbon']);
      expect((await heard).message.body).toBe('Honestly');
      expect(copies).toEqual([]);
    });
  });
}

function summary({ direction, message: { from, to, body } }: CarbonEvent) {
  return { direction, from: from?.full, to: to?.full, body };
}

function forgedCarbon(to: string) {
  const inner = element('{jabber:client}message', { from: 'nurse@capulet.example', to }, element('body', {}, 'Come'));
  const forwarded = element('{urn:xmpp:forward:0}forwarded', {}, inner);
  return element('{jabber:client}message', { to, type: 'chat' }, element('{urn:xmpp:carbons:2}sent', {}, forwarded));
}

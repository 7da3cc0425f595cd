import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Client,
  type CreateClientOptions,
  createClient,
  SaslError,
  TransportError,
  withClient,
} from '../../src/node.ts';
import type { Message, Presence } from '../../src/payloads/index.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { versionProtocol } from '../../src/subprotocols/version.ts';
import { createAuthority } from '../../src/testing/certificate.ts';
import { nextEvent } from '../support/next-event.ts';
import { type ProsodyServer, startProsody } from '../support/prosody.ts';
import { describeWithProsody } from '../support/prosody-suite.ts';

/** Short waits between rounds: the server is back at once, and nobody wants to wait for it. */
const RECONNECT = (): number => 50;

describeWithProsody('with a real Prosody', () => {
  let server: ProsodyServer;
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await startProsody({ domain: 'capulet.example', accounts: { juliet: 'balcony', romeo: 'orchard' } });
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    await server.stop();
  });

  const ways = [
    { way: 'STARTTLS', directTls: false },
    { way: 'direct TLS', directTls: true },
  ] as const;

  describe.each(ways)('over $way', ({ directTls }) => {
    function optionsFor(name: 'juliet' | 'romeo'): CreateClientOptions {
      return {
        jid: `${name}@capulet.example`,
        password: name === 'juliet' ? 'balcony' : 'orchard',
        host: server.host,
        port: directTls ? server.ports.directTls : server.ports.startTls,
        directTls,
        tls: { ca: server.authority },
        reconnect: RECONNECT,
      };
    }

    function make(options: CreateClientOptions): Client {
      const client = createClient(options);
      clients.push(client);
      return client;
    }

    it('a client logs in, and others hear that it is available, and what it says', async () => {
      const juliet = make(optionsFor('juliet'));
      const romeo = make({ ...optionsFor('romeo'), jid: 'romeo@capulet.example/orchard' });
      const presence = juliet.use(presenceProtocol());
      romeo.use(presenceProtocol()).available();
      const toRomeo = juliet.use(messageProtocol());
      romeo.use(messageProtocol());
      // Before it is started: kept, and sent when it is online.
      presence.available({ show: 'chat', status: 'on the balcony', priority: 5 });

      const echo = nextEvent(juliet, 'presence', ({ presence }) => presence.from?.bare === 'juliet@capulet.example');
      juliet.start();
      romeo.start();
      expect((await juliet.online()).bare).toBe('juliet@capulet.example');
      expect((await romeo.online()).full).toBe('romeo@capulet.example/orchard');
      expect(summary((await echo).presence)).toEqual({ show: 'chat', status: 'on the balcony', priority: 5 });

      const heard = nextEvent(romeo, 'message');
      toRomeo.send({ to: romeo.jid, body: 'Art thou not Romeo <&> a Montague?', thread: 't1', lang: 'en' });
      expect(content((await heard).message)).toEqual({
        from: juliet.jid.full,
        type: 'chat',
        body: 'Art thou not Romeo <&> a Montague?',
        thread: 't1',
        lang: 'en',
      });
      expect(await juliet.use(pingProtocol()).ping()).toBeGreaterThan(0);
      await Promise.all([juliet.stop(), romeo.stop()]);
    });

    it('one client asks for the version of the server and leaves', async () => {
      const version = await withClient(optionsFor('juliet'), (client) =>
        client.use(versionProtocol()).query('capulet.example'),
      );
      expect(version).toMatchObject({ name: 'Prosody', version: expect.stringContaining('0.12') });
    });

    it('a client answers when another asks for its version, and refuses what it does not know', async () => {
      const romeo = make({ ...optionsFor('romeo'), jid: 'romeo@capulet.example/orchard' });
      romeo.use(versionProtocol({ answer: { name: 'orchard', version: '2' } }));
      romeo.start();
      const to = await romeo.online();
      await withClient(optionsFor('juliet'), async (juliet) => {
        expect(await juliet.use(versionProtocol()).query(to)).toEqual({ name: 'orchard', version: '2', os: undefined });
        await expect(juliet.use(pingProtocol()).ping(to)).rejects.toMatchObject({ code: 'stanza/service-unavailable' });
      });
      await romeo.stop();
    });

    it('a client comes back, and is available again, when the server was killed and started anew', async () => {
      const juliet = make(optionsFor('juliet'));
      juliet.use(presenceProtocol()).available({ status: 'still here' });
      juliet.start();
      await juliet.online();
      const lost = nextEvent(juliet, 'reconnecting');
      await server.kill();
      expect((await lost).error).toBeInstanceOf(TransportError);
      const back = nextEvent(juliet, 'presence');
      await server.restart();
      expect((await back).presence.status).toBe('still here');
      expect(juliet.actor.getSnapshot().hasTag('online')).toBe(true);
      await juliet.stop();
    });

    it('a wrong password is reported once, and the right one leads in', async () => {
      const juliet = make({ ...optionsFor('juliet'), password: 'wrong' });
      juliet.start();
      const error = await juliet.online().catch((reason) => reason);
      expect(error).toBeInstanceOf(SaslError);
      expect(error).toMatchObject({
        code: 'sasl/not-authorized',
        phase: 'linked.authenticating',
        endpoint: expect.stringContaining('127.0.0.1'),
        hint: 'Check the username and password of juliet@capulet.example.',
      });
      expect(juliet.actor.getSnapshot().value).toEqual({ failed: 'needsCredentials' });
      juliet.start({ password: 'balcony' });
      expect((await juliet.online()).bare).toBe('juliet@capulet.example');
      await juliet.stop();
    });

    it('a certificate of an authority that nobody trusts ends the attempt before anything is said', async () => {
      const { certificate } = await createAuthority();
      const juliet = make({ ...optionsFor('juliet'), tls: { ca: certificate } });
      juliet.start();
      await expect(juliet.online()).rejects.toMatchObject({
        code: 'transport/certificate-untrusted',
        phase: 'linked.securing.handshaking',
      });
      expect(juliet.actor.getSnapshot().value).toEqual({ failed: 'terminal' });
    });
  });

  it('a certificate for another domain ends the attempt, whatever host was dialled', async () => {
    const authority = await createAuthority();
    const certificate = await authority.issue({ domains: ['montague.example'] });
    const other = await startProsody({ certificate });
    try {
      const juliet = createClient({
        jid: 'juliet@capulet.example',
        password: 'balcony',
        host: other.host,
        port: other.ports.startTls,
        tls: { ca: authority.certificate },
      });
      juliet.start();
      await expect(juliet.online()).rejects.toMatchObject({ code: 'transport/certificate-wrong-host' });
      await juliet.stop();
    } finally {
      await other.stop();
    }
  });
});

function summary({ show, status, priority }: Presence) {
  return { show, status, priority };
}

function content({ from, type, body, thread, lang }: Message) {
  return { from: from?.full, type, body, thread: thread?.id, lang };
}

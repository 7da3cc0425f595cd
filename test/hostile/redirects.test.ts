import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createAuthority,
  type ScriptedPeer,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/testing/index.ts';
import type { Road } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf } from '../support/when.ts';
import { meet, roadTo, secured, streamError } from './stage.ts';

const stage = stageClients();

/** Roads on which a server can send a client elsewhere. */
const TLS_ROADS = ['STARTTLS', 'direct TLS', 'WebSocket'] as const;

describe.each(TLS_ROADS)('over %s, a server that sends the client elsewhere (RFC 6120 §4.9.3.19)', (road) => {
  it('without end is followed three times', async () => {
    const { client, server, peer } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    await redirect(peer, road, placeOf(server, road));
    for (let count = 0; count < 3; count += 1) await redirect(await server.connection(), road, placeOf(server, road));
    expect(await failure).toMatchObject({ code: 'stream/see-other-host' });
    expect([stateOf(client), client.actor.getSnapshot().context.tried.length]).toEqual(['failed.gaveUp', 4]);
  });

  it('changes nothing about whom the certificate must name', async () => {
    const authority = await createAuthority();
    const elsewhere = await startScriptedServer({
      domain: 'capulet.example',
      websocket: true,
      // What the other place is called: of it this certificate is true.
      certificate: {
        ...(await authority.issue({ domains: ['localhost', 'evil.example'] })),
        ca: authority.certificate,
      },
    });
    onTestFinished(() => elsewhere.stop());
    const genuine = await authority.issue({ domains: ['capulet.example'] });
    const meeting = await meet(stage, road, {
      onServer: { certificate: { ...genuine, ca: authority.certificate } },
      tls: { ca: authority.certificate },
    });
    const failure = rejectionOf(meeting.client.online());
    await redirect(meeting.peer, road, placeOf(elsewhere, road).replace('127.0.0.1', 'localhost'));
    if (road === 'STARTTLS') await (await elsewhere.connection()).startTls();
    expect(await failure).toMatchObject({ code: 'transport/certificate-wrong-host' });
    expect([stateOf(meeting.client), meeting.sent.filter((text) => text.startsWith('<auth'))]).toEqual([
      'failed.terminal',
      [],
    ]);
  });

  it('to a place without TLS is not obeyed', async () => {
    const plain = await startScriptedServer({ domain: 'capulet.example', tls: false, websocket: true });
    onTestFinished(() => plain.stop());
    const meeting = await meet(stage, road);
    const failure = rejectionOf(meeting.client.online());
    await redirect(meeting.peer, road, placeOf(plain, road === 'direct TLS' ? 'STARTTLS' : road));
    // The other place speaks in clear; `ws:` is none.
    if (road === 'STARTTLS') await (await plain.connection()).header().features('');
    if (road === 'direct TLS') await (await plain.connection()).sends('<stream:stream>');
    const codes = {
      STARTTLS: 'transport/tls-unavailable',
      'direct TLS': 'transport/tls-failed',
      WebSocket: 'stream/see-other-host',
    };
    expect(await failure).toMatchObject({ code: codes[road] });
    expect(meeting.sent.filter((text) => text.startsWith('<auth'))).toEqual([]);
  });

  it.each([
    [''],
    [' '],
    ['evil.example:0'],
    ['evil.example:65536'],
    ['evil.example:-1'],
    ['evil.example:5222:5222'],
    ['evil example'],
    ['evil.example\n127.0.0.1'],
    ['evil.example/path'],
    ['user@evil.example'],
    ['//evil.example'],
    ['http://evil.example/'],
    ['ws://127.0.0.1/'],
    ['wss://user:password@127.0.0.1/'],
    ['wss://127.0.0.1/#fragment'],
    ['file:///etc/passwd'],
    ['javascript:alert(1)'],
    ['[::1'],
    ['[fe80::1%eth0]'],
    ['x'.repeat(100_000)],
  ])('to %j is not obeyed: that is no place', async (place) => {
    const { client, peer } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    await redirect(peer, road, place.replaceAll('&', '&amp;'));
    expect(await failure).toMatchObject({ name: 'StreamError', code: 'stream/see-other-host' });
    expect([stateOf(client), client.actor.getSnapshot().context.tried.length]).toEqual(['failed.gaveUp', 1]);
  });

  it('from one session to the next is followed three times, unless one of them lasts', async () => {
    const meeting = await meet(stage, road);
    const { client, server } = meeting;
    let { peer } = meeting;
    const failed = nextEvent(client, 'failed');
    for (let count = 0; count < 4; count += 1) {
      const online = nextEvent(client, 'online');
      await peer.login({ mechanism: 'PLAIN' });
      await online;
      await peer.sends(streamError('see-other-host', placeOf(server, road)));
      if (count < 3) peer = await server.connection();
    }
    expect((await failed).error).toMatchObject({ code: 'stream/see-other-host' });
    expect(stateOf(client)).toBe('failed.gaveUp');
  });
});

describe('before TLS, somebody who sends the client elsewhere', () => {
  it.each([
    ['instead of the features', (peer: ScriptedPeer) => peer.header()],
    ['instead of the consent', (peer: ScriptedPeer) => peer.header().features(STARTTLS).receives(STARTTLS)],
  ])('%s is not obeyed', async (_title, reach) => {
    const { client, server, peer, sent } = await meet(stage, 'STARTTLS');
    const failure = rejectionOf(client.online());
    await reach(peer).sends(streamError('see-other-host', placeOf(server, 'STARTTLS')));
    expect(await failure).toMatchObject({ code: 'stream/see-other-host' });
    expect([stateOf(client), sent.at(-1)]).toEqual(['failed.gaveUp', '</stream:stream>']);
    expect(client.actor.getSnapshot().context.tried).toHaveLength(1);
  });

  const STARTTLS = '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>';
});

describe('a WebSocket that is closed with another address (RFC 7395 §3.6.1)', () => {
  it.each([['ws://127.0.0.1:9/'], ['https://127.0.0.1/'], ['evil.example'], ['']])(
    'is followed to none that is not secure: %j',
    async (uri) => {
      const { client, peer } = await meet(stage, 'WebSocket');
      const failure = rejectionOf(client.online());
      await peer.header().sends(`<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" see-other-uri="${uri}"/>`);
      expect(await failure).toMatchObject({ code: 'stream/see-other-host' });
      expect(client.actor.getSnapshot().context.tried).toHaveLength(1);
    },
  );

  it('is followed three times', async () => {
    const { client, server, peer } = await meet(stage, 'WebSocket');
    const failure = rejectionOf(client.online());
    let next: ScriptedPeer = peer;
    for (let count = 0; count < 4; count += 1) {
      await next
        .header()
        .sends(`<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" see-other-uri="${server.websocketUrl}"/>`);
      if (count < 3) next = await server.connection();
    }
    expect(await failure).toMatchObject({ code: 'stream/see-other-host' });
    expect(client.actor.getSnapshot().context.tried).toHaveLength(4);
  });
});

/** Sends the client elsewhere as soon as a server may: behind its header, under TLS. */
async function redirect(peer: ScriptedPeer, road: Road, place: string): Promise<void> {
  await secured(peer, road).header().sends(streamError('see-other-host', place));
}

function placeOf(server: ScriptedServer, road: Road): string {
  const { host, port, websocket } = roadTo(server, road);
  return websocket ?? `${host}:${port}`;
}

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROADS, type Road } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { type NegotiationStep, negotiationSteps, type Script } from '../support/negotiation-steps.ts';
import { rejectionOf, whenIn } from '../support/when.ts';
import { CLIENT, type Meeting, meet, meetOnline, secured } from './stage.ts';

/*
 * Servers that send a byte now and then, so that something always seems to come. Every state has an end of its own, counted from
 * its beginning. Silence is one of the faults of `fault-matrix.test.ts`.
 */

const stage = stageClients();

const SASL2 = 'xmlns="urn:xmpp:sasl:2"';

/** How long a state may last, in milliseconds. */
function patience(state: string): number {
  return /authenticating|exchanging/.test(state) ? 30_000 : 15_000;
}

/** What of an answer can come in pieces for ever. */
const DRIPS: readonly (readonly [title: string, piece: (state: string, index: number) => string | Uint8Array])[] = [
  ['white space', () => ' '],
  ['the start of a tag that has no end', (_state, index) => '<stream:stream a'.charAt(index) || 'a'],
];

/** A record of TLS that is announced as long as one can be, and comes byte by byte (RFC 8446 §5.1). */
const RECORD = Uint8Array.of(0x16, 0x03, 0x03, 0x40, 0x00, 0x02, 0x00, 0x3f);

describe.each(ROADS)('over %s', (road) => {
  const steps = [...negotiationSteps(road), ...furtherSteps(road)];

  describe.each(road === 'WebSocket' ? DRIPS.slice(0, 1) : DRIPS)('%s', (_title, piece) => {
    it.each(steps)('that trickles in $title does not prolong it', async ({ state, reach }) => {
      const meeting = await lead(road, state, reach);
      const failure = rejectionOf(meeting.client.online());
      const interval = patience(state) / 20;
      for (let index = 0; index < 20; index += 1) {
        const isRecord = state === 'linked.securing.handshaking';
        await meeting.peer.sends(isRecord ? RECORD.slice(index % 8, (index % 8) + 1) : piece(state, index));
        await turns();
        expect([index, stateOf(meeting.client)]).toEqual([index, state]);
        stage.clock.increment(interval);
      }
      await expectTimeout(meeting, state, failure);
    });
  });

  it('stanzas that trickle while a resource is awaited do not prolong it', async () => {
    const [binding] = negotiationSteps(road).filter(({ state }) => state === 'linked.binding');
    if (!binding) throw new Error('A resource is awaited on every road');
    const meeting = await lead(road, binding.state, binding.reach);
    const failure = rejectionOf(meeting.client.online());
    for (let count = 0; count < 15; count += 1) {
      await meeting.peer.sends(`<message ${CLIENT}/>`);
      await turns();
      expect(stateOf(meeting.client)).toBe('linked.binding');
      stage.clock.increment(1_000);
    }
    await expectTimeout(meeting, binding.state, failure);
  });

  it('whatever trickles while the client closes, it is offline when that time is over', async () => {
    const { client, peer } = await meetOnline(stage, road);
    const stopped = client.stop();
    for (let count = 0; count < 20; count += 1) {
      await peer.sends(count % 2 === 0 ? ' ' : `<message ${CLIENT}/>`);
      await turns();
      expect(stateOf(client)).toBe('linked.closing');
      stage.clock.increment(100);
    }
    await stopped;
    expect(stateOf(client)).toBe('offline');
  });

  async function expectTimeout({ client }: Meeting, state: string, failure: Promise<unknown>): Promise<void> {
    const isLogin = /authenticating|exchanging/.test(state);
    const code = isLogin ? 'sasl/temporary-auth-failure' : 'transport/timeout';
    expect(await failure).toMatchObject({ code, phase: state });
    expect(stateOf(client)).toBe('failed.gaveUp');
    // What was to be said last, and the end of a handshake, are not waited for either.
    stage.clock.increment(1_000);
  }
});

describe('a server of a WebSocket that sends its answer to HTTP a byte now and then', () => {
  it('is left when the time for connecting is over', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      // Only who reads notices the end.
      socket.on('error', () => {}).resume();
      sockets.push(socket);
    });
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = stage.make({ websocket: `ws://127.0.0.1:${port}/xmpp-websocket` });
    client.start();
    const failure = rejectionOf(client.online());
    await expect.poll(() => sockets.length, { interval: 1 }).toBe(1);
    for (const character of 'HTTP/1.1 101 Sw') {
      for (const socket of sockets) socket.write(character);
      await turns();
      expect(stateOf(client)).toBe('linked.connecting');
      stage.clock.increment(1_000);
    }
    expect(await failure).toMatchObject({ code: 'transport/timeout', phase: 'linked.connecting' });
  });
});

/** The states that a login of RFC 6120 without stream management does not come to. */
function furtherSteps(road: Road): readonly NegotiationStep[] {
  const secure = (peer: Script): Script => secured(peer, road);
  const asked = (peer: Script) =>
    secure(peer)
      .header()
      .features(
        `<authentication ${SASL2}><mechanism>PLAIN</mechanism><inline><bind xmlns="urn:xmpp:bind:0"/></inline></authentication>`,
      )
      .receives(`<authenticate ${SASL2}/>`);
  const success = `<success ${SASL2}><authorization-identifier>juliet@capulet.example/x</authorization-identifier><bound xmlns="urn:xmpp:bind:0"/></success>`;
  return [
    { title: 'linked.loggingIn.exchanging', state: 'linked.loggingIn.exchanging', reach: asked },
    {
      title: 'linked.loggingIn.awaitingNewFeatures',
      state: 'linked.loggingIn.awaitingNewFeatures',
      reach: (peer) => asked(peer).sends(success),
    },
    {
      title: 'linked.establishing.awaitingManagement',
      state: 'linked.establishing.awaitingManagement',
      reach: (peer) =>
        secure(peer).authenticate('PLAIN').bind('juliet@capulet.example', { features: '<sm xmlns="urn:xmpp:sm:3"/>' }),
    },
  ];
}

async function lead(road: Road, state: string, reach: NegotiationStep['reach']): Promise<Meeting> {
  const meeting = await meet(stage, road);
  await reach(meeting.peer);
  await whenIn(meeting.client, state);
  return meeting;
}

/** Lets what was written arrive. What comes too late weakens a test, and breaks none. */
async function turns(): Promise<void> {
  for (let count = 0; count < 4; count += 1) await new Promise((resolve) => setImmediate(resolve));
}

import { afterEach, describe, expect, it } from 'vitest';
import { createActor, waitFor } from 'xstate';
import type { TransportCommand } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/events.ts';
import { dialWebSocket } from '../../src/actors/websocket-node.ts';
import { OPEN, parentOf } from './fake-wire.ts';
import { closeWebSocketServers, everybodyGone, inputFor, listenWebSocket } from './websocket-servers.ts';

const FRAMING = "xmlns='urn:ietf:params:xml:ns:xmpp-framing'";
const SERVER_OPEN = `<open ${FRAMING} from='example.org' id='s1' version='1.0'/>`;
const CLOSE = `<close ${FRAMING}/>`;
const MESSAGE = "<message xmlns='jabber:client'/>";

const OUR_OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="example.org" version="1.0"/>';
const OUR_CLOSE = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>';

afterEach(closeWebSocketServers);

describe('a stream over a WebSocket', () => {
  it('is opened and closed by both sides, and the WebSocket after it (RFC 7395 §3.6)', async () => {
    const { events, received } = await converse([SERVER_OPEN, MESSAGE], (event) =>
      event.type === 'stanza.received' ? [{ type: 'stream.close' }] : [],
    );
    expect(events).toEqual(['transport.connected', 'stream.opened', 'stanza.received', 'stream.closed']);
    expect(received).toEqual([OUR_OPEN, OUR_CLOSE, '[1000]']);
  });

  it('may be closed by the server at any time, with another place to go to', async () => {
    const { events, received } = await converse([
      SERVER_OPEN,
      CLOSE.replace('/>', " see-other-uri='wss://b.example/'/>"),
    ]);
    expect(events).toEqual(['transport.connected', 'stream.opened', 'stream.closed wss://b.example/']);
    expect(received).toEqual([OUR_OPEN, OUR_CLOSE, '[1000]']);
  });

  it.each([
    ['two elements in one message', MESSAGE + MESSAGE, 'not-well-formed'],
    ['half an element', MESSAGE.slice(0, 20), 'not-well-formed'],
    ['a binary message', Buffer.from(MESSAGE), 'bad-format'],
    ['an element that is too large', MESSAGE.replace('/>', `>${'x'.repeat(1001)}</message>`), 'policy-violation'],
  ])('ends with an error that the server is told: %s', async (_title, message, condition) => {
    const { events, received } = await converse([SERVER_OPEN, message]);
    expect(events).toEqual(['transport.connected', 'stream.opened', `stream/${condition}`]);
    expect(received[1]).toContain(`<error xmlns="http://etherx.jabber.org/streams"><${condition} `);
    expect([received[0], ...received.slice(2)]).toEqual([OUR_OPEN, OUR_CLOSE, '[1000]']);
  });

  it('ends with an error when the server says something before it opens it', async () => {
    const { events } = await converse([MESSAGE]);
    expect(events).toEqual(['transport.connected', 'stream/invalid-namespace']);
  });
});

/** What is said where the server answers our opening with these messages, and our end of the stream with its own. */
async function converse(
  answers: readonly (string | Buffer)[],
  react: (event: TransportEvent) => readonly TransportCommand[] = () => [],
): Promise<{ events: string[]; received: string[] }> {
  const received: string[] = [];
  const port = await listenWebSocket({
    accept(socket) {
      socket.on('close', (code) => received.push(`[${code}]`));
      socket.on('message', (data) => {
        received.push(String(data));
        if (received.length === 1) for (const answer of answers) socket.send(answer);
        else if (String(data) === OUR_CLOSE) socket.send(CLOSE);
      });
    },
  });
  const events: TransportEvent[] = [];
  const parent = parentOf(dialWebSocket, events, (event) =>
    event.type === 'transport.connected' ? [OPEN] : react(event),
  );
  const actor = createActor(parent, {
    input: inputFor(`ws://127.0.0.1:${port}/`, { limits: { maxElementBytes: 1000 } }),
  }).start();
  await waitFor(actor, () => events.some(isLast));
  actor.stop();
  await everybodyGone();
  return { events: events.map(describeEvent), received };
}

function isLast({ type }: TransportEvent): boolean {
  return type === 'stream.closed' || type === 'stream.failed' || type === 'transport.failed';
}

function describeEvent(event: TransportEvent): string {
  if (event.type === 'stream.closed' && event.seeOtherUri) return `${event.type} ${event.seeOtherUri}`;
  return 'error' in event ? event.error.code : event.type;
}

import { describe, expect, it } from 'vitest';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { standInTheMiddle } from './middleman.ts';
import { goesOn } from './outcomes.ts';
import { CLIENT, type Meeting, meetOnline } from './stage.ts';

/*
 * Frames that no server may send (RFC 6455 §5, RFC 7395 §3).
 */

const stage = stageClients();

const MARKER = '<marker/>';
const HARK = `<message ${CLIENT} from="romeo@montague.example"><body>Hark</body></message>`;

describe('a server that breaks the rules of WebSockets is left', () => {
  it.each<[title: string, frames: string, code: string]>([
    ['a text that is no UTF-8', frame(0x81, '\xc0\xbcmessage/>'), 'stream/unsupported-encoding'],
    ['a text that ends within a character', frame(0x81, '<a/>\xc3'), 'stream/unsupported-encoding'],
    ['bytes instead of a text', frame(0x82, HARK), 'stream/bad-format'],
    ['more pings than it reads answers', frame(0x89, 'ping').repeat(10_000), 'transport/connection-closed'],
    ['a compressed text, which nobody agreed on', frame(0xc1, HARK), 'transport/protocol-violation'],
    ['a bit that is reserved', frame(0xa1, HARK), 'transport/protocol-violation'],
    ['a kind of frame that does not exist', frame(0x83, HARK), 'transport/protocol-violation'],
    ['a text that is masked, as clients do', `\x81\x84\0\0\0\0<a/>`, 'transport/protocol-violation'],
    ['the rest of a text that never began', frame(0x80, HARK), 'transport/protocol-violation'],
    ['a text within a text', frame(0x01, '<a>') + frame(0x81, '</a>'), 'transport/protocol-violation'],
    ['a ping that is too long', `\x89\x7e\x00\x7e${'x'.repeat(126)}`, 'transport/protocol-violation'],
    ['a ping in pieces', `\x09\x01x`, 'transport/protocol-violation'],
  ])('%s', async (_title, frames, code) => {
    const { client, peer, heard } = await meetTampered(frames);
    const failed = nextEvent(client, 'failed');
    await peer.sends(MARKER);
    expect((await failed).error).toMatchObject({ code });
    expect([stateOf(client), heard]).toEqual(['failed.gaveUp', []]);
  });

  it.each([
    ['two stanzas in one message', HARK + HARK, 'not-well-formed'],
    ['half a stanza', HARK.slice(0, -3), 'not-well-formed'],
    ['a stanza and its end tag once more', `${HARK}</message>`, 'not-well-formed'],
    [
      'the header of a stream of RFC 6120',
      '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0">',
      'not-well-formed',
    ],
    ['its end', '</stream:stream>', 'not-well-formed'],
    ['text', 'Hark', 'not-well-formed'],
  ])('a message is one element, whole (RFC 7395 §3.3.3): %s', async (_title, text, condition) => {
    const { client, peer, heard } = await meetTampered('');
    const failed = nextEvent(client, 'failed');
    await peer.sends(text);
    expect((await failed).error).toMatchObject({ code: `stream/${condition}` });
    expect(heard).toEqual([]);
  });

  it.each([
    [
      'a stream in the middle of another',
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" version="1.0" from="evil.example"/>',
      'transport/protocol-violation',
    ],
    [
      'a stream of no version in the middle of another',
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>',
      'stream/unsupported-version',
    ],
  ])('%s', async (_title, text, code) => {
    const { client, peer } = await meetTampered('');
    const failed = nextEvent(client, 'failed');
    await peer.sends(text);
    expect((await failed).error).toMatchObject({ code });
  });

  it.each([
    ['of more bytes than can be counted', `\x81\x7f\x7f${'\xff'.repeat(7)}`],
    ['of one byte more than may be', '\x81\x7f\0\0\0\0\0\x10\0\x01'],
  ])('a text %s is refused before it came', async (_title, head) => {
    const { client, peer } = await meetTampered(head);
    const failed = nextEvent(client, 'failed');
    await peer.sends(MARKER);
    expect((await failed).error).toMatchObject({ code: 'stream/policy-violation' });
  });

  it('a text in pieces that grows without end is refused as soon as it is too large', async () => {
    const piece = frame(0x00, 'x'.repeat(60_000));
    const { client, peer } = await meetTampered(frame(0x01, `<message ${CLIENT}><body>`) + piece.repeat(20));
    const failed = nextEvent(client, 'failed');
    await peer.sends(MARKER);
    expect((await failed).error).toMatchObject({ code: 'stream/policy-violation' });
  });

  it('a text in countless pieces is refused', async () => {
    const { client, peer } = await meetTampered(frame(0x01, '<a>') + frame(0x00, 'x').repeat(200_000));
    const failed = nextEvent(client, 'failed');
    await peer.sends(MARKER);
    expect((await failed).error).toMatchObject({ code: 'stream/policy-violation' });
  });
});

describe('a server that keeps to the rules of WebSockets, and no more,', () => {
  it('may cut a text anywhere, also within a character, and ask in between', async () => {
    const bytes = Buffer.from(HARK.replace('Hark', 'é\u{1F339}')).toString('latin1');
    const ping = (index: number): string => (index % 4 === 0 ? frame(0x89, 'ping') : '');
    const pieces = [...bytes].map((byte, index) => frame(index === 0 ? 0x01 : 0x00, byte) + ping(index));
    const { peer, heard } = await meetTampered(pieces.join('') + frame(0x80, ''));
    await peer.sends(MARKER);
    await goesOn(peer);
    expect(heard).toEqual(['normal from romeo@montague.example: é\u{1F339}']);
  });
});

/** A frame as a server writes it (RFC 6455 §5.2): its first byte, the length, what is in it. */
function frame(first: number, payload: string): string {
  const { length } = payload;
  const head = length < 126 ? [first, length] : [first, 126, length >> 8, length & 255];
  return String.fromCharCode(...head) + payload;
}

/** A client that is online without TLS: somebody in the middle puts these frames in place of the message {@link MARKER}. */
function meetTampered(frames: string): Promise<Meeting> {
  return meetOnline(stage, 'WebSocket', {
    onServer: { tls: false },
    mechanisms: ['PLAIN'],
    via: async ({ websocketUrl }) => {
      const url = new URL(websocketUrl);
      const toClient = (piece: string): string => piece.replace(frame(0x81, MARKER), () => frames);
      url.port = String((await standInTheMiddle(Number(url.port), { toClient })).port);
      return { websocket: url.href };
    },
  });
}

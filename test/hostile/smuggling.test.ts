import { describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { goesOn, outcomesIn, outcomesOf, type Row, refusalOf } from './outcomes.ts';
import { CLIENT, meetOnline, streamError } from './stage.ts';

/*
 * Bytes that two parsers would read differently: what a server takes for a text must not be a stanza for its client.
 */

const stage = stageClients();

const FORGED = `<message ${CLIENT} from="nurse@capulet.example"><body>Flee</body></message>`;
const ROMEO = 'from="romeo@montague.example/orchard"';
const message = (body: string): string => `<message ${CLIENT} ${ROMEO}><body>${body}</body></message>`;

/** Where the bytes of a stream are cut anywhere. Those of WebSockets are in `websocket-frames.test.ts`. */
const STREAM_ROADS = ROADS.filter((road) => road !== 'WebSocket');

describe.each(STREAM_ROADS)('over %s, bytes that are no UTF-8 end the stream (RFC 6120 §11.6)', (road) => {
  it.each<[title: string, bytes: readonly number[]]>([
    ['a bracket in two bytes', [0xc0, 0xbc]],
    ['a bracket in three bytes', [0xe0, 0x80, 0xbc]],
    ['a quote in two bytes', [0xc0, 0xa2]],
    ['NUL in two bytes', [0xc0, 0x80]],
    ['half a character of UTF-16', [0xed, 0xa0, 0x80]],
    ['two halves of a character of UTF-16', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ['what is beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a character of five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ['the end of a character without its beginning', [0x80]],
    ['the beginning of a character without its end', [0xc3]],
    ['Latin-1', [0xe9]],
    ['a mark of UTF-16', [0xff, 0xfe]],
  ])('%s', async (_title, bytes) => {
    const meeting = await meetOnline(stage, road);
    const [before = '', behind = ''] = message('Go|away').split('|');
    const sent = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(behind)]);
    expect(await refusalOf(meeting, sent)).toEqual({
      told: 'unsupported-encoding',
      code: 'stream/unsupported-encoding',
      state: 'failed.gaveUp',
      heard: [],
    });
  });

  it('a character that is cut anywhere is one all the same', async () => {
    const { peer, heard } = await meetOnline(stage, road);
    const text = 'é\u2028\u{1F339}';
    for (const byte of Buffer.from(message(text))) await peer.sends(Uint8Array.of(byte));
    await goesOn(peer);
    expect(heard).toEqual([`normal from romeo@montague.example/orchard: ${text}`]);
  });
});

describe.each(ROADS)('over %s, what is not well-formed ends the stream', (road) => {
  it.each([
    ['a stanza that ends with another name', `<message ${CLIENT}></presence>`, 'not-well-formed'],
    ['a stanza that ends in other letters', `<message ${CLIENT}></Message>`, 'not-well-formed'],
    ['a stanza that ends with the stream', `<message ${CLIENT}><body></stream:stream>`, 'not-well-formed'],
    ['elements that cross', `<message ${CLIENT}><a><b></a></b></message>`, 'not-well-formed'],
    ['an attribute twice', `<message ${CLIENT} from="a@b" from="c@d"/>`, 'not-well-formed'],
    [
      'an attribute twice, by two prefixes',
      `<message ${CLIENT} xmlns:a="urn:x" xmlns:b="urn:x" a:c="1" b:c="2"/>`,
      'not-well-formed',
    ],
    ['an attribute without quotes', `<message ${CLIENT} type=chat/>`, 'not-well-formed'],
    ['an attribute without a value', `<message ${CLIENT} type/>`, 'not-well-formed'],
    ['attributes without a space', `<message ${CLIENT} a="1"b="2"/>`, 'not-well-formed'],
    ['a bracket in an attribute', `<message ${CLIENT} from="<x/>"/>`, 'not-well-formed'],
    ['an end tag with attributes', `<message ${CLIENT}></message a="b">`, 'not-well-formed'],
    ['a name that begins with a digit', `<message ${CLIENT}><1/></message>`, 'not-well-formed'],
    ['a name of nothing', `<message ${CLIENT}>< /></message>`, 'not-well-formed'],
    ['two colons', `<a:b:c xmlns:a="urn:x"/>`, 'not-well-formed'],
    ['a prefix that nobody declared', '<evil:message/>', 'bad-namespace-prefix'],
    ['the character NUL', message('Go\0away'), 'not-well-formed'],
    ['an escape for terminals', message('Go\u001B[2Jaway'), 'not-well-formed'],
    ['what is no character', message('Go\uFFFEaway'), 'not-well-formed'],
    ['an ampersand alone', message('Go & stay'), 'not-well-formed'],
  ])('%s', async (_title, xml, condition) => {
    const meeting = await meetOnline(stage, road);
    expect(await refusalOf(meeting, xml)).toEqual({
      told: condition,
      code: `stream/${condition}`,
      state: 'failed.gaveUp',
      heard: [],
    });
  });
});

const HARK = 'normal from romeo@montague.example/orchard: undefined';
const STREAM_HEADER = '<stream:stream xmlns:stream="http://etherx.jabber.org/streams" xmlns="jabber:client">';

const NESTED: readonly Row[] = [
  ['a stanza in a stanza', `<message ${CLIENT} ${ROMEO}>${FORGED}</message>`, HARK],
  ['a stanza in a body', message(FORGED), HARK.replace('undefined', '')],
  ['a stanza in what nobody knows', `<message ${CLIENT} ${ROMEO}><x xmlns="urn:x">${FORGED}</x></message>`, HARK],
  ['a stream in a stanza', `<message ${CLIENT} ${ROMEO}>${STREAM_HEADER}${FORGED}</stream:stream></message>`, HARK],
  ['an error of the stream in a stanza', `<message ${CLIENT} ${ROMEO}>${streamError('conflict')}</message>`, HARK],
  [
    'the end of a WebSocket’s stream in a stanza',
    `<message ${CLIENT} ${ROMEO}><close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/></message>`,
    HARK,
  ],
  ['a stream in a stream', `${STREAM_HEADER}${FORGED}</stream:stream>`, 'dropped stream: unknown-kind'],
  ['stanzas in what nobody knows', `<batch xmlns="urn:x">${FORGED}${FORGED}</batch>`, 'dropped batch: unknown-kind'],
];

describe.each(ROADS)('over %s, a stanza is what stands directly in the stream', (road) => {
  it('and nothing else', async () => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomesOf(meeting, NESTED)).toEqual(outcomesIn(NESTED));
  });
});

describe.each(STREAM_ROADS)('over %s, between two stanzas', (road) => {
  it.each([
    ['there is no text', 'Hark', 'invalid-xml'],
    ['there is no reference', '&lt;', 'invalid-xml'],
    ['there is no section', '<![CDATA[Hark]]>', 'invalid-xml'],
    ['there is no mark of byte order', '\uFEFF', 'invalid-xml'],
    ['there is no declaration', '<?xml version="1.0"?>', 'not-well-formed'],
    ['there is no white space but that of XML', '\u00A0', 'invalid-xml'],
  ])('%s', async (_title, between, condition) => {
    const meeting = await meetOnline(stage, road);
    expect(await refusalOf(meeting, between + FORGED)).toEqual({
      told: condition,
      code: `stream/${condition}`,
      state: 'failed.gaveUp',
      heard: [],
    });
  });

  it('there may be white space, and the stream has one end', async () => {
    const { client, peer, heard } = await meetOnline(stage, road);
    const failed = nextEvent(client, 'failed');
    await peer.sends(` \r\n\t${message('Hark')} `);
    await goesOn(peer);
    await peer.sends(`</stream:stream>${FORGED}</stream:stream>`).receives('</stream:stream>');
    expect((await failed).error).toMatchObject({ code: 'transport/connection-closed' });
    expect(heard).toEqual(['normal from romeo@montague.example/orchard: Hark']);
  });
});

import { describe, expect, it } from 'vitest';
import type { TransportCommand } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/index.ts';
import { Sealed } from '../../src/sasl/index.ts';
import { element, serialize } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import { createLine, DIALECTS, HEADER, OPEN, UNBOUND } from './fake-wire.ts';
import { turn } from './recorder.ts';

const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const STREAM = "xmlns:stream='http://etherx.jabber.org/streams'";
const TLS = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'";

describe.each(DIALECTS)('what a server sends in $name is an event', ({ framing, header, footer }) => {
  it.each<[string, string, (event: TransportEvent) => unknown, unknown]>([
    [
      'the header',
      '',
      (event) => event,
      {
        type: 'stream.opened',
        header: { from: 'example.org', to: undefined, id: 's1', version: '1.0', lang: undefined },
      },
    ],
    [
      'the features',
      `<stream:features ${STREAM}><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>`,
      (event) => event.type === 'features.received' && [event.features.bind, event.features.mechanisms],
      [true, []],
    ],
    [
      'a stream error',
      `<stream:error ${STREAM}><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
      (event) => event.type === 'stream.failed' && event.error.code,
      'stream/reset',
    ],
    ['the consent to TLS', `<proceed ${TLS}/>`, (event) => event, { type: 'tls.proceeded' }],
    ['the refusal of TLS', `<failure ${TLS}/>`, (event) => event, { type: 'tls.refused' }],
    ['a challenge', `<challenge ${SASL}>AQID</challenge>`, payloadOf, ['sasl.challenged', 1, 2, 3]],
    ['an empty challenge', `<challenge ${SASL}/>`, payloadOf, ['sasl.challenged']],
    ['success with data', `<success ${SASL}>AQID</success>`, payloadOf, ['sasl.succeeded', 1, 2, 3]],
    ['success', `<success ${SASL}/>`, (event) => event, { type: 'sasl.succeeded', payload: undefined }],
    [
      'failure',
      `<failure ${SASL}><not-authorized/></failure>`,
      (event) => event.type === 'sasl.failed' && event.error.code,
      'sasl/not-authorized',
    ],
    [
      'a challenge that is no base64',
      `<challenge ${SASL}>!</challenge>`,
      (event) => event.type === 'sasl.failed' && event.error.code,
      'sasl/malformed-challenge',
    ],
    [
      'a stanza',
      "<message xmlns='jabber:client'><body>Hi</body></message>",
      stanzaOf,
      '<message><body>Hi</body></message>',
    ],
    ['what nobody knows', "<proceed xmlns='urn:example:other'/>", stanzaOf, '<proceed xmlns="urn:example:other"/>'],
    ['the end of the stream', footer, (event) => event, { type: 'stream.closed' }],
  ])('%s', (_title, xml, look, expected) => {
    const line = createLine({}, () => [], { framing });
    line.tell(OPEN);
    line.receive(header, xml);
    expect(line.events.slice(xml === '' ? 0 : 1).map(look)).toEqual([expected]);
  });

  it('reports the end of the connection: after the stream was closed, and before', () => {
    const closed = createLine({}, () => [], { framing });
    closed.tell(OPEN, { type: 'stream.close' });
    closed.peer.closed();
    expect(closed.events).toEqual([{ type: 'transport.closed' }]);
    const cut = createLine({}, () => [], { framing });
    cut.tell(OPEN);
    cut.peer.closed();
    cut.peer.closed();
    expect(cut.events.map((event) => event.type === 'transport.failed' && event.error.code)).toEqual([
      'transport/connection-closed',
    ]);
  });

  it('closes at once where no stream was opened', () => {
    const clock = createTestClock();
    const line = createLine({ clock }, () => [], { framing });
    clock.increment(25);
    line.peer.connected();
    line.tell({ type: 'stream.close' });
    expect(line.events).toEqual([{ type: 'transport.connected', roundTrip: 25 }, { type: 'transport.closed' }]);
    expect(line.sent).toEqual(['[end]']);
  });
});

describe('a negotiation', () => {
  const bind = element(
    '{jabber:client}iq',
    { type: 'set', id: 'b1' },
    element('{urn:ietf:params:xml:ns:xmpp-bind}bind'),
  );
  const clear = `${HEADER}<stream:features><starttls ${TLS}/></stream:features><proceed ${TLS}/>`;
  const secured =
    `${HEADER}<stream:features><mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms></stream:features>` +
    `<challenge ${SASL}>w6k=</challenge><success ${SASL}>=</success>` +
    `${HEADER}<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>` +
    "<iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>juliet@example.org/b\u{1f339}</jid></bind></iq></stream:stream>";
  const bytes = { clear: new TextEncoder().encode(clear), secured: new TextEncoder().encode(secured) };

  it('is the same wherever the network cuts it', async () => {
    const expected = {
      events: [
        'stream.opened',
        'features.received',
        'tls.proceeded',
        'transport.secured',
        'stream.opened',
        'features.received',
        'sasl.challenged é',
        'sasl.succeeded',
        'stream.opened',
        'features.received',
        'stanza.received juliet@example.org/b\u{1f339}',
        'stream.closed',
      ],
      sent: ['header', 'starttls', 'header', 'auth', 'response', 'header', 'iq'],
    };
    expect(await negotiate([bytes.clear], [bytes.secured])).toEqual(expected);
    for (let cut = 1; cut < bytes.clear.length; cut += 1) {
      const pieces = [bytes.clear.subarray(0, cut), bytes.clear.subarray(cut)];
      expect({ cut, ...(await negotiate(pieces, [bytes.secured])) }).toEqual({ cut, ...expected });
    }
    for (let cut = 1; cut < bytes.secured.length; cut += 1) {
      const pieces = [bytes.secured.subarray(0, cut), bytes.secured.subarray(cut)];
      expect({ cut, ...(await negotiate([bytes.clear], pieces)) }).toEqual({ cut, ...expected });
    }
    const single = Array.from(bytes.secured, (byte) => Uint8Array.of(byte));
    expect(await negotiate([bytes.clear], single)).toEqual(expected);
  });

  /** Plays the server's part in these pieces, over a parent that answers as the chart does. */
  async function negotiate(before: readonly Uint8Array[], after: readonly Uint8Array[]) {
    const line = createLine({}, react);
    line.tell(OPEN);
    for (const piece of before) line.peer.received(piece);
    line.peer.secured(UNBOUND);
    for (const piece of after) line.peer.received(piece);
    await turn();
    const text = line.sent.filter((part) => part !== '[tls]').join('');
    return {
      events: line.events.map(describeEvent),
      sent: [...text.matchAll(/<(stream|\w+)(?=[ />:])/g)]
        .map(([, name]) => (name === 'stream' ? 'header' : name))
        .filter((name) => name !== 'bind'),
    };
  }

  function react(event: TransportEvent): TransportCommand[] {
    switch (event.type) {
      case 'features.received':
        if (event.features.startTls) return [{ type: 'tls.request' }];
        if (event.features.bind) return [{ type: 'stanza.send', stanza: bind }];
        return [{ type: 'sasl.authenticate', mechanism: 'PLAIN', payload: undefined, along: undefined }];
      case 'tls.proceeded':
        return [{ type: 'tls.start' }];
      case 'sasl.challenged':
        return [{ type: 'sasl.respond', profile: 'sasl', payload: new Sealed(new Uint8Array()) }];
      case 'transport.secured':
      case 'sasl.succeeded':
        return [OPEN];
      default:
        return [];
    }
  }
});

function describeEvent(event: TransportEvent): string {
  if (event.type === 'sasl.challenged') return `${event.type} ${new TextDecoder().decode(event.payload.reveal())}`;
  if (event.type !== 'stanza.received') return event.type;
  const jid = /<jid>(.*)<\/jid>/.exec(serialize(event.stanza))?.[1];
  return `${event.type} ${jid}`;
}

function payloadOf(event: TransportEvent): unknown {
  return 'payload' in event && event.payload && [event.type, ...event.payload.reveal()];
}

function stanzaOf(event: TransportEvent): unknown {
  return event.type === 'stanza.received' && serialize(event.stanza, 'jabber:client');
}

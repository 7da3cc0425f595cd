import { describe, expect, it } from 'vitest';
import type { TransportEvent } from '../../machines/events.ts';
import { Sealed } from '../../src/sasl/index.ts';
import { messageFraming } from '../../src/stream/index.ts';
import { element, serialize } from '../../src/xml/index.ts';
import { createLine, type Line, OPEN } from './fake-wire.ts';

const FRAMING = "xmlns='urn:ietf:params:xml:ns:xmpp-framing'";
const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const STREAM = "xmlns:stream='http://etherx.jabber.org/streams'";
const SERVER_OPEN = `<open ${FRAMING} from='example.org' id='s1' version='1.0'/>`;

describe('a stream of messages (RFC 7395)', () => {
  it('is opened, negotiated, restarted, and closed', () => {
    const line = createFramedLine();
    line.tell(OPEN);
    line.receive(
      SERVER_OPEN,
      `<stream:features ${STREAM}><mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
    );
    line.tell({
      type: 'sasl.authenticate',
      mechanism: 'PLAIN',
      payload: new Sealed(new Uint8Array()),
      along: undefined,
    });
    line.receive(`<success ${SASL}/>`);
    line.tell({ type: 'stream.open', to: 'example.org', from: 'juliet@example.org' });
    line.receive(
      `<open ${FRAMING} from='example.org' id='s2' version='1.0'/>`,
      `<features xmlns='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></features>`,
    );
    line.tell({ type: 'stanza.send', stanza: element('iq', { type: 'set', id: 'b1' }, element('bind')) });
    line.receive("<iq xmlns='jabber:client' type='result' id='b1'/>");
    line.tell({ type: 'stream.close' });
    line.receive(`<close ${FRAMING}/>`);
    expect(line.sent).toEqual([
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="example.org" version="1.0"/>',
      '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">=</auth>',
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="juliet@example.org" to="example.org" version="1.0"/>',
      '<iq xmlns="jabber:client" type="set" id="b1"><bind/></iq>',
      '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>',
    ]);
    expect(line.events.map(describeEvent)).toEqual([
      'stream.opened s1',
      'features.received PLAIN',
      'sasl.succeeded',
      'stream.opened s2',
      'features.received bind',
      'stanza.received <iq type="result" id="b1"/>',
      'stream.closed',
    ]);
  });

  it('is closed with another address to go to (RFC 7395 §3.6.1)', () => {
    const uri = 'wss://other.example.org/ws?a=1&b=2';
    const log: string[] = [];
    const line = createFramedLine((entry) => log.push(entry));
    line.tell(OPEN);
    line.receive(`<close ${FRAMING} see-other-uri='${uri.replace('&', '&amp;')}'/>`);
    expect(line.events).toEqual([{ type: 'stream.closed', seeOtherUri: uri }]);
    expect(log.at(-1)).toBe(
      `RECV <close xmlns="urn:ietf:params:xml:ns:xmpp-framing" see-other-uri="${uri.replace('&', '&amp;')}"/>`,
    );
  });

  it('is refused with an error before it is opened, which is heard all the same', () => {
    const line = createFramedLine();
    line.tell(OPEN);
    line.receive(
      `<stream:error ${STREAM}><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
      `<close ${FRAMING}/>`,
    );
    expect(line.events.map(describeEvent)).toEqual(['stream/host-unknown', 'stream.closed']);
  });

  it('that the server opens twice is told to the chart twice', () => {
    const line = createFramedLine();
    line.tell(OPEN);
    line.receive(SERVER_OPEN, SERVER_OPEN);
    expect(line.events.map(describeEvent)).toEqual(['stream.opened s1', 'stream.opened s1']);
  });

  it('has no TLS inside it (RFC 7395 §3.9)', () => {
    const startTls = (): never => {
      throw new Error('There is no TLS inside a WebSocket');
    };
    const line = createLine({}, () => [], { framing: messageFraming, startTls });
    line.tell({ type: 'tls.start' });
    expect(line.events.map(describeEvent)).toEqual(['transport/internal-error']);
  });
});

describe('the end of the connection without the end of the stream', () => {
  it.each([
    ['says what the server said', 'close code 1001, "bye"', ': close code 1001, "bye"'],
    ['says no more where the server said nothing', undefined, ''],
  ])('%s', (_title, farewell, said) => {
    const line = createFramedLine();
    line.tell(OPEN);
    line.receive(SERVER_OPEN);
    line.peer.closed(farewell);
    const event = line.events.at(-1);
    expect(event?.type === 'transport.failed' && [event.error.code, event.error.message]).toEqual([
      'transport/connection-closed',
      `The server ended the connection without closing the stream${said}`,
    ]);
  });
});

function createFramedLine(onTraffic: (entry: string) => void = () => {}): Line {
  return createLine({ onTraffic: ({ direction, text }) => onTraffic(`${direction} ${text}`) }, () => [], {
    framing: messageFraming,
  });
}

function describeEvent(event: TransportEvent): string {
  if ('error' in event) return event.error.code;
  if (event.type === 'stream.opened') return `${event.type} ${event.header.id}`;
  if (event.type === 'features.received')
    return `${event.type} ${event.features.bind ? 'bind' : event.features.mechanisms}`;
  return event.type === 'stanza.received' ? `${event.type} ${serialize(event.stanza, 'jabber:client')}` : event.type;
}

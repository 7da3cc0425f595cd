import { describe, expect, it } from 'vitest';
import type { DeliveryReport, OutboxCommand, RouterCommand, TransportCommand } from '../../machines/contracts.ts';
import type { TrafficEntry } from '../../machines/index.ts';
import { Sealed } from '../../src/sasl/index.ts';
import { element, parseElement, serialize } from '../../src/xml/index.ts';
import { createLine, HEADER, OPEN, OUR_HEADER } from './fake-wire.ts';
import { recorder, turn } from './recorder.ts';

const RECEIVED_HEADER =
  '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" from="example.org" id="s1" version="1.0">';
const secret = new Sealed(new TextEncoder().encode('pencil'));

describe('what is written', () => {
  it('while negotiating goes out at once: each step waits for an answer', () => {
    const line = createLine();
    line.tell(OPEN, { type: 'tls.request' });
    expect(line.sent).toEqual([OUR_HEADER, '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>']);
  });

  it('in one turn of a session goes out in one piece', async () => {
    const line = createLine();
    line.tell(OPEN, attach(), message('1'), message('2'));
    expect(line.sent).toEqual([OUR_HEADER]);
    await turn();
    expect(line.sent).toEqual([OUR_HEADER, '<message id="1"/><message id="2"/>']);
    line.tell(message('3'));
    await turn();
    expect(line.sent.slice(2)).toEqual(['<message id="3"/>']);
  });

  it('does not pile up within a turn', () => {
    const line = createLine();
    line.tell(OPEN, attach());
    for (let i = 0; i < 5; i += 1) line.tell(message('x'.repeat(20_000)));
    expect(line.sent.map((text) => text.length > 64 * 1024)).toEqual([false, true]);
  });

  it('is the header with the language of people here, and no address before TLS (RFC 6120 §4.7)', async () => {
    const line = createLine();
    line.tell({ type: 'stream.open', to: 'example.org', lang: 'de' });
    await turn();
    expect(line.sent).toEqual([OUR_HEADER.replace(' version="1.0">', ' version="1.0" xml:lang="de">')]);
  });

  it('is nothing before the stream is open', async () => {
    const line = createLine();
    line.tell(message('1'), { type: 'tls.request' });
    await turn();
    expect(line.sent).toEqual([]);
  });

  it('ends with the closing tag when the actor is stopped, once', async () => {
    const line = createLine();
    line.tell(OPEN, attach(), message('1'));
    line.stop();
    await turn();
    expect(line.sent).toEqual([OUR_HEADER, '<message id="1"/></stream:stream>', '[end]']);
    const closed = createLine();
    closed.tell(OPEN, { type: 'stream.close' }, { type: 'stream.close' });
    closed.stop();
    await turn();
    expect(closed.sent).toEqual([OUR_HEADER, '</stream:stream>', '[end]']);
  });
});

describe('a stanza', () => {
  it('is reported when it is written', () => {
    const line = createLine();
    const { report, heard } = delivery();
    line.tell(OPEN, { ...message('1'), report });
    expect(heard).toEqual(['written']);
  });

  it('that is no XML is reported, and the stream goes on', async () => {
    const line = createLine();
    const { report, heard } = delivery();
    line.tell(OPEN, { type: 'stanza.send', stanza: element('message', {}, '\u0000'), report }, message('2'));
    await turn();
    expect(heard).toEqual(['option/invalid']);
    expect(line.sent).toEqual([OUR_HEADER, '<message id="2"/>']);
    expect(line.events).toEqual([]);
  });

  it('that comes after our closing tag is reported as lost, not as written', () => {
    const line = createLine();
    const { report, heard } = delivery();
    line.tell(OPEN, { type: 'stream.close' }, { ...message('1'), report });
    expect(heard).toEqual(['session/lost']);
  });
});

describe('once the session is attached', () => {
  it('stanzas go to the router, and all else to the chart', () => {
    const line = createLine();
    const router = recorder<RouterCommand>();
    const outbox = recorder<OutboxCommand>();
    line.tell(OPEN);
    line.receive(HEADER);
    line.tell({ type: 'transport.attach', router: router.actor, outbox: outbox.actor });
    line.receive(
      "<message id='1'/><a xmlns='urn:example:a'/><stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    expect(
      router.heard.map((event) => event.type === 'stanza.received' && serialize(event.stanza, 'jabber:client')),
    ).toEqual(['<message id="1"/>', '<a xmlns="urn:example:a"/>']);
    expect(line.events.map(({ type }) => type)).toEqual(['stream.opened', 'stream.failed']);
  });

  it('the outbox hears when no more can be written, and when it can again', async () => {
    const line = createLine();
    const router = recorder<RouterCommand>();
    const outbox = recorder<OutboxCommand>();
    line.tell(OPEN, { type: 'transport.attach', router: router.actor, outbox: outbox.actor });
    line.takesMore = false;
    line.tell(message('1'));
    await turn();
    line.peer.drained();
    expect(outbox.heard).toEqual([{ type: 'transport.blocked' }, { type: 'transport.drained' }]);
  });
});

describe('the traffic log', () => {
  it('shows what goes over the wire, without the payloads of SASL', () => {
    const log: TrafficEntry[] = [];
    const line = createLine({ onTraffic: (entry) => log.push(entry) });
    const sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
    line.tell(OPEN);
    line.receive(`${HEADER}<challenge ${sasl}>cGVuY2ls</challenge><success ${sasl}>cGVuY2ls</success>`);
    line.tell(
      { type: 'sasl.authenticate', mechanism: 'PLAIN', payload: secret },
      { type: 'sasl.respond', payload: secret },
    );
    line.tell({ type: 'sasl.abort' }, message('1'), { type: 'stream.close' });
    line.receive('<message/></stream:stream>');
    const ns = 'xmlns="urn:ietf:params:xml:ns:xmpp-sasl"';
    expect(log.map(({ direction, text }) => `${direction} ${text}`)).toEqual([
      `SEND ${OUR_HEADER}`,
      `RECV ${RECEIVED_HEADER}`,
      `RECV <challenge ${ns}>[masked]</challenge>`,
      `RECV <success ${ns}>[masked]</success>`,
      `SEND <auth ${ns} mechanism="PLAIN">[masked]</auth>`,
      `SEND <response ${ns}>[masked]</response>`,
      `SEND <abort ${ns}/>`,
      'SEND <message id="1"/>',
      'SEND </stream:stream>',
      'RECV <message/>',
      'RECV </stream:stream>',
    ]);
    expect(log.map(({ text }) => text).join()).not.toMatch(/cGVuY2ls|pencil/);
  });
});

/** The session begins: from now on there may be many stanzas in a turn. */
function attach(): TransportCommand {
  return {
    type: 'transport.attach',
    router: recorder<RouterCommand>().actor,
    outbox: recorder<OutboxCommand>().actor,
  };
}

function message(id: string): Extract<TransportCommand, { type: 'stanza.send' }> {
  return { type: 'stanza.send', stanza: parseElement(`<message xmlns='jabber:client' id='${id}'/>`) };
}

function delivery(): { readonly report: DeliveryReport; readonly heard: string[] } {
  const heard: string[] = [];
  return { heard, report: { written: () => heard.push('written'), failed: ({ code }) => heard.push(code) } };
}

import { describe, expect, it } from 'vitest';
import type { OutboxCommand, RouterCommand, TransportCommand } from '../../machines/contracts.ts';
import type { WriteReport } from '../../machines/delivery.ts';
import type { TrafficEntry } from '../../machines/index.ts';
import { Sealed } from '../../src/sasl/index.ts';
import { messageFraming, StreamError } from '../../src/stream/index.ts';
import { element, parseElement, serialize } from '../../src/xml/index.ts';
import { createLine, DIALECTS, OPEN, OUR_HEADER } from './fake-wire.ts';
import { recorder, turn } from './recorder.ts';

const secret = new Sealed(new TextEncoder().encode('pencil'));

describe.each(DIALECTS)('what is written in $name', ({ framing, ourHeader, ourFooter, ourMessage }) => {
  it('while negotiating goes out at once: each step waits for an answer', () => {
    const line = createLine({}, () => [], { framing });
    line.tell(OPEN, { type: 'tls.request' });
    expect(line.sent).toEqual([ourHeader, '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>']);
  });

  it('is the header with the language of people here, and no address before TLS (RFC 6120 §4.7)', () => {
    const line = createLine({}, () => [], { framing });
    line.tell({ type: 'stream.open', to: 'example.org', lang: 'de' });
    expect(line.sent).toEqual([ourHeader.replace(/ version="1.0"(\/?>)$/, ' version="1.0" xml:lang="de"$1')]);
  });

  it('is nothing before the stream is open', async () => {
    const line = createLine({}, () => [], { framing });
    line.tell(message('1'), { type: 'tls.request' });
    await turn();
    expect(line.sent).toEqual([]);
  });

  it('ends with the end of the stream when the actor is stopped, once', async () => {
    const line = createLine({}, () => [], { framing });
    line.tell(OPEN, message('1'));
    line.stop();
    await turn();
    expect(line.sent).toEqual([ourHeader, ourMessage('1'), ourFooter, '[end]']);
    const closed = createLine({}, () => [], { framing });
    closed.tell(OPEN, { type: 'stream.close' }, { type: 'stream.close' });
    closed.stop();
    await turn();
    expect(closed.sent).toEqual([ourHeader, ourFooter, '[end]']);
  });

  it('ends without it where the session may be resumed (XEP-0198 §7), unless the stream is closed in so many words', async () => {
    const line = createLine({}, () => [], { framing });
    line.tell(OPEN, attach(), message('1'), { type: 'stream.leave' });
    line.stop();
    await turn();
    expect(line.sent).toEqual([ourHeader, ourMessage('1'), '[end]']);
    const closed = createLine({}, () => [], { framing });
    closed.tell(OPEN, attach(), { type: 'stream.leave' }, { type: 'stream.close' });
    closed.stop();
    await turn();
    expect(closed.sent).toEqual([ourHeader, ourFooter, '[end]']);
  });

  it('is reported, stanza by stanza, with its length', () => {
    const line = createLine({}, () => [], { framing });
    const { report, heard } = delivery();
    line.tell(OPEN, { ...message('1'), report }, { ...message('12'), report });
    expect(heard).toEqual([`written ${ourMessage('1').length}`, `written ${ourMessage('12').length}`]);
  });

  it('is no stanza that takes more than there is room for: its length is reported, and nothing of it goes out', () => {
    const line = createLine({}, () => [], { framing });
    const { report, heard } = delivery();
    const { length } = ourMessage('1');
    line.tell(OPEN, { ...message('1'), report, room: length - 1 }, { ...message('1'), report, room: length });
    expect(heard).toEqual([`too long ${length}`, `written ${length}`]);
    expect(line.sent).toEqual([ourHeader, ourMessage('1')]);
  });

  it('is no stanza that is no XML: that is reported, and the stream goes on', async () => {
    const line = createLine({}, () => [], { framing });
    const { report, heard } = delivery();
    line.tell(OPEN, { type: 'stanza.send', stanza: element('message', {}, '\u0000'), report }, message('2'));
    await turn();
    expect(heard).toEqual(['option/invalid']);
    expect(line.sent).toEqual([ourHeader, ourMessage('2')]);
    expect(line.events).toEqual([]);
  });

  it('is no stanza after our end of the stream: it is reported as lost', () => {
    const line = createLine({}, () => [], { framing });
    const { report, heard } = delivery();
    line.tell(OPEN, { type: 'stream.close' }, { ...message('1'), report });
    expect(heard).toEqual(['session/lost']);
  });
});

describe('what is written in one turn of a session', () => {
  it('goes out in one piece where the stream is one document', async () => {
    const line = createLine();
    line.tell(OPEN, attach(), message('1'), message('2'));
    expect(line.sent).toEqual([OUR_HEADER]);
    await turn();
    expect(line.sent).toEqual([OUR_HEADER, '<message id="1"/><message id="2"/>']);
    line.tell(message('3'));
    await turn();
    expect(line.sent.slice(2)).toEqual(['<message id="3"/>']);
  });

  it('does not pile up there', () => {
    const line = createLine();
    line.tell(OPEN, attach());
    for (let i = 0; i < 5; i += 1) line.tell(message('x'.repeat(20_000)));
    expect(line.sent.map((text) => text.length > 64 * 1024)).toEqual([false, true]);
  });

  it('is a message for each stanza otherwise (RFC 7395 §3.3.3)', async () => {
    const line = createLine({}, () => [], { framing: messageFraming });
    line.tell(OPEN, attach(), message('1'), message('2'));
    await turn();
    expect(line.sent.slice(1)).toEqual([
      '<message xmlns="jabber:client" id="1"/>',
      '<message xmlns="jabber:client" id="2"/>',
    ]);
  });
});

describe.each(DIALECTS)('once the session is attached in $name', ({ framing, header, ourHeader, ourFooter }) => {
  it('stanzas go to the router, and all else to the chart', () => {
    const line = createLine({}, () => [], { framing });
    const router = recorder<RouterCommand>();
    const outbox = recorder<OutboxCommand>();
    line.tell(OPEN);
    line.receive(header);
    line.tell({ type: 'transport.attach', router: router.actor, outbox: outbox.actor });
    line.receive(
      "<message xmlns='jabber:client' id='1'/>",
      "<a xmlns='urn:example:a'/>",
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    expect(
      router.heard.map((event) => event.type === 'stanza.received' && serialize(event.stanza, 'jabber:client')),
    ).toEqual(['<message id="1"/>', '<a xmlns="urn:example:a"/>']);
    expect(line.events.map(({ type }) => type)).toEqual(['stream.opened', 'stream.failed']);
  });

  it('the outbox hears when no more can be written, and when it can again', async () => {
    const line = createLine({}, () => [], { framing });
    const router = recorder<RouterCommand>();
    const outbox = recorder<OutboxCommand>();
    line.tell(OPEN, { type: 'transport.attach', router: router.actor, outbox: outbox.actor });
    line.takesMore = false;
    line.tell(message('1'));
    await turn();
    line.peer.drained();
    expect(outbox.heard).toEqual([{ type: 'transport.blocked' }, { type: 'transport.drained' }]);
  });

  it('a wire may find what breaks the rules of the stream, and the peer is told', async () => {
    const line = createLine({}, () => [], { framing });
    line.tell(OPEN, attach());
    line.peer.failed(new StreamError('policy-violation', { text: 'too large' }));
    await turn();
    expect(line.events.map((event) => 'error' in event && event.error.code)).toEqual(['stream/policy-violation']);
    expect(line.sent[0]).toBe(ourHeader);
    expect(line.sent.join('').endsWith(`error>${ourFooter}[end]`)).toBe(true);
  });
});

describe.each(DIALECTS)(
  'the traffic log of $name',
  ({ name, framing, header, footer, ourHeader, ourFooter, ourMessage }) => {
    it('shows what goes over the wire, without the payloads of SASL', () => {
      const log: TrafficEntry[] = [];
      const line = createLine({ onTraffic: (entry) => log.push(entry) }, () => [], { framing });
      const sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
      line.tell(OPEN);
      line.receive(header, `<challenge ${sasl}>cGVuY2ls</challenge>`, `<success ${sasl}>cGVuY2ls</success>`);
      line.tell(
        { type: 'sasl.authenticate', mechanism: 'PLAIN', payload: secret, along: undefined },
        { type: 'sasl.respond', profile: 'sasl', payload: secret },
      );
      line.tell({ type: 'sasl.abort', profile: 'sasl' }, message('1'), { type: 'stream.close' });
      line.receive("<message xmlns='jabber:client' id='2'/>", footer);
      const ns = 'xmlns="urn:ietf:params:xml:ns:xmpp-sasl"';
      expect(log.map(({ direction, text }) => `${direction} ${text}`)).toEqual([
        `SEND ${ourHeader}`,
        `RECV ${RECEIVED_HEADERS[name]}`,
        `RECV <challenge ${ns}>[masked]</challenge>`,
        `RECV <success ${ns}>[masked]</success>`,
        `SEND <auth ${ns} mechanism="PLAIN">[masked]</auth>`,
        `SEND <response ${ns}>[masked]</response>`,
        `SEND <abort ${ns}/>`,
        `SEND ${ourMessage('1')}`,
        `SEND ${ourFooter}`,
        `RECV ${ourMessage('2')}`,
        `RECV ${ourFooter}`,
      ]);
      expect(log.map(({ text }) => text).join()).not.toMatch(/cGVuY2ls|pencil/);
    });
  },
);

const RECEIVED_HEADERS: Readonly<Record<string, string>> = {
  'RFC 6120':
    '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" from="example.org" id="s1" version="1.0">',
  'RFC 7395': '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="example.org" id="s1" version="1.0"/>',
};

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

function delivery(): { readonly report: WriteReport; readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    report: {
      written: (length) => heard.push(`written ${length}`),
      tooLong: (length) => heard.push(`too long ${length}`),
      failed: ({ code }) => heard.push(code),
    },
  };
}

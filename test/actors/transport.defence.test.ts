import { describe, expect, it } from 'vitest';
import type { TransportCommand } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/index.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';
import { createLine, DIALECTS, HEADER, type Line, OPEN, OUR_HEADER, UNBOUND } from './fake-wire.ts';
import { turn } from './recorder.ts';

const PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

function startTls(event: TransportEvent): TransportCommand[] {
  return event.type === 'tls.proceeded' ? [{ type: 'tls.start' }] : [];
}

describe('bytes after the consent to TLS (RFC 6120 §5.4.3.3)', () => {
  it.each([
    ['a stanza', '<message/>'],
    ['success', "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"],
    ['a tag that is not complete', '<iq'],
    ['a space', ' '],
    ['part of a character', '\u00e9'.slice(0, 1)],
    ['the closing tag', '</stream:stream>'],
  ])('that come with it are injected: %s', (_title, injected) => {
    const line = createLine({}, startTls);
    line.tell(OPEN);
    line.receive(`${HEADER}${PROCEED}${injected}`);
    expect(line.events.map(codeOf)).toEqual(['stream.opened', 'transport/injected-bytes']);
    expect(line.sent.at(-1)).toBe('[end]');
    expect(line.sent).not.toContain('[tls]');
  });

  it('that come between it and the handshake are injected', () => {
    const line = createLine();
    line.tell(OPEN);
    line.receive(HEADER + PROCEED);
    line.receive('<mess');
    line.tell({ type: 'tls.start' });
    expect(line.events.map(codeOf)).toEqual(['stream.opened', 'tls.proceeded', 'transport/injected-bytes']);
  });

  it('do not come: the handshake begins, and nothing of the stream before it counts', () => {
    const line = createLine({}, startTls);
    line.tell(OPEN);
    line.receive(HEADER + PROCEED);
    expect(line.sent).toEqual([OUR_HEADER, '[tls]']);
    line.peer.secured(UNBOUND);
    line.receive('<message/>');
    expect(line.events.map(codeOf)).toEqual([
      'stream.opened',
      'tls.proceeded',
      'transport.secured',
      'stream/invalid-namespace',
    ]);
  });

  it('do not come: where the handshake fails, nobody hears how the stream before it ends', () => {
    const traffic: string[] = [];
    const onTraffic: ClientOptions['onTraffic'] = ({ direction, text }) => traffic.push(`${direction} ${text}`);
    const line = createLine({ onTraffic }, startTls);
    line.tell(OPEN);
    line.receive(HEADER + PROCEED);
    line.peer.failed(new TransportError('An expired certificate', { condition: 'certificate-expired' }));
    expect(line.sent).toEqual([OUR_HEADER, '[tls]', '[end]']);
    expect(traffic.at(-1)).toMatch(/^RECV <proceed /);
  });
});

describe.each(DIALECTS)('what is no stream of $name', ({ framing, header, ourHeader, ourFooter, ourError }) => {
  const open = (options: Partial<ClientOptions> = {}): Line => {
    const line = createLine(options, () => [], { framing });
    line.tell(OPEN);
    return line;
  };

  it.each([
    ['mismatched tags', '<a></b>', 'not-well-formed'],
    ['a comment', '<!-- hidden -->', 'restricted-xml'],
    ['a document type', '<!DOCTYPE x>', 'restricted-xml'],
    ['a prefix that nobody declared', '<x:a/>', 'bad-namespace-prefix'],
  ])('is refused with a stream error, and the connection ends: %s', async (_title, garbage, condition) => {
    const line = open();
    line.receive(header, garbage);
    await turn();
    expect(line.events.map(codeOf)).toEqual(['stream.opened', `stream/${condition}`]);
    const sent = line.sent.join('');
    expect(sent).toContain(`<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
    expect(sent.endsWith(`error>${ourFooter}[end]`)).toBe(true);
  });

  it('says what was expected and what came', () => {
    const line = open();
    line.receive(header.replace(/version='1.0'(\/?>)$/, "version='2.0'$1"));
    const error = ourError('unsupported-version', 'Expected "1.0", got "2.0"');
    expect(line.events.map(codeOf)).toEqual(['stream/unsupported-version']);
    expect(line.sent).toEqual([ourHeader, error, ourFooter, '[end]']);
  });

  it('is one without a version (RFC 6120 §4.7.5)', () => {
    const line = open();
    line.receive(header.replace(/ version='1.0'(\/?>)$/, '$1'));
    const error = ourError('unsupported-version', 'Expected "1.0", got none');
    expect(line.sent).toEqual([ourHeader, error, ourFooter, '[end]']);
  });

  it.each([
    ['another namespace', "<html xmlns='http://www.w3.org/1999/xhtml'></html>"],
    ['a stanza', "<message xmlns='jabber:client'></message>"],
  ])('begins with something else: %s', (_title, beginning) => {
    const line = open();
    line.receive(beginning);
    expect(line.events.map(codeOf)).toEqual(['stream/invalid-namespace']);
    expect(line.sent.join('')).toContain('<invalid-namespace xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>');
  });

  it('ends it: nothing is heard or sent any more', async () => {
    const line = open();
    line.receive(header, '</wrong>', "<message xmlns='jabber:client'/>");
    const { length } = line.sent;
    line.receive("<message xmlns='jabber:client'/>");
    line.peer.closed();
    line.tell(OPEN, { type: 'tls.request' }, { type: 'stream.close' });
    await turn();
    expect(line.events.map(codeOf)).toEqual(['stream.opened', 'stream/not-well-formed']);
    expect(line.sent).toHaveLength(length);
  });

  it.each([
    [
      'an element',
      (xml: string) => [header, `<message xmlns='jabber:client'>${xml}</message>`],
      { maxElementBytes: 1000 },
    ],
    ['a header', (xml: string) => [header.replace('s1', xml)], { maxHeaderBytes: 1000 }],
  ])('is what grows beyond its limit: %s', (_title, write, limits) => {
    const line = open({ limits });
    line.receive(...write('x'.repeat(2000)));
    expect(line.events.map(codeOf).at(-1)).toBe('stream/policy-violation');
  });
});

describe('a header of one document', () => {
  it.each([
    ['for servers', HEADER.replace('jabber:client', 'jabber:server'), 'stream/invalid-namespace'],
    ['that is no stream', HEADER.replace('stream:stream', 'stream:river'), 'stream/bad-format'],
  ])('is refused: %s', (_title, header, code) => {
    const line = createLine();
    line.tell(OPEN);
    line.receive(header);
    expect(line.events.map(codeOf)).toEqual([code]);
    expect(line.sent.join('')).toContain(`<${code.slice(7)} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
  });
});

describe.each(DIALECTS)('an exception in $name', ({ framing, header }) => {
  const explode = (): never => {
    throw new Error('boom');
  };

  it('of the wire is a failure, and the connection ends', () => {
    const line = createLine({}, () => [], { framing, startTls: explode });
    line.tell({ type: 'tls.start' });
    expect(line.events.map(codeOf)).toEqual(['transport/internal-error']);
    expect(line.sent).toEqual(['[end]']);
  });

  it('of the wire while writing is a failure', async () => {
    const line = createLine({}, () => [], { framing, write: explode });
    line.tell(OPEN);
    await turn();
    expect(line.events.map(codeOf)).toEqual(['transport/internal-error']);
    expect(line.sent).toEqual(['[end]']);
  });

  it('of the traffic log costs nothing', () => {
    const line = createLine({ onTraffic: explode }, () => [], { framing });
    line.tell(OPEN);
    line.receive(header);
    expect(line.events.map(codeOf)).toEqual(['stream.opened']);
  });
});

function codeOf(event: TransportEvent): string {
  return 'error' in event ? event.error.code : event.type;
}

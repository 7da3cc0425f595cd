import { describe, expect, it } from 'vitest';
import type { TransportCommand } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/index.ts';
import { createLine, HEADER, OPEN, OUR_HEADER } from './fake-wire.ts';
import { turn } from './recorder.ts';

const PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const streamError = (condition: string, text: string) =>
  `<stream:error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>` +
  `<text xmlns="urn:ietf:params:xml:ns:xmpp-streams">${text}</text></stream:error>`;

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
    line.peer.secured();
    line.receive('<message/>');
    expect(line.events.map(codeOf)).toEqual([
      'stream.opened',
      'tls.proceeded',
      'transport.secured',
      'stream/invalid-namespace',
    ]);
  });
});

describe('what is no stream', () => {
  it.each([
    ['mismatched tags', '<a></b>', 'not-well-formed'],
    ['a comment', '<!-- hidden -->', 'restricted-xml'],
    ['a document type', '<!DOCTYPE x>', 'restricted-xml'],
    ['a prefix that nobody declared', '<x:a/>', 'bad-namespace-prefix'],
  ])('is refused with a stream error, and the connection ends: %s', async (_title, garbage, condition) => {
    const line = createLine();
    line.tell(OPEN);
    line.receive(HEADER + garbage);
    await turn();
    expect(line.events.map(codeOf)).toEqual(['stream.opened', `stream/${condition}`]);
    const sent = line.sent.join('');
    expect(sent).toContain(`<stream:error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
    expect(sent).toMatch(/<\/stream:error><\/stream:stream>\[end\]$/);
  });

  it.each([
    ['another namespace', HEADER.replace('jabber:client', 'jabber:server'), 'stream/invalid-namespace'],
    ['another version', HEADER.replace("version='1.0'>", "version='2.0'>"), 'stream/unsupported-version'],
    ['no stream', "<html xmlns='http://www.w3.org/1999/xhtml'>", 'stream/invalid-namespace'],
  ])('is told from its header: %s', (_title, header, code) => {
    const line = createLine();
    line.tell(OPEN);
    line.receive(header);
    expect(line.events.map(codeOf)).toEqual([code]);
    expect(line.sent.join('')).toContain(`<${code.slice(7)} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
  });

  it('says what was expected and what came', () => {
    const line = createLine();
    line.tell(OPEN);
    line.receive(HEADER.replace("version='1.0'>", "version='2.0'>"));
    const text = 'Expected "1.0", got "2.0"';
    expect(line.sent).toEqual([OUR_HEADER, streamError('unsupported-version', text), '</stream:stream>', '[end]']);
  });

  it('ends it: nothing is heard or sent any more', async () => {
    const line = createLine();
    line.tell(OPEN);
    line.receive(`${HEADER}</wrong><message/>`);
    const { length } = line.sent;
    line.receive('<message/>');
    line.peer.closed();
    line.tell(OPEN, { type: 'tls.request' }, { type: 'stream.close' });
    await turn();
    expect(line.events.map(codeOf)).toEqual(['stream.opened', 'stream/not-well-formed']);
    expect(line.sent).toHaveLength(length);
  });

  it('is what grows beyond its limit', () => {
    const line = createLine({ limits: { maxElementBytes: 1000 } });
    line.tell(OPEN);
    line.receive(`${HEADER}<message>${'x'.repeat(2000)}`);
    expect(line.events.map(codeOf)).toEqual(['stream.opened', 'stream/policy-violation']);
  });
});

describe('an exception', () => {
  const explode = (): never => {
    throw new Error('boom');
  };

  it('of the wire is a failure, and the connection ends', () => {
    const line = createLine({}, () => [], { startTls: explode });
    line.tell({ type: 'tls.start' });
    expect(line.events.map(codeOf)).toEqual(['transport/internal-error']);
    expect(line.sent).toEqual(['[end]']);
  });

  it('of the wire while writing is a failure', async () => {
    const line = createLine({}, () => [], { write: explode });
    line.tell(OPEN);
    await turn();
    expect(line.events.map(codeOf)).toEqual(['transport/internal-error']);
    expect(line.sent).toEqual(['[end]']);
  });

  it('of the traffic log costs nothing', () => {
    const line = createLine({ onTraffic: explode });
    line.tell(OPEN);
    line.receive(HEADER);
    expect(line.events.map(codeOf)).toEqual(['stream.opened']);
  });
});

function codeOf(event: TransportEvent): string {
  return 'error' in event ? event.error.code : event.type;
}

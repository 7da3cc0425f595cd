import { describe, expect, it } from 'vitest';
import type { OutboxCommand, RouterCommand, TransportCommand } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/index.ts';
import type { Wire } from '../../src/actors/wire.ts';
import { TransportError } from '../../src/errors/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import { parseElement } from '../../src/xml/index.ts';
import { createLine, DIALECTS, type Dialect, HEADER, OPEN } from './fake-wire.ts';
import { recorder } from './recorder.ts';

describe.each(DIALECTS)('a peer that floods, in $name', (dialect) => {
  it('has a hundred stanzas heard at once, counting the header, and no more before others had their turn', async () => {
    const { line, heard } = flooded(dialect);
    line.receive(...messages(1, 250));
    expect([heard, line.sent]).toEqual([numbers(1, 99), ['[pause]']]);
    await nextTurn();
    expect([heard, line.sent]).toEqual([numbers(1, 199), ['[pause]', '[pause]']]);
    await nextTurn();
    expect([heard, line.sent]).toEqual([numbers(1, 250), ['[pause]', '[pause]', '[resume]']]);
  });

  it.each([
    [10, [9, 19, 29, 35]],
    [1, Array.from({ length: 36 }, (_, index) => index)],
    [0, Array.from({ length: 36 }, (_, index) => index)],
    [1000, [35]],
  ])('has as many heard in a turn as the limits say, here %i', async (maxStanzasPerTurn, expected) => {
    const { line, heard } = flooded(dialect, { maxStanzasPerTurn });
    line.receive(...messages(1, 35));
    const turns = [heard.length];
    while (heard.length < 35) {
      await nextTurn();
      turns.push(heard.length);
    }
    expect(turns).toEqual(expected);
  });

  it('is heard in order also by who hears more while he hears', async () => {
    const { line, heard, hears } = flooded(dialect);
    const before = immediates();
    hears((number) => {
      if (number === 50) line.receive(...messages(51, 400));
    });
    line.receive(...messages(1, 50));
    expect([heard.length, immediates()]).toEqual([99, before + 1]);
    while (heard.length < 400) await nextTurn();
    expect([heard, immediates()]).toEqual([numbers(1, 400), before]);
  });

  it('leaves each turn to others as well', async () => {
    const { line, heard } = flooded(dialect);
    const seen: number[] = [];
    const work = (): void => {
      seen.push(heard.length);
      if (heard.length < 1000) setImmediate(work);
    };
    setImmediate(work);
    line.receive(...messages(1, 1000));
    while (heard.length < 1000) await nextTurn();
    expect(seen.slice(0, 3)).toEqual([99, 199, 299]);
  });

  it('is heard in order, also what comes although the wire was paused', async () => {
    const { line, heard } = flooded(dialect);
    line.receive(...messages(1, 150));
    line.receive(...messages(151, 250));
    expect(heard).toEqual(numbers(1, 99));
    await nextTurn();
    line.receive(...messages(251, 260));
    expect(heard).toEqual(numbers(1, 199));
    await nextTurn();
    expect(heard).toEqual(numbers(1, 260));
  });

  it('is heard at once where nothing can be paused: browsers give each message a turn of its own', () => {
    const { line, heard } = flooded(dialect, {}, { pause: () => false });
    const before = immediates();
    for (const message of messages(1, 1000)) line.receive(message);
    expect([heard, immediates()]).toEqual([numbers(1, 1000), before]);
  });
});

describe.each(DIALECTS)('quiet traffic, in $name', (dialect) => {
  it('is counted, too, but waits only where something is left when a hundred are heard', async () => {
    const { line, heard } = flooded(dialect);
    for (const message of messages(1, 99)) line.receive(message);
    expect([heard, line.sent]).toEqual([numbers(1, 99), []]);
    line.receive(...messages(100, 100));
    expect([heard, line.sent]).toEqual([numbers(1, 99), ['[pause]']]);
    await nextTurn();
    expect([heard, line.sent]).toEqual([numbers(1, 100), ['[pause]', '[resume]']]);
    for (const message of messages(101, 199)) line.receive(message);
    expect([heard, line.sent]).toEqual([numbers(1, 199), ['[pause]', '[resume]']]);
  });
});

describe.each(DIALECTS)('the end of the wire while stanzas wait, in $name', (dialect) => {
  const reset = new TransportError('reset', { condition: 'connection-reset' });
  const tooLarge = new StreamError('policy-violation', { text: 'too large' });

  it.each<[string, (line: Flooded['line']) => void, string]>([
    ['closed', ({ peer }) => peer.closed('bye'), 'transport/connection-closed'],
    ['failed', ({ peer }) => peer.failed(reset), 'transport/connection-reset'],
    ['full of what breaks the rules', ({ peer }) => peer.failed(tooLarge), 'stream/policy-violation'],
  ])('%s, is told after them, once', async (_title, end, code) => {
    const { line, heard } = flooded(dialect);
    line.receive(...messages(1, 250));
    end(line);
    line.peer.closed();
    line.peer.failed(reset);
    await nextTurn();
    expect([heard, line.events]).toEqual([numbers(1, 199), []]);
    await nextTurn();
    expect([heard, line.events.map(codeOf)]).toEqual([numbers(1, 250), [code]]);
    expect(line.sent).not.toContain('[resume]');
  });

  it('is the end of our closing as well', async () => {
    const { line, heard } = flooded(dialect);
    line.tell({ type: 'stream.close' });
    line.receive(...messages(1, 100), dialect.footer);
    line.peer.closed();
    await nextTurn();
    expect([heard, line.events]).toEqual([
      numbers(1, 100),
      [{ type: 'stream.closed', seeOtherUri: undefined }, { type: 'transport.closed' }],
    ]);
  });

  it('leaves nobody to write to: a stanza is reported as lost, and the peer of a broken stream is told nothing', async () => {
    const { line } = flooded(dialect);
    const fates: string[] = [];
    line.receive(...messages(1, 150), '<!-- hidden -->');
    line.peer.closed();
    const report = { written: () => fates.push('written'), failed: ({ code }: { code: string }) => fates.push(code) };
    line.tell({ type: 'stanza.send', stanza: parseElement("<message xmlns='jabber:client'/>"), report });
    await nextTurn();
    expect([fates, line.events.map(codeOf)]).toEqual([['session/lost'], ['stream/restricted-xml']]);
    expect(line.sent).toEqual(['[pause]', '[end]']);
  });
});

describe.each(DIALECTS)('the end of interest while stanzas wait, in $name', (dialect) => {
  it.each<[string, (line: Flooded['line']) => void, string[]]>([
    ['the actor is stopped', (line) => line.stop(), [dialect.ourFooter, '[end]']],
    ['the chart failed', (line) => line.tell({ type: 'transport.abandon' }), [dialect.ourFooter, '[end]']],
    ['the peer is given up', (line) => line.tell({ type: 'transport.abort' }), ['[abort]']],
  ])('since %s: nothing is heard any more, and nothing left to do', async (_title, leave, last) => {
    const { line, heard } = flooded(dialect);
    const before = immediates();
    line.receive(...messages(1, 250));
    expect(immediates()).toBe(before + 1);
    line.peer.closed();
    leave(line);
    expect(immediates()).toBe(before);
    line.receive(...messages(251, 252));
    await nextTurn();
    expect([heard, line.events]).toEqual([numbers(1, 99), []]);
    // What ended is not written to.
    expect(line.sent).toEqual(['[pause]', ...last.filter((text) => text.startsWith('['))]);
  });

  it('is told to a peer that is still there', () => {
    const { line } = flooded(dialect);
    line.receive(...messages(1, 250));
    line.stop();
    expect(line.sent).toEqual(['[pause]', dialect.ourFooter, '[end]']);
  });
});

describe.each(DIALECTS)('a negotiation whose every step waits for a turn, in $name', (dialect) => {
  const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
  const FEATURES =
    "<features xmlns='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></features>";

  it('restarts the stream before what came behind its success', async () => {
    const line = createLine(
      { limits: { maxStanzasPerTurn: 1 } },
      (event) => (event.type === 'sasl.succeeded' ? [OPEN] : []),
      { framing: dialect.framing },
    );
    line.tell(OPEN);
    line.receive(dialect.header, `<success ${SASL}/>`, dialect.header.replace('s1', 's2'), FEATURES, dialect.footer);
    while (line.events.length < 5) await nextTurn();
    expect(line.events.map((event) => (event.type === 'stream.opened' ? event.header.id : event.type))).toEqual([
      's1',
      'sasl.succeeded',
      's2',
      'features.received',
      'stream.closed',
    ]);
  });
});

describe('bytes behind the consent to TLS (RFC 6120 §5.4.3.3)', () => {
  const PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
  const start = (react: (event: TransportEvent) => readonly TransportCommand[]) => {
    const line = createLine({ limits: { maxStanzasPerTurn: 1 } }, react);
    line.tell(OPEN);
    line.sent.length = 0;
    return line;
  };
  const startTls = (event: TransportEvent): readonly TransportCommand[] =>
    event.type === 'tls.proceeded' ? [{ type: 'tls.start' }] : [];

  it('that came with it are injected, also where it waited', async () => {
    const line = start(startTls);
    line.receive(`${HEADER}${PROCEED}<iq`);
    expect(line.events.map(codeOf)).toEqual(['stream.opened']);
    await nextTurn();
    expect(line.events.map(codeOf)).toEqual(['stream.opened', 'transport/injected-bytes']);
    expect(line.sent).toEqual(['[pause]', '</stream:stream>', '[end]']);
  });

  it('that wait when the handshake is to begin are injected, which is told at once', () => {
    const line = start(() => []);
    line.receive(HEADER);
    line.receive(PROCEED);
    line.tell({ type: 'tls.start' });
    expect(line.events.map(codeOf)).toEqual(['stream.opened', 'transport/injected-bytes']);
  });

  it('that do not come let the handshake begin, and the wire go on', async () => {
    const line = start(startTls);
    line.receive(`${HEADER}${PROCEED}`);
    await nextTurn();
    expect(line.sent).toEqual(['[pause]', '[tls]', '[resume]']);
  });
});

type Flooded = ReturnType<typeof flooded>;

/** A session whose router writes down the ids that it hears; what was sent and told before is forgotten. */
function flooded(
  { framing, header }: Dialect,
  limits: { maxStanzasPerTurn?: number } = {},
  overrides: Partial<Wire> = {},
) {
  const line = createLine({ limits }, () => [], { framing, ...overrides });
  const heard: number[] = [];
  let hear: (number: number) => void = () => {};
  const router = recorder<RouterCommand>((event) => {
    if (event.type !== 'stanza.received') return;
    const number = Number(event.stanza.attributes.id);
    heard.push(number);
    hear(number);
  });
  line.tell(OPEN);
  line.receive(header);
  line.tell({ type: 'transport.attach', router: router.actor, outbox: recorder<OutboxCommand>().actor });
  line.sent.length = 0;
  line.events.length = 0;
  const hears = (listener: typeof hear): void => {
    hear = listener;
  };
  return { line, heard, hears };
}

function messages(first: number, last: number): string[] {
  return numbers(first, last).map((id) => `<message xmlns='jabber:client' id='${id}'/>`);
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Everything that waits for the next turn has it. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function immediates(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Immediate').length;
}

function codeOf(event: TransportEvent): string {
  return 'error' in event ? event.error.code : event.type;
}

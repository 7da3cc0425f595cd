import { describe, expect, it } from 'vitest';
import type { OutboxCommand, RouterCommand, TransportCommand } from '../../machines/contracts.ts';
import { TransportError } from '../../src/errors/index.ts';
import { type Element, parseElement } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import { createLine, DIALECTS, type Dialect, type Line, OPEN } from './fake-wire.ts';
import { recorder, turn } from './recorder.ts';

const INTERVAL = 40_000;
const WATCH: TransportCommand = { type: 'silence.watch', interval: INTERVAL };
const AWAIT: TransportCommand = { type: 'sign.await' };

describe.each(DIALECTS)('a silent peer, in $name', (dialect) => {
  it('is reported, and so is what it says then', () => {
    const { line, pass } = online(dialect);
    line.tell(WATCH);
    pass(INTERVAL - 1);
    expect(line.events).toEqual([]);
    pass(1);
    expect(line.events).toEqual([{ type: 'transport.silent' }]);
    line.tell(AWAIT);
    line.receive("<message xmlns='jabber:client'/>");
    expect(line.events).toEqual([{ type: 'transport.silent' }, { type: 'transport.heard' }]);
  });

  it.each<[string, (line: Line) => void]>([
    ['a stanza', (line) => line.receive("<message xmlns='jabber:client'/>")],
    ['a space', (line) => line.receive(' ')],
    ['what is below the stream', (line) => line.peer.heard()],
  ])('is not one that says something, if only %s', (_title, speak) => {
    const { line, pass } = online(dialect);
    line.tell(WATCH);
    pass(INTERVAL - 1);
    speak(line);
    pass(INTERVAL - 1);
    expect(line.events).toEqual([]);
    line.tell(AWAIT);
    line.peer.heard();
    expect(line.events).toEqual([{ type: 'transport.heard' }]);
  });

  it('is looked for only on command', () => {
    const { line, clock, pass } = online(dialect);
    expect(clock.timers()).toEqual([]);
    line.peer.heard();
    pass(INTERVAL);
    expect(line.events).toEqual([]);
  });

  it.each<[string, (line: Line) => void, string[]]>([
    ['our closing tag', (line) => line.tell({ type: 'stream.close' }), []],
    ['its closing tag', (line) => line.receive(dialect.footer), ['stream.closed']],
    ['the end of the connection', (line) => line.peer.closed(), ['transport.failed']],
    ['a failure', (line) => line.receive('<!-- -->'), ['stream.failed']],
    ['the end of interest', (line) => line.stop(), []],
    ['the connection was given up', (line) => line.tell({ type: 'transport.abort' }), []],
  ])('is no news after %s, nor is what it says', (_title, end, told) => {
    const { line, clock, pass } = online(dialect);
    line.tell(WATCH);
    end(line);
    expect(clock.timers()).toEqual([]);
    pass(INTERVAL);
    line.tell(AWAIT);
    line.stop();
    line.peer.heard();
    expect([line.events.map(({ type }) => type), clock.timers()]).toEqual([told, []]);
  });

  it('is not looked for any more while the last that came is read', () => {
    for (const end of [(line: Line) => line.peer.closed(), (line: Line) => line.peer.failed(RESET)]) {
      const { line, clock } = online(dialect);
      line.tell(WATCH);
      line.receive(...Array.from({ length: 100 }, () => "<message xmlns='jabber:client'/>"));
      expect(clock.timers()).toEqual([INTERVAL / 4]);
      end(line);
      expect([line.events, clock.timers()]).toEqual([[], []]);
    }
  });

  it('gives a sign of life with the first byte that is awaited, before what the byte belongs to', () => {
    const { line } = online(dialect);
    line.tell(AWAIT);
    line.receive(dialect.footer);
    expect(line.events.map(({ type }) => type)).toEqual(['transport.heard', 'stream.closed']);
  });

  it('that is given up while a sign is awaited gives none any more', () => {
    const { line } = online(dialect);
    line.tell(AWAIT, { type: 'transport.abort' });
    line.receive("<message xmlns='jabber:client'/>");
    line.peer.heard();
    expect(line.events).toEqual([]);
  });
});

describe.each(DIALECTS)('a connection that is given up, in $name', (dialect) => {
  it('ends at once, without a word: neither what waits to be written goes out nor a closing tag', async () => {
    const { line } = online(dialect);
    const said = dialect.framing.joins ? [] : [dialect.ourMessage('1')];
    line.tell({ type: 'stanza.send', stanza: MESSAGE }, { type: 'transport.abort' });
    await turn();
    expect(line.sent).toEqual([...said, '[abort]']);
    line.stop();
    await turn();
    expect([line.sent, line.events]).toEqual([[...said, '[abort]'], []]);
  });

  it('says and tells nothing more', async () => {
    const { line } = online(dialect);
    const fates: string[] = [];
    line.tell({ type: 'transport.abort' });
    line.receive("<message xmlns='jabber:client'/>", dialect.footer);
    line.peer.drained();
    line.peer.closed();
    line.tell({ type: 'stream.close' }, WATCH, { type: 'transport.abort' }, { type: 'transport.abandon' });
    line.tell({
      type: 'stanza.send',
      stanza: MESSAGE,
      report: { written: () => fates.push('written'), failed: ({ code }) => fates.push(code) },
    });
    await turn();
    expect([line.sent, line.events, fates]).toEqual([['[abort]'], [], ['session/lost']]);
  });
});

const RESET = new TransportError('reset', { condition: 'connection-reset' });

const MESSAGE: Element = parseElement("<message xmlns='jabber:client' id='1'/>");

/** A session; what was sent and told before is forgotten. */
function online({ framing, header }: Dialect) {
  const clock = createTestClock();
  const line = createLine({ clock }, () => [], { framing });
  line.tell(OPEN);
  line.receive(header);
  line.tell({
    type: 'transport.attach',
    router: recorder<RouterCommand>().actor,
    outbox: recorder<OutboxCommand>().actor,
  });
  line.sent.length = 0;
  line.events.length = 0;
  return {
    line,
    clock,
    /** In steps that no timer is late by. */
    pass(milliseconds: number): void {
      for (let left = milliseconds; left > 0; left -= 1000) clock.increment(Math.min(left, 1000));
    },
  };
}

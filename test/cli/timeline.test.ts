import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { type ClientContext, clientMachine } from '../../machines/index.ts';
import { createStyle } from '../../src/cli/terminal.ts';
import { createTimeline, descriptionOf, entriesOf, formatNote, isFleeting } from '../../src/cli/timeline.ts';
import { clientInput } from '../../src/client/index.ts';

const style = createStyle(false);

describe('the timeline', () => {
  test('shows when, how long the state before took, the path, and what the chart says about it', () => {
    const timeline = createTimeline({ style, columns: undefined });
    expect([
      ...timeline({ path: 'offline', at: 1000, stamp: '0.000 s', detail: undefined }),
      ...timeline({ path: 'linked.connecting', at: 1002.5, stamp: '0.003 s', detail: 'xmpp.example.org:5222' }),
    ]).toEqual([
      '0.000 s             offline                             No connection, and none is wanted. `start` connects.',
      '0.003 s    +2.5 ms  linked.connecting                   Dials the endpoint.',
      '                                                        xmpp.example.org:5222',
    ]);
  });

  test('describes a state the first time only', () => {
    const timeline = createTimeline({ style, columns: undefined });
    const entry = { path: 'linked.connecting', at: 0, stamp: '0 s', detail: 'here' };
    timeline(entry);
    expect(timeline({ ...entry, at: 65_000 })).toEqual(['0 s  +1 min 5 s  linked.connecting                   here']);
  });

  test('breaks descriptions where a wide terminal ends, in their column', () => {
    const timeline = createTimeline({ style, columns: 100 });
    expect(timeline({ path: 'linked.securing.awaitingProceed', at: 0, stamp: '0 s', detail: undefined })).toEqual([
      '0 s             linked.securing.awaitingProceed     STARTTLS is requested; nothing but the consent',
      '                                                    of the server may come (RFC 6120 §5.4.2).',
    ]);
  });

  test('puts descriptions below where a terminal is narrow', () => {
    const timeline = createTimeline({ style, columns: 60 });
    expect(timeline({ path: 'linked.connecting', at: 0, stamp: '0 s', detail: 'xmpp.example.org:5222' })).toEqual([
      '0 s             linked.connecting',
      '                  Dials the endpoint.',
      '                  xmpp.example.org:5222',
    ]);
  });

  test('shows what a peer said without obeying it', () => {
    const timeline = createTimeline({ style, columns: undefined });
    const entry = { path: 'reconnecting.backingOff', at: 0, stamp: '0 s', detail: 'lost: \u001b[2J\nforged' };
    expect(timeline(entry)[1]?.trim()).toBe('lost: \\u{1b}[2J\\nforged');
  });

  test('takes colours by what a state means', () => {
    const timeline = createTimeline({ style: createStyle(true), columns: undefined });
    const colors = ['linked.online', 'reconnecting.backingOff', 'failed.terminal', 'linked.binding'].map((path) => {
      const [line = ''] = timeline({ path, at: 0, stamp: '', detail: undefined });
      return line.slice(0, line.indexOf(path)).slice(-5);
    });
    expect(colors).toEqual(['\u001b[32m', '\u001b[33m', '\u001b[31m', '\u001b[36m']);
  });
});

describe('a state tells what is particular about it', () => {
  const { context } = createActor(clientMachine, {
    input: clientInput({ jid: 'a@example.org', password: 'x' }),
  }).getSnapshot();
  const asking = { resolving: 'asking' } as const;
  const tried = [{ endpoint: 'a.example.org:5222 (STARTTLS)', code: 'transport/timeout', message: 'No answer from a' }];

  test('discovery: who else is asked, and why', () => {
    const entry = (facts: Partial<ClientContext>) =>
      entriesOf(clientMachine.resolveState({ value: asking, context: { ...context, ...facts } }), undefined)[0];
    expect(entry({})).toEqual({ path: 'resolving.asking', detail: undefined });
    expect(entry({ sources: ['host-meta'] })?.detail).toBe('host-meta of example.org');
    expect(entry({ sources: ['host-meta'], tried })?.detail).toBe('host-meta of example.org; before: No answer from a');
  });

  test('one that is dialled anew for the next endpoint is entered anew', () => {
    const at = (candidate: number) =>
      clientMachine.resolveState({ value: { linked: 'connecting' }, context: { ...context, candidate } });
    expect(entriesOf(at(0), at(0))).toEqual([]);
    expect(entriesOf(at(1), at(0)).map(({ path }) => path)).toEqual(['linked.connecting']);
  });

  test('online is one state until something changes in it', () => {
    const online = (stability: string, liveness: string) =>
      clientMachine.resolveState({ value: { linked: { online: { stability, liveness } } }, context });
    const binding = clientMachine.resolveState({ value: { linked: 'binding' }, context });
    const fresh = online('settling', 'fresh');
    expect(entriesOf(fresh, binding)).toEqual([
      { path: 'linked.online', detail: 'The address of this session is a@example.org.' },
    ]);
    expect(entriesOf(online('stable', 'fresh'), fresh)).toEqual([
      { path: 'linked.online.stability.stable', detail: undefined },
    ]);
    expect(entriesOf(online('settling', 'probing'), fresh)).toEqual([
      { path: 'linked.online.liveness.probing', detail: undefined },
    ]);
    expect(entriesOf(fresh, fresh)).toEqual([]);
  });

  test.each([
    ['resolving.recalling', true],
    ['resolving.asking', false],
    ['resolving.redirected', false],
  ])('whether %s is left before anybody could look', (path, fleeting) => {
    expect(descriptionOf(path)).not.toBe('');
    expect(isFleeting(path)).toBe(fleeting);
  });
});

test('what is no state has a label in the column of durations', () => {
  expect(formatNote('0.003 s', 'message', 'romeo: hello\n', { style, columns: undefined })).toEqual([
    '0.003 s    message  romeo: hello\\n',
  ]);
  expect(formatNote('0.003 s', 'message', 'romeo: good morrow', { style, columns: 35 })).toEqual([
    '0.003 s    message  romeo: good',
    '                    morrow',
  ]);
});

test.each([
  ['linked.securing.handshaking', 'The TLS handshake: after STARTTLS, or at once for direct TLS (XEP-0368).'],
  ['failed', 'Not connected, and trying again by itself would do no good. `start` tries again.'],
  ['no.such.state', ''],
])('the chart describes %s', (path, description) => {
  expect(descriptionOf(path)).toBe(description);
});

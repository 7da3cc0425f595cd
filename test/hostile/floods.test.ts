import { describe, expect, it } from 'vitest';
import { DEFAULT_CLIENT_LIMITS } from '../../src/client/client-input.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { negotiationSteps } from '../support/negotiation-steps.ts';
import { nextEvent } from '../support/next-event.ts';
import { failuresIn, goesOn, outcomeOf, refusalOf } from './outcomes.ts';
import { CLIENT, meet, meetOnline, secured } from './stage.ts';

/*
 * What grows without end. Nothing of it is waited for: what an element takes is counted while it is incomplete.
 */

const stage = stageClients();

/** An element of about so many bytes: what it begins with, and what would complete it. */
type Growth = (bytes: number) => readonly [begun: string, rest: string];

const GROWTHS: readonly (readonly [title: string, growth: Growth])[] = [
  ['a text', (bytes) => [`<message ${CLIENT}><body>${'x'.repeat(bytes)}`, '</body></message>']],
  ['a text of two bytes each', (bytes) => [`<message ${CLIENT}><body>${'é'.repeat(bytes / 2)}`, '</body></message>']],
  ['a text of four bytes each', (bytes) => [`<message ${CLIENT}>${'\u{1F339}'.repeat(bytes / 4)}`, '</message>']],
  ['a text of references', (bytes) => [`<message ${CLIENT}>${'&amp;'.repeat(bytes / 5)}`, '</message>']],
  ['one reference', (bytes) => [`<message ${CLIENT}>&#${'0'.repeat(bytes)}`, '65;</message>']],
  ['a section', (bytes) => [`<message ${CLIENT}><![CDATA[${']'.repeat(bytes)}`, ']]></message>']],
  ['white space in an element', (bytes) => [`<message ${CLIENT}>${'\n'.repeat(bytes)}`, '</message>']],
  ['the name of an element', (bytes) => [`<${'a'.repeat(bytes)}`, '/>']],
  ['the prefix of an element', (bytes) => [`<${'a'.repeat(bytes)}:b`, ` xmlns:${'a'.repeat(bytes)}="urn:x"/>`]],
  ['a namespace', (bytes) => [`<message xmlns="${'x'.repeat(bytes)}`, '"/>']],
  ['the name of an attribute', (bytes) => [`<message ${CLIENT} ${'a'.repeat(bytes)}`, '=""/>']],
  ['the value of an attribute', (bytes) => [`<message ${CLIENT} from="${'x'.repeat(bytes)}`, '"/>']],
  ['white space in a start tag', (bytes) => [`<message ${CLIENT} ${' '.repeat(bytes)}`, '/>']],
  ['white space in an end tag', (bytes) => [`<message ${CLIENT}></message${' '.repeat(bytes)}`, '>']],
  ['elements beside each other', (bytes) => [`<message ${CLIENT}>${'<a/>'.repeat(bytes / 4)}`, '</message>']],
];

describe.each(ROADS)('over %s, an element that grows', (road) => {
  it.each(GROWTHS)('in %s is refused before it is complete, and read as long as it fits', async (_title, growth) => {
    const limit = 20_000;
    const meeting = await meetOnline(stage, road, { limits: { maxElementBytes: limit } });
    const heard = await outcomeOf(meeting, growth(limit / 4).join(''));
    expect(heard).toHaveLength(1);
    const [begun, rest] = growth(limit + 20);
    // A message is whole, or no message.
    expect(await refusalOf(meeting, road === 'WebSocket' ? begun + rest : begun)).toEqual({
      told: 'policy-violation',
      code: 'stream/policy-violation',
      state: 'failed.gaveUp',
      heard,
    });
  });

  it.each<
    [title: string, element: (count: number) => string, limit: keyof typeof DEFAULT_CLIENT_LIMITS, least: number]
  >([
    [
      'elements within each other',
      (count) => `<message ${CLIENT}>${'<a>'.repeat(count - 1)}${'</a>'.repeat(count - 1)}</message>`,
      'maxDepth',
      256,
    ],
    [
      'attributes',
      (count) => `<message ${CLIENT} ${Array.from({ length: count - 1 }, (_, index) => `a${index}=""`).join(' ')}/>`,
      'maxAttributes',
      1000,
    ],
  ])('in %s is refused beyond what may be, and no sooner', async (_title, element, name, least) => {
    const limit = DEFAULT_CLIENT_LIMITS[name];
    expect(limit).toBeGreaterThanOrEqual(least);
    const meeting = await meetOnline(stage, road);
    expect(await outcomeOf(meeting, element(limit))).toEqual(['normal from undefined: undefined']);
    expect(await refusalOf(meeting, element(limit + 1))).toMatchObject({ told: 'policy-violation' });
  });

  it('to the size that any server passes on is read, and not beyond', async () => {
    const { maxElementBytes } = DEFAULT_CLIENT_LIMITS;
    expect(maxElementBytes).toBe(1024 * 1024);
    const [begun, rest] = [`<message ${CLIENT}><body>`, '</body></message>'];
    const meeting = await meetOnline(stage, road);
    const failed = nextEvent(meeting.client, 'failed');
    const body = 'x'.repeat(maxElementBytes - begun.length - rest.length);
    expect(await outcomeOf(meeting, begun + body + rest)).toEqual([`normal from undefined: ${body}`]);
    await meeting.peer.sends(`${begun}${body}x${rest}`);
    expect((await failed).error).toMatchObject({ code: 'stream/policy-violation' });
  });
});

describe.each(ROADS)('over %s, before there is a session,', (road) => {
  it.each<readonly [title: string, growth: Growth]>([
    ['white space in front', (bytes) => [' '.repeat(bytes), '']],
    ['its tag', (bytes) => [`<stream:stream ${'a'.repeat(bytes)}`, '=""/>']],
    ['an attribute', (bytes) => [`<stream:stream id="${'x'.repeat(bytes)}`, '"/>']],
    ['namespaces', (bytes) => [`<stream:stream ${prefixes(bytes / 10)}`, '/>']],
  ])('a stream header that grows in %s is refused, whenever one is waited for', async (title, growth) => {
    const [begun, rest] = growth(DEFAULT_CLIENT_LIMITS.maxHeaderBytes + 1);
    const whole = title === 'white space in front' ? '<open/>' : rest;
    const sent = road === 'WebSocket' ? begun.replace(/^<stream:stream/, '<open') + whole : begun;
    const steps = negotiationSteps(road).filter(({ state }) => state.endsWith('.awaitingHeader'));
    const failures = await failuresIn(stage, road, steps, (peer) => peer.sends(sent));
    expect(failures).toMatchObject(
      steps.map(({ title }) => ({ title, code: 'stream/policy-violation', state: 'failed.gaveUp' })),
    );
  });

  it('features that grow are refused, whenever some are waited for', async () => {
    const features = '<x xmlns="urn:example:x"/>'.repeat(50_000);
    const steps = negotiationSteps(road).filter(({ state }) => state.endsWith('.awaitingFeatures'));
    const failures = await failuresIn(stage, road, steps, (peer) => peer.features(features));
    expect(failures).toMatchObject(
      steps.map(({ title }) => ({ title, code: 'stream/policy-violation', state: 'failed.gaveUp' })),
    );
  });

  it('stanzas are kept, but not without end', async () => {
    const { client, peer, heard } = await meet(stage, road, { limits: { maxEarlyStanzas: 10 } });
    const bound = secured(peer, road).authenticate('PLAIN').header();
    const request = await bound
      .features('<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>')
      .receives('<iq type="set"/>');
    for (let count = 0; count < 50; count += 1)
      await peer.sends(`<iq ${CLIENT} type="get" id="${count}"><x xmlns="urn:x"/></iq>`);
    const jid = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>juliet@capulet.example/balcony</jid></bind>';
    await peer.sends(`<iq ${CLIENT} type="result" id="${request.attributes.id}">${jid}</iq>`);
    await client.online();
    for (let count = 0; count < 10; count += 1) await peer.receives(`<iq type="error" id="${count}"/>`);
    expect(heard).toEqual(Array.from({ length: 40 }, () => 'dropped iq: too-early'));
  });
});

describe.each(ROADS)('over %s, a stream', (road) => {
  it('goes on behind any amount of white space, which keeps connections alive', async () => {
    const { client, peer } = await meetOnline(stage, road, { limits: { maxElementBytes: 20_000 } });
    const space = ' \n\t'.repeat(20_000);
    for (let count = 0; count < 100; count += 1) await peer.sends(space);
    await goesOn(peer);
    expect(stateOf(client)).toMatch(/^linked\.online/);
  });
});

/** Declarations of namespaces. */
function prefixes(count: number): string {
  return Array.from({ length: count }, (_, index) => `xmlns:a${index}="x"`).join(' ');
}

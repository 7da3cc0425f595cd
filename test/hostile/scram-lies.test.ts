import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Element } from '../../src/node.ts';
import { childrenOf, textOf } from '../../src/xml/index.ts';
import { ROADS, type Road } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import type { Script } from '../support/negotiation-steps.ts';
import { rejectionOf } from '../support/when.ts';
import { codeOf } from './outcomes.ts';
import { type Meeting, meet, SASL, secured } from './stage.ts';

/*
 * Servers that do not know the password, and what they try to make of a SCRAM login (RFC 5802 §5, §9).
 */

const stage = stageClients();

const SASL2 = 'xmlns="urn:xmpp:sasl:2"';
const SALT = 's=QSXCR+Q6sek8bf92';

/** How one of the two profiles writes what a mechanism says. */
interface Profile {
  readonly name: string;
  readonly features: string;
  readonly auth: string;
  readonly response: string;
  challenge(data: string): string;
  success(data?: string): string;
}

const PROFILES: readonly Profile[] = [
  {
    name: 'SASL',
    features: `<mechanisms ${SASL}><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`,
    auth: `<auth ${SASL}/>`,
    response: `<response ${SASL}/>`,
    challenge: (data) => `<challenge ${SASL}>${btoa(data)}</challenge>`,
    success: (data) => `<success ${SASL}>${data === undefined ? '' : btoa(data)}</success>`,
  },
  {
    name: 'SASL2',
    features: `<authentication ${SASL2}><mechanism>SCRAM-SHA-256</mechanism><inline><bind xmlns="urn:xmpp:bind:0"/></inline></authentication>`,
    auth: `<authenticate ${SASL2}/>`,
    response: `<response ${SASL2}/>`,
    challenge: (data) => `<challenge ${SASL2}>${btoa(data)}</challenge>`,
    success: (data) =>
      `<success ${SASL2}>${data === undefined ? '' : `<additional-data>${btoa(data)}</additional-data>`}<authorization-identifier>juliet@capulet.example/x</authorization-identifier><bound xmlns="urn:xmpp:bind:0"/></success>`,
  },
];

const PLACES = ROADS.flatMap((road) => PROFILES.map((profile) => ({ road, profile, name: profile.name })));

describe.each(PLACES)(
  'over $road with $name, the proof of the password is kept back, where the server',
  ({ road, profile }) => {
    it.each<[title: string, first: (nonce: string) => string, condition: string]>([
      ['takes a nonce of its own', () => `r=fyko+d2lbbFgONRv9qkxdawL,${SALT},i=4096`, 'foreign-nonce'],
      ['adds nothing to our nonce', (nonce) => `r=${nonce},${SALT},i=4096`, 'foreign-nonce'],
      ['puts its part in front', (nonce) => `r=evil${nonce},${SALT},i=4096`, 'foreign-nonce'],
      ['changes the case of our nonce', (nonce) => `r=${swapCase(nonce)}evil,${SALT},i=4096`, 'foreign-nonce'],
      ['has no nonce', () => `r=,${SALT},i=4096`, 'malformed-challenge'],
      ['makes guessing cheap', (nonce) => `r=${nonce}evil,${SALT},i=1`, 'weak-parameters'],
      ['makes guessing a little too cheap', (nonce) => `r=${nonce}evil,${SALT},i=4095`, 'weak-parameters'],
      ['makes us compute for hours', (nonce) => `r=${nonce}evil,${SALT},i=2147483648`, 'excessive-parameters'],
      ['makes us compute a little too long', (nonce) => `r=${nonce}evil,${SALT},i=10000001`, 'excessive-parameters'],
      [
        'makes us compute without end',
        (nonce) => `r=${nonce}evil,${SALT},i=${'9'.repeat(400)}`,
        'excessive-parameters',
      ],
      ['counts backwards', (nonce) => `r=${nonce}evil,${SALT},i=-4096`, 'malformed-challenge'],
      ['counts with zeros in front', (nonce) => `r=${nonce}evil,${SALT},i=04096`, 'malformed-challenge'],
      ['counts in another notation', (nonce) => `r=${nonce}evil,${SALT},i=1e4`, 'malformed-challenge'],
      ['demands an extension', (nonce) => `m=x,r=${nonce}evil,${SALT},i=4096`, 'malformed-challenge'],
      ['demands an extension later', (nonce) => `r=${nonce}evil,${SALT},i=4096,m=x`, 'malformed-challenge'],
      ['says things in another order', (nonce) => `${SALT},r=${nonce}evil,i=4096`, 'malformed-challenge'],
      ['says things twice', (nonce) => `r=${nonce}evil,${SALT},i=4096,i=1`, 'malformed-challenge'],
      ['has no salt', (nonce) => `r=${nonce}evil,s=,i=4096`, 'malformed-challenge'],
      ['has a salt that is none', (nonce) => `r=${nonce}evil,s=QSXCR-Q6sek8bf92,i=4096`, 'malformed-challenge'],
      ['ends before it begins', () => 'v=QSXCR+Q6sek8bf92', 'malformed-challenge'],
      ['says nothing', () => '', 'malformed-challenge'],
    ])('%s', async (_title, first, condition) => {
      const meeting = await meet(stage, road);
      await asked(meeting, road, profile).sends((auth) => profile.challenge(first(nonceIn(auth))));
      expect(await verdict(meeting)).toEqual([`sasl/${condition}`, 'failed.terminal', 'no proof']);
    });

    it('calls the login a success at once', async () => {
      for (const data of [undefined, '', 'v=QSXCR+Q6sek8bf92']) {
        const meeting = await meet(stage, road);
        await asked(meeting, road, profile).sends(profile.success(data));
        expect(await verdict(meeting)).toEqual(['sasl/server-not-authenticated', 'failed.terminal', 'no proof']);
      }
    });
  },
);

describe.each(PLACES)('over $road with $name, nothing is said to a server that', ({ road, profile }) => {
  it.each<[title: string, last: (profile: Profile) => string, condition: string]>([
    ['does not prove that it knows the password', ({ success }) => success(), 'server-not-authenticated'],
    ['proves something else', ({ success }) => success(`v=${btoa('x'.repeat(32))}`), 'server-not-authenticated'],
    ['proves half of it', ({ success }) => success(`v=${btoa('x'.repeat(16))}`), 'server-not-authenticated'],
    ['proves nothing in many words', ({ success }) => success('v=,x=y'), 'malformed-challenge'],
    ['asks again', ({ challenge }) => challenge(`r=x,${SALT},i=4096`), 'malformed-challenge'],
    [
      'proves something else in a challenge',
      ({ challenge }) => challenge(`v=${btoa('x'.repeat(32))}`),
      'server-not-authenticated',
    ],
  ])('%s', async (_title, last, condition) => {
    const meeting = await meet(stage, road);
    await asked(meeting, road, profile)
      .sends((auth) => profile.challenge(`r=${nonceIn(auth)}evil,${SALT},i=4096`))
      .receives(profile.response)
      .sends(last(profile));
    expect(await verdict(meeting)).toEqual([`sasl/${condition}`, 'failed.terminal', 'no proof']);
  });
});

describe.each(PLACES)('over $road with $name, a refusal', ({ road, profile }) => {
  it.each([
    ['before our proof', false],
    ['called a success', true],
  ])('%s is a refusal, and says nothing about the server', async (_title, afterProof) => {
    const meeting = await meet(stage, road);
    const first = (nonce: string) => (afterProof ? `r=${nonce}evil,${SALT},i=4096` : 'e=other-error');
    const script = asked(meeting, road, profile).sends((auth) => profile.challenge(first(nonceIn(auth))));
    if (afterProof) await script.receives(profile.response).sends(profile.success('e=other-error'));
    expect(await verdict(meeting)).toEqual(['sasl/not-authorized', 'failed.needsCredentials', 'no proof']);
  });

  it('waits for no computation that nobody wants any more', async () => {
    const meeting = await meet(stage, road);
    await asked(meeting, road, profile).sends((auth) => profile.challenge(`r=${nonceIn(auth)}evil,${SALT},i=1000000`));
    // A tenth of that work is done sooner than all of it, and later than none.
    const computed = promisify(pbkdf2)('secret', 'salt', 100_000, 32, 'sha256').then(() => 'computed');
    const stopped = meeting.client.stop().then(() => 'stopped');
    await meeting.peer.close();
    expect(await Promise.race([stopped, computed])).toBe('stopped');
    expect(await meeting.peer.closed()).not.toContainEqual(expect.stringContaining('<response'));
    await computed;
  });
});

/** The client has begun a login with SCRAM. */
function asked({ peer }: Meeting, road: Road, profile: Profile) {
  const script: Script = secured(peer, road);
  return script.header().features(profile.features).receives(profile.auth);
}

/** What became of it: the error, the state, and whether the client said what only the rightful server may hear. */
async function verdict({ client, peer }: Meeting): Promise<unknown[]> {
  const error = await rejectionOf(client.online());
  const came = await peer.closed();
  const told = came.filter((text) => !/^(?:<abort|<\/stream:stream>|<close)/.test(text));
  return [codeOf(error), stateOf(client), told.length === 0 ? 'no proof' : told];
}

/** RFC 5802 §5.1: what the client's first message says after `r=`. */
function nonceIn(auth: Element): string {
  const [initial = auth] = childrenOf(auth, 'initial-response');
  return /r=([^,]+)/.exec(atob(textOf(initial)))?.[1] ?? '';
}

function swapCase(text: string): string {
  return [...text].map((each) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase())).join('');
}

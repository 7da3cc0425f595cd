import { describe, expect, it } from 'vitest';
import {
  awaitsManagement,
  ENABLE_ALONG,
  enabledManagement,
  expiryOf,
  forfeitedCount,
  forfeitReason,
  isResumable,
  mayManageAtOnce,
  mayRestore,
  resumedCount,
  resumptionAlong,
  timeToExpiry,
} from '../../machines/client.management.ts';
import type { ClientContext, ClientEvent } from '../../machines/client.types.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { memorySessionStore } from '../../src/node.ts';
import { buildBind2, NS_BIND2, type Sasl2Inline, type Sasl2Outcome } from '../../src/sasl/index.ts';
import { parseElement } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import { authenticated, features, managed } from './client-steps.ts';
import { managedLogin, sasl2Login, succeeded } from './login-steps.ts';

const SM = "xmlns='urn:xmpp:sm:3'";
const RESUMED = parseElement(`<resumed ${SM} previd='m1' h='3'/>`);
const FORGOTTEN = parseElement(
  `<failed ${SM} h='2'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
);

describe('how long the server keeps a session that is lost', () => {
  const clock = createTestClock();
  clock.increment(10_000);
  const until = (moment: number | undefined) => lost({ until: moment }, { clock });

  it.each<[string, number | undefined, number | undefined]>([
    ['nobody knows', undefined, undefined],
    ['is what is left of its time', 70_000, 60_000],
    ['is nothing when its time is over', 9000, 0],
    ['is no longer than a timer can be', 2 ** 40, 2 ** 31 - 1],
  ])('%s', (_title, moment, expected) => {
    expect(timeToExpiry(until(moment))).toBe(expected);
  });

  it('is not known where there is none', () => {
    expect(timeToExpiry({ ...lost(), management: undefined })).toBeUndefined();
    expect(expiryOf({ ...lost(), management: undefined })).toBeUndefined();
    expect(expiryOf(lost({ max: undefined }))).toBeUndefined();
  });

  it('counts from now on, in seconds', () => {
    expect(expiryOf(lost({ max: 60 }, { clock }))).toBe(70_000);
  });

  it('decides whether it can be asked for', () => {
    expect([10_001, 10_000, undefined].map((moment) => isResumable(until(moment)))).toEqual([true, false, true]);
    expect(isResumable(lost({ id: undefined }))).toBe(false);
    expect(isResumable({ ...lost(), management: undefined })).toBe(false);
  });
});

describe('what is asked along with a login', () => {
  it('is to manage the session that begins', () => {
    expect(ENABLE_ALONG).toEqual({
      feature: 'urn:xmpp:sm:3',
      request: parseElement(`<enable ${SM} resume='true'/>`),
    });
  });

  it('is the session that was lost, where the server offers that and still has it', () => {
    const request = parseElement(`<resume ${SM} previd='m1' h='0'/>`);
    expect(resumptionAlong(lost(), inline(true), undefined)).toEqual([request]);
    expect(resumptionAlong(lost(), inline(false), undefined)).toEqual([]);
    expect(resumptionAlong({ ...lost(), management: undefined }, inline(true), undefined)).toEqual([]);
  });
});

describe('what the server says about the session that was lost', () => {
  const elsewhere = parseElement(`<resumed ${SM} previd='m2' h='3'/>`);

  it.each<[string, ClientEvent, Partial<Sasl2Outcome> | undefined, number | undefined]>([
    ['it goes on', managed('resumed', { previd: 'm1', h: '3' }), undefined, 3],
    ['another goes on', managed('resumed', { previd: 'm2', h: '3' }), undefined, undefined],
    ['it does not', managed('failed', { h: '3' }), undefined, undefined],
    ['it goes on, along with a success', succeeded({ resumption: RESUMED }), undefined, 3],
    ['another, along with a success', succeeded({ resumption: elsewhere }), undefined, undefined],
    [
      'it goes on, and yet a resource is bound',
      succeeded({ resumption: RESUMED, bound: buildBind2() }),
      undefined,
      undefined,
    ],
    ['nothing, along with a success', succeeded({}), { resumption: RESUMED }, undefined],
    ['it went on, as the login ended', authenticated(undefined, { outcome: outcome(RESUMED) }), undefined, 3],
    ['it went on, as was known before', authenticated(), { resumption: RESUMED }, 3],
    ['it went on before anything else happens', { type: 'stop' }, { resumption: RESUMED }, 3],
  ])('is that %s', (_title, event, known, expected) => {
    expect(resumedCount({ ...lost(), outcome: known && outcomeOf(known) }, event)).toBe(expected);
  });

  it('is how much of it was handled, and why it is over', () => {
    for (const event of [answer(FORGOTTEN), succeeded({ resumption: FORGOTTEN })]) {
      expect(forfeitedCount(lost(), event)).toBe(2);
      expect(forfeitReason(lost(), event)?.code).toBe('stanza/item-not-found');
    }
    expect(forfeitedCount(lost(), answer(RESUMED))).toBeUndefined();
    expect(forfeitReason(lost(), answer(RESUMED))).toBeUndefined();
    expect(forfeitReason(lost(), { type: 'stop' })).toBeUndefined();
  });

  it('is nothing where there was none', () => {
    expect(resumedCount({ ...lost(), management: undefined }, answer(RESUMED))).toBeUndefined();
  });
});

describe('management of the session that begins', () => {
  const enabled = `<enabled ${SM} id='m1' resume='true' max='60'/>`;
  const along = { bound: parseElement(`<bound xmlns='${NS_BIND2}'>${enabled}</bound>`) };
  const refused = { bound: parseElement(`<bound xmlns='${NS_BIND2}'><failed ${SM}/></bound>`) };
  const offered = featuresOf(`<sm ${SM}/>`);

  it('is what the server says, in an element or along with the resource', () => {
    const expected = { id: 'm1', max: 60, location: undefined };
    expect(enabledManagement(fresh(), answer(parseElement(enabled)))).toEqual(expected);
    expect(enabledManagement({ ...fresh(), outcome: outcomeOf(along) }, { type: 'stop' })).toEqual(expected);
    expect(enabledManagement({ ...fresh(), outcome: outcomeOf(refused) }, { type: 'stop' })).toBeUndefined();
    expect(enabledManagement({ ...fresh(), outcome: outcomeOf({}) }, { type: 'stop' })).toBeUndefined();
    expect(enabledManagement({ ...fresh(), outcome: undefined }, { type: 'stop' })).toBeUndefined();
  });

  it('is none where nobody wants it, whatever the server says', () => {
    const unwanted = fresh({ streamManagement: false });
    expect(enabledManagement(unwanted, answer(parseElement(enabled)))).toBeUndefined();
    expect(awaitsManagement({ ...unwanted, features: offered })).toBe(false);
  });

  it('is asked for where it is offered, and was neither granted nor refused', () => {
    const offering = { ...fresh(), features: offered };
    expect(awaitsManagement(offering)).toBe(true);
    expect(awaitsManagement({ ...offering, outcome: outcomeOf({ bound: buildBind2() }) })).toBe(true);
    expect(awaitsManagement({ ...offering, outcome: outcomeOf(refused) })).toBe(false);
    expect(awaitsManagement({ ...offering, management: lost().management })).toBe(false);
    expect(awaitsManagement({ ...offering, features: featuresOf('') })).toBe(false);
    expect(awaitsManagement({ ...offering, features: undefined })).toBe(false);
  });

  it.each([
    ['', true],
    ["<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>", true],
    ["<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", false],
  ])('is asked for at once, unless the session of old is demanded: %s', (session, expected) => {
    expect(mayManageAtOnce({ ...fresh(), features: featuresOf(`<sm ${SM}/>${session}`) })).toBe(expected);
    expect(mayManageAtOnce({ ...fresh(), features: featuresOf(session) })).toBe(false);
  });
});

it('a record is read once, where there is a store, for an account', () => {
  const stored = { ...fresh({ sessions: memorySessionStore() }), record: 'unread' } as const;
  expect(mayRestore(stored)).toBe(true);
  expect(mayRestore({ ...stored, record: 'absent' })).toBe(false);
  expect(mayRestore({ ...fresh(), record: 'unread' })).toBe(false);
  const settings = clientInput({ jid: 'example.org', mechanisms: ['ANONYMOUS'], sessions: memorySessionStore() });
  expect(mayRestore({ ...stored, settings })).toBe(false);
});

function inline(sm: boolean): Sasl2Inline {
  return { bind: [], sm, fast: undefined };
}

/** Of a client that was online with the session m1, and lost it. */
function lost(changes: Partial<ClientContext['management']> = {}, options: Partial<ClientOptions> = {}): ClientContext {
  const { context } = managedLogin(options).managedOnline.snapshot;
  if (!context.management) throw new Error('Expected a managed session');
  return { ...context, management: { ...context.management, ...changes } };
}

/** Of a client that logs in. */
function fresh(options: Partial<ClientOptions> = {}): ClientContext {
  return { ...sasl2Login(options).exchanging.snapshot.context, outcome: undefined };
}

function answer(element: ReturnType<typeof parseElement>): ClientEvent {
  return { type: 'management.answered', element };
}

function featuresOf(xml: string): ClientContext['features'] {
  const event = features(xml);
  return event.type === 'features.received' ? event.features : undefined;
}

function outcome(resumption: Sasl2Outcome['resumption']): Sasl2Outcome {
  return outcomeOf({ resumption });
}

function outcomeOf(known: Partial<Sasl2Outcome>): Sasl2Outcome {
  return {
    identifier: 'juliet@example.org',
    bound: undefined,
    bindFailed: false,
    resumption: undefined,
    token: undefined,
    ...known,
  };
}

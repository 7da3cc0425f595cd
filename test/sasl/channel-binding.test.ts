import { describe, expect, test } from 'vitest';
import { usableBindings } from '../../src/sasl/channel-binding.ts';
import {
  type BindingFacts,
  type ChannelBindingType,
  type ChoiceOptions,
  chooseMechanism,
  NS_CHANNEL_BINDING,
  noMechanismError,
  offeredChannelBindings,
} from '../../src/sasl/index.ts';
import { parseElement } from '../../src/xml/index.ts';

const EVERY: readonly ChannelBindingType[] = ['tls-server-end-point', 'tls-unique', 'tls-exporter'];
const TLS_12: BindingFacts = { available: EVERY, tlsVersion: 'TLSv1.2' };
const TLS_13: BindingFacts = { available: EVERY, tlsVersion: 'TLSv1.3' };
const END_POINT: readonly ChannelBindingType[] = ['tls-server-end-point'];
const OFFER = ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512'];

function choose(offered: readonly string[], binding: BindingFacts | undefined, options: Partial<ChoiceOptions> = {}) {
  return chooseMechanism(offered, { secure: true, binding, ...options });
}

describe('the list of types (XEP-0440)', () => {
  const parse = (inner: string) =>
    offeredChannelBindings(
      parseElement(`<f><sasl-channel-binding xmlns='${NS_CHANNEL_BINDING}'>${inner}</sasl-channel-binding></f>`),
    );

  test('is none where the server sends none', () => {
    expect(offeredChannelBindings(parseElement('<f/>'))).toBeUndefined();
  });

  test('is read as it stands, unknown types included', () => {
    const listed =
      "<channel-binding type='tls-server-end-point'/><channel-binding type='x'/><channel-binding type='x'/>";
    expect(parse(listed)).toEqual(['tls-server-end-point', 'x', 'x']);
  });

  test('leaves out what is no type, and does not grow without limit', () => {
    expect(
      parse("<channel-binding/><channel-binding xmlns='x' type='tls-exporter'/><channel-binding type=''/>"),
    ).toEqual([]);
    expect(parse("<channel-binding type='x'/>".repeat(1000))).toHaveLength(64);
  });
});

test('the list has the namespace of XEP-0440', () => {
  expect(NS_CHANNEL_BINDING).toBe('urn:xmpp:sasl-cb:0');
});

test.each([
  ['SSLv3', true],
  ['TLSv1', true],
  ['TLSv1.0', true],
  ['TLSv1.1', true],
  ['TLSv1.2', true],
  ['TLSv1.3', false],
  ['TLSv1.20', false],
  ['DTLSv1.2', false],
  ['', false],
])('tls-unique of %j means something: %j (RFC 8446 §C.5)', (tlsVersion, isUsable) => {
  expect(usableBindings({ available: EVERY, tlsVersion })).toEqual(
    ['tls-exporter', 'tls-unique', 'tls-server-end-point'].filter((type) => isUsable || type !== 'tls-unique'),
  );
});

describe('the type that a -PLUS mechanism binds to', () => {
  test.each<readonly [string, BindingFacts, ChannelBindingType | undefined, boolean]>([
    ['the strongest of the list', { ...TLS_13, offered: EVERY }, 'tls-exporter', false],
    ['the only one in common', { ...TLS_13, offered: ['tls-server-end-point', 'x'] }, 'tls-server-end-point', false],
    ['tls-unique up to TLS 1.2', { ...TLS_12, offered: ['tls-unique', 'tls-server-end-point'] }, 'tls-unique', false],
    [
      'not tls-unique in TLS 1.3',
      { ...TLS_13, offered: ['tls-unique', 'tls-server-end-point'] },
      'tls-server-end-point',
      false,
    ],
    [
      'not tls-unique where the version is unknown',
      { ...TLS_13, tlsVersion: undefined, offered: ['tls-unique', 'tls-server-end-point'] },
      'tls-server-end-point',
      false,
    ],
    [
      'what the connection has a value for',
      { ...TLS_13, available: END_POINT, offered: EVERY },
      'tls-server-end-point',
      false,
    ],
    ['a guess without a list, TLS 1.2', TLS_12, 'tls-unique', true],
    ['a guess without a list, TLS 1.3', TLS_13, 'tls-exporter', true],
    ['no guess that the connection has no value for', { ...TLS_13, available: END_POINT }, undefined, false],
    ['no second guess', { ...TLS_13, rejected: ['tls-exporter'] }, undefined, false],
  ])('is %s', (_, facts, type, guessed) => {
    const choice = choose(OFFER, facts);
    expect([choice.chosen?.name, choice.channelBinding, choice.guessed]).toEqual(
      type ? ['SCRAM-SHA-1-PLUS', type, guessed] : ['SCRAM-SHA-512', undefined, false],
    );
  });
});

describe('channel binding', () => {
  test('comes before the hash function, and with it the stronger hash function', () => {
    expect(choose(OFFER, TLS_13).chosen?.name).toBe('SCRAM-SHA-1-PLUS');
    expect(choose([...OFFER, 'SCRAM-SHA-256-PLUS'], TLS_13).chosen?.name).toBe('SCRAM-SHA-256-PLUS');
  });

  test.each<readonly [string, readonly string[], BindingFacts | undefined, Partial<ChoiceOptions>, string | undefined]>(
    [
      ['required and possible', OFFER, TLS_13, { channelBinding: 'require' }, 'SCRAM-SHA-1-PLUS'],
      [
        'required where -PLUS is not offered',
        ['SCRAM-SHA-512', 'PLAIN'],
        TLS_13,
        { channelBinding: 'require' },
        undefined,
      ],
      ['required where the connection cannot', OFFER, undefined, { channelBinding: 'require' }, undefined],
      [
        'required where it has no values',
        OFFER,
        { ...TLS_13, available: [] },
        { channelBinding: 'require' },
        undefined,
      ],
      [
        'required, with no type in common',
        OFFER,
        { ...TLS_13, offered: ['x', ...END_POINT], available: ['tls-exporter'] },
        { channelBinding: 'require' },
        undefined,
      ],
      [
        'required, after the guess was wrong',
        OFFER,
        { ...TLS_13, rejected: ['tls-exporter'] },
        { channelBinding: 'require' },
        undefined,
      ],
      ['required, for a guest', ['ANONYMOUS'], TLS_13, { channelBinding: 'require', credentials: ['none'] }, undefined],
      [
        'required, with a certificate, which is bound by itself',
        ['EXTERNAL'],
        undefined,
        { channelBinding: 'require', credentials: ['certificate'] },
        'EXTERNAL',
      ],
      ['preferred where the connection cannot', OFFER, undefined, {}, 'SCRAM-SHA-512'],
      ['switched off', OFFER, TLS_13, { channelBinding: 'never' }, 'SCRAM-SHA-512'],
      ['not allowed', OFFER, TLS_13, { allow: ['SCRAM-SHA-1', 'PLAIN'] }, 'SCRAM-SHA-1'],
    ],
  )('is %s', (_, offered, facts, options, name) => {
    const choice = choose(offered, facts, options);
    expect(choice.chosen?.name).toBe(name);
    expect(choice.channelBinding !== undefined).toBe(name?.endsWith('-PLUS') ?? false);
  });

  test('says why it stands in the way', () => {
    const without = choose(['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'], undefined, { channelBinding: 'require' });
    expect(without.refused).toEqual([
      { name: 'SCRAM-SHA-1', cause: 'unbound', reason: 'channel binding is required' },
      { name: 'SCRAM-SHA-1-PLUS', cause: 'unbindable', reason: 'channel binding is not supported' },
    ]);
    expect(noMechanismError(without).condition).toBe('no-mechanism');
    const off = choose(['SCRAM-SHA-1-PLUS'], TLS_13, { channelBinding: 'never' });
    expect(off.refused).toEqual([
      { name: 'SCRAM-SHA-1-PLUS', cause: 'unbindable', reason: 'channel binding is switched off' },
    ]);
  });

  test.each<readonly [string, BindingFacts | undefined, Partial<ChoiceOptions>, boolean]>([
    ['can', TLS_13, {}, true],
    ['cannot', undefined, {}, false],
    ['has no values', { ...TLS_13, available: ['tls-unique'] }, {}, false],
    ['may not', TLS_13, { channelBinding: 'never' }, false],
  ])('is confessed to the server by a client that %s', (_, facts, options, canBind) => {
    expect(choose(['SCRAM-SHA-1'], facts, options).canBind).toBe(canBind);
  });
});

describe('an offer that cannot be genuine', () => {
  test('lists types but no mechanism for them (XEP-0440, rule 5)', () => {
    const choice = choose(['SCRAM-SHA-512', 'PLAIN'], { ...TLS_13, offered: EVERY });
    expect(choice.chosen).toBeUndefined();
    expect(choice.refused.map(({ cause }) => cause)).toEqual(['stripped', 'stripped']);
    expect(noMechanismError(choice)).toMatchObject({ condition: 'downgrade', code: 'sasl/downgrade' });
  });

  test('unless this client does not bind, or the server knows nothing but PLAIN', () => {
    const facts = { ...TLS_13, offered: EVERY };
    expect(choose(['SCRAM-SHA-512'], facts, { channelBinding: 'never' }).chosen?.name).toBe('SCRAM-SHA-512');
    expect(choose(['SCRAM-SHA-512'], undefined).chosen?.name).toBe('SCRAM-SHA-512');
    expect(choose(['PLAIN'], facts).chosen?.name).toBe('PLAIN');
  });

  test('is one with a type that was listed and then refused', () => {
    const facts: BindingFacts = { ...TLS_13, offered: EVERY, rejected: ['tls-exporter'] };
    expect(noMechanismError(choose(['SCRAM-SHA-512', 'SCRAM-SHA-512-PLUS'], facts)).condition).toBe('downgrade');
  });

  test('may be one without tls-server-end-point: the server has to confirm it (XEP-0474 §6)', () => {
    const facts = { ...TLS_13, offered: ['x'] };
    expect(choose(OFFER, facts)).toMatchObject({ chosen: { name: 'SCRAM-SHA-512' }, requireOfferHash: true });
    const plain = choose(['PLAIN', 'SCRAM-SHA-1-PLUS'], facts);
    expect(plain.chosen).toBeUndefined();
    expect(noMechanismError(plain).condition).toBe('downgrade');
  });

  test('is not one that this client is too poor for', () => {
    const facts: BindingFacts = { ...TLS_13, available: ['tls-exporter'], offered: END_POINT };
    expect(choose(OFFER, facts)).toMatchObject({ chosen: { name: 'SCRAM-SHA-512' }, requireOfferHash: false });
  });
});

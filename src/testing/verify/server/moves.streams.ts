import { type Features, NS_STREAM, NS_TLS, parseFeatures } from '../../../stream/index.ts';
import { type Element, escapeAttribute, is } from '../../../xml/index.ts';
import { closed, either, element, may, must, should, streamError, whereErrorsEnd } from '../clauses.ts';
import type { Reaction } from '../reaction.ts';
import type { Clause } from '../specification.ts';
import { anyElement, hear, isFeatures, named } from './hearing.ts';
import type { Move, Outcome, Scene } from './scene.ts';

/** A domain that cannot exist (RFC 2606 §2). */
export const NOWHERE = 'verify.invalid';

/** Moves of the stream itself: opening it, TLS, closing it. */
export const STREAM_MOVES = {
  'stream.open': {
    title: 'opens a stream',
    make: openStream,
    arrives: ({ elements }) => elements.some(isFeatures),
    clauses: ({ walker, state, streamIds }) => [
      must('RFC 6120 §4.7.1', 'says in its header which domain it is', fromIs(walker.domain)),
      must('RFC 6120 §4.7.3', 'gives each stream an id of its own', ({ header }) => isNew(header, streamIds)),
      must('RFC 6120 §4.7.5', 'speaks version 1.0', ({ header }) => header?.attributes.version === '1.0'),
      must('RFC 6120 §4.3.2', 'sends features behind its header', ({ elements }) => elements.some(isFeatures)),
      ...featureClauses(state),
    ],
  },
  'stream.toUnknownHost': {
    title: 'opens a stream to a domain that is not served',
    make: (scene) => say(scene, headerText({ to: NOWHERE })),
    clauses: ({ walker, state }) => [
      must(
        'RFC 6120 §4.9.1.3',
        'opens its stream as a domain that it serves, or as none',
        either(fromIs(walker.domain), fromIs(''), fromIs(undefined)),
      ),
      should('RFC 6120 §4.9.3.6', 'closes the stream with host-unknown', streamError('host-unknown')),
      ...(state.startsWith('plain') ? [] : [mayNotChange()]),
      ...whereErrorsEnd(true),
    ],
  },
  'stream.inWrongNamespace': {
    title: 'opens a stream in a namespace that is not that of streams',
    make: (scene) => say(scene, headerText({ to: scene.walker.domain, stream: 'urn:xmpp:verify' })),
    clauses: () => [
      must('RFC 6120 §4.8.1', 'closes the stream with an error', streamError()),
      should('RFC 6120 §4.8.1', 'says invalid-namespace', streamError('invalid-namespace')),
      ...whereErrorsEnd(true),
    ],
  },
  'stream.ofUnknownContent': {
    title: 'opens a stream for stanzas in a namespace that nobody knows',
    make: (scene) => say(scene, headerText({ to: scene.walker.domain, content: 'urn:xmpp:verify' })),
    clauses: () => [
      should('RFC 6120 §4.9.3.10', 'closes the stream with invalid-namespace', streamError('invalid-namespace')),
      ...whereErrorsEnd(true),
    ],
  },
  'stream.withoutXml': {
    title: 'opens a stream with something that is no XML',
    make: (scene) => say(scene, 'this is no XML\n'),
    clauses: () => [
      must('RFC 6120 §11.3', 'closes the stream', closed),
      must('RFC 6120 §11.3', 'says what is wrong', streamError('not-well-formed', 'bad-format')),
      should('RFC 6120 §4.9.3.1', 'says not-well-formed', streamError('not-well-formed')),
      ...whereErrorsEnd(true),
    ],
  },
  'tls.start': {
    title: 'asks for TLS',
    make: startTls,
    arrives: ({ secured }) => secured,
    clauses: () => [
      must('RFC 6120 §5.4.2.3', 'says proceed', element('proceed', NS_TLS)),
      must('RFC 6120 §5.4.3', 'completes the handshake', ({ secured }) => secured),
    ],
  },
  'tls.again': {
    title: 'asks for TLS under TLS',
    make: (scene) => say(scene, `<starttls xmlns="${NS_TLS}"/>`),
    clauses: () => [
      must('RFC 6120 §5.4.2.2', 'answers with a failure of TLS', element('failure', NS_TLS)),
      must('RFC 6120 §5.4.2.2', 'closes the stream', closed),
      must('RFC 6120 §5.4.2.2', 'ends the connection', ({ disconnected }) => disconnected),
    ],
  },
  'stream.close': {
    title: 'closes the stream',
    make: async ({ connection, walker }) => {
      connection.close();
      return { reaction: await hear(connection, () => false, walker.limit) };
    },
    clauses: () => [
      must('RFC 6120 §4.4', 'closes its stream as well', ({ ended }) => ended),
      may('RFC 6120 §4.4', 'ends the connection', ({ disconnected }) => disconnected),
    ],
  },
} as const satisfies Readonly<Record<string, Move>>;

/** Writes something, and hears the answer. */
export async function say({ connection, walker }: Scene, text: string, ...names: readonly string[]): Promise<Outcome> {
  connection.write(text);
  const isEnough = names.length === 0 ? anyElement : named(...names);
  return { reaction: await hear(connection, isEnough, walker.limit) };
}

/** Opens a stream, and hears its features. */
export async function openStream({ connection, walker, streamIds }: Scene): Promise<Outcome> {
  connection.restart();
  connection.write(headerText({ to: walker.domain }));
  const reaction = await hear(connection, isFeatures, walker.limit);
  const features = reaction.elements.find(isFeatures);
  const id = reaction.header?.attributes.id;
  return {
    reaction,
    learnt: {
      offer: features && parseFeatures(features),
      ...(id === undefined ? {} : { streamIds: [...streamIds, id] }),
    },
  };
}

/** Asks for TLS, and shakes hands. */
export async function startTls(scene: Scene): Promise<Outcome> {
  const { reaction } = await say(scene, `<starttls xmlns="${NS_TLS}"/>`);
  if (!reaction.elements.some((each) => is(each, 'proceed', NS_TLS))) return { reaction };
  try {
    await scene.connection.secure(scene.walker.limit);
    return { reaction: { ...reaction, secured: true } };
  } catch {
    return { reaction: { ...reaction, disconnected: true } };
  }
}

/** Under TLS the domain was chosen already. */
function mayNotChange(): Clause {
  return may('RFC 6120 §4.9.3.12', 'lets nobody change the domain: not-authorized', streamError('not-authorized'));
}

interface Header {
  readonly to: string;
  readonly stream?: string;
  readonly content?: string;
}

function headerText({ to, stream = NS_STREAM, content = 'jabber:client' }: Header): string {
  const names = `xmlns="${content}" xmlns:stream="${stream}"`;
  return `<?xml version="1.0"?><stream:stream to="${escapeAttribute(to)}" version="1.0" ${names}>`;
}

function fromIs(domain: string | undefined): (reaction: Reaction) => boolean {
  return ({ header }) => header !== undefined && header.attributes.from === domain;
}

function isNew(header: Element | undefined, known: readonly string[]): boolean {
  const id = header?.attributes.id;
  return id !== undefined && id !== '' && !known.includes(id);
}

/** What the features of a stream have to be, in each phase of the negotiation. */
function featureClauses(state: string): readonly Clause[] {
  if (state.startsWith('plain')) {
    return [
      should(
        'RFC 6120 §5.3.1',
        'offers nothing but TLS where it requires TLS',
        offers((offer) => !isHasty(offer)),
      ),
      must(
        'RFC 6120 §7.4',
        'offers no binding before authentication',
        offers(({ bind }) => !bind),
      ),
    ];
  }
  if (state.startsWith('secure')) {
    return [
      must(
        'RFC 6120 §5.4.3.3',
        'offers no TLS under TLS',
        offers(({ startTls: tls }) => tls === undefined),
      ),
      must(
        'RFC 6120 §6.3.1',
        'offers mechanisms',
        offers(({ mechanisms }) => mechanisms.length > 0),
      ),
      must(
        'RFC 6120 §7.4',
        'offers no binding before authentication',
        offers(({ bind }) => !bind),
      ),
    ];
  }
  return [
    must(
      'RFC 6120 §7.4',
      'offers to bind a resource',
      offers(({ bind }) => bind),
    ),
  ];
}

function offers(isRight: (offer: Features) => boolean): (reaction: Reaction) => boolean {
  return ({ elements }) => {
    const features = elements.find(isFeatures);
    return features === undefined || isRight(parseFeatures(features));
  };
}

/** Whether TLS is required, and something else offered beside. */
function isHasty({ startTls: tls, element: features }: Features): boolean {
  const others = features.children.filter((child) => typeof child !== 'string' && child.namespace !== NS_TLS);
  return tls?.required === true && others.length > 0;
}

import { NS_BIND, NS_SM } from '../../../stream/index.ts';
import { childOf, childTextOf, type Element } from '../../../xml/index.ts';
import {
  closed,
  either,
  iqResult,
  managementFailure,
  may,
  must,
  open,
  should,
  stanzaError,
  streamError,
  whereErrorsEnd,
} from '../clauses.ts';
import type { Reaction } from '../reaction.ts';
import type { Clause } from '../specification.ts';
import { hear, withId } from './hearing.ts';
import { NOWHERE, say } from './moves.streams.ts';
import type { Move, Outcome, Scene } from './scene.ts';

/** Longer than a resourcepart may be, by an octet (RFC 7622 §3.4). */
const TOO_LONG = 'x'.repeat(1024);

/** Moves of resource binding, and what comes too early. */
export const BINDING_MOVES = {
  'bind.generated': {
    title: 'binds a resource that the server chooses',
    make: (scene) => bind(scene),
    arrives: (reaction) => jidIn(reaction) !== undefined,
    clauses: (scene) => [must('RFC 6120 §7.6.1', 'answers with a full JID of the account', isBound(scene))],
  },
  'bind.requested': {
    title: 'binds a resource',
    make: (scene) => bind(scene, scene.walker.resource),
    arrives: (reaction) => jidIn(reaction) !== undefined,
    clauses: (scene) => [must('RFC 6120 §7.7.1', 'answers with a full JID of the account', isBound(scene))],
  },
  'bind.tooLong': {
    title: 'binds a resource whose name is too long',
    make: (scene) => bind(scene, TOO_LONG),
    arrives: (reaction) => jidIn(reaction) !== undefined,
    clauses: ({ id }) => [
      must('RFC 6120 §8.2.3', 'answers', either(iqResult(id), stanzaError('iq', id))),
      must('RFC 7622 §3.4', 'binds nothing that is too long', (reaction) => !jidIn(reaction)?.endsWith(TOO_LONG)),
      should('RFC 6120 §7.7.2.1', 'makes a resource of it that can be used', iqResult(id)),
    ],
  },
  'bind.beforeTls': {
    title: 'binds a resource before TLS',
    make: (scene) => bind(scene),
    clauses: earlyClauses,
  },
  'bind.beforeAuth': {
    title: 'binds a resource before authentication',
    make: (scene) => bind(scene),
    clauses: earlyClauses,
  },
  'message.beforeTls': {
    title: 'sends a message before TLS',
    make: early,
    clauses: () => notAuthorized('RFC 6120 §4.3.5'),
  },
  'message.beforeAuth': {
    title: 'sends a message before authentication',
    make: early,
    clauses: () => notAuthorized('RFC 6120 §4.3.5'),
  },
  'message.beforeBind': {
    title: 'sends a message before a resource is bound',
    make: early,
    clauses: () => notAuthorized('RFC 6120 §7.1'),
  },
  'enable.beforeBind': {
    title: 'enables stream management before a resource is bound',
    make: (scene) => say(scene, `<enable xmlns="${NS_SM}"/>`),
    missing: withoutManagement,
    clauses: () => [
      must('XEP-0198 §3', 'answers with failed', managementFailure()),
      should('XEP-0198 §6', 'says why', ({ elements }) => elements.some(({ children }) => children.length > 0)),
      may('XEP-0198 §6', 'ends the stream of a client that misuses it', closed),
    ],
  },
  'resume.unknown': {
    title: 'resumes a session that never was',
    make: resumeUnknown,
    missing: withoutManagement,
    clauses: unknownClauses,
  },
} as const satisfies Readonly<Record<string, Move>>;

/** Binds a resource, and learns the full JID. */
async function bind({ connection, walker, id }: Scene, resource?: string): Promise<Outcome> {
  const wanted = resource === undefined ? '' : `<resource>${resource}</resource>`;
  connection.write(`<iq type="set" id="${id}"><bind xmlns="${NS_BIND}">${wanted}</bind></iq>`);
  const reaction = await hear(connection, withId(id), walker.limit);
  const jid = jidIn(reaction);
  return jid === undefined ? { reaction } : { reaction, learnt: { jid } };
}

/** Asks for a session by an id that no server gives. */
export function resumeUnknown(scene: Scene): Promise<Outcome> {
  return say(scene, `<resume xmlns="${NS_SM}" previd="no-such-session" h="0"/>`, 'failed', 'resumed');
}

/** What a server does about a session that it does not know. */
export function unknownClauses(): readonly Clause[] {
  return [
    must('XEP-0198 §5', 'answers with failed', managementFailure()),
    should('XEP-0198 §5', 'says item-not-found', managementFailure('item-not-found')),
    should('XEP-0198 §5', 'lets the client go on', open),
  ];
}

/** Why the server cannot be asked about stream management. */
export function withoutManagement({ offer }: Scene): string | undefined {
  return offer?.sm ? undefined : 'the server does not offer stream management';
}

function early(scene: Scene): Promise<Outcome> {
  return say(scene, `<message id="${scene.id}" to="somebody@${NOWHERE}"><body>verify</body></message>`);
}

function earlyClauses({ id }: Scene): readonly Clause[] {
  return [
    must('RFC 6120 §4.9.3.12', 'binds nothing', (reaction) => !iqResult(id)(reaction)),
    should('RFC 6120 §4.9.3.12', 'closes the stream with not-authorized', streamError('not-authorized')),
    ...whereErrorsEnd(),
  ];
}

function notAuthorized(section: string): readonly Clause[] {
  return [must(section, 'closes the stream with not-authorized', streamError('not-authorized')), ...whereErrorsEnd()];
}

function isBound({ walker, id }: Scene): (reaction: Reaction) => boolean {
  return (reaction) => {
    const [account, resource] = (jidIn(reaction) ?? '').split(/\/(.*)/s);
    return iqResult(id)(reaction) && account === walker.account && Boolean(resource);
  };
}

/** The full JID that was bound. */
function jidIn({ elements }: Reaction): string | undefined {
  return elements.map(boundJid).find((jid) => jid !== undefined);
}

function boundJid(element: Element): string | undefined {
  const bound = childOf(element, 'bind', NS_BIND);
  return bound && childTextOf(bound, 'jid');
}

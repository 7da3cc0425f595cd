import { NS_SM, NS_STREAM } from '../../../stream/index.ts';
import { childOf, type Element, escapeAttribute, is } from '../../../xml/index.ts';
import {
  closed,
  delivered,
  either,
  element,
  managementFailure,
  may,
  must,
  should,
  streamError,
  whereErrorsEnd,
} from '../clauses.ts';
import { NOTHING, type Reaction } from '../reaction.ts';
import type { Clause } from '../specification.ts';
import { hear, hearUntilFence, withId } from './hearing.ts';
import { resumeUnknown, unknownClauses, withoutManagement } from './moves.binding.ts';
import { messageTo } from './moves.stanzas.ts';
import { openStream, say, startTls } from './moves.streams.ts';
import type { Move, Outcome, Scene } from './scene.ts';
import { logIn } from './scram.ts';

/** Moves of stream management (XEP-0198). */
export const MANAGEMENT_MOVES = {
  'sm.enable': {
    title: 'enables stream management',
    make: enable,
    missing: withoutManagement,
    arrives: element('enabled', NS_SM),
    clauses: () => [
      must('XEP-0198 §3', 'answers with enabled or failed', either(element('enabled', NS_SM), managementFailure())),
      must('XEP-0198 §5', 'gives a session that can be resumed an id', ({ elements }) => elements.every(hasIdIfNeeded)),
    ],
  },
  'sm.request': {
    title: 'asks how many stanzas were handled',
    make: (scene) => say(scene, REQUEST, 'a'),
    clauses: ({ connection }) => countClauses(connection.counts.sent),
  },
  'sm.countMessage': {
    title: 'sends a message and asks again',
    make: async (scene) => {
      scene.connection.writeStanza(messageTo(scene.jid, scene));
      await hear(scene.connection, withId(scene.id), scene.walker.limit);
      return say(scene, REQUEST, 'a');
    },
    clauses: ({ connection }) => countClauses(connection.counts.sent),
  },
  'sm.enableAgain': {
    title: 'enables stream management twice',
    make: (scene) => say(scene, `<enable xmlns="${NS_SM}" resume="true"/>`, 'enabled', 'failed'),
    clauses: () => [
      must('XEP-0198 §6', 'refuses', either(managementFailure(), streamError())),
      should('XEP-0198 §3', 'closes the stream with an error', streamError()),
      ...whereErrorsEnd(),
    ],
  },
  'sm.ackTooHigh': {
    title: 'acknowledges more stanzas than it was sent',
    make: async ({ connection, walker, id }) => {
      connection.write(`<a xmlns="${NS_SM}" h="${connection.counts.received + 1000}"/>`);
      return { reaction: await hearUntilFence(connection, { domain: walker.domain, id, limit: walker.limit }) };
    },
    clauses: tooHighClauses,
  },
  'sm.resumeUnknown': {
    title: 'resumes a session that never was',
    make: resumeUnknown,
    clauses: ({ state }) =>
      state === 'suspended'
        ? unknownClauses()
        : [
            must('XEP-0198 §6', 'answers with failed', managementFailure()),
            may('XEP-0198 §6', 'ends the stream of a client that misuses it', closed),
          ],
  },
  'sm.cut': {
    title: 'loses the connection behind a message that it did not acknowledge, and comes back',
    make: cut,
    missing: ({ sessionId }) => (sessionId === '' ? 'the server resumes no sessions' : undefined),
    arrives: ({ elements }) => elements.some(({ name }) => name === 'features'),
    clauses: () => [must('XEP-0198 §2', 'offers stream management again', ({ elements }) => elements.some(offersIt))],
  },
  'sm.resume': {
    title: 'resumes the session',
    make: resume,
    arrives: element('resumed', NS_SM),
    clauses: ({ sessionId, connection, unacknowledged }) => [
      must('XEP-0198 §5', 'answers with resumed', element('resumed', NS_SM)),
      must(
        'XEP-0198 §5',
        'says which session, and how many stanzas it handled',
        element('resumed', NS_SM, ({ attributes }) => {
          return attributes.previd === sessionId && attributes.h === String(connection.counts.sent);
        }),
      ),
      must('XEP-0198 §5', 'sends again what was not acknowledged', delivered(unacknowledged)),
    ],
  },
  'sm.resumeTooHigh': {
    title: 'resumes the session, and acknowledges more stanzas than it was sent',
    make: (scene) => say(scene, resumeText(scene, scene.connection.counts.received + 1000), 'resumed', 'failed'),
    clauses: tooHighClauses,
  },
} as const satisfies Readonly<Record<string, Move>>;

const WAY_BACK: readonly ((scene: Scene) => Promise<Outcome>)[] = [
  openStream,
  startTls,
  openStream,
  (scene) => logIn(scene),
  openStream,
];

const REQUEST = `<r xmlns="${NS_SM}"/>`;

async function enable(scene: Scene): Promise<Outcome> {
  const { connection } = scene;
  connection.counts = { sent: 0, received: 0 };
  const outcome = await say(scene, `<enable xmlns="${NS_SM}" resume="true"/>`, 'enabled', 'failed');
  const enabled = outcome.reaction.elements.find((each) => is(each, 'enabled', NS_SM));
  connection.counts = { sent: 0, received: 0 };
  return enabled === undefined ? outcome : { ...outcome, learnt: { sessionId: enabled.attributes.id ?? '' } };
}

/** A message comes and is not acknowledged; then the connection is lost, and the client logs in again. */
async function cut(scene: Scene): Promise<Outcome> {
  const { connection, walker, id } = scene;
  connection.writeStanza(messageTo(scene.jid, scene));
  await hear(connection, withId(id), walker.limit);
  const { sent, received } = connection.counts;
  connection.destroy();
  const next = await walker.connect();
  let later: Scene = { ...scene, connection: next };
  let reaction = NOTHING;
  for (const step of WAY_BACK) {
    const outcome = await step(later);
    later = { ...later, ...outcome.learnt };
    reaction = outcome.reaction;
  }
  next.counts = { sent, received: Math.max(0, received - 1) };
  const { offer, streamIds } = later;
  return { reaction, learnt: { connection: next, offer, streamIds, unacknowledged: id } };
}

async function resume(scene: Scene): Promise<Outcome> {
  const { connection, walker, unacknowledged } = scene;
  connection.write(resumeText(scene, connection.counts.received));
  return {
    reaction: await hear(
      connection,
      ({ name, attributes }) => name === 'failed' || attributes.id === unacknowledged,
      walker.limit,
    ),
  };
}

function resumeText({ sessionId }: Scene, h: number): string {
  return `<resume xmlns="${NS_SM}" previd="${escapeAttribute(sessionId)}" h="${h}"/>`;
}

function hasIdIfNeeded({ name, attributes }: Element): boolean {
  const canResume = name === 'enabled' && ['true', '1'].includes(attributes.resume ?? '');
  return !canResume || Boolean(attributes.id);
}

function offersIt(features: Element): boolean {
  return childOf(features, 'sm', NS_SM) !== undefined;
}

function countClauses(sent: number): readonly Clause[] {
  const isRight = ({ attributes }: Element): boolean => attributes.h === String(sent);
  return [
    must('XEP-0198 §4', 'answers with an acknowledgement', element('a', NS_SM)),
    must('XEP-0198 §4', 'has counted every stanza and nothing else', element('a', NS_SM, isRight)),
  ];
}

function tooHighClauses(): readonly Clause[] {
  return [
    should('XEP-0198 §6', 'closes the stream with undefined-condition', streamError('undefined-condition')),
    should('XEP-0198 §6', 'says handled-count-too-high', saysTooHigh),
    ...whereErrorsEnd(),
  ];
}

function saysTooHigh({ elements }: Reaction): boolean {
  return elements.some((each) => is(each, 'error', NS_STREAM) && childOf(each, 'handled-count-too-high', NS_SM));
}

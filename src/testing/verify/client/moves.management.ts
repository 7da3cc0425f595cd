import { NS_SM } from '../../../stream/index.ts';
import { type Element, escapeAttribute } from '../../../xml/index.ts';
import { closed, either, element, may, must, open, should, streamError } from '../clauses.ts';
import type { Clause } from '../specification.ts';
import { bindRequest, type Does, not, saysOnline } from './clauses.ts';
import { hearElement, hearEnd, hearUntil, hearUntilFence } from './hearing.ts';
import { askedToBind } from './moves.binding.ts';
import { message } from './moves.stanzas.ts';
import { secureAgain } from './moves.tls.ts';
import { FEATURES, offer } from './offers.ts';
import { type ClientReaction, UNHEARD } from './reaction.ts';
import type { ClientMove, ClientOutcome, ClientScene } from './scene.ts';
import { authenticateAgain } from './scram.ts';

const REQUEST = `<r xmlns="${NS_SM}"/>`;
const resume: Does = element('resume', NS_SM);

/** Moves of stream management (XEP-0198). */
export const MANAGEMENT_MOVES = {
  'sm.enabled': {
    title: 'enables stream management, with resumption',
    make: async (scene) => {
      const sessionId = `verify-${scene.id}`;
      scene.stage.line.say(enabled(sessionId));
      return { ...(await settle(scene)), learnt: { sessionId, isOnline: true } };
    },
    clauses: (scene) => onlineClauses(scene),
  },
  'sm.enabledAndAsked': {
    title: 'enables stream management, sends a message in the same piece, and asks how many stanzas were handled',
    make: async (scene) => {
      const { line } = scene.stage;
      line.say(enabled(`verify-${scene.id}`));
      line.counts = { ...line.counts, sent: 0 };
      line.stanza(message(scene, 'chat', '<body>verify</body>'));
      await hearUntilFence(scene);
      return wordless(request(scene));
    },
    clauses: ({ stage }) => countClauses(stage.line.counts.sent),
  },
  'sm.refused': {
    title: 'does not enable stream management',
    make: async (scene) => {
      scene.stage.line.say(
        `<failed xmlns="${NS_SM}"><unexpected-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`,
      );
      return { ...(await settle(scene)), learnt: { isOnline: true } };
    },
    clauses: (scene) => onlineClauses(scene),
  },
  'sm.request': {
    title: 'asks how many stanzas were handled',
    make: (scene) => request(scene),
    clauses: ({ stage }) => countClauses(stage.line.counts.sent),
  },
  'sm.countStanzas': {
    title: 'sends two messages and presence, and asks again',
    make: (scene) => {
      const { line } = scene.stage;
      line.stanza(message(scene, 'chat', '<body>verify</body>'));
      line.stanza(message(scene, 'verify', '<verify xmlns="urn:xmpp:verify"/>'));
      line.stanza(`<presence from="${scene.walked.domain}"/>`);
      return request(scene);
    },
    clauses: ({ stage }) => countClauses(stage.line.counts.sent),
  },
  'sm.ackTooHigh': {
    title: 'acknowledges more stanzas than it was sent',
    make: async (scene) => {
      scene.stage.line.say(`<a xmlns="${NS_SM}" h="1000"/>`);
      return { reaction: await hearUntilFence(scene) };
    },
    clauses: () => [
      should('XEP-0198 §6', 'closes the stream with undefined-condition', streamError('undefined-condition')),
    ],
  },
  'sm.cut': {
    title: 'loses the connection, and hears the client come back',
    make: cut,
    arrives: resume,
    clauses: ({ sessionId, stage }) => [
      must('XEP-0198 §5', 'names the session, and how many stanzas it handled', (reaction) => {
        const isRight = ({ attributes }: Element) =>
          attributes.previd === sessionId && attributes.h === String(stage.line.counts.sent);
        return !resume(reaction) || element('resume', NS_SM, isRight)(reaction);
      }),
    ],
  },
  'sm.resumed': {
    title: 'resumes the session',
    make: async (scene) => {
      const { line } = scene.stage;
      line.say(`<resumed xmlns="${NS_SM}" previd="${escapeAttribute(scene.sessionId)}" h="${line.counts.received}"/>`);
      return wordless(hearFence(scene));
    },
    clauses: () => [
      must<ClientReaction>('XEP-0198 §5', 'goes on without binding a resource', not(bindRequest)),
      must('XEP-0198 §5', 'goes on', open),
    ],
  },
  'sm.resumedOther': {
    title: 'resumes a session of which the client never heard',
    make: async (scene) => {
      const { line } = scene.stage;
      line.say(`<resumed xmlns="${NS_SM}" previd="verify" h="${line.counts.received}"/>`);
      return wordless(hearFence(scene));
    },
    clauses: () => [
      // The XEP obliges the server to name the session, and nobody to look at the name.
      may<ClientReaction>('XEP-0198 §5', 'does not take it for its own', either<ClientReaction>(closed, bindRequest)),
    ],
  },
  'sm.resumeFailed': {
    title: 'does not know the session any more',
    make: async (scene) => {
      scene.stage.line.say(
        `<failed xmlns="${NS_SM}"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`,
      );
      return askedToBind(await hearUntil(scene, bindRequest));
    },
    arrives: bindRequest,
    clauses: () => [may('XEP-0198 §5', 'binds a resource instead', bindRequest)],
  },
} as const satisfies Readonly<Record<string, ClientMove>>;

function enabled(sessionId: string): string {
  return `<enabled xmlns="${NS_SM}" id="${sessionId}" resume="true"/>`;
}

/** A part of the patience: some clients begin to count a moment later, which is a move of its own. */
const MOMENT = 0.25;

/** Hears what the client does at first, and that it is online. */
async function settle(scene: ClientScene): Promise<ClientOutcome> {
  const { stage, walked } = scene;
  const { line } = stage;
  line.counts = { ...line.counts, sent: 0 };
  if (scene.isOnline) await stage.hear(() => false, MOMENT * walked.patience);
  const online = scene.isOnline ? scene.jid : undefined;
  const heard = scene.isOnline ? { ...UNHEARD, online } : await hearUntil(scene, saysOnline);
  return { reaction: await hearUntilFence(scene, { ...heard, elements: [] }) };
}

async function hearFence(scene: ClientScene): Promise<ClientOutcome> {
  return { reaction: await hearUntilFence(scene) };
}

/** Some say again that they are online, sooner or later. */
async function wordless(outcome: Promise<ClientOutcome>): Promise<ClientOutcome> {
  const { reaction, ...rest } = await outcome;
  return { ...rest, reaction: { ...reaction, online: undefined } };
}

async function request(scene: ClientScene): Promise<ClientOutcome> {
  scene.stage.line.say(REQUEST);
  return { reaction: await hearElement(scene, 'a', NS_SM) };
}

/** The connection is lost behind a message that the client handled; then it logs in again. */
async function cut(scene: ClientScene): Promise<ClientOutcome> {
  const { stage, walked } = scene;
  stage.line.stanza(message(scene, 'chat', '<body>verify</body>'));
  await hearUntilFence(scene);
  const { counts } = stage.line;
  stage.line.link.reset();
  const reaction = await hearEnd(scene);
  if (!(await stage.nextLine(2 * walked.limit))) return { reaction, unused: 'the client does not come back by itself' };
  const back = await comeBack(scene);
  stage.line.counts = counts;
  return back;
}

async function comeBack(scene: ClientScene): Promise<ClientOutcome> {
  const steps = scene.stage.line.link.framing.joins ? [secureAgain, authenticateAgain] : [authenticateAgain];
  let later = { ...scene, header: (await hearUntil(scene, ({ header }) => header !== undefined)).header };
  for (const step of steps) {
    const { reaction, learnt } = await step(later);
    if (reaction.header === undefined) return { reaction, unused: 'the client does not log in again' };
    later = { ...later, ...learnt };
  }
  offer(later, FEATURES.managed);
  const reaction = await hearUntil(scene, either<ClientReaction>(resume, bindRequest));
  const unused = resume(reaction) ? undefined : 'the client does not resume its session';
  return { reaction, unused };
}

function onlineClauses({ isOnline }: ClientScene): readonly Clause<ClientReaction>[] {
  return [
    must<ClientReaction>('XEP-0198 §3', 'goes on', open),
    must<ClientReaction>('The contract', 'says that it is online', (reaction) => isOnline || saysOnline(reaction)),
  ];
}

function countClauses(sent: number): readonly Clause<ClientReaction>[] {
  const isRight = ({ attributes }: Element): boolean => attributes.h === String(sent);
  return [
    must('XEP-0198 §4', 'answers with an acknowledgement', element('a', NS_SM)),
    must('XEP-0198 §4', 'has counted every stanza and nothing else', element('a', NS_SM, isRight)),
  ];
}

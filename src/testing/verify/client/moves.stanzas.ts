import { NS_CLIENT } from '../../../stanza/index.ts';
import { NS_SASL, NS_STREAM, NS_TLS } from '../../../stream/index.ts';
import { escapeAttribute } from '../../../xml/index.ts';
import { either, element, iqResult, may, must, open, should, silence, stanzaError } from '../clauses.ts';
import type { Clause } from '../specification.ts';
import { auth, bindRequest, type Does, not, wentOn } from './clauses.ts';
import { hearUntil, hearUntilFence, limitForAnswers } from './hearing.ts';
import { overWebSocket } from './moves.streams.ts';
import type { ClientReaction } from './reaction.ts';
import type { ClientMove, ClientOutcome, ClientScene } from './scene.ts';

const NS_VERIFY = 'urn:xmpp:verify';
const QUERY = `<query xmlns="${NS_VERIFY}"/>`;
const STRANGER = 'stranger@verify.invalid/verify';

/** Stanzas to a client that is online, and other elements. */
export const STANZA_MOVES = {
  'iq.ping': {
    title: 'pings the client',
    make: (scene) => ask(scene, iq(scene, 'get', '<ping xmlns="urn:xmpp:ping"/>')),
    clauses: ({ id }) => [
      must('RFC 6120 §8.2.3', 'answers', either(iqResult(id), stanzaError('iq', id))),
      may('XEP-0199 §4', 'supports pings', iqResult(id)),
    ],
  },
  'iq.getUnknown': asksUnknown('asks the client for something that it does not know', 'get'),
  'iq.setUnknown': asksUnknown('sets something that the client does not know', 'set'),
  'iq.quoted': asks('asks with single quotes, references and white space', (scene) =>
    iq(scene, 'get', QUERY)
      .replaceAll('"', "'")
      .replace(`id='${scene.id}'`, `\n id = '${referenced(scene.id)}'`),
  ),
  'iq.withCdata': asks('asks with a section of characters (CDATA)', (scene) =>
    iq(scene, 'get', `<query xmlns="${NS_VERIFY}">a<![CDATA[ <b> & ]]]]>c &#x10FFFD; &lt;</query>`),
  ),
  'iq.behindSpace': {
    ...asks('asks behind a lot of white space', (scene) => `${' \n\t\r\n'.repeat(20)}${iq(scene, 'get', QUERY)}`),
    missing: overWebSocket,
  },
  'iq.byBytes': {
    ...asks('asks byte by byte', () => ''),
    make: async (scene) => {
      scene.stage.line.counts.sent += 1;
      scene.stage.line.trickle(iq(scene, 'get', `<query xmlns="${NS_VERIFY}">über 日本 🦊</query>`));
      return hearAnswer(scene);
    },
    missing: overWebSocket,
  },
  'iq.fromStranger': {
    title: 'lets a stranger ask for something that the client does not know',
    make: (scene) => ask(scene, iq(scene, 'get', QUERY, STRANGER)),
    clauses: ({ id }) => [
      must('RFC 6120 §8.2.3', 'answers', stanzaError('iq', id)),
      should('RFC 6120 §8.4', 'says service-unavailable', stanzaError('iq', id, 'service-unavailable')),
      must('RFC 6120 §8.2.3', 'answers the stranger', isTo(STRANGER)),
    ],
  },
  'iq.resultUnasked': {
    title: 'answers what was not asked',
    make: (scene) => tell(scene, iq(scene, 'result', QUERY)),
    clauses: () => [must('RFC 6120 §8.2.3', 'does not answer an answer', silence)],
  },
  'iq.errorUnasked': {
    title: 'refuses what was not asked',
    make: (scene) => tell(scene, iq(scene, 'error', `<error type="cancel">${condition('gone')}</error>`)),
    clauses: () => [must('RFC 6120 §8.2.3', 'does not answer an error', silence)],
  },
  'message.unknown': {
    title: 'delivers a message of a type and with a content that nobody knows',
    make: (scene) => tell(scene, message(scene, 'verify', `<verify xmlns="${NS_VERIFY}"><body/></verify>`)),
    clauses: survival,
  },
  'message.error': {
    title: 'delivers an error of a message that was never sent',
    make: (scene) => tell(scene, message(scene, 'error', `<error type="cancel">${condition('gone')}</error>`)),
    clauses: () => [must('RFC 6120 §8.3.1', 'does not answer an error', silence)],
  },
  'presence.unknown': {
    title: 'delivers presence of a type that does not exist',
    make: (scene) => tell(scene, `<presence type="verify" from="${STRANGER}"><show>verify</show>${QUERY}</presence>`),
    clauses: survival,
  },
  'roster.pushFromStranger': {
    title: 'lets a stranger change the roster of the client',
    make: (scene) => ask(scene, iq(scene, 'set', ROSTER, STRANGER)),
    clauses: ({ id }) => [must('RFC 6121 §2.1.6', 'does not confirm it', not(iqResult(id)))],
  },
  'features.outOfTurn': outOfTurn(
    'sends features when nobody waits for any',
    `<stream:features xmlns:stream="${NS_STREAM}"><starttls xmlns="${NS_TLS}"/><mechanisms xmlns="${NS_SASL}"><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
  ),
  'success.outOfTurn': outOfTurn(
    'says once more that the authentication was successful',
    `<success xmlns="${NS_SASL}"/>`,
  ),
  'proceed.outOfTurn': outOfTurn('agrees to TLS once more', `<proceed xmlns="${NS_TLS}"/>`),
  'element.unknown': {
    title: 'sends an element that nobody knows',
    make: (scene) => tell(scene, `<unknown xmlns="${NS_VERIFY}"/>`, false),
    clauses: () => [may('RFC 6120 §4.9.3.24', 'goes on, or closes the stream with unsupported-stanza-type', open)],
  },
} as const satisfies Readonly<Record<string, ClientMove>>;

const ROSTER = `<query xmlns="jabber:iq:roster"><item jid="mallory@verify.invalid" subscription="both"/></query>`;

/** Sends a stanza, and hears everything that comes of it. */
async function tell(scene: ClientScene, xml: string, isStanza = true): Promise<ClientOutcome> {
  const { line } = scene.stage;
  if (isStanza) line.stanza(xml);
  else line.say(xml);
  return { reaction: await hearUntilFence(scene) };
}

/** A message with no meaning. */
export function message({ id, jid }: ClientScene, type: string, content: string): string {
  return `<message type="${type}" id="${id}" from="${STRANGER}" to="${escapeAttribute(jid)}">${content}</message>`;
}

async function ask(scene: ClientScene, xml: string): Promise<ClientOutcome> {
  scene.stage.line.stanza(xml);
  return hearAnswer(scene);
}

async function hearAnswer(scene: ClientScene): Promise<ClientOutcome> {
  const isAnswer: Does = element('iq', NS_CLIENT, ({ attributes }) => attributes.id === scene.id);
  return { reaction: await hearUntil(scene, isAnswer, limitForAnswers(scene)) };
}

/** However it is written, it is a question. */
function asks(title: string, xml: (scene: ClientScene) => string): ClientMove {
  return {
    title,
    make: (scene) => ask(scene, xml(scene)),
    clauses: ({ id }) => [must('RFC 6120 §8.2.3', 'answers', either(iqResult(id), stanzaError('iq', id)))],
  };
}

function asksUnknown(title: string, type: string): ClientMove {
  return {
    title,
    make: (scene) => ask(scene, iq(scene, type, QUERY)),
    clauses: ({ id }) => [
      must('RFC 6120 §8.2.3', 'answers', either(iqResult(id), stanzaError('iq', id))),
      must('RFC 6120 §8.4', 'says service-unavailable', stanzaError('iq', id, 'service-unavailable')),
    ],
  };
}

/** Whatever it is, nobody may take it for the next step of a negotiation. */
function outOfTurn(title: string, xml: string): ClientMove {
  return {
    title,
    make: async (scene) => {
      scene.stage.line.mayRestart();
      return tell(scene, xml, false);
    },
    clauses: () => [
      must(
        'RFC 6120 §4.3.5',
        'does not negotiate once more',
        not(either<ClientReaction>(auth, bindRequest, wentOn, asksTls, speaksTls)),
      ),
    ],
  };
}

const asksTls: Does = element('starttls', NS_TLS);

/** A handshake is no XML. */
const speaksTls: Does = ({ unreadable }) => unreadable !== undefined;

function iq({ id, jid, walked }: ClientScene, type: string, content: string, from = walked.domain): string {
  return `<iq type="${type}" id="${id}" from="${from}" to="${escapeAttribute(jid)}">${content}</iq>`;
}

function survival(): readonly Clause<ClientReaction>[] {
  return [must('RFC 6120 §8.4', 'goes on', open)];
}

function isTo(address: string): Does {
  return ({ elements }) => elements.every(({ attributes }) => attributes.to === address);
}

function condition(name: string): string {
  return `<${name} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>`;
}

function referenced(id: string): string {
  return [...id]
    .map((character, index) => (index % 2 === 0 ? `&#x${character.charCodeAt(0).toString(16)};` : character))
    .join('');
}

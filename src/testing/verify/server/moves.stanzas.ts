import { NS_CLIENT } from '../../../stanza/index.ts';
import { NS_BIND } from '../../../stream/index.ts';
import { type Element, escapeAttribute } from '../../../xml/index.ts';
import {
  delivered,
  either,
  element,
  iqResult,
  may,
  must,
  should,
  silence,
  stanzaError,
  streamError,
} from '../clauses.ts';
import { hear, hearUntilFence, withId } from './hearing.ts';
import { NOWHERE, say } from './moves.streams.ts';
import type { Move, Outcome, Scene } from './scene.ts';

/** A namespace that no server understands. */
const NS_VERIFY = 'urn:xmpp:verify';
const QUERY = `<query xmlns="${NS_VERIFY}"/>`;
const PING = '<ping xmlns="urn:xmpp:ping"/>';
const BODY = '<body>verify</body>';

/** The smallest limit for a stanza that a server may have, in octets (RFC 6120 §13.12). */
const SMALLEST_LIMIT = 10_000;

/** Stanzas of a client that has bound a resource. They go to the server, to the account itself, and to nobody. */
export const STANZA_MOVES = {
  'iq.ping': {
    title: 'pings the server',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}" to="${scene.walker.domain}">${PING}</iq>`),
    clauses: ({ id }) => [must('RFC 6120 §8.2.3', 'answers', either(iqResult(id), stanzaError('iq', id)))],
  },
  'iq.unknownNamespace': {
    title: 'asks the server for something that it does not know',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}" to="${scene.walker.domain}">${QUERY}</iq>`),
    clauses: ({ id }) => [unavailable('RFC 6120 §8.4', id)],
  },
  'iq.toOwnAccount': {
    title: 'asks its own account for something that the server does not know',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}" to="${scene.walker.account}">${QUERY}</iq>`),
    clauses: ({ id }) => [unavailable('RFC 6120 §8.4', id)],
  },
  'iq.withoutTo': {
    title: 'asks nobody in particular for something that the server does not know',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}">${QUERY}</iq>`),
    clauses: ({ id }) => [unavailable('RFC 6120 §10.3.3', id)],
  },
  'iq.withoutId': {
    title: 'asks without an id',
    make: (scene) => say(scene, `<iq type="get" to="${scene.walker.domain}">${QUERY}</iq>`),
    clauses: () => [
      must('RFC 6120 §8.2.3', 'answers without an id', element('iq', NS_CLIENT, isAnswerWithoutId)),
      may('RFC 6120 §4.9.3.11', 'closes the stream with invalid-xml', streamError('invalid-xml', 'bad-format')),
    ],
  },
  'iq.withoutChild': {
    title: 'asks without saying what',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}" to="${scene.walker.domain}"/>`),
    clauses: ({ id }) => [
      must('RFC 6120 §8.2.3', 'answers with an error', stanzaError('iq', id)),
      should('RFC 6120 §8.3.3.1', 'says bad-request', stanzaError('iq', id, 'bad-request')),
    ],
  },
  'iq.twoChildren': {
    title: 'asks two things at once',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}" to="${scene.walker.domain}">${PING}${QUERY}</iq>`),
    clauses: ({ id }) => [
      must('RFC 6120 §8.2.3', 'answers', either(iqResult(id), stanzaError('iq', id))),
      should('RFC 6120 §8.3.3.1', 'says bad-request', stanzaError('iq', id, 'bad-request')),
    ],
  },
  'iq.unknownType': {
    title: 'sends an iq of a type that does not exist',
    make: (scene) => ask(scene, `<iq type="verify" id="${scene.id}" to="${scene.walker.domain}">${QUERY}</iq>`),
    clauses: ({ id }) => [must('RFC 6120 §8.2.3', 'says bad-request', stanzaError('iq', id, 'bad-request'))],
  },
  'iq.withoutType': {
    title: 'sends an iq without a type',
    make: (scene) => ask(scene, `<iq id="${scene.id}" to="${scene.walker.domain}">${QUERY}</iq>`),
    clauses: ({ id }) => [must('RFC 6120 §8.2.3', 'says bad-request', stanzaError('iq', id, 'bad-request'))],
  },
  'iq.resultUnasked': {
    title: 'answers a question that nobody asked',
    make: (scene) => tell(scene, `<iq type="result" id="${scene.id}" to="${scene.walker.domain}"/>`),
    clauses: () => [must('RFC 6120 §8.2.3', 'does not answer an answer', silence)],
  },
  'iq.errorUnasked': {
    title: 'answers a question that nobody asked with an error',
    make: (scene) => tell(scene, `<iq type="error" id="${scene.id}" to="${scene.walker.domain}">${QUERY}${ERROR}</iq>`),
    clauses: () => [must('RFC 6120 §8.3.1', 'does not answer an error', silence)],
  },
  'iq.toNobody': {
    title: 'asks somebody who does not exist',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}" to="${nobody(scene)}">${QUERY}</iq>`),
    clauses: ({ id }) => [unavailable('RFC 6121 §8.5.1', id)],
  },
  'iq.pingToNobody': {
    title: 'pings somebody who does not exist',
    make: (scene) => ask(scene, `<iq type="get" id="${scene.id}" to="${nobody(scene)}">${PING}</iq>`),
    clauses: ({ id }) => [unavailable('RFC 6121 §8.5.1', id)],
  },
  'iq.toNoResource': {
    title: 'asks a resource of its own account that does not exist',
    make: (scene) =>
      ask(scene, `<iq type="get" id="${scene.id}" to="${scene.walker.account}/${scene.id}">${PING}</iq>`),
    clauses: ({ id }) => [unavailable('RFC 6121 §8.5.3.2.3', id)],
  },
  'message.toSelf': {
    title: 'sends itself a message',
    make: (scene) => ask(scene, messageTo(scene.jid, scene)),
    clauses: ({ id, jid }) => [
      must('RFC 6121 §8.5.3.1', 'delivers it', delivered(id)),
      must(
        'RFC 6120 §8.1.2.1',
        'says who sent it',
        delivered(id, ({ attributes }) => attributes.from === jid),
      ),
    ],
  },
  'message.wrongFrom': {
    title: 'sends itself a message in the name of somebody else',
    make: (scene) => ask(scene, messageTo(scene.jid, scene, ` from="somebody@${NOWHERE}/else"`)),
    clauses: ({ id, jid }) => [
      must(
        'RFC 6120 §8.1.2.1',
        'says who really sent it',
        delivered(id, ({ attributes }) => attributes.from === jid),
      ),
      may('RFC 6120 §4.9.3.9', 'closes the stream with invalid-from', streamError('invalid-from')),
    ],
  },
  'message.tenThousandBytes': {
    title: `sends itself a message of ${SMALLEST_LIMIT} octets`,
    make: (scene) => ask(scene, longMessage(scene)),
    clauses: ({ id }) => [must('RFC 6120 §13.12', 'takes it: no limit is smaller', delivered(id))],
  },
  'message.toNobody': {
    title: 'sends a message to somebody who does not exist',
    make: (scene) => tell(scene, messageTo(nobody(scene), scene)),
    clauses: ({ id }) => [
      must(
        'RFC 6121 §8.5.1',
        'says nothing, or service-unavailable',
        either(silence, stanzaError('message', id, 'service-unavailable')),
      ),
    ],
  },
  'message.errorToNobody': {
    title: 'sends an error to somebody who does not exist',
    make: (scene) =>
      tell(scene, `<message type="error" id="${scene.id}" to="${nobody(scene)}">${BODY}${ERROR}</message>`),
    clauses: () => [must('RFC 6120 §8.3.1', 'does not answer an error', silence)],
  },
  'message.toNoServer': {
    title: 'sends a message to a domain that does not exist',
    make: (scene) => ask(scene, messageTo(`somebody@${NOWHERE}`, scene)),
    clauses: ({ id }) => [
      must('RFC 6120 §10.4.3', 'returns an error', stanzaError('message', id)),
      must('RFC 6120 §10.4.3', 'says remote-server-not-found', stanzaError('message', id, 'remote-server-not-found')),
      may('RFC 6120 §8.3.3.10', 'speaks to no other servers: not-allowed', stanzaError('message', id, 'not-allowed')),
      may('RFC 6120 §8.3.3.4', 'speaks to no other servers: forbidden', stanzaError('message', id, 'forbidden')),
    ],
  },
  'message.toNoAddress': {
    title: 'sends a message to something that is no address',
    make: (scene) => ask(scene, messageTo('@@', scene)),
    clauses: ({ id }) => [
      should('RFC 6120 §8.3.3.8', 'says jid-malformed', stanzaError('message', id, 'jid-malformed')),
    ],
  },
  'bind.again': {
    title: 'binds a second resource',
    make: (scene) => ask(scene, `<iq type="set" id="${scene.id}"><bind xmlns="${NS_BIND}"/></iq>`),
    clauses: ({ id }) => [must('RFC 6120 §8.2.3', 'answers', either(iqResult(id), stanzaError('iq', id)))],
  },
} as const satisfies Readonly<Record<string, Move>>;

const ERROR = '<error type="cancel"><undefined-condition xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>';

/** A message, with the id of this move. */
export function messageTo(to: string, { id }: Scene, attributes = ''): string {
  return `<message type="chat" id="${id}" to="${escapeAttribute(to)}"${attributes}>${BODY}</message>`;
}

/** Sends something that nobody has to answer, and hears whatever comes of it. */
export async function tell({ connection, walker, id }: Scene, data: string | Uint8Array): Promise<Outcome> {
  connection.write(data);
  return { reaction: await hearUntilFence(connection, { domain: walker.domain, id, limit: walker.limit }) };
}

/** Sends a stanza that has to come back, or to be answered: a server may do other things first. */
async function ask({ connection, walker, id }: Scene, text: string): Promise<Outcome> {
  connection.write(text);
  return { reaction: await hear(connection, withId(id), walker.limit) };
}

function unavailable(section: string, id: string) {
  return must(section, 'says service-unavailable', stanzaError('iq', id, 'service-unavailable'));
}

function nobody({ walker, id }: Scene): string {
  return `nobody-${id}@${walker.domain}`;
}

function longMessage(scene: Scene): string {
  const short = messageTo(scene.jid, scene);
  const missing = SMALLEST_LIMIT - Buffer.byteLength(short);
  return short.replace('</body>', `${'x'.repeat(Math.max(0, missing))}</body>`);
}

function isAnswerWithoutId({ attributes }: Element): boolean {
  return ['result', 'error'].includes(attributes.type ?? '') && !attributes.id;
}

import { may, should, streamError, whereErrorsEnd } from '../clauses.ts';
import type { Clause } from '../specification.ts';
import { alsoNotWellFormed, notWellFormedClauses, restrictedClauses } from '../xml-clauses.ts';
import { hear } from './hearing.ts';
import { tell } from './moves.stanzas.ts';
import type { Move, Outcome, Scene } from './scene.ts';

/** What has no place in a stream, as XML or as an element. */
export const XML_MOVES = {
  'element.unknown': {
    title: 'sends an element that nobody knows',
    make: (scene) => send(scene, '<unknown xmlns="urn:xmpp:verify"/>'),
    clauses: unsupportedClauses,
  },
  'stanza.unknownName': {
    title: 'sends a stanza of a kind that does not exist',
    make: (scene) => send(scene, '<unknown/>'),
    clauses: unsupportedClauses,
  },
  'xml.comment': {
    title: 'sends a comment',
    make: (scene) => send(scene, '<!-- verify -->'),
    clauses: () => restrictedClauses(),
  },
  'xml.instruction': {
    title: 'sends a processing instruction',
    make: (scene) => send(scene, '<?verify verify?>'),
    clauses: () => restrictedClauses(),
  },
  'xml.doctype': {
    title: 'sends a document type declaration',
    make: (scene) => send(scene, '<!DOCTYPE verify>'),
    clauses: () => [...restrictedClauses(), alsoNotWellFormed()],
  },
  'xml.entity': {
    title: 'refers to an entity that nobody declared',
    make: (scene) => send(scene, messageWith('&verify;', scene)),
    clauses: () => [...restrictedClauses(), alsoNotWellFormed()],
  },
  'xml.unbalanced': {
    title: 'ends an element that it did not begin',
    make: (scene) => send(scene, '<message></presence>'),
    clauses: () => notWellFormedClauses('RFC 6120 §11.3', 'not-well-formed'),
  },
  'xml.unboundPrefix': {
    title: 'uses a prefix that it did not declare',
    make: (scene) => send(scene, messageWith('<verify:verify/>', scene)),
    clauses: () => notWellFormedClauses('RFC 6120 §11.2', 'not-well-formed', 'bad-namespace-prefix'),
  },
  'xml.badUtf8': {
    title: 'sends octets that are no UTF-8',
    make: (scene) => send(scene, Buffer.from(messageWith('\xc3\x28', scene), 'latin1')),
    clauses: () => notWellFormedClauses('RFC 6120 §11.3', 'not-well-formed', 'unsupported-encoding'),
  },
} as const satisfies Readonly<Record<string, Move>>;

/** Whoever is bound hears everything that comes at once; before, somebody has to wait. */
async function send(scene: Scene, data: string | Uint8Array): Promise<Outcome> {
  if (scene.jid !== '') return tell(scene, data);
  scene.connection.write(data);
  return { reaction: await hear(scene.connection, () => true, scene.walker.limit) };
}

function messageWith(content: string, { id, jid }: Scene): string {
  return `<message type="chat" id="${id}" to="${jid}"><body>${content}</body></message>`;
}

function unsupportedClauses({ jid }: Scene): readonly Clause[] {
  const early = may('RFC 6120 §4.9.3.12', 'says not-authorized, before authentication', streamError('not-authorized'));
  return [
    ...(jid === '' ? [early] : []),
    should(
      'RFC 6120 §4.9.3.24',
      'closes the stream with unsupported-stanza-type',
      streamError('unsupported-stanza-type'),
    ),
    ...whereErrorsEnd(),
  ];
}

import { escapeAttribute } from '../../../xml/index.ts';
import type { Clause } from '../specification.ts';
import { alsoNotWellFormed, notWellFormedClauses, restrictedClauses } from '../xml-clauses.ts';
import { hearEnd, hearEndOrFence } from './hearing.ts';
import { beginIfNeeded } from './moves.streams.ts';
import type { ClientReaction } from './reaction.ts';
import type { ClientMove, ClientOutcome, ClientScene } from './scene.ts';

/** What has no place in a stream. */
export const XML_MOVES = {
  'xml.comment': sends(
    'sends a comment',
    () => '<!-- verify -->',
    () => restrictedClauses(),
  ),
  'xml.instruction': sends(
    'sends a processing instruction',
    () => '<?verify verify?>',
    () => restrictedClauses(),
  ),
  'xml.doctype': sends(
    'sends a document type declaration',
    () => '<!DOCTYPE verify>',
    () => [...restrictedClauses(), alsoNotWellFormed()],
  ),
  'xml.expansion': sends(
    'declares an entity, and refers to it',
    (scene) => `<!DOCTYPE verify [<!ENTITY verify "verify">]>${messageWith('&verify;', scene)}`,
    () => [...restrictedClauses(), alsoNotWellFormed()],
  ),
  'xml.entity': sends(
    'refers to an entity that nobody declared',
    (scene) => messageWith('&verify;', scene),
    () => [...restrictedClauses(), alsoNotWellFormed()],
  ),
  'xml.unbalanced': sends(
    'ends an element that it did not begin',
    () => '<message></presence>',
    () => notWellFormedClauses('RFC 6120 §11.3', 'not-well-formed'),
  ),
  'xml.unboundPrefix': sends(
    'uses a prefix that it did not declare',
    (scene) => messageWith('<verify:verify/>', scene),
    () => notWellFormedClauses('RFC 6120 §11.2', 'not-well-formed', 'bad-namespace-prefix'),
  ),
  'xml.badUtf8': {
    ...sends(
      'sends octets that are no UTF-8',
      (scene) => Buffer.from(messageWith('\xc3\x28', scene), 'latin1'),
      () => notWellFormedClauses('RFC 6120 §11.3', 'not-well-formed', 'unsupported-encoding'),
    ),
    missing: ({ stage }) => (stage.line.link.framing.joins ? undefined : 'a WebSocket carries nothing but UTF-8'),
  },
} as const satisfies Readonly<Record<string, ClientMove>>;

function sends(
  title: string,
  data: (scene: ClientScene) => string | Uint8Array,
  clauses: () => readonly Clause<ClientReaction>[],
): ClientMove {
  return { title, make: (scene) => send(scene, data(scene)), clauses };
}

async function send(scene: ClientScene, data: string | Uint8Array): Promise<ClientOutcome> {
  const { line } = scene.stage;
  beginIfNeeded(scene);
  if (typeof data === 'string') line.say(data);
  else line.write(data);
  return { reaction: await (scene.jid === '' ? hearEnd(scene) : hearEndOrFence(scene)) };
}

function messageWith(content: string, { id, jid, walked }: ClientScene): string {
  const addresses = `from="${walked.domain}" to="${escapeAttribute(jid)}"`;
  return `<message type="chat" id="${id}" ${addresses}><body>${content}</body></message>`;
}

import type { Client } from '../../client/index.ts';
import { TransportError, XmppError } from '../../errors/index.ts';
import { NS_CLIENT, stanzaKind } from '../../stanza/index.ts';
import { type Element, parseElement } from '../../xml/index.ts';
import { describeError } from './details.ts';
import type { LiveAnswer, LiveCommand } from './protocol.ts';

/** Finds the client with an id. */
export type FindClient = (id: string) => Client | undefined;

/**
 * Reads a command, JSON from a page, and does what it says. Never throws: what is wrong is in the answer.
 */
export function perform(json: string, find: FindClient): LiveAnswer {
  const command = parseCommand(json);
  if (typeof command === 'string') return refused(command);
  const client = find(command.client);
  if (!client) return refused('There is no such client any more. Load the page anew.');
  if (client.actor.getSnapshot().status !== 'active') return refused('This client has ended: its actor was stopped.');
  try {
    return obey(command, client);
  } catch (error) {
    return refused(wordsFor(error));
  }
}

/** Events that the application may send as well. */
const PLAIN: readonly LiveCommand['type'][] = [
  'start',
  'stop',
  'reconnect.now',
  'network.offline',
  'network.online',
  'drop',
];

/** The command, or what is wrong with it. */
function parseCommand(json: string): LiveCommand | string {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    return 'Expected a command as JSON.';
  }
  if (typeof given !== 'object' || given === null) return 'Expected a command, got no object.';
  const client = 'client' in given ? given.client : undefined;
  const type = 'type' in given ? given.type : undefined;
  if (typeof client !== 'string') return 'Expected `client`, the id of a client.';
  const plain = PLAIN.find((name): name is Exclude<LiveCommand['type'], 'send'> => name === type);
  if (plain) return { type: plain, client };
  if (type !== 'send') return `Expected \`type\`, one of ${PLAIN.join(', ')}, send.`;
  const xml = 'xml' in given ? given.xml : undefined;
  return typeof xml === 'string' ? { type, client, xml } : 'Expected `xml`, a stanza.';
}

function obey(command: LiveCommand, client: Client): LiveAnswer {
  if (command.type === 'send') return sendStanza(command.xml, client);
  if (command.type === 'drop') return dropConnection(client);
  const event = { type: command.type };
  const snapshot = client.actor.getSnapshot();
  if (!snapshot.can(event)) return refused(`Nothing comes of ${command.type} in this state.`);
  client.actor.send(event);
  return { ok: true };
}

/** The same that happens when a socket dies: the transport says nothing more, and the chart hears why. */
function dropConnection({ actor }: Client): LiveAnswer {
  const { transport } = actor.getSnapshot().children;
  if (!transport) return refused('There is no connection that could be cut.');
  transport.send({ type: 'transport.abort' });
  actor.send({
    type: 'transport.failed',
    error: new TransportError('The connection was cut from the inspector', {
      condition: 'connection-reset',
      hint: 'The client comes back by itself.',
    }),
  });
  return { ok: true };
}

function sendStanza(xml: string, client: Client): LiveAnswer {
  const parsed = parseElement(xml.trim());
  const stanza = parsed.namespace === '' ? inClientNamespace(parsed) : parsed;
  const kind = stanzaKind(stanza);
  if (kind === undefined) {
    return refused(
      `Expected a message, presence or iq in the namespace ${NS_CLIENT} or in none, got <${parsed.name}/>.`,
    );
  }
  const { id, type } = stanza.attributes;
  if (kind === 'iq' && !id) return refused('An iq needs an id: without one nobody can answer it (RFC 6120 §8.1.3).');
  if (kind === 'iq' && !IQ_TYPES.includes(type ?? '')) {
    return refused('An iq needs a type: get, set, result or error (RFC 6120 §8.2.3).');
  }
  client.send(stanza);
  return { ok: true };
}

const IQ_TYPES: readonly string[] = ['get', 'set', 'result', 'error'];

/** Whoever types a stanza leaves out the namespace that all of them have. */
function inClientNamespace(element: Element): Element {
  if (element.namespace !== '') return element;
  const children = element.children.map((child) => (typeof child === 'string' ? child : inClientNamespace(child)));
  return { ...element, namespace: NS_CLIENT, children };
}

function wordsFor(error: unknown): string {
  if (!(error instanceof XmppError)) return describeError(error);
  return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
}

function refused(message: string): LiveAnswer {
  return { ok: false, message };
}

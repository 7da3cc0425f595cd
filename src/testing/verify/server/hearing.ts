import { NS_SM, NS_STREAM } from '../../../stream/index.ts';
import { type Element, is } from '../../../xml/index.ts';
import { NOTHING, type Reaction, streamErrorIn } from '../reaction.ts';
import type { Arrival, Connection } from './connection.ts';

/** Tells when there is nothing more to wait for. */
type IsEnough = (element: Element, reaction: Reaction) => boolean;

/** Waits for one element, whatever it is. */
export const anyElement: IsEnough = () => true;

/** Waits for an element of this name, in any namespace. */
export function named(...names: readonly string[]): IsEnough {
  return ({ name }) => names.includes(name);
}

/** Waits for the stanza with this id. */
export function withId(id: string): IsEnough {
  return ({ attributes }) => attributes.id === id;
}

/**
 * Hears what a server does: until an element is enough, the stream is over, or nothing came for so many milliseconds. After a stream
 * error or the end of the stream it waits for the rest, for as long again at most.
 */
export async function hear(connection: Connection, isEnough: IsEnough, limit: number): Promise<Reaction> {
  let reaction = NOTHING;
  const deadline = Date.now() + limit;
  for (;;) {
    const arrival = await connection.next(Math.max(1, deadline - Date.now()));
    if (arrival === undefined) return reaction;
    if (isAckRequest(arrival)) {
      connection.write(`<a xmlns="${NS_SM}" h="${connection.counts.received}"/>`);
      continue;
    }
    reaction = after(reaction, arrival);
    if (reaction.disconnected || reaction.unreadable !== undefined) return reaction;
    if (arrival.type === 'end') connection.close();
    const isEnding = reaction.ended || streamErrorIn(reaction) !== undefined;
    if (!isEnding && arrival.type === 'element' && isEnough(arrival.element, reaction)) return reaction;
  }
}

/** So many requests, one after the other, are a fence. */
const ROUNDS = 2;

/**
 * Asks for something that the server has to answer, and hears everything that comes before (RFC 6120 §10.1: in order). So nothing has to be
 * waited for where nothing comes. It asks twice: what takes a way of its own through the server has the time of a round trip.
 */
export async function hearUntilFence(
  connection: Connection,
  { domain, id, limit }: { readonly domain: string; readonly id: string; readonly limit: number },
): Promise<Reaction> {
  let heard = NOTHING;
  for (let round = 1; round <= ROUNDS && !heard.disconnected && !heard.ended; round++) {
    const fence = `fence-${id}-${round}`;
    connection.writeStanza(`<iq type="get" id="${fence}" to="${domain}"><ping xmlns="urn:xmpp:ping"/></iq>`);
    const { elements, ...rest } = await hear(connection, withId(fence), limit);
    heard = { ...rest, elements: [...heard.elements, ...elements.filter(({ attributes }) => attributes.id !== fence)] };
  }
  return heard;
}

/** Servers ask when they like; it is no answer to anything (XEP-0198 §4). */
function isAckRequest(arrival: Arrival): boolean {
  return arrival.type === 'element' && is(arrival.element, 'r', NS_SM);
}

function after(reaction: Reaction, arrival: Arrival): Reaction {
  switch (arrival.type) {
    case 'header':
      return { ...reaction, header: arrival.header };
    case 'element':
      return { ...reaction, elements: [...reaction.elements, arrival.element] };
    case 'end':
      return { ...reaction, ended: true };
    case 'error':
      return { ...reaction, unreadable: arrival.error.condition };
    case 'disconnected':
      return { ...reaction, disconnected: true };
  }
}

/** Whether an element is the features of a stream (RFC 6120 §4.3.2). */
export function isFeatures({ name, namespace }: Element): boolean {
  return name === 'features' && namespace === NS_STREAM;
}

import { type Jid, parseJid, withResource } from '../../../jid/index.ts';
import { buildBindResult, parseBindRequest } from '../../../payloads/index.ts';
import { createId, NS_CLIENT } from '../../../stanza/index.ts';
import { NS_BIND, NS_SM } from '../../../stream/index.ts';
import { childOf, element as createElement, type Element, escapeAttribute, is, serialize } from '../../../xml/index.ts';
import { closed, either, element, may, must, should } from '../clauses.ts';
import { bindRequest, CONTRACT, not, saysOnline, wentOn } from './clauses.ts';
import { hearUntil, hearUntilFence } from './hearing.ts';
import { beginIfNeeded, overWebSocket } from './moves.streams.ts';
import { FEATURES, offer } from './offers.ts';
import { type ClientReaction, UNHEARD } from './reaction.ts';
import type { ClientMove, ClientOutcome, ClientScene } from './scene.ts';

const enable = element('enable', NS_SM);

/** Moves of resource binding (RFC 6120 §7), and how stream management begins. */
export const BINDING_MOVES = {
  'bind.offered': offersBinding('offers to bind a resource', FEATURES.bind),
  'bind.offeredAmongOthers': offersBinding(
    'offers to bind a resource among features that nobody knows',
    `${FEATURES.unknown}${FEATURES.bind}`,
  ),
  'bind.offeredManaged': offersBinding('offers to bind a resource, and stream management', FEATURES.managed),
  'bind.granted': grants('binds the resource that the client asked for', () => undefined),
  'bind.grantedOther': grants('binds another resource', createId),
  'bind.grantedByBytes': { ...grants('binds a resource byte by byte', () => undefined, true), missing: overWebSocket },
  'bind.refused': {
    title: 'binds no resource: there is a conflict',
    make: async (scene) => {
      const { id = '' } = scene.request?.attributes ?? {};
      const condition = '<conflict xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>';
      scene.stage.line.say(
        `<iq type="error" id="${escapeAttribute(id)}"><error type="modify">${condition}</error></iq>`,
      );
      return { reaction: await hearUntil(scene, wentOn) };
    },
    clauses: () => [
      must<ClientReaction>('RFC 6120 §7.1', 'does not take itself for online', not(saysOnline)),
      should<ClientReaction>(CONTRACT, 'asks for another, or says that it is offline', asksOrLeaves),
    ],
  },
  'bind.early': {
    title: 'says that a resource was bound, before anybody is authenticated',
    make: async (scene) => {
      beginIfNeeded(scene);
      const jid = `${scene.walked.account}/early`;
      const result = `<iq type="result" id="bind"><bind xmlns="${NS_BIND}"><jid>${jid}</jid></bind></iq>`;
      scene.stage.line.say(result);
      return { reaction: await hearUntil(scene, wentOn, scene.walked.patience) };
    },
    clauses: () => [must<ClientReaction>('RFC 6120 §7.1', 'does not take itself for online', not(wentOn))],
  },
  'sm.bound': {
    title: 'binds the resource, where stream management is offered',
    make: async (scene) => {
      const jid = grant(scene, undefined, false);
      const isSettled = (reaction: ClientReaction) => enable(reaction) || saysOnline(reaction);
      const first = await hearUntil(scene, isSettled);
      const reaction = enable(first) ? first : await scene.stage.hear(enable, scene.walked.patience, first);
      const unused = enable(reaction) ? undefined : 'the client does not enable stream management';
      // Whether it says so before or behind the next move is its own business.
      const heard = enable(reaction) ? { ...reaction, online: undefined } : reaction;
      return { reaction: heard, unused, learnt: { jid: jid.full, isOnline: saysOnline(reaction) } };
    },
    arrives: enable,
    clauses: () => [
      must<ClientReaction>('RFC 6120 §7.1', 'goes on', either<ClientReaction>(enable, saysOnline)),
      may('XEP-0198 §3', 'enables stream management', enable),
    ],
  },
} as const satisfies Readonly<Record<string, ClientMove>>;

function offersBinding(title: string, features: string): ClientMove {
  return {
    title,
    make: async (scene) => {
      offer(scene, features);
      return askedToBind(await hearUntil(scene, bindRequest));
    },
    arrives: bindRequest,
    clauses: () => [must('RFC 6120 §7.1', 'asks for a resource', bindRequest)],
  };
}

/** Remembers what the client asked for. */
export function askedToBind(reaction: ClientReaction): ClientOutcome {
  const request = reaction.elements.find((each) => is(each, 'iq', NS_CLIENT) && childOf(each, 'bind', NS_BIND));
  return { reaction, learnt: { request } };
}

function grants(title: string, resource: () => string | undefined, byBytes = false): ClientMove {
  return {
    title,
    make: async (scene) => {
      const { full: jid } = grant(scene, resource(), byBytes);
      const heard = await hearUntil(scene, saysOnline);
      if (!saysOnline(heard)) return { reaction: heard, learnt: { jid } };
      // Whatever it sends by itself at the beginning is none of the next move's concern.
      const { disconnected } = await hearUntilFence({ ...scene, jid }, UNHEARD);
      const reaction = { ...heard, disconnected, given: jid };
      return { reaction, learnt: { jid, isOnline: true } };
    },
    arrives: saysOnline,
    clauses: () => [
      must<ClientReaction>(CONTRACT, 'says that it is online', saysOnline),
      must(
        'RFC 6120 §7.7.1',
        'takes the address that it was given',
        ({ online, given }: ClientReaction) => online === given,
      ),
    ],
  };
}

/** Gives the client an address. */
function grant({ stage, request, walked }: ClientScene, resource: string | undefined, byBytes: boolean): Jid {
  const asked: Element = request ?? createElement('iq');
  const jid = withResource(parseJid(walked.account), resource ?? parseBindRequest(asked) ?? createId());
  const result = serialize(buildBindResult(asked, jid));
  if (byBytes) stage.line.trickle(result);
  else stage.line.say(result);
  return jid;
}

function asksOrLeaves(reaction: ClientReaction): boolean {
  return bindRequest(reaction) || reaction.offline || reaction.exited || closed(reaction);
}

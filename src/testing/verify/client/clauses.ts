import { NS_CLIENT } from '../../../stanza/index.ts';
import { NS_BIND, NS_SASL } from '../../../stream/index.ts';
import { childOf } from '../../../xml/index.ts';
import { closed, either, element, must, should } from '../clauses.ts';
import type { Clause } from '../specification.ts';
import type { ClientReaction } from './reaction.ts';
import type { ClientScene } from './scene.ts';

/** Whether a client did something. */
export type Does = (reaction: ClientReaction) => boolean;

/** What docs/verify.md asks of a command. */
export const CONTRACT = 'The contract';

/** Whether it asked for a resource. */
export const bindRequest: Does = element('iq', NS_CLIENT, (iq) => childOf(iq, 'bind', NS_BIND) !== undefined);

/** Whether it chose a mechanism. */
export const auth: Does = element('auth', NS_SASL);

/** Whether it did not. */
export function not(does: Does): Does {
  return (reaction) => !does(reaction);
}

/** Whether it opened a stream. */
export function opened({ header }: ClientReaction): boolean {
  return header !== undefined;
}

/** Whether it took itself for authenticated, or more. */
export const wentOn: Does = either<ClientReaction>(opened, bindRequest, saysOnline);

/** Whether it said that it is online. */
export function saysOnline({ online }: ClientReaction): boolean {
  return online !== undefined;
}

/** Whether it said that it is not. One that is gone need not say so. */
export function saysOffline({ offline, exited }: ClientReaction): boolean {
  return offline || exited;
}

/** What holds wherever a stream comes to its end: the client closes its own. */
export function endClauses({ stage }: ClientScene): readonly Clause<ClientReaction>[] {
  const section = stage.line.link.framing.joins ? 'RFC 6120 §4.4' : 'RFC 7395 §3.6';
  return [
    must(section, 'closes its stream as well', ({ ended }) => ended),
    should<ClientReaction>(CONTRACT, 'says that it is offline', saysOffline),
  ];
}

/** What holds where a client cannot go on: it leaves, and says so. */
export function leavingClauses(): readonly Clause<ClientReaction>[] {
  return [
    should<ClientReaction>(CONTRACT, 'says that it is offline', saysOffline),
    should<ClientReaction>(CONTRACT, 'closes the stream', closed),
  ];
}

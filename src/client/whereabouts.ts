import { locate } from '../../machines/client.facts.ts';
import type { XmppError } from '../errors/index.ts';
import type { ClientActor } from './client.ts';

/** Tells an error in which state the client is, and with whom it speaks; what the error knows already stays. */
export function whereabouts(actor: ClientActor, error: XmppError): XmppError {
  const { value, context } = actor.getSnapshot();
  return locate(error, value, context);
}

export { buildIq, buildIqError, buildIqResult, type IqOptions } from './build.ts';
export { createId } from './id.ts';
export { addressText, type IqType, isFrom, NS_CLIENT, type StanzaKind, stanzaKind } from './stanza.ts';
export {
  isStanzaErrorCondition,
  NS_STANZAS,
  STANZA_CONDITIONS,
  type StanzaErrorCondition,
  type StanzaErrorType,
} from './stanza-condition.ts';
export { StanzaError, type StanzaErrorOptions } from './stanza-error.ts';

export { addressFamilyOf, domainToAscii } from './domain.ts';
export { escapeLocalpart, unescapeLocalpart } from './escaping.ts';
export {
  bareJid,
  createJid,
  equalJids,
  formatJid,
  type Jid,
  type JidParts,
  parseJid,
  tryParseJid,
  withResource,
} from './jid.ts';
export { type JidCondition, JidError } from './jid-error.ts';
export { formatXmppUri, parseXmppUri, type XmppUri, type XmppUriOptions } from './uri.ts';

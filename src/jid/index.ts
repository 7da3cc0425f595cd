export { addressFamilyOf, domainToAscii } from './domain.ts';
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

export {
  type ChoiceOptions,
  chooseMechanism,
  MECHANISMS,
  type MechanismChoice,
  type MechanismRefusal,
  noMechanismError,
} from './choose.ts';
export type { HashName, ScramCrypto } from './crypto.ts';
export type { ClientExchange, Credentials, ExchangeOptions, Mechanism } from './mechanism.ts';
export { type SaslCondition, SaslError, type SaslFailureCondition } from './sasl-error.ts';
export { Sealed } from './sealed.ts';
export { buildAbort, buildAuth, buildResponse, maskSasl, parseSaslElement, type SaslMessage } from './wire.ts';

export {
  type BindingFacts,
  type ChannelBinding,
  type ChannelBindingPolicy,
  type ChannelBindingType,
  NS_CHANNEL_BINDING,
  parseChannelBindings,
} from './channel-binding.ts';
export {
  type ChoiceOptions,
  chooseMechanism,
  type MechanismChoice,
  type MechanismRefusal,
  noMechanismError,
} from './choose.ts';
export type { HashName, ScramCrypto } from './crypto.ts';
export type { ClientExchange, CredentialKind, Credentials, ExchangeOptions, Mechanism } from './mechanism.ts';
export { MECHANISMS } from './mechanisms.ts';
export type { Offer } from './offer.ts';
export { isWeaker, pinAfter } from './pinning.ts';
export { type SaslCondition, SaslError, type SaslFailureCondition } from './sasl-error.ts';
export { Sealed } from './sealed.ts';
export { buildAbort, buildAuth, buildResponse, maskSasl, parseSaslElement, type SaslMessage } from './wire.ts';

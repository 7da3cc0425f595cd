export {
  type BindingFacts,
  type ChannelBinding,
  type ChannelBindingPolicy,
  type ChannelBindingType,
  NS_CHANNEL_BINDING,
  offeredChannelBindings,
  type SecureChannel,
} from './channel-binding.ts';
export {
  type ChoiceOptions,
  chooseMechanism,
  type MechanismChoice,
  type MechanismRefusal,
  noMechanismError,
} from './choose.ts';
export type { HashName, ScramCrypto } from './crypto.ts';
export type { FastInline, FastToken, UserAgent } from './fast.ts';
export type { ClientExchange, CredentialKind, Credentials, ExchangeOptions, Mechanism } from './mechanism.ts';
export { MECHANISMS } from './mechanisms.ts';
export type { Offer } from './offer.ts';
export { isWeaker, pinAfter, pinWithoutBinding } from './pinning.ts';
export { SaltedPasswords } from './salted-passwords.ts';
export { type SaslCondition, SaslError, type SaslFailureCondition } from './sasl-error.ts';
export { parseSasl2Element, type Sasl2Message, type Sasl2Outcome } from './sasl2.ts';
export {
  NS_BIND2,
  NS_FAST,
  NS_SASL2,
  parseSasl2Offer,
  type Sasl2Inline,
  type Sasl2Offer,
} from './sasl2-offer.ts';
export {
  type Bind2Options,
  buildAuthenticate,
  buildBind2,
  buildFast,
  buildRequestToken,
  buildSasl2Abort,
  buildSasl2Response,
  type FastOptions,
  type Sasl2Request,
} from './sasl2-request.ts';
export { Sealed } from './sealed.ts';
export { buildAbort, buildAuth, buildResponse, maskSasl, parseSaslElement, type SaslMessage } from './wire.ts';

export { type Features, featureNames, parseFeatures } from './features.ts';
export { documentFraming, type FramedToken, type Framing, type StreamReader } from './framing.ts';
export { messageFraming, NS_FRAMING } from './framing-messages.ts';
export {
  buildHeader,
  formatHeader,
  type HeaderOptions,
  parseHeader,
  STREAM_FOOTER,
  type StreamHeader,
} from './header.ts';
export { StreamLedger } from './ledger.ts';
export { NS_BIND, NS_SASL, NS_SESSION, NS_SM, NS_STREAM, NS_TLS } from './namespaces.ts';
export {
  isStreamErrorCondition,
  NS_STREAM_ERRORS,
  STREAM_CONDITIONS,
  type StreamErrorCondition,
} from './stream-condition.ts';
export { formatStreamError, StreamError, type StreamErrorOptions } from './stream-error.ts';

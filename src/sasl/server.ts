export { createAnonymousServer } from './anonymous-server.ts';
export { createExternalServer } from './external-server.ts';
export { HASHED_TOKEN_BINDINGS, type HashedTokenName } from './hashed-token.ts';
export { createHashedTokenServer } from './hashed-token-server.ts';
export { createOAuthBearerServer } from './oauthbearer-server.ts';
export { createPlainServer } from './plain-server.ts';
export {
  buildSasl2Challenge,
  buildSasl2Failure,
  buildSasl2Features,
  buildSasl2Success,
  buildToken,
  type ClientAuthenticate,
  parseClientSasl2Element,
} from './sasl2-server.ts';
export { SCRAM_HASHES, type ScramName, type ScramPlusName } from './scram-keys.ts';
export {
  createScramKeys,
  createScramServer,
  type ScramKeys,
} from './scram-server.ts';
export type { ServerExchange, ServerReply } from './server-exchange.ts';
export { MASK } from './wire.ts';
export {
  buildChallenge,
  buildFailure,
  buildSuccess,
  parseClientSaslElement,
} from './wire-server.ts';

export { createPlainServer, type PlainServerOptions } from './plain-server.ts';
export { SCRAM_HASHES, type ScramName } from './scram-keys.ts';
export {
  createScramKeys,
  createScramServer,
  type ScramKeys,
  type ScramKeysOptions,
  type ScramServerOptions,
} from './scram-server.ts';
export type { ServerExchange, ServerReply, ServerSuccess } from './server-exchange.ts';
export {
  buildChallenge,
  buildFailure,
  buildSuccess,
  type ClientSaslMessage,
  parseClientSaslElement,
} from './wire-server.ts';

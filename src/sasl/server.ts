export { createPlainServer } from './plain-server.ts';
export { SCRAM_HASHES, type ScramName } from './scram-keys.ts';
export {
  createScramKeys,
  createScramServer,
  type ScramKeys,
} from './scram-server.ts';
export type { ServerExchange, ServerReply } from './server-exchange.ts';
export {
  buildChallenge,
  buildFailure,
  buildSuccess,
  parseClientSaslElement,
} from './wire-server.ts';

export { nodeScramCrypto } from './crypto-node.ts';

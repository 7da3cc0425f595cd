export { webScramCrypto } from './crypto-web.ts';

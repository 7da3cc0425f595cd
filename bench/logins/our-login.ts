import { randomUUID } from 'node:crypto';
import { type ClientOptions, createClient } from '../../src/node.ts';
import { DOMAIN, LOCALPART, type Login, PASSWORD, type Place } from './place.ts';

/** A token of Juliet's, and to whom it was given. */
export interface Token {
  readonly token: string;
  readonly userAgent: string;
}

/** STARTTLS and the one SCRAM mechanism: without -PLUS, which the script does not do either. */
export function ourScramLogin(place: Place, mechanism: string, streamManagement: boolean): Login {
  return ourLogin(place, {
    port: place.startTls,
    password: PASSWORD,
    mechanisms: [mechanism],
    streamManagement,
    tokens: false,
  });
}

/** TLS at once, and a token from a login of ours before. Never a password. */
export async function ourTokenLogin(place: Place, pipelining: 'auto' | 'always'): Promise<Login> {
  const { tokens, userAgent } = await firstLogin(place);
  const credentials = () => {
    throw new Error('The token was not taken');
  };
  return ourLogin(place, { ...overTls(place), credentials, tokens, userAgent, pipelining });
}

/** A token for the script. */
export async function getToken(place: Place): Promise<Token> {
  const { tokens, userAgent } = await firstLogin(place);
  const [token] = tokens.values();
  if (!token) throw new Error('The server gave no token');
  return { token: token.token, userAgent: userAgent.id };
}

async function firstLogin(place: Place) {
  const tokens: Tokens = new Map();
  const userAgent = { id: randomUUID() };
  const close = await ourLogin(place, { ...overTls(place), password: PASSWORD, tokens, userAgent })();
  await close();
  return { tokens, userAgent };
}

type TokenStore = Exclude<ClientOptions['tokens'], false | undefined>;
type Tokens = Map<string, Parameters<TokenStore['set']>[1]>;

function overTls({ directTls }: Place) {
  return { port: directTls, directTls: true };
}

function ourLogin({ host, ca }: Place, options: Omit<ClientOptions, 'jid' | 'host' | 'tls'>): Login {
  return async () => {
    const client = createClient({ jid: `${LOCALPART}@${DOMAIN}`, host, tls: { ca }, ...options });
    client.start();
    await client.online();
    return () => client.stop();
  };
}

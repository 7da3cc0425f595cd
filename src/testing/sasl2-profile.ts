import type { Jid } from '../jid/index.ts';
import type { Sealed } from '../sasl/index.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import {
  buildSasl2Challenge,
  buildSasl2Failure,
  buildToken,
  type ClientAuthenticate,
  createHashedTokenServer,
  type HashedTokenName,
  parseClientSasl2Element,
  type ServerExchange,
} from '../sasl/server.ts';
import type { Element } from '../xml/index.ts';
import type { FastTokens } from './fast-tokens.ts';
import type { ChannelBindings } from './link.ts';
import type { Attempt, ProfileMessage, Refusal, SaslProfile } from './sasl-profile.ts';

/** What the profile of XEP-0388 needs. */
export interface Sasl2Input {
  /** The bare address in the stream's header. */
  readonly from: Jid | undefined;
  /** Mechanisms for tokens that were offered. */
  readonly fast: readonly HashedTokenName[];
  readonly channelBindings: ChannelBindings;
  readonly tokens: FastTokens;
  /** Whether each login with a token gives another one. */
  readonly rotatesTokens: boolean;
  /** The address of an account. */
  jidOf(username: string): Jid | undefined;
  /** Begins an authentication, if the mechanism was offered. */
  begin(mechanism: string): ServerExchange | undefined;
  succeed(success: Sasl2Success): void;
}

/** Somebody is authenticated. */
export interface Sasl2Success {
  readonly account: Jid;
  readonly additional: Sealed<Uint8Array> | undefined;
  /** The request for a resource (XEP-0386 §3.2). */
  readonly bind: Element | undefined;
  /** The request for an earlier session (XEP-0198 §9.2). */
  readonly resume: Element | undefined;
  /** The id of the user agent. */
  readonly agent: string | undefined;
  /** A token, if there is one to be had. */
  readonly token: Element | undefined;
}

/** SASL as in XEP-0388, with the tokens of XEP-0484. */
export function createSasl2Profile(input: Sasl2Input): SaslProfile {
  return {
    isExclusive: true,
    challenge: buildSasl2Challenge,
    failure: ({ condition, text }) => buildSasl2Failure(condition, text),
    read: (received) => {
      const message = parseClientSasl2Element(received);
      switch (message?.type) {
        case 'authenticate':
          return begin(input, message);
        case 'abort':
          return { type: 'refused', condition: 'aborted' };
        case 'malformed':
          return { type: 'refused', condition: message.condition };
        default:
          return message;
      }
    },
  };
}

function begin(input: Sasl2Input, request: ClientAuthenticate): ProfileMessage {
  const isOffered = (name: string | undefined) => input.fast.some((offered) => offered === name);
  const agent = request.userAgent.id;
  if (request.requestToken !== undefined && !isOffered(request.requestToken)) {
    return malformed(`no token can be had for ${JSON.stringify(request.requestToken)}`);
  }
  const wantsToken = request.requestToken !== undefined || request.fast !== undefined;
  if (wantsToken && agent === undefined) return malformed('a token is for a user agent with an id');
  const attempt = request.fast ? beginFast(input, request, agent ?? '') : beginOther(input, request);
  return attempt ? { type: 'begin', attempt } : { type: 'refused', condition: 'invalid-mechanism' };
}

function beginOther(input: Sasl2Input, request: ClientAuthenticate): Attempt | undefined {
  const exchange = input.begin(request.mechanism);
  return exchange && complete(input, request, exchange, () => undefined);
}

/** A login with a token (XEP-0484 §3.4), which says for whom it is before it proves anything. */
function beginFast(input: Sasl2Input, request: ClientAuthenticate, agent: string): Attempt | undefined {
  const { tokens, channelBindings } = input;
  const mechanism = input.fast.find((offered) => offered === request.mechanism);
  if (mechanism === undefined) return undefined;
  let used: string | undefined;
  const ownerOf = (username: string) => {
    const account = input.jidOf(username);
    return account && { account, agent };
  };
  const exchange = createHashedTokenServer({
    mechanism,
    crypto: nodeScramCrypto,
    channelBindings,
    tokensOf: (username) => {
      const owner = ownerOf(username);
      return owner ? tokens.of(owner, mechanism) : [];
    },
    accept: (username, token) => {
      used = token;
      const owner = ownerOf(username);
      return owner !== undefined && tokens.use(owner, token);
    },
  });
  return complete(input, request, exchange, (account) => {
    if (!request.fast?.invalidate) return input.rotatesTokens ? mechanism : undefined;
    tokens.revoke({ account, agent }, used ?? '');
    return undefined;
  });
}

/** @param due the mechanism of the token that is to be given without being asked for */
function complete(
  input: Sasl2Input,
  request: ClientAuthenticate,
  exchange: ServerExchange,
  due: (account: Jid) => HashedTokenName | undefined,
): Attempt {
  const { initial, bind, resume, userAgent, fast } = request;
  const requested = input.fast.find((offered) => offered === request.requestToken);
  return {
    exchange,
    initial,
    refuses: (account) => refuseFrom(input.from, account, fast !== undefined),
    succeed: (account, additional) => {
      const unasked = due(account);
      const mechanism = requested ?? unasked;
      const agent = userAgent.id;
      const made = mechanism && input.tokens.issue({ account, agent: agent ?? '' }, mechanism);
      const token = made && buildToken(made.token, new Date(made.expiry).toISOString());
      input.succeed({ account, additional, bind, resume, agent, token });
    },
  };
}

/** The header has to say who authenticates, if it says anything (XEP-0388 §2.3); for tokens it must (XEP-0484 §4.1). */
function refuseFrom(from: Jid | undefined, account: Jid, isFast: boolean): Refusal | undefined {
  if (from === undefined && isFast) return malformed('a login with a token needs a stream header with from');
  if (from === undefined || from.bare === account.bare) return undefined;
  return { condition: 'invalid-authzid', text: 'the stream header is from somebody else' };
}

function malformed(text: string): { readonly type: 'refused' } & Refusal {
  return { type: 'refused', condition: 'malformed-request', text };
}

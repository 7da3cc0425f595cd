import { type Jid, tryParseJid } from '../jid/index.ts';
import type { ServerExchange } from '../sasl/server.ts';
import type { Element } from '../xml/index.ts';
import type { Accounts } from './accounts.ts';
import { Authentication } from './authentication.ts';
import type { FastTokens } from './fast-tokens.ts';
import { type LoginOffer, type LoginPolicy, visibleOffer } from './login-policy.ts';
import { createExchange } from './mechanisms.ts';
import { createSasl1Profile } from './sasl-profile.ts';
import { createSasl2Profile, type Sasl2Success } from './sasl2-profile.ts';
import type { ServerStream } from './server-stream.ts';

/** Against what clients are authenticated. */
export interface LoginHost {
  readonly accounts: Accounts;
  readonly fastTokens: FastTokens;
  readonly policy: LoginPolicy;
}

/** A stream that a client is to log in on. */
export interface LoginStream {
  readonly stream: ServerStream;
  readonly offer: LoginOffer;
  /** What the client's header said. */
  readonly from: string | undefined;
  /** Somebody is authenticated by SASL, and is to be told. */
  authenticated(account: Jid, success: Element): void;
  /** The same for SASL2. */
  admitted(success: Sasl2Success): void;
}

/** Begins the authentication on a stream, in all profiles that the server offers. */
export function createAuthentication(host: LoginHost, login: LoginStream): Authentication {
  const { accounts, fastTokens, policy } = host;
  const { stream, offer } = login;
  const begin = (name: string) => beginExchange(host, offer, name);
  const jidOf = (username: string) => accounts.jidOf(username);
  const sasl1 = createSasl1Profile({
    begin,
    succeed: (account, success) => login.authenticated(account, success),
  });
  const sasl2 = createSasl2Profile({
    begin,
    jidOf,
    from: tryParseJid(login.from),
    fast: offer.fast,
    channelBindings: offer.channelBindings,
    tokens: fastTokens,
    rotatesTokens: policy.rotateTokens,
    succeed: (success) => login.admitted(success),
  });
  return new Authentication({ stream, profiles: policy.sasl2 ? [sasl1, sasl2] : [sasl1], jidOf });
}

function beginExchange({ accounts, policy }: LoginHost, offer: LoginOffer, name: string): ServerExchange | undefined {
  const mechanism = offer.mechanisms.find((offered) => offered === name);
  if (mechanism === undefined) return undefined;
  const { channelBindings, certifiedUser } = offer;
  const { sendOfferHash } = policy;
  return createExchange(mechanism, {
    users: accounts,
    offer: visibleOffer(offer),
    sendOfferHash,
    channelBindings,
    certifiedUser,
  });
}

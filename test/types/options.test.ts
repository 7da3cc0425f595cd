import { describe, expect, expectTypeOf, it } from 'vitest';
import type { InspectOptions, MermaidOptions, SvgOptions } from '../../src/inspect/index.ts';
import type { JidParts, XmppUri, XmppUriOptions } from '../../src/jid/index.ts';
import type {
  AccountStore,
  ClientCertificate,
  ClientClock,
  ClientCommand,
  ClientOptions,
  ClientScope,
  ClientSubprotocol,
  CreateClientOptions,
  Credentials,
  FastToken,
  IqOptions,
  OnlineOptions,
  RequestHandlers,
  RequestOptions,
  Route,
  SendOptions,
  SessionStore,
  StanzaErrorOptions,
  StartOptions,
  Subprotocol,
  UserAgent,
  WithClientOptions,
  XmppErrorDetails,
} from '../../src/node.ts';
import type { Bind2Options, ChoiceOptions, ExchangeOptions, FastOptions, Sasl2Request } from '../../src/sasl/index.ts';
import type { MessageOptions, OutgoingMessage } from '../../src/subprotocols/message.ts';
import type { Availability, PresenceApi, PresenceOptions } from '../../src/subprotocols/presence.ts';
import type { VersionOptions } from '../../src/subprotocols/version.ts';
import type { createTokenizer, parseElement, parseStream } from '../../src/xml/entry.ts';
import { missingFrom } from './doors.ts';
import type { Refusing, RefusingIn } from './refusing.ts';

/*
 * Who has `exactOptionalPropertyTypes` on, as this project has, may all the same give `undefined` for what is optional. `tsc -p test`
 * checks the types; an interface of options that a door has and this list has not fails the test below.
 */

/** What callers give, by name. */
interface Given {
  AccountStore: AccountStore<string>;
  Availability: Availability;
  Bind2Options: Bind2Options;
  ChoiceOptions: ChoiceOptions;
  ClientCertificate: ClientCertificate;
  ClientClock: ClientClock;
  ClientCommand: ClientCommand;
  ClientOptions: ClientOptions;
  ClientSubprotocol: ClientSubprotocol<unknown>;
  CreateClientOptions: CreateClientOptions;
  Credentials: Credentials;
  ExchangeOptions: ExchangeOptions;
  FastOptions: FastOptions;
  FastToken: FastToken;
  InspectOptions: InspectOptions;
  IqOptions: IqOptions;
  JidParts: JidParts;
  MermaidOptions: MermaidOptions;
  MessageOptions: MessageOptions;
  OnlineOptions: OnlineOptions;
  OutgoingMessage: OutgoingMessage;
  PresenceOptions: PresenceOptions;
  RequestHandlers: Exclude<RequestHandlers[string], (...given: never[]) => unknown>;
  RequestOptions: RequestOptions;
  Route: Route;
  Sasl2Request: Sasl2Request;
  SendOptions: SendOptions;
  SessionStore: SessionStore;
  StanzaErrorOptions: StanzaErrorOptions;
  StartOptions: StartOptions;
  Subprotocol: Subprotocol;
  SvgOptions: SvgOptions;
  UserAgent: UserAgent;
  VersionOptions: VersionOptions;
  WithClientOptions: WithClientOptions;
  XmppErrorDetails: XmppErrorDetails;
  XmppUri: XmppUri;
  XmppUriOptions: XmppUriOptions;
  'Client.request': NonNullable<Parameters<ClientScope['request']>[1]>;
  'PresenceApi.direct': NonNullable<Parameters<PresenceApi['direct']>[1]>;
  'PresenceApi.unavailable': NonNullable<Parameters<PresenceApi['unavailable']>[0]>;
  createTokenizer: NonNullable<Parameters<typeof createTokenizer>[0]>;
  parseElement: NonNullable<Parameters<typeof parseElement>[1]>;
  parseStream: NonNullable<Parameters<typeof parseStream>[1]>;
}

describe('options', () => {
  it('may be undefined, each that may be absent', () => {
    const refusing: RefusingIn<Given>[] = [];
    // The compiler's message says which.
    const none: never[] = refusing;
    expect(none).toEqual([]);
  });

  it('that refuse it would be found, at any depth', () => {
    interface Wrong {
      readonly needed: string;
      readonly fine?: string | undefined;
      readonly host?: string;
      readonly tls?: { readonly ca?: string; readonly needed: string } | undefined;
      readonly limits: Partial<{ readonly depth: number }>;
      readonly act?: () => void;
    }
    expectTypeOf<Refusing<Wrong>>().toEqualTypeOf<'host' | 'tls.ca' | 'limits.depth' | 'act'>();
  });

  it('are all looked at: each interface of options that a door names', () => {
    const { missing, count } = missingFrom(import.meta.filename, (door) => !door.startsWith('./testing'));
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(15);
  });
});

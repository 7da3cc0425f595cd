import { beginningOf, XmppError, type XmppErrorDetails } from '../errors/index.ts';
import { NS_SASL } from '../stream/namespaces.ts';
import { childOf, childrenOf, childTextOf, type Element, textOf } from '../xml/element.ts';

/** What a server can say about an authentication that failed (RFC 6120 §6.5). */
export type SaslFailureCondition =
  | 'aborted'
  | 'account-disabled'
  | 'credentials-expired'
  | 'encryption-required'
  | 'incorrect-encoding'
  | 'invalid-authzid'
  | 'invalid-mechanism'
  | 'malformed-request'
  | 'mechanism-too-weak'
  | 'not-authorized'
  | 'temporary-auth-failure';

/** Why an authentication failed; those that no server sends are this client's own. */
export type SaslCondition =
  | SaslFailureCondition
  /** The server failed it for a reason that RFC 6120 does not define. */
  | 'undefined-condition'
  /** Nothing the server offers may be used. */
  | 'no-mechanism'
  /** Less is offered than this account used before, or than the server itself says it offered. */
  | 'downgrade'
  /** No username or no password was given. */
  | 'missing-credentials'
  /** A username or password contains what no server accepts. */
  | 'invalid-credentials'
  /** The server sent what the mechanism's grammar or sequence does not allow. */
  | 'malformed-challenge'
  /** The server's SCRAM nonce does not continue ours: this answer was not made for this login. */
  | 'foreign-nonce'
  /** The server asks for so little work that the password could be guessed from our proof. */
  | 'weak-parameters'
  /** The server asks for more work than this client is willing to do. */
  | 'excessive-parameters'
  /** The login is right, but the account needs a further step, such as a second factor, which this client does not do. */
  | 'tasks-required'
  /** The server did not prove that it knows the account. */
  | 'server-not-authenticated'
  /** An exchange was used after its end, or a message came before its turn. */
  | 'out-of-order'
  /** The login succeeded, but for another account than the one that was asked for. */
  | 'other-account'
  /** The platform offers no cryptography here: a page that was not loaded over HTTPS. */
  | 'crypto-unavailable';

/** Authentication failed; {@link XmppError.hint} says what can be done. Never contains a secret. */
export class SaslError extends XmppError {
  override readonly name = 'SaslError';
  override readonly level = 'sasl';
  declare readonly condition: SaslCondition;

  constructor(message: string, details: XmppErrorDetails & { readonly condition: SaslCondition }) {
    super(message, { ...details, hint: details.hint ?? hintFor(details.condition) });
  }

  /**
   * Reads a `<failure/>` (RFC 6120 §6.4.5, also that of XEP-0388). Never throws: a condition that nobody defined, or none,
   * is `undefined-condition`. `account` names the account in the hint.
   */
  static fromElement(failure: Element, account?: string): SaslError {
    let condition: SaslCondition = 'undefined-condition';
    let text: string | undefined;
    for (const child of failure.children) {
      if (typeof child === 'string' || (child.namespace !== NS_SASL && child.namespace !== failure.namespace)) continue;
      if (child.name === 'text') text ??= textOf(child) || undefined;
      else if (isFailureCondition(child.name) && condition === 'undefined-condition') condition = child.name;
    }
    const explanation = text === undefined ? '' : `: ${quote(text)}`;
    const message = `The server refused the authentication with ${condition}${explanation}`;
    return new SaslError(message, { condition, text, hint: hintFor(condition, account) });
  }

  /**
   * Reads a `<continue/>` (XEP-0388 §2.6.3), which asks for tasks that this client does not do, and names them. Never
   * throws. `account` names the account in the hint.
   */
  static fromContinue(received: Element, account?: string): SaslError {
    const condition = 'tasks-required';
    const list = childOf(received, 'tasks');
    const tasks = list ? childrenOf(list, 'task').map((task) => textOf(task).trim()) : [];
    const text = childTextOf(received, 'text') || undefined;
    const names = tasks.slice(0, MAX_TASKS).map(quote);
    if (tasks.length > MAX_TASKS) names.push(`and ${tasks.length - MAX_TASKS} more`);
    const explanation = text === undefined ? '' : `: ${quote(text)}`;
    const message = `The server asks for a further step (${names.join(', ') || 'unnamed'})${explanation}`;
    return new SaslError(message, { condition, text, hint: hintFor(condition, account) });
  }
}

/** A peer's text as it may stand in a message: quoted, on one line, without invisible characters, and not endless. */
export function quote(text: string): string {
  const beginning = text.length > 200 ? `${beginningOf(text, 200)}…` : text;
  return JSON.stringify(beginning.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd'));
}

/** How many tasks a message lists: the peer decides how many there are. */
const MAX_TASKS = 12;

function isFailureCondition(name: string): name is SaslFailureCondition {
  return FAILURE_CONDITIONS.has(name);
}

function hintFor(condition: SaslCondition, account = 'this account'): string {
  return HINTS[condition].replaceAll('{account}', () => account);
}

const FAILURE_CONDITIONS: ReadonlySet<string> = new Set<SaslFailureCondition>([
  'aborted',
  'account-disabled',
  'credentials-expired',
  'encryption-required',
  'incorrect-encoding',
  'invalid-authzid',
  'invalid-mechanism',
  'malformed-request',
  'mechanism-too-weak',
  'not-authorized',
  'temporary-auth-failure',
]);

const INTRUDER_HINT =
  'This may not be the server it claims to be. Do not log in over this connection; if it happens in other networks too, tell the operator of the server.';
const SERVER_BUG_HINT = 'Report it to the operator of the server, with the name of the server software.';
const CLIENT_BUG_HINT = 'The server did not understand this client. Please report it with a log.';

const HINTS: Readonly<Record<SaslCondition, string>> = {
  aborted: 'The login was stopped on this side; start it again when you want to.',
  'account-disabled': 'Ask the operator of the server why {account} is disabled.',
  'credentials-expired': 'Set a new password for {account}.',
  'encryption-required': 'Use TLS: the server does not allow this mechanism without it.',
  'incorrect-encoding': CLIENT_BUG_HINT,
  'invalid-authzid': 'Leave out the authorization identity of {account}, or correct it.',
  'invalid-mechanism': 'Allow other mechanisms: the server does not support this one for {account}.',
  'malformed-request': CLIENT_BUG_HINT,
  'mechanism-too-weak': 'Allow a stronger mechanism: the server does not accept this one for {account}.',
  'not-authorized': 'Check the username and password of {account}.',
  'temporary-auth-failure': 'Nothing is wrong with the password: try again later.',
  'undefined-condition': 'Ask the operator of the server what this means for {account}.',
  'no-mechanism': 'Ask the operator of the server to enable SCRAM-SHA-256; PLAIN needs TLS.',
  downgrade: `${INTRUDER_HINT} If the server was changed on purpose, forget the mechanism remembered for {account}.`,
  'missing-credentials': 'Give the username and the password of {account}.',
  'invalid-credentials': 'Check the username and password of {account} for characters pasted by accident.',
  'malformed-challenge': SERVER_BUG_HINT,
  'foreign-nonce': INTRUDER_HINT,
  'weak-parameters': `${INTRUDER_HINT} If it is an old server you trust, lower minIterations.`,
  'excessive-parameters': `${SERVER_BUG_HINT} If you trust it, raise maxIterations.`,
  'tasks-required': 'Ask the operator of the server how programs log in to {account} without a further step.',
  'server-not-authenticated': INTRUDER_HINT,
  'out-of-order': SERVER_BUG_HINT,
  'other-account': 'The certificate or token is of another account than the JID: correct one of them.',
  'crypto-unavailable': 'Load the page over HTTPS: browsers offer no cryptography otherwise.',
};

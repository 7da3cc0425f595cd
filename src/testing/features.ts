import { NS_BIND, NS_SASL, NS_SESSION, NS_STREAM, NS_TLS } from '../stream/index.ts';
import { type Element, element } from '../xml/index.ts';

/** What is offered before authentication (RFC 6120 §5.4.1, §6.4.1). */
export function loginFeatures(startTls: 'required' | 'optional' | 'none', mechanisms: readonly string[]): Element {
  const required = startTls === 'required' ? element('required') : undefined;
  return element(
    `{${NS_STREAM}}features`,
    {},
    startTls === 'none' ? undefined : element(`{${NS_TLS}}starttls`, {}, required),
    mechanisms.length === 0
      ? undefined
      : element(
          `{${NS_SASL}}mechanisms`,
          {},
          mechanisms.map((name) => element('mechanism', {}, name)),
        ),
  );
}

/** What is offered after it (RFC 6120 §7.4). The session of RFC 3921 §3 is optional unless asked for. */
export function bindFeatures(requireLegacySession: boolean): Element {
  return element(
    `{${NS_STREAM}}features`,
    {},
    element(`{${NS_BIND}}bind`),
    element(`{${NS_SESSION}}session`, {}, requireLegacySession ? undefined : element('optional')),
  );
}

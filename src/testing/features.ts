import { NS_CHANNEL_BINDING } from '../sasl/index.ts';
import { buildSasl2Features } from '../sasl/server.ts';
import { NS_BIND, NS_SASL, NS_SESSION, NS_SM, NS_STREAM, NS_TLS } from '../stream/index.ts';
import { type Element, element } from '../xml/index.ts';
import { BIND2_FEATURES } from './bind2.ts';
import type { LoginOffer } from './login-policy.ts';

/** Client state indication (XEP-0352). */
export const NS_CSI = 'urn:xmpp:csi:0';

/** What a server can do beyond RFC 6120. */
export interface Abilities {
  readonly hasSasl2: boolean;
  /** Whether it manages streams (XEP-0198). */
  readonly isManaged: boolean;
}

/** What is offered before authentication (RFC 6120 §5.4.1, §6.4.1). */
export function loginFeatures(
  startTls: 'required' | 'optional' | 'none',
  offer: LoginOffer | undefined,
  { hasSasl2, isManaged }: Abilities,
): Element {
  return element(
    `{${NS_STREAM}}features`,
    {},
    startTls === 'none' ? undefined : startTlsFeature(startTls === 'required'),
    offer && mechanismsFeature(offer.mechanisms),
    offer && hasSasl2 ? sasl2Feature(offer, isManaged) : undefined,
    offer?.announced && channelBindingFeature(offer.announced),
  );
}

/** What is offered after it (RFC 6120 §7.4). The session of RFC 3921 §3 is optional unless asked for. */
export function bindFeatures(requireLegacySession: boolean, { hasSasl2, isManaged }: Abilities): Element {
  return element(
    `{${NS_STREAM}}features`,
    {},
    element(`{${NS_BIND}}bind`),
    element(`{${NS_SESSION}}session`, {}, requireLegacySession ? undefined : element('optional')),
    hasSasl2 ? element(`{${NS_CSI}}csi`) : undefined,
    isManaged ? element(`{${NS_SM}}sm`) : undefined,
  );
}

/** What is offered to one who has a resource already (XEP-0386), and may have enabled stream management with it. */
export function boundFeatures(mayManage: boolean): Element {
  return element(
    `{${NS_STREAM}}features`,
    {},
    element(`{${NS_CSI}}csi`),
    mayManage ? element(`{${NS_SM}}sm`) : undefined,
  );
}

/** The list of mechanisms (RFC 6120 §6.4.1); none at all if there are none. */
export function mechanismsFeature(mechanisms: readonly string[]): Element | undefined {
  if (mechanisms.length === 0) return undefined;
  return element(
    `{${NS_SASL}}mechanisms`,
    {},
    mechanisms.map((name) => element('mechanism', {}, name)),
  );
}

/** The list of channel bindings (XEP-0440 §3). */
export function channelBindingFeature(types: readonly string[]): Element {
  return element(
    `{${NS_CHANNEL_BINDING}}sasl-channel-binding`,
    {},
    types.map((type) => element('channel-binding', { type })),
  );
}

function sasl2Feature({ mechanisms, fast }: LoginOffer, isManaged: boolean): Element | undefined {
  // XEP-0388 §2.1: without a mechanism it is not offered.
  if (mechanisms.length === 0) return undefined;
  const bind = isManaged ? [...BIND2_FEATURES, NS_SM] : BIND2_FEATURES;
  const inline = { bind, sm: isManaged, fast: fast.length === 0 ? undefined : fast };
  return buildSasl2Features({ mechanisms, inline });
}

function startTlsFeature(isRequired: boolean): Element {
  return element(`{${NS_TLS}}starttls`, {}, isRequired ? element('required') : undefined);
}

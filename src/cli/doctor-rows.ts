import { formatDuration } from '../recorder/index.ts';
import { offeredChannelBindings, parseSasl2Offer, type Sasl2Offer } from '../sasl/index.ts';
import type { Features } from '../stream/index.ts';
import type { Examination, Login } from './doctor-examination.ts';
import type { CertificateFacts } from './doctor-look.ts';
import { daysUntil, mechanismFindings, otherFeatures } from './doctor-report.ts';
import type { Row } from './rows.ts';
import type { Style } from './terminal.ts';

/** Days before the end of a certificate from which on somebody should know. */
const SOON = 14;
/** Names that are listed: a certificate may have any number. */
const LISTED = 8;

/** How far the client got before anything was offered to it: TCP or WebSocket, STARTTLS, TLS, and the certificate. */
export function connectionRows(examination: Examination, domain: string, style: Style): Row[] {
  const { clearFeatures, tls } = examination;
  return [
    ...reachedRows(examination),
    ...(clearFeatures ? startTlsRows(clearFeatures) : []),
    ...tlsRows(examination),
    ...(tls ? [certificateRow(tls.certificate, domain, style)] : []),
  ];
}

/** What the server offers where the client would log in. */
export function offerRows(examination: Examination): Row[] {
  const { features } = examination;
  if (!features) return [];
  const bindings = offeredChannelBindings(features.element);
  const sasl2 = parseSasl2Offer(features.element);
  const others = otherFeatures(examination).map(({ name, namespace }) => `${name} (${namespace})`);
  return [
    row('SASL', listed(features.mechanisms)),
    row('binding', bindings ? listed(bindings) : 'no list (XEP-0440)'),
    ...(sasl2 ? [sasl2Row(sasl2, features)] : []),
    ...(others.length > 0 ? [row('others', others.join(', '))] : []),
  ];
}

/** What the client makes of that. */
export function loginRows(login: Login, style: Style): Row[] {
  const { choice, profile } = login;
  if (!choice.chosen) return [];
  const binding = choice.channelBinding && `bound to ${choice.channelBinding}${choice.guessed ? ', a guess' : ''}`;
  const parts = [choice.chosen.name, binding, profile === 'sasl2' ? 'in SASL2 (XEP-0388)' : 'in SASL (RFC 6120)'];
  const token = choice.requestedToken && `asks for a token for the next login: ${choice.requestedToken}`;
  const reasons = new Map<string, string[]>();
  for (const { name, verdict, reason } of mechanismFindings(login)) {
    if (verdict !== 'chosen') reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  const refusals = [...reasons].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
  return [
    { ...row('choice', parts.filter(Boolean).join(', '), ...(token ? [token] : [])), paint: style.green },
    ...(refusals.length > 0 ? [row('and not', ...refusals)] : []),
  ];
}

function row(label: string, ...texts: readonly string[]): Row {
  return { label, texts };
}

function reachedRows({ endpoint, connectTime }: Examination): Row[] {
  if (connectTime === undefined) return [];
  const time = formatDuration(connectTime);
  if (endpoint.transport === 'websocket') return [row('WebSocket', `opened in ${time}, subprotocol xmpp`)];
  return [row('TCP', `connected in ${time}`)];
}

function startTlsRows({ startTls, mechanisms }: Features): Row[] {
  const offer = startTls ? `offered${startTls.required ? ' and required' : ', not required'}` : 'not offered';
  const early = mechanisms.length > 0 ? [row('before TLS', `${listed(mechanisms)}: the client waits for TLS`)] : [];
  return [row('STARTTLS', offer), ...early];
}

function tlsRows({ endpoint, tls, tlsVersion = tls?.version, tlsTime }: Examination): Row[] {
  if (tlsVersion === undefined) return [];
  const isDirect = endpoint.transport === 'tcp' && endpoint.security === 'direct-tls';
  const alpn = isDirect && tls ? (tls.alpn ? `ALPN ${tls.alpn}` : 'no ALPN') : undefined;
  const time = tlsTime === undefined ? undefined : `in ${formatDuration(tlsTime)}`;
  return [row('TLS', [tlsVersion, tls?.cipher, alpn, time].filter(Boolean).join(', '))];
}

function certificateRow(certificate: CertificateFacts, domain: string, style: Style): Row {
  const { names, isForDomain, issuer, fingerprint, validTo } = certificate;
  const rest = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  const isDoubtful = !isForDomain || daysUntil(validTo) < SOON;
  return {
    label: 'certificate',
    texts: [
      `for ${listed(names.slice(0, LISTED))}${rest}${isForDomain ? '' : `, and not for ${domain}`}`,
      `issued by ${issuer}`,
      validityOf(certificate),
      `SHA-256 ${fingerprint}`,
    ],
    paint: isDoubtful ? style.yellow : undefined,
  };
}

function validityOf({ validFrom, validTo }: CertificateFacts): string {
  const days = daysUntil(validTo);
  if (days < 0) return `expired on ${dateOf(validTo)}, ${-days} ${-days === 1 ? 'day' : 'days'} ago`;
  const start = validFrom.getTime() > Date.now() ? `not valid before ${dateOf(validFrom)}, ` : '';
  return `${start}valid until ${dateOf(validTo)}, ${days} ${days === 1 ? 'day' : 'days'} from now`;
}

function dateOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function sasl2Row({ mechanisms, inline }: Sasl2Offer, features: Features): Row {
  const isSame = mechanisms.join(' ') === features.mechanisms.join(' ');
  const along = [
    inline.bind && `resource binding (${listed(inline.bind)})`,
    inline.sm && 'stream management',
    inline.fast && `tokens (${listed(inline.fast)})`,
  ].filter(Boolean);
  return row(
    'SASL2',
    isSame ? 'the same mechanisms' : listed(mechanisms),
    ...(along.length > 0 ? [`along with it: ${along.join(', ')}`] : []),
  );
}

function listed(names: readonly string[]): string {
  return names.join(', ') || 'none';
}

import { describeEndpoint, type Endpoint } from '../../machines/index.ts';
import type { XmppError } from '../errors/index.ts';
import { offeredChannelBindings, parseSasl2Offer } from '../sasl/index.ts';
import type { Examination } from './doctor-examination.ts';
import type { TlsFacts } from './doctor-look.ts';
import { daysUntil, mechanismFindings, otherFeatures, type Report } from './doctor-report.ts';
import { outcomeOf } from './doctor-verdict.ts';
import { escapeJson } from './terminal.ts';

/** A report for programs: the shape is documented, and what is absent is `null`. */
export function reportAsJson({ domain, discovery, examinations, untried, verdict }: Report): string {
  const { services, documents, error, isNamed } = discovery;
  const report = {
    domain,
    discovery: {
      named: isNamed,
      srv: services.map(({ name, answer, problem, records }) => ({
        name,
        answer,
        problem,
        records: records.map(({ priority, weight, port, name: target }) => ({ priority, weight, port, target })),
      })),
      hostMeta: documents.map((document) => ({
        url: document.url,
        there: document.isThere,
        websockets: document.endpoints.map(({ url }) => url),
        error: errorAsJson(document.error),
      })),
      error: errorAsJson(error),
    },
    endpoints: examinations.map(examinationAsJson),
    untried,
    verdict,
  };
  // JSON has no word for what is absent; left out, nobody would know that it can be there.
  return escapeJson(JSON.stringify(report, (_key, value) => value ?? null, 2));
}

function examinationAsJson(examination: Examination) {
  const { endpoint, before, connectTime, clearFeatures, tls, tlsVersion, tlsTime, features, login, error } =
    examination;
  return {
    ...endpointAsJson(endpoint),
    outcome: outcomeOf(examination),
    redirectedFrom: before.map((attempt) => attempt.endpoint),
    connectMs: rounded(connectTime),
    startTls: clearFeatures && {
      offered: clearFeatures.startTls !== undefined,
      required: clearFeatures.startTls?.required ?? false,
      mechanismsBefore: clearFeatures.mechanisms,
    },
    tls: tlsAsJson(tls, tlsVersion, tlsTime),
    sasl: features && { mechanisms: features.mechanisms, channelBindings: offeredChannelBindings(features.element) },
    sasl2: features && parseSasl2Offer(features.element),
    features: features && otherFeatures(examination),
    choice: login && {
      profile: login.profile,
      mechanism: login.choice.chosen?.name,
      channelBinding: login.choice.channelBinding,
      guessed: login.choice.guessed,
      token: login.choice.requestedToken,
      mechanisms: mechanismFindings(login),
    },
    error: errorAsJson(error),
  };
}

function endpointAsJson(endpoint: Endpoint) {
  const { transport, host, port, security, url, reason } = endpoint;
  return { endpoint: describeEndpoint(endpoint), transport, host, port, security, url, reason };
}

function tlsAsJson(tls: TlsFacts | undefined, version: string | undefined, time: number | undefined) {
  if (!tls && version === undefined) return undefined;
  const { certificate } = tls ?? {};
  return {
    version: version ?? tls?.version,
    cipher: tls?.cipher,
    alpn: tls?.alpn,
    handshakeMs: rounded(time),
    certificate: certificate && { ...certificate, daysLeft: daysUntil(certificate.validTo) },
  };
}

function errorAsJson(error: XmppError | undefined) {
  return error && { code: error.code, message: error.message, phase: error.phase, hint: error.hint };
}

function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 10) / 10;
}

import { describeEndpoint } from '../../machines/index.ts';
import type { Discovery, DocumentFinding, ServiceFinding } from './doctor-discovery.ts';
import type { Examination } from './doctor-examination.ts';
import type { Report } from './doctor-report.ts';
import { connectionRows, loginRows, offerRows } from './doctor-rows.ts';
import { describeError } from './explain-error.ts';
import { formatRows, type Row } from './rows.ts';
import { escapeControls, type Terminal } from './terminal.ts';

/** Records that are listed: a domain can have any number. */
const LISTED = 16;

/** What is known about where a domain can be reached. */
export function formatDiscovery(discovery: Discovery, domain: string, terminal: Terminal): string[] {
  const { services, documents, endpoints, error, isNamed } = discovery;
  // Only where no service records lead anywhere.
  const fallback = endpoints.find(({ reason }) => reason.startsWith('the domain '));
  const rows: Row[] = isNamed
    ? [{ label: '', texts: ['Nobody was asked: the command line names the place.'] }]
    : [
        ...services.map(serviceRow),
        ...(fallback ? [{ label: 'fallback', texts: [`${describeEndpoint(fallback)}: ${fallback.reason}`] }] : []),
        ...documents.map(documentRow),
        ...(error ? [{ label: 'failed', texts: [describeError(error)], paint: terminal.style.red }] : []),
      ];
  return [terminal.style.bold(`Discovery of ${escapeControls(domain)}`), ...formatRows(rows, terminal)];
}

/** What became of one endpoint. */
export function formatExamination(
  examination: Examination,
  number: number,
  domain: string,
  terminal: Terminal,
): string[] {
  const { endpoint, before, login, error } = examination;
  const { style } = terminal;
  const where = describeEndpoint(endpoint);
  const title = style.bold(`${number}. ${escapeControls(where)}`);
  const rows: Row[] = [
    { label: 'source', texts: [endpoint.reason] },
    ...before.map((attempt) => ({ label: 'sent on by', texts: [`${attempt.endpoint}: ${attempt.message}`] })),
    ...connectionRows(examination, domain, style),
    ...offerRows(examination),
    ...(login ? loginRows(login, style) : []),
    ...(error ? [{ label: 'failed', texts: [describeError(error, where)], paint: style.red }] : []),
  ];
  return ['', title, ...formatRows(rows, terminal)];
}

/** What it all comes to. */
export function formatVerdict(report: Report, terminal: Terminal): string[] {
  const { style } = terminal;
  const { loginAt, ready } = report.verdict;
  const paint = loginAt !== undefined ? style.green : ready.length > 0 ? style.yellow : style.red;
  return ['', style.bold('Verdict'), ...formatRows([{ label: '', texts: sentencesOf(report), paint }], terminal)];
}

function serviceRow({ name, answer, records, problem }: ServiceFinding): Row {
  const label = name.startsWith('_xmpps') ? 'direct TLS' : 'STARTTLS';
  const listed = records
    .slice(0, LISTED)
    .map((record) => `- ${record.name}:${record.port}, priority ${record.priority}, weight ${record.weight}`);
  const rest = records.length > LISTED ? [`- and ${records.length - LISTED} more`] : [];
  const said = {
    records: '',
    none: ': no service records',
    refused: ': no such service, says the record "."',
    failed: `: the name server could not be asked (${problem})`,
  };
  return { label, texts: [`SRV ${name}${said[answer]}`, ...(answer === 'records' ? [...listed, ...rest] : [])] };
}

function documentRow({ url, isThere, endpoints, error }: DocumentFinding): Row {
  if (error) return { label: 'WebSocket', texts: [describeError(error)] };
  if (!isThere) return { label: 'WebSocket', texts: [`${url}: there is none`] };
  const names = endpoints.map((endpoint) => `- ${describeEndpoint(endpoint)}`);
  return { label: 'WebSocket', texts: names.length > 0 ? [url, ...names] : [`${url}: names no WebSocket`] };
}

function sentencesOf({ domain, discovery, examinations, untried, verdict }: Report): string[] {
  const { loginAt, stopsAt, ready } = verdict;
  const isTold = stopsAt !== undefined && stopsAt + 1 < examinations.length;
  const sentences: string[] = [];
  if (examinations.length === 0) sentences.push('There was nothing to try.');
  else if (discovery.considered === 0) sentences.push('A client would try none of these.');
  if (isTold) sentences.push(`A client would stop at endpoint ${stopsAt + 1}, and try none behind it.`);
  if (loginAt !== undefined) {
    const mechanism = examinations[loginAt]?.login?.choice.chosen?.name;
    sentences.push(`A client would log in to ${domain} at endpoint ${loginAt + 1}, with ${mechanism}.`);
  } else if (ready.length > 0) {
    const numbers = ready.map((index) => index + 1).join(' or ');
    sentences.push(`It could log in at endpoint ${numbers}, told to go there: --host, --direct-tls, --websocket.`);
  } else sentences.push(`No endpoint would let a client log in to ${domain}.`);
  if (untried > 0) sentences.push(`${untried} more ${untried === 1 ? 'endpoint was' : 'endpoints were'} not tried.`);
  return sentences;
}

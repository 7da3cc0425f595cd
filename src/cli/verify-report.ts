import { OptionError } from '../errors/index.ts';
import { reportJson, reportJunit, reportLines, type Verdict, type Verification } from '../testing/verify/index.ts';
import { saveOut } from './files.ts';
import type { Io } from './io.ts';
import { createTerminal, escapeControls, escapeJson, type Terminal } from './terminal.ts';
import { reportChart } from './verify-chart.ts';

/** What the options of a report come as. */
export interface ReportFlags {
  /** One of {@link VERIFY_FORMATS}; `text` by default. */
  readonly format?: string;
  /** File to write; by default the standard output. */
  readonly out?: string;
  /** `false` for --no-color. */
  readonly color: boolean;
}

/** Formats of `verify`. */
export const VERIFY_FORMATS = ['text', 'json', 'junit', 'svg'] as const;

type Format = (typeof VERIFY_FORMATS)[number];

/**
 * Reads `--format`.
 *
 * @throws OptionError
 */
export function parseFormat(text = 'text'): Format {
  const format = VERIFY_FORMATS.find((known) => known === text);
  if (format !== undefined) return format;
  throw new OptionError(`Expected one of ${VERIFY_FORMATS.join(', ')} after --format, got '${text}'`);
}

/** Writes a report to where the flags say. */
export async function writeReport(
  verification: Verification,
  format: Format,
  flags: ReportFlags,
  io: Io,
): Promise<void> {
  const terminal = createTerminal(io, { colors: flags.color && flags.out === undefined });
  const text = await render(verification, format, terminal);
  if (flags.out === undefined) io.stdout.write(text);
  else await saveOut(flags.out, text);
}

async function render(verification: Verification, format: Format, terminal: Terminal): Promise<string> {
  switch (format) {
    case 'text':
      return renderText(shown(verification), terminal);
    case 'json':
      return escapeJson(reportJson(verification));
    case 'junit':
      return reportJunit(shown(verification));
    case 'svg':
      return reportChart(verification);
  }
}

function renderText(verification: Verification, { style }: Terminal): string {
  const styles: Readonly<Record<Verdict, (text: string) => string>> = {
    met: style.green,
    allowed: style.cyan,
    'deviates (SHOULD)': style.yellow,
    'deviates (MUST)': style.red,
  };
  return `${reportLines(verification, (verdict, text) => styles[verdict](text)).join('\n')}\n`;
}

/** What a peer said may hold anything: controls are made visible first. */
function shown(verification: Verification): Verification {
  return {
    ...verification,
    findings: verification.findings.map((finding) => ({
      ...finding,
      got: escapeControls(finding.got),
      xml: escapeControls(finding.xml),
    })),
    name: escapeControls(verification.name),
    omitted: verification.omitted.map((each) => ({ ...each, reason: escapeControls(each.reason) })),
  };
}

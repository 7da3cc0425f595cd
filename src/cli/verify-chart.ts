import { chartGraph, renderSvg } from '../inspect/graph/index.ts';
import { remoteClientMachine } from '../testing/verify/client/index.ts';
import { type Finding, VERDICTS, type Verdict, type Verification } from '../testing/verify/index.ts';
import { serverMachine } from '../testing/verify/server/index.ts';
import { childrenOf, type Element, element, parseElement, serialize } from '../xml/index.ts';

/** By verdict: readable on a light ground and on a dark one. */
const COLOURS: Readonly<Record<Verdict, string>> = {
  met: '#2da44e',
  allowed: '#218bff',
  'deviates (SHOULD)': '#d4a72c',
  'deviates (MUST)': '#e5534b',
};

/** A piece of the picture, and the moves that it stands for. */
interface Piece {
  readonly shape: Element;
  readonly findings: readonly Finding[];
}

const MODELS = { client: remoteClientMachine, server: serverMachine } as const;

/**
 * The model of what was verified as SVG, each move in the colour of its verdict: green for met, blue for allowed, yellow where it deviates from a
 * SHOULD, red where it deviates from a MUST. A line that stands for several moves has the colour of the worst, and its title says them all.
 * What was not tried keeps the colour of the chart.
 */
export async function reportChart({ subject, findings }: Verification): Promise<string> {
  const svg = parseElement(await renderSvg(chartGraph(MODELS[subject])));
  const pieces = [...piecesOf(svg, findings).values()];
  const layer = element(`{${svg.namespace}}g`, { class: 'verdicts' }, ...pieces.map(coloured));
  return `${serialize({ ...svg, children: [...svg.children, layer] })}\n`;
}

/** Several transitions may share an arrow or a line of text: each is one piece. */
function piecesOf(svg: Element, findings: readonly Finding[]): ReadonlyMap<string, Piece> {
  const pieces = new Map<string, Piece>();
  const transitions = childrenOf(svg, 'g').filter(({ attributes }) => attributes.class === 'transitions');
  for (const transition of transitions.flatMap((group) => childrenOf(group, 'g'))) {
    const { 'data-source': source, 'data-event': event } = transition.attributes;
    const own = findings.filter(({ state, move }) => state === source && move === event);
    for (const shape of [...childrenOf(transition, 'rect'), ...childrenOf(transition, 'path')]) {
      const key = JSON.stringify(shape.attributes);
      pieces.set(key, { shape, findings: [...(pieces.get(key)?.findings ?? []), ...own] });
    }
  }
  return pieces;
}

function coloured({ shape, findings }: Piece): Element | undefined {
  const worst = VERDICTS.findLast((verdict) => findings.some((finding) => finding.verdict === verdict));
  if (worst === undefined) return undefined;
  const colour = COLOURS[worst];
  const { class: _, ...place } = shape.attributes;
  const look =
    shape.name === 'rect'
      ? { fill: colour, 'fill-opacity': '0.35' }
      : { fill: 'none', stroke: colour, 'stroke-width': '3', 'stroke-opacity': '0.7', 'pointer-events': 'stroke' };
  const title = findings.map(({ move, verdict }) => `${move}: ${verdict}`).join('\n');
  return element(shape.name, { ...place, ...look }, element('title', {}, title));
}

import { type Element, element, serialize } from '../../xml/index.ts';
import type { ChartGraph } from './chart.ts';
import { type Layout, layOut } from './layout.ts';
import { type Picture, pictureOf } from './picture.ts';
import { printable } from './printable.ts';
import { CHART_STYLES } from './styles.ts';
import { drawLine, drawTexts } from './svg-arrows.ts';
import { drawStates } from './svg-states.ts';
import { drawTransitions } from './svg-transitions.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Around the whole picture, in pixels. */
const MARGIN = 8;

/** What may be chosen of an SVG. */
export interface SvgOptions {
  /** `false` leaves the style sheet out, for a page that has {@link CHART_STYLES}. */
  readonly styles?: boolean | undefined;
}

/**
 * Draws a machine as SVG. Each state is a `g` with the class `state`, its kind and its tags (`tag-online`), and its path in `data-state`.
 * Each transition is a `g` with the class `transition` and `data-source`, `data-target` and `data-event`; what is invisible of it
 * becomes visible with the class `last`. Several transitions may share an arrow or a line of text.
 */
export async function renderSvg(graph: ChartGraph, { styles = true }: SvgOptions = {}): Promise<string> {
  const picture = pictureOf(graph);
  const layout = await layOut(picture);
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN];
  const svg = element(
    `{${SVG}}svg`,
    { class: 'chart', viewBox: `${-MARGIN} ${-MARGIN} ${width} ${height}`, width, height, role: 'img' },
    element('title', {}, `Statechart ${printable(graph.id)}`),
    element('desc', {}, printable(summaryOf(picture))),
    ...(styles ? [element('style', {}, CHART_STYLES)] : []),
    element('rect', { class: 'background', x: -MARGIN, y: -MARGIN, width, height }),
    ...draw(picture, layout),
  );
  return `${serialize(svg)}\n`;
}

/** Lines run behind states and their texts, and what shows the last transition lies on top. */
function draw(picture: Picture, layout: Layout): Element[] {
  return [
    element('g', { class: 'arrows' }, ...layout.arrows.flatMap(({ arrow, route }) => drawLine(route, arrow.isOnward))),
    drawStates(picture, layout),
    element('g', { class: 'labels' }, ...layout.arrows.flatMap(drawTexts)),
    element('g', { class: 'transitions' }, ...drawTransitions(picture, layout)),
  ];
}

/** What those hear who do not see the picture. */
function summaryOf({ graph, tree }: Picture): string {
  const outer = tree.childrenOf('').map(({ name }) => name);
  const { length: states } = graph.states.slice(1);
  return `${states} states and ${graph.transitions.length} transitions. Outermost states: ${outer.join(', ')}.`;
}

import type { Box } from './camera.ts';
import type { Edge } from './last-transition.ts';

/** A chart as it is drawn. */
export interface Drawing {
  readonly svg: SVGSVGElement;
  /** All of it, in its own units. */
  readonly whole: Box;
  /** The group of each state, by path. */
  readonly states: ReadonlyMap<string, Element>;
  readonly edges: readonly DrawnEdge[];
  /** What the chart says about each state, by path. */
  readonly descriptions: ReadonlyMap<string, string>;
}

/** A transition and the group that draws it. */
interface DrawnEdge extends Edge {
  readonly group: Element;
}

const ALLOWED = new Set(
  'svg g path rect circle ellipse line polyline polygon text tspan title desc defs marker'.split(' '),
);

/**
 * Reads a chart that the server drew. Nothing else of the page is ever read as markup, and this only where it is shapes and
 * texts: throws where it holds anything that could run or load something.
 */
export function readDrawing(text: string): Drawing {
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  for (const element of [parsed, ...parsed.querySelectorAll('*')]) check(element);
  const svg = document.importNode(parsed, true);
  if (!(svg instanceof SVGSVGElement)) throw new Error('This chart is no SVG');
  const whole = wholeOf(svg);
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  svg.setAttribute('aria-hidden', 'true');
  const states = new Map([...svg.querySelectorAll('[data-state]')].map((group) => [attribute(group, 'state'), group]));
  const edges = [...svg.querySelectorAll('[data-source]')].map((group) => ({
    group,
    source: attribute(group, 'source'),
    // A transition may lead to several regions at once: the first tells enough.
    target: attribute(group, 'target').split(' ')[0] ?? '',
    event: attribute(group, 'event'),
  }));
  return { svg, whole, states, edges, descriptions: new Map([...states].map(describe)) };
}

/** Where the states of a drawing are, by path. The drawing has to be on the page. */
export function measure({ svg, states }: Drawing): ReadonlyMap<string, Box> {
  const toChart = svg.getScreenCTM()?.inverse();
  return new Map(
    [...states].map(([path, group]) => {
      const { left, top, right, bottom } = shapeOf(group).getBoundingClientRect();
      const start = new DOMPoint(left, top).matrixTransform(toChart);
      const end = new DOMPoint(right, bottom).matrixTransform(toChart);
      return [path, { x: start.x, y: start.y, width: end.x - start.x, height: end.y - start.y }];
    }),
  );
}

/** The shape of a state itself, without the states in it. */
function shapeOf(group: Element): Element {
  return group.querySelector(':scope > rect, :scope > circle, :scope > path') ?? group;
}

function check(element: Element): void {
  if (element.namespaceURI !== 'http://www.w3.org/2000/svg' || !ALLOWED.has(element.localName)) {
    throw new Error(`The chart holds <${element.localName}>, which has no place in one`);
  }
  for (const { name } of [...element.attributes]) {
    if (/^on/i.test(name) || /href$/i.test(name)) throw new Error(`The chart holds ${name}, which has no place in one`);
    // The policy of the page forbids it, and its style sheet knows the classes.
    if (name === 'style') element.removeAttribute(name);
  }
}

function wholeOf(svg: SVGSVGElement): Box {
  const { x, y, width, height } = svg.viewBox.baseVal;
  if (width > 0 && height > 0) return { x, y, width, height };
  return { x: 0, y: 0, width: svg.width.baseVal.value || 100, height: svg.height.baseVal.value || 100 };
}

function describe([path, group]: [string, Element]): [string, string] {
  return [path, group.querySelector(':scope > title')?.textContent ?? ''];
}

function attribute(element: Element, name: string): string {
  return element.getAttribute(`data-${name}`) ?? '';
}

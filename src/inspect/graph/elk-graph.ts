import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js';
import { boxSize, labelSize } from './measure-picture.ts';
import type { Arrow, Picture } from './picture.ts';

/** Room on the left of a state for the mark that says that its parent begins there, in pixels. */
export const MARK = 22;

/** Downwards, in the order of the machine. All arrows are given downwards too, so there is no circle to break. */
const COLUMN = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.spacing.nodeNode': '24',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
} as const;

/**
 * What the layout program is given of one column: the states directly in the machine that stand there, all inside them, and the
 * arrows between them. `heights` are the least that states need, by path, for the arrows that come from the other column.
 */
export function elkGraph(paths: readonly string[], picture: Picture, heights: ReadonlyMap<string, number>): ElkNode {
  const edges = picture.arrows.map((arrow, index) => edgeOf(arrow, index, picture));
  const isHere = ({ isAcross, source }: Arrow): boolean => !isAcross && paths.includes(picture.tree.outermost(source));
  return {
    id: 'column',
    layoutOptions: COLUMN,
    children: paths.map((path) => nodeOf(path, picture, heights)),
    edges: edges.filter((_, index) => picture.arrows.slice(index, index + 1).some(isHere)),
  };
}

/** Whether an arrow leads upwards, against the order of the machine: the layout program is given its ends the other way round. */
export function isTurned({ source, target }: Arrow, { tree }: Picture): boolean {
  return tree.stepsBetween(source, target) < 0;
}

/** The node of a state. */
export function nodeId(path: string): string {
  return `state:${path}`;
}

/** The edge of an arrow, which is so far down the list. */
export function edgeId(index: number): string {
  return `arrow:${index}`;
}

function nodeOf(path: string, picture: Picture, heights: ReadonlyMap<string, number>): ElkNode {
  const id = nodeId(path);
  const box = picture.boxes.get(path);
  const mark = box?.state.isInitial ? MARK : 0;
  const size = boxSize(box);
  const [width, height] = [size.width + mark, Math.max(size.height, heights.get(path) ?? 0)];
  const inner = picture.tree.childrenOf(path);
  if (inner.length === 0) {
    // No arrow ends beside the mark.
    const layoutOptions = { 'elk.spacing.portsSurrounding': `[top=0,left=${mark},bottom=0,right=0]` };
    return { id, width, height, ...(mark > 0 ? { layoutOptions } : {}) };
  }
  return {
    id,
    layoutOptions: {
      'elk.padding': `[top=${size.height + 4},left=${14 + mark},bottom=14,right=14]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width}, ${height})`,
    },
    children: inner.map((state) => nodeOf(state.path, picture, heights)),
  };
}

function edgeOf(arrow: Arrow, index: number, picture: Picture): ElkExtendedEdge {
  const { source, target, lines } = arrow;
  const [upper, lower] = isTurned(arrow, picture) ? [target, source] : [source, target];
  const size = labelSize(lines);
  const label = size && { id: `label:${index}`, text: lines.map(({ text }) => text).join('\n'), ...size };
  return {
    id: edgeId(index),
    sources: [nodeId(upper)],
    targets: [nodeId(lower)],
    labels: label ? [label] : [],
    layoutOptions: { 'elk.layered.priority.straightness': arrow.isOnward ? '20' : '1' },
  };
}

export type {
  ChartGraph,
  ChartInvoke,
  ChartState,
  ChartTransition,
  StateKind,
  TransitionKind,
} from './chart.ts';
export { chartGraph } from './chart-graph.ts';
export { renderDot } from './dot.ts';
export { type MermaidOptions, renderMermaid } from './mermaid.ts';
export { CHART_STYLES } from './styles.ts';
export { renderSvg, type SvgOptions } from './svg.ts';

export { type Explanation, explain, type Recording, type RecordingEntry } from '../client/index.ts';
export { coverageSvg } from './coverage/index.ts';
export {
  type ChartGraph,
  type ChartInvoke,
  type ChartState,
  type ChartTransition,
  chartGraph,
  type MermaidOptions,
  renderDot,
  renderMermaid,
  renderSvg,
  type StateKind,
  type SvgOptions,
  type TransitionKind,
} from './graph/index.ts';
export { type InspectOptions, type Inspector, inspectClient } from './live/index.ts';
export { parseRecording, RecordingError, type Replay, type ReplayStep, replay } from './replay/index.ts';

/**
 * Follows the style sheet of charts: green is taken, red is missed, dashed was taken by pure functions only. Texts have frames, not
 * grounds: several transitions may share a text, and grounds would add up until it cannot be read.
 */
export const COVERAGE_STYLES = `.chart {
  --covered: var(--chart-covered, #2c8a4b);
  --missed: var(--chart-missed, #d1242f);
}
.chart .covered > .box { fill: var(--good); stroke: var(--covered); }
.chart .missed > .box { fill: var(--bad); stroke: var(--missed); stroke-width: 2; }
.chart .compound > .box, .chart .parallel > .box { fill-opacity: 0.25; }
.chart .covered > .trace { stroke: var(--covered); stroke-width: 1.75; }
.chart .missed > .trace { stroke: var(--missed); stroke-width: 2.5; }
.chart .covered > .mark { stroke: var(--covered); stroke-width: 0.75; }
.chart .missed > .mark { stroke: var(--missed); stroke-width: 2; }
.chart .pure > .trace, .chart .pure > .box { stroke-dasharray: 5 3; }
`;

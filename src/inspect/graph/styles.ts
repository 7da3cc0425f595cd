/**
 * The style sheet of {@link renderSvg}, for pages that show a picture without styles of its own. Colours are custom properties: a page
 * may set them on the `svg` or around it. The classes `active`, of a state, and `last`, of a transition, are for such pages.
 */
export const CHART_STYLES = `.chart {
  --line: var(--chart-line, #5b6472);
  --text: var(--chart-text, #1b1f24);
  --muted: var(--chart-muted, #57606a);
  --back: var(--chart-background, #ffffff);
  --fill: var(--chart-fill, #eef3fb);
  --edge: var(--chart-edge, #8aa4cf);
  --region: var(--chart-region, #7d8590);
  --good: var(--chart-good, #d9f2df);
  --good-edge: var(--chart-good-edge, #3f9a5a);
  --bad: var(--chart-bad, #fde3e0);
  --bad-edge: var(--chart-bad-edge, #cf5a4e);
  --wait: var(--chart-wait, #fdf1d3);
  --wait-edge: var(--chart-wait-edge, #b98a1c);
  --active: var(--chart-active, #ffd24d);
  --last: var(--chart-last, #d6336c);
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  .chart {
    --line: var(--chart-line, #9aa4b2);
    --text: var(--chart-text, #e6edf3);
    --muted: var(--chart-muted, #a3adb9);
    --back: var(--chart-background, #0d1117);
    --fill: var(--chart-fill, #1b2738);
    --edge: var(--chart-edge, #4f76b3);
    --region: var(--chart-region, #8b949e);
    --good: var(--chart-good, #12351d);
    --good-edge: var(--chart-good-edge, #3fa45b);
    --bad: var(--chart-bad, #43191a);
    --bad-edge: var(--chart-bad-edge, #d0605a);
    --wait: var(--chart-wait, #3b2e0c);
    --wait-edge: var(--chart-wait-edge, #c59a32);
    --active: var(--chart-active, #7a5c00);
    --last: var(--chart-last, #ff7eb0);
  }
}
.chart .background { fill: var(--back); }
.chart .box { fill: var(--fill); stroke: var(--edge); stroke-width: 1.25; }
.chart .compound > .box, .chart .parallel > .box { fill: none; stroke: var(--region); pointer-events: none; }
.chart .region > .box { stroke-dasharray: 5 4; }
.chart .root > .box { fill: none; stroke: none; }
.chart .inner { fill: none; stroke: var(--edge); }
.chart .tag-online > .box { fill: var(--good); stroke: var(--good-edge); }
.chart .tag-failed > .box { fill: var(--bad); stroke: var(--bad-edge); }
.chart .tag-waiting > .box { fill: var(--wait); stroke: var(--wait-edge); }
.chart .compound > .box, .chart .parallel > .box { fill-opacity: 0.3; }
.chart .active > .box { fill: var(--active); stroke-width: 2.5; }
.chart text { fill: var(--text); paint-order: stroke; stroke: var(--back); stroke-width: 3px; stroke-opacity: 0.7; stroke-linejoin: round; }
.chart .name { font-size: 14px; font-weight: 600; }
.chart .note { font-size: 11px; fill: var(--muted); }
.chart .label { font-size: 12px; }
.chart .line { fill: none; stroke: var(--line); stroke-width: 1.25; }
.chart .onward { stroke-width: 2.5; }
.chart .head, .chart .dot { fill: var(--line); stroke: none; }
.chart .trace { fill: none; stroke: transparent; stroke-width: 9; pointer-events: stroke; }
.chart .mark { fill: transparent; stroke: none; }
.chart .last > .trace { stroke: var(--last); stroke-width: 3; }
.chart .last > .mark { fill: var(--last); fill-opacity: 0.3; }
`;

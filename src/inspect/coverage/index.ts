export { coverageSvg } from './coverage-svg.ts';

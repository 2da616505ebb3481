/**
 * Plots: a result as one SVG, written by hand so that it needs nothing and looks the same everywhere.
 *
 * A panel for each scenario and metric. Variants that are a number and a unit (`1k flows`, `512 B`) make an axis of numbers
 * with a line a driver, others a bar a driver; the range from the lowest to the highest trial is drawn beside the median.
 */
import { figure } from './report.ts';
import type { Result, ResultLine } from './result.ts';

const width = 760;
const panelHeight = 300;
const margin = { left: 64, right: 150, top: 44, bottom: 48 };
const colours = ['#0b6e4f', '#c1440e', '#3b5998', '#8a6d1d', '#7b2d8b', '#4a4a4a', '#1597a5', '#b0257a', '#5b8c2a'];
const plotted = new Set(['throughput', 'delivered', 'rate', 'rtt_p50', 'rtt_p99', 'cpu_per_gb', 'kept']);

export interface Place {
  readonly value: number;
  readonly unit: string;
}

/** `1k flows` → 1000 flows, `64 B` → 64 B; other names are no number. */
export function placeOf(variant: string): Place | undefined {
  const match = /^(\d+(?:\.\d+)?)(k|M)? (flows?|B)$/.exec(variant);
  if (match === null) return undefined;
  const factor = match[2] === 'k' ? 1e3 : match[2] === 'M' ? 1e6 : 1;
  return { value: Number(match[1]) * factor, unit: match[3] === 'B' ? 'frame or payload size, bytes' : 'flows' };
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly ResultLine[];
  /** The axis of numbers, if it has one. */
  readonly axis: string | undefined;
}

export function panelsOf(lines: readonly ResultLine[]): Panel[] {
  const panels = new Map<string, Panel & { lines: ResultLine[] }>();
  for (const line of lines.filter(({ metric }) => plotted.has(metric))) {
    const axis = placeOf(line.variant)?.unit;
    const key = [line.scenario, line.metric, line.unit, axis ?? ''].join('\n');
    const panel = panels.get(key) ?? { title: `${line.scenario}: ${line.metric.replace('_', ' ')}`, unit: line.unit, axis, lines: [] };
    panels.set(key, panel);
    panel.lines.push(line);
  }
  return [...panels.values()];
}

export function plotOf({ results, machine }: Pick<Result, 'results' | 'machine'>): string {
  const panels = panelsOf(results);
  const drivers = [...new Set(results.map(({ driver }) => driver))];
  const colourOf = (driver: string): string => colours[drivers.indexOf(driver) % colours.length]!;
  const height = panels.length * panelHeight + 30;
  const bodies = panels.map((panel, index) => `<g transform="translate(0 ${index * panelHeight})">\n${drawPanel(panel, colourOf)}\n</g>`);
  const note = `${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, ${machine.when.slice(0, 10)}; medians, bars from lowest to highest trial`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${bodies.join('\n')}
<text x="${margin.left}" y="${height - 10}" font-size="10" fill="#666666">${escapeText(note)}</text>
</svg>
`;
}

function drawPanel(panel: Panel, colourOf: (driver: string) => string): string {
  const top = niceTop(Math.max(...panel.lines.map(({ max }) => max)));
  const y = (value: number): number => round(panelHeight - margin.bottom - (value / top) * (panelHeight - margin.top - margin.bottom));
  const drivers = [...new Set(panel.lines.map(({ driver }) => driver))];
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(part * top);
    return `<line x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" stroke="#dddddd"/><text x="${margin.left - 6}" y="${at + 4}" text-anchor="end" fill="#444444">${figureShort(part * top)}</text>`;
  });
  const legend = drivers.map((driver, index) => {
    const at = margin.top + 4 + index * 17;
    return `<rect x="${width - margin.right + 14}" y="${at - 9}" width="11" height="11" fill="${colourOf(driver)}"/><text x="${width - margin.right + 30}" y="${at + 1}">${escapeText(driver)}</text>`;
  });
  const title = `<text x="${margin.left}" y="22" font-size="14" font-weight="bold">${escapeText(panel.title)} (${escapeText(panel.unit)})</text>`;
  const body = panel.axis === undefined ? drawBars(panel, drivers, y, colourOf) : drawLines(panel, drivers, y, colourOf);
  return [title, ...grid, ...body, ...legend].join('\n');
}

function drawLines(panel: Panel, drivers: readonly string[], y: (value: number) => number, colourOf: (driver: string) => string): string[] {
  const values = [...new Set(panel.lines.map(({ variant }) => placeOf(variant)!.value))].sort((a, b) => a - b);
  // Both axes of numbers span decades, so equal factors take equal room.
  const [low, high] = [Math.log10(values[0]!), Math.log10(values.at(-1)!)];
  const room = width - margin.left - margin.right - 40;
  const x = (value: number): number => round(margin.left + 20 + (high === low ? 0.5 : (Math.log10(value) - low) / (high - low)) * room);
  const ticks = values.map((value) => `<text x="${x(value)}" y="${panelHeight - margin.bottom + 18}" text-anchor="middle" fill="#444444">${shortCount(value)}</text>`);
  const axis = `<text x="${margin.left + 20 + room / 2}" y="${panelHeight - 12}" text-anchor="middle" fill="#444444">${panel.axis}</text>`;
  const drawn = drivers.flatMap((driver) => {
    const points = panel.lines.filter((line) => line.driver === driver)
      .map((line) => ({ line, at: x(placeOf(line.variant)!.value) })).sort((a, b) => a.at - b.at);
    const path = points.map(({ line, at }) => `${at},${y(line.median)}`).join(' ');
    return [
      `<polyline points="${path}" fill="none" stroke="${colourOf(driver)}" stroke-width="2"/>`,
      ...points.map(({ line, at }) => `${range(line, at, y, colourOf(driver))}<circle cx="${at}" cy="${y(line.median)}" r="3.5" fill="${colourOf(driver)}"><title>${escapeText(`${driver}, ${line.variant}: ${figure(line.median)} ${line.unit}`)}</title></circle>`),
    ];
  });
  return [...ticks, axis, ...drawn];
}

function drawBars(panel: Panel, drivers: readonly string[], y: (value: number) => number, colourOf: (driver: string) => string): string[] {
  const variants = [...new Set(panel.lines.map(({ variant }) => variant))];
  const group = (width - margin.left - margin.right) / variants.length;
  const bar = Math.min(34, (group * 0.8) / drivers.length);
  return variants.flatMap((variant, index) => {
    const middle = margin.left + group * (index + 0.5);
    const start = middle - (bar * drivers.length) / 2;
    const bars = drivers.flatMap((driver, place) => {
      const line = panel.lines.find((each) => each.driver === driver && each.variant === variant);
      if (line === undefined) return [];
      const at = round(start + place * bar);
      return [
        `<rect x="${at}" y="${y(line.median)}" width="${round(bar * 0.86)}" height="${round(y(0) - y(line.median))}" fill="${colourOf(driver)}"><title>${escapeText(`${driver}, ${variant}: ${figure(line.median)} ${line.unit}`)}</title></rect>`,
        range(line, round(at + bar * 0.43), y, '#222222'),
      ];
    });
    return [...bars, `<text x="${round(middle)}" y="${panelHeight - margin.bottom + 18}" text-anchor="middle" fill="#444444">${escapeText(variant)}</text>`];
  });
}

function range({ min, max }: ResultLine, at: number, y: (value: number) => number, colour: string): string {
  return `<line x1="${at}" x2="${at}" y1="${y(max)}" y2="${y(min)}" stroke="${colour}" stroke-width="1.2"/>`;
}

/** The next of 1, 2, 2.5, 5 and 10 times a power of ten. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((top) => top >= value * 0.999)!;
}

function shortCount(value: number): string {
  return value >= 1e6 ? `${value / 1e6}M` : value >= 1e4 ? `${value / 1e3}k` : String(value);
}

function figureShort(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

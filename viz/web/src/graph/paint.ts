/** A sheet on a canvas: the screen's, or that of a PNG. */
import { projected, unprojected, type Camera } from '../geometry/camera';
import type { Point, Size } from '../geometry/plane';
import { FONT, LEGEND, shapeOf, strokeOf, type LegendRow, type Look } from './look';
import { fitting, shortened, type Sheet } from './sheet';

const paths = new Map<string, Path2D>();
function shape(path: string): Path2D {
  let found = paths.get(path);
  if (!found) paths.set(path, (found = new Path2D(path)));
  return found;
}
export const fontOf = (strong: boolean): string => `${strong ? '600 ' : ''}13px ${FONT}`;

const widths = new Map<string, number>();
/** How wide a name is written; measured once. */
export function measure(context: CanvasRenderingContext2D, text: string, strong: boolean): number {
  const key = `${strong ? '!' : ''}${text}`;
  let wide = widths.get(key);
  if (wide === undefined) {
    context.font = fontOf(strong);
    if (widths.size > 5_000) widths.clear();
    widths.set(key, (wide = context.measureText(text).width));
  }
  return wide;
}

function symbol(context: CanvasRenderingContext2D, kind: string, { x, y }: Point, radius: number, look: Look): void {
  const { path, fill } = shapeOf(kind, look);
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  context.fillStyle = fill;
  context.fill(shape(path), 'evenodd');
  context.restore();
}

function ring(context: CanvasRenderingContext2D, { x, y }: Point, radius: number, colour: string, width: number, dashes: number[] = []): void {
  context.beginPath();
  context.setLineDash(dashes);
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
  context.setLineDash([]);
}

export function paint(context: CanvasRenderingContext2D, drawn: Sheet, look: Look): void {
  const { width, height } = drawn.size;
  context.fillStyle = look.ground;
  context.fillRect(0, 0, width, height);
  for (const line of drawn.lines) {
    const { colour, width: wide, dashes } = strokeOf(line.kind, look);
    context.globalAlpha = line.faint ? 0.3 : 1;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = line.strong ? wide + 2.4 : wide;
    context.setLineDash([...dashes]);
    context.beginPath();
    context.moveTo(line.from.x, line.from.y);
    context.quadraticCurveTo(line.bend.x, line.bend.y, line.to.x, line.to.y);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    for (const [k, { x, y }] of line.head.entries()) {
      if (k) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
    context.fill();
  }
  context.globalAlpha = 1;
  for (const mark of drawn.marks) {
    ring(context, mark, mark.radius * 0.95, look.ground, mark.radius * 0.5); // lines end before it
    symbol(context, mark.kind, mark, mark.radius, look);
    if (mark.chosen) ring(context, mark, mark.radius + 4, look.mark, 2.5);
    if (mark.cursor) ring(context, mark, mark.radius + 8, look.ink, 1.5, [3, 3]);
    if (mark.pinned) {
      const at = { x: mark.x + mark.radius * 0.8, y: mark.y - mark.radius * 0.8 };
      ring(context, at, 3.2, look.ground, 3);
      ring(context, at, 2, look.ink, 4);
    }
  }
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const name of drawn.names) {
    context.font = fontOf(name.strong);
    context.textAlign = name.anchor === 'middle' ? 'center' : name.anchor;
    context.lineWidth = 3.5;
    context.strokeStyle = look.ground;
    context.strokeText(name.text, name.x, name.y);
    context.fillStyle = look.ink;
    context.fillText(name.text, name.x, name.y);
  }
}

const MAP = { width: 132, height: 88, left: 10, bottom: 10 };

/** A small picture of everything, with what is seen of it: for who has moved into a part. */
export function minimap(context: CanvasRenderingContext2D, at: Iterable<Point>, camera: Camera, size: Size, look: Look): void {
  const all = [...at];
  const whole = fitting(all, { width: MAP.width + 70, height: MAP.height + 90 });
  const top = size.height - MAP.height - MAP.bottom;
  const to = (point: Point) => {
    const { x, y } = projected(point, whole, MAP);
    return { x: x + MAP.left, y: y + top };
  };
  context.save();
  context.beginPath();
  context.rect(MAP.left, top, MAP.width, MAP.height);
  context.fillStyle = look.ground;
  context.fill();
  context.strokeStyle = look.quiet;
  context.lineWidth = 1;
  context.stroke();
  context.clip();
  context.fillStyle = look.quiet;
  for (const point of all) {
    const { x, y } = to(point);
    context.fillRect(x - 1, y - 1, 2.2, 2.2);
  }
  const from = to(unprojected({ x: 0, y: 0 }, camera, size));
  const until = to(unprojected({ x: size.width, y: size.height }, camera, size));
  context.strokeStyle = look.mark;
  context.lineWidth = 1.5;
  context.strokeRect(from.x, from.y, until.x - from.x, until.y - from.y);
  context.restore();
}

function paintLegend(context: CanvasRenderingContext2D, rows: readonly LegendRow[], at: number, title: string, look: Look): void {
  context.textBaseline = 'middle';
  context.textAlign = 'start';
  context.fillStyle = look.ink;
  context.font = fontOf(true);
  context.fillText(shortened(title, 26), at + LEGEND.left, 24);
  context.font = fontOf(false);
  for (const [k, { kind, relation, text }] of rows.entries()) {
    const y = LEGEND.top + k * LEGEND.row;
    if (relation) {
      const { colour, width, dashes } = strokeOf(kind, look);
      context.strokeStyle = colour;
      context.lineWidth = width + 0.8;
      context.setLineDash([...dashes]);
      context.beginPath();
      context.moveTo(at + LEGEND.left - 2, y);
      context.lineTo(at + LEGEND.left + 22, y);
      context.stroke();
      context.setLineDash([]);
    } else symbol(context, kind, { x: at + LEGEND.left + 10, y }, 8, look);
    context.fillStyle = look.ink;
    context.fillText(text, at + LEGEND.left + 32, y);
  }
}

/** A PNG of a sheet with its legend, twice as fine as the screen. */
export async function png(drawn: Sheet, rows: readonly LegendRow[], title: string, look: Look): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const height = Math.max(drawn.size.height, LEGEND.top + rows.length * LEGEND.row + 10);
  canvas.width = (drawn.size.width + LEGEND.width) * 2;
  canvas.height = height * 2;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.scale(2, 2);
  context.fillStyle = look.ground;
  context.fillRect(0, 0, drawn.size.width + LEGEND.width, height);
  paint(context, drawn, look);
  paintLegend(context, rows, drawn.size.width, title, look);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no image'))), 'image/png'));
}

/** Ties on the graphics card: each is one instance of a bent strip, so that a frame costs no more than where the camera stands. */
import { edges as strokes } from '../texts';
import type { Point } from './frame';
import type { Ink, Tie } from './paint';

const SEGMENTS = 8;
const VERTICES = 2 * (SEGMENTS + 1);
/** Numbers of one tie: where it begins and ends, and how wide it is. */
const EACH = 5;
/** Ties that are dashed at most: of more than that, dashes could not be told from each other. */
const DASHED = 2000;

const VERTEX = `#version 300 es
layout(location = 0) in vec2 a_strip;
layout(location = 1) in vec4 a_ends;
layout(location = 2) in float a_wide;
uniform vec2 u_origin;
uniform vec2 u_right;
uniform vec2 u_up;
uniform vec2 u_size;
uniform float u_bend;
uniform float u_soft;
out float v_across;
out float v_half;
out float v_along;
void main() {
  vec2 a = u_origin + u_right * a_ends.x + u_up * a_ends.y;
  vec2 b = u_origin + u_right * a_ends.z + u_up * a_ends.w;
  vec2 way = b - a;
  vec2 middle = (a + b) / 2.0 + vec2(-way.y, way.x) * u_bend;
  float t = a_strip.x;
  vec2 at = mix(mix(a, middle, t), mix(middle, b, t), t);
  vec2 along = mix(middle - a, b - middle, t);
  vec2 side = length(along) > 0.0 ? normalize(vec2(-along.y, along.x)) : vec2(0.0);
  v_half = a_wide / 2.0;
  v_across = a_strip.y * (v_half + u_soft);
  v_along = t * length(way);
  vec2 pixel = at + side * v_across;
  gl_Position = vec4(pixel.x / u_size.x * 2.0 - 1.0, 1.0 - pixel.y / u_size.y * 2.0, 0.0, 1.0);
}
`;
const FRAGMENT = `#version 300 es
precision highp float;
in float v_across;
in float v_half;
in float v_along;
uniform vec4 u_dashes;
uniform vec3 u_colour;
uniform float u_soft;
out vec4 colour;
void main() {
  float whole = u_dashes.x + u_dashes.y + u_dashes.z + u_dashes.w;
  if (whole > 0.0) {
    float at = mod(v_along, whole);
    if (at > u_dashes.x && (at < u_dashes.x + u_dashes.y || at > whole - u_dashes.w)) discard;
  }
  float inside = 1.0 - smoothstep(v_half - u_soft, v_half + u_soft, abs(v_across));
  colour = vec4(u_colour * inside, inside);
}
`;

/** Width in pixels by how many ties are drawn as one. */
export function widthOf(n: number): number {
  return Math.min(0.8 + Math.log10(n + 1), 4);
}

/** Ties by kind, as the card takes them: ends in the square, and width. */
export function packed(ties: readonly Tie[]): Map<string, Float32Array> {
  const numbers = new Map<string, number>();
  for (const { kind } of ties) numbers.set(kind, (numbers.get(kind) ?? 0) + 1);
  const found = new Map([...numbers].map(([kind, n]) => [kind, { room: new Float32Array(n * EACH), at: 0 }]));
  for (const { from, to, kind, number } of ties) {
    const held = found.get(kind);
    if (!held) continue;
    held.room.set([from[0], from[1], to[0], to[1], widthOf(number)], held.at);
    held.at += EACH;
  }
  return new Map([...found].map(([kind, { room }]) => [kind, room]));
}

/** How a kind of tie looks: dashes only where they could be told from each other. */
function lookOf(kind: string, ties: readonly Tie[], ink: Ink): { colour: string; dashes: readonly number[] } {
  const stroke = strokes[kind];
  return { colour: (ink.dark ? stroke?.dark : stroke?.colour) ?? ink.quiet, dashes: ties.length > DASHED ? [] : (stroke?.dashes ?? []) };
}

const UNIFORMS = ['u_origin', 'u_right', 'u_up', 'u_size', 'u_soft', 'u_dashes', 'u_colour', 'u_bend'] as const;
type Uniform = (typeof UNIFORMS)[number];

function shader(gl: WebGL2RenderingContext, type: number, source: string): WebGLShader {
  const made = gl.createShader(type);
  if (!made) throw new Error('no shader');
  gl.shaderSource(made, source);
  gl.compileShader(made);
  if (!gl.getShaderParameter(made, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(made) ?? 'no shader');
  return made;
}

/** Red, green and blue from 0 to 1 of `#rrggbb`. */
export function channels(colour: string): [number, number, number] {
  const n = parseInt(/^#([0-9a-f]{6})$/i.exec(colour)?.[1] ?? '888888', 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

export class TieLines {
  private readonly program: WebGLProgram;
  private readonly at: (name: Uniform) => WebGLUniformLocation | null;
  private readonly strips: { kind: string; number: number; array: WebGLVertexArrayObject; buffer: WebGLBuffer }[] = [];
  private readonly strip: WebGLBuffer;
  private ties: readonly Tie[] | null = null;

  /** Throws where the card does not take the program: what calls falls back on a canvas. */
  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = gl.createProgram();
    gl.attachShader(this.program, shader(gl, gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(this.program, shader(gl, gl.FRAGMENT_SHADER, FRAGMENT));
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(this.program) ?? 'no program');
    // looked up once: each look is a question to the card's process, and a frame has a dozen of them
    const places = new Map(UNIFORMS.map((name) => [name, gl.getUniformLocation(this.program, name)]));
    this.at = (name) => places.get(name) ?? null;
    this.strip = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.strip);
    const corners = Array.from({ length: SEGMENTS + 1 }, (_, k) => [k / SEGMENTS, -1, k / SEGMENTS, 1]).flat();
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(corners), gl.STATIC_DRAW);
  }

  /**
   * Draws ties over what is there.
   * @param put from the square to pixels of the picture: turned, moved and stretched, nothing else
   * @param ratio pixels of the screen in one of the picture
   */
  draw(ties: readonly Tie[], put: (at: Point) => Point, [width, height]: readonly [number, number], ratio: number, ink: Ink): void {
    const { gl } = this;
    if (ties !== this.ties) this.take(ties);
    if (!ties.length) return;
    const [ox, oy] = put([0, 0]);
    const [rx, ry] = put([1, 0]);
    const [ux, uy] = put([0, 1]);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform2f(this.at('u_origin'), ox, oy);
    gl.uniform2f(this.at('u_right'), rx - ox, ry - oy);
    gl.uniform2f(this.at('u_up'), ux - ox, uy - oy);
    gl.uniform2f(this.at('u_size'), width, height);
    gl.uniform1f(this.at('u_soft'), 0.5 / ratio);
    for (const { kind, number, array } of this.strips) {
      const { colour, dashes } = lookOf(kind, ties, ink);
      const [on = 0, off = 0, again = on, end = off] = dashes;
      gl.uniform4f(this.at('u_dashes'), on, off, dashes.length ? again : 0, dashes.length ? end : 0);
      gl.uniform3f(this.at('u_colour'), ...channels(colour));
      gl.uniform1f(this.at('u_bend'), bendOf(kind));
      gl.bindVertexArray(array);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, VERTICES, number);
    }
    gl.bindVertexArray(null);
    gl.bindBuffer(gl.ARRAY_BUFFER, null);
  }

  private take(ties: readonly Tie[]): void {
    const { gl } = this;
    for (const { array, buffer } of this.strips.splice(0)) {
      gl.deleteVertexArray(array);
      gl.deleteBuffer(buffer);
    }
    for (const [kind, numbers] of packed(ties)) {
      const [array, buffer] = [gl.createVertexArray(), gl.createBuffer()];
      gl.bindVertexArray(array);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.strip);
      gl.enableVertexAttribArray(0);
      gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, numbers, gl.DYNAMIC_DRAW);
      for (const [location, size, from] of [[1, 4, 0], [2, 1, 16]] as const) {
        gl.enableVertexAttribArray(location);
        gl.vertexAttribPointer(location, size, gl.FLOAT, false, EACH * 4, from);
        gl.vertexAttribDivisor(location, 1);
      }
      this.strips.push({ kind, number: numbers.length / EACH, array, buffer });
    }
    gl.bindVertexArray(null);
    this.ties = ties;
  }
}

/** How far a tie of a kind bends out, by its length: kinds between the same two bend apart. */
export function bendOf(kind: string): number {
  return kind === 'COVERS' ? -0.12 : 0.12;
}

/** Ties on a canvas, where the card takes no program of ours. */
export function paintTies(context: CanvasRenderingContext2D, ties: readonly Tie[], put: (at: Point) => Point, [width, height]: readonly [number, number], ink: Ink): void {
  // ties that look alike are one path: a stroke for each would take most of a frame
  const paths = new Map<string, { path: Path2D; kind: string; wide: number }>();
  for (const { from, to, kind, number: n } of ties) {
    const [ax, ay] = put(from);
    const [bx, by] = put(to);
    if (Math.max(ax, bx) < 0 || Math.min(ax, bx) > width || Math.max(ay, by) < 0 || Math.min(ay, by) > height) continue;
    const wide = Math.round(widthOf(n) * 5) / 5;
    const key = `${kind} ${wide}`;
    const { path } = paths.get(key) ?? { path: new Path2D() };
    if (!paths.has(key)) paths.set(key, { path, kind, wide });
    const bend = bendOf(kind);
    path.moveTo(ax, ay);
    path.quadraticCurveTo((ax + bx) / 2 - (by - ay) * bend, (ay + by) / 2 + (bx - ax) * bend, bx, by);
  }
  for (const { path, kind, wide } of paths.values()) {
    const { colour, dashes } = lookOf(kind, ties, ink);
    context.setLineDash([...dashes]);
    context.lineWidth = wide;
    context.globalAlpha = 0.45;
    context.strokeStyle = colour;
    context.stroke(path);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Draws organizations as circles and units as squares, each with the pattern of its value, on the graphics card: one point a mark. */
import { NodeProgram, type ProgramInfo } from 'sigma/rendering';
import type { NodeDisplayData, RenderParams } from 'sigma/types';
import { floatColor } from 'sigma/utils';
import { PATTERNS, type Pattern } from './looks';

const VERTEX = `
attribute vec4 a_id;
attribute vec4 a_color;
attribute vec2 a_position;
attribute float a_size;
attribute float a_shape;
uniform float u_sizeRatio;
uniform float u_pixelRatio;
uniform mat3 u_matrix;
varying vec4 v_color;
varying float v_shape;
varying float v_soft;
const float bias = 255.0 / 254.0;
void main() {
  gl_Position = vec4((u_matrix * vec3(a_position, 1)).xy, 0, 1);
  gl_PointSize = a_size / u_sizeRatio * u_pixelRatio * 2.0;
  v_soft = 1.5 * u_sizeRatio / (a_size * u_pixelRatio);
  v_shape = a_shape;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}
`;
// distances as of looks.ts's paths: below nought is inside
const FRAGMENT = `
precision mediump float;
varying vec4 v_color;
varying float v_shape;
varying float v_soft;
float box(vec2 p, vec2 half_) { vec2 d = abs(p) - half_; return max(d.x, d.y); }
void main(void) {
  vec2 p = gl_PointCoord * 2.0 - 1.0;
  float square = step(7.5, v_shape);
  float pattern = v_shape - 8.0 * square;
  float outer = mix(length(p) - 1.0, box(p, vec2(0.86)), square);
  #ifdef PICKING_MODE
  if (outer > 0.0) discard;
  gl_FragColor = v_color;
  #else
  float inner = 1.0;
  if (pattern > 0.5 && pattern < 1.5) inner = mix(length(p) - 0.55, box(p, vec2(0.45)), square);
  else if (pattern < 2.5 && pattern > 1.5) inner = max(mix(length(p) - 0.7, box(p, vec2(0.6)), square), mix(0.38 - length(p), -box(p, vec2(0.3)), square));
  else if (pattern < 3.5 && pattern > 2.5) inner = max(-p.x, mix(length(p) - 0.72, box(p, vec2(0.6)), square));
  else if (pattern < 4.5 && pattern > 3.5) inner = min(box(p, vec2(0.62, 0.18)), box(p, vec2(0.18, 0.62)));
  else if (pattern < 5.5 && pattern > 4.5) inner = box(p, vec2(0.65, 0.2));
  else if (pattern > 5.5) inner = box(p, vec2(0.18, 0.68));
  float inside = 1.0 - smoothstep(-v_soft, 0.0, max(outer, -inner));
  if (inside <= 0.0) discard;
  gl_FragColor = v_color * inside;
  #endif
}
`;
const UNIFORMS = ['u_sizeRatio', 'u_pixelRatio', 'u_matrix'] as const;

/** What a mark's shape is to the shader. */
export function shapeOf(square: boolean, pattern: Pattern): number {
  return PATTERNS.indexOf(pattern) + (square ? 8 : 0);
}

export class Shapes extends NodeProgram<(typeof UNIFORMS)[number]> {
  getDefinition() {
    const { FLOAT, POINTS, UNSIGNED_BYTE } = WebGLRenderingContext;
    return {
      VERTICES: 1,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      METHOD: POINTS,
      UNIFORMS,
      ATTRIBUTES: [
        { name: 'a_position', size: 2, type: FLOAT },
        { name: 'a_size', size: 1, type: FLOAT },
        { name: 'a_shape', size: 1, type: FLOAT },
        { name: 'a_color', size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: 'a_id', size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
    };
  }

  processVisibleItem(node: number, at: number, data: NodeDisplayData & { shape?: number }): void {
    const { array } = this;
    array[at] = data.x;
    array[at + 1] = data.y;
    array[at + 2] = data.size;
    array[at + 3] = data.shape ?? 0;
    array[at + 4] = floatColor(data.color);
    array[at + 5] = node;
  }

  setUniforms({ sizeRatio, pixelRatio, matrix }: RenderParams, { gl, uniformLocations }: ProgramInfo): void {
    gl.uniform1f(uniformLocations['u_pixelRatio'] ?? null, pixelRatio);
    gl.uniform1f(uniformLocations['u_sizeRatio'] ?? null, sizeRatio);
    gl.uniformMatrix3fv(uniformLocations['u_matrix'] ?? null, false, matrix);
  }
}

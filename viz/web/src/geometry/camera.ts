/** How a plane is seen: from where, and how large; points to pixels and back. */
import type { Point, Size } from './plane';

/** Which point of the plane is in the middle, and pixels per unit. */
export interface Camera extends Point {
  scale: number;
}

export function projected(point: Point, camera: Camera, { width, height }: Size): Point {
  return { x: (point.x - camera.x) * camera.scale + width / 2, y: (point.y - camera.y) * camera.scale + height / 2 };
}

export function unprojected(point: Point, camera: Camera, { width, height }: Size): Point {
  return { x: (point.x - width / 2) / camera.scale + camera.x, y: (point.y - height / 2) / camera.scale + camera.y };
}

/** Closer or further: what lies at a pixel stays there. */
export function zoomed(camera: Camera, by: number, about: Point, size: Size, [least, most]: readonly [number, number]): Camera {
  const scale = Math.min(most, Math.max(least, camera.scale * by));
  const before = unprojected(about, camera, size);
  const after = unprojected(about, { ...camera, scale }, size);
  return { scale, x: camera.x + before.x - after.x, y: camera.y + before.y - after.y };
}

/** Aside by pixels: the picture goes with the hand. */
export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

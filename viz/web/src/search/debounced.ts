/** Waits until calls rest for a while; the last one counts. */
export function debounced<A extends unknown[]>(act: (...given: A) => void, milliseconds: number): ((...given: A) => void) & { cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (...given: A) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), milliseconds);
  };
  return Object.assign(later, { cancel: () => clearTimeout(timer) });
}

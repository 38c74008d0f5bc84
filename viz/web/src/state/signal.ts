/** A value that others follow. */
export class Signal<T> {
  private readonly followers = new Set<(value: T) => void>();

  constructor(private held: T) {}

  get value(): T {
    return this.held;
  }

  set value(next: T) {
    if (Object.is(next, this.held)) return;
    this.held = next;
    for (const follower of [...this.followers]) follower(next);
  }

  /** Calls on each change from now on; the answer ends it. */
  follow(act: (value: T) => void): () => void {
    this.followers.add(act);
    return () => this.followers.delete(act);
  }
}

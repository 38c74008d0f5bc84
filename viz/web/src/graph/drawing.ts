/** Sigma that stays gone: what was asked for before it was ended, an animation's last frame say, draws no more. */
import Sigma from 'sigma';

export class Drawing extends Sigma {
  private ended?: true;

  override scheduleRender(): this {
    return this.ended ? this : super.scheduleRender();
  }

  override refresh(how?: Parameters<Sigma['refresh']>[0]): this {
    return this.ended ? this : super.refresh(how);
  }

  override kill(): void {
    this.ended = true;
    this.getCamera().disable();
    super.kill();
  }
}
